"""Periods are half-open, weeks begin on Monday, and a running period is compared with as many elapsed days."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.periods import (
    ALL_TIME,
    COMPARES,
    PRESETS,
    Period,
    compare_period,
    presets,
    shift_months,
)
from pipelines.errors import InputError

SUNDAY = date(2026, 3, 15)


def span(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("this_week", span("2026-03-09", "2026-03-15")),
        ("last_week", span("2026-03-02", "2026-03-08")),
        ("this_month", span("2026-03-01", "2026-03-15")),
        ("last_month", span("2026-02-01", "2026-02-28")),
        ("this_quarter", span("2026-01-01", "2026-03-15")),
        ("last_quarter", span("2025-10-01", "2025-12-31")),
        ("this_year", span("2026-01-01", "2026-03-15")),
        ("last_90_days", span("2025-12-16", "2026-03-15")),
        ("last_365_days", span("2025-03-16", "2026-03-15")),
        ("all", ALL_TIME),
    ],
)
def test_presets_end_with_the_last_day_of_the_data(name: str, expected: Period) -> None:
    assert presets(SUNDAY)[name] == expected
    assert name in PRESETS


def test_a_day_belongs_to_its_period_and_the_end_does_not() -> None:
    days = pl.DataFrame({"on": [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1), None]})
    march = span("2026-03-01", "2026-03-31")
    assert days.filter(march.contains("on")).height == 2
    assert days.filter(ALL_TIME.contains("on")).height == 5
    assert days.filter(Period(date(2026, 3, 1)).contains("on")).height == 3
    assert days.filter(Period(None, date(2026, 3, 1)).contains("on")).height == 1
    assert march.last_day == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("period", "how", "preset", "expected"),
    [
        (span("2026-03-01", "2026-03-15"), "previous", "this_month", span("2026-02-01", "2026-02-15")),
        (span("2026-03-01", "2026-03-15"), "previous", None, span("2026-02-01", "2026-02-15")),
        (span("2026-01-01", "2026-03-15"), "previous", "this_quarter", span("2025-10-01", "2025-12-13")),
        (span("2026-01-01", "2026-03-15"), "previous", "this_year", span("2025-01-01", "2025-03-15")),
        (span("2026-03-09", "2026-03-15"), "previous", "this_week", span("2026-03-02", "2026-03-08")),
        (span("2026-02-01", "2026-02-28"), "previous", "last_month", span("2026-01-01", "2026-01-31")),
        (span("2025-10-01", "2025-12-31"), "previous", None, span("2025-07-01", "2025-09-30")),
        (span("2025-01-01", "2025-12-31"), "previous", None, span("2024-01-01", "2024-12-31")),
        (span("2026-03-03", "2026-03-07"), "previous", None, span("2026-02-26", "2026-03-02")),
        (span("2025-12-16", "2026-03-15"), "previous", "last_90_days", span("2025-09-17", "2025-12-15")),
        (span("2026-03-01", "2026-03-15"), "year", "this_month", span("2025-03-01", "2025-03-15")),
        (span("2024-02-01", "2024-02-29"), "year", None, span("2023-02-01", "2023-02-28")),
        (span("2024-02-01", "2024-02-28"), "year", None, span("2023-02-01", "2023-02-28")),
        (span("2026-03-01", "2026-03-15"), "none", "this_month", None),
        (ALL_TIME, "previous", "all", None),
        (Period(None, date(2026, 1, 1)), "previous", None, None),
        (Period(date(2026, 3, 6), None), "previous", None, span("2026-02-24", "2026-03-05")),
    ],
)
def test_what_a_period_is_compared_with(period, how, preset, expected) -> None:
    assert compare_period(period, how, SUNDAY, preset) == expected


def test_thirty_days_of_march_are_compared_with_the_whole_of_february() -> None:
    assert compare_period(span("2026-03-01", "2026-03-30"), "previous", date(2026, 3, 30)) == span(
        "2026-02-01", "2026-02-28"
    )


def test_a_month_that_has_just_ended_is_compared_with_the_whole_month_before() -> None:
    assert compare_period(
        presets(date(2026, 4, 30))["this_month"], "previous", date(2026, 4, 30), "this_month"
    ) == span("2026-03-01", "2026-03-31")


def test_the_31st_moves_to_the_last_day_of_a_shorter_month() -> None:
    assert shift_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert shift_months(date(2025, 12, 31), 2) == date(2026, 2, 28)


def test_a_period_without_a_day_is_refused_in_one_sentence() -> None:
    with pytest.raises(InputError, match="holds no day"):
        Period(date(2026, 1, 1), date(2026, 1, 1))


@examples(100)
@given(
    start=st.none() | st.dates(), end=st.none() | st.dates(), how=st.sampled_from(COMPARES), as_of_on=st.dates(),
    preset=st.none() | st.sampled_from(PRESETS),
)  # fmt: skip
def test_a_comparison_never_fails_and_comes_before(start, end, how, as_of_on, preset) -> None:
    if start is not None and end is not None and start >= end:
        return
    period = Period(start, end)
    before = compare_period(period, how, as_of_on, preset)
    if before is not None and period.start is not None:
        assert before.start is not None and before.end is not None
        assert before.start < period.start
        assert how == "year" or before.end <= period.start


@examples(100)
@given(as_of_on=st.dates(date(1990, 1, 1), date(2100, 1, 1)), name=st.sampled_from(PRESETS[:-1]))
def test_a_preset_is_compared_with_a_span_no_longer_and_just_before(as_of_on: date, name: str) -> None:
    period = presets(as_of_on)[name]
    before = compare_period(period, "previous", as_of_on, name)
    assert before is not None and before.end is not None and period.start is not None
    if not name.startswith("this_"):
        assert before.end == period.start
