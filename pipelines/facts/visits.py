"""``facts.visits``: one uninterrupted stay of a deal in a stage, with how it ended.

A second event for the stage the deal is already in starts no new visit. Every visit has exactly one exit, so the exits of
a stage sum to its entries (product.md D05): advanced, lost, moved back, handed off, or still there.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.facts.clock import SECONDS_A_DAY, days_between, local_day
from pipelines.keys import beside, in_order, number_in_run, places_of
from pipelines.schema.columns import EXITS, STAGE_TYPES
from pipelines.schema.facts import Visits

DEAL_COLUMNS = ["manager_name", "team_name", "product_name", "channel_name", "region_name", "outcome", "amount"]


def visit_facts(
    deals: pl.DataFrame, stage_changes: pl.DataFrame, stages: pl.DataFrame, *, as_of: datetime, zone: str
) -> pl.DataFrame:
    """Build one row per visit from the stage changes; changes of deals that are not in ``deals`` are left out."""
    visits = stays(stage_changes, stages)
    deal = places_of(visits["deal_id"], deals["deal_id"])
    visits = (
        with_deal(visits, deals, deal, zone)
        if deal.null_count() == 0
        else with_deal(visits.filter(deal.is_not_null()), deals, deal.drop_nulls(), zone)
    )
    built = (
        visits.lazy()
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
        .collect(engine="in-memory")
    )
    return in_order(built, ["deal_id", "visit_number"])


def stays(stage_changes: pl.DataFrame, stages: pl.DataFrame) -> pl.DataFrame:
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

    def following(name: str) -> pl.Expr:
        return pl.when("has_next").then(pl.col(name).shift(-1))

    entries = in_order(stage_changes, ["deal_id", "change_number"])
    again = entries.select(same_as_before.fill_null(False)).to_series()
    entries = entries.filter(~again) if again.any() else entries
    staged = beside(
        entries.select(
            "deal_id",
            "funnel_name",
            "stage_name",
            "entered_at",
            "is_implied",
            entered_within_days=(pl.col("latest_at") - pl.col("earliest_at")).dt.total_microseconds()
            / (SECONDS_A_DAY * 1_000_000),
        ),
        dictionary,
        ["funnel_name", "stage_name"],
    )
    return staged.with_columns(
        visit_number=number_in_run("deal_id"),
        has_next=(pl.col("deal_id") == pl.col("deal_id").shift(-1)).fill_null(False),
    ).with_columns(
        left_at=following("entered_at"),
        next_funnel_name=following("funnel_name"),
        next_stage_name=following("stage_name"),
        next_stage_type=following("stage_type"),
        next_stage_order=following("stage_order"),
    )


def with_deal(visits: pl.DataFrame, deals: pl.DataFrame, deal: pl.Series, zone: str) -> pl.DataFrame:
    """Put the columns of the deal beside each visit; ``deal`` is its place among ``deals``."""
    side = deals.select(
        *DEAL_COLUMNS,
        "refusal_reason",
        deal_created_at="created_at",
        deal_created_on=local_day("created_at", zone),
        deal_closed_on=local_day("closed_at", zone),
    )
    return visits.with_columns(side[deal])


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
