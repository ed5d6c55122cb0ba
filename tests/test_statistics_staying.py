"""The chance of those that stayed as long, all stays at once: what the curve of each of them says."""

from __future__ import annotations

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.statistics import staying
from dashboard.statistics.staying import chances_after
from dashboard.statistics.survival import cumulative_incidence

visit = st.tuples(st.integers(-3, 12), st.integers(0, 20), st.sampled_from(["won", "lost", None]))


def told(stays: list[int], visits: list[tuple[int, int, str | None]], horizon: int) -> list[float | None]:
    """Ask for visits of (days stayed, days since, end)."""
    spent, since = (np.array([one[at] for one in visits], dtype=np.int64) for at in (0, 1))
    over, won = (
        np.array(found, dtype=np.bool_)
        for found in ([e is not None for *_, e in visits], [e == "won" for *_, e in visits])
    )
    found = chances_after(np.array(stays, dtype=np.int64), spent, since, over, won, horizon)
    return [None if np.isnan(one) else float(one) for one in found]


def test_five_visits_by_hand() -> None:
    """Stayed 5 or more: three, won 2 days later, lost 4, still there 6. Stayed 0 or more: five, two of them gone by day 3."""
    visits = [(1, 3, "lost"), (2, 3, "won"), (5, 7, "won"), (6, 9, "lost"), (11, 11, None)]
    assert told([5, 0, 12, 5], visits, 3) == pytest.approx([1 / 3, 1 / 5, None, 1 / 3])
    assert told([0], visits, 100) == pytest.approx([1 / 5 + 3 / 5 * 1 / 3])
    assert told([5], [], 3) == [None]


@examples(15)
@given(
    st.lists(visit, min_size=1, max_size=30), st.lists(st.integers(-3, 12), min_size=1, max_size=5), st.integers(1, 25)
)
def test_each_stay_has_the_curve_of_those_that_stayed_as_long(
    drawn: list[tuple[int, int, str | None]], stays: list[int], horizon: int
) -> None:
    visits = [(spent, spent + more, end) for spent, more, end in drawn]
    expected = []
    for stay in stays:
        kept = [(since - stay, end) for spent, since, end in visits if spent >= stay]
        curve = cumulative_incidence([day for day, _ in kept], [end for _, end in kept])
        expected.append(None if curve.last_day is None else curve.at("won", min(horizon, curve.last_day)))
    whole = told(stays, visits, horizon)
    assert whole == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staying, "CELLS", 1)
        assert told(stays, visits, horizon) == whole
