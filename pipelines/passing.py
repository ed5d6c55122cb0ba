"""Rows on their way into the store."""

from __future__ import annotations

import polars as pl


class Passing:
    """A stream of rows that can be emptied: the store keeps what it is given until it is closed, rows and all."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self.rows: pl.DataFrame | None = rows

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        assert self.rows is not None
        return self.rows.__arrow_c_stream__(requested_schema)
