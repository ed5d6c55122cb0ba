"""Commercial proposals: entries into a stage that stands for one, and done tasks that sent one."""

from __future__ import annotations

import polars as pl

from pipelines.facts.contacts import folded, says
from pipelines.settings import Settings


def proposals_of(
    stage_changes: pl.DataFrame, stages: pl.DataFrame, tasks: pl.DataFrame, contacts: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """Return ``deal_id`` and ``proposals_count`` of deals that have any.

    What follows the one before within the hours of settings was sent again; entries of unknown time count as one.
    """
    here = ["deal_id", "funnel_name", "stage_name"]
    stays = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in here).fill_null(False)
    entered = (
        stage_changes.lazy()
        .sort("deal_id", "change_number")
        .filter(~stays)
        .join(proposal_stages(stages, settings).lazy(), on=["funnel_name", "stage_name"], how="semi")
        .select("deal_id", at="entered_at")
    )
    letters = contacts.filter(pl.col("kind") == "letter").select(task_id=pl.col("contact_id").str.strip_prefix("task "))
    sent = tasks.join(letters, on="task_id", how="semi").filter(
        says(folded(pl.col("task_name")), settings.proposals.words) & pl.col("deal_id").is_not_null()
    )
    gap = (pl.col("at") - pl.col("at").shift(1).over("deal_id")).dt.total_microseconds()
    is_new = (gap > settings.proposals.resent_hours * 3_600_000_000).fill_null(True) & pl.col("at").is_not_null()
    return (
        pl.concat([entered, sent.lazy().select("deal_id", at="done_at")])
        .sort("deal_id", "at", nulls_last=True)
        .with_columns(is_new=is_new)
        .group_by("deal_id")
        .agg(proposals_count=pl.max_horizontal(pl.col("is_new").sum().cast(pl.Int64), pl.lit(1)))
        .collect()
    )


def proposal_stages(stages: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the open stages that stand for a proposal: as settings say, else by their names."""
    told = {
        (funnel.name, stage.name): stage.proposal
        for funnel in settings.funnel
        for stage in funnel.stage
        if stage.proposal is not None
    }
    said = pl.DataFrame(
        [(*place, is_one) for place, is_one in told.items()],
        schema={"funnel_name": pl.String, "stage_name": pl.String, "_said": pl.Boolean},
        orient="row",
    )
    by_name = says(folded(pl.col("stage_name")), settings.proposals.words) & (pl.col("stage_type") == "open")
    return (
        stages.join(said, on=["funnel_name", "stage_name"], how="left")
        .filter(pl.coalesce("_said", by_name))
        .select("funnel_name", "stage_name")
    )
