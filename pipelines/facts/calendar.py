"""The company's working time: minutes, days and openings, in its zone, over changes to summer time, days off left out.

Working minutes are real minutes within opening hours. Series in, Series out: one table of openings is searched for all
moments at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.settings import WorkingTime

Whole = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
MOMENT = pl.Datetime("us", "UTC")
MINUTE = 60_000_000
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)
"""Moments outside of these are as good as mistyped; to count on beyond them would serve nobody."""
MARGIN = timedelta(days=400)
"""Days kept around the moments asked for, so that the next opening is always among them."""


@dataclass(frozen=True)
class Openings:
    """Opening hours one by one, in microseconds of UTC; ``before`` is the working time of all earlier ones."""

    starts: Whole
    ends: Whole
    before: Whole


@lru_cache(maxsize=64)
def openings(working_time: WorkingTime, zone: str, first_year: int, last_year: int) -> Openings:
    """List the opening hours of these years; an hour that comes twice counts from its first to its last minute."""
    first, last = max(date(first_year, 1, 1) - MARGIN, FIRST), min(date(last_year, 12, 31) + MARGIN, LAST)
    wanted = [WEEK.index(day) + 1 for day in working_time.days]
    day = pl.date_range(first, last, eager=True).alias("day").to_frame()
    day = day.filter(pl.col("day").dt.weekday().is_in(wanted) & ~pl.col("day").is_in(list(working_time.days_off)))
    hours = {"starts": working_time.opens, "ends": working_time.closes}
    found = day.select(**{name: _moment(pl.col("day"), hour, zone) for name, hour in hours.items()})
    starts, ends = (found[name].to_physical().to_numpy().astype(np.int64) for name in hours)
    lengths = np.maximum(ends - starts, 0)
    return Openings(starts, ends, np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)[:-1]]))


def _moment(day: pl.Expr, hour: str, zone: str) -> pl.Expr:
    """Return an hour of local days in UTC; one that the change to summer time skips is as much later."""
    hours, minutes = (int(part) for part in hour.split(":"))
    local = day.cast(pl.Datetime("us")) + pl.duration(hours=hours, minutes=minutes)

    def placed(moments: pl.Expr) -> pl.Expr:
        return moments.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")

    return pl.coalesce(placed(local), placed(local - pl.duration(days=1)) + pl.duration(days=1))


@dataclass(frozen=True)
class Calendar:
    """Working time of one company."""

    working_time: WorkingTime
    zone: str

    def minutes(self, start: pl.Series, end: pl.Series) -> pl.Series:
        """Return the working minutes between two moments: negative in reversed order, null where either is unknown."""
        table = self._table(start, end)
        spent = (_worked(end, table) - _worked(start, table)) / MINUTE
        return _where(start.is_not_null() & end.is_not_null(), pl.Series(spent))

    def is_open(self, moments: pl.Series) -> pl.Series:
        """Tell whether moments lie within working hours; the moment of closing does not. Unknown is null."""
        inside, _ = _placed(moments, self._table(moments))
        return _where(moments.is_not_null(), pl.Series(inside))

    def opening(self, moments: pl.Series) -> pl.Series:
        """Return the moment itself within working hours, else the next opening; null where there is none."""
        table = self._table(moments)
        inside, at = _placed(moments, table)
        following = np.minimum(at + 1, len(table.starts) - 1)
        found = pl.Series(np.where(inside, _ticks(moments), table.starts[following])).cast(MOMENT)
        return _where(moments.is_not_null() & pl.Series(inside | (at + 1 < len(table.starts))), found)

    def days(self, start: pl.Series, end: pl.Series) -> pl.Series:
        """Return the working days after one day, up to and with another; negative in reversed order."""
        left, right = _days(start) + 1, _days(end) + 1
        sign = np.where(right < left, -1, 1)
        spent = sign * self._counted(np.minimum(left, right), np.maximum(left, right))
        return _where(start.is_not_null() & end.is_not_null(), pl.Series(spent))

    def plus_days(self, start: pl.Series, days: int) -> pl.Series:
        """Return the day that lies so many working days after a day; 0 is the day itself."""
        if not days:
            return start
        moved = np.busday_offset(_days(start), days, roll="backward", weekmask=self._week, holidays=self._off)
        return _where(start.is_not_null(), pl.Series(moved).cast(pl.Date))

    @property
    def _week(self) -> list[bool]:
        return [day in self.working_time.days for day in WEEK]

    @property
    def _off(self) -> list[date]:
        return list(self.working_time.days_off)

    def _counted(self, first: Days | np.datetime64, end: Days | np.datetime64) -> Whole:
        return np.asarray(np.busday_count(first, end, weekmask=self._week, holidays=self._off))

    def _table(self, *asked: pl.Series) -> Openings:
        """Return the openings around the moments asked for."""
        ends = [end for moments in asked for end in (moments.min(), moments.max()) if end is not None]
        years = [min(max(end.year, FIRST.year), LAST.year) for end in ends if isinstance(end, datetime)] or [2000]
        return openings(self.working_time, self.zone, min(years), max(years))


def _placed(moments: pl.Series, table: Openings) -> tuple[npt.NDArray[np.bool_], Whole]:
    """Return for each moment whether it is within opening hours, and the number of the last opening before it, -1 for none."""
    ticks = _ticks(moments)
    at = np.searchsorted(table.starts, ticks, side="right") - 1
    return (at >= 0) & (ticks < table.ends[np.maximum(at, 0)]), at


def _worked(moments: pl.Series, table: Openings) -> Whole:
    """Return the working time up to each moment since the table's first opening, in microseconds."""
    ticks = _ticks(moments)
    at = np.maximum(np.searchsorted(table.starts, ticks, side="right") - 1, 0)
    return table.before[at] + np.clip(ticks - table.starts[at], 0, np.maximum(table.ends[at] - table.starts[at], 0))


def _ticks(moments: pl.Series) -> Whole:
    return moments.cast(MOMENT).to_physical().fill_null(0).to_numpy().astype(np.int64)


def _days(days: pl.Series) -> Days:
    return days.cast(pl.Date).fill_null(FIRST).to_numpy().astype("datetime64[D]")


def _where(known: pl.Series, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(known).then(values)).to_series()
