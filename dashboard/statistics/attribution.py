"""Who gets the credit of a sale when several requests led to it: shares of each request under six customary rules.

A path is the requests of one sale in the order of time, the last one nearest to the sale. Shares of a path add up to one, and
``apportioned`` divides a whole number by them without losing or making a unit, so credits add up to what was sold.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

MODELS = ("first", "last", "last_non_direct", "linear", "position", "decay")
HALF_LIFE_DAYS = 7.0
FIRST_SHARE = 0.4
"""Of the position rule (40/20/40): the first request, the same for the last; those between share the rest."""


def shares(
    model: str, days_before: Sequence[float], is_direct: Sequence[bool], *, half_life: float = HALF_LIFE_DAYS
) -> list[float]:
    """Return the share of each request of a path; they add up to one. Raises ValueError for an empty path or a strange rule.

    ``days_before``: days from each request to the sale. ``is_direct``: the request came from no channel of its own. The rules
    are those of product.md 4.8; the weight of decay is ``2^(-days / half_life)``. A path of direct requests only is credited
    to the last of them.
    """
    count = len(days_before)
    if not count or len(is_direct) != count:
        raise ValueError("a path has at least one request, and each is direct or not")
    if model == "linear":
        return [1 / count] * count
    if model == "position":
        return by_position(count)
    if model == "decay":
        nearest = min(days_before)  # taken off all of them: a share does not change and never underflows
        weights = [2.0 ** (-(days - nearest) / half_life) for days in days_before]
        return [weight / sum(weights) for weight in weights]
    if model == "first":
        place = 0
    elif model == "last":
        place = count - 1
    elif model == "last_non_direct":
        place = max((at for at, direct in enumerate(is_direct) if not direct), default=count - 1)
    else:
        raise ValueError(f"there is no rule {model}")
    return [float(at == place) for at in range(count)]


def by_position(count: int) -> list[float]:
    """Return 40/20/40; two requests share alike, one has all."""
    if count < 3:
        return [1 / count] * count
    between = (1 - 2 * FIRST_SHARE) / (count - 2)
    return [FIRST_SHARE, *([between] * (count - 2)), FIRST_SHARE]


def apportioned(whole: int, parts: Sequence[float]) -> list[int]:
    """Divide a whole number by shares that add up to one, to the unit: largest remainders first (Hamilton's method)."""
    exact = [whole * part for part in parts]
    found = [floor(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda at: (found[at] - exact[at], at))
    for step in range(whole - sum(found)):
        found[order[step % len(order)]] += 1
    return found
