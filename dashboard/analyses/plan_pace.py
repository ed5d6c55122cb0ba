"""Plan and fact of a month, per manager and of the whole team: is the pace right, and what is needed a working day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_, Told
from dashboard.metrics.measure import measure
from dashboard.metrics.model import Metric, Unit
from dashboard.metrics.registry import METRICS
from dashboard.periods import DAY, Period, step_unit, unit_start

EARLY_DAYS = 3
"""With fewer working days over, one deal more or less would turn the verdict."""
MONEY_SUMS = ("revenue", "invoiced", "paid")
AHEAD, BEHIND, EARLY = N_("ahead of the plan"), N_("behind the plan"), N_("too early to tell")
MET, MISSED, NO_PLAN = N_("plan met"), N_("plan missed"), N_("no plan")
TEAM, OWN = N_("whole team"), N_("manager")

DEFINITION = N_(
    "Plans of the last month of the period, and what was done. Expected by now is the plan times the share of the working days "
    "that are over; a plan of a share or a mean is expected whole from the first day. A manager who came or left within the "
    "month is planned for the part of the working days."
)
DIFFERS = N_("{metric}: the plan of the team is {team}, and the plans of its people add up to {sum}.")
NO_PLANS = N_("There is no plan for this month.")
NOT_OURS = N_("Plans of what is not measured are left out: {names}.")


def plan_pace(facts: Facts, filter: Filter) -> Answer:
    """Compare plan and fact: scope, manager, metric, target, done, share, expected, pace, gap, days_left, per_day, verdict.

    One row per metric and manager with a plan or with something done, and one of the whole team, which without a plan of its
    own is the sum of its people. Ratios of nothing are null; ``gap`` is what is left to do, ``per_day`` what is needed for it.
    """
    month, plans = month_of(facts, filter), plans_of(facts, filter)
    rows, sentences = [], []
    for name in plans["metric_name"].unique().sort():
        if name not in METRICS:
            sentences.append(Notice(NOT_OURS, {"names": name}))
            continue
        own, notices = rows_of_metric(facts, replace(filter, period=elapsed(facts, month)), METRICS[name], plans)
        rows += own
        sentences += notices
    if not rows:
        sentences.append(Notice(NO_PLANS))
    text, real, whole = pl.String(), pl.Float64(), pl.Int64()
    names = ("target", "done", "share", "expected", "pace", "gap")
    schema: dict[str, pl.DataType] = {"scope": text, "manager": text, "metric": text, **dict.fromkeys(names, real)}
    schema |= {"days_left": whole, "per_day": real, "verdict": text}
    shown = ("metric", "scope", "manager", "planned", "done", "share", "expected", "gap", "per_day", "verdict")
    frame = pl.DataFrame(rows, schema=schema, orient="row").rename({"target": "planned"})
    return Answer(
        frame=frame,
        columns=columns(*shown),
        definition=DEFINITION,
        n=plans.height,
        counted=N_("plans"),
        as_of=facts.as_of,
        sentences=tuple(sentences),
    )


def plans_of(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the plans of the month that a filter keeps; of a product or channel there is no plan."""
    people = replace(filter, products=(), channels=(), regions=(), funnels=(), client_types=())
    return facts.plans.filter((pl.col("month_on") == month_of(facts, filter)) & people.rows(any_funnel=True))


def plans_behind(facts: Facts, filter: Filter, metric: Metric, manager: str | None) -> pl.DataFrame:
    """Take the plans that a row of ``plan_pace`` stands on: the manager's; of the team (None) its own, else those of its people.

    Adds ``expected`` (of the target, by now) and ``left_workdays_count``.
    """
    mine = plans_of(facts, filter).filter(pl.col("metric_name") == metric.name)
    rows = mine.filter(pl.col("manager_name").eq_missing(pl.lit(manager, dtype=pl.String)))
    if manager is None and rows.is_empty():
        rows = mine.sort("manager_name")
    over, whole = pl.col("elapsed_workdays_count"), pl.col("workdays_count")
    share = pl.when(whole > 0).then(over / whole).fill_null(0.0) if is_additive(metric) else pl.lit(1.0)
    return rows.with_columns(expected=pl.col("target").cast(pl.Float64) * share, left_workdays_count=whole - over)


def done_under(facts: Facts, filter: Filter, metric: Metric, manager: str | None) -> Filter:
    """Return the filter under which the rows of what is done of a row of ``plan_pace`` are taken (see ``plans_behind``)."""
    passed = replace(filter, period=elapsed(facts, month_of(facts, filter)), preset=None)
    if manager is not None:
        return replace(passed, managers=(manager,))
    people = plans_behind(facts, filter, metric, None)["manager_name"].drop_nulls().to_list()
    return replace(passed, managers=tuple(people)) if people else passed


def month_of(facts: Facts, filter: Filter) -> date:
    """Choose the month: the one in which the period, or the data, ends."""
    last = filter.period.last_day
    return unit_start("month", facts.as_of_on if last is None else min(last, facts.as_of_on))


