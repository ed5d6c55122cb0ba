"""Tasks: what managers promised. Calls, what they did, are in calls.py."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import Names, gathered, newest, shaped
from pipelines.staged import StagedTable


def conform_tasks(staged: Sequence[StagedTable], names: Names) -> pl.DataFrame:
    """Return ``core.tasks``."""
    rows = gathered(staged, "tasks", ["task_id"], names)
    return shaped(None if rows is None else newest(rows, ["task_id"]), "tasks")
