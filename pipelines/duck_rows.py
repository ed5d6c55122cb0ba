"""Rows into tables of DuckDB: a table is made of them, or widened and added to.

Most exports fill a part of the columns that a table has. A column of a long table that holds nothing is kept as that
(``GENERATED ALWAYS AS (NULL)``): it has its name, place and type, reads as null, and nothing is written or compressed for
it. When rows come that fill it, it becomes a column like any other.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import duckdb
import polars as pl

from pipelines.duck import LONG, SAMPLE, address, quoted
from pipelines.passing import Passing

KINDS: dict[pl.DataType, str] = {}
"""What DuckDB said so far: the type in which it keeps a column of each type of Polars."""


def make_table(connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame) -> None:
    """Make a table anew of these rows."""
    kinds = kinds_of(connection, rows)
    held = [column for column in rows.columns if rows.height < LONG or rows[column].null_count() < rows.height]
    held = held or rows.columns[:1]
    distinct = distinct_texts(rows.select(held))
    declared = (f"{quoted(column)} {kind}{_kept_as(column, kind, held, distinct)}" for column, kind in kinds.items())
    connection.execute(f"CREATE OR REPLACE TABLE {address(name)} ({', '.join(declared)})")
    _insert(connection, name, rows.select(held))


def add_rows(connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame) -> None:
    """Add rows to a table, widening it by the columns it lacks."""
    known = {row[0].casefold() for row in connection.sql(f"DESCRIBE {address(name)}").fetchall()}
    kinds = kinds_of(connection, rows)
    for column, kind in ((column, kind) for column, kind in kinds.items() if column.casefold() not in known):
        connection.execute(f"ALTER TABLE {address(name)} ADD COLUMN IF NOT EXISTS {quoted(column)} {kind}")
    without = unwritten_columns(connection, name)
    empty = [column for column in rows.columns if column.casefold() in without]
    if any(rows[column].null_count() < rows.height for column in empty):
        write_out(connection, name)
        empty = []
    _insert(connection, name, rows.drop(empty))


def kinds_of(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> dict[str, str]:
    """Return the type that each column of some rows has in DuckDB, which is asked once about each type there is."""
    new = [column for column, dtype in rows.schema.items() if dtype not in KINDS]
    if new:
        with incoming(connection, rows.select(new).clear()):
            told = connection.sql("DESCRIBE incoming").fetchall()
        KINDS.update({rows.schema[column]: kind for column, kind, *_ in told})
    return {column: KINDS[dtype] for column, dtype in rows.schema.items()}


def unwritten_columns(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    """Return the columns of a table that are kept as holding nothing, in lower case."""
    schema, _, table = name.partition(".")
    told = connection.sql(
        "SELECT column_name FROM duckdb_columns() WHERE is_generated AND schema_name = ? AND table_name = ?",
        params=[schema, table],
    )
    return {row[0].casefold() for row in told.fetchall()}


def write_out(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make every column of a table one that can be filled."""
    connection.execute(f"CREATE OR REPLACE TABLE {address(name)} AS SELECT * FROM {address(name)}")  # noqa: S608 - quoted


def distinct_texts(rows: pl.DataFrame) -> set[str]:
    """Return the text columns of a long table whose values hardly repeat, such as keys.

    DuckDB would look for a dictionary of them, which takes twice as long as to compress them and gains nothing.
    """
    if rows.height < LONG:
        return set()
    some = rows.gather_every(rows.height // SAMPLE).select(pl.col(pl.String))
    return {column for column in some.columns if some[column].n_unique() > some.height / 2}


@contextmanager
def incoming(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> Generator[None]:
    """Let a connection read some rows as the table ``incoming``, and let go of them."""
    passing = Passing(rows)
    connection.register("incoming", passing)
    try:
        yield
    finally:
        connection.unregister("incoming")
        passing.rows = None


def _kept_as(column: str, kind: str, held: list[str], distinct: set[str]) -> str:
    if column not in held:
        return f" GENERATED ALWAYS AS (NULL::{kind}) VIRTUAL"
    return " USING COMPRESSION zstd" if column in distinct else ""


def _insert(connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame) -> None:
    if rows.width and rows.height:
        with incoming(connection, rows):
            connection.execute(f"INSERT INTO {address(name)} BY NAME SELECT * FROM incoming")  # noqa: S608 - quoted
