"""Touches and speed of response against wins, without the mistake that deals which live longer collect more touches.

At the landmark day only deals still open are taken, by the touches they had *until* then, and what happens *after* it is
counted (Anderson, Cain & Gelber 1983; the mistake is the immortal-time bias of Suissa 2008). Beginnings count inside:
day 0 and the landmark day belong to the time before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import Floats, flags, floats, same_length
from dashboard.statistics.intervals import LEVEL, Interval, newcombe, wilson
from dashboard.statistics.survival import cumulative_incidence

TOUCH_BOUNDS = (0.0, 1.0, 2.0, 3.0, 5.0)
MINUTE_BOUNDS = (0.0, 5.0, 15.0, 60.0, 240.0, 1440.0)


@dataclass(frozen=True)
class LandmarkGroup:
    """Deals open at the landmark with ``low`` to below ``high`` touches (no upper end when null).

    ``share``: of them, those that ended so from the landmark until the horizon, null beyond what was watched.
    """

    low: float
    high: float | None
    count: int
    share: float | None
    interval: Interval | None


def landmark(
    days: ArrayLike,
    ends: Sequence[str | None],
    touch_days: Sequence[Sequence[float]],
    *,
    at: float,
    until: float,
    end: str,
    bounds: Sequence[float] = TOUCH_BOUNDS,
    level: float = LEVEL,
) -> tuple[LandmarkGroup, ...]:
    """Compare deals open at day ``at`` by their touches in [0, at]: the share that ended so by day ``until``, per group.

    ``days`` and ``ends`` as in ``cumulative_incidence``; ``touch_days``: the ages of each deal's touches. ``bounds``: where
    groups begin, ascending. Every group is there, also an empty one. Raises ValueError unless at < until.
    """
    if not 0 <= at < until:
        raise ValueError(f"the landmark {at} lies before the horizon {until}")
    age = floats(days)
    is_open = age > at
    touches = np.array([sum(0 <= day <= at for day in one) for one in touch_days], dtype=np.float64)
    same_length(age, touches)
    group = grouped(touches, bounds)
    found = []
    for number, (low, high) in enumerate(edges(bounds)):
        chosen = np.flatnonzero(is_open & (group == number))
        incidence = cumulative_incidence(age[chosen] - at, [ends[place] for place in chosen])
        found.append(
            LandmarkGroup(
                low, high, len(chosen), incidence.at(end, until - at), incidence.interval(end, until - at, level)
            )
        )
    return tuple(found)


def edges(bounds: Sequence[float]) -> list[tuple[float, float | None]]:
    """Return where each group begins and ends; the last has no end."""
    return list(zip(bounds, [*bounds[1:], None], strict=True))


def grouped(values: Floats, bounds: Sequence[float]) -> Floats:
    """Return the number of the group of each value; -1 below the first bound and for the unknown."""
    found = np.searchsorted(floats(bounds), values, side="right") - 1.0
    return np.where(np.isnan(values), -1.0, found)


@dataclass(frozen=True)
class Bucket:
    """Leads first answered after ``low`` to below ``high`` minutes; both null for those never answered.

    ``difference``: of its share to that of the first bucket that has leads, with its interval; null for that one.
    """

    low: float | None
    high: float | None
    count: int
    wins: int
    share: float | None
    interval: Interval | None
    difference: float | None
    difference_interval: Interval | None


def by_response(
    minutes: ArrayLike, is_won: ArrayLike, bounds: Sequence[float] = MINUTE_BOUNDS, level: float = LEVEL
) -> tuple[Bucket, ...]:
    """Compare the share won by how fast the first answer came; unknown minutes (null) are the unanswered, the last bucket.

    The curve of answers itself is ``kaplan_meier`` with the unanswered not over. Differences are Newcombe's (1998).
    """
    waited, won = floats(minutes), flags(is_won)
    same_length(waited, won)
    group = grouped(waited, bounds)
    ends: list[tuple[float | None, float | None]] = [*edges(bounds), (None, None)]
    counts = [won[group == number] for number in range(len(bounds))] + [won[np.isnan(waited)]]
    base = next((one for one in counts if len(one)), None)
    found = []
    for (low, high), one in zip(ends, counts, strict=True):
        wins, count = int(one.sum()), len(one)
        share = wins / count if count else None
        is_compared = base is not None and one is not base and share is not None
        found.append(
            Bucket(
                low=low,
                high=high,
                count=count,
                wins=wins,
                share=share,
                interval=wilson(wins, count, level),
                difference=share - float(base.mean()) if is_compared else None,
                difference_interval=newcombe(wins, count, int(base.sum()), len(base), level) if is_compared else None,
            )
        )
    return tuple(found)
