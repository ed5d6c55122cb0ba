"""A period is a half-open span of days ``[start, end)``; every comparison is with a span just as long or just as whole.

There is no clock here: "today" is always the snapshot's ``as_of_on``, handed in by the caller. A running month ends on
the day after ``as_of_on``, so its comparison takes the same number of elapsed days of the month before, not all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from pipelines.errors import InputError

Compare = Literal["previous", "year", "none"]
COMPARES: tuple[Compare, ...] = ("previous", "year", "none")

DAY = timedelta(days=1)
UNIT_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Period:
    """The days from ``start`` up to and without ``end``; None leaves that side unbounded, both None is all time."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise InputError(
                "The period from {start} to {end} holds no day: its end is the first day left out and must come later.",
                start=self.start,
                end=self.end,
            )

    @property
    def first_day(self) -> date | None:
        """The first day included."""
        return self.start

    @property
    def last_day(self) -> date | None:
        """The last day included."""
        return None if self.end is None else self.end - DAY

    @property
    def is_all_time(self) -> bool:
        """True when neither side is bounded: then no date is asked for at all, and rows without a date are in."""
        return self.start is None and self.end is None

    def contains(self, column: str) -> pl.Expr:
        """Make the predicate "this day is in the period". A row without a date is only ever in all time."""
        if self.is_all_time:
            return pl.lit(True)
        days = pl.col(column)
        after = days >= self.start if self.start is not None else days.is_not_null()
        before = days < self.end if self.end is not None else days.is_not_null()
        return (after & before).fill_null(False)

    def previous(self) -> Period | None:
        """Return the span just before: the whole month, quarter or year before a whole one, else as many days.

        None when the period has no start, or when the calendar ends.
        """
        if self.start is None or self.end is None:
            return None
        try:
            if self.start.day == 1 and self.end.day == 1:
                return Period(shift_months(self.start, -months_between(self.start, self.end)), self.start)
            return Period(self.start - (self.end - self.start), self.start)
        except (OverflowError, ValueError):
            return None

    def year_before(self) -> Period | None:
        """Return the same days of the year before; 29 February stands for the last day of February."""
        if self.start is None or self.end is None:
            return None
        try:
            return Period(shift_months(self.start, -12), shift_months(self.end - DAY, -12) + DAY)
        except (OverflowError, ValueError):
            return None


ALL_TIME = Period()


def months_between(start: date, end: date) -> int:
    """Count the months from one first day of a month to another."""
    return (end.year - start.year) * 12 + end.month - start.month


def shift_months(day: date, months: int) -> date:
    """Move a day by whole months; the 31st becomes the last day of a shorter month."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(years, month + 1, 1)
    following = date(years + (month == 11), (month + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - DAY).day))


def unit_start(unit: str, day: date) -> date:
    """Return the first day of the week (Monday), month, quarter or year that holds ``day``."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = UNIT_MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def step_unit(unit: str, day: date, steps: int) -> date:
    """Move the first day of a unit by whole units."""
    return day + timedelta(weeks=steps) if unit == "week" else shift_months(day, steps * UNIT_MONTHS[unit])


def presets(as_of_on: date) -> dict[str, Period]:
    """Name the periods offered by a list, as of the last day of the data. A running period ends with that day."""
    tomorrow = as_of_on + DAY

    def this(unit: str) -> Period:
        return Period(unit_start(unit, as_of_on), tomorrow)

    def last(unit: str) -> Period:
        end = unit_start(unit, as_of_on)
        return Period(step_unit(unit, end, -1), end)

    return {
        "this_week": this("week"),
        "last_week": last("week"),
        "this_month": this("month"),
        "last_month": last("month"),
        "this_quarter": this("quarter"),
        "last_quarter": last("quarter"),
        "this_year": this("year"),
        "last_90_days": Period(tomorrow - timedelta(days=90), tomorrow),
        "last_365_days": Period(tomorrow - timedelta(days=365), tomorrow),
        "all": ALL_TIME,
    }


PRESETS: tuple[str, ...] = tuple(presets(date(2000, 1, 1)))


def running_unit(period: Period, as_of_on: date, preset: str | None = None) -> str | None:
    """Tell which unit a period is the elapsed part of: the preset says so, else the smallest that fits; else None."""
    if period.start is None or period.end is None or period.end != as_of_on + DAY:
        return None
    if preset is not None:
        return preset.removeprefix("this_") if preset.startswith("this_") else None
    for unit in ("month", "quarter", "year"):
        start = unit_start(unit, as_of_on)
        if period.start == start and period.end < step_unit(unit, start, 1):
            return unit
    return None


def compare_period(period: Period, how: Compare, as_of_on: date, preset: str | None = None) -> Period | None:
    """Choose the span a period is compared with; None when there is none (all time, no start, ``how="none"``).

    A running week, month, quarter or year is compared with as many elapsed days of the one before (never more than it
    has); ``preset`` settles which unit runs when several begin on the same day.
    """
    if how == "none" or period.start is None:
        return None
    try:
        end = period.end if period.end is not None else max(as_of_on, period.start) + DAY
        closed = Period(period.start, end)
        if how == "year":
            return closed.year_before()
        unit = running_unit(closed, as_of_on, preset)
        if unit is None:
            return closed.previous()
        start = step_unit(unit, period.start, -1)
        if end == step_unit(unit, period.start, 1):
            return Period(start, period.start)
        return Period(start, min(start + (end - period.start), period.start))
    except (OverflowError, ValueError):
        return None
