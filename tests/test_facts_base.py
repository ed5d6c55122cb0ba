"""The base of clients and the money around it from literal rows, each figure worked out by hand in the comments."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from companies import deals_of, frame_of

from pipelines.facts.base import base_facts
from pipelines.facts.classes import class_limits
from pipelines.facts.yardsticks import purchases, usual_gap
from pipelines.schema import core, facts
from pipelines.settings import Settings

AS_OF = datetime(2026, 3, 20, 9, tzinfo=UTC)  # a Friday noon in Moscow: the day is not over
MARCH = date(2026, 3, 1)


def build(
    deals: list[dict[str, Any]] | None = None,
    *,
    touches: list[dict[str, Any]] | None = None,
    settings: dict[str, Any] | None = None,
    **tables: list[dict[str, Any]],
) -> dict[str, pl.DataFrame]:
    """Build the base from facts of deals and rows of core tables; clients that only deals name are made up."""
    rows = [{"is_sales": True, "is_gone": False, **deal} for deal in deals or []]
    named = [one.get("client_id") for one in [*rows, *tables.get("invoices", [])]]
    listed = {one["client_id"] for one in tables.get("clients", [])}
    unlisted = [{"client_id": one, "is_listed": False} for one in dict.fromkeys(named) if one and one not in listed]
    tables["clients"] = [{"is_listed": True, **one} for one in tables.get("clients", [])] + unlisted
    made = {"deals": deals_of(rows), "touches": frame_of(facts.Touches, touches or [], kind="call")}
    of_core = {name: frame_of(schema, tables.get(name, [])) for name, schema in core.CORE.items()}
    of_core["deals"] = made["deals"].select("deal_id", "amount", amount_original="amount")
    built = base_facts(
        of_core, made, as_of=AS_OF, zone="Europe/Moscow", settings=Settings.model_validate(settings or {})
    )
    for name, rows_of in built.items():
        facts.FACTS[name].validate(rows_of, cast=True)
    return built


def won(client: str, on: date, amount: int | None = 100, **more: Any) -> dict[str, Any]:
    return {"client_id": client, "outcome": "won", "closed_on": on, "created_on": on, "amount": amount, **more}


def of(rows: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return rows.select(columns).rows()


def test_classes_go_down_the_shares() -> None:
    # 50, 80, 90, 96, 100 hundredths from the top: A up to 80, B up to 95, then C; nobody without revenue has a class.
    invoices = [
        {"invoice_id": client, "client_id": client, "paid": paid, "paid_on": date(2026, 1, 9)}
        for client, paid in zip("abcdef", (50, 30, 10, 6, 4, 0), strict=True)
    ]
    clients = build(invoices=invoices)["clients"]
    assert clients["abc_class"].to_list() == ["A", "A", "B", "C", "C", "N"]
    assert clients["class_basis"].unique().to_list() == ["paid"]


@pytest.mark.parametrize(
    ("revenue", "least_a", "least_b"),
    [
        ([90, 10], 90, 90),  # one client that alone is above the limit is A all the same
        ([50, 25, 25], 50, 50),  # the two are equal: together they would come to 100
        ([10] * 10, 10, 10),  # all are equal, so all are the largest
        ([8, 1, 1, -5, 0], 8, 8),  # 8 of 10 is exactly 0.8
        ([], None, None),
    ],
)
def test_limits_of_classes(revenue: list[int], least_a: int | None, least_b: int | None) -> None:
    limits = class_limits(pl.Series(revenue, dtype=pl.Decimal(18, 2)), 0.8, 0.95)
    assert (limits.a, limits.b) == (least_a, least_b)


def test_the_class_of_the_month_is_frozen_at_its_start() -> None:
    invoices = [
        {"invoice_id": "1", "client_id": "old", "paid": 100, "paid_on": date(2026, 2, 28)},
        {"invoice_id": "2", "client_id": "new", "paid": 900, "paid_on": MARCH},  # in the running month
        {"invoice_id": "3", "client_id": "gone", "paid": 900, "paid_on": date(2025, 3, 1)},  # left the year on 1 March
        {"invoice_id": "4", "client_id": "past", "paid": 900, "paid_on": date(2025, 2, 28)},
    ]
    clients = build([{"client_id": "new", "outcome": "open"}], invoices=invoices)["clients"]
    told = {row[0]: row[1:] for row in of(clients, "client_id", "abc_class", "month_class", "contact_quota")}
    assert told == {
        "new": ("A", "N", 1.0),  # 900 of 1000 by now, nothing on 1 March; it has an open deal
        "old": ("C", "C", 1.0),  # 100 %, and on 1 March 100 of 1000
        "gone": ("N", "A", 4.0),
        "past": ("N", "N", 0.0),
    }


def test_without_payments_classes_are_of_won_amounts() -> None:
    clients = build([won("a", date(2026, 1, 1), 80), won("b", date(2026, 1, 1), 20)])["clients"]
    assert of(clients, "abc_class", "class_basis", "class_revenue") == [("A", "won", 80), ("C", "won", 20)]


def test_owners_by_the_list_then_by_the_deal_and_never_who_left() -> None:
    managers = [
        {"manager_name": "Anna", "team_name": "North", "left_on": date(2026, 3, 20)},  # her last day is today
        {"manager_name": "Boris", "left_on": date(2026, 3, 19)},
    ]
    listed = [
        {"client_id": "a", "manager_name": "Anna"},
        {"client_id": "b", "manager_name": "Boris"},
        {"client_id": "c"},
    ]
    deals = [
        {"client_id": "c", "manager_name": "Anna", "created_at": AS_OF},
        {"client_id": "d", "manager_name": "Boris", "created_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {
            "client_id": "d",
            "manager_name": "Clara",
            "team_name": "South",
            "created_at": datetime(2026, 2, 1, tzinfo=UTC),
        },
    ]
    clients = build(deals, clients=listed, managers=managers)["clients"]
    assert of(clients, "client_id", "manager_name", "team_name", "is_unowned") == [
        ("a", "Anna", "North", False),
        ("b", None, None, True),  # left yesterday
        ("c", None, None, True),  # the list tells owners, and none of this one
        ("d", "Clara", "South", False),  # in no list: its latest deal's
    ]
    no_owners = build(deals, clients=[{"client_id": "c"}])["clients"]
    assert no_owners.filter(client_id="c")["manager_name"].item() == "Anna"  # the list tells no owners at all


def test_a_card_counts_what_is_filled_and_valid() -> None:
    clients = [
        {"client_id": "a", "client_name": "A", "phone": "+7 900 000-00-01", "email": "x"},
        {"client_id": "b", "client_name": " ", "phone": "нет"},
    ]
    contacts = [{"kind": "phone", "value": "+79000000001", "client_id": "a", "rows": 1, "ids": 1, "is_tie": False}]
    built = build(clients=clients, client_contacts=contacts)["clients"]
    # Name and phone count; no export holds a valid mail or a region, so nobody can be blamed for them.
    assert built["completeness_share"].to_list() == [1.0, 0.0]
    assert build(clients=[{"client_id": "a"}])["clients"]["completeness_share"].to_list() == [None]


def test_contacts_of_the_month_are_talks_and_meetings() -> None:
    touches = [
        {"touch_id": str(number), "client_id": "a", "kind": kind, "touched_on": on}
        for number, (kind, on) in enumerate(
            [
                ("call", MARCH),
                ("meeting", MARCH),
                ("letter", date(2026, 3, 19)),  # a touch, but no contact of the plan
                ("call", date(2026, 2, 28)),
                ("call", date(2026, 3, 21)),  # after as_of
            ]
        )
    ]
    clients = build(clients=[{"client_id": "a"}, {"client_id": "b"}], touches=touches)["clients"]
    told = of(clients, "client_id", "last_contact_on", "contacts_month_count")
    assert told == [("a", date(2026, 3, 19), 2), ("b", None, 0)]
    assert build(clients=[{"client_id": "a"}])["clients"]["contacts_month_count"].to_list() == [None]


def test_what_a_client_bought() -> None:
    deals = [
        won("a", date(2025, 3, 20), 10, created_at=datetime(2025, 1, 1, tzinfo=UTC), channel_name="Site"),
        won("a", date(2025, 3, 21), 20, product_name="GTX", created_at=datetime(2025, 2, 1, tzinfo=UTC)),
        won("a", date(2026, 4, 1), 40),  # dated after as_of: won, its day not believed
        {"client_id": "a", "outcome": "open"},
        won("a", date(2026, 1, 1), 80, is_sales=False),
    ]
    row = build(deals)["clients"].row(0, named=True)
    assert (row["deals_count"], row["won_count"], row["has_open_deal"]) == (4, 3, True)
    assert (row["revenue"], row["revenue_year"]) == (70, 20)  # the year began on 21 March 2025
    assert (row["first_won_on"], row["last_won_on"]) == (date(2025, 3, 20), date(2025, 3, 21))
    assert (row["channel_name"], row["product_name"]) == ("Site", "GTX")  # of the first and the latest deal with a day


def test_the_usual_gap_is_the_mean_of_the_companys_gaps() -> None:
    days = [won("a", date(2025, 1, 1)), won("a", date(2025, 1, 1)), won("a", date(2025, 3, 2))]  # one gap of 60 days
    assert usual_gap(purchases(deals_of([{"is_sales": True, **one} for one in days]), MARCH)) == 365  # too few to tell
    many = [
        {"is_sales": True, **won(str(client), date(2025, 1, 1 + day))}
        for client in range(5)
        for day in (0, 10, 20 + client)
    ]
    # Five gaps of 10 days, then 10, 11, 12, 13 and 14: a mean of 11, but the base is counted by months.
    assert usual_gap(purchases(deals_of(many), MARCH)) == 31
    apart = [
        {"is_sales": True, **won(str(c), on)} for c in range(10) for on in (date(2025, 1, 1), date(2025, 3, 2 + c % 2))
    ]
    assert usual_gap(purchases(deals_of(apart), MARCH)) == 61  # (5 · 60 + 5 · 61) / 10 = 60.5 days, in whole days


def test_months_of_a_client_from_new_to_lapsed_and_back() -> None:
    deals = [
        won("a", date(2025, 9, 30), 100, product_name="GTX"),
        won("a", date(2025, 9, 30), 50),
        won("a", date(2026, 2, 10), None),
        won("b", date(2026, 3, 5), 7),
    ]
    built = build(deals, settings={"clients": {"active_days": 60}})
    # a bought on 30 September: 60 days keep it to 28 November, so on 30 November it has lapsed. December and January are
    # no rows. On 10 February it came back, and is still active on 20 March.
    assert of(built["client_months"], "client_id", "month_on", "state", "is_active", "purchases_count", "revenue") == [
        ("a", date(2025, 9, 1), "new", True, 2, 150),
        ("a", date(2025, 10, 1), "active", True, 0, 0),
        ("a", date(2025, 11, 1), "lapsed", False, 0, 0),
        ("a", date(2026, 2, 1), "reactivated", True, 1, None),
        ("a", date(2026, 3, 1), "active", True, 0, 0),
        ("b", date(2026, 3, 1), "new", True, 1, 7),
    ]
    assert built["client_months"]["product_name"].to_list() == [None, None, None, None, None, None]
    assert built["clients"]["is_active"].to_list() == [True, True]
    assert built["clients"]["active_days"].to_list() == [60.0, 60.0]


def test_the_edge_of_the_window() -> None:
    # 31 days from 28 February keep a client up to and with 30 March; on 31 March it has lapsed.
    for day, is_active in ((date(2026, 2, 17), False), (date(2026, 2, 18), True)):  # as_of is 20 March
        built = build([won("a", day)], settings={"clients": {"active_days": 31}})
        assert built["clients"]["is_active"].to_list() == [is_active]
        assert of(built["client_months"], "state", "is_active")[-1] == ("active" if is_active else "lapsed", is_active)


def test_the_product_of_the_latest_purchase_stays() -> None:
    deals = [won("a", date(2025, 12, 1), product_name="GTX"), won("a", date(2026, 2, 1), product_name=None)]
    months = build(deals, settings={"clients": {"active_days": 90}})["client_months"]
    assert months["product_name"].to_list() == ["GTX", "GTX", None, None]


def test_amounts_are_decimals() -> None:
    assert build([won("a", MARCH, 5)])["clients"]["revenue"].to_list() == [Decimal("5.00")]
