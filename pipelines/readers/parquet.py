"""Parquet: every column as text; dates ISO, moments with a zone with their offset, lists and structures as JSON.

How many rows there must be is read from the footer by our own hand (footer.py), as a whole and as the sum of its parts.
"""

from __future__ import annotations

import io

import polars as pl

from pipelines.errors import InputError
from pipelines.readers.footer import rows_told
from pipelines.readers.grid import Grid
from pipelines.readers.sheet import LINE

MOST_CELLS = 200_000_000


def grids_of_parquet(content: bytes, name: str) -> list[Grid]:
    """Read a Parquet file; raises InputError for a damaged or encrypted one."""
    if content[:4] == b"PARE" or content[-4:] == b"PARE":
        raise InputError("{name} is encrypted. Export it without a password.", name=name)
    try:
        count, of_parts = rows_told(content)
        if count != of_parts or count < 0:
            raise ValueError("the footer contradicts itself")
        lazy = pl.scan_parquet(io.BytesIO(content))
        names = lazy.collect_schema().names()
        if count * len(names) > MOST_CELLS:
            raise InputError(
                "{name} holds {count} rows, more than an export can. Export it in parts.", name=name, count=count
            )
        cells = cells_of(lazy)
        texts = [_text(cells[column], str(at)) for at, column in enumerate(names)]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        raise InputError("{name} is a damaged or encrypted Parquet file. Export it again.", name=name) from None
    if cells.height != count:
        raise InputError("{name} could not be read whole: {n} rows were expected.", name=name, n=count)
    heading = pl.DataFrame({str(at): [column] for at, column in enumerate(names)}, schema_overrides={})
    body = pl.DataFrame(texts)
    grid = pl.concat([heading, body]).with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(LINE))
    return [Grid("", "parquet", grid, records=True)]


def cells_of(lazy: pl.LazyFrame) -> pl.DataFrame:
    """Return the rows as the library reads them."""
    return lazy.collect()


def _text(column: pl.Series, name: str) -> pl.Series:
    """Write a column as text."""
    dtype = column.dtype
    if isinstance(dtype, pl.Datetime):
        column = column.dt.strftime("%Y-%m-%d %H:%M:%S%.f" if dtype.time_zone is None else "%Y-%m-%dT%H:%M:%S%.f%:z")
    elif isinstance(dtype, pl.Struct):
        column = column.struct.json_encode()
    elif isinstance(dtype, pl.List | pl.Array):
        column = pl.DataFrame({"list": column}).select(pl.struct("list").struct.json_encode()).to_series()
    elif isinstance(dtype, pl.Duration):
        column = column.dt.total_seconds()
    elif isinstance(dtype, pl.Binary):
        column = pl.Series([None if one is None else one.decode("utf-8", "replace") for one in column], dtype=pl.String)
    elif dtype.is_float():
        whole = (column == column.round(0)) & (column.abs() < 1e15)
        frame = column.alias("x").to_frame()
        column = frame.select(
            pl.when(pl.Series(whole))
            .then(pl.col("x").cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(pl.col("x").cast(pl.String))
        ).to_series()
    return column.cast(pl.String).alias(name)
