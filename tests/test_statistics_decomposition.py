"""Parts sum to the change; cohorts grow as the insurers' textbook says; drawing again is exactly repeatable."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.statistics import resampling
from dashboard.statistics.decomposition import lmdi, mix_and_rate, product, shapley, shapley_of_draws
from dashboard.statistics.maturity import chain_ladder, matured_share, ripe_day
from dashboard.statistics.resampling import SEED, resampled_sums, uniform
from dashboard.statistics.survival import cumulative_incidence

factor = st.floats(0, 1e4)
above_zero = st.floats(1e-3, 1e4)
segment = st.tuples(st.integers(0, 500), st.floats(-1e4, 1e6)).map(lambda one: (one[0], one[1] if one[0] else 0.0))
segments = st.dictionaries(st.sampled_from("abcdef"), segment, min_size=1)

TAYLOR_ASHE = """
357848 1124788 1735330 2218270 2745596 3319994 3466336 3606286 3833515 3901463
352118 1236139 2170033 3353322 3799067 4120063 4647867 4914039 5339085
290507 1292306 2218525 3235179 3985995 4132918 4628910 4909315
310608 1418858 2195047 3757447 4029929 4381982 4588268
443160 1136350 2128333 2897821 3402672 3873311
396132 1333217 2180715 2985752 3691712
440832 1288463 2419861 3483130
359480 1421128 2864498
376686 1363294
344014
"""


def named(values: list[float]) -> dict[str, float]:
    return {f"factor {number}": value for number, value in enumerate(values)}


@examples(100)
@given(st.integers(1, 5).flatmap(lambda n: st.tuples(*[st.lists(factor, min_size=n, max_size=n)] * 2)))
def test_the_parts_sum_to_the_change_and_are_the_mean_over_all_orders(given: tuple[list[float], list[float]]) -> None:
    before, after = named(given[0]), named(given[1])
    found = shapley(before, after)
    scale = max(1.0, product({name: max(before[name], after[name], 1.0) for name in before}))
    assert sum(found.values()) == pytest.approx(product(after) - product(before), abs=1e-9 * scale)
    orders = list(permutations(before))
    by_hand = dict.fromkeys(before, 0.0)
    for order in orders:
        state = dict(before)
        for name in order:
            worth = product(state)
            state[name] = after[name]
            by_hand[name] += (product(state) - worth) / len(orders)
    assert [found[name] for name in before] == pytest.approx(list(by_hand.values()), abs=1e-9 * scale)


def test_two_factors_by_hand() -> None:
    """10 × 2 to 12 × 3: 16 = 2 × 2.5 + 1 × 11."""
    assert shapley({"a": 10, "b": 2}, {"a": 12, "b": 3}) == {"a": 5, "b": 11}
    assert shapley({"a": 10, "b": 0}, {"b": 3, "a": 10}) == {"a": 0, "b": 30}
    assert shapley({"a": 1, "b": 5}, {"a": 2, "b": 5}, value=lambda each: each["a"] + each["b"]) == {"a": 1, "b": 0}


@pytest.mark.parametrize("names", ["", "abcdef"])
def test_no_factors_and_six_factors_are_refused(names: str) -> None:
    with pytest.raises(ValueError, match="factors"):
        shapley(dict.fromkeys(names, 1.0), dict.fromkeys(names, 2.0))
    with pytest.raises(ValueError, match="same factors"):
        shapley({"a": 1}, {"b": 1})


@examples(100)
@given(st.integers(1, 6).flatmap(lambda n: st.tuples(*[st.lists(above_zero, min_size=n, max_size=n)] * 2)))
def test_logarithmic_parts_sum_to_the_change_too(given: tuple[list[float], list[float]]) -> None:
    before, after = named(given[0]), named(given[1])
    found = lmdi(before, after)
    assert found is not None
    assert sum(found.values()) == pytest.approx(
        product(after) - product(before), rel=1e-6, abs=1e-9 * (product(after) + product(before))
    )


def test_a_logarithm_of_nothing_is_not_known() -> None:
    assert lmdi({"a": 0, "b": 2}, {"a": 1, "b": 2}) is None
    assert lmdi({"a": 5, "b": 2}, {"a": 5, "b": 2}) == {"a": 0, "b": 0}


@examples(100)
@given(segments, segments)
def test_mix_and_rate_sum_to_the_change_of_the_mean(before: dict, after: dict) -> None:
    found = mix_and_rate(before, after)
    if not sum(n for n, _ in before.values()) or not sum(n for n, _ in after.values()):
        assert found is None
        return
    assert found is not None
    assert found.rate + found.mix == pytest.approx(found.after - found.before, abs=1e-6)


def test_mix_and_rate_by_hand() -> None:
    """Halves at 10 and 30 become 3:1 at 12 and 30: mean 20 to 16.5; rate 0.625·2, mix 0.25·(11−18.25) − 0.25·(30−18.25)."""
    found = mix_and_rate({"a": (2, 20), "b": (2, 60)}, {"a": (3, 36), "b": (1, 30)})
    assert found is not None
    assert (found.before, found.after, found.rates, found.mixes) == (
        20,
        16.5,
        {"a": 1.25, "b": 0},
        {"a": -1.8125, "b": -2.9375},
    )
    assert found.is_reversed


def test_a_new_segment_is_all_mix() -> None:
    found = mix_and_rate({"a": (2, 20)}, {"a": (2, 20), "b": (2, 60)})
    assert found is not None
    assert (found.rate, found.mix, found.is_reversed) == (0, 10, False)


def test_berkeley_turns_round() -> None:
    """Every department better, the whole worse: shares 0.8 and 0.2, more of the hard one afterwards."""
    found = mix_and_rate({"easy": (80, 64), "hard": (20, 4)}, {"easy": (20, 17), "hard": (80, 20)})
    assert found is not None and found.is_reversed and found.rate > 0 > found.mix


def test_the_ladder_of_mack() -> None:
    """Taylor & Ashe's triangle as Mack 1993 has it: 18 680 856 to come, standard error 2 447 095."""
    table = [[float(one) for one in line.split()] for line in TAYLOR_ASHE.strip().splitlines()]
    found = chain_ladder(table)
    assert found is not None
    to_come = [ultimate - cohort[-1] for ultimate, cohort in zip(found.ultimates, table, strict=True) if ultimate]
    assert round(sum(to_come)) == 18_680_856
    assert [round(one) for one in to_come] == [0, 94634, 469511, 709638, 984889, 1419459, 2177641, 3920301, 4278972, 4625811]  # fmt: skip
    assert [round(one) for one in found.errors if one is not None] == [0, 75535, 121699, 133549, 261406, 411010, 558317, 875328, 971258, 1363155]  # fmt: skip
    assert round(found.total_error or 0) == 2_447_095


