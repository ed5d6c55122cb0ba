"""Alarms of weekly numbers are few by chance: none where nothing varies, none made by the week itself, as many as are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtr

from dashboard.analyses.signals import Judged, judge, standing
from dashboard.analyses.weekly_series import WATCHED, Series
from dashboard.statistics.control import chance_beyond, chance_of_run, xmr
from dashboard.statistics.distributions import beyond_estimated

BY_NAME = {one.metric.name: one for one in WATCHED}


def of(values: Sequence[float], name: str = "leads", cases: Sequence[float] | None = None) -> Series:
    counted = [30.0] * len(values) if cases is None else cases
    return Series(BY_NAME[name], "", None, np.array(values, dtype=float), np.array(counted, dtype=float))


@examples(60)
@given(
    st.integers(13, 53),
    st.floats(0.01, 1e9),
    st.integers(1, 19),
    st.lists(st.integers(1, 40), min_size=13, max_size=53),
)
def test_what_does_not_vary_never_signals(weeks: int, amount: float, wins: int, times: list[int]) -> None:
    same = [of([amount] * weeks, "revenue"), of([float(round(amount))] * weeks)]
    same.append(
        of([float(wins * n) for n in times], "win_rate", [20.0 * n for n in times])
    )  # a share of ever other counts
    for one in same:
        judged = judge(one)
        assert judged is None or (not judged.is_crossing and judged.point.run == 0)


@examples(60)
@given(st.lists(st.integers(0, 200), min_size=13, max_size=53), st.integers(0, 10_000), st.randoms())
def test_limits_are_those_of_the_weeks_before(counts: list[int], last: int, dice: Any) -> None:
    """However wild a week is, it does not widen its own limits; and the centre does not know the order of the weeks."""
    judged, wild = judge(of(counts)), judge(of([*counts[:-1], last]))
    assert judged is not None and wild is not None
    assert (judged.centre, judged.point.low, judged.point.high) == (wild.centre, wild.point.low, wild.point.high)
    mixed = counts[:-1]
    dice.shuffle(mixed)
    other = judge(of([*mixed, last]))
    assert other is not None and other.centre == pytest.approx(wild.centre)


@pytest.mark.parametrize("degrees", [*range(1, 12), 31, 200])
def test_the_tails_of_student_are_those_of_scipy(degrees: int) -> None:
    for deviation in (0.0, 0.1, 1.0, -2.5, 3.0, 5.0, 40.0):
        known = 2 * float(stdtr(degrees, -abs(deviation)))
        assert beyond_estimated(deviation, degrees) == pytest.approx(known, rel=1e-6, abs=1e-13)


@pytest.mark.parametrize("weeks", [12, 26, 52])
def test_limits_of_few_weeks_are_passed_by_chance_as_often_as_said(weeks: int) -> None:
    """Never oftener; and not half as often."""
    values = np.random.default_rng(weeks).normal(100, 10, (60_000, weeks + 1))
    before = values[:, :-1]
    sigmas = np.abs(np.diff(before, axis=1)).mean(axis=1) / 1.128
    beyond = np.mean(np.abs(values[:, -1] - before.mean(axis=1)) > 3 * sigmas)
    assert 0.7 < beyond / chance_beyond(3, weeks) < 1.05
    chart = xmr(values[0], base=weeks)
    assert chart is not None and chart.points[-1].deviation == pytest.approx(
        (values[0, -1] - before[0].mean()) / sigmas[0]
    )
    assert chance_beyond(3, 10_000) == pytest.approx(0.0027, abs=1e-4) and chance_of_run(8) == 1 / 128


def test_pure_chance_seldom_tells_a_signal_and_crosses_as_often_as_said() -> None:
    dice = np.random.default_rng(5)
    told, crossed, expected = 0, 0, 0.0
    for _ in range(60):
        parts = [replace(of(dice.poisson(60, 27).tolist()), by="channel", name=str(n)) for n in range(40)]
        judged = [one for part in parts if isinstance(one := judge(part), Judged)]
        told += bool(standing(judged))
        crossed += sum(one.is_crossing for one in judged)
        expected += sum(one.by_chance for one in judged)
    assert told <= 12  # one digest in ten, were the normal law exact
    assert crossed > 20 and 0.6 < crossed / expected < 1.5
