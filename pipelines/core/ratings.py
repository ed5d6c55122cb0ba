"""What people and machines said of calls: scorecards and transcripts, each beside its call and its manager."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import Names, newest, shaped, tables_of
from pipelines.staged import StagedTable

RATED = ("call_id", "manager_name", "scored_on", "criterion", "rater")


def conform_scores(staged: Sequence[StagedTable], names: Names, calls: pl.DataFrame) -> pl.DataFrame:
    """Return ``core.scores``: a score given again by the same rater replaces the one before."""
    rows = with_calls(staged, "scores", names, calls)
    if rows is None:
        return shaped(None, "scores")
    named = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in RATED], separator=" · ")
    return shaped(newest(rows, RATED).with_columns(score_id=named), "scores")


def conform_transcripts(staged: Sequence[StagedTable], names: Names, calls: pl.DataFrame) -> pl.DataFrame:
    """Return ``core.transcripts``, one per call."""
    rows = with_calls(staged, "transcripts", names, calls)
    return shaped(None if rows is None else newest(rows, ["call_id"]), "transcripts")


def with_calls(staged: Sequence[StagedTable], kind: str, names: Names, calls: pl.DataFrame) -> pl.DataFrame | None:
    """Return the rows of a kind with the key of their call, where exactly one source's log holds a call of that number."""
    parts = [one.rows for one in tables_of(staged, kind)]
    if not parts:
        return None
    rows = names.merged(pl.concat(parts, how="diagonal"))
    asked = rows.select(_number="call_id").drop_nulls().unique()
    known = calls.select("call_id", _number=pl.col("call_id").str.splitn(":", 2).struct.field("field_1"))
    found = known.join(asked, on="_number", how="semi").filter(pl.len().over("_number") == 1)
    joined = rows.join(found, left_on="call_id", right_on="_number", how="left", maintain_order="left")
    return joined.with_columns(call_id=pl.coalesce("call_id_right", "call_id"))
