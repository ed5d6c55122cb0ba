"""What was known of deals on an earlier day: their stage by the visits, their amount, date and manager by successive exports.

What no export told differently was taken to be as it is now.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.passages import of_deals, undated, ways
from dashboard.metrics.measure import was_open
from pipelines.lean import alongside

TOLD: dict[str, pl.Expr] = {
    "amount": pl.col("value").cast(pl.Decimal(18, 2), strict=False),
    "expected_on": pl.col("value").str.to_date("%Y-%m-%d", strict=False),
    "manager_name": pl.col("value"),
}
"""How what the exports told of each column is read; the same text as ``deal_changes`` writes."""


def deals_on(facts: Facts, deals: pl.DataFrame, day: date) -> pl.DataFrame:
    """Put beside each deal what was so when ``day`` began: was_open, amount_then, expected_then, manager_then."""
    moment = datetime.combine(day, time(), ZoneInfo(facts.zone)).astimezone(UTC)
    found = alongside(deals, open_by_visits(facts, day), "deal_id")
    begun = (pl.col("created_on") < day).fill_null(True)
    found = found.with_columns(
        was_open=pl.when(begun).then(pl.coalesce("by_visits", was_open(day, facts.as_of_on))).otherwise(False)
    ).drop("by_visits")
    for name, value in TOLD.items():
        found = alongside(found, told_by(facts, name, moment), "deal_id")
        then = pl.when("is_told").then(value).otherwise(pl.col(name))
        short = f"{name.removesuffix('_on').removesuffix('_name')}_then"
        found = found.with_columns(then.alias(short)).drop("value", "is_told")
    return found


def open_by_visits(facts: Facts, day: date) -> pl.DataFrame:
    """Tell by the visits which deals stood in an open stage when a day began; null of deals whose way is not dated whole.

    One row per deal, in the order of ``facts.deals``.
    """
    is_last = (pl.col("deal_at") != pl.col("deal_at").shift(-1)).fill_null(True)
    begun = ways(facts).lazy().filter(pl.col("entered_on") < day).filter(is_last)
    last = of_deals(facts, begun.select("deal_at", is_open=pl.col("stage_type") == "open").collect(), ~undated(facts))
    found = pl.repeat(None, facts.deals.height, dtype=pl.Boolean, eager=True).scatter(last["deal_at"], last["is_open"])
    return facts.deals.select("deal_id", by_visits=found)


def told_by(facts: Facts, column: str, moment: datetime) -> pl.DataFrame:
    """Find what exports told of a column before a moment: the last value of then, else the first that was changed later."""
    changes = facts.deal_changes.filter(pl.col("column_name") == column).sort("deal_id", "change_number")
    is_past = (pl.col("latest_at") < moment).fill_null(True)
    return changes.group_by("deal_id", maintain_order=True).agg(
        value=pl.when(is_past.any()).then(pl.col("after").filter(is_past).last()).otherwise(pl.col("before").first()),
        is_told=pl.lit(True),
    )
