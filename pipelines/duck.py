"""A DuckDB file from outside: how it is opened, how a table becomes a frame, what is in it, whether all of it can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from pipelines.lean import frame_of_columns
from pipelines.repair import cannot_judge, cannot_open

CLOSED_WORLD = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
# DuckDB would draw its own bar on standard output, between ours and the JSON line.
QUIET = ("TimeZone='UTC'", "enable_progress_bar=false")

LONG, SAMPLE = 100_000, 10_000
"""Rows from which on a table is long, and how many of them tell about the rest."""


def quoted(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def address(name: str) -> str:
    schema, _, table = name.partition(".")
    return f"{quoted(schema)}.{quoted(table)}"


def names_of(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in connection.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()}


def counts_of(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Count the rows of every table."""
    names = sorted(names_of(connection))
    each = (f"SELECT {at}, count(*) FROM {address(name)}" for at, name in enumerate(names))  # noqa: S608 - quoted names
    return {names[at]: count for at, count in connection.sql(" UNION ALL ".join(each)).fetchall()} if names else {}


def frame_of(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str] = (), most: int | None = None
) -> pl.DataFrame:
    shown = ", ".join(map(quoted, columns)) or "*"
    limit = "" if most is None else f" LIMIT {most:d}"
    rows = connection.sql(f"SELECT {shown} FROM {address(name)}{limit}").pl()  # noqa: S608 - quoted names
    zoned = [column for column, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime) and dtype.time_zone]
    return rows.with_columns(pl.col(column).dt.convert_time_zone("UTC") for column in zoned)


def lean_frame_of(connection: duckdb.DuckDBPyConnection, name: str, words: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Read a table with the least memory: a long one column by column, so that no two are there as they came.

    ``words``: columns of few known words, and the type that holds them in a byte; a column that holds others stays text.
    """
    described = frame_of(connection, name, most=0)
    counts = ", ".join(f"count({quoted(column)})" for column in described.columns)
    [(count, *known)] = connection.sql(f"SELECT count(*), {counts} FROM {address(name)}").fetchall()  # noqa: S608 - quoted
    if count < LONG or not known[0]:
        return frame_of(connection, name)
    return frame_of_columns(
        as_words(frame_of(connection, name, [column]).to_series(), words.get(column))
        if number
        else pl.lit(None, dtype=described.schema[column]).alias(column)
        for column, number in zip(described.columns, known, strict=True)
    )


def as_words(column: pl.Series, kind: pl.DataType | None) -> pl.Series:
    """Hold the words of a column in their own type, if it knows all of them."""
    typed = column if kind is None else column.cast(kind, strict=False)
    return typed if typed.null_count() == column.null_count() else column


def drop_table(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(f"DROP TABLE IF EXISTS {address(name)}")


def used_share(connection: duckdb.DuckDBPyConnection) -> float:
    """Return the share of the file's blocks that hold anything."""
    [(blocks, used)] = connection.sql("SELECT total_blocks, used_blocks FROM pragma_database_size()").fetchall()
    return used / blocks if blocks else 1.0


def copy_tables(connection: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Copy all tables of the working store into a new file."""
    name = str(target).replace("'", "''")
    connection.execute(f"ATTACH '{name}' AS snapshot")
    try:
        connection.execute("COPY FROM DATABASE work TO snapshot")
    finally:
        connection.execute("DETACH snapshot")


def read_all(connection: duckdb.DuckDBPyConnection) -> None:
    for (name,) in connection.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall():
        connection.sql(f"SELECT max(hash(each)) FROM {address(name)} AS each").fetchall()  # noqa: S608 - quoted


def is_whole(path: Path) -> bool:
    """Read every value of every table of a store that nobody writes: DuckDB compares its checksums on the way.

    Raises HomeError when the file cannot be judged, because another program holds it or it may not be read.
    """
    try:
        connection = duckdb.connect(path, read_only=True, config={**CLOSED_WORLD, "threads": 2})
        try:
            read_all(connection)
        finally:
            connection.close()
    except duckdb.Error as fault:
        if cannot_judge(fault):
            raise cannot_open(path) from None
        return False
    return True
