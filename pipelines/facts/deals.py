"""``facts.deals``: one row per deal, with what its stage history adds up to.

A deal that was re-opened counts once, with its state at ``as_of`` (product.md 4.4): the cycle of a won deal ends at its
first win, its revenue belongs to the latest one.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.facts.clock import days_between, local_day
from pipelines.keys import begins, beside, ends, in_order
from pipelines.schema.facts import Deals


def deal_facts(
    deals: pl.DataFrame, visits: pl.DataFrame, stages: pl.DataFrame, *, as_of: datetime, zone: str
) -> pl.DataFrame:
    """Build one row per deal from the core deals and their visits."""
    closed = pl.col("outcome") != "open"
    won = pl.col("outcome") == "won"
    ordered = stages.filter(~pl.col("is_unmapped")).select("funnel_name", "stage_name", present_order="stage_order")
    standing = deals.join(history_of_deals(visits, stages), on="deal_id", how="left", maintain_order="left")
    built = (
        beside(standing, ordered, ["funnel_name", "stage_name"])
        .lazy()
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
        .collect(engine="in-memory")
    )
    return in_order(built, ["deal_id"])


def history_of_deals(visits: pl.DataFrame, stages: pl.DataFrame) -> pl.DataFrame:
    """Add up the visits of each deal: furthest stage, moves back, re-openings, stages passed over."""
    final = pl.col("stage_type") != "open"
    moved_back = pl.col("exit") == "moved_back"
    lost_here = (pl.col("exit") == "lost") & (pl.col("stage_type") == "open") & ~pl.col("is_implied")
    told = in_order(visits, ["deal_id", "visit_number"]).select(
        "deal_id", "funnel_name", "stage_name", "stage_type", "stage_order", "exit", "entered_at", "is_implied"
    )
    told = beside(told, stages_before(stages), ["funnel_name", "stage_name"]).with_columns(
        deal=begins("deal_id").cast(pl.UInt32).cum_sum(),
    )
    told = told.with_columns(
        next_before=pl.when((pl.col("deal") == pl.col("deal").shift(-1)).fill_null(False)).then(
            pl.col("open_before").shift(-1)
        )
    )
    sums = (
        told.select(
            "deal",
            reopened=moved_back & final,
            back=moved_back & ~final,
            skipped=stages_skipped(),
            reached=pl.when(pl.col("stage_type").is_in(["open", "won"])).then("stage_order"),
            won_at=pl.when(pl.col("stage_type") == "won").then("entered_at"),
        )
        .group_by("deal")
        .agg(
            visits_count=pl.len().cast(pl.Int64),
            reopens_count=pl.col("reopened").sum().cast(pl.Int64),
            back_moves_count=pl.col("back").sum().cast(pl.Int64),
            skips_count=pl.col("skipped").sum().cast(pl.Int64),
            furthest_order=pl.col("reached").max(),
            first_won_at=pl.col("won_at").min(),
        )
    )
    lost = told.filter(lost_here).select("deal", lost_stage_name="stage_name")
    return (
        told.filter(ends("deal"))
        .select("deal", "deal_id", stage_entered_at="entered_at")
        .join(sums, on="deal", how="left")
        .join(lost.filter(ends("deal")), on="deal", how="left")
        .drop("deal")
    )


def stages_before(stages: pl.DataFrame) -> pl.DataFrame:
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
