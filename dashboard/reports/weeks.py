"""Weeks by their names: ``2026-W46`` is Monday to Sunday by ISO 8601."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dashboard.periods import Period, unit_start
from pipelines.errors import UnknownName

WEEK = timedelta(days=7)


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


def last_week(as_of_on: date) -> Period:
    """Return the last week that is over on the last day of the data."""
    monday = unit_start("week", as_of_on + timedelta(days=1))
    return Period(monday - WEEK, monday)


def week_name(day: date) -> str:
    """Name the week that holds a day."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
