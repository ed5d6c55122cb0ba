"""The numbers a head of sales watches week by week, for the company and for each of its parts.

A share has an exact numerator and denominator, and no number here grows as its deals ripen: an unripe week would ring every
time. What no export tells of the last week is not zero but not watched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

import numpy as np
import polars as pl

from dashboard.access import Facts
from dashboard.filters import DIMENSIONS, Filter
from dashboard.metrics.calls import ANSWERED_SHARE, CALLS_IN
from dashboard.metrics.conversion import MISSING_REASON_SHARE
from dashboard.metrics.deals import IS_WON, JUNK, LEADS, REVENUE, WIN_RATE, WON
from dashboard.metrics.measure import lacking
from dashboard.metrics.model import Metric, Unit
from dashboard.metrics.rows import rows_of
from dashboard.metrics.speed import ANSWERED_WITHIN_15
from dashboard.periods import Period, unit_start
from dashboard.statistics.arrays import Floats
from dashboard.weeks import WEEK, Known, known

WEEKS_BACK = 52
LEAST_CASES = 20
"""Cases in the usual week below which nothing is watched: the swings of small numbers say nothing (product.md 2-15)."""
LEAST_WEEKS = 12
"""Weeks before the last that limits are made of; fewer make them a matter of luck."""
GONE_AFTER = 8
"""So many weeks without a case, and a part of the company is no longer there: it does not ring every week for a year."""
SOURCES = {"deals": {"deals"}, "calls": {"calls"}, "answers": {"deals", "calls"}}
"""What tells the rows of a fact."""
PARTS = ("manager", "channel", "product", "region")
PERSON = ("manager",)
IS_SOON = pl.col("is_answered") & (pl.col("wait_minutes") <= 15)
IS_PENDING = ~pl.col("is_answered") & (pl.col("wait_minutes") < 15)


@dataclass(frozen=True, eq=False)
class Watched:
    """A metric watched for the company and ``by`` its parts.

    ``of_them``: which of the rows behind a share make it. ``pending``: rows of which that is not known yet; a week with one is
    too young to have a value.
    """

    metric: Metric
    by: tuple[str, ...] = PARTS
    of_them: pl.Expr | None = None
    pending: pl.Expr | None = None

    @property
    def rows(self) -> pl.Expr:
        """The rows behind the number, of those of its weeks."""
        behind = pl.lit(True) if self.metric.behind is None else self.metric.behind
        return pl.col(str(self.metric.dated_by)).is_not_null() & behind.fill_null(
            False
        )  # a literal alone would count as one row

    @property
    def value(self) -> pl.Expr:
        """The number of a week, or the numerator where it is a share."""
        if self.metric.unit == Unit.MONEY:
            amounts = pl.col("amount").filter(self.rows)
            return pl.when((amounts.len() == 0) | (amounts.count() > 0)).then(amounts.sum()).cast(pl.Float64)
        made = self.metric.of_them if self.of_them is None else self.of_them
        kept = self.rows if self.metric.unit == Unit.COUNT or made is None else self.rows & made.fill_null(False)
        told = kept.sum().cast(pl.Float64)
        return (
            told if self.pending is None else pl.when((self.rows & self.pending.fill_null(False)).sum() == 0).then(told)
        )


WATCHED = (
    Watched(REVENUE),
    Watched(WON),
    Watched(LEADS),
    Watched(WIN_RATE, of_them=IS_WON),
    Watched(JUNK),
    Watched(MISSING_REASON_SHARE),
    Watched(CALLS_IN, PERSON),
    Watched(ANSWERED_SHARE, PERSON),
    Watched(ANSWERED_WITHIN_15, PERSON, IS_SOON, IS_PENDING),
)


@dataclass(frozen=True, eq=False)
class Series:
    """One number of one part of the company, week by week up to the last whole one.

    ``by``: what the part is of, empty for the whole; ``name``: its name, None where nobody gave one. ``values``: the number,
    or the numerator of a share (NaN where unknown); ``cases``: the rows behind it.
    """

    watched: Watched
    by: str
    name: str | None
    values: Floats
    cases: Floats

    @property
    def usual_cases(self) -> float:
        """Mean number of cases of the weeks before the last."""
        return float(self.cases[:-1].mean()) if len(self.cases) > 1 else 0.0

    @property
    def within(self) -> dict[str, str | None]:
        """The column of the facts that makes the part, and its value there."""
        return {DIMENSIONS[self.by]: self.name} if self.by else {}


def last_week(facts: Facts) -> Period:
    """Return the last week that is over: Monday to Sunday, in the company's zone."""
    return known(facts, facts.thresholds.working).last_week()


def judged_week(facts: Facts, filter: Filter) -> Period:
    """Return the week a filter asks for where it is one that is over, as that of a weekly report; else the last one."""
    last, asked = last_week(facts), filter.period
    if asked.start is None or asked.end is None or last.end is None:
        return last
    is_week = asked.start.weekday() == 0 and asked.end - asked.start == WEEK and asked.end <= last.end
    return Period(asked.start, asked.end) if is_week else last


def ending_week(facts: Facts, filter: Filter) -> Filter:
    """Return the filter of the last whole week of a period that is past, as a report of that period judges it; else the same."""
    last, end = last_week(facts), filter.period.end
    if end is None or last.start is None or end > last.start:
        return filter
    monday = unit_start("week", end)
    return replace(filter, period=Period(monday - WEEK, monday), preset=None)


