"""Days and lengths of time, the same way for every fact: days belong to the company's zone, lengths are real time."""

from __future__ import annotations

import polars as pl

SECONDS_A_DAY = 86_400


def local_day(column: str, zone: str) -> pl.Expr:
    """Return the day of a UTC moment in the company's zone."""
    return pl.col(column).dt.convert_time_zone(zone).dt.date()


def days_between(start: str, end: str, zone: str) -> pl.Expr:
    """Return real days (seconds / 86 400) between two moments; whole days when both are midnight in the company's zone.

    Exports that hold only dates would otherwise gain or lose an hour across a change to summer time. A negative length is
    a fault of the data; it is kept, so that the data-quality list can show it.
    """

    local_start, local_end = (
        pl.col(name).dt.convert_time_zone(zone).dt.replace_time_zone(None) for name in (start, end)
    )
    at_midnight = [local.dt.time() == pl.time(0, 0, 0) for local in (local_start, local_end)]
    whole = (local_end.dt.date() - local_start.dt.date()).dt.total_days().cast(pl.Float64)
    real = (pl.col(end) - pl.col(start)).dt.total_microseconds() / (SECONDS_A_DAY * 1_000_000)
    return pl.when(at_midnight[0] & at_midnight[1]).then(whole).otherwise(real)
