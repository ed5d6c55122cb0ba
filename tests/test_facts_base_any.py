"""The base of any company: facts of the parts are those of the whole, order does not matter, and DuckDB counts the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from companies import companies, frame_of
from company_base import CLIENT_IDS, base_tables
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from dashboard.access import open_facts
from pipelines.checks_base import check_base
from pipelines.facts.base import base_facts
from pipelines.facts.yardsticks import Yardsticks, measured, purchases
from pipelines.schema import core, facts
from pipelines.schema.columns import TOUCH_KINDS
from pipelines.settings import Settings, find_home

Tables = dict[str, pl.DataFrame]
OF_CLIENTS = ("clients", "client_months", "invoices", "deal_products")
RULES = Settings.model_validate({"clients": {"active_days": 45}})


@st.composite
def bases(draw: st.DrawFn) -> tuple[Any, Tables, Tables]:
    """Draw a company's facts, the core tables around its deals, and the made facts that the base stands on."""
    company = draw(companies(most_deals=20))
    rows = company.deals.to_dicts()
    more = draw(base_tables(rows, ["Анна", "Boris"]))
    tables = {name: frame_of(schema, more.get(name, [])) for name, schema in core.CORE.items()}
    tables["deals"] = company.deals.select("deal_id", "client_id", "amount", amount_original="amount")
    days = st.sampled_from([company.as_of_on, company.as_of_on.replace(day=1)])
    touches = [
        {"touch_id": f"t{n}", "client_id": client, "kind": kind, "touched_on": draw(days)}
        for n, (client, kind) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from(CLIENT_IDS), st.sampled_from(TOUCH_KINDS)), max_size=6))
        )
    ]
    return company, tables, {"deals": company.deals, "touches": frame_of(facts.Touches, touches)}


def built(
    company: Any, tables: Tables, made: Tables, yard: Yardsticks | None = None, rules: Settings = RULES
) -> Tables:
    return base_facts(tables, made, as_of=company.as_of, zone=company.zone, settings=rules, yardsticks=yard)


@examples(25)
@given(base=bases(), count=st.integers(2, 3), rules=st.sampled_from([RULES, Settings()]))
def test_facts_of_the_parts_are_the_facts_of_the_whole(base: Any, count: int, rules: Settings) -> None:
    company, tables, made = base
    whole = built(company, tables, made, rules=rules)
    bought = purchases(made["deals"], company.as_of_on)
    yard = measured(tables, bought, made["touches"], as_of=company.as_of, zone=company.zone, settings=rules)
    part_of: Mapping[str, int] = {str(one): place % count for place, one in enumerate(CLIENT_IDS)}

    def sliced(rows: Tables, part: int) -> Tables:
        mine = pl.col("client_id").fill_null("None").replace_strict(part_of, return_dtype=pl.Int64) == part
        ids = tables["deals"].filter(mine)["deal_id"].implode()
        of_deal = {"deal_products": pl.col("deal_id").is_in(ids)}
        return {
            name: one.filter(of_deal.get(name, mine)) if {"client_id", "deal_id"} & set(one.columns) else one
            for name, one in rows.items()
            if name not in ("deal_changes", "stage_changes")
        }

    parts = [built(company, sliced(tables, n), sliced(made, n), yard, rules) for n in range(count)]
    for name in OF_CLIENTS:
        together = pl.concat([part[name] for part in parts]).sort(facts.FACTS[name].primary_key())
        assert_frame_equal(together, whole[name], rel_tol=1e-12)


