"""A sheet: the rows of one table inside a file, before anybody knows what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from pipelines.errors import N_

PREVIEW_ROWS = 40
RAGGED = N_("the row has another number of cells than the heading")
BEYOND = N_("there are cells beyond the heading")
NO_RECORD = N_("this is no record")
LINE = "_line"


@dataclass(frozen=True)
class Broken:
    """A row that does not fit its table, with its place and why."""

    line: int
    text: str
    reason: str
    value: str | None = None


@dataclass(frozen=True)
class Rows:
    """The data rows of a sheet below its heading: text cells under unique headings, and ``_line``, the place in the file."""

    cells: pl.DataFrame
    broken: tuple[Broken, ...] = ()
    footers: int = 0

    @property
    def count(self) -> int:
        """Rows read: whole ones and broken ones; headings, blank lines and totals rows are none."""
        return self.cells.height + len(self.broken)


@dataclass(frozen=True)
class Sheet:
    """A table whose heading is not yet found: the first rows to look at, and how to get the rest."""

    name: str
    form: str
    preview: tuple[tuple[str, ...], ...]
    read: Callable[[int | None, Sequence[str], Sequence[str]], Rows] = field(repr=False)
    """``read(heading_row, headings, footers)``: heading_row is an index into ``preview`` or None for a file without one."""
