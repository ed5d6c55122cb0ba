"""What the open deals, and those still to come, may bring by the end of the month: a range, not a promise, and its own track record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from weakref import WeakKeyDictionary

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.analyses.headings import columns
from dashboard.analyses.outlook import Outlook, outlook
from dashboard.analyses.stuck import stuck_ids
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_, Told
from dashboard.metrics.deals import REVENUE
from dashboard.metrics.measure import measure
from dashboard.metrics.plans import PLAN_REVENUE
from dashboard.periods import ALL_TIME, DAY, Period, step_unit, unit_start
from dashboard.statistics.scoring import brier, coverage

RECORD_MONTHS = 6
NAMES = ("deal_id", "client_name", "manager_name")
"""Of each open deal, told of today's alone."""
ALL, MOVING = N_("all open deals"), N_("without stuck deals")

DEFINITION = N_(
    "Revenue of the month that holds the day after the data, as far as it is won, and what open deals and deals not yet created may "
    "add by its end. The chance of a deal is that of earlier deals as long in its stage. One case of ten lies below the low, "
    "one above the high end. Deals are taken as independent, so the range is the narrowest there can be."
)
OF_DEALS = N_(
    "Open deals with the chance to be won by the end of the month, by how earlier deals left the same stage, and the amount times "
    "that chance. An unknown amount is the mean check of the product, and marked."
)
OF_RECORD = N_(
    "What would have been forecast on the first day of each of the last months, by what was known then, and what came: of deals "
    "open then and of new ones. The range should hold four months of five."
)
NO_AMOUNTS = N_("No won deal has an amount, so the revenue is not known.")
TOO_FEW = N_("Only {count} deals are won or lost so far; a forecast needs {least}.")
UNJUDGED = N_(
    "{count} open deals are older than any that was ever won, or have no amount to go by; they are not counted."
)
IMPUTED = N_("{count} deals have no amount; the mean check of their product stands for it.")
HELD = N_("The range held {inside} months of {count}; the mean squared error of the chances is {brier}.")


def horizon_of(facts: Facts) -> tuple[date, date, int]:
    """Return the first day of the month forecast, the day after its last, and the days to come."""
    tomorrow = facts.as_of_on + DAY
    start = unit_start("month", tomorrow)
    end = step_unit("month", start, 1)
    return start, end, (end - tomorrow).days


JUDGED: WeakKeyDictionary[Facts, dict[Filter, Outlook]] = WeakKeyDictionary()
"""Deals of facts that somebody still holds, judged once for the forecast and for its list; the last choices only."""
KEPT = 20


def judged(facts: Facts, filter: Filter) -> Outlook:
    """Judge today's deals, with the stuck ones marked. The period plays no part."""
    made, chosen = JUDGED.setdefault(facts, {}), replace(filter, period=ALL_TIME, preset=None, compare="none")
    if chosen not in made:
        for oldest in list(made)[: max(len(made) + 1 - KEPT, 0)]:
            made.pop(oldest, None)
        made[chosen] = judge(facts, chosen)
    return made[chosen]


def judge(facts: Facts, filter: Filter) -> Outlook:
    """Judge the deals that a filter keeps."""
    _, _, days = horizon_of(facts)
    found = outlook(facts, filter, facts.as_of_on, days)
    named = facts.deals.select(*NAMES, stage_now="stage_name")[found.deals["deal_at"]]
    stuck = stuck_ids(facts, filter)["deal_id"].implode()
    deals = found.deals.with_columns(named).with_columns(is_stuck=pl.col("deal_id").is_in(stuck))
    return Outlook(deals, found.new_wins, found.checks, found.closed)


def forecast(facts: Facts, filter: Filter) -> Answer:
    """Answer one row with all open deals and one without the stuck.

    Columns: variant, until (last day), done (won so far), open, expected, p10, p50, p90 (with what is done), planned, plan_chance.
    """
    found = judged(facts, filter)
    start, end, _ = horizon_of(facts)
    month = replace(filter, period=Period(start, end), preset=None)
    done, plan = measure(facts, [REVENUE, PLAN_REVENUE], month).row(0)
    already = float(done or 0)
    left = None if plan is None else max(float(plan) - already, 0.0)
    rows = []
    for name, moving in ((ALL, False), (MOVING, True)):
        if found.closed < facts.thresholds.least_closed or not found.is_priced:
            break
        drawn = found.draw(left, moving=moving)
        kept = found.deals.filter(~pl.col("is_stuck")) if moving else found.deals
        sums = {name: getattr(drawn, name) + already for name in ("expected", "p10", "p50", "p90")}
        about = {"variant": name, "until": end - DAY, "done": already, "open": kept.height}
        rows.append({**about, **sums, "planned": plan, "plan_chance": drawn.plan_chance})
    real = pl.Float64()
    schema = {"variant": pl.String(), "until": pl.Date(), "done": real, "open": pl.Int64(), "expected": real, "p10": real,
              "p50": real, "p90": real, "planned": real, "plan_chance": real}  # fmt: skip
    return answer(facts, found, pl.DataFrame(rows, schema=schema, orient="row"), tuple(schema), DEFINITION)


