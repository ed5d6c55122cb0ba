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
    return {
        name: connection.sql(f"SELECT count(*) FROM {address(name)}").fetchall()[0][0]  # noqa: S608 - quoted names
        for name in names_of(connection)
    }


def frame_of(connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str] = ()) -> pl.DataFrame:
    shown = ", ".join(map(quoted, columns)) or "*"
    rows = connection.sql(f"SELECT {shown} FROM {address(name)}").pl()  # noqa: S608 - quoted names
    zoned = [column for column, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime) and dtype.time_zone]
    return rows.with_columns(pl.col(column).dt.convert_time_zone("UTC") for column in zoned)


def read_all(connection: duckdb.DuckDBPyConnection) -> None:
    for (name,) in connection.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall():
        connection.sql(f"SELECT max(hash(each)) FROM {address(name)} AS each").fetchall()  # noqa: S608 - quoted
