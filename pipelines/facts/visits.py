"""``facts.visits``: one uninterrupted stay of a deal in a stage, with how it ended.

A second event for the stage the deal is already in starts no new visit. Every visit has exactly one exit, so the exits of
a stage sum to its entries (product.md D05): advanced, lost, moved back, handed off, or still there.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.facts.clock import SECONDS_A_DAY, days_between, local_day
from pipelines.schema.columns import EXITS, STAGE_TYPES
from pipelines.schema.facts import Visits

DEAL_COLUMNS = ["manager_name", "team_name", "product_name", "channel_name", "region_name", "outcome", "amount"]


def visit_facts(
    deals: pl.DataFrame, stage_changes: pl.DataFrame, stages: pl.DataFrame, *, as_of: datetime, zone: str
) -> pl.DataFrame:
    """Build one row per visit from the stage changes; changes of deals that are not in ``deals`` are left out."""
    return (
        stays(stage_changes.lazy(), stages.lazy())
        .join(deal_side(deals.lazy(), zone), on="deal_id", how="inner")
        .with_columns(
            is_sales=pl.col("is_sales").fill_null(True),
            exit=exit_of_visit().cast(pl.Enum(list(EXITS))),
            entered_on=local_day("entered_at", zone),
            left_on=local_day("left_at", zone),
            until=pl.when(pl.col("has_next")).then(pl.col("left_at")).otherwise(pl.lit(as_of)),
        )
        .with_columns(
            days=days_between("entered_at", "until", zone),
            refusal_reason=pl.when(pl.col("exit") == "lost").then(pl.col("refusal_reason")),
        )
        .select(list(Visits.columns()))
        .sort("deal_id", "visit_number")
        .collect()
    )


def stays(stage_changes: pl.LazyFrame, stages: pl.LazyFrame) -> pl.LazyFrame:
    """Merge repeated entries into the stage a deal is already in, and put the next stage beside each stay."""
    dictionary = stages.select(
        "funnel_name",
        "stage_name",
        pl.col("stage_type").cast(pl.Enum(list(STAGE_TYPES))),
        "is_sales",
        stage_order=pl.when(~pl.col("is_unmapped")).then(pl.col("stage_order")),
    )
    here = ["deal_id", "funnel_name", "stage_name"]
    same_as_before = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in here)
    next_is_same_deal = (pl.col("deal_id") == pl.col("deal_id").shift(-1)).fill_null(False)

    def following(name: str) -> pl.Expr:
        return pl.when(next_is_same_deal).then(pl.col(name).shift(-1))

    return (
        stage_changes.sort("deal_id", "change_number")
        .filter(~same_as_before.fill_null(False))
        .with_columns(
            entered_within_days=(pl.col("latest_at") - pl.col("earliest_at")).dt.total_microseconds()
            / (SECONDS_A_DAY * 1_000_000)
        )
        .select(
            "deal_id", "change_number", "funnel_name", "stage_name", "entered_at", "entered_within_days", "is_implied"
        )
        .join(dictionary, on=["funnel_name", "stage_name"], how="left", maintain_order="left")
        .sort("deal_id", "change_number")
        .with_columns(
            visit_number=pl.col("change_number").rank("ordinal").over("deal_id").cast(pl.Int64),
            has_next=next_is_same_deal,
            left_at=following("entered_at"),
            next_funnel_name=following("funnel_name"),
            next_stage_name=following("stage_name"),
            next_stage_type=following("stage_type"),
            next_stage_order=following("stage_order"),
        )
    )


def deal_side(deals: pl.LazyFrame, zone: str) -> pl.LazyFrame:
    """Return the columns of a deal that stand beside each of its visits."""
    return deals.select(
        "deal_id",
        *DEAL_COLUMNS,
        "refusal_reason",
        deal_created_at="created_at",
        deal_created_on=local_day("created_at", zone),
        deal_closed_on=local_day("closed_at", zone),
    )


def exit_of_visit() -> pl.Expr:
    """Say how a visit ended, from its stage and the next one.

    A move to another funnel, or to a stage outside the dictionary (which has no order), is handed off. Opening a closed
    deal again is a move back out of the final stage.
    """
    stage_type, next_type = pl.col("stage_type"), pl.col("next_stage_type")
    forward = pl.col("next_stage_order") > pl.col("stage_order")
    return (
        pl.when(~pl.col("has_next"))
        .then(pl.lit("still_there"))
        .when(pl.col("next_funnel_name") != pl.col("funnel_name"))
        .then(pl.lit("handed_off"))
        .when(next_type.is_in(["lost", "junk"]))
        .then(pl.lit("lost"))
        .when((next_type == "won") & (stage_type != "won"))
        .then(pl.lit("advanced"))
        .when((stage_type != "open") & (next_type == "open"))
        .then(pl.lit("moved_back"))
        .when(forward.is_null())
        .then(pl.lit("handed_off"))
        .when(forward)
        .then(pl.lit("advanced"))
        .otherwise(pl.lit("moved_back"))
    )
