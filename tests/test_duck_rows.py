"""Rows come out of a table as they went in, also through columns that hold nothing for a while."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import polars as pl
import pytest

from pipelines import duck_rows
from pipelines.duck import frame_of
from pipelines.duck_rows import add_rows, make_table, unwritten_columns

NAME = "facts.some"
MOMENT = pl.Datetime("us", "UTC")
SCHEMA = {"key": pl.String(), "told_at": MOMENT, "amount": pl.Decimal(18, 2), "said": pl.String(), "count": pl.Int64()}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    monkeypatch.setattr(duck_rows, "LONG", 2)
    monkeypatch.setattr(duck_rows, "SAMPLE", 1)
    connection = duckdb.connect()
    connection.execute("SET TimeZone='UTC'")
    connection.execute("CREATE SCHEMA facts")
    yield connection
    connection.close()


def rows_of(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_a_column_that_holds_nothing_is_there_and_is_not_written(store: duckdb.DuckDBPyConnection) -> None:
    rows = rows_of(("a", None, None, None, 1), ("b", None, None, "x", 2))
    make_table(store, NAME, rows)
    assert unwritten_columns(store, NAME) == {"told_at", "amount"}
    assert frame_of(store, NAME).equals(rows)
    assert frame_of(store, NAME).schema == pl.Schema(SCHEMA)
    add_rows(store, NAME, rows)
    assert frame_of(store, NAME).equals(pl.concat([rows, rows]))


def test_it_becomes_a_column_like_any_other_when_rows_fill_it(store: duckdb.DuckDBPyConnection) -> None:
    rows = rows_of(("a", None, None, None, 1), ("b", None, None, None, 2))
    later = rows_of(("c", None, None, "said", 3)).with_columns(pl.lit(7).alias("further"))
    make_table(store, NAME, rows)
    add_rows(store, NAME, later)
    assert unwritten_columns(store, NAME) == set()
    assert frame_of(store, NAME).equals(pl.concat([rows, later], how="diagonal"))
    store.execute(f"DELETE FROM {NAME} WHERE key = 'a'")
    assert frame_of(store, NAME)["said"].to_list() == [None, "said"]


@pytest.mark.parametrize("height", [0, 1])
def test_a_short_table_is_written_as_it_is(store: duckdb.DuckDBPyConnection, height: int) -> None:
    rows = rows_of(("a", None, None, None, 1)).head(height)
    make_table(store, NAME, rows)
    assert unwritten_columns(store, NAME) == set()
    assert frame_of(store, NAME).equals(rows)


def test_a_table_of_nothing_keeps_its_rows(store: duckdb.DuckDBPyConnection) -> None:
    rows = pl.DataFrame({"a": [None, None], "b": [None, None]}, schema={"a": pl.String, "b": pl.Int64})
    make_table(store, NAME, rows)
    assert frame_of(store, NAME).equals(rows)
    add_rows(store, NAME, rows)
    assert frame_of(store, NAME).equals(pl.concat([rows, rows]))
