"""How unevenly something is divided: the base among managers, revenue among clients."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import known


def gini(values: ArrayLike) -> float | None:
    """Return the Gini coefficient (Gini 1912): 0 when all have the same, (n−1)/n when one has all; None without anything.

    Values below zero are refused with ValueError: the coefficient means nothing there.
    """
    found = np.sort(known(values))
    if len(found) and found[0] < 0:
        raise ValueError("what is divided cannot be less than nothing")
    total, count = float(found.sum()), len(found)
    if not total:
        return None
    return float((2 * np.arange(1, count + 1) - count - 1) @ found) / (count * total)


def largest_to_smallest(values: ArrayLike) -> float | None:
    """Return how many times the largest exceeds the smallest; None without values or where the smallest has nothing."""
    found = known(values)
    if not len(found) or found.min() <= 0:
        return None
    return float(found.max() / found.min())


def top_share(values: ArrayLike, count: int = 1) -> float | None:
    """Return the share that the ``count`` largest have of all; None without anything."""
    found = np.sort(known(values))[::-1]
    total = float(found.sum())
    return float(found[:count].sum()) / total if total > 0 else None
