"""Touches and answers, purchase gaps, forecasts and their scores, charts, and histories made of snapshots."""

from __future__ import annotations

from math import exp, inf, log

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dashboard.statistics.between_snapshots import turnbull
from dashboard.statistics.concentration import gini
from dashboard.statistics.control import p_prime, xmr
from dashboard.statistics.forecast import chance_within, simulate
from dashboard.statistics.gaps import mean_gap, overdue, personal_gap, segment_gap, strength_of, waiting_curve
from dashboard.statistics.intervals import mean_interval
from dashboard.statistics.landmark import by_response, landmark
from dashboard.statistics.refusals import entropy
from dashboard.statistics.scoring import brier, calibration, coverage, pinball, skill
from dashboard.statistics.survival import cumulative_incidence, kaplan_meier


def test_at_the_landmark_only_what_is_open_and_what_was_before_counts() -> None:
    """Landmark 10, horizon 30. Closed by day 10: out. Touches after day 10: not counted. None, one, two touches."""
    days = [5, 10, 20, 30, 40, 25, 50]
    ends = ["won", "won", "won", "lost", None, "won", None]
    touches = [[1], [1], [11, 12], [10], [3], [2, 9, 20], []]
    found = landmark(days, ends, touches, at=10, until=30, end="won", bounds=(0, 1, 2))
    assert [(one.low, one.high, one.count, one.share) for one in found] == [
        (0, 1, 2, 0.5),
        (1, 2, 2, 0),
        (2, None, 1, 1),
    ]
    with pytest.raises(ValueError, match="landmark"):
        landmark(days, ends, touches, at=30, until=30, end="won")


def test_touches_that_do_nothing_show_nothing_at_the_landmark() -> None:
    """A touch every five days for all, wins by chance: the naive table says that touches win, the landmark does not."""
    dice = np.random.Generator(np.random.PCG64(11))
    ended, kind = dice.exponential(30, 4000), np.where(dice.random(4000) < 0.5, "won", "lost").tolist()
    touches = [[day for day in dice.uniform(0, 120, 12) if day <= end] for end in ended]
    found = landmark(ended, kind, touches, at=15, until=60, end="won", bounds=(0, 1, 2, 3))
    shares = [one.share for one in found if one.count > 100]
    assert max(shares) - min(shares) < 0.12
    many = np.array([len(one) for one in touches]) >= 5
    assert (ended[many].mean() - ended[~many].mean()) > 25


def test_buckets_of_response_by_hand() -> None:
    found = by_response([1, 4, 5, None, 59, 60], [True, False, True, False, False, True], bounds=(0, 5, 60))
    rows = [(one.low, one.high, one.count, one.wins, one.share, one.difference) for one in found]
    assert rows == [
        (0, 5, 2, 1, 0.5, None),
        (5, 60, 2, 1, 0.5, 0),
        (60, None, 1, 1, 1, 0.5),
        (None, None, 1, 0, 0, -0.5),
    ]
    interval = found[3].difference_interval
    assert interval is not None and interval.low < -0.5 < interval.high
    assert [one.share for one in by_response([], [], bounds=(0,))] == [None, None]


def test_answers_with_the_unanswered_kept() -> None:
    found = kaplan_meier([3, 10, 40, 90], [True, True, False, False])
    assert (found.at("over", 5), found.at("over", 15), found.at("over", 60)) == (0.25, 0.5, 0.5)


def test_a_gap_leans_on_its_segment() -> None:
    """Gaps 10 and 40 have the middle 20; with strength 2 towards 80 half way on the logarithm: 40."""
    assert personal_gap([10, 40], 80, strength=2) == pytest.approx(40)
    assert personal_gap([], 80) == 80 and personal_gap([0], 80) == 80
    assert personal_gap([10, 40], 80, strength=0) == pytest.approx(20)
    assert personal_gap([10, 40], 80, strength=inf) == pytest.approx(80)
    assert mean_gap([10, 0, 40]) == 25 and mean_gap([]) is None
    with pytest.raises(ValueError, match="shrunk"):
        personal_gap([10], 0)


@examples(100)
@given(st.lists(st.floats(0.1, 1e4), min_size=1, max_size=10), st.floats(0.1, 1e4), st.floats(0, 50))
def test_a_personal_gap_lies_between_ones_own_and_the_segment(
    gaps: list[float], segment: float, strength: float
) -> None:
    own = exp(sum(map(log, gaps)) / len(gaps))
    low, high = sorted((own, segment))
    assert low * (1 - 1e-9) <= personal_gap(gaps, segment, strength) <= high * (1 + 1e-9)


def test_a_segment_with_its_open_gaps_is_longer() -> None:
    assert segment_gap([10, 20, 30], [True, True, True]) == 20
    assert segment_gap([10, 20, 30, 90, 90], [True, True, True, False, False]) == 30
    assert segment_gap([10, 90, 90], [True, False, False]) is None


