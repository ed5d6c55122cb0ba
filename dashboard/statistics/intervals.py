"""How far chance alone may carry a share, a difference of shares, a mean, a median or a count.

All intervals are two-sided. Nothing observed gives None: there is no interval around an unknown number.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import known
from dashboard.statistics.distributions import normal_quantile

LEVEL = 0.95


class Interval(NamedTuple):
    """Both ends belong to it; the unit is that of the number it stands around."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Say whether a value lies inside."""
        return self.low <= value <= self.high


def standard(level: float = LEVEL) -> float:
    """Return the number of standard deviations that hold ``level`` of a normal distribution: 1.96 for 0.95."""
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    return normal_quantile((1 + level) / 2)


def check_counts(wins: float, count: float) -> None:
    """Raise ValueError unless ``wins`` of ``count`` can be."""
    if not 0 <= wins <= count:
        raise ValueError(f"{wins} of {count} cannot be")


def wilson(wins: float, count: float, level: float = LEVEL) -> Interval | None:
    """Return the score interval of a share, ``wins`` of ``count``; None of nothing.

    Its low end is exactly 0 for no wins and its high end exactly 1 for wins only. Sources: Wilson 1927; recommended
    over the textbook interval by Brown, Cai & DasGupta 2001.
    """
    check_counts(wins, count)
    if count == 0:
        return None
    z, share = standard(level), wins / count
    middle = share + z * z / (2 * count)
    reach = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    low = 0.0 if wins == 0 else (middle - reach) / scale
    return Interval(low, 1.0 if wins == count else (middle + reach) / scale)


def newcombe(wins: float, count: float, other_wins: float, other_count: float, level: float = LEVEL) -> Interval | None:
    """Return the interval of the difference of two independent shares, the first minus the other; None if one is of nothing.

    Hybrid score interval, method 10 of Newcombe 1998.
    """
    first, other = wilson(wins, count, level), wilson(other_wins, other_count, level)
    if first is None or other is None:
        return None
    a, b = wins / count, other_wins / other_count
    below = sqrt((a - first.low) ** 2 + (other.high - b) ** 2)
    above = sqrt((first.high - a) ** 2 + (b - other.low) ** 2)
    return Interval(max(-1.0, a - b - below), min(1.0, a - b + above))


def mean_interval(values: ArrayLike, level: float = LEVEL) -> Interval | None:
    """Return the interval of a mean by Student's t (Student 1908); None for fewer than two values.

    Checks are skewed: below some thirty values the interval of the median says more.
    """
    from scipy.special import stdtrit

    found = known(values)
    if len(found) < 2:
        return None
    reach = float(stdtrit(len(found) - 1, (1 + level) / 2)) * float(found.std(ddof=1)) / sqrt(len(found))
    return Interval(float(found.mean()) - reach, float(found.mean()) + reach)


def median_interval(values: ArrayLike, level: float = LEVEL) -> Interval | None:
    """Return the interval of a median between two of the values, at least at ``level``; None where too few can reach it.

    From the order statistics, free of any assumption about the distribution (Thompson 1936; Conover 1999, 3.2): six
    values are the fewest that can carry 95 %.
    """
    from scipy.special import bdtr

    found = np.sort(known(values))
    count = len(found)
    rank = int((bdtr(np.arange(count // 2), count, 0.5) <= (1 - level) / 2).sum())
    return Interval(float(found[rank - 1]), float(found[count - rank])) if rank else None


def poisson_interval(count: float, level: float = LEVEL) -> Interval:
    """Return the exact interval of the mean of a Poisson count (Garwood 1936): 0 … 3.69 when nothing was seen."""
    from scipy.special import chdtri

    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(chdtri(2 * count, 1 - tail)) / 2
    return Interval(low, float(chdtri(2 * (count + 1), tail)) / 2)


def byar_interval(count: float, level: float = LEVEL) -> Interval:
    """Return Byar's approximation of the same interval (Breslow & Day 1987, 2.13), within a hundredth of it from ten on."""
    z, above = standard(level), count + 1
    low = 0.0 if count == 0 else count * max(0.0, 1 - 1 / (9 * count) - z / (3 * sqrt(count))) ** 3
    return Interval(low, above * (1 - 1 / (9 * above) + z / (3 * sqrt(above))) ** 3)
