"""A change is news only beyond chance: by hand, against other tests, and a false alarm about once in twenty."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy import stats
from tiny_company import tiny_facts

from dashboard.analyses.news import is_news
from dashboard.filters import Filter
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period
from dashboard.statistics.changes import counts_apart, samples_apart, sums_apart


@pytest.mark.parametrize(("one", "two", "apart"), [(10, 12, False), (100, 140, True), (0, 0, False), (0, 6, True)])
def test_counts_by_hand(one: int, two: int, apart: bool) -> None:
    assert counts_apart(one, two) is apart
    assert counts_apart(two, one) is apart


def test_one_large_deal_makes_no_news() -> None:
    assert not sums_apart([10] * 30, [10] * 30 + [1000])
    assert sums_apart([10] * 30, [10] * 70)
    assert not sums_apart([], [])


def test_samples_say_what_scipy_says_of_means_that_lie_far_apart() -> None:
    dice = np.random.default_rng(7)
    one, two = dice.normal(10, 1, 40), dice.normal(13, 1, 40)
    assert samples_apart(one, two)
    assert stats.ttest_ind(one, two).pvalue < 0.05
    assert not samples_apart(one, one)
    assert not samples_apart([], one)


def test_of_two_alike_periods_about_one_in_twenty_is_called_news() -> None:
    dice = np.random.default_rng(11)
    counts = [counts_apart(*dice.poisson(80, 2).tolist()) for _ in range(400)]
    sums = [sums_apart(*(dice.exponential(100, dice.poisson(60)) for _ in range(2))) for _ in range(400)]
    assert 0.01 <= np.mean(counts) <= 0.09
    assert 0.01 <= np.mean(sums) <= 0.09


def test_few_cases_are_never_news_and_a_state_cannot_be_told() -> None:
    facts = tiny_facts()
    now, before = (Filter(period=Period(date(2026, month, 1), date(2026, month + 1, 1))) for month in (5, 4))
    assert is_news(facts, METRICS["open"], now, before) is None
    few = Filter(period=Period(date(2026, 5, 1), date(2026, 5, 2)))
    assert is_news(facts, METRICS["leads"], few, before) is False
    assert is_news(facts, METRICS["leads"], Filter(), few) is False