def test_how_much_own_gaps_weigh() -> None:
    assert strength_of([[10, 20]]) is None and strength_of([[10], [20]]) is None
    assert strength_of([[10, 20], [20, 10]]) == inf
    close, apart = strength_of([[10, 11], [100, 110]]), strength_of([[10, 30], [20, 60]])
    assert close is not None and apart is not None and close < 0.01 < apart


def test_overdue_is_the_share_of_waits_that_last_so_long() -> None:
    curve = waiting_curve([10, 20, 30, 20], [True, True, True, False], [10, 10, 20, 10])
    assert overdue(curve, 9, 10) == 1 and overdue(curve, 10, 10) == 0.75
    assert overdue(curve, 30, 20) == 0.5
    assert overdue(curve, 61, 30) is None


def test_the_chance_of_a_deal_of_an_age() -> None:
    """Of five won on day 10, 20, 30 and lost on 20, one open at 40: at 15 four are left, and two of them win by 30."""
    found = cumulative_incidence([10, 20, 20, 30, 40], ["won", "won", "lost", "won", None])
    assert chance_within(found, "won", 15, 15) == pytest.approx(0.5)
    assert chance_within(found, "won", 15, 30) is None
    over = cumulative_incidence([10, 20], ["won", "lost"])
    assert chance_within(over, "won", 25, 10) is None


@examples(30)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1e6)), max_size=12), st.randoms(use_true_random=False))
def test_a_forecast_repeats_itself_in_any_order(deals: list[tuple[float, float]], dice) -> None:
    turned = list(deals)
    dice.shuffle(turned)
    one, other = (
        simulate([c for c, _ in each], [a for _, a in each], new_wins=2, new_amounts=[5, 7], draws=200)
        for each in (deals, turned)
    )
    assert (one.p10, one.p50, one.p90) == (other.p10, other.p50, other.p90)
    assert one.p10 <= one.p50 <= one.p90
    assert one.p90 <= sum(amount for _, amount in deals) + 200


def test_the_forecast_to_the_last_digit() -> None:
    """Seeded: the same on every machine. A coin for 100 and one for 300, and a plan of 300 that one of two reaches."""
    found = simulate([0.5, 0.5], [100, 300], plan=300)
    assert (found.p10, found.p90, found.expected) == (0, 400, 200)
    assert found.plan_chance == 0.5018
    wide = simulate([0.5] * 20, [100] * 20, ratios=[0.8, 1.0], new_wins=3, new_amounts=[50, 150], plan=1500)
    assert wide.expected == pytest.approx(1200)
    assert [round(one, 6) for one in (wide.p10, wide.p50, wide.p90)] == [860, 1190, 1561]
    assert wide.plan_chance == 0.1444


def test_the_forecast_is_the_binomial_it_draws() -> None:
    found = simulate([0.3] * 40, [1] * 40, draws=20_000)
    assert [found.p10, found.p50, found.p90] == stats.binom.ppf([0.1, 0.5, 0.9], 40, 0.3).tolist()
    new = simulate([], [], new_wins=9, new_amounts=[1], draws=20_000)
    assert [new.p10, new.p50, new.p90] == stats.poisson.ppf([0.1, 0.5, 0.9], 9).tolist()
    assert simulate([], []).p90 == 0
    with pytest.raises(ValueError, match="between 0 and 1"):
        simulate([1.2], [5])


def test_scores_by_hand() -> None:
    assert brier([0.9, 0.2], [True, False]) == pytest.approx((0.01 + 0.04) / 2) and brier([], []) is None
    assert skill(0.1, 0.25) == pytest.approx(0.6) and skill(None, 0.25) is None and skill(0.1, 0.0) is None
    assert pinball([10, 10], [20, 5], 0.9) == pytest.approx((9 + 0.5) / 2) and pinball([], [], 0.9) is None
    found = coverage([0, 0, 5], [10, 10, 9], [10, 11, 7])
    assert found is not None and (found.inside_count, found.count) == (2, 3) and coverage([], [], []) is None
    bins = calibration([0.05, 0.08, 1.0], [False, True, True])
    assert [(one.mean_chance, one.share, one.count) for one in bins] == [(pytest.approx(0.065), 0.5, 2), (1, 1, 1)]


@examples(100)
@given(st.lists(st.floats(0, 100), min_size=2, max_size=30), st.sampled_from([0.1, 0.5, 0.9]))
def test_the_pinball_is_least_at_the_quantile(values: list[float], level: float) -> None:
    at = float(np.quantile(values, level, method="inverted_cdf"))
    best = pinball([at] * len(values), values, level)
    assert best is not None
    for other in values:
        loss = pinball([other] * len(values), values, level)
        assert loss is not None and best <= loss + 1e-9


