"""``facts.deals``: one row per deal, with what its stage history adds up to.

A deal that was re-opened counts once, with its state at ``as_of`` (product.md 4.4): the cycle of a won deal ends at its
first win, its revenue belongs to the latest one.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.facts.clock import days_between, local_day
from pipelines.schema.facts import Deals


def deal_facts(
    deals: pl.DataFrame, visits: pl.DataFrame, stages: pl.DataFrame, *, as_of: datetime, zone: str
) -> pl.DataFrame:
    """Build one row per deal from the core deals and their visits."""
    closed = pl.col("outcome") != "open"
    won = pl.col("outcome") == "won"
    return (
        deals.lazy()
        .join(history_of_deals(visits.lazy(), stages.lazy()), on="deal_id", how="left")
        .join(
            stages.lazy()
            .filter(~pl.col("is_unmapped"))
            .select("funnel_name", "stage_name", present_order="stage_order"),
            on=["funnel_name", "stage_name"],
            how="left",
        )
        .with_columns(
            pl.col("visits_count", "reopens_count", "back_moves_count", "skips_count").fill_null(0),
            pl.col("is_gone").fill_null(False),
            pl.col("is_sales").fill_null(True),
            as_of=pl.lit(as_of),
            closed_at=pl.when(closed).then(pl.col("closed_at")),
            first_won_at=pl.when(won).then(pl.min_horizontal("first_won_at", "closed_at")),
            stage_order=pl.col("present_order"),
        )
        .with_columns(
            created_on=local_day("created_at", zone),
            closed_on=local_day("closed_at", zone),
            cycle_end_at=pl.when(won).then(pl.col("first_won_at")).otherwise(pl.col("closed_at")),
            lost_stage_name=pl.when(pl.col("outcome").is_in(["lost", "junk"])).then(pl.col("lost_stage_name")),
        )
        .with_columns(
            cycle_days=days_between("created_at", "cycle_end_at", zone),
            age_days=pl.when(~closed).then(days_between("created_at", "as_of", zone)),
        )
        .select(list(Deals.columns()))
        .sort("deal_id")
        .collect()
    )


def history_of_deals(visits: pl.LazyFrame, stages: pl.LazyFrame) -> pl.LazyFrame:
    """Add up the visits of each deal: furthest stage, moves back, re-openings, stages passed over."""
    final = pl.col("stage_type") != "open"
    moved_back = pl.col("exit") == "moved_back"
    recorded = ~pl.col("is_implied")
    return (
        visits.join(stages_before(stages), on=["funnel_name", "stage_name"], how="left")
        .sort("deal_id", "visit_number")
        .with_columns(
            next_before=pl.when((pl.col("deal_id") == pl.col("deal_id").shift(-1)).fill_null(False)).then(
                pl.col("open_before").shift(-1)
            )
        )
        .group_by("deal_id")
        .agg(
            visits_count=pl.len().cast(pl.Int64),
            reopens_count=(moved_back & final).sum().cast(pl.Int64),
            back_moves_count=(moved_back & ~final).sum().cast(pl.Int64),
            skips_count=stages_skipped().sum().cast(pl.Int64),
            furthest_order=pl.col("stage_order").filter(pl.col("stage_type").is_in(["open", "won"])).max(),
            first_won_at=pl.col("entered_at").filter(pl.col("stage_type") == "won").min(),
            stage_entered_at=pl.col("entered_at").sort_by("visit_number").last(),
            lost_stage_name=pl.col("stage_name")
            .sort_by("visit_number")
            .filter(((pl.col("exit") == "lost") & (pl.col("stage_type") == "open") & recorded).sort_by("visit_number"))
            .last(),
        )
    )


def stages_before(stages: pl.LazyFrame) -> pl.LazyFrame:
    """Count, for each stage of the dictionary, the open stages a deal must pass before it (optional ones are not due)."""
    due = (pl.col("stage_type") == "open") & ~pl.col("is_optional") & ~pl.col("is_unmapped")
    return (
        stages.sort("funnel_name", "stage_order")
        .with_columns(is_due=due)
        .with_columns(open_before=pl.col("is_due").cast(pl.Int64).cum_sum().over("funnel_name") - pl.col("is_due"))
        .select("funnel_name", "stage_name", "is_due", "open_before")
    )


def stages_skipped() -> pl.Expr:
    """Return how many stages a visit's forward move passed over; a loss skips nothing."""
    passed = pl.col("next_before") - pl.col("open_before") - pl.col("is_due").cast(pl.Int64)
    return pl.when(pl.col("exit") == "advanced").then(passed.clip(0)).otherwise(0)
