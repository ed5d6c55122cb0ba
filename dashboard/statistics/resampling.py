"""The interval of anything that can be computed from rows: draw the rows again and see how much it moves.

Every draw comes from uniform numbers of one seeded generator (PCG64), whose stream does not change with releases of
numpy: the same rows in the same order and the same seed give the same interval, to the last digit, on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.statistics.intervals import LEVEL, Interval

Places = NDArray[np.int64]
DRAWS = 500
SEED = 20170301


def uniform(seed: int) -> np.random.Generator:
    """Return the generator of uniform numbers for a seed."""
    return np.random.Generator(np.random.PCG64(seed))


def places(dice: np.random.Generator, size: int) -> Places:
    """Draw as many places out of ``size`` as there are, each any number of times."""
    return (dice.random(size) * size).astype(np.int64)


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
