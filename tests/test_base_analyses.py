"""Analyses of the base of clients: worked through by hand, what must always hold, and what the metrics say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
from base_by_hand import client, company, said, told, won
from companies import companies
from hypothesis import given, settings

from dashboard.access import Facts
from dashboard.analyses.catalogue import ANALYSES
from dashboard.filters import Filter
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period

NAMES = (
    "abc", "base_bridge", "no_contact", "unowned", "base_balance", "redistribution", "reactivation", "next_purchase",
    "cherry_picking", "handovers", "repeat_sales", "cross_sales", "inside_growth",
)  # fmt: skip


def test_classes_bring_their_share_and_get_the_contacts_of_the_class_they_began_in() -> None:
    facts = company(
        [
            client("a", abc_class="A", month_class="A", class_revenue=80, contact_quota=4.0, contacts_month_count=5),
            client("b", abc_class="A", month_class="B", class_revenue=10, contact_quota=2.0, contacts_month_count=1),
            client("c", abc_class="C", month_class="C", class_revenue=10, contact_quota=1.0, contacts_month_count=0),
            client("d", abc_class="N", month_class="N", contact_quota=0.0, contacts_month_count=2),
        ]
    )
    columns = ("abc_class", "clients", "revenue", "amount_share", "plan", "contacts", "attained_share", "met_share")
    assert told("abc", facts, *columns) == [
        ("A", 2, 90, 0.9, 4.0, 5, 1.0, 1.0),  # five contacts of four are no more than all
        ("B", 0, None, 0.0, 2.0, 1, 0.5, 0.0),
        ("C", 1, 10, 0.1, 1.0, 0, 0.0, 0.0),
        ("N", 1, None, 0.0, 0.0, 2, None, None),  # nothing is due, so nothing is attained
    ]


def test_the_bridge_has_every_month_and_a_filter_takes_clients_as_they_are_today() -> None:
    rows = [
        ("a", 1, "new", True, 1, 10, "X"),
        ("a", 2, "active", True, 1, 5, "Y"),  # the product changed: the client is the same
        ("a", 3, "active", True, 0, 0, "Y"),
        ("b", 1, "new", True, 1, None, "X"),
        ("b", 2, "lapsed", False, 0, 0, "X"),
        ("b", 3, "reactivated", True, 1, 7, "X"),
    ]
    months = [
        dict(
            zip(
                ("client_id", "state", "is_active", "purchases_count", "revenue", "product_name"),
                (who, *rest),
                strict=True,
            )
        )
        | {"month_on": date(2026, month, 1)}
        for who, month, *rest in rows
    ]
    facts = company([client("a", product_name="Y"), client("b", product_name="X")], client_months=months)
    columns = ("active_before", "new", "returned", "lapsed", "active", "bought_again", "revenue")
    assert told("base_bridge", facts, *columns) == [
        (0, 2, 0, 0, 2, 0, 10),
        (2, 0, 0, 1, 1, 1, 5),
        (1, 0, 1, 0, 2, 0, 7),
    ]
    assert told("base_bridge", facts, "active_before", "active", filter=Filter(products=("Y",))) == [
        (0, 1),
        (1, 1),
        (1, 1),
    ]
    march = Filter(period=Period(date(2026, 3, 1), None))
    assert told("base_bridge", facts, "month", "active_before", "active", filter=march) == [(date(2026, 3, 1), 1, 2)]


def test_lists_of_clients_nobody_calls_or_owns() -> None:
    facts = company(
        [
            client("a", "Anna", contacts_month_count=0, last_contact_on=date(2026, 3, 1)),  # 30 days: in time
            client("b", "Anna", contacts_month_count=0, last_contact_on=date(2026, 2, 28), revenue=5),
            client("c", contacts_month_count=0, revenue=70),  # never
        ],
        [won("b", date(2026, 1, 1), 5), won("c", date(2024, 1, 1), 70)],
    )
    columns = ("client", "manager", "silent_days", "year_revenue")
    assert told("no_contact", facts, *columns) == [("B", "Anna", 31, 5), ("C", None, None, 0)]
    assert "limit is 30 days" in said("no_contact", facts)
    assert told("unowned", facts, "client", "revenue") == [("C", 70)]
    owner = facts.clients["manager_name"].drop_nulls()[0]
    nobody = ANALYSES["unowned"].run(facts, Filter(managers=(owner,)))
    assert (nobody.frame.height, nobody.n > 0, nobody.sentences) == (0, True, ())  # none, and not "unknown"
    unknown = replace(facts, clients=facts.clients.with_columns(contacts_month_count=pl.lit(None, pl.Int64)))
    assert told("no_contact", unknown, "client") == []
    assert "nobody knows" in said("no_contact", unknown)


def test_the_balance_of_bases() -> None:
    facts = company(
        [client(str(number), "Anna") for number in range(3)] + [client("x", "Boris", is_active=True), client("y")],
        [
            won("x", date(2026, 1, 1), 30, manager_name="Anna"),
            {"outcome": "open", "manager_name": "Clara", "amount": 9, "is_sales": True},
        ],
        invoices=[
            {"invoice_id": "1", "client_id": "x", "paid": 20, "paid_on": date(2026, 2, 1), "is_paid": True},
            {"invoice_id": "2", "client_id": "x", "paid": 7, "issued_on": date(2025, 2, 1), "is_paid": True},
        ],
    )
    assert told("base_balance", facts, "manager", "clients", "active", "open", "year_revenue", "paid") == [
        ("Anna", 3, 0, 0, 0, None),
        ("Boris", 1, 1, 0, 30, 27),  # sold by Anna to a client of Boris: it is he who is paid for it
        ("Clara", 0, 0, 1, None, None),
        (None, 1, 0, 0, 0, None),
    ]
    assert "Clients: Gini 0.25, the largest base is 3.0 times the smallest." in said("base_balance", facts)
    january = Filter(period=Period(date(2026, 1, 1), None))
    assert told("base_balance", facts, "paid", filter=january)[1] == (20,)


def test_clients_go_from_large_bases_to_small_ones_and_no_further() -> None:
    clients = [client(f"a{number}", "Anna", completeness_share=0.5) for number in range(4)]
    clients += [client("b0", "Boris", completeness_share=1.0), client("u")]
    facts = company([*clients, client("a9", "Anna", completeness_share=1.0)])
    # Anna 5, Boris 1: nobody's client makes 2, then one from Anna 4 to 3; after that they differ by one.
    assert told("redistribution", facts, "client_id", "from_manager", "to_manager", "why") == [
        ("u", None, "Boris", "nobody owns it"),
        ("a0", "Anna", "Boris", "the card is not filled in"),
    ]


@settings(max_examples=10, deadline=None)
@given(facts=companies(most_deals=10))
def test_redistribution_never_makes_the_bases_less_even(facts: Facts) -> None:
    sizes = dict(facts.clients.drop_nulls("manager_name").group_by("manager_name").len().rows())
    before = max(sizes.values(), default=0) - min(sizes.values(), default=0)
    for owner, to in told("redistribution", facts, "from_manager", "to_manager"):
        assert owner != to
        sizes[to] += 1
        if owner is not None:
            sizes[owner] -= 1
    assert max(sizes.values(), default=0) - min(sizes.values(), default=0) <= max(before, 1)


def test_deals_that_changed_hands_with_stage_and_amount_of_that_time() -> None:
    def change(deal: str, column: str, number: int, before: str | None, after: str) -> dict[str, Any]:
        at = datetime(2026, 2, number, 22, tzinfo=UTC)
        names = ("deal_id", "column_name", "change_number", "before", "after", "earliest_at", "latest_at")
        return dict(zip(names, (deal, column, number, before, after, at, at), strict=True))

    facts = company(
        [],
        [
            won("a", date(2026, 3, 1), 500, manager_name="Boris", stage_name="Won"),
            {"outcome": "lost", "closed_on": date(2026, 3, 2), "manager_name": "Anna", "amount": 40, "is_sales": True},
            won("c", date(2026, 3, 1), 10, manager_name="Boris"),
        ],
        deal_changes=[
            change("1", "amount", 1, "100", "250"),
            change("1", "amount", 2, "250", "300"),  # told by the same export as the manager
            change("1", "manager_name", 2, "Anna", "Boris"),
            change("1", "amount", 3, "300.00", "500.00"),
            change("1", "stage_name", 3, "Offer", "Won"),
            change("2", "manager_name", 2, None, "Anna"),  # named for the first time
        ],
    )
    columns = ("deal_id", "handed_on", "from_manager", "to_manager", "stage", "amount", "outcome")
    assert told("handovers", facts, *columns) == [
        ("1", date(2026, 2, 2), "Anna", "Boris", "Offer", Decimal("300.00"), "won")
    ]
    columns = (
        "manager",
        "handed_in",
        "handed_in_amount",
        "handed_out",
        "own_closed",
        "own_rate",
        "given_closed",
        "given_rate",
    )
    assert told("cherry_picking", facts, *columns) == [
        ("Anna", 0, None, 1, 1, 0.0, 0, None),
        ("Boris", 1, 300, 0, 1, 1.0, 1, 1.0),
    ]


def test_growth_inside_clients() -> None:
    deals = [
        won("a", date(2024, 3, 31), 1), won("a", date(2025, 3, 31), 100), won("a", date(2025, 4, 1), 150),
        won("b", date(2024, 4, 1), 80), won("c", date(2026, 1, 1), 5),
    ]  # fmt: skip
    facts = company([client("a"), client("b"), client("c")], deals)
    columns = ("client", "prior_revenue", "year_revenue", "change", "growth")
    assert told("inside_growth", facts, *columns) == [("B", 80, 0, -80, 0.0), ("A", 100, 150, 50, 1.5)]
    assert "1 clients bought for more than the year before, 1 for less, 1 of them for nothing" in said(
        "inside_growth", facts
    )
    assert "do not reach back" in said("inside_growth", replace(facts, deals=facts.deals.tail(4)))


@settings(max_examples=12, deadline=None)
@given(facts=companies(most_deals=16))
def test_on_any_company_the_analyses_stand_and_agree_with_the_metrics(facts: Facts) -> None:
    for name in NAMES:
        answer = ANALYSES[name].run(facts, Filter())
        assert {column.name for column in answer.columns} <= set(answer.frame.columns), name
    bridge = ANALYSES["base_bridge"].run(facts, Filter()).frame
    closed = pl.col("active_before") + pl.col("new") + pl.col("returned") - pl.col("lapsed") == pl.col("active")
    assert bridge.select(closed.all()).item()
    names = ("base_clients", "unowned_clients", "contact_plan", "active_clients")
    count, nobody, plan, active = measure(facts, [METRICS[name] for name in names], Filter()).row(0)
    classes = ANALYSES["abc"].run(facts, Filter()).frame
    assert (classes["clients"].sum(), classes["plan"].sum()) == (count, plan)
    assert ANALYSES["unowned"].run(facts, Filter()).frame.height == nobody
    balance = ANALYSES["base_balance"].run(facts, Filter()).frame
    assert (balance["clients"].sum(), balance["active"].sum()) == (count, active)
    assert (bridge["active"].to_list() or [0])[-1] == active
