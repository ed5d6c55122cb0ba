"""On the invented company every metric is asked whole and by manager, product, channel, region and month; its witness agrees.

A file of its own, so that the other core can take it. All cuts of all metrics cost half a minute of one core.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from test_witness import BY, FILLED, Court, disagreements

from dashboard.access import Facts, open_facts
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period
from pipelines.settings import find_home

PARTS = 4


@pytest.fixture(scope="module")
def facts(demo_home: Path) -> Facts:
    return open_facts(find_home(demo_home))


@pytest.fixture(scope="module")
def court(facts: Facts) -> Court:
    """One for all parts: a witness that was heard in one is not heard again in another."""
    return Court(facts)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_metric_by_every_cut(facts: Facts, court: Court, part: int) -> None:
    names = tuple(METRICS)[part::PARTS]
    assert disagreements(facts, Period(date(2026, 4, 1), date(2026, 7, 1)), names, (*BY, "month"), court) == []


def test_a_funnel_that_sells_nothing_is_in_no_number_of_sales(facts: Facts) -> None:
    is_sales = pl.col("funnel_name") != "Повторные продажи"
    facts = replace(
        facts,
        deals=facts.deals.with_columns(is_sales=is_sales),
        visits=facts.visits.with_columns(is_sales=is_sales),
        stages=facts.stages.with_columns(is_sales=is_sales),
    )
    assert 0 < facts.deals.filter("is_sales").height < facts.deals.height
    assert disagreements(facts, Period(date(2026, 4, 1), date(2026, 7, 1)), tuple(METRICS), ()) == []


def test_of_a_period_without_a_beginning(facts: Facts, court: Court) -> None:
    # Calls are many: asked in the other period only, for the sake of time.
    assert disagreements(facts, Period(None, date(2026, 1, 1)), FILLED, ("channel",), court) == []
