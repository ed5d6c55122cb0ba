"""Is the change of a number more than chance? Asked of the very rows it stands on; where they are not known, nobody can say."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.filters import Filter
from dashboard.metrics.measure import measure, values_behind
from dashboard.metrics.model import Metric, Unit
from dashboard.statistics.changes import counts_apart, samples_apart, sums_apart
from dashboard.statistics.intervals import newcombe

LEAST = 20
"""Fewer cases on either side tell nothing (product.md 3-1)."""

SUMS = ("revenue", "open_amount", "lost_amount", "cohort_revenue")
SIZES = {
    ("deals", Unit.DAYS): "cycle_days",
    ("deals", Unit.MONEY): "amount",
    ("led_deals", Unit.DAYS): "lead_cycle_days",
    ("stays", Unit.DAYS): "days",
}
"""What a mean or a median is of, by the fact and the unit; of others nobody can say."""


def is_news(facts: Facts, metric: Metric, now: Filter, before: Filter) -> bool | None:
    """Tell whether a metric differs between two filters by more than chance at 95 %; None where it cannot be told."""
    if metric.behind is None or metric.is_stock or metric.dated_by is None:
        return None
    if metric.unit in (Unit.COUNT, Unit.SHARE):
        counts = [counted(facts, metric, chosen) for chosen in (now, before)]
        if min(counts) < LEAST:
            return False
        if metric.unit == Unit.COUNT:
            return counts_apart(*counts)
        shares = [measure(facts, [metric], chosen).item() or 0.0 for chosen in (now, before)]
        around = newcombe(round(shares[0] * counts[0]), counts[0], round(shares[1] * counts[1]), counts[1])
        return around is not None and not around.holds(0.0)
    column = "amount" if metric.name in SUMS else SIZES.get((metric.fact, metric.unit))
    if column is None:
        return None
    value = pl.col(column).cast(pl.Float64)
    one, two = (values_behind(facts, metric, chosen, value).to_series() for chosen in (now, before))
    if min(one.len(), two.len()) < LEAST:
        return False
    return (sums_apart if metric.name in SUMS else samples_apart)(one.drop_nulls(), two.drop_nulls())


def counted(facts: Facts, metric: Metric, filter: Filter) -> int:
    """Count the rows behind a metric."""
    return int(values_behind(facts, metric, filter, pl.len()).item())
