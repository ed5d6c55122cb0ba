"""How good past forecasts were: scores that only honest chances and ranges make best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import flags, known, same_length
from dashboard.statistics.intervals import LEVEL, Interval, wilson

BINS = 10


def brier(chances: ArrayLike, happened: ArrayLike) -> float | None:
    """Return the mean of (chance − outcome)²: 0 is perfect, 0.25 is a coin (Brier 1950); None without forecasts."""
    chance, outcome = known(chances), flags(happened)
    same_length(chance, outcome)
    return float(((chance - outcome) ** 2).mean()) if len(chance) else None


def skill(score: float | None, base: float | None) -> float | None:
    """Return how much of a baseline's score a forecast saves: 1 is perfect, 0 no better, below 0 worse."""
    return None if score is None or not base else 1 - score / base


def pinball(quantiles: ArrayLike, actuals: ArrayLike, level: float) -> float | None:
    """Return the mean loss of a quantile: level × what was missed above, (1−level) × below (Gneiting & Raftery 2007)."""
    said, came = known(quantiles), known(actuals)
    same_length(said, came)
    off = came - said
    return float(np.maximum(level * off, (level - 1) * off).mean()) if len(said) else None


@dataclass(frozen=True)
class Coverage:
    """How many of the actual values lay inside of their range; a P10-P90 range should hold four of five."""

    count: int
    inside_count: int
    share: float
    interval: Interval | None


def coverage(lows: ArrayLike, highs: ArrayLike, actuals: ArrayLike, level: float = LEVEL) -> Coverage | None:
    """Count the actual values inside of their range, its ends included; None without ranges."""
    low, high, came = known(lows), known(highs), known(actuals)
    same_length(low, high, came)
    if not len(came):
        return None
    inside = int(((low <= came) & (came <= high)).sum())
    return Coverage(len(came), inside, inside / len(came), wilson(inside, len(came), level))


@dataclass(frozen=True)
class CalibrationBin:
    """Forecasts of about the same chance, and how often it came true."""

    mean_chance: float
    share: float
    count: int
    interval: Interval | None


def calibration(chances: ArrayLike, happened: ArrayLike, bins: int = BINS) -> tuple[CalibrationBin, ...]:
    """Put forecasts into bins of equal width and compare the chance said with the share that came true; empty bins left out."""
    chance, outcome = known(chances), flags(happened)
    same_length(chance, outcome)
    number = np.minimum((chance * bins).astype(np.int64), bins - 1)
    found = []
    for each in np.unique(number):
        said, came = chance[number == each], outcome[number == each]
        found.append(
            CalibrationBin(float(said.mean()), float(came.mean()), len(came), wilson(int(came.sum()), len(came)))
        )
    return tuple(found)
