"""A number opens its rows: a count is as many as they are, a sum is theirs, and they are under the filter."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from companies import companies
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard import access
from dashboard.access import Facts
from dashboard.filters import Filter
from dashboard.metrics.measure import counted, foundations, lacking, measure, rows_behind
from dashboard.metrics.model import Unit
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period
from dashboard.ui import calls_blocks, clients_blocks, managers_one, refusals_blocks
from pipelines.settings import find_home

OPENED = [metric for metric in METRICS.values() if metric.behind is not None]
PERIODS = st.sampled_from([Period(), Period(date(2025, 3, 1), date(2025, 9, 1)), Period(None, date(2025, 6, 15))])


def test_the_numbers_of_the_overview_open() -> None:
    assert {"leads", "won", "win_rate", "revenue", "average_check", "cycle_days_median"} <= {m.name for m in OPENED}


def test_the_numbers_of_the_base_and_of_refusals_open() -> None:
    wanted = {"base_clients", "active_clients", "unowned_clients", "without_contact", "incomplete_cards", "lost_amount"}
    assert wanted <= {m.name for m in OPENED}


def test_the_numbers_of_every_page_open() -> None:
    """Those of the overview, of the cycle and of the channels by name; those of other pages as the pages list them."""
    named = "leads won win_rate revenue average_check cycle_days_median cycle_days_p90 within_norm_share stuck stuck_amount age_days_median"
    money = (
        "spend cpl cac cac_cash romi romi_cash romi_revenue romi_revenue_cash cohort_won cohort_revenue target_leads"
    )
    listed = (
        *calls_blocks.COUNTS,
        *calls_blocks.SPEEDS,
        *clients_blocks.NUMBERS,
        *refusals_blocks.NUMBERS,
        *managers_one.NUMBERS,
    )
    shown = [*(METRICS[name] for name in f"{named} {money}".split()), *listed]
    assert [metric.name for metric in shown if not foundations(metric)] == []


def test_a_ratio_of_two_things_opens_both() -> None:
    assert [part.name for part in foundations(METRICS["cpl"])] == ["spend", "leads"]
    assert [part.name for part in foundations(METRICS["cac"])] == ["spend", "acquired"]
    assert [part.name for part in foundations(METRICS["romi"])] == ["spend", "cohort_margin"]
    assert foundations(METRICS["ad_cpl"]) == []


@examples(40)
@given(companies(most_deals=20), PERIODS)
def test_a_count_is_as_many_as_its_rows_and_an_amount_is_theirs(facts: Any, period: Period) -> None:
    filter = Filter(period=period)
    for metric in OPENED:
        rows, value = rows_behind(facts, metric, filter), measure(facts, [metric], filter).item()
        if metric.unit == Unit.COUNT and value is not None:
            assert rows.height == value, metric.name
        if metric.name in ("revenue", "open_amount") and value is not None:
            assert rows["amount"].sum() == value, metric.name
        if metric.name == "lost_amount" and value is not None:
            assert rows["amount"].sum() == value
        if metric.name == "win_rate" and value is not None:
            assert (rows["outcome"] == "won").mean() == pytest.approx(value)


def same_from_its_rows(facts: Facts, filter: Filter) -> int:
    """Count each number again over nothing but its rows; returns how many had any."""
    told = 0
    for metric in OPENED:
        rows, value = rows_behind(facts, metric, filter), measure(facts, [metric], filter).item()
        if rows.is_empty():
            assert value in (None, 0), metric.name
            continue
        told += 1
        assert rows.select(counted(metric)).item() == (value if value is None else pytest.approx(value)), metric.name
        if metric.unit == Unit.COUNT and value is not None:
            assert rows.height == value, metric.name
    return told


@examples(20)
@given(companies(most_deals=12), PERIODS)
def test_a_number_counted_over_nothing_but_its_rows_is_the_same(facts: Any, period: Period) -> None:
    same_from_its_rows(facts, Filter(period=period))


def test_of_the_demo_every_number_is_made_of_its_rows_under_a_filter(demo_home: Path) -> None:
    demo = access.open_facts(find_home(demo_home))
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    assert same_from_its_rows(demo, Filter(period=year)) > 50
    channel = demo.costs["channel_name"].drop_nulls()[0]
    assert same_from_its_rows(demo, Filter(period=year, channels=(channel,))) > 40
    assert lacking(demo.costs, METRICS["spend"], Filter(managers=("Анна",)), ()) == ["manager"]
    assert rows_behind(demo, METRICS["spend"], Filter(managers=("Анна",))).is_empty()
