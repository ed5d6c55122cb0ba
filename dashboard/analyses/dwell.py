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
    curve = (
        lengths.group_by(*keys, "days")
        .agg(ended=pl.col("is_over").sum().cast(pl.Float64), rows=pl.len().cast(pl.Float64))
        .sort(*keys, "days")
        .with_columns(at_risk=pl.col("rows").cum_sum(reverse=True).over(keys))
        .with_columns(survival=(1.0 - pl.col("ended") / pl.col("at_risk")).cum_prod().over(keys))
        .filter(pl.col("ended") > 0)
    )
    found = lengths.select(keys).unique()
    for name, level in levels.items():
        found = found.join(curve_at(curve, keys, 1.0 - level, name), on=keys, how="left", nulls_equal=True)
    return found.sort(keys)


def curve_at(curve: pl.DataFrame, keys: list[str], height: float, name: str) -> pl.DataFrame:
    """Find the day at which each curve falls to a height; the midpoint of the step when it is flat at that height."""
    reached = pl.col("days").filter(pl.col("survival") <= height + FLAT).min()
    passed = pl.col("days").filter(pl.col("survival") < height - FLAT).min()
    is_flat = ((pl.col("survival") - height).abs() <= FLAT).any()
    return curve.group_by(keys).agg(
        pl.when(is_flat & passed.is_not_null()).then((reached + passed) / 2.0).otherwise(reached).alias(name)
    )
