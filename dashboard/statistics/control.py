"""Alarms that do not cry wolf: control charts of weekly numbers and weekly shares.

A signal is one point beyond three sigma, or eight in a row on one side of the centre; all else is the usual noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import Flags, Floats, floats
from dashboard.statistics.distributions import beyond_estimated
from dashboard.statistics.groups import counted

SIGMAS = 3.0
RUN = 8
RANGE_TO_SIGMA = 1.128  # d₂ of two values: mean moving range / σ of a normal process (Shewhart 1931)
LEAST_COUNT = 20
ROUNDING = 1e-9
"""So near its centre, as a part of it, a value lies on it: the mean of equal numbers may differ from them in the last digit."""
RANGES_TO_FREEDOM = 0.62  # effective degrees of freedom a period that a mean moving range has (Wheeler 1995)


@dataclass(frozen=True)
class Point:
    """One period: its value, its limits, and whether it signals. All null where the period had too few to tell.

    ``is_beyond``: outside of the limits. ``is_run``: the eighth or later in a row on one side of the centre; ``run``: the how
    manieth, 0 on the centre. ``deviation``: how many sigmas from the centre, with its sign; infinite where none was expected.
    """

    value: float | None
    low: float | None
    high: float | None
    is_beyond: bool = False
    is_run: bool = False
    run: int = 0
    deviation: float = 0.0


@dataclass(frozen=True)
class Chart:
    """The centre and the points in the order given."""

    centre: float
    points: tuple[Point, ...]


def xmr(values: ArrayLike, base: int | None = None, *, floor: float = -np.inf) -> Chart | None:
    """Chart single values by their moving range: centre ± 2.66 × mean range (Wheeler 2000); None for fewer than two.

    ``base``: how many of the first known values set the limits; all, unless told. ``floor``: no limit lies below it. An
    unknown value has no point and breaks no run.
    """
    found = floats(values)
    is_known = ~np.isnan(found)
    kept = found[is_known]
    if len(kept[:base]) < 2:
        return None
    centre, reach = float(kept[:base].mean()), SIGMAS * sigma(kept[:base])
    return with_gaps(charted(kept, np.full(len(kept), reach), centre, floor), is_known)


def with_gaps(chart: Chart, is_known: Flags) -> Chart:
    """Put a point without anything wherever there is no value."""
    points = iter(chart.points)
    return Chart(chart.centre, tuple(next(points) if one else Point(None, None, None) for one in is_known))


def sigma(values: Floats) -> float:
    """Estimate σ from the differences of neighbours, which a slow drift does not inflate."""
    return float(np.abs(np.diff(values)).mean()) / RANGE_TO_SIGMA


def p_prime(wins: ArrayLike, counts: ArrayLike, *, base: int | None = None, least: int = LEAST_COUNT) -> Chart | None:
    """Chart shares of changing counts, the limits widened by what weeks vary beyond chance (Laney 2002).

    Limits p̄ ± 3·√(p̄(1−p̄)/n)·σ_z, σ_z from the moving range of z = (p−p̄)/√(p̄(1−p̄)/n). Periods under ``least`` have no
    point and break no run. None for fewer than two periods with enough, or when all was won or nothing.
    """
    won, count = counted(wins, counts)
    is_known = count >= max(least, 1)
    kept_wins, kept_counts = won[is_known], count[is_known]
    if len(kept_counts[:base]) < 2:
        return None
    centre = float(kept_wins[:base].sum() / kept_counts[:base].sum())
    if not 0 < centre < 1:
        return None
    values = kept_wins / kept_counts
    chance = np.sqrt(centre * (1 - centre) / kept_counts)
    reach = SIGMAS * chance * sigma(((values - centre) / chance)[:base])
    return with_gaps(charted(values, reach, centre, floor=0.0, ceiling=1.0), is_known)


def charted(values: Floats, reach: Floats, centre: float, floor: float = -np.inf, ceiling: float = np.inf) -> Chart:
    """Put the points together and mark the signals."""
    apart = values - centre
    apart[np.abs(apart) <= ROUNDING * max(abs(centre), ROUNDING)] = 0.0
    runs = longest_runs(np.sign(apart))
    return Chart(
        centre,
        tuple(
            Point(
                value=float(value),
                low=max(floor, centre - float(span)),
                high=min(ceiling, centre + float(span)),
                is_beyond=bool(abs(off) > span),
                is_run=length >= RUN,
                run=length,
                deviation=SIGMAS * float(off / span) if span else float(np.sign(off) * np.inf) if off else 0.0,
            )
            for value, off, span, length in zip(values, apart, reach, runs, strict=True)
        ),
    )


def longest_runs(sides: Floats) -> list[int]:
    """Count for each point how many in a row up to it lie on its side; a point on the centre line has none."""
    found: list[int] = []
    for place, side in enumerate(sides):
        is_same = place > 0 and side == sides[place - 1]
        found.append(0 if side == 0 else found[-1] + 1 if is_same else 1)
    return found


def chance_beyond(deviation: float, base: int) -> float:
    """Return how likely chance alone puts a new point so many sigmas from a centre, both told by ``base`` periods before it.

    Student's t of the deviation / √(1 + 1/base), with as many degrees of freedom as a mean moving range has. Limits of few
    periods are passed by chance far oftener than the 0.27 % of known ones: of 12 about once in fifty (a little less than said
    here, which errs to the side of silence).
    """
    return beyond_estimated(deviation / (1 + 1 / base) ** 0.5, max(round(RANGES_TO_FREEDOM * (base - 1)), 1))


def chance_of_run(length: int) -> float:
    """Return how likely the last ``length`` periods lie on one side of the centre by chance alone, whichever side it is."""
    return min(1.0, 2.0 ** (1 - length))
