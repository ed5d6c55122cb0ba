"""Of a column that an export does not have it says nothing: the value of the newest export that has it stays.

An empty cell of a column that is there does say something: that there is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.schema.staging import STAGED
from pipelines.staged import FILE, LINE, LOAD, StagedTable

Silences = Mapping[str, pl.Expr]
"""Column → which rows say nothing of it: the very same expression for columns that the same files lack. A column of which every
row tells, or none, is not among them.
"""
OF_ANOTHER = {
    "outcome": ("stage_name",),
    "closed_at": ("stage_name",),
    "stage_entered_at": ("stage_name",),
    "team_name": ("manager_name",),
    "amount": ("currency",),
    "phone": ("client_id", "client_name"),
    "email": ("client_id", "client_name"),
    "client_name": ("client_id", "phone", "email"),
    "client_id": ("phone", "email", "client_name"),
}
"""What is said of something else is kept only as long as that is the same: of these the first that is told and filled decides."""
RUN, RUN_OF = "_stage_run", "_stage_run_of"
"""How often the stage of a deal had changed up to a row, and in which table that was counted."""


def told_by(column: str) -> str:
    """Name the column with the file that a kept value is from."""
    return f"_{column}_told_by"


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
    """Part the rows of a table by the columns their files have: of those that have the same, the newest tells everything.

    What is left out of a part may have had another stage in between: so the changes are counted before (``RUN``).
    """
    by_columns: dict[frozenset[str], list[int]] = {}
    for file, columns in one.told.items():
        by_columns.setdefault(columns, []).append(file)
    if len(by_columns) < 2:
        return [rows]
    known = pl.col("stage_name").forward_fill().over("deal_id")
    is_other = (pl.col("_known") != pl.col("_known").shift()).fill_null(False)
    counted = (
        in_order_told(rows, ["deal_id"])
        .with_columns(_known=known)
        .with_columns(is_other.cum_sum().over("deal_id").alias(RUN), pl.lit(one.name).alias(RUN_OF))
        .drop("_known")
    )
    parts = (counted.filter(pl.col(FILE).is_in(files)) for files in by_columns.values())
    return [part for part in parts if part.height]


def in_order_told(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Order the rows of each key by when they were changed where every row of the key says when, else by their load."""
    ordered = rows.sort(LOAD, FILE, LINE, maintain_order=True)
    if "updated_at" not in rows.columns or rows["updated_at"].is_null().all():
        return ordered
    told = pl.col("updated_at").is_not_null().all().over(key)
    return (
        ordered.with_columns(_changed=pl.when(told).then(pl.col("updated_at")))
        .sort("_changed", nulls_last=False, maintain_order=True)
        .drop("_changed")
    )


def with_last_known(
    newest: pl.DataFrame, ordered: pl.DataFrame, key: Sequence[str], silent: Silences, traced: Sequence[str] = ()
) -> pl.DataFrame:
    """Fill, in the ``newest`` row of each key, the columns it is silent about with what the last row that is not said.

    ``ordered`` holds all rows, the newest of each key last. Of the columns ``traced`` the file that a kept value is from
    stands beside the row (``told_by``).
    """
    groups: dict[int, list[str]] = {}
    for column, is_silent in silent.items():
        if column in newest.columns and column not in key:
            groups.setdefault(id(is_silent), []).append(column)
    stage_first = sorted(groups.values(), key=lambda columns: "stage_name" not in columns)
    newest = newest.with_columns(pl.lit(None, dtype=pl.Int64).alias(told_by(name)) for name in traced)
    for columns in stage_first:
        newest = _filled(newest, ordered, key, columns, silent, traced)
    return newest


def _filled(
    newest: pl.DataFrame,
    ordered: pl.DataFrame,
    key: Sequence[str],
    columns: Sequence[str],
    silent: Silences,
    traced: Sequence[str],
) -> pl.DataFrame:
    is_silent = silent[columns[0]].fill_null(False)
    asking = newest.filter(is_silent).select(key)
    if asking.is_empty():
        return newest
    others = {other for name in columns for other in (*OF_ANOTHER.get(name, ()), RUN, RUN_OF)} & {*newest.columns}
    last = (
        ordered.filter(~is_silent)
        .join(asking, on=key, how="semi", nulls_equal=True, maintain_order="left")
        .unique(key, keep="last", maintain_order=True)
        .select(*key, pl.col(FILE, *{*columns, *others}.difference(key)).name.prefix("_last_"))
    )
    if last.is_empty():
        return newest
    known = is_silent & pl.col(f"_last_{FILE}").is_not_null()
    stays = {name: known & _is_same(name, others - {*key, *columns}, silent) for name in columns}
    filled = newest.join(last, on=key, how="left", nulls_equal=True, maintain_order="left").with_columns(
        *(pl.when(stays[name]).then(f"_last_{name}").otherwise(name).alias(name) for name in columns),
        *(
            pl.when(stays[name]).then(f"_last_{FILE}").otherwise(told_by(name)).alias(told_by(name))
            for name in traced
            if name in columns
        ),
    )
    return filled.drop(name for name in last.columns if name not in key)


def _is_same(column: str, others: set[str], silent: Silences) -> pl.Expr:
    """Tell whether what a column is said of is the same in both rows, as far as the newest one tells."""
    same = pl.lit(True)
    for other in reversed([one for one in OF_ANOTHER.get(column, ()) if one in others]):
        now, then = pl.col(other), pl.col(f"_last_{other}")
        is_told = (now.is_not_null() | then.is_not_null()) & ~silent.get(other, pl.lit(False)).fill_null(False)
        is_equal = now.eq_missing(then)
        if other == "stage_name" and RUN in others:
            is_counted = pl.col(RUN_OF) == pl.col(f"_last_{RUN_OF}")
            is_equal &= ~is_counted.fill_null(False) | pl.col(RUN).eq_missing(pl.col(f"_last_{RUN}"))
        same = pl.when(is_told).then(is_equal).otherwise(same)
    return same
