"""Which deals an analysis of the process is about, and sums in which nothing known stays unknown."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard.access import Facts
from dashboard.filters import Filter


def created_in(facts: Facts, filter: Filter, *columns: str) -> pl.DataFrame:
    """Take the deals that were created in the period: the cohort. Named columns are all that is taken, which is sooner done."""
    return taken(facts, filter.rows("created_on"), columns)


def closed_in(facts: Facts, filter: Filter, *outcomes: str, columns: Sequence[str] = ()) -> pl.DataFrame:
    """Take the deals with one of these outcomes that were closed in the period; of them some columns, or all."""
    return taken(facts, filter.rows("closed_on") & pl.col("outcome").is_in(outcomes), columns)


def taken(facts: Facts, kept: pl.Expr, columns: Sequence[str]) -> pl.DataFrame:
    """Take the deals that a predicate keeps."""
    rows = facts.deals.lazy().filter(kept)
    return (rows.select(columns) if columns else rows).collect()


def whole_sum(amount: pl.Expr) -> pl.Expr:
    """Sum an amount as Decimal; null when not one is known."""
    return pl.when(amount.count() > 0).then(amount.sum()).cast(pl.Decimal(18, 2))


def rows_count() -> pl.Expr:
    """Count rows as Int64."""
    return pl.len().cast(pl.Int64)


def times(condition: pl.Expr) -> pl.Expr:
    """Count the rows a condition picks as Int64."""
    return condition.fill_null(False).sum().cast(pl.Int64)
