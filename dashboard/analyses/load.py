"""How loaded each manager is, against the median of the team (product.md D39).

A working day is one on which somebody of the company called within working hours, as the log tells; an idle day of a manager
is one of those without a call or a touch of his.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.calls_by_hour import NO_CALLS
from dashboard.analyses.choose import rows_count, times
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.calls import IS_OUTSIDE, TALKED
from dashboard.metrics.model import ratio

WEEK = 7
MANAGER = pl.col("manager_name").alias("manager")
COMPARED = ("open", "active_clients", "due", "minutes_a_day", "idle_share")
DEFINITION = N_(
    "Each manager, by name. Open deals, active clients and promises due within 7 days as of the last day "
    "of the data; minutes "
    "of talk for a working day and the share of idle days over the period. Working days are those on which"
    " anybody of the "
    "company called within working hours; idle is one without a call or touch of the manager, from his "
    "first to his last. "
    "The last row is the median of the team."
)
MEDIAN = N_("median of the team")


def load(facts: Facts, filter: Filter) -> Answer:
    """Put the load of each manager beside the team's median, which is the last row (manager null, rule named).

    Columns: manager, rule, open, active_clients, due, minutes_a_day, idle_days, working_days, idle_share, and of each compared
    number ``<name>_to_median``, its ratio to the median; null where there is nothing to compare with.
    """
    keys = pl.col("manager_name").is_not_null()
    parts = [
        opened(facts.deals.filter(filter.rows() & keys)),
        clients(facts.clients.filter(keys & (narrowed(facts.clients, filter)))),
        due(facts, facts.promises.filter(filter.rows(any_funnel=True) & keys)),
        days(facts, filter),
    ]
    frame = parts[0]
    for part in parts[1:]:
        frame = frame.join(part, on="manager", how="full", coalesce=True)
    told = {"open": True, "active_clients": facts.clients.height > 0, "due": facts.promises.height > 0}
    frame = frame.with_columns(
        pl.when(pl.lit(is_told)).then(pl.col(name).fill_null(0)) for name, is_told in told.items()
    )
    frame = frame.sort("manager").with_columns(rule=pl.lit(None, dtype=pl.String))
    median = frame.select(
        *(pl.lit(None, dtype=pl.String).alias("manager"), pl.lit(MEDIAN).alias("rule")),
        *(pl.col(name).cast(pl.Float64).median() for name in COMPARED),
    )
    compared = [
        ratio(pl.col(name), pl.lit(median.item(0, name), dtype=pl.Float64)).alias(f"{name}_to_median")
        for name in COMPARED
    ]
    whole = pl.concat([frame.with_columns(pl.col(COMPARED).cast(pl.Float64), *compared), median], how="diagonal")
    return Answer(
        frame=whole if frame.height else whole.clear(),
        columns=columns(
            "manager",
            "rule",
            "open",
            "active_clients",
            "due",
            "minutes_a_day",
            "idle_days",
            "idle_share",
            "open_to_median",
        ),
        definition=DEFINITION,
        n=frame.height,
        counted=N_("managers"),
        as_of=facts.as_of,
        sentences=() if facts.calls.height else (Notice(NO_CALLS),),
    )


def narrowed(rows: pl.DataFrame, filter: Filter) -> pl.Expr:
    """Make the predicate of the filter for rows that have all its columns."""
    return filter.rows(any_funnel="is_sales" not in rows.columns)


def opened(deals: pl.DataFrame) -> pl.DataFrame:
    """Count the open deals of each manager who has a deal."""
    return deals.group_by(MANAGER).agg(times(pl.col("outcome") == "open").alias("open"))


def clients(owned: pl.DataFrame) -> pl.DataFrame:
    """Count the active clients of each owner."""
    return owned.group_by(MANAGER).agg(times(pl.col("is_active")).alias("active_clients"))


def due(facts: Facts, promises: pl.DataFrame) -> pl.DataFrame:
    """Count the promises that fall due within a week."""
    return due_soon(facts, promises).group_by(MANAGER).agg(rows_count().alias("due"))


def due_soon(facts: Facts, promises: pl.DataFrame) -> pl.DataFrame:
    """Take the promises that fall due within a week."""
    end = facts.as_of_on + timedelta(days=WEEK)
    return promises.filter((pl.col("outcome") == "not_due") & (pl.col("due_on") <= end) & ~pl.col("is_overtaken"))


def days(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Give the minutes of talk for a working day and the idle days of each manager who has calls in the log."""
    is_working = pl.col("is_working")
    counted = (
        each_day(facts, filter)
        .group_by("manager")
        .agg(
            pl.when(is_working.any()).then(times(is_working)).alias("working_days"),
            pl.when(is_working.any()).then(times(is_working & pl.col("is_idle"))).alias("idle_days"),
            pl.col("minutes").sum(),
        )
    )
    return counted.select(
        *("manager", "working_days", "idle_days"),
        minutes_a_day=ratio(pl.col("minutes"), pl.col("working_days")),
        idle_share=ratio(pl.col("idle_days"), pl.col("working_days")),
    )


def each_day(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the days of each manager who has calls in the log, from the first of them in the period to the last, by name and day.

    Columns: manager, day, talks_count, minutes (of talk), touches_count, is_working (somebody of the company called within
    working hours), is_idle (no call or touch of the manager). A day off has a row where the manager called: its minutes count.
    """
    in_period = facts.calls.filter(filter.period.contains("started_on"))
    working = in_period.filter("is_working_time").select(day="started_on").unique()
    own = in_period.filter(filter.rows(any_funnel=True) & IS_OUTSIDE & pl.col("manager_name").is_not_null())
    called = own.group_by(MANAGER, day="started_on").agg(
        talks_count=times(TALKED), minutes=pl.col("talk_seconds").filter(TALKED).sum() / 60
    )
    span = called.group_by("manager").agg(pl.col("day").min().alias("from"), pl.col("day").max().alias("until"))
    spent = span.join(working, how="cross").filter(pl.col("day").is_between("from", "until")).select("manager", "day")
    touches = facts.touches.filter(filter.period.contains("touched_on"))
    touched = touches.group_by(MANAGER, day="touched_on").agg(touches_count=rows_count())
    return (
        pl.concat([spent, called.select("manager", "day")])
        .unique()
        .join(working.with_columns(is_working=pl.lit(True)), on="day", how="left")
        .join(called.with_columns(is_called=pl.lit(True)), on=["manager", "day"], how="left")
        .join(touched, on=["manager", "day"], how="left")
        .with_columns(
            pl.col("talks_count", "touches_count", "minutes").fill_null(0), pl.col("is_working").fill_null(False)
        )
        .with_columns(is_idle=pl.col("is_called").is_null() & (pl.col("touches_count") == 0))
        .drop("is_called")
        .sort("manager", "day")
    )


LOAD = Analysis(
    name="load",
    label=N_("Load of managers"),
    help=N_(
        "Open deals, active clients, promises due, minutes of talk and idle days of each manager against the team's median."
    ),
    run=load,
)
