"""The shape of a core table for rows that already stand in the order of its key."""

from __future__ import annotations

import polars as pl

from pipelines.schema.core import CORE


def shaped_in_order(rows: pl.DataFrame, table: str, *further: str) -> pl.DataFrame:
    """Return rows with exactly the columns and types of a core table, and further ones; missing columns are null."""
    return rows.select(
        *(
            (pl.col(name) if name in rows.columns else pl.lit(None)).cast(column.dtype).alias(name)
            for name, column in CORE[table].columns().items()
        ),
        *further,
    )
