"""Refusals as a map: where which reason is given more often than chance, and who always gives the same one.

How reasons come with the age of a deal is ``survival.cumulative_incidence`` with the reasons as ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import known
from dashboard.statistics.distributions import beyond
from dashboard.statistics.groups import benjamini_hochberg

LEAST_EXPECTED = 5.0
LOUD = 3.0
DEFAULT_SHARE = 0.9
LEAST_COUNT = 20


@dataclass(frozen=True)
class Residual:
    """One cell of a table of stages by reasons.

    ``expected``: were rows and columns independent. ``residual``: how many standard deviations it is off, null where a
    whole row or column is one cell. ``p_value``: corrected over the cells with at least five expected, null for others.
    """

    row: int
    column: int
    count: float
    expected: float
    residual: float | None
    p_value: float | None
    is_loud: bool


def residuals(table: Sequence[Sequence[float]], level: float = 0.05) -> tuple[Residual, ...]:
    """Find what stands out in a table of counts: (O−E)/√(E(1−row)(1−column)), row by row (Haberman 1973).

    Loud is what is over three deviations off, has five or more expected, and stays below ``level`` after the correction
    for so many cells (Benjamini & Hochberg 1995). An empty table has no cells.
    """
    counts = np.array([known(row) for row in table])
    if not counts.size or not counts.sum():
        return ()
    total = counts.sum()
    rows, columns = counts.sum(axis=1, keepdims=True) / total, counts.sum(axis=0, keepdims=True) / total
    expected = rows * columns * total
    scale = np.sqrt(expected * (1 - rows) * (1 - columns))
    off = np.divide(counts - expected, scale, out=np.full(counts.shape, np.nan), where=scale > 0)
    tested = (expected >= LEAST_EXPECTED) & ~np.isnan(off)
    p_values = np.full(counts.shape, np.nan)
    p_values[tested] = benjamini_hochberg(beyond(off[tested]))
    return tuple(
        Residual(
            row=row,
            column=column,
            count=float(counts[row, column]),
            expected=float(expected[row, column]),
            residual=None if np.isnan(off[row, column]) else float(off[row, column]),
            p_value=float(p_values[row, column]) if tested[row, column] else None,
            is_loud=bool(tested[row, column] and abs(off[row, column]) > LOUD and p_values[row, column] <= level),
        )
        for row in range(counts.shape[0])
        for column in range(counts.shape[1])
    )


def entropy(counts: ArrayLike) -> float | None:
    """Return how varied the reasons are, in bits: −Σ p·log₂p (Shannon 1948). 0 for one reason only; None without any."""
    found = known(counts)
    found = found[found > 0]
    if not len(found):
        return None
    return max(0.0, -sum(float(one) * log2(float(one)) for one in found / found.sum()))


def default_reason(counts: ArrayLike, share: float = DEFAULT_SHARE, least: int = LEAST_COUNT) -> int | None:
    """Return the place of the reason given for at least ``share`` of the losses: a form being filled in, not an answer.

    None when there is no such reason, or fewer than ``least`` losses to tell.
    """
    found = known(counts)
    total = float(found.sum())
    if total < max(least, 1) or float(found.max()) < share * total:
        return None
    return int(found.argmax())
