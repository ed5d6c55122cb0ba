"""Planned purchases, the plan of cards, and a manager among the colleagues: a few rows worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from companies import deals_of, facts_with, frame_of

from dashboard.access import Facts, Viewer, seen_by
from dashboard.analyses.catalogue import ANALYSES
from dashboard.analyses.team_spread import LEAST_COLLEAGUES
from dashboard.analyses.what_if_then import payback
from dashboard.filters import Filter
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from pipelines.schema import facts as schemas
from pipelines.thresholds import Thresholds, WorkingDays

NOW = datetime(2026, 2, 20, 20, tzinfo=UTC)  # a Friday


def day(number: int) -> date:
    return date(2026, 2, number)


DEALS = [
    {"outcome": "open", "expected_on": day(25), "amount": 100},
    {"outcome": "open", "expected_on": day(10), "amount": 50},
    {"outcome": "open"},
    {"outcome": "lost", "expected_on": day(9), "closed_on": day(12)},  # the day of the plan before it was lost
    {"outcome": "lost", "closed_on": day(12)},  # a promise lies after the loss
    {"outcome": "won", "expected_on": day(9), "closed_on": day(9)},
    {"outcome": "junk", "expected_on": day(9)},
    {"outcome": "open", "expected_on": date(2026, 6, 1)},
]
PROMISES = [
    {"promise_id": "p", "deal_id": "5", "due_on": day(27)},
    {"promise_id": "q", "deal_id": "3", "due_on": day(27)},
]


def company(deals: list[dict[str, Any]], promises: list[dict[str, Any]]) -> Facts:
    made = facts_with(deals_of([{"created_on": day(1), "manager_name": "Анна", **one} for one in deals]), NOW)
    return replace(made, promises=frame_of(schemas.Promises, promises))


def share(facts: Facts) -> float | None:
    return measure(facts, [METRICS["planned_date_share"]], Filter()).item()


def test_the_share_of_non_buyers_with_a_planned_date() -> None:
    # Six have not bought: the first, the second, the fifth and the last have a day that means something.
    assert share(company(DEALS, PROMISES)) == pytest.approx(4 / 6)
    assert share(company(DEALS, [])) == pytest.approx(3 / 6)


def test_without_days_open_deals_are_unknown_and_without_promises_everything_is() -> None:
    bare = [{**one, "expected_on": None} for one in DEALS]
    assert share(company(bare, PROMISES)) == pytest.approx(1 / 2)  # of the two lost ones
    assert share(company(bare, [])) is None


def test_planned_purchases_are_near_or_over_and_sorted_by_their_day() -> None:
    found = ANALYSES["planned_purchases"].run(company(DEALS, PROMISES), Filter())
    assert found.frame.select("deal_id", "expected_on", "days_left", "verdict").rows() == [
        ("2", day(10), -10, "the day is over"),
        ("1", day(25), 5, "soon"),
        ("5", day(27), 7, "refused, and comes back"),
    ]
    assert ANALYSES["planned_purchases"].run(company([{"outcome": "open"}], []), Filter()).sentences


def test_cards_are_filled_by_the_working_day_that_the_plan_says() -> None:
    cards = [("Анна", 1.0), *[("Анна", 0.5)] * 7, ("Борис", 1.0), (None, 0.0), ("Борис", None)]
    rows = [
        {"client_id": str(number), "manager_name": name, "completeness_share": filled}
        for number, (name, filled) in enumerate(cards)
    ]
    rules = Thresholds(cards_a_day=3, working=WorkingDays(days_off=(day(23),)))
    known = replace(facts_with(deals_of([]), NOW), clients=frame_of(schemas.Clients, rows), thresholds=rules)
    found = ANALYSES["cards_plan"].run(known, Filter()).frame
    assert found.drop("completeness").rows() == [
        ("Анна", 8, 1, 7, 3, day(26)),  # 24, 25, 26; Monday the 23rd is off
        ("Борис", 1, 1, 0, 0, day(20)),
        (None, 1, 0, 1, None, None),
    ]


TEAM = [
    {"manager_name": name, "outcome": "won", "closed_on": day(5), "amount": 10, "client_name": f"Клиент {name}"}
    for name, count in zip("АБВГДЕ", (3, 1, 2, 3, 4, 5), strict=True)
    for _ in range(count)
]


def test_a_manager_stands_among_colleagues_without_their_names() -> None:
    whole = company(TEAM, [])
    own = seen_by(whole, Viewer("a", "manager", manager="А"))
    found = ANALYSES["team_spread"].run(own, Filter())
    # The others won 1, 2, 3, 4 and 5.
    assert found.frame["won"].to_list() == [3, 2, 3, 4]
    assert found.frame["revenue"].to_list() == [30, 20, 30, 40]
    assert found.n == 5
    told = ANALYSES["team_spread"].run(whole, Filter(managers=("А",))).frame
    assert told.equals(found.frame)


def test_too_few_colleagues_are_not_shown_at_all() -> None:
    few = [one for one in TEAM if one["manager_name"] != "Е"]
    own = seen_by(company(few, []), Viewer("a", "manager", manager="А"))
    answer = ANALYSES["team_spread"].run(own, Filter())
    assert answer.frame.height == 1
    assert answer.n < LEAST_COLLEAGUES
    assert len(answer.sentences) == 1


@pytest.mark.parametrize(
    ("gain", "months"),
    [((50.0, 200.0), (3.0, 12.0)), ((-10.0, 100.0), (6.0, None)), ((0.0, 100.0), (6.0, None)), ((-5.0, 0.0), None)],
)
def test_a_cost_comes_back_in_so_many_months(gain: tuple[float, float], months: object) -> None:
    assert payback(600, gain) == months


def test_nothing_that_names_anybody_comes_through_the_door() -> None:
    own = seen_by(company(TEAM, []), Viewer("a", "manager", manager="А"))
    named = [column for column, kind in own.colleagues.schema.items() if str(kind) == "String"]
    told = {str(value) for column in named for value in own.colleagues[column].drop_nulls()}
    assert told == {*"12345", "Sales"}
    assert not seen_by(company(TEAM, []), Viewer("a", "marketer")).colleagues.height
    assert not seen_by(company(TEAM, []), Viewer("a", "lead", team="x")).colleagues.height
