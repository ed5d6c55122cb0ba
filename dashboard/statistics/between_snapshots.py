"""How long something takes when it is only known between which two snapshots it happened.

Weekly exports tell that a deal moved after one and not later than the next. The most likely distribution then lives on a
few intervals only, and inside of them nothing is known: quantiles come as bounds (Turnbull 1976, JRSS B 38:290).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import Floats, floats, same_length
from dashboard.statistics.intervals import Interval

CLOSE_ENOUGH = 1e-10
MOST_ROUNDS = 20_000
FLAT = 1e-6
EXACT, RIGHT, OPEN = -1, 0, 1  # how ends sort at one day: a known moment begins, an interval ends, a later one begins


@dataclass(frozen=True, eq=False)
class Turnbull:
    """Where the lengths may lie: ``masses`` of them in (``lows``, ``highs``], ascending; the last may have no end (inf)."""

    lows: Floats
    highs: Floats
    masses: Floats

    def bounds(self, level: float) -> Interval | None:
        """Return between which lengths the quantile lies; None where it falls to what has not ended."""
        reached = np.flatnonzero(np.cumsum(self.masses) >= level - FLAT)
        if not len(reached) or not np.isfinite(self.highs[reached[0]]):
            return None
        return Interval(float(self.lows[reached[0]]), float(self.highs[reached[0]]))

    def within(self, length: float) -> Interval:
        """Return between which shares the part lies that is over by a length."""
        sure, maybe = self.highs <= length, (self.lows < length) | (self.highs <= length)
        return Interval(float(self.masses[sure].sum()), float(self.masses[maybe].sum()))


def turnbull(lows: ArrayLike, highs: ArrayLike) -> Turnbull | None:
    """Estimate the distribution of lengths of which row i lies in (low, high]; None without rows.

    Equal ends are an exact length; an infinite (or null) high has not ended. By self-consistency (the EM algorithm).
    Raises ValueError where an interval ends before it begins.
    """
    low, high = floats(lows), np.where(np.isnan(floats(highs)), np.inf, floats(highs))
    same_length(low, high)
    if not len(low):
        return None
    if bool(np.any(high < low)):
        raise ValueError("an interval ends before it begins")
    kinds, weights = np.unique(np.column_stack((low, high)), axis=0, return_counts=True)
    starts = [(one, EXACT if one == other else OPEN) for one, other in kinds]
    stops = [(other, RIGHT) for _, other in kinds]
    inner = innermost(starts, stops)
    member = np.array(
        [[start <= begin and end <= stop for begin, end in inner] for start, stop in zip(starts, stops, strict=True)],
        dtype=np.float64,
    )
    masses = self_consistent(member, weights / weights.sum())
    return Turnbull(np.array([begin[0] for begin, _ in inner]), np.array([end[0] for _, end in inner]), masses)


def sure_bounds(lows: ArrayLike, highs: ArrayLike, level: float) -> tuple[float | None, float | None]:
    """Return between which lengths the quantile of them surely lies, of which row i is in [low, high]; None where it has no end.

    The ⌈level·n⌉th of the lows and of the highs: making each length shorter or longer moves every quantile the same way. This
    holds whatever the lengths are and however their intervals came about, which Turnbull's estimate does not.
    """
    low, high = floats(lows), np.where(np.isnan(floats(highs)), np.inf, floats(highs))
    same_length(low, high)
    if not len(low):
        return None, None
    if bool(np.any(high < low)):
        raise ValueError("an interval ends before it begins")
    at = max(int(np.ceil(level * len(low) - FLAT)), 1) - 1
    least, most = float(np.sort(low)[at]), float(np.sort(high)[at])
    return least, most if np.isfinite(most) else None


End = tuple[float, int]


def innermost(starts: list[End], stops: list[End]) -> list[tuple[End, End]]:
    """Find the intervals that begin at some start, end at the next stop, and have no other end inside."""
    ends = sorted({(end, True) for end in starts} | {(end, False) for end in stops})
    return [
        (first, second) for (first, is_start), (second, is_start_too) in pairwise(ends) if is_start and not is_start_too
    ]


def self_consistent(member: Floats, weights: Floats) -> Floats:
    """Share the rows out among the intervals they may lie in, by the shares so far, until nothing moves."""
    masses = np.full(member.shape[1], 1 / member.shape[1])
    for _ in range(MOST_ROUNDS):
        seen = member * masses
        fresh = weights @ (seen / seen.sum(axis=1, keepdims=True))
        if float(np.abs(fresh - masses).max()) < CLOSE_ENOUGH:
            return fresh
        masses = fresh
    return masses
