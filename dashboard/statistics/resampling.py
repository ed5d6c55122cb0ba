"""The interval of anything that can be computed from rows: draw the rows again and see how much it moves.

Every draw comes from uniform numbers of one seeded generator (PCG64), whose stream does not change with releases of
numpy: the same rows in the same order and the same seed give the same interval, to the last digit, on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.statistics.arrays import Floats
from dashboard.statistics.intervals import LEVEL, Interval

Places = NDArray[np.int64]
LARGE = 20_000
"""From so many rows on a sum drawn again is as good as normal."""
BLOCK = 1_000_000
"""Numbers drawn at once: 8 MB."""
DRAWS = 500
SEED = 20170301


def uniform(seed: int) -> np.random.Generator:
    """Return the generator of uniform numbers for a seed."""
    return np.random.Generator(np.random.PCG64(seed))


def places(dice: np.random.Generator, size: int) -> Places:
    """Draw as many places out of ``size`` as there are, each any number of times."""
    return (dice.random(size) * size).astype(np.int64)


def resampled_sums(samples: Sequence[Sequence[Floats]], *, draws: int = DRAWS, seed: int = SEED) -> list[list[Floats]]:
    """Draw the rows of independent samples again and add them up: for each column of each sample one sum per draw.

    A sample is columns of the same rows. The places are those of ``bootstrap``. From ``LARGE`` rows on the sums are drawn from
    the normal distribution that they follow then (central limit theorem), with the covariance of the rows: a million rows are
    not drawn again hundreds of times for an interval that would be the same.
    """
    dice, sizes = uniform(seed), [len(columns[0]) for columns in samples]
    if max(sizes) >= LARGE:
        return [normal_sums(dice, columns, draws) for columns in samples]
    found = [[np.empty(draws) for _ in columns] for columns in samples]
    step = max(1, BLOCK // max(1, sum(sizes)))
    for start in range(0, draws, step):
        numbers = dice.random((min(step, draws - start), sum(sizes)))
        left = 0
        for columns, sums, size in zip(samples, found, sizes, strict=True):
            at = (numbers[:, left : left + size] * size).astype(np.int64)
            left += size
            for column, one in zip(columns, sums, strict=True):
                one[start : start + len(numbers)] = column[at].sum(axis=1)
    return found


def normal_sums(dice: np.random.Generator, columns: Sequence[Floats], draws: int) -> list[Floats]:
    """Draw the sums of resampled columns from their normal distribution: n times the mean, n times the covariance of the rows."""
    from scipy.special import ndtri

    rows = np.stack(columns)
    values, ways = np.linalg.eigh(np.atleast_2d(np.cov(rows, bias=True)) * rows.shape[1])
    moves = ndtri(dice.random((draws, len(rows)))) * np.sqrt(np.maximum(values, 0.0))
    return list(rows.sum(axis=1)[:, None] + ways @ moves.T)


def bootstrap(
    sizes: Sequence[int],
    statistic: Callable[[list[Places]], Mapping[str, float] | None],
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    level: float = LEVEL,
) -> dict[str, Interval]:
    """Return the percentile interval (Efron 1979) of each number that ``statistic`` computes from places in samples.

    ``sizes``: rows of each independent sample (two periods are two samples). A draw for which the statistic is None is
    left out; a number that no draw gave has no interval.
    """
    dice = uniform(seed)
    found: dict[str, list[float]] = {}
    for _ in range(draws):
        numbers = statistic([places(dice, size) for size in sizes])
        for name, number in (numbers or {}).items():
            found.setdefault(name, []).append(number)
    ends = [(1 - level) / 2, (1 + level) / 2]
    return {name: Interval(*(float(one) for one in np.quantile(numbers, ends))) for name, numbers in found.items()}
