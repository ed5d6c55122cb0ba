"""Metrics of money, conversion and time on deals, each against rows worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from companies import deals_of, facts_with

from dashboard.filters import Filter
from dashboard.metrics import conversion, money, times, velocity
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS, collect
from dashboard.periods import Period

JANUARY = Filter(period=Period(date(2026, 1, 1), date(2026, 2, 1)))
EARLY, LATE = date(2026, 1, 5), date(2026, 2, 5)


def won(amount: int | None, client: str | None, closed: date = EARLY, **more: Any) -> dict[str, Any]:
    return {"outcome": "won", "amount": amount, "client_id": client, "closed_on": closed, **more}


ROWS = [
    won(100, "a", created_on=EARLY, cycle_days=10.0, visits_count=3),
    won(300, "a", created_on=EARLY, cycle_days=20.0, visits_count=3, skips_count=2),
    won(0, "b", created_on=EARLY, cycle_days=30.0, visits_count=3, back_moves_count=1),
    won(None, None, created_on=LATE, cycle_days=-1.0, visits_count=3, reopens_count=1),
    won(1600, "c", LATE, created_on=LATE, cycle_days=50.0, history="implied", visits_count=1, skips_count=9),
    {"outcome": "lost", "amount": 400, "client_id": "d", "closed_on": EARLY, "created_on": EARLY, "cycle_days": 2.0,
     "refusal_reason": "Price", "visits_count": 2},
    {"outcome": "lost", "client_id": "a", "closed_on": EARLY, "created_on": EARLY, "cycle_days": 4.0, "visits_count": 2},
    {"outcome": "junk", "amount": 50, "client_id": "e", "closed_on": EARLY, "created_on": EARLY, "cycle_days": 1.0},
    {"outcome": "open", "amount": 70, "client_id": None, "created_on": EARLY, "age_days": 8.0},
    {"outcome": "open", "amount": None, "client_id": "f", "created_on": LATE, "age_days": 2.0},
]  # fmt: skip
FACTS = facts_with(deals_of(ROWS), datetime(2026, 3, 1, tzinfo=UTC))


def value(name: str, filter: Filter = Filter(), facts: Any = FACTS) -> Any:
    return measure(facts, [METRICS[name]], filter).item()


@pytest.mark.parametrize(
    ("name", "all_time", "january"),
    [
        ("won_with_amount", 3, 2),
        ("won_without_amount", 2, 2),
        ("average_check_trimmed", pytest.approx(2000 / 3), 200.0),  # under ten deals nothing is cut off
        ("top_deal_share", 0.8, 0.75),
        ("lost_amount", Decimal(400), Decimal(400)),
        ("clients", 3, 2),
        ("revenue_per_client", 1000.0, 400.0),
        ("junk_share", 0.1, 1 / 7),
        ("target_rate", 0.9, 6 / 7),
        ("lead_to_win", 0.5, 3 / 7),
        ("lead_to_client", 0.5, 0.5),  # a, b, c of a, b, c, d, e, f; in January a, b of a, b, d, e
        ("win_rate_value", 2000 / 2400, 0.5),
        ("missing_reason_share", 0.5, 0.5),
        ("reopened_share", 1 / 6, 0.0),
        ("moved_back_share", 1 / 6, 1 / 5),
        ("skipped_share", 1 / 6, 1 / 5),
        ("in_order_share", 3 / 6, 3 / 5),
        ("cycle_days_q25", 17.5, 15.0),
        ("cycle_days_q75", 35.0, 25.0),
        ("full_cycle_days_q25", 5.5, 4.0),
        ("full_cycle_days_median", 15.0, 10.0),
        ("full_cycle_days_q75", 27.5, 20.0),
        ("full_cycle_days_p90", 40.0, 26.0),
        ("lead_cycle_days_median", 25.0, 20.0),
        ("lead_cycle_days_p90", 44.0, 28.0),
        ("age_days_median", 5.0, 5.0),
        ("age_days_p90", pytest.approx(7.4), pytest.approx(7.4)),
        # 2 open × 666.67 × 5/7 ÷ 27.5 days; in January 1 open deal × 200 × 4/6 ÷ 20 (deals of February are not there yet)
        ("sales_velocity", pytest.approx(2 * (2000 / 3) * (5 / 7) / 27.5), pytest.approx(200 * (4 / 6) / 20)),
    ],
)
def test_ten_deals_give_the_numbers_worked_out_by_hand(name: str, all_time: Any, january: Any) -> None:
    def exact(number: Any) -> Any:
        return pytest.approx(number) if isinstance(number, float) else number

    assert value(name) == exact(all_time)
    assert value(name, JANUARY) == exact(january)


def test_every_metric_of_deals_has_a_hand_worked_value() -> None:
    (mark,) = test_ten_deals_give_the_numbers_worked_out_by_hand.pytestmark  # ty: ignore
    known = set(collect([money, conversion, times, velocity])) - {
        "open",
        "average_check",
        "win_rate",
        "cycle_days_mean",
    }
    assert {row[0] for row in mark.args[1]} == known


def test_a_tenth_is_cut_off_at_each_end_once_there_are_ten_deals() -> None:
    rows = [won(amount, "a") for amount in (1, 10, 10, 10, 10, 10, 10, 10, 10, 9999)]
    assert value("average_check_trimmed", facts=facts_with(deals_of(rows))) == 10.0


def test_clients_nobody_wrote_down_are_unknown_and_no_sales_are_no_clients() -> None:
    facts = facts_with(deals_of([won(10, None, manager_name="Anna"), {"outcome": "lost", "manager_name": "Boris"}]))
    assert measure(facts, [METRICS["clients"]], Filter(), by=("manager",)).rows() == [("Anna", None), ("Boris", 0)]


def test_an_export_without_reasons_shows_that_all_are_missing() -> None:
    assert value("missing_reason_share", facts=facts_with(deals_of([{"outcome": "lost"}]))) == 1.0


def test_successive_exports_say_nothing_about_the_order_of_stages() -> None:
    seen = deals_of([{"outcome": "won", "history": "exports", "visits_count": 2, "skips_count": 1}])
    assert value("in_order_share", facts=facts_with(seen)) is None
    assert value("skipped_share", facts=facts_with(seen)) is None


def test_the_cycle_with_the_lead_begins_at_the_clients_latest_lead() -> None:
    def at(day: int) -> datetime:
        return datetime(2026, 1, day, tzinfo=UTC)

    leads = [
        {
            "deal_id": f"L{day}",
            "client_id": "a",
            "created_at": at(day),
            "is_sales": False,
            "outcome": "won",
            "cycle_days": 1.0,
        }
        for day in (2, 5, 20)
    ]
    sale = {
        "deal_id": "S",
        "client_id": "a",
        "created_at": at(10),
        "outcome": "won",
        "cycle_days": 4.0,
        "is_sales": True,
    }
    stranger = {**sale, "deal_id": "T", "client_id": None, "cycle_days": 100.0}
    facts = facts_with(deals_of([*leads, sale, stranger]))
    assert value("lead_cycle_days_median", facts=facts) == (9.0 + 100.0) / 2  # 10 January less the 5th, and 4 days
    alone = replace(facts, deals=facts.deals.filter(facts.deals["deal_id"] != "T"))
    assert value("lead_cycle_days_median", facts=alone) == 9.0


def test_velocity_is_unknown_when_one_factor_is() -> None:
    facts = facts_with(deals_of([won(10, "a", cycle_days=0.0), {"outcome": "open"}]))
    assert value("sales_velocity", facts=facts) is None


def test_refusals_that_were_all_exported_with_zero_have_no_known_amount():
    lost = {"outcome": "lost", "closed_on": EARLY, "created_on": EARLY}
    zeros = facts_with(deals_of([{**lost, "amount": 0}, {**lost, "amount": None}]), FACTS.as_of)
    assert value("lost_amount", facts=zeros) is None
    some = facts_with(deals_of([{**lost, "amount": 0}, {**lost, "amount": 90}]), FACTS.as_of)
    assert value("lost_amount", facts=some) == Decimal(90)
    assert value("lost_amount", facts=facts_with(deals_of([ROWS[0]]), FACTS.as_of)) == 0
