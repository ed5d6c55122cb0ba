"""Visits without what their deals tell too: whoever asks for it has it looked up by the number of the deal.

A process that makes one report of millions of visits reads them so, as what stands beside each visit and belongs to its deal is
half of them. ``deal_at`` is the row of the deal among the deals; funnels and stages are numbers that compare as their texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.calls_read import Days
from pipelines.keys import places_of
from pipelines.lean import as_numbers

DEAL_AT = "deal_at"
STAGE = ("funnel_name", "stage_name")
OF_DEAL = {
    **{name: name for name in ("deal_id", "manager_name", "team_name", "product_name", "channel_name", "region_name")},
    **{name: name for name in ("amount", "outcome", "client_type")},
    "deal_created_on": "created_on",
    "deal_created_at": "created_at",
    "deal_closed_on": "closed_on",
}
"""Column of a visit → the same of its deal (``pipelines.facts.visits`` takes them from there)."""
READ_AS: Mapping[str, pl.DataType] = dict.fromkeys(STAGE, pl.Categorical())


@dataclass(frozen=True)
class Part:
    """What of a snapshot is read: of some facts no more than these ``columns`` (``client_type`` among them or not), and of the
    calls no more than those that a report of these ``days`` looks at (``calls_read``).

    Whoever asks for another column is told that it is not there.
    """

    columns: tuple[tuple[str, frozenset[str]], ...] = ()
    days: Days | None = None


WHOLE = Part()


def read_for(columns: frozenset[str]) -> frozenset[str]:
    """Name the stored columns that give the asked ones: the number of a deal comes of its name."""
    return columns - {DEAL_AT} | {"deal_id", "visit_number"} if DEAL_AT in columns else columns


def numbered_visits(visits: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """Put ``deal_at`` in the place of ``deal_id``; visits to a deal that is not there, or out of order, are left as they are."""
    places = places_of(visits.get_column("deal_id"), deals.get_column("deal_id")).cast(pl.UInt32).alias(DEAL_AT)
    order = visits.lazy().select(places.cast(pl.Int64) * 2**32 + pl.col("visit_number")).collect().to_series()
    if places.null_count() or not order.is_sorted():
        return visits
    numbers = [as_numbers(visits.get_column(name)) for name in STAGE if visits.schema[name] == pl.String]
    return visits.with_columns(numbers).drop("deal_id", "visit_number").insert_column(0, places)


def is_by_number(visits: pl.DataFrame) -> bool:
    """Tell whether visits know the number of their deal and not its name."""
    return DEAL_AT in visits.columns and "deal_id" not in visits.columns


def told_by_deals(visits: pl.LazyFrame, deals: pl.DataFrame) -> pl.LazyFrame:
    """Put beside visits by number what was left to be looked up, and names in the place of numbers; only what is asked for is."""
    there = visits.collect_schema().names()
    asked = [(name, of_deal) for name, of_deal in OF_DEAL.items() if name not in there and of_deal in deals.columns]
    looked_up = [looking_up(DEAL_AT, deals.get_column(of_deal)).alias(name) for name, of_deal in asked]
    return visits.with_columns(*looked_up, *(pl.col(name).cast(pl.String) for name in STAGE if name in there))


def looking_up(number: str, values: pl.Series) -> pl.Expr:
    """Take for each row the value that has its number; the engine may leave out rows and columns before it does."""

    def found(numbers: pl.Series) -> pl.Series:
        return values.gather(numbers)

    return pl.col(number).map_batches(found, return_dtype=values.dtype, is_elementwise=True)
