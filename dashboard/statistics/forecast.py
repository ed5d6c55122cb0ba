"""What open deals, and those not yet created, may bring by a day: a range, and the chance of the plan.

Deals are drawn as if independent and their chances as if known, so the range is the least there can be: its track record
(``scoring.coverage``) says how much too narrow it is. Only uniform numbers are drawn, from one seeded generator whose
stream does not change, and deals are put in order first: the same deals give the same forecast, to the last digit. Very many
deals are drawn as the sum they make, which is normal then; the few that are too large for it are drawn beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import Flags, Floats, known, same_length
from dashboard.statistics.distributions import poisson_up_to
from dashboard.statistics.resampling import LARGE, SEED, normal, uniform
from dashboard.statistics.survival import FLAT, Incidence

DRAWS = 5000


@dataclass(frozen=True)
class Forecast:
    """A tenth of the draws came below ``p10``, half below ``p50``, nine tenths below ``p90``.

    ``expected``: the mean that follows from the chances, without drawing. ``plan_chance``: the share of draws that reach
    the plan; null without one.
    """

    p10: float
    p50: float
    p90: float
    expected: float
    plan_chance: float | None


def chance_within(incidence: Incidence, end: str, age: float, horizon: float) -> float | None:
    """Return the chance that a deal open at an age ends so within the horizon: (F(a+h) − F(a)) / S(a).

    None beyond the ages watched, and where no deal was ever open so long: nobody knows.
    """
    now, then, still = incidence.at(end, age), incidence.at(end, age + horizon), incidence.open_at(age)
    if now is None or then is None or still is None or still <= FLAT:
        return None
    return (then - now) / still


def simulate(
    chances: ArrayLike,
    amounts: ArrayLike,
    *,
    ratios: ArrayLike = (),
    new_wins: float = 0.0,
    new_amounts: ArrayLike = (),
    plan: float | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Forecast:
    """Draw the sum won from open deals (chance and amount each) and from wins among deals not yet created.

    ``ratios``: won / asked of past deals, drawn from for each amount; none means amounts hold. ``new_wins``: mean number of
    wins to come from new deals (inflow × CIF), a Poisson count; ``new_amounts``: past amounts that theirs are drawn from.
    """
    odds, money, ratio, pool = known(chances), known(amounts), known(ratios), known(new_amounts)
    same_length(odds, money)
    if not bool(np.all((odds >= 0) & (odds <= 1))) or new_wins < 0 or (new_wins > 0 and not len(pool)):
        raise ValueError("chances lie between 0 and 1, and new wins need amounts to draw from")
    ratio, pool = np.sort(ratio), np.sort(pool)
    dice, totals, usual = uniform(seed), np.zeros(draws), float(ratio.mean()) if len(ratio) else 1.0
    squares, means = odds * money**2 * (float((ratio**2).mean()) if len(ratio) else 1.0), odds * money * usual
    many = summed(squares)
    if bool(many.any()):  # exact sums, which no order of the deals changes
        spread = max(fsum((squares[many] - means[many] ** 2).tolist()), 0.0) ** 0.5
        totals += fsum(means[many].tolist()) + normal(dice, draws) * spread
    few, sizes = odds[~many], money[~many]
    order = np.lexsort((few, sizes))
    for chance, amount in zip(few[order], sizes[order], strict=True):
        is_won = dice.random(draws) < chance
        totals += is_won * amount * (drawn(dice, ratio, draws) if len(ratio) else 1.0)
    if new_wins >= LARGE and float((pool**2).max()) <= new_wins * float((pool**2).mean()) / 100:
        totals += new_wins * pool.mean() + normal(dice, draws) * float(new_wins * (pool**2).mean()) ** 0.5
    elif new_wins > 0:
        totals += new_sums(dice, pool, new_wins, draws)
    expected = float(odds @ money) * usual + (new_wins * float(pool.mean()) if new_wins > 0 else 0.0)
    low, middle, high = (float(one) for one in np.quantile(totals, [0.1, 0.5, 0.9]))
    return Forecast(low, middle, high, expected, None if plan is None else float((totals >= plan).mean()))


def summed(squares: Floats) -> Flags:
    """Mark the deals that add up to what is as good as normal: very many, none of them a hundredth of the whole (Lindeberg 1922).

    The largest are left to be drawn one by one where they would be more than that.
    """
    ascending = np.sort(squares)
    fit = np.flatnonzero(ascending * 100 <= np.cumsum(ascending))
    if len(squares) < LARGE or not len(fit):
        return np.zeros(len(squares), dtype=np.bool_)
    return squares <= ascending[fit[-1]]


def drawn(dice: np.random.Generator, pool: Floats, count: int) -> Floats:
    """Draw ``count`` numbers from a pool."""
    return pool[(dice.random(count) * len(pool)).astype(np.int64)]


def new_sums(dice: np.random.Generator, pool: Floats, mean: float, draws: int) -> Floats:
    """Draw for each draw a Poisson number of wins, and their amounts from the pool."""
    most = int(mean + 12 * mean**0.5 + 20)
    counts = np.searchsorted(poisson_up_to(most, mean), dice.random(draws))
    totals = np.zeros(draws)
    for number in range(int(counts.max())):
        totals += (counts > number) * drawn(dice, pool, draws)
    return totals