def elapsed(facts: Facts, month: date) -> Period:
    """Return the days of a month that the data knows."""
    return Period(month, min(step_unit("month", month, 1), facts.as_of_on + DAY))


def rows_of_metric(
    facts: Facts, filter: Filter, metric: Metric, plans: pl.DataFrame
) -> tuple[list[dict[str, object]], list[Notice]]:
    """Make the rows of one metric, the team's first, then people by name."""
    mine = plans.filter(pl.col("metric_name") == metric.name)
    people = mine.filter(pl.col("manager_name").is_not_null()).sort("manager_name").to_dicts()
    done = dict(measure(facts, [metric], filter, by=("manager",)).rows())
    found = [row(metric, OWN, plan, done.get(plan["manager_name"], nothing(metric))) for plan in people]
    planned = {plan["manager_name"] for plan in people}
    found += [
        bare(metric, name, value)
        for name, value in sorted(done.items(), key=lambda one: str(one[0]))
        if name is not None and name not in planned and value
    ]
    team = mine.filter(pl.col("manager_name").is_null()).to_dicts()
    total = sum(float(plan["target"] or 0) for plan in people)
    notices: list[Notice] = []
    if team:
        whole = team[0]
        if people and is_additive(metric) and total != float(whole["target"] or 0):
            kind = "money" if metric.unit == Unit.MONEY else "number"
            team_of, sum_of = (Told(one, kind, currency=facts.currency) for one in (whole["target"] or 0, total))
            notices.append(Notice(DIFFERS, {"metric": metric.label, "team": team_of, "sum": sum_of}))
        found.insert(0, row(metric, TEAM, whole, measure(facts, [metric], filter).item()))
    elif people and is_additive(metric):
        known = [float(done.get(plan["manager_name"]) or 0) for plan in people]
        longest = max(people, key=lambda plan: plan["workdays_count"])
        due = sum(share_over(plan) * float(plan["target"] or 0) for plan in people)
        found.insert(0, row(metric, TEAM, {**longest, "manager_name": None, "target": total}, sum(known), due))
    return found, notices


def is_additive(metric: Metric) -> bool:
    """Tell that what is done adds up day by day, as counts and sums do and shares and means do not."""
    return metric.unit == "count" or metric.name in MONEY_SUMS


def nothing(metric: Metric) -> float | None:
    """Say what a manager without a row has done: nothing of what adds up, else it is unknown."""
    return 0.0 if is_additive(metric) else None


def share_over(plan: dict) -> float:
    """Return the share of the working days that is over; 0 in a month without any."""
    return plan["elapsed_workdays_count"] / plan["workdays_count"] if plan["workdays_count"] else 0.0


def row(metric: Metric, scope: str, plan: dict, value: object, due: float | None = None) -> dict[str, object]:
    """Make one row of a plan."""
    target = None if plan["target"] is None else float(plan["target"])
    done = None if value is None else float(str(value))
    left = plan["workdays_count"] - plan["elapsed_workdays_count"]
    adds = is_additive(metric)
    expected = due if due is not None else None if target is None else target * (share_over(plan) if adds else 1)
    gap = None if target is None or done is None or not adds else max(target - done, 0.0)
    is_known = target is not None and done is not None and expected is not None
    return {
        "scope": scope,
        "manager": plan["manager_name"],
        "metric": metric.label,
        "target": target,
        "done": done,
        "share": done / target if is_known and target else None,
        "expected": expected,
        "pace": done / expected if is_known and expected else None,
        "gap": gap,
        "days_left": left,
        "per_day": gap / left if gap is not None and left else None,
        "verdict": verdict(metric, target, done, expected, plan) if is_known else NO_PLAN if target is None else EARLY,
    }


def bare(metric: Metric, name: str, value: object) -> dict[str, object]:
    """Make the row of somebody who has done something and has no plan: no share, never 0 %."""
    return {"scope": OWN, "manager": name, "metric": metric.label, "done": float(str(value)), "verdict": NO_PLAN}


def verdict(metric: Metric, target: float | None, done: float | None, expected: float | None, plan: dict) -> str:
    """Say in words how it stands; of what is better low (lost deals) the other way round."""
    if target is None or done is None or expected is None:
        return NO_PLAN
    sign = -1 if metric.better == "lower" else 1
    if plan["workdays_count"] <= plan["elapsed_workdays_count"]:
        return MET if sign * done >= sign * target else MISSED
    if sign > 0 and done >= target:
        return MET
    if plan["elapsed_workdays_count"] < EARLY_DAYS:
        return EARLY
    return AHEAD if sign * done >= sign * expected else BEHIND


PLAN_PACE = Analysis(
    name="plan_pace",
    label=N_("Plan and pace"),
    help=N_("Plan, fact, expected by now, what is left and what is needed a working day: the team and each manager."),
    run=plan_pace,
)
