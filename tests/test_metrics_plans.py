"""Metrics of plans against rows worked out by hand: shares, pace, what is left, and plans that name nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from companies import deals_of, facts_with, frame_of
from test_witness import disagreements

from dashboard.filters import Filter
from dashboard.metrics import plans
from dashboard.metrics.measure import measure
from dashboard.metrics.plan_rows import deals_towards, plan_months
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period
from pipelines.schema.facts import Plans

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
AS_OF = datetime(2026, 6, 15, 20, tzinfo=UTC)
NAMES = tuple(one.name for one in (plans.PLAN_REVENUE, plans.PLAN_ATTAINMENT, plans.PLAN_EXPECTED, plans.PLAN_PACE,
    plans.PLAN_LEFT, plans.PLAN_DAYS_LEFT, plans.PLAN_REQUIRED, plans.PLAN_WON, plans.PLAN_WON_ATTAINMENT))  # fmt: skip


def plan(
    manager: str | None, month: date, target: int, days: tuple[int, int], metric: str = "revenue"
) -> dict[str, Any]:
    return {
        "plan_id": f"{manager}:{metric}:{month}",
        "manager_name": manager,
        "metric_name": metric,
        "month_on": month,
        "target": Decimal(target),
        "planned": Decimal(target),
        "workdays_count": days[0],
        "elapsed_workdays_count": days[1],
    }


def won(manager: str | None, day: date, amount: int | None, **more: Any) -> dict[str, Any]:
    return {"manager_name": manager, "outcome": "won", "closed_on": day, "amount": amount, "is_sales": True, **more}


# Anna is planned 1000 in May (done 800) and 1000 in June (300, of 20 days 10 are over); Boris, 400 in June, came late.
PLANS = [
    plan("Anna", MAY, 1000, (20, 20)),
    plan("Anna", JUNE, 1000, (20, 10)),
    plan("Boris", JUNE, 400, (10, 5)),
    plan("Anna", JUNE, 4, (20, 10), "won"),
]
DEALS = [
    won("Anna", date(2026, 5, 10), 800),
    won("Anna", date(2026, 6, 3), 300),
    won("Boris", date(2026, 6, 4), 300),
    won("Clara", date(2026, 6, 5), 50),
    won("Anna", date(2026, 6, 6), 9999, is_sales=False),
    {"outcome": "open", "manager_name": "Anna", "amount": 700, "expected_on": date(2026, 6, 30), "is_sales": True},
    {"outcome": "open", "manager_name": "Anna", "amount": 90, "expected_on": date(2026, 7, 2), "is_sales": True},
]


def facts_of(*more: dict[str, Any], deals: list[dict[str, Any]] = DEALS) -> Any:
    made = facts_with(deals_of(deals), AS_OF)
    return replace(made, plans=frame_of(Plans, [*PLANS, *more]))


IN_JUNE = Filter(period=Period(JUNE, date(2026, 6, 16)))


def value(name: str, facts: Any, filter: Filter = IN_JUNE) -> Any:
    return measure(facts, [METRICS[name]], filter).item()


@pytest.mark.parametrize(
    ("name", "june", "all_time"),
    [
        ("plan_revenue", 1400, 2400),
        ("plan_attainment", 600 / 1400, 1400 / 2400),
        ("plan_expected", 700, 1700),
        ("plan_pace", 600 / 700, 1400 / 1700),
        ("plan_left", 800, 800),
        ("plan_days_left", 10, 10),
        ("plan_required", 80, 80),
        ("plan_won", 4, 4),
        ("plan_won_attainment", 0.25, 0.25),
        ("open_expected_amount", 700, 790),
        ("pipeline_coverage", 700 / 800, 790 / 800),
    ],
)
def test_by_hand(name: str, june: float, all_time: float) -> None:
    assert float(value(name, facts_of())) == pytest.approx(june)
    assert float(value(name, facts_of(), Filter())) == pytest.approx(all_time)


def test_the_teams_plan_is_split_without_a_rest() -> None:
    """The team's 1500 of June: Anna 1000, Boris 400, nobody 100; Clara without a plan of her own sells towards those."""
    facts = facts_of(plan(None, JUNE, 1500, (20, 10)))
    wanted = [METRICS[name] for name in ("plan_revenue", "plan_attainment", "plan_expected")]
    rows = measure(facts, wanted, IN_JUNE, by=("manager",)).rows()
    assert rows == [("Anna", 1000, 0.3, 500), ("Boris", 400, 0.75, 200), (None, 100, 0.5, 50)]
    assert measure(facts, wanted, IN_JUNE).row(0) == (1500, pytest.approx(650 / 1500), 750)


