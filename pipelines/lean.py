"""Columns that take less memory and are no other columns: same name, type, order and values.

A text takes 16 bytes a row in Polars and its letters again in every row, where it is longer than twelve bytes. A column of one
value (an export without products, say) is kept as that value; a long text that many rows hold is kept once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

import polars as pl

LONG = 10_000
"""Rows from which on it pays to number texts."""
FEW_PLACES = 100_000
MUCH = 2
"""How many times longer than the rows a table is of which most is not asked for."""
SAMPLE = 10_000
FEW = 1000
"""Different texts in a sample up to which letters are shared."""


def frame_of_columns(columns: Iterable[pl.Series | pl.Expr]) -> pl.DataFrame:
    """Put columns of one length together, each as lean as it can be; they may be made one after another.

    The first is a series; others may be the literal of the one value they hold.
    """
    whole: list[pl.Series] = []
    single: list[pl.Expr] = []
    names = []
    for column in columns:
        names.append(column.name if isinstance(column, pl.Series) else column.meta.output_name())
        if isinstance(column, pl.Expr):
            single.append(column)
        elif whole and is_single(column):
            single.append(pl.lit(column.head(1)).first().alias(column.name))
        else:
            whole.append(column.rechunk())
    return pl.DataFrame(whole).with_columns(single).select(names)


def lean(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Keep the named columns of a frame as one value each, where they have no other."""
    single = [name for name in names if is_single(frame.get_column(name))]
    return frame.with_columns(pl.lit(frame.get_column(name).head(1)).first().alias(name) for name in single)


def alongside(rows: pl.DataFrame, side: pl.DataFrame, on: str | list[str]) -> pl.DataFrame:
    """Put the columns of a table, whose keys are all different, beside the rows with the same key: a left join that keeps rows
    as they stand and copies none of their columns. Few texts are numbered, where a join would write those of every row anew.
    """
    keys = [on] if isinstance(on, str) else on
    if rows.height == side.height and all(is_same(rows[key], side[key]) for key in keys):
        return rows.with_columns(side.drop(keys))
    if side.is_empty():
        told = ((name, kind) for name, kind in side.schema.items() if name not in keys)
        return rows.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in told)
    if rows.height * MUCH < side.height:  # a join would look through all of what is hardly asked for
        side = side.join(rows.select(keys), on=keys, how="semi", maintain_order="left")
    is_text = {*rows.select(keys).dtypes, *side.select(keys).dtypes} == {pl.String}
    names = {key: side.get_column(key).unique() for key in keys}
    places = prod(map(len, names.values()))
    if rows.height < LONG or not is_text or not 0 < places <= FEW_PLACES:
        return rows.with_columns(rows.select(keys).join(side, on=keys, how="left", maintain_order="left").drop(keys))
    known = side.drop_nulls(keys)
    return rows.with_columns(by_number(numbered(rows, names), known.drop(keys), numbered(known, names), places))


def is_same(one: pl.Series, other: pl.Series) -> bool:
    """Tell whether two columns of keys are the same and hold no null, which fits nothing."""
    return not one.null_count() and one.dtype == other.dtype and one.equals(other)


def by_number(asked: pl.Series, side: pl.DataFrame, own: pl.Series, places: int) -> pl.DataFrame:
    """Take for each number the row of a table that has the same one, null where none has; the table's differ, below ``places``."""
    is_told = own.is_not_null()
    rows = pl.int_range(len(own), dtype=pl.UInt32, eager=True).filter(is_told)
    of_place = pl.repeat(None, places, dtype=pl.UInt32, eager=True).scatter(own.filter(is_told), rows)
    return side.select(pl.all().gather(of_place.gather(asked)))


def numbered(rows: pl.DataFrame, names: Mapping[str, pl.Series]) -> pl.Series:
    """Number rows by some texts, the same ones alike; null where a text is none of the names."""
    number = pl.lit(0, dtype=pl.UInt32)
    for name, texts in names.items():
        place = pl.col(name).cast(pl.Enum(texts.drop_nulls()), strict=False).to_physical().cast(pl.UInt32)
        number = number * len(texts) + place
    return rows.select(number=number).to_series()


def is_single(column: pl.Series) -> bool:
    """Tell whether all rows hold one value, or none holds any."""
    unknown = column.null_count()
    if unknown or not len(column):
        return unknown == len(column)
    first = column[0]
    return bool(first == column[-1] and (column == first).all())


def sharing(column: pl.Series) -> pl.Series:
    """Let rows of one text share its letters; a text that hardly repeats, and a short one, is left as it is."""
    if column.dtype != pl.String or not is_repeated(column):
        return column
    texts = column.unique().drop_nulls()
    return texts.gather(column.cast(pl.Enum(texts)).to_physical()).alias(column.name)


def as_numbers(column: pl.Series) -> pl.Series:
    """Hold texts as the numbers of their places among them; they compare and sort as before, but join other such columns only."""
    if isinstance(column.dtype, pl.Enum):
        return column
    return column.cast(pl.Enum(column.unique().drop_nulls().sort()))


def texts_of(column: pl.Series) -> pl.Series:
    """Return the texts of a column in the order of their numbers; where it holds none, those it has."""
    kind = column.dtype
    return pl.Series(column.name, kind.categories) if isinstance(kind, pl.Enum) else column.unique()


def is_repeated(column: pl.Series) -> bool:
    """Tell from some rows whether long texts come again and again."""
    some = column.gather_every(max(1, len(column) // SAMPLE)).drop_nulls()
    lengths = some.str.len_bytes().max()
    return some.n_unique() <= FEW and isinstance(lengths, int) and lengths > 12
