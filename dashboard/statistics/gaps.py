"""How often a client buys, and how late the next purchase is.

A client with two purchases tells little, so the personal gap leans on that of the segment, on the scale of logarithms
where a month late after a week is more than after a year. The last gap is still open: leaving it out shows only the
gaps that were short enough to end. Two purchases on one day are one purchase.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import Floats, flags, floats, same_length
from dashboard.statistics.survival import Incidence, kaplan_meier

STRENGTH = 3.0


def ended_gaps(gaps: ArrayLike) -> Floats:
    """Return the gaps longer than nothing."""
    found = floats(gaps)
    return found[found > 0]


def segment_gap(gaps: ArrayLike, is_over: ArrayLike) -> float | None:
    """Return the median gap of a segment with the open last gaps as not over; None while more than half are open."""
    days, over = floats(gaps), flags(is_over)
    same_length(days, over)
    return kaplan_meier(days[days > 0], over[days > 0]).over_by(0.5)


def strength_of(gaps_by_client: Sequence[ArrayLike]) -> float | None:
    """Estimate how many gaps of one's own weigh as much as the segment: spread within clients / spread between them.

    Moment estimate of the one-way layout on logarithms (Cochran 1939; Efron & Morris 1975). Infinite when clients do not
    differ beyond chance; None when fewer than two clients have gaps, or none has two.
    """
    logs = [np.log(one) for each in gaps_by_client if len(one := ended_gaps(each))]
    sizes = np.array([len(one) for one in logs], dtype=np.float64)
    clients, total = len(logs), float(sizes.sum())
    if clients < 2 or total <= clients:
        return None
    means = np.array([one.mean() for one in logs])
    within = sum(float(((one - one.mean()) ** 2).sum()) for one in logs) / (total - clients)
    mean = float(sizes @ means) / total
    room = total - float((sizes**2).sum()) / total
    between = (float(sizes @ (means - mean) ** 2) - (clients - 1) * within) / room
    return within / between if between > 0 else inf


def personal_gap(gaps: ArrayLike, segment: float, strength: float = STRENGTH) -> float:
    """Return the client's own gap in days, shrunk towards the segment's: exp((Σ ln g + κ·ln ḡ)/(n + κ)).

    A client without an ended gap has the segment's. Raises ValueError for a segment without a length.
    """
    if segment <= 0 or strength < 0:
        raise ValueError(f"no gap is shrunk towards {segment} with strength {strength}")
    own = ended_gaps(gaps)
    if not len(own):
        return segment
    weight = 1.0 if strength == inf else strength / (len(own) + strength)
    return exp(weight * log(segment) + (1 - weight) * float(np.log(own).mean()))


def waiting_curve(gaps: ArrayLike, is_over: ArrayLike, personal: ArrayLike) -> Incidence:
    """Estimate how long clients wait, measured in their own gaps: Kaplan-Meier of gap / personal gap, row by row."""
    days, own = floats(gaps), floats(personal)
    over = flags(is_over)
    same_length(days, own, over)
    is_gap = days > 0
    return kaplan_meier(days[is_gap] / own[is_gap], over[is_gap])


def overdue(curve: Incidence, waited: float, personal: float) -> float | None:
    """Return the share of waits that last at least so long: the smaller, the more overdue; None beyond what was seen."""
    return curve.open_at(waited / personal)


def mean_gap(gaps: ArrayLike) -> float | None:
    """Return the mean of the ended gaps, the usual rule of thumb; short, because the gaps that never ended are not in it."""
    found = ended_gaps(gaps)
    return float(found.mean()) if len(found) else None
