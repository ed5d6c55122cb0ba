"""Two answers side by side: a period and the one before it, or two groups of deals through the same funnel.

Both sides are measured the same way from the rows; a change is never taken from rounded or averaged numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.funnel import Basis, FunnelAnswer, Skips, funnel
from dashboard.filters import Filter
from dashboard.metrics.measure import measure
from dashboard.metrics.model import Metric
from dashboard.periods import Period


@dataclass(frozen=True, eq=False)
class Comparison:
    """Metrics over a period and over the one it is compared with.

    ``frame``: one row per metric: metric, unit, better, value, before, change (value − before; for shares in points of
    0…1), growth (change / before; null for shares and when ``before`` is zero). ``before`` is None when nothing compares.
    """

    frame: pl.DataFrame
    period: Period
    before: Period | None


def compare(facts: Facts, metrics: Sequence[Metric], filter: Filter) -> Comparison:
    """Measure metrics over the filter's period and over the one it is compared with."""
    earlier = filter.compared(facts.as_of_on)
    values = measure(facts, metrics, filter).row(0, named=True)
    before = measure(facts, metrics, earlier).row(0, named=True) if earlier is not None else {}
    rows = [
        {
            "metric": metric.name,
            "unit": metric.unit.value,
            "better": metric.better.value,
            "value": number(values[metric.name]),
            "before": number(before.get(metric.name)),
        }
        for metric in metrics
    ]
    text, real = pl.String(), pl.Float64()
    schema = {"metric": text, "unit": text, "better": text, "value": real, "before": real}
    change = pl.col("value") - pl.col("before")
    growth = pl.when((pl.col("before") != 0) & (pl.col("unit") != "share")).then(change / pl.col("before").abs())
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(change=change, growth=growth)
    return Comparison(frame=frame, period=filter.period, before=None if earlier is None else earlier.period)


def number(value: object) -> float | None:
    """Turn a count, an amount or a ratio into a plain number; unknown stays unknown."""
    return None if value is None else float(str(value))


@dataclass(frozen=True, eq=False)
class FunnelPair:
    """Two groups through the same funnel, and one frame with a row per stage and the columns of both (``_1``, ``_2``)."""

    first: FunnelAnswer
    second: FunnelAnswer
    frame: pl.DataFrame


def compare_funnels(
    facts: Facts,
    first: Filter,
    second: Filter,
    *,
    basis: Basis = "cohort",
    skips: Skips = "reached-or-later",
    horizon: int | None = None,
) -> FunnelPair:
    """Count the same funnel for two groups of deals, by the same rules."""
    one = funnel(facts, first, basis=basis, skips=skips, horizon=horizon)
    two = funnel(facts, second, basis=basis, skips=skips, horizon=horizon)
    keys = ["funnel", "stage"]
    values = [name for name in one.frame.columns if name not in (*keys, "stage_type", "norm_days")]
    order = pl.concat([one.frame, two.frame]).select(*keys, "stage_type", "norm_days").unique(keys, maintain_order=True)
    frame = order
    for side, answer in (("1", one), ("2", two)):
        renamed = answer.frame.select(*keys, *(pl.col(name).alias(f"{name}_{side}") for name in values))
        frame = frame.join(renamed, on=keys, how="left", maintain_order="left")
    return FunnelPair(first=one, second=two, frame=frame)