def series(facts: Facts, filter: Filter, week: Period) -> tuple[list[Series], int]:
    """List the series that end with a week, for the whole and for each part; and how many parts have too few cases to watch.

    A series begins with the first week all of whose days come after the first case of the part, at most a year back.
    """
    found, few, late = [], 0, stale(facts, week).keys()
    for group in alike():
        told = {} if SOURCES[group[0].metric.fact] & late else weekly(facts, filter, group, week)
        for watched, (by, frame) in product(group, told.items()):
            cases, value = named(watched)
            counts = frame.select("name", "week", "first_on", cases=cases, value=value)
            enough = pl.col("cases").sum().over("name") >= LEAST_CASES * LEAST_WEEKS
            few += counts.filter(~enough)["name"].n_unique()
            parts = counts.filter(enough).partition_by("name", maintain_order=True)
            laid = [one for part in parts if (one := laid_out(part, week, watched, by)) is not None]
            few += sum(one.usual_cases < LEAST_CASES and not is_gone(one) for one in laid)
            found += [one for one in laid if one.usual_cases >= LEAST_CASES and not is_gone(one)]
    return found, few


def alike() -> list[list[Watched]]:
    """Put together what looks at the same rows, so that they are looked at once."""
    groups: dict[tuple[str, str | None], list[Watched]] = {}
    for one in WATCHED:
        groups.setdefault((one.metric.fact, one.metric.dated_by), []).append(one)
    return list(groups.values())


def named(watched: Watched) -> tuple[str, str]:
    """Name the columns of a number's cases and value."""
    return f"{watched.metric.name} cases", watched.metric.name


def stale(facts: Facts, week: Period) -> dict[str, date | None]:
    """List the facts that do not tell all of a week with the last day they tell of, None where they hold nothing.

    Of an export that ends earlier the last week would show a fall to zero.
    """
    now = known(facts, facts.thresholds.working)
    loaded_on = max(facts.as_of_on, now.loaded_on or facts.as_of_on)
    columns = {"deals": ("created_on", "closed_on"), "calls": ("started_on",)}
    found: dict[str, date | None] = {}
    for name, days in columns.items():
        last = getattr(facts, name).select(pl.max_horizontal(pl.col(*days).max())).item()
        if last is None or not Known(min(last, facts.as_of_on), loaded_on, now.time).covers(week):
            found[name] = last
    return found


def weekly(facts: Facts, filter: Filter, group: list[Watched], week: Period) -> dict[str, pl.DataFrame]:
    """Count metrics of the same rows week by week, whole ("") and by each part of the company.

    Columns: name, week, first_on, and of each metric those that ``named`` names.
    """
    metric, rows = group[0].metric, rows_of(facts, group[0].metric.fact)
    dated_by, start, end = metric.dated_by, week.start, week.end
    if dated_by is None or start is None or end is None or lacking(rows, metric, filter, ()):
        return {}
    asked = replace(filter, period=Period(start - WEEKS_BACK * WEEK, end), preset=None)
    values = [
        expression.alias(name)
        for one in group
        for name, expression in zip(named(one), (one.rows.sum().cast(pl.Float64), one.value), strict=True)
    ]
    columns = {DIMENSIONS[by] for by in group[0].by}.union(*(one.meta.root_names() for one in values), {dated_by})
    kept = (
        rows.lazy()
        .filter(asked.rows(dated_by, any_funnel="is_sales" not in rows.columns))
        .select(*sorted(columns), pl.col(dated_by).dt.truncate("1w").alias("week"))
        .collect()
        .lazy()
    )
    keys = {"": pl.lit("", dtype=pl.String), **{by: pl.col(DIMENSIONS[by]).cast(pl.String) for by in group[0].by}}
    plans = [
        kept.group_by(key.alias("name"), "week")
        .agg(pl.col(dated_by).min().alias("first_on"), *values)
        .sort("name", "week")
        for key in keys.values()
    ]
    found = dict(zip(keys, pl.collect_all(plans), strict=True))
    # A part that is all there is would say again what the whole says.
    return {by: frame for by, frame in found.items() if not by or frame["name"].n_unique() > 1}


def laid_out(frame: pl.DataFrame, week: Period, watched: Watched, by: str) -> Series | None:
    """Lay the weeks of one part out without a gap; a week without a case has none. None where no whole week is told."""
    first, last = frame["first_on"].min(), week.start
    if not isinstance(first, date) or last is None:
        return None
    start = first + timedelta(days=-first.weekday() % 7)
    count = (last - start) // WEEK + 1
    if count < 1:
        return None
    values, cases = np.zeros(count), np.zeros(count)
    for monday, many, value in frame.select("week", "cases", "value").iter_rows():
        at = (monday - start) // WEEK
        if at >= 0:
            cases[at], values[at] = many, np.nan if value is None else value
    return Series(watched, by, frame["name"][0] if by else None, values, cases)


def is_gone(one: Series) -> bool:
    """Tell whether a part of the company has had no case for so long that it is not there any more."""
    return len(one.cases) > GONE_AFTER and not one.cases[-GONE_AFTER:].any()
