"""ABC classes of clients: by the share of the largest in a year's revenue, with limits that serve client by client."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl


@dataclass(frozen=True)
class Limits:
    """The least revenue of classes A and B; null where no client has any."""

    a: Decimal | None
    b: Decimal | None

    def class_of(self, revenue: str) -> pl.Expr:
        """Name the class of each revenue: A, B, C, or N for none."""
        amount = pl.col(revenue)
        return (
            pl.when(amount.is_null() | (amount <= 0))
            .then(pl.lit("N"))
            .when(amount >= pl.lit(self.a, dtype=pl.Decimal(18, 2)))
            .then(pl.lit("A"))
            .when(amount >= pl.lit(self.b, dtype=pl.Decimal(18, 2)))
            .then(pl.lit("B"))
            .otherwise(pl.lit("C"))
        )


def class_limits(revenue: pl.Series, a_share: float, b_share: float) -> Limits:
    """Find the limits: from the largest down, clients are A while together they bring no more than ``a_share``, then B.

    Equal revenues stay together. The largest is A even when it alone brings more; nothing and less count for nothing.
    """
    groups = (
        revenue.to_frame("revenue")
        .filter(pl.col("revenue") > 0)
        .group_by("revenue")
        .agg(together=pl.col("revenue").sum().cast(pl.Float64))
        .sort("revenue", descending=True)
    )
    if groups.is_empty():
        return Limits(None, None)
    # Kopecks in whole numbers: a share that is exactly the limit must not miss it by a rounding.
    kopecks = (pl.col("together") * 100).round().cast(pl.Int64)
    told = groups.with_columns(share=kopecks.cum_sum() / kopecks.sum())
    return Limits(*(_least(told, share) for share in (a_share, b_share)))


def _least(told: pl.DataFrame, share: float) -> Decimal:
    """Return the least revenue within a share, the largest where none is; ``told`` goes from the largest down."""
    within = told.filter(pl.col("share") <= share)["revenue"].to_list()
    return within[-1] if within else told["revenue"].to_list()[0]