def test_single_values_by_hand() -> None:
    """Differences 2, 2, 2, 14 have the mean 5: limits 13.6 ± 2.66·5."""
    found = xmr([10, 12, 10, 12, 26])
    assert found is not None
    point = found.points[-1]
    assert (found.centre, point.low, point.high) == (14, pytest.approx(14 - 15 / 1.128), pytest.approx(14 + 15 / 1.128))
    assert xmr([5]) is None
    based = xmr([10, 12, 10, 12, 26], base=4)
    assert based is not None and [one.is_beyond for one in based.points] == [False] * 4 + [True]


def test_an_unknown_week_has_no_point_and_changes_nothing() -> None:
    whole, gap = xmr([10, 12, 10, 26]), xmr([10, 12, None, 10, 26])
    assert whole is not None and gap is not None
    assert [point for point in gap.points if point.value is not None] == list(whole.points)
    assert gap.points[2].low is None


@pytest.mark.parametrize("ask", [gini, mean_interval, entropy, lambda values: brier(values, [True, True])])
def test_the_unknown_among_the_known_is_refused(ask) -> None:
    with pytest.raises(ValueError, match="leave it out"):
        ask([0.5, None])


def test_eight_on_one_side_signal_and_seven_do_not() -> None:
    found = xmr([4, 6, 4, 6, *[5.5] * 8], base=4)
    assert found is not None
    assert [one.is_run for one in found.points] == [False] * 10 + [True, True]
    broken = xmr([4, 6, 4, 6, *[5.5] * 6, 5, 5.5], base=4)
    assert broken is not None and not any(one.is_run for one in broken.points)


def test_weeks_of_few_have_no_point_and_break_no_run() -> None:
    found = p_prime([40, 60, 1, 50], [100, 100, 5, 100])
    assert found is not None
    assert [one.value for one in found.points] == [0.4, 0.6, None, 0.5]
    assert found.centre == 0.5 and not any(one.is_beyond or one.is_run for one in found.points)
    assert p_prime([5, 5], [10, 10]) is None and p_prime([30, 30], [30, 30]) is None


def test_laney_by_hand() -> None:
    """σ_p .05 at n 100: z −2, 2, 0, moving range 3; σ_z 3/1.128, limits .5 ± 3·.05·σ_z."""
    found = p_prime([40, 60, 50], [100, 100, 100])
    assert found is not None
    assert found.points[0].high == pytest.approx(0.5 + 0.15 * 3 / 1.128)


def test_pure_chance_seldom_rings() -> None:
    dice = np.random.Generator(np.random.PCG64(3))
    counts = dice.integers(30, 300, 400)
    found = p_prime(dice.binomial(counts, 0.3), counts)
    assert found is not None
    assert sum(one.is_beyond or one.is_run for one in found.points) < 12


def test_between_snapshots_by_hand() -> None:
    """Peto's reasoning: (0, 7] twice, (7, 14] once, one not over after 14: half in the first week, a quarter in the next."""
    found = turnbull([0, 0, 7, 14], [7, 7, 14, None])
    assert found is not None
    assert found.masses == pytest.approx([0.5, 0.25, 0.25])
    assert (found.bounds(0.5), found.bounds(0.75), found.bounds(0.9)) == ((0, 7), (7, 14), None)
    assert found.within(7) == (pytest.approx(0.5), pytest.approx(0.5))
    assert found.within(10) == (pytest.approx(0.5), pytest.approx(0.75))
    assert turnbull([], []) is None
    with pytest.raises(ValueError, match="ends before"):
        turnbull([3], [2])


def test_overlapping_intervals_meet_in_the_middle() -> None:
    found = turnbull([0, 5], [7, 14])
    assert found is not None
    assert (found.lows.tolist(), found.highs.tolist()) == ([5], [7])


@examples(50)
@given(st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=15))
def test_with_exact_lengths_it_is_kaplan_meier(given: list[tuple[int, bool]]) -> None:
    days, over = [day for day, _ in given], [end for _, end in given]
    found = turnbull(days, [day if end else inf for day, end in given])
    curve = kaplan_meier(days, over)
    assert found is not None
    assert found.masses.sum() == pytest.approx(1)
    for day in curve.days:
        assert found.within(float(day)).low == pytest.approx(curve.at("over", float(day)), abs=1e-6)


@examples(30)
@given(st.lists(st.floats(0.1, 60), min_size=1, max_size=30))
def test_weekly_snapshots_hold_the_true_median(lengths: list[float]) -> None:
    found = turnbull([7 * (day // 7) for day in lengths], [7 * (day // 7) + 7 for day in lengths])
    assert found is not None
    bounds, exact = found.bounds(0.5), sorted(lengths)[(len(lengths) - 1) // 2]
    assert bounds is not None and bounds.low <= exact <= bounds.high
