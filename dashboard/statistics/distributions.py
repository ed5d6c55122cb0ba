"""What most answers need of the normal, χ² and Poisson distributions, without the half a second that scipy takes to start.

Each is a closed formula; scipy is the witness in the tests. What has none (Student's t, the inverse of χ²) stays with scipy and is
imported where it is asked for.
"""

from __future__ import annotations

from math import erfc, exp, lgamma, log, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

NORMAL = NormalDist()


def normal_quantile(share: float) -> float:
    """Return the number below which a share of a standard normal distribution lies (Wichura 1988, AS 241)."""
    return NORMAL.inv_cdf(share)


def beyond(deviations: ArrayLike) -> NDArray[np.float64]:
    """Return how likely a standard normal value lies at least so far from zero, on either side, for each deviation."""
    return np.array([erfc(abs(one) / sqrt(2)) for one in np.asarray(deviations, dtype=np.float64).ravel()])


def chi_square_above(degrees: int, value: float) -> float:
    """Return how likely χ² with whole degrees of freedom is larger (Abramowitz & Stegun 1964, 26.4.4 and 26.4.5)."""
    if value <= 0:
        return 1.0
    half = value / 2
    powers = [power + 0.5 * (degrees % 2) for power in range(degrees // 2)]
    terms = [exp(power * log(half) - half - lgamma(power + 1)) for power in powers]
    return min(1.0, (erfc(sqrt(half)) if degrees % 2 else 0.0) + sum(terms))


def poisson_up_to(most: int, mean: float) -> NDArray[np.float64]:
    """Return how likely a Poisson count is at most 0, 1, 2, … ``most - 1``."""
    if mean <= 0:
        return np.ones(most)
    numbers = np.arange(most)
    factorials = np.concatenate([[0.0], np.cumsum(np.log(numbers[1:]))])
    return np.minimum(np.cumsum(np.exp(numbers * log(mean) - mean - factorials)), 1.0)
