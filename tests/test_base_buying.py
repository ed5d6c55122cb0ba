"""How often clients buy, who comes again and what is bought together: by hand, and against DuckDB on any company."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest
from base_by_hand import client, company, said, told, won
from companies import companies
from hypothesis import given, settings

from dashboard.access import Facts
from dashboard.analyses.catalogue import ANALYSES
from dashboard.filters import Filter
from dashboard.periods import Period


def every(days: int, client_id: str, times: int, last: date) -> list[dict[str, Any]]:
    return [won(client_id, last - timedelta(days=days * step), 10) for step in range(times)]


BUYERS = company(
    [client(name, "Anna", product_name="X", revenue=10, won_count=4) for name in ("a", "b", "c", "d")],
    [
        *every(30, "a", 6, date(2026, 3, 11)),  # 20 days ago
        *every(30, "b", 6, date(2025, 12, 1)),  # 120 days ago
        *every(30, "c", 3, date(2026, 3, 1)),
        won("d", date(2026, 3, 30), 40),
        won("d", date(2026, 3, 30), 40),  # the same day is one purchase
    ],
)


def test_the_next_purchase_by_ones_own_gap() -> None:
    # All ended gaps are 30 days, so is everybody's own; who bought once has that of the others.
    columns = ("client", "purchases", "gap_days", "expected_on", "waited_days")
    rows = {row[0]: row[1:] for row in told("next_purchase", BUYERS, *columns)}
    assert rows["A"] == (6, pytest.approx(30), date(2026, 4, 10), 20.0)
    assert rows["B"] == (6, pytest.approx(30), date(2025, 12, 31), 120.0)
    assert rows["D"] == (1, pytest.approx(30), date(2026, 4, 29), 1.0)
    assert "of 3 clients who bought three times or more: 3 (100%)" in said("next_purchase", BUYERS)


def test_who_waits_longer_than_the_limit_is_to_be_won_back() -> None:
    assert told("reactivation", BUYERS, "client", "waited_days", "limit_days", "usual_check") == [
        ("B", 120.0, 60.0, 10.0)
    ]
    assert "mean 30 days, median 30" in said("reactivation", BUYERS)
    few = replace(BUYERS, deals=BUYERS.deals.head(8))
    assert told("next_purchase", few, "client") == []
    assert told("reactivation", few, "client", "gap_days") == [("B", None)]
    assert "Fewer than ten gaps" in said("reactivation", few)


def test_returns_are_counted_of_lapses_old_enough() -> None:
    states = [
        ("a", 6, "lapsed"), ("a", 9, "reactivated"),  # back in the third month
        ("b", 6, "lapsed"), ("b", 10, "reactivated"),  # too late
        ("c", 11, "lapsed"),  # the third month after it is over at the end of February
        ("d", 12, "lapsed"),  # the third month after it runs on
    ]  # fmt: skip
    months = [{"client_id": who, "month_on": date(2025, month, 1), "state": state} for who, month, state in states]
    facts = company([client(name) for name in "abcd"], client_months=months)
    assert "Of 3 lapses that are at least three months old, 1 clients (33%)" in said("reactivation", facts)


def test_repeat_sales_count_only_clients_who_had_the_time() -> None:
    old, young = date(2026, 1, 30), date(2026, 1, 31)  # 60 and 59 days ago
    facts = company(
        [
            client("a", first_won_on=old, won_count=2),
            client("b", first_won_on=date(2026, 1, 5), won_count=2),
            client("c", first_won_on=date(2026, 1, 5), won_count=1),
            client("d", first_won_on=young, won_count=3),
        ],
        [
            won("a", old), won("a", date(2026, 3, 31)),  # 60 days later: within
            won("b", date(2026, 1, 5)), won("b", date(2026, 3, 7)),  # 61 days later: not within
            won("c", date(2026, 1, 5)), won("d", young), won("d", young),
        ],
    )  # fmt: skip
    columns = ("month", "clients", "matured", "repeated", "repeat_share", "within_window_share")
    assert told("repeat_sales", facts, *columns) == [(date(2026, 1, 1), 4, 3, 2, 2 / 3, 1 / 3)]


def test_pairs_of_products_by_hand() -> None:
    sold = [("a", "X"), ("a", "Y"), ("b", "X"), ("b", "Y"), ("c", "X"), ("d", "Z")]
    deals = [won(who, date(2026, 1, 1)) for who, _ in sold] + [won("c", date(2025, 1, 1)), {"outcome": "open"}]
    lines = [
        {"deal_id": str(number), "client_id": who, "product_name": name, "category_name": {"X": "1"}.get(name)}
        for number, (who, name) in enumerate([*sold, ("c", "Y"), ("d", "X")], 1)
    ]
    facts = company([], deals, deal_products=lines)
    year = Filter(period=Period(date(2026, 1, 1), None))
    columns = ("kind", "product", "other_product", "n", "both", "attach", "lift")
    assert told("cross_sales", facts, *columns, filter=year) == [
        ("product", "X", "Y", 3, 2, 2 / 3, pytest.approx(4 / 3)),  # Y with half of the four clients
        ("product", "Y", "X", 2, 2, 1.0, pytest.approx(4 / 3)),
    ]


PAIRS = """
    with basket as (
        select distinct deal_products.client_id, deal_products.product_name
        from deal_products join deals using (deal_id)
        where deals.outcome = 'won' and deals.is_sales and deal_products.client_id is not null
    ),
    sizes as (select product_name, count(*) as size from basket group by product_name)
    select one.product_name, two.product_name, count(*) as both,
        count(*) * (select count(distinct client_id) from basket) / (any_value(of_one.size) * any_value(of_two.size))
    from basket as one
    join basket as two on one.client_id = two.client_id and one.product_name <> two.product_name
    join sizes as of_one on of_one.product_name = one.product_name
    join sizes as of_two on of_two.product_name = two.product_name
    group by one.product_name, two.product_name
"""
WAITS = """
    with days as (
        select distinct client_id, closed_on
        from deals where outcome = 'won' and is_sales and client_id is not null and closed_on <= $as_of::date
    )
    select client_id, count(*), max(closed_on), date_diff('day', max(closed_on), $as_of::date)
    from days join clients using (client_id)
    group by client_id, active_days
    having date_diff('day', max(closed_on), $as_of::date) > active_days
"""


@settings(max_examples=10, deadline=None)
@given(facts=companies(most_deals=16))
def test_pairs_and_waits_agree_with_duckdb(facts: Facts) -> None:
    court = duckdb.connect(config={"threads": 1})
    for name in ("deals", "clients", "deal_products"):
        rows = getattr(facts, name).with_columns(pl.col(pl.Enum).cast(pl.String))  # noqa: F841 read by DuckDB
        court.sql(f"create table {name} as from rows")
    pairs = ANALYSES["cross_sales"].run(facts, Filter()).frame.filter(pl.col("kind") == "product")
    ours = {row[:2]: row[2:] for row in pairs.select("product", "other_product", "both", "lift").rows()}
    theirs = {row[:2]: (row[2], pytest.approx(row[3])) for row in court.sql(PAIRS).fetchall()}
    assert ours == theirs
    waits = told("reactivation", facts, "client_id", "purchases", "last_won_on", "waited_days")
    assert sorted(waits) == sorted(court.sql(WAITS, params={"as_of": facts.as_of_on}).fetchall())