@examples(25)
@given(base=bases(), seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(base: Any, seed: int) -> None:
    company, tables, made = base
    whole = built(company, tables, made)
    mixed = [
        {name: rows.sample(fraction=1, shuffle=True, seed=seed) for name, rows in t.items()} for t in (tables, made)
    ]
    for name, rows in built(company, *mixed).items():
        assert_frame_equal(rows, whole[name])


@examples(25)
@given(base=bases())
def test_the_identities_of_a_build_hold(base: Any) -> None:
    company, tables, made = base
    broken: list[tuple[Any, ...]] = []

    def same(subject: str, statement: str, expected: float, found: float) -> None:
        if abs(expected - found) > 0.005:
            broken.append((subject, statement, expected, found))

    check_base(same, tables, made | built(company, tables, made), company.as_of_on)
    assert broken == []


def test_a_lost_row_of_the_base_breaks_an_identity(demo_home: Path) -> None:
    company = open_facts(find_home(demo_home))
    told = {name: getattr(company, name) for name in facts.FACTS}
    lines = frame_of(core.DealProducts, [])
    tables = {name: told[name] for name in ("invoices", "costs", "clients")} | {"deal_products": lines}
    for lost, broken_lines in (("invoices", 2), ("costs", 1), ("clients", 1), ("client_months", 3)):
        broken: list[str] = []

        def same(_: str, statement: str, expected: float, found: float, broken: list[str] = broken) -> None:
            if abs(expected - found) > 0.005:
                broken.append(statement)

        rows = told[lost].filter(pl.int_range(pl.len()) != first_with_money(told[lost]))
        check_base(same, tables, told | {lost: rows}, company.as_of_on)
        assert len(broken) == broken_lines, (lost, broken)


def first_with_money(rows: pl.DataFrame) -> int:
    """Find a row that every sum of the table would miss."""
    columns = [name for name in ("amount", "paid", "spend", "revenue", "purchases_count") if name in rows.columns]
    columns = [] if "deals_count" in rows.columns else columns
    return rows.select(pl.all_horizontal(pl.lit(True), *(pl.col(name) > 0 for name in columns)).arg_max()).item()


BRIDGE = """
with bought as (
    select client_id, closed_on as day from deals
    where outcome = 'won' and is_sales and client_id is not null and closed_on <= $as_of
), months as (
    select unnest(generate_series(
        (select date_trunc('month', min(day)) from bought), date_trunc('month', $as_of::date), interval 1 month
    ))::date as month_on
), held as (
    select month_on, client_id, min(day) as first_day,
        coalesce(bool_or(day > least(last_day(month_on), $as_of) - $days::int), false) as active
    from months join bought on day <= least(last_day(month_on), $as_of) group by all
), told as (
    select *, coalesce(lag(active) over (partition by client_id order by month_on), false) as was from held
)
select month_on,
    count(*) filter (active) as active,
    count(*) filter (date_trunc('month', first_day) = month_on) as new,
    count(*) filter (active and not was and date_trunc('month', first_day) <> month_on) as reactivated,
    count(*) filter (was and not active) as lapsed
from told group by 1 order by 1
"""

CLASSES = """
with spent as (
    select client_id, sum(amount) as revenue from (
        select client_id, paid as amount, coalesce(paid_on, issued_on) as day from invoices where $basis = 'paid'
        union all
        select client_id, amount, closed_on from deals where $basis = 'won' and outcome = 'won' and is_sales
    ) where day > $as_of - interval 1 year and day <= $as_of and client_id is not null group by 1
), shares as (
    select client_id, revenue,
        sum(revenue) over (order by revenue desc) / sum(revenue) over () as share, -- peers included: ties together
        max(revenue) over () as largest
    from spent where revenue > 0
)
select client_id, case
    when shares.revenue is null then 'N'
    when share <= 0.8 or shares.revenue = largest then 'A'
    when share <= 0.95 then 'B'
    else 'C' end
from clients left join shares using (client_id) order by 1
"""


def court(company: Any) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    for name in ("deals", "clients", "invoices"):
        rows = getattr(company, name).with_columns(pl.col(pl.Enum).cast(pl.String))  # noqa: F841 read by DuckDB
        connection.sql(f"create table {name} as from rows")
    return connection


def disagreements(company: Any) -> list[str]:
    """Compare the months and classes of a company with what DuckDB counts from its deals and invoices."""
    found: list[str] = []
    if company.clients.is_empty():
        return found
    days = int(company.clients["active_days"][0])
    params = {"as_of": company.as_of_on, "days": days}
    said = court(company).sql(BRIDGE, params=params).fetchall()
    ours = {month: rows for (month,), rows in company.client_months.group_by("month_on")}
    for month, *counts in said:
        rows = ours.get(month, company.client_months.clear())
        state = rows["state"].cast(pl.String)
        mine = [rows["is_active"].sum(), *((state == one).sum() for one in ("new", "reactivated", "lapsed"))]
        if mine != counts:
            found.append(f"{month}: {mine}, the witness says {counts}")
    basis = str(company.clients["class_basis"][0])
    classes = court(company).sql(CLASSES, params={"as_of": company.as_of_on, "basis": basis}).fetchall()
    mine = company.clients.sort("client_id").select("client_id", "abc_class").rows()
    return found + [f"{one}, the witness says {two}" for one, two in zip(mine, classes, strict=True) if one != two]


@examples(40)
@given(base=bases(), rules=st.sampled_from([RULES, Settings()]))
def test_the_witness_agrees_on_any_base(base: Any, rules: Settings) -> None:
    company, tables, made = base
    assert disagreements(replace(company, **built(company, tables, made, rules=rules))) == []


def test_the_witness_agrees_on_the_invented_company(demo_home: Path) -> None:
    assert disagreements(open_facts(find_home(demo_home))) == []
