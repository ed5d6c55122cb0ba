"""A DuckDB file from outside: how it is opened, how a table becomes a frame, what is in it, whether all of it can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import duckdb
import polars as pl

from pipelines.calls_read import CALLS, Days, calls_of
from pipelines.lean import as_numbers, frame_of_columns, sharing
from pipelines.repair import cannot_judge, cannot_open

CLOSED_WORLD = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
# DuckDB would draw its own bar on standard output, between ours and the JSON line.
QUIET = ("TimeZone='UTC'", "enable_progress_bar=false")

READ_ONCE = {"memory_limit": "64MB"}
"""Where columns are read once, one after another, nothing of the file need be kept; all of it would be."""

EVERY = "TRUE"
"""The condition (SQL) that every row meets."""
LONG, SAMPLE = 100_000, 10_000
"""Rows from which on a table is long, and how many of them tell about the rest."""
AT_ONCE = 20
"""Tables that one question reads through."""
FEW = 255
"""Different texts, null among them, that a byte numbers."""


def quoted(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def address(name: str) -> str:
    schema, _, table = name.partition(".")
    return f"{quoted(schema)}.{quoted(table)}"


def names_of(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        row[0] for row in connection.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    }


def counts_of(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Count the rows of every table."""
    names = sorted(names_of(connection))
    each = (f"SELECT {at}, count(*) FROM {address(name)}" for at, name in enumerate(names))  # noqa: S608 - quoted names
    return {names[at]: count for at, count in connection.execute(" UNION ALL ".join(each)).fetchall()} if names else {}


def frame_of(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Sequence[str] = (),
    most: int | None = None,
    where: str = EVERY,
) -> pl.DataFrame:
    shown = ", ".join(map(quoted, columns)) or "*"
    limit = "" if most is None else f" LIMIT {most:d}"
    order = "" if where == EVERY else " ORDER BY rowid"  # a condition may look rows up in any order
    rows = connection.sql(f"SELECT {shown} FROM {address(name)} WHERE {where}{order}{limit}").pl()  # noqa: S608 - quoted names
    zoned = [column for column, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime) and dtype.time_zone]
    return rows.with_columns(pl.col(column).dt.convert_time_zone("UTC") for column in zoned)


def lean_frames_of(
    connection: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    words: Mapping[str, Mapping[str, pl.DataType]],
    only: Mapping[str, Sequence[str]],
    days: Days | None,
) -> dict[str, pl.DataFrame]:
    """Read tables, each as ``lean_frame_of`` does; of the calls those that a report of some days looks at (``calls_of``)."""
    rows = {}
    if days is not None and CALLS in names:
        there = [column for column in frame_of(connection, CALLS, most=0).columns if column in only[CALLS]]
        rows[CALLS] = calls_of(lambda asked: connection.sql(asked).fetchall(), days, there)
    parts = {name: (words.get(name, {}), only.get(name, ()), rows.get(name, EVERY)) for name in names}
    return {name: lean_frame_of(connection, name, *part) for name, part in parts.items()}


def lean_frame_of(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    words: Mapping[str, pl.DataType],
    only: Sequence[str] = (),
    where: str = EVERY,
) -> pl.DataFrame:
    """Read a table with the least memory: a long one column by column, so that no two are there as they came.

    ``words``: columns of few known words, and the type that holds them in a byte; a column that holds others stays text. The
    words of a categorical one are the texts it holds (see ``lean.as_numbers``).
    ``only``: the columns to read, as far as they are there; none means all of them. ``where``: which rows (SQL).
    """
    [(count,)] = connection.sql(f"SELECT count(*) FROM {address(name)}").fetchall()  # noqa: S608 - quoted
    if count <= SAMPLE and where == EVERY:  # the whole of it takes less time than asking for its columns first
        whole = frame_of(connection, name)
        return whole.select(column for column in whole.columns if not only or column in only)
    described = frame_of(connection, name, most=0)
    described = described.select(column for column in described.columns if not only or column in only)
    if where != EVERY:  # few of them
        return frame_of_columns(map(sharing, frame_of(connection, name, described.columns, where=where)))
    if count < LONG:
        return frame_of(connection, name, described.columns)
    empty = empty_columns(connection, name, described.columns)
    texts = [column for column, dtype in described.schema.items() if dtype == pl.String and column not in empty]
    few = few_texts(connection, name, [column for column in texts if not isinstance(words.get(column), pl.Enum)])
    first = next((column for column in described.columns if column not in empty and len(few.get(column, "ab")) > 1), "")
    if not first:
        return frame_of(connection, name, described.columns)
    ordered = [first, *(column for column in described.columns if column != first)]
    return frame_of_columns(
        pl.lit(None, dtype=described.schema[column]).alias(column)
        if column in empty
        else column_of(connection, name, column, few.get(column), words.get(column))
        for column in ordered
    ).select(described.columns)


