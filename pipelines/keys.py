"""Which rows are equal and in what order they stand, for millions of rows: the cheap question first, the exact one if need be.

Every function gives exactly what the plain Polars expression would; it only notices sooner that there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

LONG = 1000
"""Values from which on it pays to look whether they stand in runs."""
PLAIN_NUMBER = r"^(?:0|[1-9][0-9]{0,17})$"


def first_of_each(rows: pl.DataFrame, columns: Sequence[str], in_order_of: Sequence[str] = ()) -> pl.Series | None:
    """Mark the rows that do not repeat an earlier one in these columns; None when no row does.

    Rows whose hashes differ differ; only those with the same hash are compared. Where rows stand in the order of some of the
    columns (``in_order_of``), only neighbours can be the same.
    """
    return _one_of_each(rows, columns, first=True, in_order_of=in_order_of)


def last_of_each(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series | None:
    """Mark the rows that no later one repeats in these columns; None when no row is repeated."""
    return _one_of_each(rows, columns, first=False)


def _one_of_each(
    rows: pl.DataFrame, columns: Sequence[str], *, first: bool, in_order_of: Sequence[str] = ()
) -> pl.Series | None:
    if in_order_of and _stands_in_order(rows, in_order_of):
        as_before = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in in_order_of).fill_null(False)
        doubtful = rows.select(as_before | as_before.shift(-1, fill_value=False)).to_series().arg_true()
    else:
        hashes = rows.select(columns).hash_rows()
        if hashes.n_unique() == rows.height:
            return None
        doubtful = hashes.is_duplicated().arg_true()
    alike = pl.struct(columns)
    kept = rows.select(columns)[doubtful].select(alike.is_first_distinct() if first else alike.is_last_distinct())
    if kept.to_series().all():
        return None
    return pl.repeat(True, rows.height, eager=True).scatter(doubtful, kept.to_series())


def is_key(rows: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Tell whether no two rows have the same values in these columns."""
    if len(columns) == 1:
        return rows[columns[0]].n_unique() == rows.height
    return _stands_in_order(rows, columns, strictly=True) or first_of_each(rows, columns) is None


def unique_first(rows: pl.DataFrame, columns: Sequence[str], in_order_of: Sequence[str] = ()) -> pl.DataFrame:
    """Return the first row of each value of these columns, in the order in which they stand; see ``first_of_each``."""
    kept = first_of_each(rows, columns, in_order_of)
    return rows if kept is None else rows.filter(kept)


def in_order(rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the rows in the order of these columns, nulls first, as a stable sort gives; unsorted when they stand so."""
    if _stands_in_order(rows, columns):
        return rows
    first, second = (rows.schema[name] for name in (*columns, *columns)[:2])
    if len(columns) == 2 and first == pl.UInt32 and isinstance(second, pl.Datetime):
        return rows.sort(packed(pl.col(columns[0]), pl.col(columns[1])), maintain_order=True)
    return rows.sort(columns, maintain_order=True)


def packed(number: pl.Expr, moment: pl.Expr, *, nulls_last: bool = False) -> pl.Expr:
    """Make one key of a number and a moment, that sorts as the two of them do: one wide number sorts twice as fast."""
    unknown = (1 << 63) - 1 if nulls_last else -(1 << 63)
    return number.cast(pl.Int128) * (1 << 64) + moment.to_physical().fill_null(unknown).cast(pl.Int128)


def _stands_in_order(rows: pl.DataFrame, columns: Sequence[str], *, strictly: bool = False) -> bool:
    if rows.height < 2:
        return True
    keys = rows.select(columns)
    if sum(keys.null_count().row(0)):
        return False
    after: pl.Expr = pl.lit(not strictly)
    for name in reversed(columns):
        before = pl.col(name).shift(1)
        after = (pl.col(name) > before) | ((pl.col(name) == before) & after)
    return bool(keys.select(after.slice(1).all()).item())


def begins(column: str) -> pl.Expr:
    """Mark the first row of each run of equal values."""
    return pl.col(column).ne_missing(pl.col(column).shift(1)) | (pl.int_range(pl.len()) == 0)


def ends(column: str) -> pl.Expr:
    """Mark the last row of each run of equal values."""
    return pl.col(column).ne_missing(pl.col(column).shift(-1)) | (pl.int_range(pl.len()) == pl.len() - 1)


def number_in_run(column: str) -> pl.Expr:
    """Number the rows of each run of equal values: 1, 2, 3 and so on."""
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    return place - pl.when(begins(column)).then(place).forward_fill() + 1


def beside(rows: pl.DataFrame, side: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """Put the columns of a small table beside the rows with the same key: a left join that keeps the order, null like null.

    Few values in many rows: their hashes are compared first, and what they found is compared with the key itself.
    """
    keyed = side.with_columns(_hash=side.select(on).hash_rows())
    if keyed["_hash"].n_unique() < side.height or list(rows.select(on).dtypes) != list(side.select(on).dtypes):
        return rows.join(side, on=on, how="left", nulls_equal=True, maintain_order="left")
    named = keyed.rename({name: f"_own_{name}" for name in on})
    found = rows.with_columns(_hash=rows.select(on).hash_rows()).join(
        named, on="_hash", how="left", maintain_order="left"
    )
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"_own_{name}")) for name in on)
    others = [name for name in side.columns if name not in on]
    if not found.select((same | pl.all_horizontal(pl.col(f"_own_{name}").is_null() for name in on)).all()).item():
        return rows.join(side, on=on, how="left", nulls_equal=True, maintain_order="left")
    return found.select(*rows.columns, *others)


def places_of(values: pl.Series, known: pl.Series) -> pl.Series:
    """Return, for each value, its place (from 0) among the known ones, which are all different; null for an unknown one."""
    if len(values) >= LONG:  # of rows that stand together by their key only the first is looked for
        is_first = values.alias("value").to_frame().select(begins("value")).to_series()
        if is_first.sum() * 2 < len(values):
            firsts, run = values.filter(is_first), is_first.cum_sum() - 1
            if not firsts.null_count() and firsts.equals(known):  # each has rows, in the order of them all
                return run.cast(pl.UInt32).alias("place")
            return _places_of(firsts, known).gather(run)
    return _places_of(values, known)


def _places_of(values: pl.Series, known: pl.Series) -> pl.Series:
    if values.dtype == pl.String and _plain(known) and _plain(values):
        # Numbers without leading zeros are the same text when they are the same number, and numbers are found faster.
        values, known = values.cast(pl.Int64), known.cast(pl.Int64)
    partner = pl.DataFrame({"value": known}).with_row_index("place").drop_nulls("value")
    found = values.alias("value").to_frame().join(partner, on="value", how="left", maintain_order="left")
    return found["place"]


def _plain(values: pl.Series) -> bool:
    return bool(values.drop_nulls().str.contains(PLAIN_NUMBER).all())
