"""A number opens its rows: a count is as many as they are, a sum is theirs, and they are under the filter."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from companies import companies
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.filters import Filter
from dashboard.metrics.measure import measure, rows_behind
from dashboard.metrics.model import Unit
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period

OPENED = [metric for metric in METRICS.values() if metric.behind is not None]
PERIODS = st.sampled_from([Period(), Period(date(2025, 3, 1), date(2025, 9, 1)), Period(None, date(2025, 6, 15))])


def test_the_numbers_of_the_overview_open() -> None:
    assert {"leads", "won", "win_rate", "revenue", "average_check", "cycle_days_median"} <= {m.name for m in OPENED}


def test_the_numbers_of_the_base_and_of_refusals_open() -> None:
    wanted = {"base_clients", "active_clients", "unowned_clients", "without_contact", "incomplete_cards", "lost_amount"}
    assert wanted <= {m.name for m in OPENED}


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
