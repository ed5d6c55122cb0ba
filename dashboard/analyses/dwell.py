"""How long something takes when some of it is not over: Kaplan-Meier quantiles.

What still lasts is censored, not dropped: leaving it out would make slow stages look fast. With nothing censored the
median is the usual one (the midpoint of the two middle values), because a curve flat at the level gives its midpoint.
Source: Kaplan & Meier 1958; the midpoint rule is that of R's survfit.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

FLAT = 1e-9


def quantiles(lengths: pl.DataFrame, keys: list[str], levels: Mapping[str, float]) -> pl.DataFrame:
    """Estimate quantiles of the length per group of ``keys``, one column per level (name → share, 0.5 is the median).

    ``lengths`` has the keys, ``days`` (Float64) and ``is_over``; rows without days must be left out before. A quantile is
    null when the curve never falls that far: too much is still going on. Groups without rows do not appear.
    """
    return quantiles_of_sorted(lengths.sort("days", "is_over", descending=[False, True]), keys, levels)


def quantiles_of_sorted(ordered: pl.DataFrame, keys: list[str], levels: Mapping[str, float]) -> pl.DataFrame:
    """Estimate the same of lengths that are sorted by days, those that are over first."""
    at_risk = pl.len() - pl.int_range(pl.len())
    survival = (1.0 - pl.col("is_over").cast(pl.Float64) / at_risk).cum_prod()
    found = ordered.group_by(keys).agg(day_at(survival, 1.0 - level).alias(name) for name, level in levels.items())
    return found.sort(keys)


def day_at(survival: pl.Expr, height: float) -> pl.Expr:
    """Find the day at which the curve falls to a height; the midpoint of the step when it is flat at that height.

    Rows of one day fall one after another, what is over first: their product is the same as that of one common step.
    """
    reached = pl.col("days").filter(survival <= height + FLAT).min()
    passed = pl.col("days").filter(survival < height - FLAT).min()
    is_flat = ((survival - height).abs() <= FLAT).any()
    return pl.when(is_flat & passed.is_not_null()).then((reached + passed) / 2.0).otherwise(reached)
