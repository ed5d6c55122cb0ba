"""Do all managers work the same way: who follows the order of the stages, which stages are passed over, where deals go back."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import created_in, rows_count, times
from dashboard.analyses.headings import columns
from dashboard.analyses.judging import judged
from dashboard.analyses.passages import KEYS, places, strangers_count, ways
from dashboard.analyses.reach import ON_THE_WAY
from dashboard.analyses.selection import in_funnels
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.model import ratio
from dashboard.remember import prepared

STAGE = ["funnel_name", "stage_name"]
DEFINITION = N_(
    "Deals created in the period that followed the order of the stages: none passed over, no move back. Deals of which only "
    "the present stage is known are left out, and optional stages may be passed over."
)
BY_STAGE = N_(
    "For each stage that is due: of the deals created in the period that got beyond it, how many never were in it; and of "
    "the finished visits to it, how many ended by a move back."
)
LEFT_OUT = N_("Deals of which only the present stage is known, left out: {count}.")


def traced(facts: Facts, filter: Filter) -> tuple[pl.DataFrame, int]:
    """Take the deals of the cohort whose way is known, and count the others."""
    deals = created_in(facts, filter)
    known = deals.filter((pl.col("history") != "implied") & (pl.col("visits_count") > 0))
    return known, deals.height - known.height


def conformance(facts: Facts, filter: Filter) -> Answer:
    """Compare the managers: one row per manager, sorted by name.

    Columns: manager, n, conforming, conforming_share with its interval (low, high), verdict against all managers together,
    skipped (deals with a stage passed over), skipped_share, back (deals that went back), back_share, reopened.
    """
    deals, left_out = traced(facts, filter)
    skips = skips_of(facts, deals)
    counted = (
        deals.join(skips.select("deal_id").unique().with_columns(has_skip=pl.lit(True)), on="deal_id", how="left")
        .with_columns(has_skip=pl.col("has_skip").fill_null(False), went_back=pl.col("back_moves_count") > 0)
        .group_by(manager="manager_name")
        .agg(
            rows_count().alias("n"),
            times(~pl.col("has_skip") & ~pl.col("went_back")).alias("conforming"),
            times(pl.col("has_skip")).alias("skipped"),
            times(pl.col("went_back")).alias("back"),
            times(pl.col("reopens_count") > 0).alias("reopened"),
        )
        .with_columns(
            skipped_share=ratio(pl.col("skipped"), pl.col("n")), back_share=ratio(pl.col("back"), pl.col("n"))
        )
        .sort("manager", nulls_last=True)
    )
    frame = judged(counted, "conforming", "n").rename({"share": "conforming_share"})
    shown = columns(
        "manager", "n", "conforming", "conforming_share", "low", "high", "verdict", "skipped_share", "back_share"
    )
    return answer(facts, frame, shown, DEFINITION, deals, left_out)


def answer(
    facts: Facts, frame: pl.DataFrame, shown: tuple, definition: str, deals: pl.DataFrame, left_out: int
) -> Answer:
    """Put a frame together with what was left out of it."""
    told = (Notice(LEFT_OUT, {"count": left_out}),) if left_out else ()
    return Answer(
        frame=frame,
        columns=shown,
        definition=definition,
        n=deals.height,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=told,
    )


def skips_of(facts: Facts, deals: pl.DataFrame) -> pl.DataFrame:
    """List which deal passed over which due stage: it got to a later stage of the funnel and never was in this one."""
    return beyond(facts, deals).filter("is_skip").select("deal_id", *STAGE)


def beyond(facts: Facts, deals: pl.DataFrame) -> pl.DataFrame:
    """List which deal got beyond which due stage, and whether it passed it over."""
    return all_beyond(facts).join(deals.select("deal_id"), on="deal_id", how="semi")


def all_beyond(facts: Facts) -> pl.DataFrame:
    """List for all deals what ``beyond`` does for some: deal_id, deal_at, funnel_name, stage_name, is_skip."""
    return prepared(facts, _all_beyond)


def _all_beyond(facts: Facts) -> pl.DataFrame:
    due = facts.stages.filter((pl.col("stage_type") == "open") & ~pl.col("is_optional") & ~pl.col("is_unmapped"))
    known = places(facts).select(*STAGE, "place", funnel_at=pl.col("funnel_name").rank("dense"))
    asked = (
        due.select(*STAGE, "stage_order")
        .join(known.select(*STAGE, "place"), on=STAGE, how="left")
        .join(known.select("funnel_name", "funnel_at").unique(), on="funnel_name")
        .with_row_index("asked_at")
    )
    visits = ways(facts).lazy()
    furthest = (
        visits.filter(ON_THE_WAY)
        .select("deal_at", "stage_order", funnel_at=pl.lit(known["funnel_at"]).gather("place"))
        .group_by("deal_at", "funnel_at")
        .agg(furthest=pl.col("stage_order").max())
    )
    found = (
        furthest.join(asked.lazy().select("asked_at", "funnel_at", "stage_order", "place"), on="funnel_at")
        .filter(pl.col("stage_order") < pl.col("furthest"))
        .join(visits.select(*KEYS, is_skip=pl.lit(False)).unique(KEYS), on=KEYS, how="left")
        .select("deal_at", "asked_at", pl.col("is_skip").fill_null(True))
        .collect()
    )
    ids = facts.deals.get_column("deal_id").extend_constant(None, strangers_count(facts))
    return found.select(
        ids.gather(found["deal_at"]), "deal_at", *(asked[name].gather(found["asked_at"]) for name in STAGE), "is_skip"
    )


def stages_kept(facts: Facts, filter: Filter, by_manager: bool = False) -> Answer:
    """Compare the stages: funnel, stage (and manager), n (deals beyond), skipped, skipped_share, over, moved_back, back_share."""
    deals, left_out = traced(facts, filter)
    keys = [*STAGE, "manager_name"] if by_manager else STAGE
    whose = deals.select("deal_id", "manager_name")
    passed = (
        beyond(facts, deals)
        .join(whose, on="deal_id")
        .group_by(keys)
        .agg(rows_count().alias("n"), times(pl.col("is_skip")).alias("skipped"))
    )
    visits = facts.visits.join(deals.select("deal_id"), on="deal_id", how="semi").filter(pl.col("stage_type") == "open")
    ends = visits.filter(pl.col("exit") != "still_there")
    back = ends.group_by(keys).agg(
        rows_count().alias("over"), times(pl.col("exit") == "moved_back").alias("moved_back")
    )
    order = facts.stages.filter(in_funnels(filter)).select(*STAGE, "stage_order")
    frame = (
        passed.join(back, on=keys, how="full", coalesce=True, nulls_equal=True)
        .join(order, on=STAGE)
        .sort("funnel_name", "stage_order", *keys[1:], nulls_last=True)
        .with_columns(
            skipped_share=ratio(pl.col("skipped"), pl.col("n")), back_share=ratio(pl.col("moved_back"), pl.col("over"))
        )
        .rename({"funnel_name": "funnel", "stage_name": "stage", **({"manager_name": "manager"} if by_manager else {})})
        .drop("stage_order")
    )
    shown = columns("funnel", "stage", "n", "skipped", "skipped_share", "over", "moved_back", "back_share")
    return answer(facts, frame, shown, BY_STAGE, deals, left_out)


CONFORMANCE = Analysis(
    name="conformance",
    label=N_("Do all work the same way"),
    help=N_(
        "For each manager: the share of deals that followed the order of the stages, with its interval and verdict."
    ),
    run=conformance,
)
STAGES_KEPT = Analysis(
    name="stages_kept",
    label=N_("Stages passed over"),
    help=N_("For each stage: how many deals passed it over, and how many visits ended by a move back."),
    run=stages_kept,
)
