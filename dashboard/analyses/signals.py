"""What was unusual last week, and what was no more than the usual noise: control charts of the weekly numbers, in one digest.

Watching a hundred series means that some of them leave their limits every week by chance alone. So a signal is told only where
it stands among all that were looked at (Benjamini & Hochberg 1995), and the answer says how many chance alone would have made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.analyses.signal_words import BEYOND, ON_ONE_SIDE, sentence
from dashboard.analyses.weekly_series import LEAST_CASES, LEAST_WEEKS, WATCHED, Series, judged_week, series, stale
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_, Told
from dashboard.metrics.model import Unit
from dashboard.periods import Period
from dashboard.statistics.control import (
    RUN,
    SIGMAS,
    Chart,
    Point,
    chance_beyond,
    chance_of_run,
    p_prime,
    xmr,
)
from dashboard.statistics.groups import benjamini_hochberg

FALSE_SHARE = 0.1
"""Of the signals told, so many are chance on the average at the most: one in ten."""
MOST_TOLD = 8
"""Signals told in sentences; the table has all of them."""
WHOLE = N_("All together")
PART_LABELS = {
    "": WHOLE,
    "manager": N_("Manager"),
    "channel": N_("Channel"),
    "product": N_("Product"),
    "region": N_("Region"),
}
QUIET = N_("Nothing unusual in the week {week}. Numbers watched: {watched}.")
SOME = N_("Numbers watched: {watched}. Signals told: {told}; one in ten of such may be chance.")
CHANCE = N_(
    "Left their limits and not told: {count}. Among so many numbers chance alone makes about {expected} such signals a week."
)
FEW = N_("Too few cases to watch (fewer than {least} in the usual week): {count}.")
MUTE = N_("Cannot be judged (the last week or {least} before it are not told, or nothing ever varied): {count}.")
FOLLOWING = N_("{count} more are parts that moved the same way as the whole: they are in the table.")
STALE = N_("The last day told of {what} is {day}: their last week is not judged.")
STALE_WORDS = {"deals": N_("deals"), "calls": N_("calls")}
DAYS_OFF = N_("The week had days off: {count}. Fewer leads, calls and sales are no surprise.")
NOTHING = N_("No number has {least} cases a week over {weeks} weeks, so nothing can be called unusual.")
DEFINITION = N_(
    "Weeks from Monday to Sunday, the last whole one judged by the 12 to 52 before it: shares by a p′-chart (Laney), counts and "
    "sums by an XmR-chart (Wheeler). A signal is a week beyond three sigma, or eight weeks or more in a row on one side of the "
    "usual, and is told where it stands among all that were watched (Benjamini and Hochberg, one false in ten at the most). Watched "
    "are the whole, and each manager, channel, product and region with at least 20 cases in the usual week."
)
VARIANT = N_("No number that grows while its deals ripen; the running week is left out.")
REAL = pl.Float64()
SCHEMA = {
    **dict.fromkeys(("metric", "metric_name", "scope", "by", "segment"), pl.String()),
    **dict.fromkeys(("week_from", "week_to"), pl.Date()),
    **dict.fromkeys(("value", "usual", "low", "high"), REAL),
    "run": pl.Int64(),
    "rule": pl.String(),
    "n": pl.Int64(),
    "usual_n": REAL,
    "p_value": REAL,
    "is_following": pl.Boolean(),
}


@dataclass(frozen=True, eq=False)
class Judged:
    """The last week of one series on its chart; ``base``: how many weeks made the limits; ``p_value``: by chance alone."""

    series: Series
    centre: float
    point: Point
    base: int

    @property
    def is_crossing(self) -> bool:
        """Whether one of the two rules is met."""
        return self.point.is_beyond or self.point.is_run

    @property
    def is_above(self) -> bool:
        """Whether the last week lies above the usual."""
        return self.point.deviation > 0

    @property
    def p_value(self) -> float:
        """How likely chance alone makes a week as strange, or a run as long; of two rules, so twice the smaller."""
        alone = chance_beyond(self.point.deviation, self.base)
        return min(1.0, 2 * min(alone, chance_of_run(self.point.run)))

    @property
    def by_chance(self) -> float:
        """How likely chance alone makes this series signal."""
        return chance_beyond(SIGMAS, self.base) + chance_of_run(RUN)


def signals(facts: Facts, filter: Filter) -> Answer:
    """Tell what was unusual in the last whole week: one row per series that signals.

    Columns: metric (its label), scope (what the part is of, a word), segment ("" for the whole, null where nobody gave a name),
    week_from, week_to, value, usual (the centre), low, high (the limits of that week), run (weeks in a row on this side),
    rule, n (cases of the week), usual_n (cases of the usual week). First the whole, its money first, then the parts, the
    largest first.
    Besides: metric_name, by (the dimension), p_value (corrected for all that were watched), is_following (a part that lies on
    the same side as the whole, which signals too). The period of the filter plays no part, unless
    it is a week that is over: then that one is judged, as in the report of a week.
    """
    week = judged_week(facts, filter)
    watched, few = series(facts, filter, week)
    judged = [one for each in watched if (one := judge(each)) is not None]
    kept = standing(judged)
    sides = {(one.series.watched.metric.name, one.is_above) for one, _ in kept if not one.series.by}
    rows = sorted((row_of(one, p_value, week, sides) for one, p_value in kept), key=importance)
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    told = [sentence(row, facts.currency) for row in in_sentences(frame).to_dicts()]
    return Answer(
        frame=frame,
        columns=(
            Column("metric", N_("Metric"), "word"),
            Column("scope", N_("Cut"), "word"),
            Column("segment", N_("Segment")),
            Column("week_from", N_("Week from"), "day"),
            Column("value", N_("Last week"), "number"),
            Column("usual", N_("Usual"), "number"),
            Column("low", N_("Usually from"), "number"),
            Column("high", N_("Usually to"), "number"),
            Column("run", N_("Weeks on this side"), "count"),
            Column("rule", N_("Rule"), "word"),
            Column("n", N_("Cases"), "count"),
        ),
        definition=DEFINITION,
        variant=VARIANT,
        n=len(judged),
        counted=N_("numbers watched"),
        as_of=facts.as_of,
        sentences=(*told, *summary(facts, week, judged, frame, few, len(watched) - len(judged))),
    )


def in_sentences(frame: pl.DataFrame) -> pl.DataFrame:
    """Take the signals that are told in sentences: the first ones, without the parts that only follow the whole."""
    return frame.filter(~pl.col("is_following")).head(MOST_TOLD)


def importance(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Order signals as a head of sales reads them: never by how strange they are, which noise would win."""
    name = row["metric_name"]
    size = -row["usual_n"] if row["by"] else [one.metric.name for one in WATCHED].index(name)
    return bool(row["by"]), row["is_following"], size, name, row["by"], row["segment"] or ""


