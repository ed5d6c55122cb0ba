"""Several groups at once: the test, the shrinkage, the correction, the limits, and the verdict in a word."""

from __future__ import annotations

import numpy as np
import pytest
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from dashboard.statistics.groups import benjamini_hochberg, best_quartile, funnel_limits, homogeneity, leaning, shrink
from dashboard.statistics.intervals import wilson
from dashboard.statistics.verdicts import detectable, judge, needed, score_test

group = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
groups = st.lists(group, min_size=1, max_size=12)


def columns(given: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [wins for wins, _ in given], [count for _, count in given]


@examples(100)
@given(groups)
def test_homogeneity_is_the_test_of_the_table(given: list[tuple[int, int]]) -> None:
    found = homogeneity(*columns(given))
    kept = np.array([(wins, count - wins) for wins, count in given if count])
    if len(kept) < 2 or not kept.sum(axis=0).all():
        assert found is None
        return
    value, p_value, freedom, _ = stats.chi2_contingency(kept, correction=False)
    assert found is not None
    assert (found.value, found.p_value) == (pytest.approx(value, abs=1e-7), pytest.approx(p_value, abs=1e-7))
    assert found.freedom == freedom


@examples(100)
@given(groups, st.randoms(use_true_random=False))
def test_shrinkage_lies_between_the_raw_share_and_the_mean_in_any_order(given: list, dice) -> None:
    found = shrink(*columns(given))
    if found is None:
        assert not sum(columns(given)[1])
        return
    for (wins, count), share, weight in zip(given, found.shares, found.weights, strict=True):
        raw = wins / count if count else found.mean
        assert min(raw, found.mean) - 1e-12 <= share <= max(raw, found.mean) + 1e-12
        assert 0 <= weight <= 1 and (count or weight == 1)
    order = list(range(len(given)))
    dice.shuffle(order)
    turned = shrink(*columns([given[place] for place in order]))
    assert turned is not None
    assert turned.shares == pytest.approx([found.shares[place] for place in order], abs=1e-9)


def test_shrinkage_by_hand() -> None:
    """Two groups of 100, 80 and 40 won: p̄ 0.6, τ² = (100·0.04·2 − 0.24)/(200 − 100) = 0.0776, v = 0.0024."""
    found = shrink([80, 40], [100, 100])
    assert found is not None
    weight = 0.0024 / (0.0024 + 0.0776)
    assert (found.tau**2, found.weights[0]) == (pytest.approx(0.0776), pytest.approx(weight))
    assert found.shares == pytest.approx((0.8 - weight * 0.2, 0.4 + weight * 0.2))
    assert shrink([5, 5], [10, 10]) == shrink([5, 5], [10, 10])
    assert shrink([0], [0]) is None


def test_the_best_quartile_is_of_shrunk_shares_and_small_segments_lean() -> None:
    found = shrink([80, 60, 50, 40, 20], [100] * 5)
    assert found is not None
    assert best_quartile(found) == found.shares[1] < 0.6
    assert leaning(1.0, 5, 0.4, 20) == pytest.approx((5 + 8) / 25)
    assert leaning(0.0, 0, 0.4, 20) == 0.4 == leaning(0.0, 0, 0.4, 0)


def test_one_group_is_its_own_mean() -> None:
    found = shrink([7], [10])
    assert found is not None
    assert (found.shares, found.tau) == ((pytest.approx(0.7),), 0.0)
    assert homogeneity([7], [10]) is None


@examples(100)
@given(st.lists(st.floats(0, 1), max_size=30))
def test_the_correction_equals_statsmodels_keeps_order_and_makes_nothing_smaller(p_values: list[float]) -> None:
    found = benjamini_hochberg(p_values)
    if not p_values:
        assert found == ()
        return
    assert found == pytest.approx(multipletests(p_values, method="fdr_bh")[1], abs=1e-12)
    pairs = sorted(zip(p_values, found, strict=True))
    assert all(corrected >= value - 1e-12 for value, corrected in pairs)
    assert [corrected for _, corrected in pairs] == sorted(corrected for _, corrected in pairs)


def test_the_correction_as_its_authors_printed_it() -> None:
    """Benjamini & Hochberg 1995, their fifteen p-values: four stand at 0.05."""
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]  # fmt: skip
    assert sum(value <= 0.05 for value in benjamini_hochberg(p_values)) == 4
    with pytest.raises(ValueError, match="p-value"):
        benjamini_hochberg([1.2])


@examples(100)
@given(group, st.floats(0.05, 0.95), st.sampled_from([0.95, 0.998]))
def test_the_funnel_the_interval_and_the_test_say_the_same(given: tuple[int, int], base: float, level: float) -> None:
    wins, count = given
    assume(count > 0)
    p_value, interval, band = (
        score_test(wins, count, base),
        wilson(wins, count, level),
        funnel_limits(base, count, level),
    )
    assert p_value is not None and interval is not None and band is not None
    assume(abs(p_value - (1 - level)) > 1e-9)
    assert interval.holds(base) == band.holds(wins / count) == (p_value > 1 - level)


def test_what_can_be_told_apart() -> None:
    assert [round(detectable(0.63, count) or 0, 3) for count in (100, 500)] == [0.191, 0.085]
    assert needed(0.63, 0.191) == 101 and needed(0.63, 0.0) is None
    assert detectable(0.63, 0) is None


@examples(100)
@given(st.floats(0.05, 0.95), st.floats(0.01, 0.5))
def test_so_many_are_needed_and_not_one_fewer(base: float, difference: float) -> None:
    count = needed(base, difference)
    assert count is not None
    enough = detectable(base, count)
    assert enough is not None and enough <= difference + 1e-12
    if count > 1:
        too_few = detectable(base, count - 1)
        assert too_few is not None and too_few > difference - 1e-12


def test_five_managers_get_their_words() -> None:
    """The mean is 0.5: 90 of 100 stands out, so does 10 of 100; 52 of 100 does not; 19 are too few whatever they won."""
    found = judge([90, 10, 52, 19, 0], [100, 100, 100, 19, 23], base=0.5)
    assert [one.word for one in found] == ["above", "below", "indistinguishable", "too_few", "below"]
    assert [one.needed_count for one in found] == [None, None, needed(0.5, 0.02), 20, None]
    assert found[3].p_value is None
    assert [one.share for one in judge([0], [0], base=0.5)] == [None]


def test_the_word_needs_the_correction() -> None:
    """One of twenty just beyond 95 % alone is what chance brings; alone it stands."""
    wins, counts = [60, *[50] * 19], [100] * 20
    assert judge(wins, counts, base=0.5)[0].word == "indistinguishable"
    assert judge(wins[:1], counts[:1], base=0.5)[0].word == "above"


def test_a_manager_alone_is_not_compared_with_himself() -> None:
    assert [one.word for one in judge([30], [50])] == ["indistinguishable"]
    assert judge([], []) == () and judge([0], [0]) == ()
