"""Of a column that an export does not have it says nothing: the value of the newest export that has it stays.

An empty cell of a column that is there does say something: that there is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.schema.staging import STAGED
from pipelines.staged import FILE, StagedTable

Silences = Mapping[str, pl.Expr]
"""Column → which rows say nothing of it: the very same expression for columns that the same files lack. A column of which every
row tells, or none, is not among them.
"""
TOLD_BY = "_told_by"
OF_STAGE = ("outcome", "closed_at")
"""What is said of a stage: it is not kept for a deal that has gone on to another one."""


def silences(tables: Sequence[StagedTable]) -> dict[str, pl.Expr]:
    """Say of the rows of some tables of one kind, by their files, which are silent about a column that others tell."""
    told = {file: columns for one in tables for file, columns in one.told.items()}
    found: dict[str, pl.Expr] = {}
    of_files: dict[tuple[int, ...], pl.Expr] = {}
    for column in {name for one in tables for name in STAGED[one.table.kind].columns}:
        silent = tuple(sorted(file for file, columns in told.items() if column not in columns))
        if silent and len(silent) < len(told):
            found[column] = of_files.setdefault(silent, pl.col(FILE).is_in(silent))
    return found


def alike(rows: pl.DataFrame, one: StagedTable) -> list[pl.DataFrame]:
    """Part the rows of a table by the columns their files have: of those that have the same, the newest tells everything."""
    by_columns: dict[frozenset[str], list[int]] = {}
    for file, columns in one.told.items():
        by_columns.setdefault(columns, []).append(file)
    if len(by_columns) < 2:
        return [rows]
    parts = (rows.filter(pl.col(FILE).is_in(files)) for files in by_columns.values())
    return [part for part in parts if part.height]


def with_last_known(
    newest: pl.DataFrame, ordered: pl.DataFrame, key: Sequence[str], silent: Silences, told_by: str = ""
) -> pl.DataFrame:
    """Fill, in the ``newest`` row of each key, the columns it is silent about with what the last row that is not said.

    ``ordered`` holds all rows, the newest of each key last. ``told_by`` names a column whose file is put beside the row as
    ``TOLD_BY``, where it was filled.
    """
    groups: dict[int, list[str]] = {}
    for column, is_silent in silent.items():
        if column in newest.columns and column not in key:
            groups.setdefault(id(is_silent), []).append(column)
    stage_first = sorted(groups.values(), key=lambda columns: "stage_name" not in columns)
    if told_by:
        newest = newest.with_columns(pl.lit(None, dtype=pl.Int64).alias(TOLD_BY))
    for columns in stage_first:
        newest = _filled(newest, ordered, key, columns, silent, told_by)
    return newest


def _filled(
    newest: pl.DataFrame,
    ordered: pl.DataFrame,
    key: Sequence[str],
    columns: Sequence[str],
    silent: Silences,
    told_by: str,
) -> pl.DataFrame:
    is_silent = silent[columns[0]].fill_null(False)
    asking = newest.filter(is_silent).select(key)
    if asking.is_empty():
        return newest
    stage = ["stage_name"] if "stage_name" in newest.columns and "stage_name" not in columns else []
    last = (
        ordered.filter(~is_silent)
        .join(asking, on=key, how="semi", nulls_equal=True, maintain_order="left")
        .unique(key, keep="last", maintain_order=True)
        .select(*key, pl.col(FILE, *columns, *stage).name.prefix("_last_"))
    )
    if last.is_empty():
        return newest
    known = is_silent & pl.col(f"_last_{FILE}").is_not_null()
    same = (pl.col("_last_stage_name") == pl.col("stage_name")).fill_null(True) if stage else pl.lit(True)
    filled = newest.join(last, on=key, how="left", nulls_equal=True, maintain_order="left").with_columns(
        *(
            pl.when(known & same if name in OF_STAGE else known).then(f"_last_{name}").otherwise(name).alias(name)
            for name in columns
        ),
        *([pl.when(known).then(f"_last_{FILE}").alias(TOLD_BY)] if told_by in columns else []),
    )
    return filled.drop(name for name in last.columns if name not in key)
