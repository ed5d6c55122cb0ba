"""Who reached a stage, under each rule for skipped stages, and the percentages that follow from it.

*reached-or-later* counts a skipped stage as passed, so the funnel never widens; *every-stage* counts a deal that went
through all stages before that are not optional; *any-touch* counts whoever was there, and may exceed 100 %. A move back
never un-reaches a stage.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from dashboard.metrics.model import ratio

STAGE = ["funnel_name", "stage_name"]
MICROSECONDS_A_DAY = 86_400_000_000
ON_THE_WAY = pl.col("stage_type").is_in(["open", "won"]) & pl.col("stage_order").is_not_null()
"""Stages that lie one after another; lost, junk and stages outside the dictionary lie aside and are only touched."""


def until_horizon(visits: pl.DataFrame, as_of: datetime, horizon: int) -> pl.DataFrame:
    """Cut the history of each deal at its creation plus ``horizon`` days, or at ``as_of`` if that is earlier.

    A visit that was going on at the cut is still there, and lasted until then. ``visits`` are rows of ``passages.ways``, which
    tell when each is known to have been; deals without a creation date are left out.
    """
    cut = pl.min_horizontal(pl.col("deal_created_at") + timedelta(days=horizon), pl.lit(as_of))
    is_cut = (pl.col("exit") != "still_there") & ~(pl.col("left_known_at") <= pl.col("cut_at")).fill_null(False)
    lasted = (pl.col("cut_at") - pl.col("entered_at")).dt.total_microseconds() / MICROSECONDS_A_DAY
    is_longer = (pl.col("exit") == "still_there") & (pl.col("cut_at") < as_of)
    return (
        visits.lazy()
        .with_columns(cut_at=cut)
        .filter(pl.col("deal_created_at").is_not_null() & (pl.col("known_at") <= pl.col("cut_at")))
        .with_columns(
            exit=pl.when(is_cut).then(pl.lit("still_there").cast(visits.schema["exit"])).otherwise("exit"),
            days=pl.when(is_cut | is_longer).then(lasted).otherwise("days"),
        )
        .drop("cut_at")
        .collect()
    )


def reached(rows: pl.DataFrame, stages: pl.DataFrame, skips: str) -> pl.DataFrame:
    """Count the deals that reached each stage under a rule for skipped stages.

    ``rows`` are passages and ``stages`` hold the ``place`` of each (null: nobody was there).
    """
    if skips == "every-stage":
        return reaching(rows, stages, skips).group_by(STAGE).agg(pl.len().cast(pl.Int64).alias("reached"))
    counts = rows.group_by("place").agg(
        touched=pl.len().cast(pl.Int64), last=pl.col("is_furthest").sum().cast(pl.Int64)
    )
    found = stages.join(counts, on="place", how="left").with_columns(pl.col("touched", "last").fill_null(0))
    if skips == "any-touch":
        return found.select(*STAGE, reached="touched")
    on_the_way = found.filter(ON_THE_WAY).sort("funnel_name", "stage_order", descending=[False, True])
    # Stages of one order are passed together, so each counts what got to any of them.
    alike = on_the_way.group_by("funnel_name", "stage_order", maintain_order=True).agg(pl.col("last").sum())
    passed = alike.with_columns(reached=pl.col("last").cum_sum().over("funnel_name")).drop("last")
    return pl.concat(
        [
            on_the_way.join(passed, on=["funnel_name", "stage_order"]).select(*STAGE, "reached"),
            found.filter(ON_THE_WAY.not_()).select(*STAGE, reached="touched"),
        ]
    )


def reaching(rows: pl.DataFrame, stages: pl.DataFrame, skips: str) -> pl.DataFrame:
    """List which deal reached which stage under a rule for skipped stages: deal_at, funnel_name, stage_name, each pair once."""
    touched = rows.select("deal_at", "place").join(
        stages.select(*STAGE, "place", "stage_type", "stage_order", "is_optional"), on="place", how="inner"
    )
    aside = touched.filter(~ON_THE_WAY)
    on_the_way = touched.filter(ON_THE_WAY)
    if skips == "reached-or-later":
        last = on_the_way.group_by("deal_at", "funnel_name").agg(pl.col("stage_order").max().alias("furthest"))
        on_the_way = last.join(stages.filter(ON_THE_WAY), on="funnel_name").filter(
            pl.col("stage_order") <= pl.col("furthest")
        )
    elif skips == "every-stage":
        due_before = due_stages_before(stages.filter(ON_THE_WAY))
        on_the_way = (
            due_stages_before(on_the_way, "deal_at")
            .join(due_before.select(*STAGE, all_due="due_before"), on=STAGE)
            .filter(pl.col("due_before") == pl.col("all_due"))
        )
    columns = ["deal_at", *STAGE]
    return pl.concat([aside.select(columns), on_the_way.select(columns)])


def due_stages_before(rows: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Count, beside each stage of a funnel (or of a deal's way), the open stages before it that are not optional."""
    is_due = ((pl.col("stage_type") == "open") & ~pl.col("is_optional")).cast(pl.Int64)
    return (
        rows.sort(*keys, "funnel_name", "stage_order")
        .with_columns(is_due=is_due)
        .with_columns(due_before=pl.col("is_due").cum_sum().over(*keys, "funnel_name") - pl.col("is_due"))
    )


def conversions(counts: pl.DataFrame, basis: str) -> pl.DataFrame:
    """Add ``step`` and ``cumulative`` to the sorted counts of stages.

    Cohort: the step is to the next stage that is not optional, the cumulative share is of the first such stage. Period:
    the step is advanced / entered, the cumulative share multiplies the steps before. Optional stages have no step, and a
    share of nothing is null. A snapshot has neither.
    """
    unknown = pl.lit(None, dtype=pl.Float64)
    if basis == "snapshot":
        return counts.with_columns(step=unknown, cumulative=unknown)
    is_link = ON_THE_WAY & ~pl.col("is_optional")
    links = counts.filter(is_link)
    if basis == "cohort":
        following = pl.col("reached").shift(-1).over("funnel_name")
        steps = links.select(*STAGE, step=pl.when(following.is_not_null()).then(ratio(following, pl.col("reached"))))
        firsts = links.group_by("funnel_name", maintain_order=True).agg(first=pl.col("reached").first())
        return (
            counts.join(steps, on=STAGE, how="left", maintain_order="left")
            .join(firsts, on="funnel_name", how="left", maintain_order="left")
            .with_columns(cumulative=ratio(pl.col("reached"), pl.col("first")))
        )
    is_last = pl.col("stage_order") == pl.col("stage_order").max().over("funnel_name")
    steps = links.select(*STAGE, is_last.alias("is_last"), step=ratio(pl.col("advanced"), pl.col("entered")))
    # A null step makes every cumulative share after it unknown: NaN carries through a product, null would be passed over.
    before = pl.col("step").fill_null(float("nan")).shift(1, fill_value=1.0).over("funnel_name")
    ways = steps.with_columns(before=before).select(
        *STAGE,
        step=pl.when(~pl.col("is_last")).then("step"),
        cumulative=pl.col("before").cum_prod().over("funnel_name").fill_nan(None),
    )
    return counts.join(ways, on=STAGE, how="left", maintain_order="left")
