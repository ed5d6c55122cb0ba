"""The verdict on one of several: above, below, indistinguishable, or too few to say; and how many it would take.

The word is data: the page says it in the reader's language. Too few never gets a rank or a colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

from numpy.typing import ArrayLike

from dashboard.statistics.distributions import beyond
from dashboard.statistics.groups import benjamini_hochberg, counted
from dashboard.statistics.intervals import LEVEL, Interval, check_counts, wilson

Word = Literal["above", "below", "indistinguishable", "too_few"]
LEAST_COUNT = 20
DETECTION = 1.96 + 0.84  # the customary rounded quantiles: a level of 95 %, a power of 80 %


@dataclass(frozen=True)
class Verdict:
    """What can be said of one share against ``base``.

    ``p_value``: of the score test, corrected for being one of several; null when too few. ``detectable``: the difference
    (a share) that this many on each side would show four times in five. ``needed_count``: how many there must be on each
    side to show the difference seen, or to be judged at all when too few; null when it is shown or there is none.
    """

    word: Word
    share: float | None
    base: float
    interval: Interval | None
    p_value: float | None
    detectable: float | None
    needed_count: int | None


def detectable(base: float, count: float) -> float | None:
    """Return the difference of two shares near ``base`` that ``count`` deals on each side would show; None of nothing.

    ``2.80·√(2·p(1−p)/n)``: at 95 %, four times in five (Fleiss 1981). 100 a side at 0.63 show 19 points, 500 show 8.5.
    """
    if count <= 0:
        return None
    return DETECTION * (2 * base * (1 - base) / count) ** 0.5


def needed(base: float, difference: float) -> int | None:
    """Return how many deals on each side show a difference near ``base``; None for no difference."""
    if difference == 0:
        return None
    return ceil(2 * base * (1 - base) * (DETECTION / difference) ** 2)


def score_test(wins: float, count: float, base: float) -> float | None:
    """Return the two-sided p-value that the true share is ``base`` (Wilson 1927); None where nothing can differ.

    It is at most α exactly when the Wilson interval at 1−α does not hold ``base``.
    """
    check_counts(wins, count)
    if not count or not 0 < base < 1:
        return None
    z = abs(wins / count - base) / (base * (1 - base) / count) ** 0.5
    return float(beyond(z)[0])


def judge(
    wins: ArrayLike, counts: ArrayLike, *, base: float | None = None, level: float = LEVEL, least: int = LEAST_COUNT
) -> tuple[Verdict, ...]:
    """Judge each group against ``base``, by default the share of all of them, in the order given; () without deals.

    Groups under ``least`` are judged too few and take no part in the correction for several tests (Benjamini & Hochberg
    1995). One group alone is simply tested.
    """
    won, count = counted(wins, counts)
    if base is None:
        if not count.sum():
            return ()
        base = float(won.sum() / count.sum())
    tests = {at: score_test(won[at], count[at], base) for at in range(len(count)) if count[at] >= max(least, 1)}
    tested = [at for at, value in tests.items() if value is not None]
    corrected = dict(zip(tested, benjamini_hochberg([tests[at] for at in tested]), strict=True))
    return tuple(
        verdict(float(won[at]), float(count[at]), base, at in tests, corrected.get(at), level, least)
        for at in range(len(count))
    )


def verdict(
    wins: float, count: float, base: float, is_enough: bool, p_value: float | None, level: float, least: int
) -> Verdict:
    """Put one verdict together from the corrected p-value of its group."""
    share = wins / count if count else None
    word: Word = "indistinguishable" if is_enough else "too_few"
    if is_enough and share is not None and p_value is not None and p_value <= 1 - level:
        word = "above" if share > base else "below"
    wanted = {
        "too_few": least,
        "indistinguishable": None if share is None else needed(base, share - base),
    }.get(word)
    return Verdict(word, share, base, wilson(wins, count, level), p_value, detectable(base, count), wanted)
