"""The invented company's clock: seconds of Moscow time since the first day, and which of them are working time.

Nothing here reads a clock; a moment is an int64 until a file is written.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo_words import FIRST_DAY, LAST_DAY

Moments = npt.NDArray[np.int64]

DAY = 86_400
OPENS, CLOSES = 9 * 3600, 18 * 3600
DAYS_COUNT = (LAST_DAY - FIRST_DAY).days + 1
END = DAYS_COUNT * DAY - 3 * 3600
"""The export was made in the evening of the last day: nothing is later."""

DAYS_OFF: tuple[date, ...] = (
    date(2025, 5, 1), date(2025, 5, 2), date(2025, 5, 8), date(2025, 5, 9), date(2025, 6, 12), date(2025, 6, 13),
    date(2025, 11, 3), date(2025, 11, 4), date(2025, 12, 31),
    *(date(2026, 1, day) for day in range(1, 10)),
    date(2026, 2, 23), date(2026, 3, 9), date(2026, 5, 1), date(2026, 5, 11), date(2026, 6, 12),
)  # fmt: skip

_MARGIN = 400  # days after the last one, for moments that fall out of the export
_DAYS = [FIRST_DAY + timedelta(days=number) for number in range(DAYS_COUNT + _MARGIN)]
_IS_WORKDAY = np.array([day.weekday() < 5 and day not in DAYS_OFF for day in _DAYS])
_NEXT_WORKDAY = np.minimum.accumulate(np.where(_IS_WORKDAY, np.arange(len(_DAYS)), len(_DAYS) - 1)[::-1])[::-1]


def moment(day: date) -> int:
    """Return the first second of a day."""
    return (day - FIRST_DAY).days * DAY


def to_working_time(moments: Moments, rng: np.random.Generator) -> Moments:
    """Move each moment that falls outside working time to a random minute of the next working hours, never back."""
    last = (len(_DAYS) - 2) * DAY
    day, second = np.divmod(np.minimum(moments, last), DAY)
    is_late = second >= CLOSES
    day_from = day + is_late
    workday = _NEXT_WORKDAY[day_from]
    is_moved = (workday != day) | (second < OPENS)
    hours = rng.beta(1.3, 1.9, len(moments)) * (CLOSES - OPENS)
    return np.where(is_moved, workday * DAY + OPENS + hours.astype(np.int64), day * DAY + second)


def months_of_days() -> npt.NDArray[np.int64]:
    """Return the calendar month, 1 to 12, of each day of the exports."""
    return np.array([day.month for day in _DAYS[:DAYS_COUNT]])


def day_weights() -> npt.NDArray[np.float64]:
    """Return how many leads a day draws relative to others: growth, season, weekday, holidays."""
    days = np.arange(DAYS_COUNT)
    months = months_of_days()
    weekdays = np.array([day.weekday() for day in _DAYS[:DAYS_COUNT]])
    season = np.array([0.72, 0.95, 1.10, 1.08, 0.90, 1.0, 0.86, 0.88, 1.12, 1.15, 1.08, 0.98])[months - 1]
    weekly = np.array([1.20, 1.16, 1.12, 1.08, 0.96, 0.34, 0.26])[weekdays]
    holiday = np.where(_IS_WORKDAY[:DAYS_COUNT] | (weekdays >= 5), 1.0, 0.30)
    weights = (1 + 0.25 * days / DAYS_COUNT) * season * weekly * holiday
    return weights / weights.sum()


def draw_moments(count: int, is_manual: npt.NDArray[np.bool_], rng: np.random.Generator) -> Moments:
    """Draw when leads came: round the clock with an evening tail, those typed in by hand only in working time."""
    days = rng.choice(DAYS_COUNT, count, p=day_weights())
    hours = np.clip(rng.normal(13.6, 4.2, count), 0.1, 23.9)
    moments = days * DAY + (hours * 3600).astype(np.int64)
    moments = np.where(is_manual, to_working_time(moments, rng), moments)
    return np.sort(np.where(moments > END - 3600, moments - 3 * DAY, moments))


def as_times(moments: pl.Series | Moments) -> pl.Series:
    """Turn moments into local times without zone; null stays null."""
    start = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day)
    return (pl.Series(moments, dtype=pl.Int64) * 1_000_000).cast(pl.Duration("us")) + start


def as_text(moments: pl.Series | Moments, pattern: str = "%d.%m.%Y %H:%M:%S") -> pl.Series:
    """Write moments in a pattern; a missing one is the empty text."""
    return as_times(moments).dt.strftime(pattern).fill_null("")
