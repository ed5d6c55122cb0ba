"""Working time by hand: nights, weekends, days off, both changes of the clock, reversed order; and a minute-by-minute witness."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.facts.calendar import MOMENT, Calendar
from pipelines.settings import WorkingTime

MOSCOW = Calendar(WorkingTime(days_off=(date(2026, 2, 23),)), "Europe/Moscow")
BERLIN_ROUND = Calendar(
    WorkingTime(opens="00:00", closes="24:00", days=("mon", "tue", "wed", "thu", "fri", "sat", "sun")), "Europe/Berlin"
)


def moments(*texts: str | None, zone: str = "Europe/Moscow") -> pl.Series:
    read = [None if text is None else datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in texts]
    return pl.Series([None if at is None else at.astimezone(UTC) for at in read], dtype=MOMENT)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-02-02 10:00", "2026-02-02 10:25", 25),
        ("2026-02-02 08:00", "2026-02-02 09:10", 10),  # before the opening nothing counts
        ("2026-02-02 17:50", "2026-02-03 09:05", 15),  # over a night
        ("2026-02-06 17:00", "2026-02-09 10:00", 120),  # over a weekend
        ("2026-02-20 17:00", "2026-02-24 10:00", 120),  # over a weekend and a day off on Monday
        ("2026-02-07 11:00", "2026-02-08 15:00", 0),  # within a weekend
        ("2026-02-02 19:00", "2026-02-03 08:59", 0),  # within a night
        ("2026-02-02 09:00", "2026-02-02 18:00", 540),
        ("2026-02-02 10:25", "2026-02-02 10:00", -25),
        ("2026-02-03 09:05", "2026-02-02 17:50", -15),
        (None, "2026-02-02 10:00", None),
        ("2026-02-02 10:00", None, None),
    ],
)
def test_working_minutes_by_hand(start: str | None, end: str | None, minutes: float | None) -> None:
    assert MOSCOW.minutes(moments(start), moments(end)).to_list() == [minutes]


def test_the_clock_changes_while_the_shop_is_open_and_while_it_is_closed() -> None:
    spring = moments("2026-03-28 12:00", zone="Europe/Berlin"), moments("2026-03-29 12:00", zone="Europe/Berlin")
    autumn = moments("2026-10-24 12:00", zone="Europe/Berlin"), moments("2026-10-25 12:00", zone="Europe/Berlin")
    assert BERLIN_ROUND.minutes(*spring).to_list() == [23 * 60]
    assert BERLIN_ROUND.minutes(*autumn).to_list() == [25 * 60]
    office = Calendar(WorkingTime(), "Europe/Berlin")
    friday, monday = (moments(day, zone="Europe/Berlin") for day in ("2026-03-27 17:00", "2026-03-30 10:00"))
    assert office.minutes(friday, monday).to_list() == [120]


def test_an_opening_in_the_hour_that_is_skipped_comes_when_the_clock_has_moved() -> None:
    night = Calendar(WorkingTime(opens="02:30", closes="05:00", days=("sun",)), "Europe/Berlin")
    start, end = (moments(at, zone="Europe/Berlin") for at in ("2026-03-29 00:00", "2026-03-29 12:00"))
    assert night.minutes(start, end).to_list() == [90]  # from 03:30, which is what 02:30 has become


def test_open_hours_and_the_next_opening() -> None:
    asked = moments("2026-02-02 09:00", "2026-02-02 18:00", "2026-02-20 18:01", "2026-02-23 10:00", None)
    assert MOSCOW.is_open(asked).to_list() == [True, False, False, False, None]
    wanted = moments("2026-02-02 09:00", "2026-02-03 09:00", "2026-02-24 09:00", "2026-02-24 09:00", None)
    assert MOSCOW.opening(asked).to_list() == wanted.to_list()


def test_working_days() -> None:
    start = pl.Series([date(2026, 2, 20), date(2026, 2, 20), date(2026, 2, 24), date(2026, 2, 21), None])
    end = pl.Series([date(2026, 2, 25), date(2026, 2, 22), date(2026, 2, 20), date(2026, 2, 21), date(2026, 2, 25)])
    assert MOSCOW.days(start, end).to_list() == [2, 0, -1, 0, None]
    friday = pl.Series([date(2026, 2, 20), date(2026, 2, 21), None])
    assert MOSCOW.plus_days(friday, 0).to_list() == friday.to_list()
    assert MOSCOW.plus_days(friday, 1).to_list() == [date(2026, 2, 24), date(2026, 2, 24), None]


def test_a_mistyped_year_breaks_nothing() -> None:
    odd = moments("0201-02-02 10:00", "2026-02-02 10:00", "9019-02-02 10:00")
    assert MOSCOW.minutes(odd, odd).to_list() == [0, 0, 0]
    assert MOSCOW.is_open(odd).to_list() == [False, True, False]
    assert MOSCOW.opening(odd)[2] is None
    assert MOSCOW.minutes(pl.Series([], dtype=MOMENT), pl.Series([], dtype=MOMENT)).to_list() == []


@pytest.mark.parametrize(
    "hours", [{"opens": "18:00", "closes": "09:00"}, {"opens": "9 утра"}, {"closes": "25:00"}, {"days": ()}]
)
def test_working_time_that_cannot_be_is_refused(hours: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WorkingTime.model_validate(hours)


def by_the_minute(working: WorkingTime, zone: str, start: datetime, end: datetime) -> int:
    """Walk minute by minute and count those that begin within working hours."""
    week = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    count = 0
    while start < end:
        local = start.astimezone(ZoneInfo(zone))
        is_day = week[local.weekday()] in working.days and local.date() not in working.days_off
        count += is_day and working.opens <= f"{local:%H:%M}" < working.closes
        start += timedelta(minutes=1)
    return count


@examples(40)
@given(
    start=st.integers(0, 6 * 24 * 60).map(
        lambda minutes: datetime(2026, 3, 25, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    hours=st.sampled_from([("09:00", "18:00"), ("00:00", "24:00"), ("07:30", "12:15"), ("03:00", "23:59")]),
    length=st.integers(0, 4000),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
)
def test_minutes_are_what_a_walk_through_them_counts(
    start: datetime, hours: tuple[str, str], length: int, zone: str
) -> None:
    working = WorkingTime(opens=hours[0], closes=hours[1], days=("thu", "fri", "sun"), days_off=(date(2026, 3, 27),))
    end = start + timedelta(minutes=length)
    ends = (pl.Series([at], dtype=MOMENT) for at in (start, end))
    assert Calendar(working, zone).minutes(*ends).to_list() == [by_the_minute(working, zone, start, end)]
