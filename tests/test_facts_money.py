"""Invoices, plans, costs and product lines from literal rows, each figure worked out by hand in the comments."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from companies import deals_of, frame_of
from test_facts_base import build, of, won

from pipelines.facts.deal_products import deal_product_facts
from pipelines.facts.plans import last_day_over
from pipelines.schema import core
from pipelines.settings import WorkingTime

FEB = date(2026, 2, 1)


def invoices(*rows: dict[str, Any], **more: Any) -> pl.DataFrame:
    told = [{"invoice_id": str(number), "amount": 100, **row} for number, row in enumerate(rows, 1)]
    return build(invoices=told, **more)["invoices"]


def test_what_is_left_of_an_invoice() -> None:
    built = invoices(
        {"issued_on": FEB, "paid": 100, "paid_on": FEB},
        {"issued_on": FEB, "paid": 30, "paid_on": FEB},  # in part
        {"issued_on": FEB},  # an empty payment where others are told
        {"issued_on": FEB, "paid": 130},  # too much leaves nothing
        {"issued_on": FEB, "amount": -40},  # a credit note is no debt
        {"issued_on": None, "amount": None, "paid": 15, "paid_on": FEB},  # a payment without an invoice
        {"issued_on": FEB, "paid_on": FEB},  # only the day of the payment is told
        {"issued_on": FEB, "amount": None, "paid": None},
        {"issued_on": FEB, "paid": 100, "paid_on": date(2026, 1, 1)},  # paid in advance
    )
    # 1 February to 20 March is 47 days.
    assert of(built, "unpaid", "is_paid", "age_days") == [
        (0, True, None),
        (70, False, 47.0),
        (100, False, 47.0),
        (0, True, None),
        (0, True, None),
        (None, True, None),
        (0, True, None),
        (None, False, None),
        (0, True, None),
    ]
    assert built["amount"].sum() == 100 * 6 - 40
    assert built["paid"].sum() == 100 + 30 + 130 + 15 + 100


def test_without_payments_in_the_exports_nothing_is_known_of_what_is_left() -> None:
    built = invoices({"issued_on": FEB}, {"issued_on": FEB, "amount": -1})
    assert of(built, "unpaid", "is_paid", "age_days") == [(None, False, None), (0, True, None)]


def test_a_changed_rate_leaves_no_debt() -> None:
    dollars = {"currency": "USD", "issued_on": FEB, "amount": 9000, "amount_original": 100}
    built = invoices(
        {**dollars, "paid": 8000, "paid_original": 100},  # paid in full when a dollar was cheaper
        {**dollars, "paid": 8000, "paid_original": 75},  # a quarter of 9000 is left
        {**dollars, "amount": None, "paid": None, "paid_original": 100},  # no rate, and still paid
        {**dollars, "amount": None, "paid": None, "paid_original": 10},
    )
    assert of(built, "unpaid", "is_paid", "age_days") == [
        (0, True, None),
        (2250, False, 47.0),
        (None, True, None),
        (None, False, 47.0),
    ]


def test_an_invoice_is_its_deals_managers_else_the_owners() -> None:
    deal = won("a", FEB, manager_name="Anna", team_name="North", product_name="GTX", channel_name="Site", deal_id="d")
    clients = [{"client_id": "a", "client_name": "Alpha", "manager_name": "Boris", "region_name": "East"}]
    built = build(
        [deal],
        clients=clients,
        managers=[{"manager_name": "Boris", "team_name": "South"}],
        invoices=[
            {"invoice_id": "1", "deal_id": "d", "client_id": "a"},
            {"invoice_id": "2", "client_id": "a"},
            {"invoice_id": "3", "deal_id": "unknown"},
        ],
    )["invoices"]
    assert of(built, "client_name", "manager_name", "team_name", "product_name", "region_name") == [
        ("Alpha", "Anna", "North", "GTX", "East"),
        ("Alpha", "Boris", "South", None, "East"),
        (None, None, None, None, None),
    ]


def plan(manager: str, month: date = date(2026, 3, 1), target: int = 2200) -> dict[str, Any]:
    return {"manager_name": manager, "metric_name": "revenue", "month_on": month, "target": target}


def test_plans_by_working_days() -> None:
    managers = [
        {"manager_name": "Anna", "team_name": "North"},
        {"manager_name": "Boris", "hired_on": date(2026, 3, 16)},  # the third Monday
        {"manager_name": "Clara", "left_on": date(2026, 3, 6)},  # the first Friday
        {"manager_name": "Dora", "hired_on": date(2026, 4, 1)},
    ]
    names = ["Anna", "Boris", "Clara", "Dora", ""]
    built = build(plans=[plan(name) for name in names], managers=managers)["plans"]
    # March 2026 has 22 working days; on Friday the 20th at noon 14 are over: two weeks of five and four days more.
    told = {row[0]: row[1:] for row in of(built, "manager_name", "target", "workdays_count", "elapsed_workdays_count")}
    assert told == {
        "Anna": (2200, 22, 14),
        "Boris": (1200, 12, 4),
        "Clara": (500, 5, 5),
        "Dora": (0, 0, 0),
        None: (2200, 22, 14),  # the team's plan is kept beside those of its people, whatever they add up to
    }
    assert built["planned"].to_list() == [2200] * 5
    assert built.filter(manager_name="Anna")["team_name"].item() == "North"


def test_days_off_and_the_companys_week_are_no_working_days() -> None:
    working = {"working_time": {"days": ["sun", "mon"], "days_off": ["2026-03-09", "2026-03-08", "2026-01-01"]}}
    built = build(plans=[plan(""), plan("", date(2026, 4, 1)), plan("", FEB)], settings=working)["plans"]
    # Five Sundays and five Mondays in March, less two days off; April is yet to come; February has four of each.
    assert of(built, "workdays_count", "elapsed_workdays_count") == [(8, 8), (8, 4), (8, 0)]


@pytest.mark.parametrize(("hour", "day"), [(14, 19), (15, 20)])  # 17:59 and 18:00 in Moscow
def test_a_day_is_over_when_its_working_hours_are(hour: int, day: int) -> None:
    minute = 59 if hour == 14 else 0
    assert last_day_over(WorkingTime(), datetime(2026, 3, 20, hour, minute, tzinfo=UTC), "Europe/Moscow").day == day


def lines(*rows: tuple[str, str | None, float | None]) -> list[dict[str, Any]]:
    return [
        {"deal_id": deal, "line_number": number, "product_name": product, "amount_original": amount}
        for number, (deal, product, amount) in enumerate(rows, 1)
    ]


def test_products_of_a_deal_are_its_lines_else_its_own() -> None:
    deals = [
        won("a", FEB, 100, deal_id="x", product_name="Pump"),
        won("b", FEB, 40, deal_id="y", product_name="Pump"),
        won("b", FEB, 10, deal_id="z"),
        won("b", FEB, 30, deal_id="w", product_name="Valve"),
    ]
    built = build(
        deals,
        deal_products=lines(("x", "Pump", 50), ("x", "Pump", 20), ("x", "Hose", 25), ("x", None, 5), ("w", None, 30)),
        products=[{"product_name": "Pump", "category_name": "Machines"}],
    )["deal_products"]
    assert of(built, "deal_id", "product_name", "client_id", "category_name", "amount") == [
        ("w", "Valve", "b", None, 30),  # its line names no product: taken at its own word
        ("x", "Hose", "a", None, 25),
        ("x", "Pump", "a", "Machines", 70),
        ("y", "Pump", "b", "Machines", 40),
    ]


def test_lines_in_another_currency_add_up_to_the_deal() -> None:
    rows = [won("a", FEB, 100, deal_id="x"), won("a", FEB, None, deal_id="y")]
    told = lines(("x", "A", 1), ("x", "B", 1), ("x", "C", 1), ("y", "A", 3))
    deals = deals_of(rows)
    tables = {
        "deals": deals.select("deal_id", amount="amount", amount_original=pl.lit(Decimal(3))),
        "deal_products": frame_of(core.DealProducts, told),
        "products": frame_of(core.Products, []),
    }
    built = deal_product_facts(tables, deals)
    # A third of 100 is 33.33; the kopeck that rounding left is on one of them, and a deal without a rate has no amounts.
    assert sorted(built.filter(deal_id="x")["amount"].to_list()) == [
        Decimal("33.33"),
        Decimal("33.33"),
        Decimal("33.34"),
    ]
    assert built.filter(deal_id="y")["amount"].to_list() == [None]


def test_costs_and_changes_are_taken_as_they_are() -> None:
    built = build(
        costs=[{"cost_id": "1", "spend": 5, "spent_on": FEB}, {"cost_id": "2", "channel_name": "Site"}],
        deal_changes=[{"deal_id": "1", "column_name": "expected_on", "change_number": 1, "after": "2026-05-01"}],
    )
    assert of(built["costs"], "cost_id", "spend", "channel_name") == [("1", 5, None), ("2", None, "Site")]
    assert built["deal_changes"]["after"].to_list() == ["2026-05-01"]
