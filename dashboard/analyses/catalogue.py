"""All analyses by name: one line each. What stands here is in ``voronka analyse``, in the glossary and on the pages."""

from __future__ import annotations

from dashboard.analyses import (
    ad_report,
    against_team,
    attribution,
    capture,
    channels,
    conformance,
    diagnosis,
    exits,
    funnel_answer,
    funnel_pair,
    managers,
    refusals,
    revenue_change,
    stage_days,
    stage_lint,
    stuck,
    times,
    what_if,
)
from dashboard.analyses.answer import Analysis
from pipelines.errors import UnknownName, suggest

CATALOGUE: tuple[Analysis, ...] = (
    funnel_answer.FUNNEL,
    exits.EXITS,
    times.CYCLE_TIME,
    times.CYCLE_BY_AGE,
    times.COHORTS_BY_MONTH,
    stage_days.DWELL_TIME,
    refusals.REFUSALS,
    refusals.REFUSAL_REASONS,
    refusals.REFUSAL_FILLING,
    refusals.REFUSAL_TREND,
    refusals.REFUSAL_COHORTS,
    managers.MANAGERS,
    managers.KINDS_GIVEN,
    against_team.AGAINST_TEAM,
    funnel_pair.FUNNEL_PAIR,
    revenue_change.REVENUE_CHANGE,
    revenue_change.CHECK_SPLIT,
    stage_lint.STAGE_LINT,
    diagnosis.DIAGNOSIS,
    stuck.STUCK,
    stuck.PIPELINE,
    conformance.CONFORMANCE,
    conformance.STAGES_KEPT,
    what_if.WHAT_IF,
    channels.CHANNELS,
    channels.CAMPAIGNS,
    channels.SPEND_WITHOUT_LEADS,
    ad_report.AD_REPORT,
    attribution.ATTRIBUTION,
    capture.CAPTURE,
    capture.MISSED_REQUESTS,
)  # fmt: skip


def named(catalogue: tuple[Analysis, ...]) -> dict[str, Analysis]:
    """Put analyses under their names. Raises TypeError when two share one."""
    found: dict[str, Analysis] = {}
    for one in catalogue:
        if one.name in found:
            raise TypeError(f"two analyses are called {one.name}")
        found[one.name] = one
    return found


ANALYSES = named(CATALOGUE)


def analysis(name: str) -> Analysis:
    """Return an analysis by its name. Raises UnknownName with the nearest one."""
    if name not in ANALYSES:
        raise UnknownName('There is no analysis "{name}". {hint}', name=name, hint=suggest(name, ANALYSES))
    return ANALYSES[name]
