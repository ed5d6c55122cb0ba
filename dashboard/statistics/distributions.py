"""What most answers need of the normal, Student's, χ² and Poisson distributions, nearly all from a library that is there.

Of the normal distribution Python itself knows enough; the others are scipy's, imported where they are asked for, because it
takes half a second to start and a page or a command that needs none should not wait.
"""

from __future__ import annotations

from math import atan, cos, erfc, pi, sin, sqrt
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


def beyond_estimated(deviation: float, degrees: int) -> float:
    """Return the same for one deviation in units that were estimated themselves: Student's t with so many degrees of freedom.

    By the finite series of Abramowitz & Stegun 26.7.3 and 26.7.4, because the first page of a server asks for it and should not
    wait for scipy; a test holds it to scipy's.
    """
    angle = atan(abs(deviation) / sqrt(degrees))
    step = degrees % 2
    term = total = cos(angle) if step else 1.0
    for at in range(2 + step, degrees, 2):
        term *= cos(angle) ** 2 * (at - 1) / at
        total += term
    within = 2 / pi * (angle + sin(angle) * (total if degrees > 1 else 0.0)) if step else sin(angle) * total
    return max(0.0, 1.0 - within)


def chi_square_above(degrees: int, value: float) -> float:
    """Return how likely χ² with so many degrees of freedom is larger."""
    from scipy.special import chdtrc

    return float(chdtrc(degrees, value))


def poisson_up_to(most: int, mean: float) -> NDArray[np.float64]:
    """Return how likely a Poisson count is at most 0, 1, 2, … ``most - 1``."""
    from scipy.special import pdtr

    return pdtr(np.arange(most), mean)