def empty_columns(connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str]) -> set[str]:
    """Return the columns that hold nothing, as far as DuckDB wrote it down; it is asked and nothing is read."""
    each = ", ".join(f"stats({quoted(column)}).has_no_null::BOOLEAN" for column in columns)
    told = connection.sql(f"SELECT {each} FROM {address(name)} LIMIT 1").fetchall()[0]  # noqa: S608 - quoted
    return {column for column, holds_any in zip(columns, told, strict=True) if holds_any is False}


def few_texts(connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str]) -> dict[str, list[str | None]]:
    """Return the different texts, null among them, of the columns that hold few; some rows tell where it pays to look."""
    if not columns:
        return {}
    shown = ", ".join(map(quoted, columns))
    each = ", ".join(f"count(DISTINCT {quoted(column)})" for column in columns)
    some = connection.sql(f"SELECT {each} FROM (SELECT {shown} FROM {address(name)} LIMIT {SAMPLE})").fetchall()[0]  # noqa: S608
    found = {}
    for column, number in zip(columns, some, strict=True):
        if number <= FEW:
            asked = f"SELECT DISTINCT {quoted(column)} FROM {address(name)} LIMIT {FEW + 1}"  # noqa: S608 - quoted
            found[column] = [text for (text,) in connection.sql(asked).fetchall()]
    return {
        column: texts
        for column, texts in found.items()
        if len(texts) <= FEW and "\0" not in "".join(filter(None, texts))
    }


def column_of(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    column: str,
    few: Sequence[str | None] | None,
    kind: pl.DataType | None,
) -> pl.Series | pl.Expr:
    """Read one column; of few texts (``few``) only their numbers, so that rows share the letters and none are read twice."""
    if isinstance(kind, pl.Enum):
        with suppress(duckdb.ConversionException):  # a word that is none of them: another version's
            return numbers_of(connection, name, column, kind)
    if few is None:
        return sharing(as_words(frame_of(connection, name, [column]).to_series(), kind))
    texts = as_words(pl.Series(column, sorted(text for text in few if text is not None), dtype=pl.String), kind)
    if len(few) == 1:
        return pl.lit(texts if len(texts) else pl.Series([None], dtype=texts.dtype)).first().alias(column)
    numbers = numbers_of(connection, name, column, pl.Enum(texts.cast(pl.String)))
    return numbers if isinstance(kind, pl.Categorical) else texts.gather(numbers.to_physical())


def numbers_of(connection: duckdb.DuckDBPyConnection, name: str, column: str, words: pl.Enum) -> pl.Series:
    """Read a column of few words (no more than ``FEW``) as their numbers. Raises ConversionException where it holds another."""
    told = ", ".join("'" + word.replace("'", "''") + "'" for word in words.categories)
    number = f"enum_code({quoted(column)}::ENUM({told}))::UTINYINT AS {quoted(column)}"
    places = connection.sql(f"SELECT {number} FROM {address(name)}").pl().rechunk()  # noqa: S608 - quoted
    return places.select(pl.col(column).cat.to(words)).to_series()


def as_words(column: pl.Series, kind: pl.DataType | None) -> pl.Series:
    """Hold the words of a column in their own type, if it knows all of them; of a categorical one the texts are the words."""
    if isinstance(kind, pl.Categorical):
        return as_numbers(column)
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
    """Read every value of every table; many tables at a time, as most are small and asking takes longer than reading."""
    each = [f"SELECT max(hash(each)) FROM {address(name)} AS each" for name in sorted(names_of(connection))]  # noqa: S608 - quoted
    for at in range(0, len(each), AT_ONCE):
        connection.execute(" UNION ALL ".join(each[at : at + AT_ONCE])).fetchall()


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
