"""Splits the change of a product of any number of factors, zeros among them, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from math import factorial


def shapley_of_product(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Split the change of a product: the mean over all orders of changing the factors one by one (Shapley 1953).

    The same as ``decomposition.shapley`` for a product, at a cost that grows with the cube of the factors and not with their
    orders: for a product the sets of changed factors are summed by size. The parts sum to the change.
    """
    if set(before) != set(after) or not before:
        raise ValueError("the same factors before and after, at least one")
    count = len(before)
    weights = [factorial(size) * factorial(count - 1 - size) / factorial(count) for size in range(count)]
    found = {}
    for name in before:
        by_size = [1.0]  # sum over the sets of that many changed factors of the product of all other factors
        for other in before:
            if other != name:
                kept, changed = [*by_size, 0.0], [0.0, *by_size]
                by_size = [old * before[other] + new * after[other] for old, new in zip(kept, changed, strict=True)]
        others = sum(weight * worth for weight, worth in zip(weights, by_size, strict=True))
        found[name] = (after[name] - before[name]) * others
    return found
