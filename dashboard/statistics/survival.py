"""What has ended so far and what is still open, by age: Kaplan-Meier, and the chance of each end among rivals.

What is open is "not yet", not "no". A refusal is a rival of a win, not a reason to stop watching: 1 − Kaplan-Meier with
refusals censored promises wins that cannot come, so wins are read off the cumulative incidence (Aalen & Johansen 1978;
Satagopan 2004, doi:10.1038/sj.bjc.6602102). All ends of one day share one risk set, nothing is jittered apart. With
``entry`` a deal is at risk from that age on, its first day included: an export of the deals closed since a date saw
none of the earlier ends (left truncation). Beyond the oldest age watched nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import ArrayLike

from dashboard.statistics.arrays import Flags, Floats, Whole, flags, floats, same_length
from dashboard.statistics.intervals import LEVEL, Interval, standard

FLAT = 1e-9
LONGEST = 40_000
"""Days: more than a hundred years."""


@dataclass(frozen=True, eq=False)
class Incidence:
    """By age: the share still open and, for each end, the share that ended so; together 1 at every age.

    ``days``: the ages at which something ended, ascending. ``at_risk``: how many were watched then. ``ended``: how many
    ended so on that day. ``shares``: the cumulative incidence. ``last_day``: the oldest age watched; null when nothing
    was. ``first_day``: the youngest age watched, above 0 when every deal entered late; the shares are then of those that
    reached it. ``left_out_count``: rows with an unknown or negative age, or that ended before they entered.
    """

    days: Floats
    at_risk: Floats
    ended: Mapping[str, Floats]
    shares: Mapping[str, Floats]
    open_shares: Floats
    first_day: float
    last_day: float | None
    count: int
    left_out_count: int

    def at(self, end: str, day: float) -> float | None:
        """Return the share that ended so by an age, 0 when none ever did; None outside of what was watched."""
        return self.step(self.curve(end), day, 0.0)

    def open_at(self, day: float) -> float | None:
        """Return the share still open at an age; None outside of what was watched."""
        return self.step(self.open_shares, day, 1.0)

    def curve(self, end: str) -> Floats:
        """Return the cumulative incidence of an end at ``days``; zeros for an end that nobody met."""
        return self.shares.get(end, np.zeros(len(self.days)))

    def step(self, curve: Floats, day: float, start: float) -> float | None:
        """Read a curve off at an age: the value of the last step at or before it."""
        is_known = self.last_day is not None and (day <= self.last_day or self.is_all_over)
        if not is_known or day < self.first_day:
            return None
        place = int(np.searchsorted(self.days, day, side="right"))
        return float(curve[place - 1]) if place else start

    @property
    def is_all_over(self) -> bool:
        """Say whether nothing is left open, so that the curves stay as they are for ever."""
        return len(self.days) > 0 and bool(self.open_shares[-1] <= FLAT)

    def day_of(self, end: str, level: float) -> float | None:
        """Return the age by which ``level`` of all that began have ended so; None while the curve does not reach it."""
        return day_of_height(self.days, self.curve(end), level)

    def day_among(self, end: str, level: float) -> float | None:
        """Return the age by which ``level`` of those that end so have done it, of the ends seen; None when none was."""
        curve = self.curve(end)
        if not len(curve) or curve[-1] <= 0:
            return None
        return day_of_height(self.days, curve / curve[-1], level)

    def over_by(self, level: float) -> float | None:
        """Return the age by which ``level`` have ended in any way; None while the curve does not fall so far."""
        return day_of_height(self.days, 1.0 - self.open_shares, level)

    def interval(self, end: str, day: float, level: float = LEVEL) -> Interval | None:
        """Return the interval of ``at``; None where nothing, or everything, has ended so, or beyond what was watched.

        Variance by the delta method (Marubini & Valsecchi 1995, 10.17), interval on the scale of log(−log), so that it
        stays between 0 and 1.
        """
        share = self.at(end, day)
        if share is None or not FLAT < share < 1 - FLAT:
            return None
        deviation = self.variance(end, day) ** 0.5
        reach = standard(level) * deviation / (share * abs(log(share)))
        return Interval(exp(log(share) * exp(reach)), exp(log(share) * exp(-reach)))

    def variance(self, end: str, day: float) -> float:
        """Return the variance of ``at``, also with rivals, ties and delayed entry."""
        until = int(np.searchsorted(self.days, day, side="right"))
        if not until or end not in self.shares:
            return 0.0
        risk, own, curve = self.at_risk[:until], self.ended[end][:until], self.shares[end][:until]
        ended = sum(self.ended.values(), np.zeros(len(self.days)))[:until]
        before = np.concatenate(([1.0], self.open_shares[:-1]))[:until]
        rest, left = curve[-1] - curve, risk - ended
        hazard = np.divide(ended, risk * left, out=np.zeros(until), where=left > 0)
        own_part = before**2 * (risk - own) / risk * own / risk**2
        cross = rest * before * own / risk**2
        return max(0.0, float((rest**2 * hazard + own_part - 2 * cross).sum()))


def day_of_height(days: Floats, curve: Floats, height: float) -> float | None:
    """Find where a rising curve reaches a height; the middle of the step when it is flat at that height (R's survfit)."""
    reached = np.flatnonzero(curve >= height - FLAT)
    if not len(reached):
        return None
    passed = np.flatnonzero(curve > height + FLAT)
    first = float(days[reached[0]])
    is_flat = abs(float(curve[reached[0]]) - height) <= FLAT
    return (first + float(days[passed[0]])) / 2 if is_flat and len(passed) else first


def cumulative_incidence(days: ArrayLike, ends: Sequence[str | None], entry: ArrayLike | None = None) -> Incidence:
    """Estimate how deals end by age: Σ S(t⁻)·d/n over the days of an end (Aalen & Johansen 1978).

    ``days``: age at the end, or so far when ``ends`` is None for that row. ``entry``: age from which its end would have
    been seen, 0 when always; with it early steps may rest on few, as ``at_risk`` tells.
    """
    names, kind = numbered(ends)
    return incidence_of(floats(days), kind, names, entry)


def numbered(ends: Sequence[str | None]) -> tuple[list[str], Whole]:
    """Number the ends by name: the names in order, and for each row the number of its end, -1 where nothing ended."""
    names = sorted({end for end in ends if end is not None})
    numbers = {None: -1, **{name: number for number, name in enumerate(names)}}
    return names, np.array([numbers[end] for end in ends], dtype=np.int64)


def incidence_of(age: Floats, kind: Whole, names: Sequence[str], entry: ArrayLike | None = None) -> Incidence:
    """Estimate as ``cumulative_incidence`` does, of ends that are numbered already: for who asks many times of few rows.

    A name that none of the rows has is an end that nobody met.
    """
    start = np.zeros_like(age) if entry is None else floats(entry)
    same_length(age, start, kind)
    is_good = (age >= 0) & (start <= age)
    age, start, kind = age[is_good], start[is_good], kind[is_good]
    if entry is None:
        steps, risk, counts = counted(age, kind, len(names))
    else:
        steps, risk, counts = sorted_out(age, start, kind, len(names))
    ended = dict(zip(names, counts, strict=True))
    any_end = sum(ended.values(), np.zeros(len(steps)))
    survival = np.cumprod(1.0 - any_end / risk).astype(np.float64)
    before = np.concatenate(([1.0], survival[:-1])) if len(steps) else survival
    return Incidence(
        days=steps,
        at_risk=risk,
        ended=ended,
        shares={name: np.cumsum(before * count / risk) for name, count in ended.items()},
        open_shares=survival,
        first_day=float(start.min()) if len(start) else 0.0,
        last_day=float(age.max()) if len(age) else None,
        count=len(age),
        left_out_count=int((~is_good).sum()),
    )


def are_days(age: Floats) -> bool:
    """Tell whether ages are whole days, none longer than anybody lives: they are counted by day, which needs no sorting."""
    return len(age) > 0 and float(age.max()) < LONGEST and bool((age == np.floor(age)).all())


def counted(age: Floats, kind: Whole, ends: int) -> tuple[Floats, Floats, list[Floats]]:
    """Count by age: the ages at which something ended, how many were watched then, and how many ended in each way."""
    if are_days(age):
        place = age.astype(np.int64)
        ages = np.arange(int(place.max()) + 1, dtype=np.float64)
    else:
        order = age.argsort()
        ages, kind = age[order], kind[order]
        is_new = np.append(True, ages[1:] != ages[:-1])[: len(ages)]
        ages, place = ages[is_new], is_new.cumsum() - 1
    by_age = np.bincount(place * (ends + 1) + kind + 1, minlength=len(ages) * (ends + 1)).reshape(-1, ends + 1)
    whole = by_age.sum(axis=1)
    risk = len(age) - whole.cumsum() + whole
    at = np.flatnonzero(by_age[:, 1:].sum(axis=1))
    told = by_age[at].astype(np.float64)
    return ages[at], risk[at].astype(np.float64), [told[:, number + 1] for number in range(ends)]


def sorted_out(age: Floats, start: Floats, kind: Whole, ends: int) -> tuple[Floats, Floats, list[Floats]]:
    """Count the same of deals that are watched from a later age on."""
    steps = np.unique(age[kind >= 0])
    return steps, at_risk(steps, age, start), [on_days(steps, age[kind == number]) for number in range(ends)]


def at_risk(steps: Floats, age: Floats, start: Floats) -> Floats:
    """Count those watched on each day: entered on it or before, and not ended before it."""
    entered = np.searchsorted(np.sort(start), steps, side="right")
    gone = np.searchsorted(np.sort(age), steps, side="left")
    return (entered - gone).astype(np.float64)


def on_days(steps: Floats, age: Floats) -> Floats:
    """Count the ends on each of the days."""
    return np.bincount(np.searchsorted(steps, age), minlength=len(steps)).astype(np.float64)


OVER = "over"


def kaplan_meier(days: ArrayLike, is_over: ArrayLike, entry: ArrayLike | None = None) -> Incidence:
    """Estimate how long something lasts when some of it is not over (Kaplan & Meier 1958): one end, named "over"."""
    over: Flags = flags(is_over)
    return cumulative_incidence(days, [OVER if one else None for one in over], entry)
