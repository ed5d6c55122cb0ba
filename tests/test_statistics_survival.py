"""Shares by age: known by hand, equal to other libraries where they can do it, and always one whole."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from dashboard.analyses.dwell import quantiles
from dashboard.statistics.survival import Incidence, cumulative_incidence, kaplan_meier

row = st.tuples(st.integers(0, 60), st.sampled_from(["won", "lost", None]), st.integers(0, 60))
rows = st.lists(row, min_size=1, max_size=60)


def estimated(given: list[tuple[int, str | None, int]], *, is_delayed: bool = False) -> Incidence:
    entry = [min(day, start) for day, _, start in given] if is_delayed else None
    return cumulative_incidence([day for day, _, _ in given], [end for _, end, _ in given], entry)


def test_five_deals_by_hand() -> None:
    """Day 10: 1 of 5 won, 1 lost. Day 20: one still open leaves. Day 30: 1 of 2 won."""
    found = cumulative_incidence([10, 10, 20, 30, 40], ["won", "lost", None, "won", None])
    assert (found.at("won", 9), found.at("won", 10), found.at("won", 30)) == pytest.approx((0, 0.2, 0.5))
    assert (found.at("lost", 40), found.open_at(29), found.open_at(40)) == pytest.approx((0.2, 0.6, 0.3))
    assert found.at("won", 41) is None and found.open_at(41) is None
    assert (found.day_of("won", 0.4), found.day_of("won", 0.6)) == (30, None)
    assert (found.day_among("won", 0.5), found.over_by(0.5), found.over_by(0.9)) == (30, 30, None)
    assert found.at_risk.tolist() == [5, 2] and found.at("junk", 30) == 0


def test_delayed_entry_by_hand() -> None:
    """The second deal is seen from day 10 on, that day included: of one on day 5, of three on day 10."""
    found = cumulative_incidence([5, 10, 12, 10], ["lost", "won", "won", None], [0, 10, 8, 0])
    assert found.at_risk.tolist() == [2, 3, 1]
    assert (found.at("lost", 5), found.at("won", 10), found.at("won", 12)) == pytest.approx((1 / 2, 1 / 6, 1 / 2))


def test_nothing_is_known_before_the_first_was_watched_nor_of_bad_rows() -> None:
    found = cumulative_incidence([40, 50, -1, np.nan, 3], ["won", None, "won", "won", "won"], [30, 30, 0, 0, 5])
    assert (found.count, found.left_out_count, found.first_day) == (2, 3, 30)
    assert found.at("won", 29) is None and found.at("won", 40) == 0.5
    empty = cumulative_incidence([], [])
    assert empty.at("won", 0) is None and empty.over_by(0.5) is None and empty.day_among("won", 0.5) is None


def test_freireich_as_every_textbook_prints_it() -> None:
    """6-MP group of Freireich et al. 1963: S(6) .857, S(10) .753, S(16) .627, S(23) .448; median 23."""
    days = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = kaplan_meier(days, [True] * 9 + [False] * 12)
    assert [round(found.open_at(day) or 0, 3) for day in (6, 10, 16, 23)] == [0.857, 0.753, 0.627, 0.448]
    assert found.over_by(0.5) == 23
    assert [round(found.variance("over", day) ** 0.5, 4) for day in (6, 23)] == [0.0764, 0.1346]


@examples(100)
@given(rows, st.booleans())
def test_won_lost_and_open_are_one_whole_at_every_age(given: list, is_delayed: bool) -> None:
    found = estimated(given, is_delayed=is_delayed)
    total = sum(found.shares.values(), found.open_shares)
    assert total == pytest.approx(np.ones(len(found.days)), abs=1e-12)
    for curve in (*found.shares.values(), -found.open_shares):
        assert bool(np.all(np.diff(curve) >= 0)) and bool(np.all(np.abs(curve) <= 1 + 1e-12))


@examples(100)
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(given: list, dice) -> None:
    turned = list(given)
    dice.shuffle(turned)
    one, other = estimated(given, is_delayed=True), estimated(turned, is_delayed=True)
    assert one.open_shares.tolist() == other.open_shares.tolist()


@examples(100)
@given(rows)
def test_entry_at_zero_is_no_entry(given: list) -> None:
    days, ends = [day for day, _, _ in given], [end for _, end, _ in given]
    entered = cumulative_incidence(days, ends, [0] * len(days))
    assert entered.open_shares.tolist() == estimated(given).open_shares.tolist()


@examples(100)
@given(rows)
def test_wins_among_rivals_equal_statsmodels(given: list) -> None:
    kept = [(day + 1, end, 0) for day, end, _ in given]
    found = estimated(kept)
    status = np.array([{"won": 1, "lost": 2, None: 0}[end] for _, end, _ in kept])
    if not {1, 2} <= set(status.tolist()):
        return
    with np.errstate(all="ignore"):  # its standard errors divide by the deals left, also when none is
        theirs = CumIncidenceRight(np.array([float(day) for day, _, _ in kept]), status)
    for number, end in enumerate(("won", "lost")):
        ours = [found.at(end, day) for day in theirs.times]
        assert ours == pytest.approx(theirs.cinc[number], abs=1e-9)


@examples(100)
@given(rows)
def test_kaplan_meier_with_delayed_entry_equals_statsmodels(given: list) -> None:
    """Theirs is at risk after its entry, ours from it on: half a day earlier is the same on whole days."""
    kept = [(day + 1, end, min(start, day)) for day, end, start in given]
    days, entry = np.array([day for day, _, _ in kept], float), np.array([start for _, _, start in kept], float)
    over = np.array([end is not None for _, end, _ in kept])
    found = kaplan_meier(days, over, entry)
    theirs = SurvfuncRight(days, over, entry=entry - 0.5)
    seen = np.isin(theirs.surv_times, found.days)
    assert found.open_shares == pytest.approx(theirs.surv_prob[seen], abs=1e-9)


@examples(100)
@given(rows)
def test_with_one_end_the_variance_is_greenwoods(given: list) -> None:
    over = [end is not None for _, end, _ in given]
    found = kaplan_meier([day for day, _, _ in given], over)
    left = found.at_risk - found.ended.get("over", np.zeros(0))
    for place, day in enumerate(found.days):
        if left[: place + 1].min() > 0:
            parts = (found.ended["over"] / (found.at_risk * np.maximum(left, 1)))[: place + 1]
            assert found.variance("over", day) == pytest.approx(found.open_shares[place] ** 2 * parts.sum(), abs=1e-12)


@examples(100)
@given(rows, st.sampled_from([0.25, 0.5, 0.75, 0.9]))
def test_quantiles_are_those_of_the_funnel_page(given: list, level: float) -> None:
    over = [end is not None for _, end, _ in given]
    frame = pl.DataFrame({"stage": "x", "days": [float(day) for day, _, _ in given], "is_over": over})
    theirs = quantiles(frame, ["stage"], {"found": level}).item(0, "found")
    assert kaplan_meier([day for day, _, _ in given], over).over_by(level) == theirs


@examples(100)
@given(rows, st.integers(0, 60))
def test_intervals_hold_the_share_and_stay_inside(given: list, day: int) -> None:
    found = estimated(given, is_delayed=True)
    interval, share = found.interval("won", day), found.at("won", day)
    if interval is not None and share is not None:
        assert 0 <= interval.low <= share <= interval.high <= 1


def test_the_interval_holds_as_often_as_it_says() -> None:
    """A thousand companies of 150 deals, wins and losses at a rate of 1 and 2 per hundred days, watched for up to 60."""
    dice = np.random.Generator(np.random.PCG64(7))
    truth = (1 / 3) * (1 - np.exp(-0.03 * 40))
    held = 0
    for _ in range(1000):
        ended, watched = dice.exponential(1 / 0.03, 150), dice.uniform(20, 80, 150)
        kind = np.where(dice.random(150) < 1 / 3, "won", "lost")
        ends = [str(end) if day <= until else None for day, until, end in zip(ended, watched, kind, strict=True)]
        found = cumulative_incidence(np.minimum(ended, watched), ends).interval("won", 40)
        held += found is not None and found.holds(float(truth))
    assert 0.93 <= held / 1000 <= 0.97
