"""The text a column is parsed from: one cell, the first that is filled, several as one, a key made of cells, a product."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines import cells as cells_of
from pipelines import parse
from pipelines.headings import find_heading
from pipelines.profile import Column, Table

MINUS, TIMES = " − ", " × "
"""What stands between the two cells of a difference and of a product, also where a refused row is shown."""
NO_TEXT = pl.lit(None, dtype=pl.String)


def present_headings(column: Column, headings: Sequence[str]) -> list[str]:
    """Return the sheet's own spelling of the headings a column is made from."""
    found = [find_heading(name, headings) for name in column.headings]
    present = [name for name in found if name is not None]
    return present[:1] if column.source else present


def cell_text(column: Column, present: Sequence[str], table: Table) -> pl.Expr:
    """Return the text a column is parsed from; null where nothing is written."""
    if column.value is not None:
        return pl.lit(column.value)
    texts = [parse.empty_to_null(pl.col(name), (*table.nulls, *column.nulls)) for name in present]
    if column.key:
        return made_key(texts)
    if column.minus:
        return pl.concat_str(texts, separator=MINUS) if len(texts) == 2 else NO_TEXT
    if column.times:
        # A price without its number of pieces is a fault and not an unknown amount: somebody has to look at the row.
        return pl.concat_str(texts[0], texts[1].fill_null(""), separator=TIMES) if len(texts) == 2 else NO_TEXT
    if column.join:
        return parse.empty_to_null(pl.concat_str(texts, separator=" ", ignore_nulls=True))
    return pl.coalesce(*texts)


def column_text(rows: pl.DataFrame, column: Column, present: Sequence[str], table: Table) -> pl.Series:
    """Return the text a column is parsed from, of every row, or one cell that stands for all of them."""
    if column.value is None and not (column.key or column.join or column.minus or column.times) and len(present) == 1:
        return cells_of.written(rows[present[0]], (*table.nulls, *column.nulls))
    return rows.select(cell_text(column, present, table).alias("_")).to_series()


def made_key(texts: Sequence[pl.Expr]) -> pl.Expr:
    """Make a key of several cells, spelt one way, so that next week's file names the same row the same.

    The second row of a file with the same key is `` #2`` and so on; a row whose cells are all empty has none.
    """
    folded = [text.str.to_lowercase().str.replace_all("ё", "е").fill_null("") for text in texts]
    key = pl.concat_str(folded, separator=" · ")
    turn = pl.int_range(pl.len()).over(key) + 1
    numbered = pl.when(turn > 1).then(pl.concat_str(key, turn.cast(pl.String), separator=" #")).otherwise(key)
    return pl.when(pl.any_horizontal(text.is_not_null() for text in texts)).then(numbered)
