"""Commercial proposals: entries into a stage that stands for one, and done tasks that sent one."""

from __future__ import annotations

import polars as pl

from pipelines.facts.clock import local_day
from pipelines.facts.contacts import folded, says
from pipelines.facts.sides import Sides, is_in
from pipelines.keys import begins, in_order, number_in_run
from pipelines.schema.facts import FACTS
from pipelines.settings import Settings


def proposals_of(
    stage_changes: pl.DataFrame, stages: pl.DataFrame, tasks: pl.DataFrame, contacts: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """Return ``deal_id``, ``proposal_number`` and ``made_at`` (null when unknown) of every proposal, in the order of time.

    What follows the one before within the hours of settings was sent again; entries of unknown time count as one.
    """
    entered = entries_of(stage_changes, proposal_stages(stages, settings)).lazy()
    letters = contacts.filter(pl.col("kind") == "letter").select(task_id=pl.col("contact_id").str.strip_prefix("task "))
    sent = tasks.join(letters, on="task_id", how="semi").filter(
        says(folded(pl.col("task_name")), settings.proposals.words) & pl.col("deal_id").is_not_null()
    )
    # In the order of deals, what stands before and is of another deal counts for nothing.
    before = pl.when(pl.col("deal_id") == pl.col("deal_id").shift(1)).then(pl.col("at").shift(1))
    gap = (pl.col("at") - before).dt.total_microseconds()
    is_new = (gap > settings.proposals.resent_hours * 3_600_000_000).fill_null(True) & pl.col("at").is_not_null()
    return (
        pl.concat([entered, sent.lazy().select("deal_id", at="done_at")])
        .sort("deal_id", "at", nulls_last=True)
        .with_columns(is_new=is_new | (pl.col("at").is_null() & begins("deal_id")))
        .filter("is_new")
        .select("deal_id", proposal_number=number_in_run("deal_id"), made_at="at")
        .collect()
    )


def proposal_facts(proposals: pl.DataFrame, deals: pl.DataFrame, sides: Sides, zone: str) -> pl.DataFrame:
    """Build ``facts.proposals``: the proposals of known deals beside what their deal is filtered by, sorted by key."""
    of_deal = deals.join(sides.clients, on="client_id", how="left", suffix="_listed").with_columns(
        client_name=pl.coalesce("client_name_listed", "client_name")
    )
    schema = FACTS["proposals"].columns()
    return (
        proposals.join(of_deal, on="deal_id")
        .with_columns(made_on=local_day("made_at", zone))
        .select(pl.col(name).cast(column.dtype) for name, column in schema.items())
        .sort("deal_id", "proposal_number")
    )


def entries_of(stage_changes: pl.DataFrame, stages: pl.DataFrame) -> pl.DataFrame:
    """Return the entries into some stages, but not the second event of a stage the deal is in already."""
    if stages.is_empty():
        return stage_changes.clear().select("deal_id", at="entered_at")
    here = ["deal_id", "funnel_name", "stage_name"]
    ordered = in_order(stage_changes.select(*here, "change_number", "entered_at"), ["deal_id", "change_number"])
    likely = is_in(ordered["stage_name"], stages["stage_name"]).arg_true()
    entries, before = ordered[likely], ordered.select(pl.col(here).shift(1))[likely]
    stays = pl.all_horizontal(entries[name] == before[name] for name in here).fill_null(False)
    entries = (
        entries.filter(~stays)
        .cast({"funnel_name": pl.String, "stage_name": pl.String})
        .join(stages, on=["funnel_name", "stage_name"], how="semi")
    )
    return entries.select("deal_id", at="entered_at")


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
