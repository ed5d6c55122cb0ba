"""Tables read with the least memory are the tables that were written, to the last value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from dashboard.access import TABLES, WORDS
from pipelines import duck, lean
from pipelines.settings import find_home
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import read_tables

WORD = pl.Enum(["won", "lost"])
LONG_TEXT = "Успешно реализовано"
CELLS = {
    "text": (pl.String, ["", "ёж", LONG_TEXT, f"{LONG_TEXT} 2"]),
    "word": (WORD, ["won", "lost"]),
    "amount": (pl.Decimal(18, 2), [Decimal("0.00"), Decimal("-1.50")]),
    "at": (pl.Datetime("us", "UTC"), [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, 5, tzinfo=UTC)]),
    "on": (pl.Date, [date(2026, 1, 1), date(2026, 3, 1)]),
    "days": (pl.Float64, [0.0, 1.5]),
    "is_sales": (pl.Boolean, [True, False]),
}


@settings(max_examples=15)
@given(st.data(), st.integers(0, 6))
def test_lean_columns_hold_what_they_held(data: st.DataObject, height: int) -> None:
    columns = []
    for name, (kind, values) in CELLS.items():
        few = data.draw(st.lists(st.sampled_from([*values, None]), min_size=1, max_size=3))
        cells = st.lists(st.sampled_from(few), min_size=height, max_size=height)
        columns.append(pl.Series(name, data.draw(cells), dtype=kind))
    assert_frame_equal(lean.frame_of_columns(columns), pl.DataFrame(columns))


def test_one_value_is_kept_once_and_long_texts_share_their_letters() -> None:
    count = 100_000
    one = pl.Series("one", [LONG_TEXT] * count)
    unknown = pl.Series("unknown", [None] * count, dtype=pl.String)
    number = pl.Series("number", range(count))
    made = lean.frame_of_columns([unknown, number, one, unknown.alias("again")])
    assert made.columns == ["unknown", "number", "one", "again"]
    rest = made.select("one", "again").filter(pl.col("one") == LONG_TEXT)
    assert rest.height == count
    assert rest.estimated_size() < 1000
    texts = pl.Series("text", [f"{LONG_TEXT} {number % 7}" for number in range(count)])
    assert lean.is_repeated(texts)
    assert not lean.is_repeated(pl.Series([f"{LONG_TEXT} {number}" for number in range(count)]))
    assert lean.sharing(texts).equals(texts)


def test_a_word_of_another_version_stays_text() -> None:
    assert duck.as_words(pl.Series(["won", None]), WORD).dtype == WORD
    assert duck.as_words(pl.Series(["won", "sold"]), WORD).to_list() == ["won", "sold"]


def test_long_tables_are_the_same_read_column_by_column(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = current_snapshot(find_home(demo_home))
    assert snapshot is not None
    whole = read_tables(snapshot, TABLES)
    monkeypatch.setattr(duck, "LONG", 1)
    lean_ones = read_tables(snapshot, TABLES, WORDS)
    for name, table in whole.items():
        assert_frame_equal(lean_ones[name].cast(dict(table.schema)), table)
    assert lean_ones["facts.visits"].schema["outcome"] == WORDS["facts.visits"]["outcome"]


@pytest.mark.parametrize("long", [0, 10**6])
def test_columns_alongside_are_those_of_a_left_join(long: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether texts are numbered or joined; keys that are null match nothing."""
    monkeypatch.setattr(lean, "LONG", long)
    rows = pl.DataFrame({"key": ["b", None, "a", "b", "x"], "number": [1, 2, 3, 4, 5]})
    side = pl.DataFrame({"key": ["a", "b", None], "word": ["one", "two", "none"], "number": [7, 8, 9]})
    found = lean.alongside(rows, side, "key")
    assert found.rows() == [("b", 8, "two"), (None, None, None), ("a", 7, "one"), ("b", 8, "two"), ("x", None, None)]
    pairs = rows.with_columns(other=pl.Series(["x", "x", "y", "y", None]))
    sides = pl.DataFrame({"other": ["x", "y", "x", "y"], "key": ["a", "a", "b", None], "word": ["1", "2", "3", "4"]})
    expected = pairs.join(sides, on=["key", "other"], how="left", maintain_order="left")
    assert_frame_equal(lean.alongside(pairs, sides, ["key", "other"]), expected)
    assert expected["word"].to_list() == ["3", None, "2", None, None]
    assert_frame_equal(
        lean.alongside(rows, side.clear(), "key").select("key", "word"),
        rows.select("key", word=pl.lit(None, pl.String)),
    )


def test_the_same_keys_an_empty_table_and_a_long_one_are_put_alongside_as_a_join_does() -> None:
    rows = pl.DataFrame({"key": ["b", "a", None], "number": [1, 2, 3]})
    told = pl.DataFrame({"key": ["b", "a", "x"], "word": ["B", "A", "X"]})
    for one, side in (
        (rows.head(2), told.head(2)),
        (rows, told),
        (rows, rows.select("key", word=pl.lit("none"))),
        (rows, told.clear()),
        (rows, pl.DataFrame({"key": [*"abcdefg", None], "word": list("ABCDEFGN")})),
    ):
        expected = one.join(side, on="key", how="left", maintain_order="left")
        assert_frame_equal(lean.alongside(one, side, "key"), expected)


def test_texts_as_numbers_are_in_the_order_of_the_texts() -> None:
    column = pl.Series("text", ["ёж", None, "b", "a", "b"])
    made = lean.as_numbers(column)
    assert (made.to_physical().to_list(), lean.texts_of(made).to_list()) == ([2, None, 1, 0, 1], ["a", "b", "ёж"])
    assert made.cast(pl.String).equals(column)
    assert made.sort(nulls_last=True).cast(pl.String).to_list() == column.sort(nulls_last=True).to_list()
    assert lean.as_numbers(made) is made
