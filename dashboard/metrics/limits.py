"""After how many days in a stage a deal is stuck: the one definition that metrics, lists, coverage and forecast share (D06)."""

from __future__ import annotations

import polars as pl

from dashboard.statistics.survival import incidence_of
from pipelines.schema.columns import EXITS

STAGE = ["funnel_name", "stage_name"]
LEAST_VISITS = 20
"""Fewer visits that moved on than this say nothing about how long is unusual (product.md 3-1)."""
UNUSUAL = 0.9


def limits(visits: pl.DataFrame, stages: pl.DataFrame) -> pl.DataFrame:
    """Find the limit of each open stage that the visits or the dictionary name: STAGE, norm_days, limit_days.

    The limit is the norm; without one the days within which nine of ten of the visits that move on do so, when 20 have; null
    else. What is still there counts as not yet (Aalen & Johansen 1978), so that a slow stage does not look fast. ``visits``
    are those to open stages whose length is known, of all of the data: no filter moves a limit.
    """
    norms = stages.filter(pl.col("stage_type") == "open").select(*STAGE, "norm_days")
    has_norm = {*norms.drop_nulls().select(STAGE).rows()}
    by_stage = visits.group_by(*STAGE, maintain_order=True)
    usual = [(*place, usual_limit(rows)) for place, rows in by_stage if place not in has_norm and rows.height]
    schema = {"funnel_name": pl.String, "stage_name": pl.String, "usual_days": pl.Float64}
    return (
        norms.join(pl.DataFrame(usual, schema=schema, orient="row"), on=STAGE, how="full", coalesce=True)
        .with_columns(limit_days=pl.coalesce("norm_days", "usual_days"))
        .drop("usual_days")
    )


def usual_limit(visits: pl.DataFrame) -> float | None:
    """Return the days within which nine of ten visits that move on do so; None when fewer than twenty have."""
    is_over = pl.col("exit") != "still_there"
    ends = visits.select(pl.when(is_over).then(pl.col("exit").cast(pl.Enum(EXITS)).to_physical()).cast(pl.Int64))
    kinds = ends.to_series().fill_null(-1).to_numpy()
    if (kinds == EXITS.index("advanced")).sum() < LEAST_VISITS:
        return None
    return incidence_of(visits.get_column("days").to_numpy(), kinds, EXITS).day_among("advanced", UNUSUAL)
