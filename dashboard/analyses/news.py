"""Is the change of a number more than chance? Asked of the very rows it stands on; where they are not known, nobody can say."""

from __future__ import annotations

from dashboard.access import Facts
from dashboard.filters import Filter
from dashboard.metrics.measure import measure, rows_behind
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
    one, two = (rows_behind(facts, metric, chosen) for chosen in (now, before))
    if min(one.height, two.height) < LEAST:
        return False
    if metric.unit == Unit.COUNT:
        return counts_apart(one.height, two.height)
    if metric.unit == Unit.SHARE:
        shares = [measure(facts, [metric], chosen).item() or 0.0 for chosen in (now, before)]
        around = newcombe(round(shares[0] * one.height), one.height, round(shares[1] * two.height), two.height)
        return around is not None and not around.holds(0.0)
    if metric.name in SUMS:
        return sums_apart(one["amount"].cast(float).drop_nulls(), two["amount"].cast(float).drop_nulls())
    column = SIZES.get((metric.fact, metric.unit))
    if column is None:
        return None
    return samples_apart(one[column].cast(float).drop_nulls(), two[column].cast(float).drop_nulls())
