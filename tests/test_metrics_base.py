"""Metrics of the base of clients from literal rows, each number worked out by hand; slices that add up to the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from companies import companies, deals_of, facts_with, frame_of
from hypothesis import given, settings

from dashboard.access import Facts
from dashboard.filters import Filter
from dashboard.metrics import base, care, orders
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS, collect
from dashboard.periods import Period
from pipelines.schema import facts as schema

AS_OF = datetime(2026, 3, 20, 9, tzinfo=UTC)  # the 20th of 31 days
FLAGS: dict[str, Any] = dict.fromkeys(("is_unowned", "is_active", "has_open_deal"), False)


def client(client_id: str, **more: Any) -> dict[str, Any]:
    return {**FLAGS, "client_id": client_id, "active_days": 60.0, "no_contact_days": 30.0, "class_basis": "won", **more}


CLIENTS = [
    client(
        "a", manager_name="Anna", is_active=True, revenue=900, won_count=3, first_won_on=date(2024, 3, 20),
        last_contact_on=date(2026, 2, 18), contacts_month_count=0, contact_quota=4.0, completeness_share=1.0,
    ),  # the last contact is exactly 30 days ago: still in time
    client(
        "b", manager_name="Anna", revenue=100, won_count=1, first_won_on=date(2025, 1, 10),
        last_contact_on=date(2026, 2, 17), contacts_month_count=0, contact_quota=2.0, completeness_share=0.5,
    ),  # 31 days: too long
    client(
        "c", manager_name="Boris", is_active=True, revenue=50, won_count=2, first_won_on=date(2026, 1, 19),
        last_contact_on=date(2026, 3, 19), contacts_month_count=3, contact_quota=1.0, completeness_share=0.75,
    ),  # bought first 60 days ago, just old enough; one contact was due
    client(
        "d", is_unowned=True, is_active=True, revenue=None, won_count=1, first_won_on=date(2026, 1, 20),
        contacts_month_count=2, contact_quota=4.0, last_contact_on=date(2026, 3, 2),
    ),  # 59 days: too young; 2 of 4 contacts, and 4 · 20/31 = 2.58 are due by now
    client("e", is_unowned=True, revenue=40, won_count=0, contacts_month_count=0, contact_quota=0.0),  # never contacted
]  # fmt: skip
MONTHS = [
    {"client_id": who, "month_on": date(2026, month, 1), "state": state, "purchases_count": count, "is_active": True}
    for who, month, state, count in [
        ("a", 1, "new", 2), ("a", 2, "active", 1), ("b", 2, "new", 1), ("b", 3, "lapsed", 0), ("c", 1, "lapsed", 0),
        ("c", 3, "reactivated", 1),
    ]
]  # fmt: skip


def won(client_id: str | None, on: date, amount: int | None, **more: Any) -> dict[str, Any]:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    moments = {"created_on": on, "created_at": at, "closed_on": on, "closed_at": at, "first_won_at": at}
    return {"client_id": client_id, "outcome": "won", "amount": amount, "is_sales": True, **moments, **more}


def touch(client_id: str, on: date, *, ours: bool | None = True) -> dict[str, Any]:
    at = datetime(on.year, on.month, on.day, 10, tzinfo=UTC)
    return {
        "touch_id": f"{client_id}{on}", "client_id": client_id, "kind": "call", "touched_on": on, "touched_at": at,
        "is_outgoing": ours, "is_before_win": True,
    }  # fmt: skip


DEALS = [
    won("a", date(2024, 3, 20), 300),  # two years ago to the day: neither year, and both are whole
    won("a", date(2025, 3, 20), 200),  # the last day of the year before
    won("a", date(2025, 3, 21), 400),  # the first day of the last year; our call 14 days before its creation
    won("b", date(2025, 1, 10), 100),  # bought then, nothing since
    won("c", date(2026, 1, 19), 30),
    won("c", date(2026, 3, 1), 20),  # a call 15 days before: not ours to claim
    won("d", date(2026, 1, 20), None),
    won(None, date(2026, 3, 2), 10),
]
PRODUCTS = [("1", "X"), ("1", "Y"), ("2", "X"), ("3", "X"), ("3", "Y"), ("3", "Z"), ("5", "X"), ("7", "X"), ("7", "Y")]


def company(**tables: pl.DataFrame) -> Facts:
    lines = [{"deal_id": deal, "product_name": name} for deal, name in PRODUCTS]
    calls = [touch("a", date(2025, 3, 7)), touch("c", date(2026, 2, 14)), touch("c", date(2026, 2, 27), ours=False)]
    calls[1]["result"] = "agreed"
    calls[0]["touched_at"] = datetime(2025, 3, 7, 12, tzinfo=UTC)  # 14 days to the hour before deal 3
    made = {
        "clients": frame_of(schema.Clients, CLIENTS, deals_count=0, won_count=0),
        "client_months": frame_of(schema.ClientMonths, MONTHS),
        "deal_products": frame_of(schema.DealProducts, lines),
        "touches": frame_of(schema.Touches, calls),
    }
    return replace(facts_with(deals_of(DEALS), AS_OF), **{**made, **tables})


COMPANY = company()


def value(name: str, filter: Filter = Filter(), facts: Facts = COMPANY) -> Any:
    return measure(facts, [METRICS[name]], filter).item()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("base_clients", 5),
        ("active_clients", 3),
        ("new_clients", 2),
        ("reactivated_clients", 1),
        ("lapsed_clients", 2),
        ("base_growth", 1),
        ("repeat_buyers", 2),  # a twice, c; b bought once
        ("repeat_rate", 2 / 3),  # of a, b, c; d is too young
        ("owned_clients", 3),
        ("unowned_clients", 2),
        ("owned_revenue", Decimal(1050)),
        ("unowned_revenue", Decimal(40)),
        ("without_contact", 2),  # b and e
        ("without_contact_share", 2 / 5),
        ("contact_plan", 11.0),
        ("contacts_made", 5),
        ("contact_attainment", 3 / 11),  # c counts 1 of its 3, d 2
        ("contact_plan_met", 1 / 4),  # c; nothing is due to e
        ("contact_on_track", 2 / 4),  # c, and d with the two whole contacts due by the 20th
        ("contacts_per_client", 5 / 3),
        ("card_completeness", 2.25 / 3),
        ("complete_cards_share", 1 / 3),
        ("incomplete_cards", 2),
        ("revenue_per_active_client", 450 / 2),  # a 400, c 50; d has a purchase without an amount
        ("inside_growth", 400 / 300),  # a 400 of 200, b 0 of 100
        ("several_products_share", 3 / 5),  # deals 1, 3, 7 of 1, 2, 3, 5, 7
        ("check_with_addon", 350.0),  # 300 and 400; deal 7 has no amount
        ("check_without_addon", 115.0),  # 200 and 30
        ("repeat_orders", 3),  # 2, 3 and 6
        ("contacts_per_contacted", 3 / 2),
        ("without_result_share", 2 / 3),
        ("proactive_share", 2 / 3),  # 2 and 3; before 6 our call was 15 days ago
    ],
)
def test_literal_rows_give_the_numbers_worked_out_by_hand(name: str, expected: Any) -> None:
    assert value(name) == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_every_metric_of_the_base_has_a_hand_worked_value() -> None:
    (mark,) = test_literal_rows_give_the_numbers_worked_out_by_hand.pytestmark  # ty: ignore
    assert {row[0] for row in mark.args[1]} == set(collect([base, care, orders]))


def test_months_and_cohorts_are_taken_by_the_period() -> None:
    february = Filter(period=Period(date(2026, 2, 1), date(2026, 3, 1)))
    assert [value(name, february) for name in ("new_clients", "lapsed_clients", "repeat_buyers")] == [1, 0, 1]
    assert value("repeat_rate", Filter(period=Period(date(2025, 1, 1), date(2026, 1, 1)))) == 0.0  # b alone
    assert value("repeat_rate", february) is None  # nobody bought first in February
    assert value("active_clients", february) == 3  # a state of today, whatever the period


def test_without_touches_nobody_is_called_uncontacted() -> None:
    silent = COMPANY.clients.with_columns(contacts_month_count=pl.lit(None, pl.Int64), last_contact_on=None)
    facts = company(clients=silent.cast(COMPANY.clients.schema), touches=COMPANY.touches.clear())  # ty: ignore
    unknown = {name: value(name, facts=facts) for name in METRICS if "contact" in name or name == "proactive_share"}
    assert unknown.pop("contact_plan") == 11.0
    assert unknown == dict.fromkeys(unknown)
    assert len(unknown) == 10


def test_a_year_that_is_not_whole_in_the_data_is_no_year_to_compare_with() -> None:
    young = replace(COMPANY, deals=COMPANY.deals.filter(pl.col("closed_on") > date(2024, 3, 20)))
    assert value("inside_growth", facts=young) is None


def test_a_base_without_anybody_has_counts_of_zero_and_no_shares() -> None:
    nobody = company(clients=COMPANY.clients.clear(), client_months=COMPANY.client_months.clear())
    assert (value("base_clients", facts=nobody), value("lapsed_clients", facts=nobody)) == (0, 0)
    assert value("repeat_rate", facts=nobody) is None


ADDITIVE = (
    "base_clients", "active_clients", "new_clients", "reactivated_clients", "lapsed_clients", "base_growth",
    "owned_clients", "unowned_clients", "owned_revenue", "unowned_revenue", "without_contact", "contact_plan",
    "contacts_made", "incomplete_cards", "repeat_orders",
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(facts=companies(most_deals=16))
def test_slices_of_additive_metrics_add_up_to_the_whole(facts: Facts) -> None:
    metrics = [METRICS[name] for name in ADDITIVE]
    whole = measure(facts, metrics, Filter())
    for cut in ("manager", "team", "product", "channel", "region", "client"):
        parts = measure(facts, metrics, Filter(), by=(cut,))
        for name in ADDITIVE:
            # Unknown in every slice is unknown as a whole; unknown in some slices are known zeros of the others.
            told = [float(part) for part in parts[name] if part is not None]
            assert sum(told) == pytest.approx(float(whole[name].item() or 0)), (name, cut)


@settings(max_examples=12, deadline=None)
@given(facts=companies(most_deals=16))
def test_the_base_of_today_is_what_its_months_added_up_to(facts: Facts) -> None:
    names = ("active_clients", "base_growth", "new_clients", "reactivated_clients", "lapsed_clients")
    active, growth, new, back, lapsed = measure(facts, [METRICS[name] for name in names], Filter()).row(0)
    assert active == growth == new + back - lapsed
