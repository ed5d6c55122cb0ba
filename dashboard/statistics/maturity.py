"""Whether a cohort is old enough to be judged, and what a young one may grow to.

Two ways: the age by which 95 % of the wins that come have come, and the chain ladder of the insurers, which multiplies
what each cohort has by how older ones grew (Mack 1993, ASTIN Bulletin 23:213).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import Floats, floats, known
from dashboard.statistics.survival import FLAT, Incidence

RIPE = 0.95


def ripe_day(incidence: Incidence, end: str, share: float = RIPE) -> float | None:
    """Return the first age at which ``share`` of the ends of this kind ever seen have come; None when none was seen."""
    curve = incidence.curve(end)
    if not len(curve) or curve[-1] <= 0:
        return None
    return float(incidence.days[np.flatnonzero(curve >= share * curve[-1] - FLAT)[0]])


def matured_share(ages: ArrayLike, day: float) -> float | None:
    """Return the share of deals at least ``day`` days after their creation; unknown ages left out; None without any."""
    found = floats(ages)
    found = found[~np.isnan(found)]
    return float((found >= day).mean()) if len(found) else None


@dataclass(frozen=True)
class Ladder:
    """The chain ladder of cohorts by age.

    ``factors``: growth from one age to the next. ``ultimates``: what each cohort comes to. ``errors``: Mack's standard
    error of each, null where too few cohorts tell. ``total_error``: that of their sum.
    """

    factors: tuple[float, ...]
    ultimates: tuple[float | None, ...]
    errors: tuple[float | None, ...]
    total_error: float | None


def chain_ladder(cohorts: Sequence[Sequence[float]]) -> Ladder | None:
    """Grow each cohort to the age of the oldest; None without cohorts, or where an age grew out of nothing.

    ``cohorts``: cumulative numbers by age, the oldest cohort first, each as far as it is known: none longer than the one
    before. The factor of an age is Σ(next)/Σ(this) over the cohorts that have both.
    """
    lengths = [len(cohort) for cohort in cohorts]
    if lengths != sorted(lengths, reverse=True) or (lengths and lengths[-1] == 0):
        raise ValueError("cohorts are given the oldest first, each with its first age at least")
    if not cohorts:
        return None
    table = [known(cohort) for cohort in cohorts]
    width = lengths[0]
    pairs = [np.array([cohort[age : age + 2] for cohort in table if len(cohort) > age + 1]) for age in range(width - 1)]
    if any(pair[:, 0].sum() <= 0 for pair in pairs):
        return None
    factors = np.array([pair[:, 1].sum() / pair[:, 0].sum() for pair in pairs])
    spread = variances(pairs, factors)
    ultimates = [float(cohort[-1] * np.prod(factors[len(cohort) - 1 :])) for cohort in table]
    if spread is None:
        return Ladder(tuple(factors.tolist()), tuple(ultimates), (None,) * len(table), None)
    errors, total = mack_errors(table, ultimates, factors, spread, pairs)
    return Ladder(tuple(factors.tolist()), tuple(ultimates), tuple(errors), total)


def variances(pairs: list[Floats], factors: Floats) -> Floats | None:
    """Estimate Mack's σ² of each age; the last, which one cohort alone shows, by his rule; None for fewer than three ages."""
    found: list[float] = []
    for pair, factor in zip(pairs, factors, strict=True):
        base, grown = pair[:, 0], pair[:, 1]
        if len(pair) > 1:
            growth = np.divide(grown, base, out=np.full(len(base), factor), where=base > 0)
            found.append(float((base * (growth - factor) ** 2).sum()) / (len(pair) - 1))
        elif len(found) < 2:
            return None
        else:
            last, earlier = found[-1], found[-2]
            found.append(min(last**2 / earlier, last, earlier) if earlier > 0 else 0.0)
    return np.array(found)


def mack_errors(
    table: list[Floats], ultimates: list[float], factors: Floats, spread: Floats, pairs: list[Floats]
) -> tuple[list[float | None], float]:
    """Return the standard error of each ultimate and of their sum (Mack 1993, theorem 3 and its corollary)."""
    bases = np.array([pair[:, 0].sum() for pair in pairs])
    risk = spread / factors**2
    errors: list[float | None] = []
    total = 0.0
    for row, (cohort, ultimate) in enumerate(zip(table, ultimates, strict=True)):
        ages = np.arange(len(cohort) - 1, len(factors))
        grown = cohort[-1] * np.concatenate(([1.0], np.cumprod(factors[ages])))[:-1]
        own = np.divide(1.0, grown, out=np.zeros(len(ages)), where=grown > 0)
        square = ultimate**2 * float((risk[ages] * (own + 1 / bases[ages])).sum())
        errors.append(square**0.5)
        total += square + 2 * ultimate * sum(ultimates[row + 1 :]) * float((risk[ages] / bases[ages]).sum())
    return errors, total**0.5
