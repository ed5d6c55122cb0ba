"""Whether two periods differ by more than chance: counts, sums of amounts, lengths of time. Shares have ``newcombe``."""

from __future__ import annotations

from math import sqrt

from numpy.typing import ArrayLike

from dashboard.statistics.arrays import known
from dashboard.statistics.intervals import LEVEL, standard


def counts_apart(one: int, two: int, level: float = LEVEL) -> bool:
    """Tell whether two Poisson counts differ: of all cases together, one half each is expected.

    Source: Przyborowski and Wilenski, 1940, the conditional test.
    """
    from scipy.stats import binomtest  # takes a second to start, and few answers ask for it

    if one + two == 0:
        return False
    return bool(binomtest(one, one + two, 0.5).pvalue < 1 - level)


def sums_apart(one: ArrayLike, two: ArrayLike, level: float = LEVEL) -> bool:
    """Tell whether two sums of amounts differ, when both their number and their sizes are left to chance.

    A sum of a Poisson number of amounts varies by the sum of their squares (compound Poisson). One large deal among few
    widens that, and then nothing is news.
    """
    a, b = known(one), known(two)
    spread = sqrt(float((a**2).sum() + (b**2).sum()))
    return bool(abs(float(a.sum() - b.sum())) > standard(level) * spread)


def samples_apart(one: ArrayLike, two: ArrayLike, level: float = LEVEL) -> bool:
    """Tell whether values of one period tend to be larger than those of the other (Mann and Whitney, 1947)."""
    from scipy.stats import mannwhitneyu

    a, b = known(one), known(two)
    if min(a.size, b.size) == 0:
        return False
    return bool(mannwhitneyu(a, b).pvalue < 1 - level)