def judge(one: Series) -> Judged | None:
    """Put the last week of a series beside the limits of the weeks before; None where too few of them are told, or it is not."""
    metric = one.watched.metric
    chart, told = shares(one) if metric.unit == Unit.SHARE else amounts(one)
    if chart is None or not told[-1] or (base := int(told[:-1].sum())) < LEAST_WEEKS:
        return None
    return Judged(one, chart.centre, chart.points[-1], base)


def shares(one: Series) -> tuple[Chart | None, np.ndarray]:
    """Chart a share; weeks of few cases, and those that are not ripe, have no point."""
    is_ripe = ~np.isnan(one.values)
    cases = np.where(is_ripe, one.cases, 0.0)
    told = cases >= LEAST_CASES
    return p_prime(np.where(is_ripe, one.values, 0.0), cases, base=int(told[:-1].sum()), least=LEAST_CASES), told


def amounts(one: Series) -> tuple[Chart | None, np.ndarray]:
    """Chart a count or a sum; what is never negative has no limit below zero."""
    told = ~np.isnan(one.values)
    floor = 0.0 if np.nanmin(one.values, initial=0.0) >= 0 else -np.inf
    return xmr(one.values, base=int(told[:-1].sum()), floor=floor), told


def standing(judged: list[Judged]) -> list[tuple[Judged, float]]:
    """Keep the signals that stand among all that were watched, each with its corrected p-value.

    The whole and its parts are two families: looking at a hundred parts does not make the company deaf to its own numbers.
    """
    kept = []
    for is_part in (False, True):
        family = [one for one in judged if bool(one.series.by) == is_part]
        corrected = benjamini_hochberg([one.p_value for one in family])
        pairs = zip(family, corrected, strict=True)
        kept += [(one, p_value) for one, p_value in pairs if one.is_crossing and p_value <= FALSE_SHARE]
    return kept


