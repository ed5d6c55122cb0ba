"""Does enough lie open for the plan: what is open for each rouble left of it, against what your own history needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import whole_sum
from dashboard.analyses.headings import columns
from dashboard.analyses.stuck import stuck_ids
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.conversion import WIN_RATE_VALUE
from dashboard.metrics.measure import measure
from dashboard.metrics.plans import PLAN_LEFT
from dashboard.periods import ALL_TIME, DAY, Period, step_unit, unit_start

DEFINITION = N_(
    "Amounts of open deals, divided by what is left of the running month's revenue plan. The coverage needed is one divided by the "
    "win rate by value of the deals closed in the 365 days up to the last day of the data. Stuck deals are also left out, "
    "because they seldom close."
)
EXPECTED, ALL = N_("expected to close by the month's end"), N_("all open deals")
EXPECTED_MOVING = N_("expected by the month's end, without stuck deals")
ALL_MOVING = N_("all open deals, without stuck deals")
NO_DATES = N_("No open deal has a day on which it is expected to close: only all open deals together can be told.")
NO_LEFT = N_("There is no plan of the running month, or it is done: nothing to cover.")


def coverage(facts: Facts, filter: Filter) -> Answer:
    """Answer: variant, count, amount, left (of the plan), coverage, needed, verdict; unknown is null. The period plays no part."""
    filter = replace(filter, period=ALL_TIME, preset=None)
    left = measure(facts, [PLAN_LEFT], running_month(facts, filter)).item()
    needed = needed_by(facts, filter)
    ways = covering(facts, filter, "deal_id", "amount", "expected_on")
    deals = ways[ALL]
    rows = []
    for name, some in ways.items():
        amount = some.select(whole_sum(pl.col("amount"))).item() if some.height else 0
        share = float(amount) / left if left and amount is not None else None
        rows.append(
            {
                "variant": name,
                "count": some.height,
                "amount": None if amount is None else float(amount),
                "left": left,
                "coverage": share,
                "needed": needed,
                "verdict": None if share is None or needed is None else ENOUGH if share >= needed else SHORT,
            }
        )
    real, text = pl.Float64(), pl.String()
    schema = {
        "variant": text,
        "count": pl.Int64(),
        "amount": real,
        "left": real,
        "coverage": real,
        "needed": real,
        "verdict": text,
    }
    sentences = [Notice(NO_DATES)] if deals.height and len(rows) == 2 else []
    return Answer(
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=columns(*schema),
        definition=DEFINITION,
        n=deals.height,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=(*sentences, *([] if left else [Notice(NO_LEFT)])),
    )


def covering(facts: Facts, filter: Filter, *columns: str) -> dict[str, pl.DataFrame]:
    """Take the open deals of each row: expected by the month's end or all, with the stuck ones and without; all columns or some."""
    is_open = replace(filter, period=ALL_TIME).rows() & (pl.col("outcome") == "open")
    deals = facts.deals.lazy().filter(is_open).select(columns or pl.all()).collect()
    moving = deals.join(stuck_ids(facts, filter), on="deal_id", how="anti")
    whole = {ALL: deals, ALL_MOVING: moving}
    if not deals["expected_on"].is_not_null().any():
        return whole
    end = step_unit("month", unit_start("month", facts.as_of_on), 1)
    return {EXPECTED: due(deals, end), EXPECTED_MOVING: due(moving, end), **whole}


ENOUGH, SHORT = N_("enough by your own history"), N_("less than your own history needs")


def due(deals: pl.DataFrame, end: date) -> pl.DataFrame:
    """Keep the deals expected to close before a day; those overdue are among them."""
    return deals.filter((pl.col("expected_on") < end).fill_null(False))


def running_month(facts: Facts, filter: Filter) -> Filter:
    """Narrow a filter to the days of the running month that the data knows: what is left of the plan is of it."""
    return replace(filter, period=Period(unit_start("month", facts.as_of_on), facts.as_of_on + DAY), preset=None)


def last_year(facts: Facts, filter: Filter) -> Filter:
    """Narrow a filter to the 365 days up to the last day of the data: the win rate by value is of them."""
    tomorrow = facts.as_of_on + DAY
    return replace(filter, period=Period(tomorrow - 365 * DAY, tomorrow), preset=None)


def needed_by(facts: Facts, filter: Filter) -> float | None:
    """Return one over the win rate by value of the last year; None where nothing was won."""
    rate = measure(facts, [WIN_RATE_VALUE], last_year(facts, filter)).item()
    return 1 / rate if rate else None


COVERAGE = Analysis(
    name="coverage",
    label=N_("Coverage of the plan by open deals"),
    help=N_("Open amounts for each rouble left of the month's plan, against what your own win rate by value needs."),
    run=coverage,
    is_state=True,
)
