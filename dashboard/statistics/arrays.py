"""Numbers in, arrays of float64 out: what every module here does first."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
MOST_BETWEEN = 1_000_000


def floats(values: ArrayLike) -> Floats:
    """Return a one-dimensional array of float64; None and null become NaN."""
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1:
        raise ValueError(f"a list of numbers is wanted, not {found.ndim} dimensions")
    return found


def known(values: ArrayLike) -> Floats:
    """Return the same where nothing may be unknown: what is, the caller leaves out and says so. Raises ValueError."""
    found = floats(values)
    if bool(np.isnan(found).any()):
        raise ValueError("an unknown number among the known; leave it out first, and say how many")
    return found


def flags(values: ArrayLike) -> Flags:
    """Return a one-dimensional array of yes and no."""
    return np.asarray(values, dtype=np.bool_).reshape(-1)


def same_length(*columns: NDArray) -> None:
    """Raise ValueError if the columns differ in length."""
    if len({len(column) for column in columns}) > 1:
        raise ValueError(f"columns of different length: {[len(column) for column in columns]}")


def few(values: Whole) -> tuple[Whole, Whole]:
    """Return the different ones of many whole numbers, ascending, and the place of each number among them.

    They are days, so that few lie between the first and the last: what is there is marked, and nothing is sorted.
    """
    first, last = int(values.min()), int(values.max())
    if last - first > MOST_BETWEEN:
        return np.unique(values, return_inverse=True)
    marks = np.zeros(last - first + 1, dtype=np.bool_)
    marks[values - first] = True
    return np.flatnonzero(marks) + first, (marks.cumsum() - 1)[values - first]
