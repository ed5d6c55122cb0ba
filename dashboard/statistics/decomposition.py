"""Why a number changed: its factors, and within a mean the mix of segments against the means themselves.

The parts sum to the change exactly, in whatever order the factors are named; there is no remainder to explain away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import factorial, fsum, log, prod

import numpy as np

from dashboard.statistics.arrays import Floats

MOST_FACTORS = 5


def product(factors: Mapping[str, float]) -> float:
    """Multiply the factors: revenue = leads × conversion × average check."""
    return prod(factors.values())


def shapley(
    before: Mapping[str, float],
    after: Mapping[str, float],
    value: Callable[[Mapping[str, float]], float] = product,
) -> dict[str, float]:
    """Split the change of ``value`` among up to five factors: the mean over all orders of changing them one by one.

    Source: Shapley 1953; Shorrocks 2013 for decompositions. Zero factors are allowed. The parts sum to
    value(after) − value(before).
    """
    names = list(before)
    if set(names) != set(after) or not 1 <= len(names) <= MOST_FACTORS:
        raise ValueError(f"the same factors before and after, one to {MOST_FACTORS} of them")
    count = len(names)
    worth = {
        frozenset(changed): value({name: after[name] if name in changed else before[name] for name in names})
        for size in range(count + 1)
        for changed in combinations(names, size)
    }
    return {
        name: fsum(
            factorial(len(rest)) * factorial(count - len(rest) - 1) * (worth[rest | {name}] - worth[rest])
            for rest in worth
            if name not in rest
        )
        / factorial(count)
        for name in names
    }


def shapley_of_draws(before: Mapping[str, Floats], after: Mapping[str, Floats]) -> dict[str, Floats]:
    """Split the changes of many products at once, one per place of the arrays; the same parts as ``shapley``."""
    names, count = list(before), len(before)
    found = {name: np.zeros_like(before[name]) for name in names}
    for name in names:
        others = [other for other in names if other != name]
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for changed in combinations(others, size):
                rest = prod(after[other] if other in changed else before[other] for other in others)
                found[name] += weight * rest * (after[name] - before[name])
    return found


def lmdi(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float] | None:
    """Split the change of a product by logarithms: Λ(R₁,R₀)·ln(x₁/x₀), Λ(a,b) = (a−b)/ln(a/b) (Ang 2005).

    Any number of factors, all above zero; None otherwise, since a logarithm of nothing is not known.
    """
    if set(before) != set(after):
        raise ValueError("the same factors before and after")
    if min((*before.values(), *after.values()), default=0.0) <= 0:
        return None
    weight = logarithmic_mean(product(after), product(before))
    return {name: weight * log(after[name] / before[name]) for name in before}


def logarithmic_mean(a: float, b: float) -> float:
    """Return (a−b)/ln(a/b), which is a where both are one."""
    return a if a == b else (a - b) / log(a / b)


@dataclass(frozen=True)
class MixAndRate:
    """The change of a weighted mean: ``rate`` because segments changed, ``mix`` because their shares did, each by segment."""

    before: float
    after: float
    rates: Mapping[str, float]
    mixes: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Return the part of the change that the segments' own means made."""
        return fsum(self.rates.values())

    @property
    def mix(self) -> float:
        """Return the part of the change that the segments' shares made."""
        return fsum(self.mixes.values())

    @property
    def is_reversed(self) -> bool:
        """Say whether the whole moved against every segment that moved: Simpson's paradox (Lipovetsky & Conklin 2006)."""
        moved = {part > 0 for part in self.rates.values() if part != 0}
        change = self.after - self.before
        return change != 0 and moved == {change < 0}


def mix_and_rate(
    before: Mapping[str, tuple[float, float]], after: Mapping[str, tuple[float, float]]
) -> MixAndRate | None:
    """Split the change of a mean over segments, each given as (count, sum); None when one side has nothing.

    ``rate_i = ½(w₀+w₁)(r₁−r₀)``, ``mix_i = (w₁−w₀)(½(r₀+r₁)−R̄)``, R̄ the middle of both means (Kitagawa 1955; the
    centring makes a growing segment dearer than the mean a gain). A segment on one side only is all mix: its mean there
    is the only one known.
    """
    first, second = sum(count for count, _ in before.values()), sum(count for count, _ in after.values())
    if first <= 0 or second <= 0:
        return None
    start = fsum(total for _, total in before.values()) / first
    end = fsum(total for _, total in after.values()) / second
    rates, mixes = {}, {}
    for name in dict.fromkeys((*before, *after)):
        (n0, sum0), (n1, sum1) = before.get(name, (0.0, 0.0)), after.get(name, (0.0, 0.0))
        if not n0 and not n1:
            rates[name] = mixes[name] = 0.0
            continue
        r0 = sum0 / n0 if n0 else sum1 / n1
        r1 = sum1 / n1 if n1 else r0
        w0, w1 = n0 / first, n1 / second
        rates[name] = (w0 + w1) / 2 * (r1 - r0)
        mixes[name] = (w1 - w0) * ((r0 + r1) / 2 - (start + end) / 2)
    return MixAndRate(start, end, rates, mixes)
