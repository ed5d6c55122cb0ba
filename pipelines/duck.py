"""A DuckDB file from outside: how it is opened, how a table becomes a frame, what is in it, whether all of it can be read."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

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


def frame_of(connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str] = ()) -> pl.DataFrame:
    shown = ", ".join(map(quoted, columns)) or "*"
    rows = connection.sql(f"SELECT {shown} FROM {address(name)}").pl()  # noqa: S608 - quoted names
    zoned = [column for column, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime) and dtype.time_zone]
    return rows.with_columns(pl.col(column).dt.convert_time_zone("UTC") for column in zoned)


def make_table(connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame) -> None:
    """Make a table anew of ``rows``, which are registered as ``incoming``."""
    distinct = distinct_texts(rows)
    if not distinct:
        connection.execute(f"CREATE OR REPLACE TABLE {address(name)} AS SELECT * FROM incoming")  # noqa: S608 - quoted names
        return
    columns = (
        f"{quoted(column)} {kind}{' USING COMPRESSION zstd' if column in distinct else ''}"
        for column, kind, *_ in connection.sql("DESCRIBE incoming").fetchall()
    )
    connection.execute(f"CREATE OR REPLACE TABLE {address(name)} ({', '.join(columns)})")
    connection.execute(f"INSERT INTO {address(name)} SELECT * FROM incoming")  # noqa: S608 - quoted names


def distinct_texts(rows: pl.DataFrame) -> set[str]:
    """Return the text columns of a long table whose values hardly repeat, such as keys.

    DuckDB would look for a dictionary of them, which takes twice as long as to compress them and gains nothing.
    """
    if rows.height < LONG:
        return set()
    some = rows.gather_every(rows.height // SAMPLE).select(pl.col(pl.String))
    return {column for column in some.columns if some[column].n_unique() > some.height / 2}


def read_all(connection: duckdb.DuckDBPyConnection) -> None:
    for (name,) in connection.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall():
        connection.sql(f"SELECT max(hash(each)) FROM {address(name)} AS each").fetchall()  # noqa: S608 - quoted