def test_ladders_too_small_for_an_error_or_for_anything() -> None:
    found = chain_ladder([[10, 20], [10]])
    assert found is not None
    assert (found.ultimates, found.errors, found.total_error) == ((20, 20), (None, None), None)
    assert chain_ladder([]) is None and chain_ladder([[0, 5], [0]]) is None
    with pytest.raises(ValueError, match="oldest"):
        chain_ladder([[1], [1, 2]])


def test_ripe_is_the_age_by_which_nineteen_of_twenty_have_come() -> None:
    found = cumulative_incidence(list(range(1, 21)), ["won"] * 20)
    assert (ripe_day(found, "won"), ripe_day(found, "won", 0.5), ripe_day(found, "lost")) == (19, 10, None)
    assert matured_share([10, 19, 30, None], 19) == pytest.approx(2 / 3)
    assert matured_share([], 19) is None


def test_drawing_again_repeats_itself_and_holds_the_sum() -> None:
    values = np.arange(50.0)
    first, second, other = (resampled_sums([[values]], seed=seed)[0][0] for seed in (1, 1, 2))
    assert (first == second).all()
    assert (first != other).any()
    low, high = np.quantile(first, [0.025, 0.975])
    assert low < values.sum() < high
    assert high - low == pytest.approx(2 * 1.96 * values.std() * 50**0.5, rel=0.15)


def test_sums_drawn_at_once_are_those_drawn_row_by_row(monkeypatch) -> None:
    monkeypatch.setattr(resampling, "BLOCK", 100)  # several draws a block, and the last one shorter
    samples = [[np.array([1.0, 0.0, 1.0]), np.array([10.0, 0.0, 30.5])], [np.arange(7.0) / 3]]
    found = resampled_sums(samples, draws=25)
    dice = uniform(SEED)
    for draw in range(25):
        for columns, sums in zip(samples, found, strict=True):
            places = (dice.random(len(columns[0])) * len(columns[0])).astype(int)
            assert [one[draw] for one in sums] == [float(column[places].sum()) for column in columns]


def test_sums_of_very_many_rows_are_drawn_as_the_normal_numbers_they_are(monkeypatch) -> None:
    won = np.tile([1.0, 0.0, 0.0, 1.0], 500)
    money = won * np.linspace(10, 90, 2000)
    plain = resampled_sums([[won, money]], draws=2000)[0]
    monkeypatch.setattr(resampling, "LARGE", 2000)
    normal = resampled_sums([[won, money]], draws=2000)[0]
    for one, other in zip(plain, normal, strict=True):
        assert np.quantile(one, [0.025, 0.975]) == pytest.approx(np.quantile(other, [0.025, 0.975]), rel=0.02)
    assert np.corrcoef(normal)[0, 1] == pytest.approx(np.corrcoef(plain)[0, 1], abs=0.05)


def test_the_changes_of_many_products_split_as_each_of_them_does() -> None:
    before = {"a": np.array([1.0, 4.0]), "b": np.array([2.0, 0.0]), "c": np.array([3.0, 5.0])}
    after = {"a": np.array([2.0, 1.0]), "b": np.array([7.0, 2.0]), "c": np.array([0.5, 6.0])}
    found = shapley_of_draws(before, after)
    for place in (0, 1):
        sides = ({name: float(side[name][place]) for name in "abc"} for side in (before, after))
        assert {name: float(found[name][place]) for name in "abc"} == pytest.approx(shapley(*sides))
