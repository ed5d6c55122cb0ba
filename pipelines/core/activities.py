"""Tasks: what managers promised, also by the day of next contact in a deal. Calls, what they did, are in calls.py."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import Names, gathered, newest, shaped, tables_of
from pipelines.staged import FILE, LINE, LOAD, StagedTable

NEXT_CONTACT = "next contact "
"""How the key of a promise begins that stands in its deal and is no task of its own."""


def conform_tasks(staged: Sequence[StagedTable], names: Names, deals: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Return ``core.tasks``: the newest row of each, with how often successive exports told another due day.

    ``deals`` are those of all sources, under their own numbers; a day of next contact in one is a task without a name.
    """
    contacts = next_contacts(staged, deals, zone)
    rows = gathered(staged, "tasks", ["task_id"], names)
    if rows is None:
        return shaped(contacts, "tasks")
    told = [one.rows.with_columns(key="task_id") for one in tables_of(staged, "tasks")]
    moved = newest(rows, ["task_id"]).join(moves(told, "due_at", zone), left_on="task_id", right_on="key", how="left")
    moved = moved.with_columns(pl.col("moved_count").fill_null(0))
    return shaped(pl.concat([moved, contacts], how="diagonal"), "tasks")


def next_contacts(staged: Sequence[StagedTable], deals: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Return the days of next contact that deals hold, as tasks; their clients are the deals'."""
    number = pl.col("deal_id").str.strip_prefix(pl.col("system") + ":")
    due = deals.filter(pl.col("next_contact_at").is_not_null()).with_columns(key=_in_system(pl.col("system"), number))
    told = [
        one.rows.with_columns(key=_in_system(pl.lit(one.profile.system), pl.col("deal_id")))
        for one in tables_of(staged, "deals")
        if due.height
    ]
    rows = due.join(moves(told, "next_contact_at", zone), on="key", how="left") if told else due
    counted = pl.col("moved_count").fill_null(0) if told else pl.lit(0, dtype=pl.Int64)
    return rows.select(
        "deal_id",
        "manager_name",
        task_id=pl.lit(NEXT_CONTACT) + pl.col("deal_id"),
        due_at="next_contact_at",
        moved_count=counted,
    )


def _in_system(system: pl.Expr, number: pl.Expr) -> pl.Expr:
    return system + pl.lit("\n") + number


def moves(told: Sequence[pl.DataFrame], column: str, zone: str) -> pl.DataFrame:
    """Count for each ``key`` how often the day of a moment was another one than the export before said, by order of loads."""
    rows = pl.concat([rows.select("key", LOAD, FILE, LINE, at=column) for rows in told])
    days = rows.drop_nulls("at").with_columns(_day=pl.col("at").dt.convert_time_zone(zone).dt.date())
    return (
        days.sort("key", LOAD, FILE, LINE)
        .with_columns(_moved=(pl.col("_day") != pl.col("_day").shift(1).over("key")).fill_null(False))
        .group_by("key")
        .agg(moved_count=pl.col("_moved").sum().cast(pl.Int64))
    )
