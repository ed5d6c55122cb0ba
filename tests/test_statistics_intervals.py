"""Intervals hold what they stand around, have honest edges, and equal what another library computes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from dashboard.statistics.intervals import (
    byar_interval,
    mean_interval,
    median_interval,
    newcombe,
    poisson_interval,
    standard,
    wilson,
)

counts = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def near(found: tuple[float, float] | None, wanted: tuple[float, float], within: float = 1e-9) -> bool:
    return found is not None and all(math.isclose(a, b, abs_tol=within) for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize(
    ("wins", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718), (20, 20, 0.8389, 1.0)],
)  # fmt: skip
def test_wilson_as_newcombe_printed_it(wins: int, count: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17:857, table I, method 3."""
    assert near(wilson(wins, count), (low, high), 5e-5)


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
        ((0, 10), (0, 20), -0.1611, 0.2775),
    ],
)
def test_difference_as_newcombe_printed_it(a: tuple, b: tuple, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17:873, table II, method 10."""
    assert near(newcombe(*a, *b), (low, high), 5e-5)


@examples(100)
@given(counts, st.sampled_from([0.8, 0.95, 0.998]))
def test_wilson_equals_statsmodels_and_holds_the_share(given: tuple[int, int], level: float) -> None:
    wins, count = given
    found = wilson(wins, count, level)
    assert near(found, proportion_confint(wins, count, 1 - level, method="wilson"))
    assert found is not None
    assert 0 <= found.low <= wins / count <= found.high <= 1
    assert (found.low == 0) == (wins == 0) and (found.high == 1) == (wins == count)


@examples(100)
@given(counts, counts)
def test_the_difference_equals_statsmodels_holds_itself_and_turns_with_its_sides(a: tuple, b: tuple) -> None:
    found, turned = newcombe(*a, *b), newcombe(*b, *a)
    assert near(found, confint_proportions_2indep(*a, *b, method="newcomb", compare="diff"))
    assert found is not None and turned is not None
    assert found.low - 1e-12 <= a[0] / a[1] - b[0] / b[1] <= found.high + 1e-12
    assert near((-turned.high, -turned.low), found)


def test_nothing_has_no_interval() -> None:
    assert wilson(0, 0) is None
    assert newcombe(0, 0, 5, 9) is None and newcombe(5, 9, 0, 0) is None
    assert mean_interval([5.0]) is None and mean_interval([]) is None
    assert median_interval([1, 2, 3, 4, 5]) is None


@pytest.mark.parametrize("wrong", [(5, 4), (-1, 4)])
def test_more_wins_than_deals_cannot_be(wrong: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        wilson(*wrong)
    with pytest.raises(ValueError, match="level"):
        standard(1.0)


@examples(100)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60))
def test_the_mean_equals_scipy(values: list[float]) -> None:
    found = mean_interval(values)
    sem = float(np.std(values, ddof=1)) / len(values) ** 0.5
    wanted = stats.t.interval(0.95, len(values) - 1, float(np.mean(values)), sem) if sem else (np.mean(values),) * 2
    assert near(found, wanted, 1e-5)


def test_the_median_lies_between_two_values_of_known_rank() -> None:
    """The ranks of the usual tables of the sign test: 1 and 6 of six, 2 and 9 of ten, 10 and 21 of thirty."""
    assert median_interval(range(1, 7)) == (1, 6)
    assert median_interval(range(10, 0, -1)) == (2, 9)
    assert median_interval(range(1, 31)) == (10, 21)


@examples(100)
@given(st.integers(6, 200))
def test_the_median_holds_at_least_at_the_level(count: int) -> None:
    found = median_interval(range(1, count + 1))
    assert found is not None
    inside = stats.binom.cdf(found.high - 1, count, 0.5) - stats.binom.cdf(found.low - 1, count, 0.5)
    narrower = stats.binom.cdf(found.high - 2, count, 0.5) - stats.binom.cdf(found.low, count, 0.5)
    assert narrower < 0.95 <= inside


def test_poisson_ends_as_the_tables_have_them() -> None:
    """Garwood 1936 as every table prints it: 0 (0, 3.689), 10 (4.795, 18.390)."""
    assert near(poisson_interval(0), (0, 3.689), 5e-4)
    assert near(poisson_interval(10), (4.795, 18.390), 5e-4)


@examples(100)
@given(st.integers(0, 3000))
def test_byar_is_near_the_exact_interval(count: int) -> None:
    exact, near_by = poisson_interval(count), byar_interval(count)
    assert exact.low <= count <= exact.high
    assert abs(near_by.low - exact.low) < 0.2 and abs(near_by.high - exact.high) < 0.2
    if count >= 10:
        assert near_by.low / exact.low == pytest.approx(1, abs=0.01)
        assert near_by.high / exact.high == pytest.approx(1, abs=0.01)
