"""The interval of anything that can be computed from rows: draw the rows again and see how much it moves.

Every draw comes from uniform numbers of one seeded generator (PCG64), whose stream does not change with releases of
numpy: the same rows in the same order and the same seed give the same interval, to the last digit, on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.statistics.arrays import Floats

LARGE = 20_000
"""From so many rows on a sum drawn again is as good as normal."""
BLOCK = 1_000_000
"""Numbers drawn at once: 8 MB."""
DRAWS = 500
SEED = 20170301


def uniform(seed: int) -> np.random.Generator:
    """Return the generator of uniform numbers for a seed."""
    return np.random.Generator(np.random.PCG64(seed))


def resampled_sums(samples: Sequence[Sequence[Floats]], *, draws: int = DRAWS, seed: int = SEED) -> list[list[Floats]]:
    """Draw the rows of independent samples again and add them up: for each column of each sample one sum per draw.

    A sample is columns of the same rows, and rows are drawn with replacement, as many as there are (Efron 1979). From ``LARGE``
    rows on the sums are drawn from the normal distribution that they follow then (central limit theorem), with the covariance
    of the rows: a million rows are not drawn again hundreds of times for an interval that would be the same.
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


def normal(dice: np.random.Generator, shape: int | tuple[int, ...]) -> Floats:
    """Draw standard normal numbers from the uniform ones, whose stream no version of numpy changes."""
    from scipy.special import ndtri

    return ndtri(dice.random(shape))


def normal_sums(dice: np.random.Generator, columns: Sequence[Floats], draws: int) -> list[Floats]:
    """Draw the sums of resampled columns from their normal distribution: n times the mean, n times the covariance of the rows."""
    rows = np.stack(columns)
    values, ways = np.linalg.eigh(np.atleast_2d(np.cov(rows, bias=True)) * rows.shape[1])
    moves = normal(dice, (draws, len(rows))) * np.sqrt(np.maximum(values, 0.0))
    return list(rows.sum(axis=1)[:, None] + ways @ moves.T)
