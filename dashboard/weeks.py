"""Weeks by their names, ``2026-W46`` being Monday to Sunday by ISO 8601, and whether the data tells all of one.

Nobody sells on a Sunday where nobody works then: the data of such a company ends on Friday, and its week is over all the same
once something was loaded after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard.access import Facts
from dashboard.periods import Period, unit_start
from pipelines.errors import UnknownName
from pipelines.settings import WorkingTime
from pipelines.thresholds import WorkingDays

WEEK = timedelta(days=7)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def week_of(name: str) -> Period:
    """Return the days of a week. Raises UnknownName."""
    found = re.fullmatch(r"((?:19|20|21)\d{2})-?W(\d{1,2})", name.strip(), re.ASCII | re.IGNORECASE)
    try:
        first = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        first = None
    if first is None:
        raise UnknownName('"{word}" is not a week. Write the year and the week like 2026-W46.', word=name)
    return Period(first, first + WEEK)


def week_name(day: date) -> str:
    """Name the week that holds a day."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


@dataclass(frozen=True)
class Known:
    """Up to which day the data tells, on which day something was loaded last, and on which days people work."""

    as_of_on: date
    loaded_on: date | None = None
    time: WorkingTime | WorkingDays = field(default_factory=WorkingDays)

    def covers(self, period: Period) -> bool:
        """Tell whether nothing of the period is to come: all its days are told, or all its working days and a load since."""
        last = period.last_day
        if last is None or self.as_of_on >= last:
            return last is not None
        if self.loaded_on is None or self.loaded_on <= last:
            return False
        days = [last - timedelta(days=back) for back in range(7)]
        working = [day for day in days if DAYS[day.weekday()] in self.time.days and day not in self.time.days_off]
        return self.as_of_on >= max(working, default=last - WEEK)

    def last_week(self) -> Period:
        """Return the last week that is over."""
        monday = unit_start("week", self.as_of_on)
        week = Period(monday, monday + WEEK)
        return week if self.covers(week) else Period(monday - WEEK, monday)


def known(facts: Facts, time: WorkingTime | WorkingDays) -> Known:
    """Tell up to which day facts speak; only who sees all files knows when one was loaded."""
    at = facts.files["loaded_at"].max() if "loaded_at" in facts.files.columns else None
    loaded_on = at.astimezone(ZoneInfo(facts.zone)).date() if isinstance(at, datetime) else None
    return Known(facts.as_of_on, loaded_on, time)
