"""What if one stage were better: the funnel as an absorbing chain of stages (Kemeny & Snell 1960, chapter 3).

A deal moves from stage to stage with the chances seen, until it is won or lost; N = (I−Q)⁻¹ counts the visits to come,
B = N·R the chances of each end. Who is still in a stage has not moved and is not counted. A stage that nobody has left
yet leads to "unknown": a chance is then a floor, and what is unknown stands beside it. It assumes that new deals are of
the same quality as the old, and that the way behind does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.statistics.arrays import Floats
from dashboard.statistics.resampling import uniform

UNKNOWN = "unknown"
Moves = Mapping[tuple[str, str], float]


@dataclass(frozen=True, eq=False)
class Chain:
    """A chain of stages: ``steps`` (from, to) the chance of the next move, stages first, then ends and "unknown" last."""

    stages: tuple[str, ...]
    ends: tuple[str, ...]
    steps: Floats

    def visits(self) -> Floats:
        """Return N: the visits to each stage (column) that a deal in a stage (row) still makes, the present one included."""
        size = len(self.stages)
        return np.linalg.inv(np.eye(size) - self.steps[:, :size]).astype(np.float64)

    def absorbed(self) -> Floats:
        """Return B: the chance of each end (column) from each stage (row)."""
        return self.visits() @ self.steps[:, len(self.stages) :]

    def chance(self, stage: str, end: str) -> float:
        """Return the chance that a deal in a stage ends so; with an unknown part it is the least it can be."""
        return float(self.absorbed()[self.stages.index(stage), self.ends.index(end)])


def chain(moves: Moves, stages: Sequence[str], ends: Sequence[str]) -> Chain:
    """Make the chain of the moves counted: (from, to) → how many; a move to a name that is no stage is an end.

    A move from a stage to itself is no move and is left out. Stages from which no end can be reached lead to "unknown".
    Raises ValueError for a move between names that are neither.
    """
    places = {name: place for place, name in enumerate((*stages, *ends))}
    size = len(stages)
    counts = np.zeros((size, len(places) + 1))
    for (start, to), count in moves.items():
        if start not in stages or to not in places or count < 0:
            raise ValueError(f"no such move: {start} to {to}, {count} times")
        if start != to:
            counts[places[start], places[to]] += count
    return Chain(tuple(stages), (*ends, UNKNOWN), shares(counts, size))


def shares(counts: Floats, size: int) -> Floats:
    """Turn counts of moves into chances by row; what leads nowhere leads to the last column."""
    reach = counts[:, size:].sum(axis=1) > 0
    for _ in range(size):
        reach = reach | ((counts[:, :size] > 0) & reach).any(axis=1)
    found = np.where(reach[:, None], counts, 0.0)
    found[~reach, -1] = 1.0
    return found / found.sum(axis=1, keepdims=True)


def with_step(given: Chain, stage: str, to: str, share: float) -> Chain:
    """Return the chain in which ``share`` of the moves from ``stage`` go ``to``; the other moves shrink or grow in proportion.

    Raises ValueError for a share outside 0…1, or below 1 where every move already goes there and nothing can grow.
    """
    row, column = given.stages.index(stage), (*given.stages, *given.ends).index(to)
    old = float(given.steps[row, column])
    if not 0 <= share <= 1 or (old == 1 and share < 1):
        raise ValueError(f"{share} of the moves from {stage} to {to}")
    steps = given.steps.copy()
    steps[row] *= 0.0 if old == 1 else (1 - share) / (1 - old)
    steps[row, column] = share
    return Chain(given.stages, given.ends, steps)


def what_if(given: Chain, first: str, end: str, stage: str, to: str, share: float) -> float:
    """Return the gain in the chance of an end, from the first stage, when ``share`` of the moves from ``stage`` go ``to``."""
    return with_step(given, stage, to, share).chance(first, end) - given.chance(first, end)


def gradient(given: Chain, first: str, end: str, stage: str, to: str) -> float:
    """Return the gain in the chance of an end per unit of the step from ``stage`` ``to``, the others shrinking in proportion.

    ∂B/∂q = visits to the stage × (worth of ``to`` − worth of the other moves); 0 where every move goes there already.
    """
    row, column = given.stages.index(stage), (*given.stages, *given.ends).index(to)
    old = float(given.steps[row, column])
    if old == 1:
        return 0.0
    worth = np.concatenate((given.absorbed(), np.eye(len(given.ends))))[:, given.ends.index(end)]
    others = (float(given.steps[row] @ worth) - old * worth[column]) / (1 - old)
    return float(given.visits()[given.stages.index(first), row] * (worth[column] - others))


def draws(moves: Moves, stages: Sequence[str], ends: Sequence[str], count: int, seed: int) -> list[Chain]:
    """Draw chains that the moves counted could as well have come from: Dirichlet around each row, a prior of one move in all.

    The prior is spread over the moves that were seen, so that none appears that never happened. The same seed gives the
    same chains.
    """
    from scipy.special import gammaincinv

    plain = chain(moves, stages, ends)
    dice = uniform(seed)
    left = np.array([sum(n for (start, to), n in moves.items() if start == name != to) for name in stages])
    found = []
    for _ in range(count):
        steps = plain.steps.copy()
        for row, total in enumerate(left):
            seen = np.flatnonzero(plain.steps[row])
            parts = gammaincinv(plain.steps[row, seen] * total + 1 / len(seen), dice.random(len(seen)))
            steps[row, seen] = parts / parts.sum()
        found.append(Chain(plain.stages, plain.ends, steps))
    return found


def work_in_progress(rate_per_day: float, days: float) -> float:
    """Return how many deals stand in a stage when so many enter a day and each stays so long (Little 1961): L = λ·W."""
    return rate_per_day * days
