"""The funnel among the other analyses: the cohort of the period, with the default rule for skipped stages."""

from __future__ import annotations

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.analyses.funnel import funnel
from dashboard.filters import Filter
from dashboard.i18n import N_

COLUMNS = (
    Column("funnel", N_("Funnel")),
    Column("stage", N_("Stage")),
    Column("entered", N_("Entries"), "count"),
    Column("reached", N_("Reached"), "count"),
    Column("step", N_("To the next"), "share"),
    Column("cumulative", N_("Of the first"), "share"),
    Column("advanced", N_("Moved on"), "count"),
    Column("lost", N_("Refused"), "count"),
    Column("moved_back", N_("Sent back"), "count"),
    Column("handed_off", N_("Handed over"), "count"),
    Column("still_there", N_("Still there"), "count"),
    Column("days_median", N_("Median days"), "days"),
    Column("days_p90", N_("P90 days"), "days"),
)


def run(facts: Facts, filter: Filter) -> Answer:
    """Answer the funnel of the deals created in the period; one row per funnel and stage."""
    found = funnel(facts, filter)
    return Answer(
        frame=found.frame,
        columns=COLUMNS,
        definition=N_(
            "Deals created in the period: how many ever reached each stage, how their visits to it ended, how long they stayed."
        ),
        variant=N_("Cohort; a skipped stage counts as passed; what still lasts is counted as not over."),
        n=found.deals_count,
        counted=N_("deals"),
        as_of=found.as_of,
        sentences=found.sentences,
    )


FUNNEL = Analysis(
    name="funnel",
    label=N_("Sales funnel"),
    help=N_(
        "For each stage: deals that reached it, conversion to the next stage and from the first, how the visits ended, and days."
    ),
    run=run,
)
