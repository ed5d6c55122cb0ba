"""Metrics of stages: how visits end, how long they last against the norm, and which deals are stuck; by literal walks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from companies import stages_of, walked

from dashboard.filters import Filter
from dashboard.metrics import visits
from dashboard.metrics.limits import LEAST_VISITS
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS, collect
from dashboard.metrics.rows import rows_of
from dashboard.periods import Period


def day(number: float) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


STAGES = stages_of(
    ("New", "open", {"norm_days": 3.0}), ("Talk", "open"), ("Offer", "open"), ("Won", "won"), ("Lost", "lost")
)
WALKS: list[dict[str, Any]] = [
    {"walk": [("New", day(0)), ("Talk", day(2)), ("New", day(4)), ("Lost", day(14))], "amount": 5},
    {"walk": [("New", day(0)), ("Won", day(3)), ("Talk", day(40))], "amount": 30},
    {"walk": [("New", day(41))], "amount": 70},
    {"walk": [("New", day(48))], "amount": 100},
    {"walk": [("New", None)], "amount": 900},
]
FACTS = walked(STAGES, WALKS, as_of=day(50))
JANUARY = Filter(period=Period(date(2026, 1, 1), date(2026, 2, 1)))


def value(name: str, filter: Filter = Filter(), facts: Any = FACTS) -> Any:
    return measure(facts, [METRICS[name]], filter).item()


@pytest.mark.parametrize(
    ("name", "all_time", "january"),
    [
        ("stage_conversion", 2 / 4, 2 / 4),  # on: New (first), New (second); not on: Talk (back), New (lost)
        ("back_moves", 1, 1),
        ("reopenings", 1, 0),
        ("stage_days_median", 2.5, 2.5),  # 2, 2, 3, 10
        ("stage_days_q75", 4.75, 4.75),
        ("stage_days_p90", pytest.approx(7.9), pytest.approx(7.9)),
        ("within_norm_share", 2 / 3, 2 / 3),
        ("stage_age_days_median", 9.0, 9.0),  # 10 in Talk, 9 and 2 in New, one unknown
        ("stuck", 1, 1),  # 9 days in New over its norm of 3; Talk has no norm and too few visits to tell
        ("stuck_amount", Decimal(70), Decimal(70)),
        ("stuck_share", 1 / 2, 1 / 2),
        ("stuck_amount_share", 70 / 170, 70 / 170),
    ],
)
def test_five_walks_give_the_numbers_worked_out_by_hand(name: str, all_time: Any, january: Any) -> None:
    assert value(name) == all_time
    assert value(name, JANUARY) == january


def test_every_metric_of_visits_has_a_hand_worked_value() -> None:
    (mark,) = test_five_walks_give_the_numbers_worked_out_by_hand.pytestmark  # ty: ignore
    assert {row[0] for row in mark.args[1]} == set(collect([visits]))


def test_by_stage_the_share_that_moves_on_is_the_conversion_of_each_stage() -> None:
    frame = measure(FACTS, [METRICS["stage_conversion"]], Filter(), by=("stage",))
    assert dict(frame.rows()) == {"New": pytest.approx(2 / 3), "Talk": 0.0, "Won": None, "Lost": None}


def many(count: int, stands: int = 20, **last: Any) -> Any:
    """``count`` deals leave Talk for the offer after 1, 2, 3 … days; one stands in it."""
    left = [{"walk": [("Talk", day(0)), ("Offer", day(number)), ("Lost", day(60))]} for number in range(1, count + 1)]
    return walked(STAGES, [*left, {"walk": [("Talk", day(100 - stands))], "amount": 10, **last}], as_of=day(100))


def test_without_a_norm_the_limit_is_what_nine_in_ten_visits_that_moved_on_took() -> None:
    # Of the 20 and the one that stands 20 days, 18 of 21 have left by day 18, and 20 of 21 will: nine in ten of these.
    assert value("stuck", facts=many(LEAST_VISITS)) == 1
    assert value("stuck", facts=many(LEAST_VISITS, stands=18)) == 0
    assert value("stuck_amount", facts=many(LEAST_VISITS, stands=18)) == 0


def test_what_still_stands_counts_as_not_yet_and_makes_the_limit_longer() -> None:
    left = [
        {"walk": [("Talk", day(0)), ("Offer", day(1 if number < 19 else 30)), ("Lost", day(60))]}
        for number in range(21)
    ]
    slow = [{"walk": [("Talk", day(90))]}] * 10
    crowds = [walked(STAGES, rows, as_of=day(100)) for rows in (left, [*left, *slow])]
    found = [rows_of(one, "stays").filter(pl.col("stage_name") == "Talk")["limit_days"][0] for one in crowds]
    # 19 of 21 leave on the first day. With ten more there for ten days, it is 19 of 31, and the rest takes thirty days.
    assert found == [1.0, 30.0]


def test_too_few_visits_set_no_limit_and_stuck_is_unknown_not_zero() -> None:
    few = many(LEAST_VISITS - 1)
    assert [value(name, facts=few) for name in ("stuck", "stuck_amount", "stuck_share", "stuck_amount_share")] == [
        None, None, None, None,
    ]  # fmt: skip


def test_the_limit_is_that_of_all_the_data_and_no_filter_moves_it() -> None:
    facts = many(LEAST_VISITS, manager_name="Anna")
    assert value("stuck", Filter(managers=("Anna",)), facts) == 1


def test_where_only_the_present_stage_is_known_nothing_is_stuck_by_guess() -> None:
    assert value("stuck", facts=many(LEAST_VISITS, history="implied")) is None


def test_no_open_deals_are_no_stuck_deals() -> None:
    closed = walked(STAGES, [{"walk": [("New", day(0)), ("Won", day(1))]}], as_of=day(9))
    assert value("stuck", facts=closed) == 0
    assert value("stuck_share", facts=closed) is None
