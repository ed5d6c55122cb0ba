"""The chain of stages, the map of refusals, and how unevenly things are divided."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import Table

from dashboard.statistics.chain import chain, draws, gradient, what_if, with_step, work_in_progress
from dashboard.statistics.concentration import gini, largest_to_smallest, top_share
from dashboard.statistics.refusals import default_reason, entropy, residuals

STAGES, ENDS = ("new", "talk", "offer"), ("won", "lost")
MOVES = {
    ("new", "talk"): 80,
    ("new", "lost"): 20,
    ("talk", "offer"): 40,
    ("talk", "lost"): 30,
    ("talk", "new"): 10,
    ("offer", "won"): 30,
    ("offer", "lost"): 10,
}
way = st.tuples(st.lists(st.sampled_from(STAGES[1:]), max_size=6), st.sampled_from(ENDS)).map(
    lambda one: ["new", *one[0], one[1]]
)
ways = st.lists(way, min_size=1, max_size=40)


def moved(given: list[list[str]]) -> Counter:
    return Counter(step for each in given for step in pairwise(each) if step[0] != step[1])


def test_three_stages_by_hand() -> None:
    """x = .8y, y = .5·.75 + .125x: y = .375/.9."""
    found = chain(MOVES, STAGES, ENDS)
    assert [found.chance(stage, "won") for stage in STAGES] == pytest.approx([0.8 * 0.375 / 0.9, 0.375 / 0.9, 0.75])
    assert found.absorbed().sum(axis=1) == pytest.approx([1, 1, 1])
    assert found.visits()[0, 0] == pytest.approx(1 / 0.9)


@examples(100)
@given(ways)
def test_without_open_deals_the_chance_is_the_share_that_won(given: list[list[str]]) -> None:
    found = chain(moved(given), STAGES, ENDS)
    assert found.chance("new", "won") == pytest.approx(sum(each[-1] == "won" for each in given) / len(given))
    assert found.absorbed()[0].sum() == pytest.approx(1)


@examples(100)
@given(ways, st.floats(0, 1))
def test_a_better_step_is_worth_what_the_gradient_says(given: list[list[str]], share: float) -> None:
    found = chain(moved(given), STAGES, ENDS)
    old = float(found.steps[0, 1])
    assume(0.01 < old < 0.99)
    slope, width = gradient(found, "new", "won", "new", "talk"), 1e-6
    ahead = what_if(found, "new", "won", "new", "talk", old + width)
    behind = what_if(found, "new", "won", "new", "talk", old - width)
    assert (ahead - behind) / (2 * width) == pytest.approx(slope, abs=1e-5)
    assert what_if(found, "new", "won", "new", "talk", old) == pytest.approx(0, abs=1e-12)
    changed = with_step(found, "new", "talk", share)
    assert changed.steps.sum(axis=1) == pytest.approx([1, 1, 1])
    assert changed.steps[0, 1] == share


def test_raising_one_step_by_hand() -> None:
    """From .5 to .6 of the moves out of "talk": loss .375 and return .125 shrink by a fifth."""
    found = with_step(chain(MOVES, STAGES, ENDS), "talk", "offer", 0.6)
    assert found.steps[1].tolist() == pytest.approx([0.1, 0, 0.6, 0, 0.3, 0])
    assert what_if(chain(MOVES, STAGES, ENDS), "new", "won", "talk", "offer", 0.6) == pytest.approx(
        0.8 * 0.45 / 0.92 - 0.8 * 0.375 / 0.9
    )
    with pytest.raises(ValueError, match="of the moves"):
        with_step(found, "talk", "offer", 1.2)


def test_a_stage_that_nobody_left_makes_the_chance_a_floor() -> None:
    found = chain({("new", "talk"): 1, ("new", "won"): 1}, STAGES, ENDS)
    assert [found.chance("new", end) for end in found.ends] == pytest.approx([0.5, 0, 0.5])
    assert found.chance("offer", "unknown") == 1
    going_round = chain({("new", "talk"): 5, ("talk", "new"): 5}, STAGES, ENDS)
    assert going_round.chance("new", "unknown") == 1
    assert chain({}, STAGES, ENDS).chance("new", "won") == 0
    with pytest.raises(ValueError, match="no such move"):
        chain({("new", "sold"): 1}, STAGES, ENDS)


def test_drawn_chains_repeat_and_lie_around_the_counted_one() -> None:
    first, second = ([one.chance("new", "won") for one in draws(MOVES, STAGES, ENDS, 300, seed)] for seed in (5, 5))
    assert first == second
    assert np.quantile(first, 0.1) < chain(MOVES, STAGES, ENDS).chance("new", "won") < np.quantile(first, 0.9)
    assert float(np.mean(first)) == pytest.approx(1 / 3, abs=0.02)
    assert all(one.steps.sum(axis=1) == pytest.approx([1, 1, 1]) for one in draws(MOVES, STAGES, ENDS, 5, 1))


def test_little() -> None:
    assert work_in_progress(3, 20) == 60


tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 60), min_size=width, max_size=width), min_size=1, max_size=5)
)


@examples(100)
@given(tables)
def test_residuals_are_those_of_statsmodels(table: list[list[int]]) -> None:
    found = residuals(table)
    counts = np.array(table)
    if not counts.sum():
        assert found == ()
        return
    assert sum(one.expected for one in found) == pytest.approx(counts.sum())
    if counts.sum(axis=0).all() and counts.sum(axis=1).all() and min(counts.shape) > 1:
        theirs = Table(counts, shift_zeros=False).standardized_resids
        assert [one.residual for one in found] == pytest.approx(theirs.ravel().tolist(), abs=1e-9)
    assert all(one.expected >= 5 and one.residual is not None for one in found if one.p_value is not None)


def test_one_loud_cell_by_hand() -> None:
    """80/20 against 20/80: E 50 everywhere, (80−50)/√(50·½·½) = 8.49; of three refusals nothing is loud."""
    found = residuals([[80, 20], [20, 80]])
    assert [one.residual for one in found] == pytest.approx(
        [30 / 12.5**0.5, -30 / 12.5**0.5] * 1 + [-30 / 12.5**0.5, 30 / 12.5**0.5]
    )
    assert all(one.is_loud for one in found)
    assert not any(one.is_loud for one in residuals([[3, 0], [0, 3]]))
    assert residuals([]) == () and [one.residual for one in residuals([[4, 5]])] == [None, None]


@examples(100)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=8))
def test_entropy_is_between_one_reason_and_all_alike(counts: list[int]) -> None:
    found = entropy(counts)
    if not sum(counts):
        assert found is None
        return
    assert found is not None
    assert 0 <= found <= np.log2(len(counts)) + 1e-12
    assert entropy([7] * len(counts)) == pytest.approx(np.log2(len(counts)))


def test_one_reason_for_everything() -> None:
    assert entropy([40, 0]) == 0 and entropy([1, 1]) == 1 and entropy([2, 1, 1]) == 1.5
    assert default_reason([1, 36, 3]) == 1
    assert default_reason([1, 35, 4]) is None
    assert default_reason([19]) is None and default_reason([20]) == 0 and default_reason([]) is None


@examples(100)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_gini_is_half_the_mean_difference_over_the_mean(values: list[float]) -> None:
    found, total = gini(values), float(np.sum(values))
    if not total:
        assert found is None
        return
    by_pairs = float(np.abs(np.subtract.outer(values, values)).sum()) / (2 * len(values) * total)
    assert found == pytest.approx(by_pairs, abs=1e-9)


def test_an_uneven_base() -> None:
    assert gini([5, 5, 5]) == 0 and gini([0, 0, 9]) == pytest.approx(2 / 3) and gini([]) is None
    assert largest_to_smallest([100, 10, 40]) == 10 and largest_to_smallest([3, 0]) is None
    assert top_share([70, 20, 10]) == 0.7 and top_share([70, 20, 10], 2) == pytest.approx(0.9) and top_share([]) is None
    with pytest.raises(ValueError, match="less than nothing"):
        gini([-1, 2])
