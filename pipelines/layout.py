"""How the rows of a sheet lie under their headings: last cells that may be missing, totals among the rows, and cells that
are written once for a group of rows.

A totals row is known only by what the table says of it: such a row is counted and is no row of data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from pipelines.headings import find_heading
from pipelines.profile import Table
from pipelines.readers import Sheet
from pipelines.readers.sheet import Rows
from pipelines.recognise import Match
from pipelines.staged import LINE


def rows_of(sheet: Sheet, match: Match) -> Rows:
    """Read the data rows of a recognised sheet: totals left out and counted, cells of groups written on every row."""
    table = match.table
    tail = (table.optional_tail,) if table.optional_tail and match.heading_row is not None else ()
    rows = sheet.read(match.heading_row, match.headings, table.footer, *tail)
    if not (table.totals or table.totals_without or table.fill_down):
        return rows
    data = rows.cells.filter(~is_total(rows.cells, table))
    footers = rows.footers + rows.cells.height - data.height
    return replace(rows, cells=filled_down(data, table.fill_down), footers=footers)


def is_total(cells: pl.DataFrame, table: Table) -> pl.Series:
    """Mark the totals rows: a word of ``totals`` begins or ends a cell of theirs, or the key of a row is not written."""
    marks = [pl.lit(False)]
    words = "|".join(re.escape(word) for word in table.totals)
    edge = rf"(?i)^\s*(?:{words})(?:[\s:]|$)|\s(?:{words})[\s:]*$"
    places = found_in(cells, table.totals_in or table.fill_down) if words else []
    marks += [pl.col(heading).str.contains(edge).fill_null(False) for heading in places]
    keys = found_in(cells, table.totals_without)
    if keys:
        marks.append(pl.all_horizontal(is_blank(heading) for heading in keys))
    found = cells.select(pl.any_horizontal(marks).alias("total"))["total"]
    return found if len(found) == cells.height else found.new_from_index(0, cells.height)


def filled_down(cells: pl.DataFrame, headings: Sequence[str]) -> pl.DataFrame:
    """Write the cells of groups on every row of theirs; an inner group, further right, ends where an outer one changes."""
    outer: list[str] = []
    for heading in sorted(found_in(cells, headings), key=cells.columns.index):
        written = pl.when(~is_blank(heading)).then(pl.col(heading))
        begun = written.forward_fill()
        if outer:
            changes = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in outer)
            begun = begun.over(changes.fill_null(True).cum_sum())
        cells = cells.with_columns(begun.alias(heading))
        outer.append(heading)
    return cells


def found_in(cells: pl.DataFrame, wanted: Iterable[str]) -> list[str]:
    """Return the sheet's own spelling of those of the headings that it has."""
    headings = [name for name in cells.columns if name != LINE]
    return [found for name in wanted if (found := find_heading(name, headings)) is not None]


def is_blank(heading: str) -> pl.Expr:
    """Mark the rows in which nothing is written under a heading."""
    return (pl.col(heading).str.strip_chars().str.len_bytes() == 0).fill_null(True)