def test_no_plan_is_not_a_plan_of_zero() -> None:
    bare = facts_with(deals_of(DEALS), AS_OF)
    assert [value(name, bare) for name in NAMES] == [None] * len(NAMES)
    july = Filter(period=Period(date(2026, 7, 1), date(2026, 8, 1)))
    ahead = facts_of(plan("Anna", date(2026, 7, 1), 1000, (23, 0)))
    assert (value("plan_revenue", ahead, july), value("plan_attainment", ahead, july)) == (1000, None)
    assert value("plan_attainment", facts_of(), Filter(managers=("Clara",), period=IN_JUNE.period)) is None


def test_before_the_first_day_is_over_there_is_no_pace() -> None:
    first = facts_with(deals_of([won("Anna", JUNE, 10)]), datetime(2026, 6, 1, 9, tzinfo=UTC))
    early = replace(first, plans=frame_of(Plans, [plan("Anna", JUNE, 100, (20, 0))]))
    assert (value("plan_expected", early), value("plan_pace", early), value("plan_required", early)) == (0, None, 4.5)


def test_once_done_nothing_is_needed_and_past_months_need_nothing() -> None:
    done = facts_of(deals=[*DEALS, won("Anna", date(2026, 6, 9), 5000)])
    assert (value("plan_left", done), value("plan_required", done), value("pipeline_coverage", done)) == (0, 0, None)
    assert value("plan_left", facts_of(), Filter(period=Period(MAY, JUNE))) is None


def test_the_coverage_needed_is_of_ones_own_history() -> None:
    lost = {"outcome": "lost", "amount": 1800, "closed_on": date(2026, 6, 9), "is_sales": True}
    assert value("needed_coverage", facts_of(deals=[*DEALS, lost])) == pytest.approx((650 + 1800) / 650)
    assert value("needed_coverage", facts_of(deals=[])) is None


@pytest.mark.parametrize("filter", [IN_JUNE, Filter()], ids=["June", "all"])
def test_the_witness_agrees_on_a_team_with_a_plan_of_its_own(filter: Filter) -> None:
    facts = facts_of(
        plan(None, JUNE, 1500, (20, 10)), plan(None, MAY, 900, (0, 0)), plan("Anna", date(2026, 8, 1), 5, (21, 0))
    )
    assert disagreements(facts, filter.period, (*NAMES, "open_expected_amount", "pipeline_coverage")) == []


@pytest.mark.parametrize(
    ("rows", "metric", "deals"),
    [([0, 1, 2], "revenue", [1, 2, 3]), ([2], "revenue", [3]), ([3], "won", [2]), ([4], "revenue", [4, 8])],
    ids=["the managers' own", "Boris", "Anna's four", "of nobody: Clara without a plan, and nobody"],
)
def test_a_plan_opens_the_deals_that_count_towards_it(rows: list[int], metric: str, deals: list[int]) -> None:
    facts = facts_of(plan(None, JUNE, 1500, (20, 10)), deals=[*DEALS, won(None, date(2026, 6, 8), 1)])
    made = plan_months(facts)
    keys = [("Anna", MAY, "revenue"), ("Anna", JUNE, "revenue"), ("Boris", JUNE, "revenue"), ("Anna", JUNE, "won"),
            (None, JUNE, "revenue")]  # fmt: skip
    keyed = [{"manager_name": who, "month_on": on, "metric_name": what} for who, on, what in (keys[at] for at in rows)]
    wanted = made.join(frame_of(Plans, keyed).select("manager_name", "month_on", "metric_name"),
                       on=["manager_name", "month_on", "metric_name"], how="semi", nulls_equal=True)  # fmt: skip
    found = deals_towards(facts, wanted, metric)
    assert sorted(found["deal_id"].cast(int)) == deals
    value = found["amount"].cast(float).sum() if metric == "revenue" else found.height
    assert value == pytest.approx(wanted["done"].sum())
