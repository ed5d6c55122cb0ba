"""Several managers or channels at once: are they one, how much of the spread is chance, which of many tests stand.

A league table of raw shares ranks luck (Spiegelhalter 2005, doi:10.1002/sim.1970). These four undo that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import Floats, floats, known, same_length
from dashboard.statistics.distributions import chi_square_above
from dashboard.statistics.intervals import Interval, standard


@dataclass(frozen=True)
class Homogeneity:
    """The test that all groups have one share: a small ``p_value`` says that they do not."""

    value: float
    freedom: int
    p_value: float


@dataclass(frozen=True)
class Shrunk:
    """Shares pulled towards their mean by as much as chance explains.

    ``tau``: standard deviation of the true shares between groups, estimated; 0 when chance explains all of the spread.
    ``raw_spread``: standard deviation of the raw shares. ``weights``: how far each was pulled, 1 = onto the mean.
    """

    mean: float
    tau: float
    raw_spread: float
    shares: tuple[float, ...]
    weights: tuple[float, ...]


def counted(wins: ArrayLike, counts: ArrayLike) -> tuple[Floats, Floats]:
    """Return both columns as arrays. Raises ValueError where there are more wins than deals."""
    won, count = known(wins), known(counts)
    same_length(won, count)
    if not bool(np.all((won >= 0) & (won <= count))):
        raise ValueError("a group cannot have more wins than deals")
    return won, count


def homogeneity(wins: ArrayLike, counts: ArrayLike) -> Homogeneity | None:
    """Test whether groups share one rate: χ² = Σ(k−n·p)²/(n·p·(1−p)), Pearson 1900.

    None when fewer than two groups have deals, or when all were won or none: then nothing can differ.
    """
    won, count = counted(wins, counts)
    won, count = won[count > 0], count[count > 0]
    share = won.sum() / count.sum() if len(count) else 0.0
    if len(count) < 2 or not 0 < share < 1:
        return None
    value = float(((won - count * share) ** 2 / (count * share * (1 - share))).sum())
    return Homogeneity(value, len(count) - 1, chi_square_above(len(count) - 1, value))


def shrink(wins: ArrayLike, counts: ArrayLike) -> Shrunk | None:
    """Pull each group's share towards the mean: ``B·p̄ + (1−B)·p``, ``B = v/(v+τ²)``, ``v = p̄(1−p̄)/n``; None without deals.

    Empirical Bayes with the moment estimate of τ² (Efron & Morris 1975; the estimate is that of Cochran and of
    DerSimonian & Laird 1986 with weights n). A group without deals gets the mean.
    """
    won, count = counted(wins, counts)
    has = count > 0
    total = float(count.sum())
    if not total:
        return None
    mean = float(won.sum()) / total
    raw = np.divide(won, count, out=np.full(len(count), mean), where=has)
    chance = mean * (1 - mean)
    groups, room = int(has.sum()), total - float((count**2).sum()) / total
    spread = float((count * (raw - mean) ** 2).sum()) - (groups - 1) * chance
    variance = max(0.0, spread / room) if room > 0 else 0.0
    noise = np.divide(chance, count, out=np.full(len(count), np.inf), where=has)
    weights = np.ones(len(count))
    if variance > 0:
        weights[has] = noise[has] / (noise[has] + variance)
    shares = weights * mean + (1 - weights) * raw
    spread_seen = float(raw[has].std())
    return Shrunk(mean, variance**0.5, spread_seen, tuple(shares.tolist()), tuple(weights.tolist()))


def best_quartile(shrunk: Shrunk) -> float:
    """Return the share that a quarter of the groups reach once chance is taken out: what a stage could be."""
    return float(np.quantile(shrunk.shares, 0.75))


def leaning(share: float, count: float, parent: float, strength: float) -> float:
    """Pull the share of a small segment towards that of the wider one, which weighs as ``strength`` deals of its own."""
    return (count * share + strength * parent) / (count + strength) if count + strength > 0 else parent


def benjamini_hochberg(p_values: ArrayLike) -> tuple[float, ...]:
    """Return p-values corrected for being several: those at most α are at most α of them false, on the average.

    Benjamini & Hochberg 1995. Same order as given; the order among them is kept; none becomes smaller.
    """
    found = floats(p_values)
    count = len(found)
    if not bool(np.all((found >= 0) & (found <= 1))):
        raise ValueError("a p-value lies between 0 and 1")
    order = np.argsort(found, kind="stable")
    stepped = found[order] * count / np.arange(1, count + 1)
    corrected = np.empty(count)
    corrected[order] = np.minimum(1.0, np.minimum.accumulate(stepped[::-1])[::-1])
    return tuple(corrected.tolist())


def funnel_limits(share: float, count: float, level: float) -> Interval | None:
    """Return where the share of a group of ``count`` may lie when the true one is ``share``; None for no deals.

    The band of Spiegelhalter's funnel plot (2005), drawn at levels 0.95 and 0.998. A group outside of it is exactly one
    whose Wilson interval leaves ``share`` out.
    """
    if count <= 0:
        return None
    reach = standard(level) * (share * (1 - share) / count) ** 0.5
    return Interval(max(0.0, share - reach), min(1.0, share + reach))
