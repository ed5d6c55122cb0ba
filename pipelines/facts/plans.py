"""``facts.plans``: plans by month with the working days they stand for, shared out to managers who came or left midway."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.schema.facts import Plans
from pipelines.settings import WorkingTime

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def plan_facts(
    plans: pl.DataFrame, managers: pl.DataFrame, working: WorkingTime, *, as_of: datetime, zone: str
) -> pl.DataFrame:
    """Build one row per plan of core. The plan of the whole team has no manager and is not split between them.

    A manager's target is the part of the plan that his working days are of the month's; a month in which he had none
    leaves no target.
    """
    team_plan = pl.col("manager_name") == ""
    staff = managers.lazy().select("manager_name", "team_name", "hired_on", "left_on")
    month_end = pl.col("month_on").dt.month_end()
    whole = pl.col("_month_days")
    own = pl.col("workdays_count")
    return (
        plans.lazy()
        .join(staff, on="manager_name", how="left")
        .with_columns(
            plan_id=pl.concat_str(
                "manager_name", "metric_name", pl.col("month_on").dt.to_string("%Y-%m"), separator=":"
            ),
            _first=pl.max_horizontal("month_on", "hired_on"),
            _last=pl.min_horizontal(month_end, "left_on"),
            manager_name=pl.when(~team_plan).then(pl.col("manager_name")),
            planned=pl.col("target"),
        )
        .with_columns(
            _month_days=working_days(pl.col("month_on"), month_end, working),
            workdays_count=working_days(pl.col("_first"), pl.col("_last"), working),
            elapsed_workdays_count=working_days(
                pl.col("_first"), pl.min_horizontal("_last", pl.lit(last_day_over(working, as_of, zone))), working
            ),
        )
        .with_columns(
            target=pl.when(own == whole)
            .then(pl.col("planned"))
            .otherwise((pl.col("planned").cast(pl.Float64) * own / whole).round(2))
        )
        .select(pl.col(name).cast(column.dtype) for name, column in Plans.columns().items())
        .sort("plan_id")
        .collect()
    )


def working_days(first: pl.Expr, last: pl.Expr, working: WorkingTime) -> pl.Expr:
    """Count the working days from ``first`` to ``last``, both included; none when the last comes before the first."""
    mask = [day in working.days for day in WEEKDAYS]
    days = pl.business_day_count(first, last + timedelta(days=1), week_mask=mask, holidays=list(working.days_off))
    return pl.when(first <= last).then(days).otherwise(0).cast(pl.Int64)


def last_day_over(working: WorkingTime, as_of: datetime, zone: str) -> date:
    """Return the last day that was over at ``as_of``: that day itself once its working hours were."""
    local = as_of.astimezone(ZoneInfo(zone))
    is_over = local.strftime("%H:%M") >= working.closes.zfill(5)
    return local.date() if is_over else local.date() - timedelta(days=1)
