"""How often each client buys: the days of its purchases, its own gap leaning on that of its segment, and how long it waits.

Clients without a dated purchase are not here. Gaps of the segment are those of clients who bought at least twice, their open
last gap included, so that only the gaps short enough to end do not make all look fast.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dashboard.access import Facts
from dashboard.metrics.base_rows import bought
from dashboard.statistics.gaps import mean_gap, overdue, personal_gap, segment_gap, waiting_curve
from dashboard.statistics.survival import OVER, Incidence

LEAST_GAPS = 10
"""Fewer ended gaps than this tell no segment's gap; then it is that of all clients."""
DAYS = pl.List(pl.Float64)


@dataclass(frozen=True, eq=False)
class Buying:
    """One row per client who bought, and what the whole base tells of waiting.

    ``rows``: client_id, days (of purchases), purchases (days with one), last_on, gaps (ended ones), waited, segment_gap,
    gap_days (its own; null where no gap is known), usual_check. ``curve``: the wait in own gaps; ``mean`` and ``median``: of
    the company, null when fewer than ten gaps ended.
    """

    rows: pl.DataFrame
    curve: Incidence | None
    mean: float | None
    median: float | None

    def interval(self) -> tuple[float | None, float | None]:
        """Return the quarters of the wait, in own gaps."""
        if self.curve is None:
            return None, None
        return self.curve.day_of(OVER, 0.25), self.curve.day_of(OVER, 0.75)


def buying(facts: Facts) -> Buying:
    """Look at all purchases of all clients, whatever the filter: a usual gap is a property of the whole base."""
    rows = with_gaps(facts)
    again = rows.filter(pl.col("purchases") > 1)
    ended = again["gaps"].explode().drop_nulls().to_list()
    if len(ended) < LEAST_GAPS:
        nothing = pl.lit(None, pl.Float64)
        return Buying(rows.with_columns(segment_gap=nothing, gap_days=nothing), None, None, None)
    whole = typical(again)
    by_product = {}
    for (product,), part in again.group_by("product_name"):
        own = typical(part) if part["gaps"].list.len().sum() >= LEAST_GAPS else None
        by_product[product] = own or whole
    segments = [by_product.get(name, whole) for name in rows["product_name"]]
    personal = [
        personal_gap(gaps, segment) if segment else None
        for gaps, segment in zip(rows["gaps"].to_list(), segments, strict=True)
    ]
    rows = rows.with_columns(
        pl.Series("segment_gap", segments, dtype=pl.Float64), pl.Series("gap_days", personal, dtype=pl.Float64)
    )
    return Buying(rows, curve_of(rows) if whole else None, mean_gap(ended), whole)


def with_gaps(facts: Facts) -> pl.DataFrame:
    """Take each client's days of purchase and the gaps between them; several purchases of a day are one."""
    positive = pl.col("amount").filter(pl.col("amount") > 0).cast(pl.Float64)
    sold = (
        bought(facts)
        .group_by("client_id")
        .agg(days=pl.col("closed_on").unique().sort(), usual_check=positive.median())
        .sort("client_id")
    )
    return sold.join(facts.clients.select("client_id", "product_name"), on="client_id", how="left").with_columns(
        purchases=pl.col("days").list.len().cast(pl.Int64),
        last_on=pl.col("days").list.last(),
        gaps=pl.col("days").list.diff(null_behavior="drop").list.eval(pl.element().dt.total_days()).cast(DAYS),
        waited=(pl.lit(facts.as_of_on) - pl.col("days").list.last()).dt.total_days().cast(pl.Float64),
    )


def typical(rows: pl.DataFrame) -> float | None:
    """Return the median gap of some clients, the open last ones as not over."""
    gaps = [*rows["gaps"].explode().drop_nulls().to_list(), *rows["waited"].to_list()]
    is_over = [True] * (len(gaps) - rows.height) + [False] * rows.height
    return segment_gap(gaps, is_over)


def curve_of(rows: pl.DataFrame) -> Incidence:
    """Estimate the wait in own gaps from the clients who bought at least twice."""
    gaps, over, personal = [], [], []
    again = rows.filter((pl.col("purchases") > 1) & pl.col("gap_days").is_not_null())
    for ended, waited, own in again.select("gaps", "waited", "gap_days").iter_rows():
        gaps += [*ended, waited]
        over += [*[True] * len(ended), False]
        personal += [own] * (len(ended) + 1)
    return waiting_curve(gaps, over, personal)


def with_overdue(found: Buying) -> pl.DataFrame:
    """Put beside each client ``overdue_share``: of all waits the share that lasts at least as long, in own gaps."""
    curve = found.curve
    shares = [
        None if curve is None or own is None else overdue(curve, waited, own)
        for waited, own in found.rows.select("waited", "gap_days").iter_rows()
    ]
    return found.rows.with_columns(pl.Series("overdue_share", shares, dtype=pl.Float64))
