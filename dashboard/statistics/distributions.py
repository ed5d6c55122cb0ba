"""What most answers need of the normal, Student's, χ² and Poisson distributions, all from a library that is there.

Of the normal distribution Python itself knows enough; the others are scipy's, imported where they are asked for, because it
takes half a second to start and a page or a command that needs none should not wait.
"""

from __future__ import annotations

from math import erfc, sqrt
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
    """Return the same for one deviation in units that were estimated themselves: Student's t with so many degrees of freedom."""
    from scipy.special import stdtr

    return min(1.0, 2 * float(stdtr(degrees, -abs(deviation))))


def chi_square_above(degrees: int, value: float) -> float:
    """Return how likely χ² with so many degrees of freedom is larger."""
    from scipy.special import chdtrc

    return float(chdtrc(degrees, value))


def poisson_up_to(most: int, mean: float) -> NDArray[np.float64]:
    """Return how likely a Poisson count is at most 0, 1, 2, … ``most - 1``."""
    from scipy.special import pdtr

    return pdtr(np.arange(most), mean)
