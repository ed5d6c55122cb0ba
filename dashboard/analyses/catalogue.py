"""All analyses by name: one line each. What stands here is in ``voronka analyse``, in the glossary and on the pages."""

from __future__ import annotations

from dashboard.analyses import (
    abc,
    ad_report,
    against_team,
    attribution,
    base_balance,
    base_bridge,
    base_lists,
    before_after,
    calls_by_hour,
    capture,
    cards_plan,
    channels,
    channels_cash,
    conformance,
    contact_list,
    coverage,
    cross_sales,
    diagnosis,
    exits,
    forecast,
    funnel_answer,
    funnel_pair,
    handovers,
    inside_growth,
    load,
    managers,
    next_purchase,
    plan_pace,
    planned_purchases,
    promises,
    reach_by_attempt,
    reactivation,
    redistribution,
    refusals,
    repeat_sales,
    response_curve,
    response_speed,
    revenue_change,
    scorecard,
    signals,
    stage_days,
    stage_lint,
    stuck,
    team_spread,
    times,
    waterfall,
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
    abc.ABC,
    base_bridge.BASE_BRIDGE,
    base_lists.NO_CONTACT,
    base_lists.UNOWNED,
    base_balance.BASE_BALANCE,
    redistribution.REDISTRIBUTION,
    reactivation.REACTIVATION,
    next_purchase.NEXT_PURCHASE,
    handovers.CHERRY_PICKING,
    handovers.HANDOVERS,
    repeat_sales.REPEAT_SALES,
    cross_sales.CROSS_SALES,
    inside_growth.INSIDE_GROWTH,
    plan_pace.PLAN_PACE,
    coverage.COVERAGE,
    forecast.FORECAST,
    forecast.FORECAST_DEALS,
    forecast.FORECAST_RECORD,
    waterfall.WATERFALL,
    waterfall.WATERFALL_MONTH,
    before_after.BEFORE_AFTER,
    scorecard.SCORECARD,
    promises.PROMISES,
    contact_list.CONTACT_LIST,
    calls_by_hour.CALLS_BY_HOUR,
    reach_by_attempt.REACH_BY_ATTEMPT,
    response_speed.RESPONSE_SPEED,
    response_speed.TOUCHES_AND_WINS,
    load.LOAD,
    response_curve.RESPONSE_CURVE,
    channels.CHANNELS,
    channels_cash.CHANNELS_CASH,
    channels.CAMPAIGNS,
    channels.SPEND_WITHOUT_LEADS,
    ad_report.AD_REPORT,
    attribution.ATTRIBUTION,
    capture.CAPTURE,
    capture.MISSED_REQUESTS,
    cards_plan.CARDS_PLAN,
    planned_purchases.PLANNED_PURCHASES,
    team_spread.TEAM_SPREAD,
    signals.SIGNALS,
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
