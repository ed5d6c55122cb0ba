"""Does a fast answer, do more touches win: by landmark, so that deals which live longer do not seem worked better (product.md 3-8).

Only deals old enough to have had the whole horizon count, so that none is judged too early; what happens before the landmark
puts a deal into its group, what happens after it is counted (Anderson, Cain & Gelber 1983).
"""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.headings import columns
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.rows import rows_of
from dashboard.metrics.speed import COVERED
from dashboard.statistics.landmark import TOUCH_BOUNDS, by_response, landmark

HORIZON = 90.0
ANSWER_DAY = 1.0
TOUCH_DAY = 14.0
DAY = 86_400_000_000
UNANSWERED = N_("not answered by then")
SPEED_DEFINITION = N_(
    "Deals created in the period at least 90 days before the last day of the data and still open a day "
    "after their creation, by "
    "the working minutes to the first answer within that day; won: by day 90. Compared with the fastest group."
)
TOUCH_DEFINITION = N_(
    "Deals created in the period and still open 14 days after their creation, by the touches they had "
    "until then; won: the "
    "share won by day 90, with open deals as not yet. What was won sooner is left out of all groups alike."
)


def aged(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the covered deals created in the period with ``age``: days to the first win, the closing or as_of."""
    ends = facts.deals.select("deal_id", "first_won_at")
    end = pl.coalesce("first_won_at", "closed_at", pl.lit(facts.as_of))
    return (
        rows_of(facts, "answers")
        .filter(filter.rows("created_on") & pl.col("has_telephony") & pl.col("created_at").is_not_null())
        .join(ends, on="deal_id", how="left", maintain_order="left")
        .with_columns(age=days_since_creation(end), follow_up=days_since_creation(pl.lit(facts.as_of)))
        .filter(pl.col("age") >= 0)
    )


def days_since_creation(moment: pl.Expr) -> pl.Expr:
    """Return real days from the creation of the deal to a moment."""
    return (moment - pl.col("created_at")).dt.total_microseconds() / DAY


def response_speed(facts: Facts, filter: Filter) -> Answer:
    """Compare wins by the speed of the first answer, the fastest first, the unanswered last.

    Columns: segment (minutes), rule (the unanswered), n, won, share, low, high, difference, difference_low, difference_high.
    """
    leads = aged(facts, filter).filter(
        (pl.col("follow_up") >= HORIZON) & (pl.col("age") > ANSWER_DAY) & ~pl.col("is_answered_before")
    )
    in_time = (days_since_creation(pl.col("answered_at")) <= ANSWER_DAY).fill_null(False)
    minutes = leads.select(pl.when(in_time).then("response_minutes")).to_series()
    won = leads.select((pl.col("outcome") == "won") & (pl.col("age") <= HORIZON)).to_series()
    rows = [
        {
            "segment": None
            if one.low is None
            else f"{one.low:.0f}+"
            if one.high is None
            else f"{one.low:.0f}-{one.high:.0f}",
            "rule": UNANSWERED if one.low is None else None,
            "n": one.count,
            "won": one.wins,
            "share": one.share,
            "low": one.interval.low if one.interval else None,
            "high": one.interval.high if one.interval else None,
            "difference": one.difference,
            "difference_low": one.difference_interval.low if one.difference_interval else None,
            "difference_high": one.difference_interval.high if one.difference_interval else None,
        }
        for one in by_response(minutes.to_list(), won.to_list())
        if one.count
    ]
    return answered(
        facts, leads, rows, ("segment", "rule", "n", "won", "share", "low", "high", "difference"), SPEED_DEFINITION
    )


def touches_and_wins(facts: Facts, filter: Filter) -> Answer:
    """Compare wins by the touches of the first two weeks.

    Columns: segment (touches), n, share, low, high.
    """
    deals = aged(facts, filter)
    ends = deals.select(pl.when(pl.col("outcome") != "open").then(pl.col("outcome").cast(pl.String))).to_series()
    found = landmark(
        deals.get_column("age").to_list(),
        ends.to_list(),
        touch_days(facts, deals),
        at=TOUCH_DAY,
        until=HORIZON,
        end="won",
        bounds=sorted({*TOUCH_BOUNDS, float(facts.thresholds.usual_touches)}),
    )
    rows = [
        {
            "segment": f"{one.low:.0f}+" if one.high is None else written(one.low, one.high - 1),
            "n": one.count,
            "share": one.share,
            "low": one.interval.low if one.interval else None,
            "high": one.interval.high if one.interval else None,
        }
        for one in found
    ]
    return answered(facts, deals, rows, ("segment", "n", "share", "low", "high"), TOUCH_DEFINITION)


def written(low: float, high: float) -> str:
    """Write a range of whole numbers, one alone as itself."""
    return f"{low:.0f}" if low == high else f"{low:.0f}-{high:.0f}"


def touch_days(facts: Facts, deals: pl.DataFrame) -> list[list[float]]:
    """Return the ages at which each deal was touched, its client's touches where it has one."""
    key = pl.coalesce("client_id", "deal_id").alias("key")
    touched = facts.touches.select(key, "touched_at")
    met = deals.select("deal_id", "created_at", key).join(touched, on="key", how="left")
    age = met.with_columns(at=days_since_creation(pl.col("touched_at"))).filter(pl.col("at").is_not_null())
    days = dict(age.group_by("deal_id").agg("at").iter_rows())
    return [days.get(deal, []) for deal in deals.get_column("deal_id")]


NUMBERS = ("share", "low", "high", "difference", "difference_low", "difference_high")


def answered(facts: Facts, deals: pl.DataFrame, rows: list[dict], shown: tuple[str, ...], definition: str) -> Answer:
    """Make the answer of rows; the types are there also without any."""
    types = {
        name: pl.Float64() if name in NUMBERS else pl.Int64() if name in ("n", "won") else pl.String() for name in shown
    }
    extra = {name: pl.Float64() for name in NUMBERS if rows and name in rows[0]}
    return Answer(
        frame=pl.DataFrame(rows, schema={**types, **extra}, orient="row"),
        columns=columns(*shown),
        definition=definition,
        variant=COVERED,
        n=deals.height,
        counted=N_("deals"),
        as_of=facts.as_of,
    )


RESPONSE_SPEED = Analysis(
    name="response_speed",
    label=N_("Speed of the first answer and wins"),
    help=N_("Whether leads answered faster are won more often, at a fixed age, with intervals."),
    run=response_speed,
)
TOUCHES_AND_WINS = Analysis(
    name="touches_and_wins",
    label=N_("Touches and wins"),
    help=N_("Whether deals touched more in their first two weeks are won more often afterwards."),
    run=touches_and_wins,
)