def row_of(one: Judged, p_value: float, week: Period, sides: set[tuple[str, bool]]) -> dict[str, object]:
    """Make the row of a signal; ``sides``: the numbers of the whole that signal, and whether above the usual."""
    told, metric = one.series, one.series.watched.metric
    return {
        "metric": metric.label,
        "metric_name": metric.name,
        "scope": PART_LABELS[told.by],
        "by": told.by,
        "segment": told.name if told.by else "",
        "week_from": week.first_day,
        "week_to": week.last_day,
        "value": one.point.value,
        "usual": one.centre,
        "low": one.point.low,
        "high": one.point.high,
        "run": one.point.run,
        "rule": BEYOND if one.point.is_beyond else ON_ONE_SIDE,
        "n": int(told.cases[-1]),
        "usual_n": told.usual_cases,
        "p_value": p_value,
        "is_following": bool(told.by) and (metric.name, one.is_above) in sides,
    }


def summary(facts: Facts, week: Period, judged: list[Judged], told: pl.DataFrame, few: int, mute: int) -> list[Notice]:
    """Say how many series were watched and how many could not be, and what chance alone would have made."""
    late = {name: day for name, day in stale(facts, week).items() if day is not None}
    found = [Notice(STALE, {"what": Told(STALE_WORDS[name], "word"), "day": day}) for name, day in late.items()]
    if not judged:
        return [*found, Notice(NOTHING, {"least": LEAST_CASES, "weeks": LEAST_WEEKS})]
    days = Told((week.first_day, week.last_day), "days")
    counts = {"watched": len(judged), "told": told.height, "week": days}
    found.insert(0, Notice(SOME if told.height else QUIET, counts))
    expected = Told(sum(one.by_chance for one in judged), digits=1)
    rest = {
        DAYS_OFF: days_off(facts, week),
        FOLLOWING: int(told["is_following"].sum()),
        CHANCE: sum(one.is_crossing for one in judged) - told.height,
        FEW: few,
        MUTE: mute,
    }
    leasts = {FEW: LEAST_CASES, MUTE: LEAST_WEEKS}
    values = {"expected": expected}
    return found + [
        Notice(one, {"count": count, "least": leasts.get(one, 0), **values}) for one, count in rest.items() if count
    ]


def days_off(facts: Facts, week: Period) -> int:
    """Count the days of a week on which the company would have worked and had a day off."""
    working = facts.thresholds.working
    first, last = week.first_day, week.last_day
    if first is None or last is None:
        return 0
    usual = replace(working, days_off=())
    return sum(first <= day <= last and usual.is_working(day) for day in set(working.days_off))


SIGNALS = Analysis(
    name="signals",
    label=N_("Unusual last week"),
    help=N_(
        "Numbers of the last whole week, of the company and its parts, that chance does not explain, and how many were watched."
    ),
    run=signals,
    is_state=True,
)