def headed(*names: str) -> tuple[Column, ...]:
    """Take columns of the vocabulary; P90 is of days there, and plans are of any metric: here they are money."""
    return tuple(MONEY.get(name) or columns(name)[0] for name in names)


MONEY = {
    name: Column(name, label, "money")
    for name, label in {
        "p90": N_("High (P90)"),
        "done": N_("Won already"),
        "expected": N_("Expected amount"),
        "planned": N_("Plan of revenue"),
    }.items()
}


def answer(facts: Facts, found: Outlook, frame: pl.DataFrame, shown: tuple[str, ...], definition: str) -> Answer:
    """Put a frame together with what could not be judged."""
    sentences = []
    if found.closed < facts.thresholds.least_closed:
        sentences.append(Notice(TOO_FEW, {"count": found.closed, "least": facts.thresholds.least_closed}))
    elif not found.is_priced:
        sentences.append(Notice(NO_AMOUNTS))
    elif unjudged := found.deals.filter(~pl.col("is_judged")).height:
        sentences.append(Notice(UNJUDGED, {"count": unjudged}))
    if imputed := found.deals.filter("is_imputed").height:
        sentences.append(Notice(IMPUTED, {"count": imputed}))
    return Answer(
        frame=frame,
        columns=headed(*shown),
        definition=definition,
        n=found.closed,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=tuple(sentences),
    )


def deals_behind(facts: Facts, filter: Filter) -> Answer:
    """List the open deals, the largest expected amount first: deal_id, client, manager, stage, amount, is_imputed, chance,
    expected, is_stuck; chance and expected null where nobody knows.
    """
    found = judged(facts, filter)
    frame = found.deals.select(
        "deal_id",
        pl.col("client_name").alias("client"),
        pl.col("manager_name").alias("manager"),
        pl.col("stage_now").alias("stage"),
        amount="weight",
        is_imputed="is_imputed",
        chance="chance",
        expected=pl.col("weight") * pl.col("chance"),
        is_stuck="is_stuck",
    ).sort("expected", "deal_id", descending=[True, False], nulls_last=True)
    if found.closed < facts.thresholds.least_closed:
        frame = frame.clear()
    shown = tuple(name for name in frame.columns)
    return answer(facts, found, frame, shown, OF_DEALS)


def record(facts: Facts, filter: Filter) -> Answer:
    """Hold past forecasts against what came: month, p10, p50, p90, came, is_inside; the months before the running one."""
    running = unit_start("month", facts.as_of_on)
    rows, judged_ones, n = [], [], 0
    for back in range(RECORD_MONTHS, 0, -1):
        start = step_unit("month", running, -back)
        end = step_unit("month", start, 1)
        then = outlook(facts, filter, start - DAY, (end - start).days)
        n = max(n, then.closed)
        if then.closed < facts.thresholds.least_closed or not then.is_priced:
            continue
        drawn = then.draw(draws=1000)
        month = replace(filter, period=Period(start, end), preset=None)
        came = float(measure(facts, [REVENUE], month).item() or 0)
        inside = drawn.p10 <= came <= drawn.p90
        rows.append(
            {"month": start, "p10": drawn.p10, "p50": drawn.p50, "p90": drawn.p90, "came": came, "is_inside": inside}
        )
        within = (pl.col("outcome") == "won") & (pl.col("closed_on") < end)
        judged_ones.append(then.deals.filter("is_judged").select("chance", came=within.fill_null(False)))
    held = coverage([row["p10"] for row in rows], [row["p90"] for row in rows], [row["came"] for row in rows])
    told = []
    if held is not None:
        known = pl.concat(judged_ones)
        score = brier(known["chance"].to_numpy(), known["came"].to_numpy())
        values = {"inside": held.inside_count, "count": held.count, "brier": Told(score, digits=3)}
        told.append(Notice(HELD, values))
    elif n >= facts.thresholds.least_closed:
        told.append(Notice(NO_AMOUNTS))
    else:
        told.append(Notice(TOO_FEW, {"count": n, "least": facts.thresholds.least_closed}))
    real = pl.Float64()
    schema = {"month": pl.Date(), "p10": real, "p50": real, "p90": real, "came": real, "is_inside": pl.Boolean()}
    return Answer(
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=headed(*schema),
        definition=OF_RECORD,
        n=n,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=tuple(told),
    )


FORECAST = Analysis(
    name="forecast",
    label=N_("Forecast of the month"),
    help=N_("What may come by the end of the month, low, middle and high, and the chance to meet the plan."),
    run=forecast,
    is_state=True,
)
FORECAST_DEALS = Analysis(
    name="forecast_deals",
    label=N_("Deals behind the forecast"),
    help=N_("Each open deal with its amount, its chance by the end of the month, and what it is expected to bring."),
    run=deals_behind,
    is_state=True,
)
FORECAST_RECORD = Analysis(
    name="forecast_record",
    label=N_("How past forecasts came true"),
    help=N_("What would have been forecast month by month, and what came: how often the range held."),
    run=record,
    is_state=True,
)
