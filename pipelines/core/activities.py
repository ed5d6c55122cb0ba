"""Calls and tasks: what managers did and promised."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import Names, gathered, newest, shaped, tables_of
from pipelines.staged import FILE, LINE, StagedTable


def conform_calls(staged: Sequence[StagedTable], names: Names) -> pl.DataFrame:
    """Return ``core.calls``: rows of one call (the same call_id of one source) are one call, with the longest talk.

    A source without call ids gets one per row. Waiting time is ringing and talk less talk, where only those are known.
    """
    parts = [
        one.rows.with_columns(
            call_id=pl.coalesce(
                pl.lit(f"{one.profile.name}:") + pl.col("call_id"),
                pl.lit(f"{one.profile.name}:") + pl.col(FILE).cast(pl.String) + ":" + pl.col(LINE).cast(pl.String),
            )
        )
        for one in tables_of(staged, "calls")
    ]
    if not parts:
        return shaped(None, "calls")
    rows = names.merged(pl.concat(parts, how="diagonal"))
    first = rows.sort("started_at", FILE, LINE).group_by("call_id", maintain_order=True)
    calls = first.agg(
        pl.col("from_phone", "to_phone", "manager_name", "direction").drop_nulls().first(),
        pl.col("started_at").min(),
        pl.col("wait_seconds").max(),
        pl.col("talk_seconds", "total_seconds").max(),
        # What the log says of the answer goes before what talk suggests: an answering machine talks too.
        is_answered=pl.when(pl.col("is_answered").is_not_null().any())
        .then(pl.col("is_answered").any())
        .otherwise(pl.col("talk_seconds").max() > 0),
    )
    waited = (pl.col("total_seconds") - pl.col("talk_seconds")).clip(0)
    return shaped(
        calls.with_columns(
            pl.col("is_answered").fill_null(False),
            wait_seconds=pl.coalesce("wait_seconds", waited),
        ),
        "calls",
    )


def conform_tasks(staged: Sequence[StagedTable], names: Names) -> pl.DataFrame:
    """Return ``core.tasks``."""
    rows = gathered(staged, "tasks", ["task_id"], names)
    return shaped(None if rows is None else newest(rows, ["task_id"]), "tasks")
