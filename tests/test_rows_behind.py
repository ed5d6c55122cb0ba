"""A number opens its rows: a count is as many as they are, a sum is theirs, and they are under the filter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from companies import companies, deals_of, facts_with, frame_of
from company_activity import busy_companies
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from test_metrics_activity_witness import facts_of

from dashboard import access
from dashboard.access import Facts
from dashboard.filters import Filter
from dashboard.metrics.measure import counted, foundations, lacking, measure, rows_behind
from dashboard.metrics.model import Metric, Unit
from dashboard.metrics.plan_rows import deals_towards
from dashboard.metrics.registry import METRICS
from dashboard.metrics.unknown import COLUMN_WORDS
from dashboard.periods import Period
from pipelines.schema.facts import FACTS
from pipelines.settings import find_home

OPENED = [metric for metric in METRICS.values() if not metric.parts]
PERIODS = st.sampled_from([Period(), Period(date(2025, 3, 1), date(2025, 9, 1)), Period(None, date(2025, 6, 15))])
ADDED_UP = {
    "impressions": "impressions",
    "clicks": "clicks",
    "ad_leads": "leads_count",
    "ad_orders": "orders_count",
    "contacts_made": "contacts_month_count",
}
"""Counts that rows tell of rather than are: a row of a cabinet tells of many clicks. They are the sum of this column."""
NO_COUNT_OF_ROWS = {"plan_days_left": "days of a calendar: the most that any plan of its rows has left"}
BY_WEIGHT = {
    "top_deal_share": "by amount",
    "win_rate_value": "by amount",
    "stuck_amount_share": "by amount",
    "inside_growth": "by amount",
    "plan_attainment": "by amount",
    "plan_won_attainment": "done by plan",
    "plan_pace": "by amount",
    "paid_share": "by amount",
    "ad_romi": "by amount",
    "ad_click_to_lead": "of what rows of a cabinet add up to",
    "ad_lead_to_order": "of what rows of a cabinet add up to",
    "score_share": "by points",
    "lead_to_client": "by clients: a client of several deals is one",
    "contact_attainment": "by contacts, each client's capped",
    "card_completeness": "mean of shares",
    "answered_within_5": "of a curve that counts who still waits",
    "answered_within_15": "of a curve that counts who still waits",
    "answered_within_60": "of a curve that counts who still waits",
}
"""Shares that are no part of their rows by number, and why."""


def test_every_number_names_its_rows() -> None:
    """No metric is without rows, whatever page shows it; a new one fails here until it names them."""
    assert [metric.name for metric in METRICS.values() if not foundations(metric)] == []


def test_every_share_says_which_rows_make_it() -> None:
    shares = {metric.name for metric in OPENED if metric.unit == Unit.SHARE and metric.of_them is None}
    assert shares == BY_WEIGHT.keys()
    assert all(metric.unit == Unit.COUNT for metric in OPENED if metric.each)


def test_a_ratio_of_two_things_opens_both() -> None:
    assert [part.name for part in foundations(METRICS["cpl"])] == ["spend", "leads"]
    assert [part.name for part in foundations(METRICS["cac"])] == ["spend", "acquired"]
    assert [part.name for part in foundations(METRICS["romi"])] == ["spend", "cohort_margin"]
    assert [part.name for part in foundations(METRICS["plan_required"])] == ["plan_left", "plan_days_left"]
    assert [part.name for part in foundations(METRICS["base_growth"])] == [
        "new_clients",
        "reactivated_clients",
        "lapsed_clients",
    ]


def made_of_its_rows(facts: Facts, metric: Metric, filter: Filter) -> bool:
    """Count a number again over nothing but its rows, and count the rows; tells whether there were any."""
    rows, value = rows_behind(facts, metric, filter), measure(facts, [metric], filter).item()
    if rows.is_empty():
        assert value in (None, 0), metric.name
        return False
    assert rows.select(counted(metric)).item() == (value if value is None else pytest.approx(value)), metric.name
    if value is None:
        return True
    if metric.name in ADDED_UP:
        assert rows[ADDED_UP[metric.name]].sum() == value, metric.name
    elif metric.unit == Unit.COUNT and metric.name not in NO_COUNT_OF_ROWS:
        assert rows.height == value, metric.name
    if metric.of_them is not None:
        assert rows.filter(metric.of_them).height / rows.height == pytest.approx(value), metric.name
    return True


def told(facts: Facts, filter: Filter) -> set[str]:
    """Name the metrics that have rows; each is the number its rows make."""
    return {metric.name for metric in OPENED if made_of_its_rows(facts, metric, filter)}


@examples(40)
@given(companies(most_deals=12), PERIODS)
def test_a_number_counted_over_nothing_but_its_rows_is_the_same(facts: Any, period: Period) -> None:
    told(facts, Filter(period=period))
    for name, kind in (("plan_attainment", "revenue"), ("plan_won_attainment", "won")):
        plans = rows_behind(facts, METRICS[name], Filter(period=period))
        deals = deals_towards(facts, plans, kind)
        done = deals["amount"].cast(pl.Float64).sum() if kind == "revenue" else deals.height
        assert done == pytest.approx(plans["done"].sum())


@examples(20)
@given(busy_companies(), st.sampled_from([Period(), Period(date(2026, 3, 24), date(2026, 3, 30))]))
def test_so_is_a_number_of_calls_and_promises(core: dict[str, Any], period: Period) -> None:
    told(facts_of(core), Filter(period=period))


def test_of_the_demo_every_number_is_made_of_its_rows_under_a_filter(demo_home: Path) -> None:
    demo = access.open_facts(find_home(demo_home))
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    assert {metric.name for metric in OPENED} - told(demo, Filter(period=year)) == ONLY_BY_HAND.keys()
    channel = demo.costs["channel_name"].drop_nulls()[0]
    assert len(told(demo, Filter(period=year, channels=(channel,)))) > 100
    manager = demo.plans["manager_name"].drop_nulls()[0]
    assert len(told(demo, Filter(period=year, managers=(manager,)))) > 100
    assert lacking(demo.costs, METRICS["spend"], Filter(managers=("Анна",)), ()) == ["manager"]
    assert rows_behind(demo, METRICS["spend"], Filter(managers=("Анна",))).is_empty()


def test_clients_who_bought_twice_stand_once_with_how_often() -> None:
    rows = [{"client_id": name, "outcome": "won", "closed_on": day} for name, day in BOUGHT]
    facts = facts_with(deals_of([*rows, {"client_id": None, "outcome": "won"}, {"client_id": "c", "outcome": "lost"}]))
    found = rows_behind(facts, METRICS["clients"], Filter()).sort("client_id")
    assert found.select("client_id", "closed_on", "rows_count").rows() == [
        ("a", date(2025, 5, 9), 2),
        ("b", date(2025, 5, 3), 1),
    ]


def test_what_the_demo_does_not_tell_is_made_of_its_rows_too() -> None:
    """Ratings of calls, a cabinet's own leads, promises moved thrice, deals of two products, clients of two years."""
    deals = [
        {"client_id": "a", "outcome": "won", "closed_on": on, "created_on": on, "amount": amount, "is_sales": True}
        for on, amount in ((date(2023, 5, 2), 5), (date(2025, 1, 9), 100), (date(2026, 2, 3), 150))
    ]
    products = [{"deal_id": "3", "product_name": name, "amount": 75} for name in ("GTX", "RTX")]
    scores = [
        {"score_id": f"{kind}{at}", "kind": kind, "call_id": f"k{at % 2}", "rater": "Ольга", "criterion": "x"}
        | {"score": float(at), "top_score": 5.0, "scored_on": date(2026, 2, 3)}
        for kind in ("score", "script", "stop_word")
        for at in range(3)
    ]
    spent = {"cost_id": "1", "spent_on": date(2026, 2, 3), "spend": 90, "leads_count": 3, "orders_count": 2}
    promise = {
        "promise_id": "1",
        "due_on": date(2026, 2, 3),
        "outcome": "kept",
        "moved_count": 3,
        "is_overtaken": False,
    }
    facts = replace(
        facts_with(deals_of(deals)),
        deal_products=frame_of(FACTS["deal_products"], products),
        scores=frame_of(FACTS["scores"], scores),
        costs=frame_of(FACTS["costs"], [{**spent, "ad_revenue": 900}, {"cost_id": "2", "spend": 10, "clicks": 5}]),
        promises=frame_of(FACTS["promises"], [promise]),
        clients=frame_of(FACTS["clients"], [{"client_id": "a", "is_active": True, "is_unowned": False}]),
    )
    assert told(facts, Filter()) >= ONLY_BY_HAND.keys()
    for name, value in ONLY_BY_HAND.items():
        assert measure(facts, [METRICS[name]], Filter()).item() == pytest.approx(value), name


ONLY_BY_HAND = {
    "score_mean": 1.0,
    "score_share": 3 / 15,
    "scored_calls": 2,
    "raters": 1,
    "script_share": 2 / 3,
    "stop_words_per_100": 150.0,
    "ad_leads": 3,
    "ad_orders": 2,
    "ad_revenue": 900.0,
    "ad_average_check": 450.0,
    "ad_lead_to_order": 2 / 3,
    "promises_moved": 1,
    "check_with_addon": 150.0,
    "inside_growth": 1.5,
}
"""What no export of the demo tells: its values in the company worked out by hand."""
BOUGHT = [("a", date(2025, 5, 9)), ("b", date(2025, 5, 3)), ("a", date(2025, 5, 1))]


def test_what_a_number_needs_has_a_name_that_a_reader_knows() -> None:
    assert {name for metric in OPENED for name in metric.needs} <= COLUMN_WORDS.keys()
