"""What the fan of a month is drawn from: the sums day by day of this month and of the one before, and the forecast's row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.forecast import horizon_of
from dashboard.charts.fan import Fan
from dashboard.filters import Filter
from dashboard.metrics.deals import REVENUE
from dashboard.metrics.measure import rows_behind
from dashboard.periods import DAY, Period, step_unit


def fan_of(facts: Facts, filter: Filter, row: Mapping[str, Any]) -> Fan:
    """Put a fan together from a row of ``analyses.forecast``."""
    start, end, _ = horizon_of(facts)
    before = step_unit("month", start, -1)
    earlier = summed(facts, filter, Period(before, start))
    return Fan(
        done=[one for one in summed(facts, filter, Period(start, end)) if one[0] <= facts.as_of_on],
        before=[(start + timedelta(days=(day - before).days), level) for day, level in earlier[: (end - start).days]],
        month=start,
        month_before=before,
        until=row["until"],
        p10=row["p10"],
        p50=row["p50"],
        p90=row["p90"],
        planned=None if row["planned"] is None else float(row["planned"]),
        plan_chance=row["plan_chance"],
    )


def summed(facts: Facts, filter: Filter, period: Period) -> list[tuple[date, float]]:
    """Add up the revenue of a period day by day; every day has its sum, an empty period none."""
    rows = rows_behind(facts, REVENUE, replace(filter, period=period, preset=None)).drop_nulls("amount")
    # Exact: sums of floats differ in the last digit from run to run, and a report made again is the same bytes.
    sums = dict(rows.group_by("closed_on").agg(pl.col("amount").sum()).rows())
    last, level, found = min(period.end or facts.as_of_on, facts.as_of_on + DAY), Decimal(0), []
    day = period.start or last
    while day < last and sums:
        level += sums.get(day, 0)
        found.append((day, float(level)))
        day += DAY
    return found
