"""Tasks: what managers promised. Calls, what they did, are in calls.py."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import Names, gathered, newest, shaped, tables_of
from pipelines.staged import FILE, LINE, LOAD, StagedTable


def conform_tasks(staged: Sequence[StagedTable], names: Names, zone: str) -> pl.DataFrame:
    """Return ``core.tasks``: the newest row of each, with how often successive exports told another due day."""
    rows = gathered(staged, "tasks", ["task_id"], names)
    if rows is None:
        return shaped(None, "tasks")
    counted = newest(rows, ["task_id"]).join(moves(staged, zone), on="task_id", how="left", maintain_order="left")
    return shaped(counted.with_columns(pl.col("moved_count").fill_null(0)), "tasks")


def moves(staged: Sequence[StagedTable], zone: str) -> pl.DataFrame:
    """Count how often the due day of each task was another one than the export before said, in the order of loads."""
    told = pl.concat([one.rows.select("task_id", "due_at", LOAD, FILE, LINE) for one in tables_of(staged, "tasks")])
    days = told.drop_nulls("due_at").with_columns(_due=pl.col("due_at").dt.convert_time_zone(zone).dt.date())
    return (
        days.sort("task_id", LOAD, FILE, LINE)
        .with_columns(_moved=(pl.col("_due") != pl.col("_due").shift(1).over("task_id")).fill_null(False))
        .group_by("task_id")
        .agg(moved_count=pl.col("_moved").sum().cast(pl.Int64))
    )
