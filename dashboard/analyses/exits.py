"""Where clients fall off: how every visit to a stage ended, summing exactly to the visits that began."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.funnel import Basis, funnel
from dashboard.analyses.headings import columns
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.model import ratio
from pipelines.schema.columns import EXITS as WAYS

DEFINITION = N_(
    "Visits to each stage and how they ended: moved on, lost, sent back, handed to another funnel, or still "
    "there; the five add up to the visits that began. A loss belongs to the last open stage before it, and junk"
    " is part of it."
)
COHORT = N_("Deals created in the period, all their visits.")
ENDED = N_("Visits that ended in the period.")
STANDING = N_("Where the deals are on the last day of the data.")


def exits(facts: Facts, filter: Filter, *, basis: Basis = "cohort", horizon: int | None = None) -> Answer:
    """Count the exits of each stage.

    One row per funnel and stage: funnel, stage, stage_type, entered, the five exits, junked (part of lost), lost_amount,
    ended (entered − still_there), and the shares of ended that moved on, were lost and moved back; a share of nothing is
    null. Raises CheckFailed if the exits do not sum to the entries.
    """
    told = funnel(facts, filter, basis=basis, horizon=horizon)
    ended = pl.col("entered") - pl.col("still_there")
    frame = told.frame.select(
        "funnel", "stage", "stage_type", "entered", *WAYS, "junked", "lost_amount", ended=ended
    ).with_columns(
        advanced_share=ratio(pl.col("advanced"), pl.col("ended")),
        lost_share=ratio(pl.col("lost"), pl.col("ended")),
        moved_back_share=ratio(pl.col("moved_back"), pl.col("ended")),
    )
    return Answer(
        frame=frame,
        columns=columns(
            "funnel",
            "stage",
            "entered",
            *WAYS,
            "junked",
            "advanced_share",
            "lost_share",
            "moved_back_share",
            "lost_amount",
        ),
        definition=DEFINITION,
        variant={"cohort": COHORT, "period": ENDED, "snapshot": STANDING}[basis],
        n=told.deals_count,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=told.sentences,
    )


EXITS = Analysis(
    name="exits",
    label=N_("Where clients fall off"),
    help=N_("For each stage: how many visits moved on, were lost, went back, were handed over, or are still there."),
    run=exits,
)
