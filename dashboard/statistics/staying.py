"""How likely what has stayed so long ends in a way soon: the curve of those that stayed as long, for many stays at once.

For each stay this is ``incidence_of`` of the visits at least as long, by the days since it was reached, read off at the horizon.
Visits are counted by day, so that millions of them cost as much as thousands.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.statistics.arrays import MOST_BETWEEN, Flags, Floats, Whole, few

CELLS = 1_000_000
"""Stays times days that are looked at together: some 50 MB."""
Days = NDArray[np.signedinteger]
WAYS = 3
"""A visit is not over, over in another way, or in the one that is asked for."""


def chances_after(
    stays: Whole, spent: Days, since: Days, is_over: Flags, is_end: Flags, horizon: int
) -> NDArray[np.float64]:
    """Return for each of ``stays`` the chance of the end within the horizon, or within as much of it as was ever watched.

    Of each visit: ``spent``, the days it stayed; ``since``, the days from its beginning until it was over or, where it is not
    (``is_over``), until now, not less than it stayed; ``is_end``, whether it was over, and in the way that is asked for. Null (NaN)
    for a stay that no visit reached.
    """
    if not len(since) or not len(stays):
        return np.full(len(stays), np.nan)
    asked, place = few(-stays)
    found = np.full(len(asked), np.nan)
    first, days = int(since.min()), int(since.max()) - int(since.min()) + 1
    # A visit counts for the longest stay it reached, and for all shorter ones.
    rows, ways = reached_by(asked, spent), is_over.astype(np.int8) + is_end
    step = max(1, CELLS // days)
    before = np.zeros((3, days))
    for start in range(0, len(asked), step):
        block = slice(start, start + step)
        shape = (len(asked[block]), days, WAYS)
        is_here = (rows >= start) & (rows < start + shape[0])
        cells = ((rows[is_here] - start) * days + since[is_here] - first) * WAYS + ways[is_here]
        by_way = np.bincount(cells, minlength=shape[0] * days * WAYS).reshape(shape).cumsum(axis=0)
        ended = by_way[:, :, 2]
        over = by_way[:, :, 1] + ended
        counts = [one + earlier for one, earlier in zip((by_way[:, :, 0] + over, over, ended), before, strict=True)]
        before = np.array([one[-1] for one in counts])
        found[block] = read_off(-asked[block] - first, *counts, horizon)
    return found[place]


def reached_by(asked: Whole, spent: Days) -> Whole:
    """Find the place of the longest stay (``asked``: stays with a minus, ascending) that each visit reached; looked up by day."""
    least, most = int(spent.min()), int(spent.max())
    if most - least > MOST_BETWEEN:
        return np.searchsorted(asked, -spent, side="left")
    return np.searchsorted(asked, -np.arange(least, most + 1), side="left")[spent - least]


def read_off(begins: Whole, seen: Floats, over: Floats, ended: Floats, horizon: int) -> Floats:
    """Return the cumulative incidence of the end at the horizon: a row per stay, which is reached in the column ``begins``."""
    columns = np.arange(seen.shape[1])
    is_later = columns >= begins[:, None]
    seen, over, ended = seen * is_later, over * is_later, ended * is_later
    risk = seen[:, ::-1].cumsum(axis=1)[:, ::-1]
    kept = 1.0 - np.divide(over, risk, out=np.zeros_like(risk), where=risk > 0)
    before = np.concatenate([np.ones((len(seen), 1)), kept.cumprod(axis=1)[:, :-1]], axis=1)
    shares = np.divide(before * ended, risk, out=np.zeros_like(risk), where=risk > 0).cumsum(axis=1)
    last = seen.shape[1] - 1 - (seen[:, ::-1] > 0).argmax(axis=1)
    until = np.minimum(begins + horizon, last)
    reached = np.where(until >= 0, shares[np.arange(len(seen)), np.maximum(until, 0)], 0.0)
    return np.where(risk.max(axis=1) > 0, reached, np.nan)
