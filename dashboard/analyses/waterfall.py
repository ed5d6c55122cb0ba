"""What became of the open deals between two days: every rouble of the difference has its name, and a deal may have several.

Start + parts = end, exactly: a deal that grew, and was then won, is a rise and a win. The identity is checked each time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.headings import columns
from dashboard.analyses.known_then import deals_on
from dashboard.filters import Filter, Notice, is_any
from dashboard.i18n import N_
from dashboard.periods import DAY, step_unit, unit_start
from pipelines.errors import CheckFailed

USUAL_DAYS = 30
START, END = N_("open at the start"), N_("open at the end")
NEW, REOPENED, TAKEN, PULLED = N_("new"), N_("opened again"), N_("taken over"), N_("expected sooner")
UP, DOWN = N_("amount raised"), N_("amount lowered")
WON, LOST, JUNK, GONE = N_("won"), N_("lost"), N_("junk"), N_("deleted")
HANDED, PUSHED, UNDATED = N_("handed to others"), N_("expected later"), N_("no date tells when")
PARTS = (NEW, REOPENED, TAKEN, PULLED, UP, DOWN, WON, LOST, JUNK, HANDED, PUSHED, GONE, UNDATED)

DEFINITION = N_(
    "Amounts of the deals that were open when the period began and when it ended, and all that came between. One deal may stand "
    "in several parts; together they are the difference to the kopeck. A deal without an amount counts as a deal."
)
OF_ALL = N_("All open deals.")
OF_MONTH = N_("Open deals expected to close by the end of the month in which the period begins.")
UNTOLD = N_("No two exports tell of changed amounts, dates or managers: those parts cannot be seen yet.")


NEEDED = ["deal_id", "outcome", "amount", "expected_on", "manager_name", "created_on", "closed_on", "is_gone"]
"""Of each deal."""


def span_of(facts: Facts, filter: Filter) -> tuple[date, date]:
    """Choose the first day and the day after the last; without a start, the last thirty days."""
    end = min(filter.period.end or facts.as_of_on + DAY, facts.as_of_on + DAY)
    return filter.period.start or end - timedelta(days=USUAL_DAYS), end


def parts_of(facts: Facts, filter: Filter, until: date | None = None) -> pl.DataFrame:
    """List the parts of each deal: deal_id, part, amount (null when unknown), the start and the end among them.

    ``until``: only deals expected to close before that day take part, so a moved date is a part too.
    """
    start, end = span_of(facts, filter)
    mine = facts.deals.lazy().filter(replace(filter, managers=()).rows()).select(NEEDED).collect()
    before = deals_on(facts, mine, start).select(seen(filter, until, "before"))
    after = deals_on(facts, mine, end).select(seen(filter, until, "after"))
    deals = pl.concat([mine, before, after], how="horizontal")
    is_new = (pl.col("created_on") >= start).fill_null(False) & (pl.col("created_on") < end).fill_null(False)
    gone_now = pl.col("is_gone").fill_null(False) & pl.lit(end > facts.as_of_on)
    deals = deals.with_columns(is_new=is_new, in_after=pl.col("in_after") & ~gone_now, is_gone=gone_now)
    closed = pl.col("closed_on").is_between(start, end, closed="left").fill_null(False)
    came_back = closed & (pl.col("created_on") < start).fill_null(False) & ~pl.col("open_before")
    through = pl.col("fits_after") & pl.col("own_after") & ~pl.col("open_after") & ~pl.col("in_before")
    deals = deals.with_columns(passed=through & (pl.col("is_new") | came_back))
    deals = deals.filter(pl.col("in_before") | pl.col("in_after") | pl.col("passed"))
    first, last, zero = pl.col("amount_before"), pl.col("amount_after"), pl.lit(Decimal(0), pl.Decimal(18, 2))
    rise = last.fill_null(zero) - first.fill_null(zero)
    whole = [
        deals.filter("in_before").select("deal_id", part=pl.lit(START), amount=first),
        deals.filter(~pl.col("in_before")).select("deal_id", part=entry(), amount=first),
        deals.filter(rise > 0).select("deal_id", part=pl.lit(UP), amount=rise.filter(rise > 0)),
        deals.filter(rise < 0).select("deal_id", part=pl.lit(DOWN), amount=rise.filter(rise < 0)),
        deals.filter(~pl.col("in_after")).select("deal_id", part=leaving(), amount=-last),
        deals.filter("in_after").select("deal_id", part=pl.lit(END), amount=last),
    ]
    return pl.concat([one.with_columns(pl.col("amount").cast(pl.Decimal(18, 2))) for one in whole])


def seen(filter: Filter, until: date | None, when: str) -> list[pl.Expr]:
    """Name what was so on one of the two days: open, expected, whose, and all of it together."""
    own = is_any("manager_then", filter.managers) if filter.managers else pl.lit(True)
    fits = (pl.col("expected_then") < until).fill_null(False) if until is not None else pl.lit(True)
    return [
        pl.col("was_open").alias(f"open_{when}"),
        own.alias(f"own_{when}"),
        fits.alias(f"fits_{when}"),
        (pl.col("was_open") & own & fits).alias(f"in_{when}"),
        pl.col("amount_then").alias(f"amount_{when}"),
    ]


def entry() -> pl.Expr:
    """Say how a deal came that was not there at the start."""
    return (
        pl.when("is_new")
        .then(pl.lit(NEW))
        .when(~pl.col("own_before"))
        .then(pl.lit(TAKEN))
        .when(~pl.col("open_before"))
        .then(pl.lit(REOPENED))
        .when(~pl.col("fits_before"))
        .then(pl.lit(PULLED))
        .otherwise(pl.lit(UNDATED))
    )


def leaving() -> pl.Expr:
    """Say how a deal went that is not there at the end."""
    is_closed = ~pl.col("open_after")
    return (
        pl.when(is_closed & (pl.col("outcome") == "won"))
        .then(pl.lit(WON))
        .when(is_closed & (pl.col("outcome") == "junk"))
        .then(pl.lit(JUNK))
        .when(is_closed & (pl.col("outcome") == "lost"))
        .then(pl.lit(LOST))
        .when("is_gone")
        .then(pl.lit(GONE))
        .when(~pl.col("own_after"))
        .then(pl.lit(HANDED))
        .when(~pl.col("fits_after"))
        .then(pl.lit(PUSHED))
        .otherwise(pl.lit(UNDATED))
    )


def check_closed(frame: pl.DataFrame) -> None:
    """Raise CheckFailed unless start and parts make the end, in money and, but for changed amounts, in deals."""
    sums = {part: (count, amount or Decimal(0)) for part, count, amount in frame.iter_rows()}
    parts = {part: value for part, value in sums.items() if part not in (START, END)}
    money = sums[START][1] + sum((amount for _, amount in parts.values()), Decimal(0))
    if money != sums[END][1]:
        raise CheckFailed("The parts of the open deals do not add up: {sum} is not {end}.", sum=money, end=sums[END][1])


def waterfall(facts: Facts, filter: Filter, until: date | None = None) -> Answer:
    """Add the parts up in order: part, count (deals), amount; null where none of the deals has one."""
    rows = parts_of(facts, filter, until)
    sums = rows.group_by("part").agg(
        count=pl.len().cast(pl.Int64),
        amount=pl.when(pl.col("amount").is_not_null().any()).then(pl.col("amount").sum()),
    )
    order = pl.DataFrame({"part": [START, *PARTS, END]})
    frame = order.join(sums, on="part", how="left", maintain_order="left").with_columns(pl.col("count").fill_null(0))
    frame = frame.with_columns(amount=pl.when(pl.col("count") == 0).then(pl.lit(Decimal(0))).otherwise("amount"))
    check_closed(frame)
    frame = frame.filter((pl.col("count") > 0) | pl.col("part").is_in([START, END]))
    return Answer(
        frame=frame,
        columns=columns("part", "count", "amount"),
        definition=DEFINITION,
        variant=OF_ALL if until is None else OF_MONTH,
        n=rows["deal_id"].n_unique(),
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=() if facts.deal_changes.height else (Notice(UNTOLD),),
    )


def of_month(facts: Facts, filter: Filter) -> Answer:
    """Follow the open deals expected to close by the end of the month in which the period begins."""
    return waterfall(facts, filter, expected_before(facts, filter))


def expected_before(facts: Facts, filter: Filter) -> date:
    """Return the day before which the deals of ``of_month`` are expected to close."""
    start, _ = span_of(facts, filter)
    return step_unit("month", unit_start("month", start), 1)


WATERFALL = Analysis(
    name="waterfall",
    label=N_("What changed in the open deals"),
    help=N_("Open at the start, new, won, lost, amounts raised and lowered, handed over, open at the end: exact."),
    run=waterfall,
)
WATERFALL_MONTH = Analysis(
    name="waterfall_month",
    label=N_("What changed in the deals expected this month"),
    help=N_("The same of deals expected to close by the month's end: those whose date was moved are parts too."),
    run=of_month,
)
