"""A moment that comes every week: how people write it, and when it was last due by the company's clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipelines.errors import InputError, suggest

LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Weekly:
    """A day of the week (0 is Monday) and a time of day."""

    day: int
    hour: int
    minute: int

    @property
    def word(self) -> str:
        """The day as cron and systemd write it: mon."""
        return DAYS[self.day]

    def last_due(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the latest such moment that is not after ``now``, in the zone."""
        here = now.astimezone(zone)
        at = here.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0, fold=0)
        at -= timedelta(days=(here.weekday() - self.day) % 7)
        return at if at <= here else at - timedelta(days=7)


def weekly(day: str, at: str) -> Weekly:
    """Read "mon" (or "monday") and "08:00". Raises InputError for a day or time that does not exist."""
    short = day.casefold()[:3]
    if short not in DAYS or day.casefold() not in (short, *LONG):
        raise InputError('"{day}" is no day of the week. {hint}', day=day, hint=suggest(day, DAYS))
    clock = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", at, re.ASCII)
    if clock is None:
        raise InputError('"{at}" is no time of the day. Write it like 08:00.', at=at)
    return Weekly(DAYS.index(short), int(clock[1]), int(clock[2]))
