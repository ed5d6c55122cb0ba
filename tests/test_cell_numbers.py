"""What stands behind a number that is no metric makes that number again: by hand, and in every generated company."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from companies import companies, deals_of, facts_with, frame_of
from company_activity import busy_companies
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from test_metrics_activity_witness import facts_of as busy_facts
from test_metrics_plans import JUNE, facts_of, plan

from dashboard.access import Facts
from dashboard.analyses.abc import abc
from dashboard.analyses.base_balance import base_balance
from dashboard.analyses.before_after import DIFFERENCE, noted_changes
from dashboard.analyses.coverage import coverage
from dashboard.analyses.cross_sales import cross_sales
from dashboard.analyses.load import load
from dashboard.analyses.plan_pace import plan_pace
from dashboard.analyses.refusals import reasons
from dashboard.analyses.repeat_sales import repeat_sales
from dashboard.analyses.stage_days import dwell
from dashboard.analyses.times import cycle
from dashboard.analyses.waterfall import waterfall
from dashboard.filters import Filter
from dashboard.periods import Period, step_unit
from dashboard.ui import client_cells, cycle_cells, forecast_cells, manager_cells, plan_cells
from dashboard.ui.behind import Behind, made, values_of
from pipelines.schema.facts import FACTS
from pipelines.thresholds import Note

Opens = Mapping[str, Behind]
PERIODS = st.sampled_from([Period(), Period(date(2025, 3, 1), date(2025, 9, 1))])
OF_STAGE = {"funnel": "funnel_name", "stage": "stage_name"}
PAIRS = ("n", "both", "attach", "lift")
TABLES: tuple[tuple[Callable[..., Any], Mapping[str, str], Opens], ...] = (
    (abc, {"abc_class": "abc_class"}, client_cells.CLASS_MONEY),
    (base_balance, {"manager": "manager_name"}, client_cells.OWNED_MONEY),
    (
        cross_sales,
        {name: name for name in ("kind", "product", "other_product")},
        {name: client_cells.of_pair(name) for name in PAIRS},
    ),
    (reasons, {"reason": "reason"}, manager_cells.REFUSED),
    (cycle, {"variant": "variant"}, {name: cycle_cells.cycle_level(name) for name in cycle_cells.LEVELS}),
    (dwell, OF_STAGE, {name: cycle_cells.stage_level(name) for name in ("p90", "within_share", "norm_proposed")}),
    (coverage, {"variant": "variant"}, forecast_cells.COVERED),
    (waterfall, {"part": "part"}, forecast_cells.STEPS["waterfall"]),
)


def differing(facts: Facts, filter: Filter, frame: pl.DataFrame, by: Mapping[str, str], opens: Opens) -> list[Any]:
    """List the cells whose rows make another number than the table shows."""
    found = []
    for row in frame.to_dicts():
        cell = {of_facts: row[name] for name, of_facts in by.items()}
        for column, behind in opens.items():
            if row[column] is not None:
                again = made(facts, filter, behind, cell)
                if again is None or float(again) != pytest.approx(float(row[column])):
                    found.append((cell, column, row[column], again))
    return found


def of_plans(facts: Facts, filter: Filter) -> list[Any]:
    """List the cells of the plan whose rows make another number."""
    found = []
    for row in plan_cells.plan_rows(plan_pace(facts, filter).frame).to_dicts():
        opens = {column: plan_cells.of_plan(column, row["name"]) for column in plan_cells.PLANNED}
        found += differing(facts, filter, pl.DataFrame([row]), {"whose": "manager_name"}, opens)
    return found


@examples(12)
@given(companies(most_deals=12), PERIODS)
def test_of_every_company_the_rows_make_the_number(facts: Any, period: Period) -> None:
    filter = Filter(period=period)
    for run, by, opens in TABLES:
        assert differing(facts, filter, run(facts, filter).frame, by, opens) == [], run.__name__
    assert of_plans(facts, filter) == []
    for row in repeat_sales(facts, filter).frame.to_dicts():
        start = row["month"]
        within = Period(max(start, period.start or start), min(step_unit("month", start, 1), period.end or date.max))
        assert differing(facts, Filter(period=within), pl.DataFrame([row]), {}, client_cells.FIRST) == []


@examples(10)
@given(busy_companies(), st.sampled_from([Period(), Period(date(2026, 3, 24), date(2026, 3, 30))]))
def test_of_every_load_the_days_make_the_number(core: dict[str, Any], period: Period) -> None:
    facts, filter = busy_facts(core), Filter(period=period)
    frame = load(facts, filter).frame.filter(pl.col("rule").is_null())
    assert differing(facts, filter, frame, {"manager": "manager_name"}, manager_cells.LOADED) == []


def test_the_rows_of_a_plan_by_hand() -> None:
    """Planned 1500 for the team, 650 done by all; without a plan of its own it is the sum of two who have one, 600 of 1400."""
    own, summed = facts_of(plan(None, JUNE, 1500, (20, 10))), facts_of()
    for facts, planned, done in ((own, 1500, 650), (summed, 1400, 600)):
        assert of_plans(facts, Filter()) == []
        behind = plan_cells.of_plan("per_day", "revenue")
        values = values_of(facts, behind.parts(facts, Filter(), {"manager_name": None}))
        assert (values["planned"], values["revenue"]) == (planned, done)
    parts = plan_cells.of_plan("planned", "revenue").parts(summed, Filter(), {"manager_name": None})
    assert parts[0].rows.select("manager_name", "target", "expected").rows() == [
        ("Anna", 1000, 500),
        ("Boris", 400, 200),
    ]


def test_two_bought_together_by_hand() -> None:
    """A drill: a, b, c; a bit: a and d. Of three with a drill one has a bit, and of four clients two have it."""
    bought = (("a", "drill"), ("a", "bit"), ("b", "drill"), ("c", "drill"), ("d", "bit"))
    deals = [
        {"client_id": client, "outcome": "won", "closed_on": date(2026, 3, 2), "is_sales": True} for client, _ in bought
    ]
    lines = [
        {"deal_id": str(at), "client_id": client, "product_name": name} for at, (client, name) in enumerate(bought, 1)
    ]
    facts = replace(facts_with(deals_of(deals)), deal_products=frame_of(FACTS["deal_products"], lines))
    mine, everybody = client_cells.buyers(facts, Filter(), "product", "drill", "bit")
    assert sorted(mine.select("client_id", "is_counted").rows()) == [("a", True), ("b", False), ("c", False)]
    assert everybody["is_counted"].sum() == 2 and everybody.height == 4
    lift = client_cells.of_pair("lift")
    cell = {"kind": "product", "product": "drill", "other_product": "bit"}
    assert made(facts, Filter(), lift, cell) == pytest.approx((1 / 3) / (2 / 4))


def test_leads_before_and_after_a_change_by_hand() -> None:
    """Three leads before, of which one won in time and one too late; one after."""
    day = date(2025, 6, 1)
    told = [
        ("2025-05-20", 10.0, "won"),
        ("2025-05-21", 80.0, "won"),
        ("2025-05-22", None, "open"),
        ("2025-06-03", 5.0, "won"),
    ]
    deals = pl.DataFrame(told, schema=["on", "days", "outcome"], orient="row").with_columns(pl.col("on").str.to_date())
    rows = [
        {"created_on": row["on"], "cycle_days": row["days"], "outcome": row["outcome"], "is_sales": True}
        for row in deals.to_dicts()
    ]
    frame = deals_of(rows).with_columns(created_at=pl.col("created_on").cast(pl.Datetime("us", "UTC")))
    facts = replace(facts_with(frame), notes=(Note(day, "a new script"),))
    told_frame = noted_changes(facts, Filter()).frame.filter(pl.col("variant") != DIFFERENCE)
    assert told_frame.select("leads", "won").rows() == [(3, 1), (1, 1)]
    named = told_frame.with_columns(pl.col("day_of_change").cast(pl.String))
    by = {"day_of_change": "day", "text": "text", "variant": "variant"}
    assert differing(facts, Filter(), named, by, forecast_cells.COHORTS) == []
