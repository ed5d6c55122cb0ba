"""A grid: the cells of a sheet that is no delimited text, as text columns and the number of each row in its file.

Workbooks, HTML tables, JSON records and Parquet all become grids; they are made in a child process and handed over as
Arrow files, so the cells stand on disk until somebody reads the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from pipelines.headings import unique_headings
from pipelines.readers.merged import Merged, filled_down
from pipelines.readers.sheet import BEYOND, LINE, NO_RECORD, PREVIEW_ROWS, RAGGED, Broken, Rows, Sheet, preview_of


@dataclass(frozen=True)
class Grid:
    """A sheet's name and form, its cells (String columns and ``_line``), and how its rows are to be taken."""

    name: str
    form: str
    cells: pl.DataFrame
    ragged: bool = False
    """True where a row may lack cells, which are null then, while an empty cell is ``""`` (HTML)."""
    records: bool = False
    """True where the first row is the list of keys and every other row is a record, also an empty one (JSON, Parquet)."""
    hidden: bool = False
    no_records: tuple[int, ...] = ()
    """Numbers of list items that are no record (JSON)."""
    merged: tuple[Merged, ...] = ()
    """Cells that are merged downwards (XLSX)."""

    @property
    def preview(self) -> tuple[tuple[str, ...], ...]:
        return preview_of(self.cells.drop(LINE).head(PREVIEW_ROWS).iter_rows())


def sheet_of(grid: Grid) -> Sheet:
    """Make the sheet of a grid that is in memory."""
    return sheet_on_call(
        lambda: grid.cells,
        name=grid.name,
        form=grid.form,
        preview=grid.preview,
        ragged=grid.ragged,
        records=grid.records,
        hidden=grid.hidden,
        no_records=grid.no_records,
        merged=grid.merged,
    )


def sheet_on_call(
    fetch: Callable[[], pl.DataFrame],
    *,
    name: str,
    form: str,
    preview: tuple[tuple[str, ...], ...],
    ragged: bool,
    records: bool,
    hidden: bool,
    no_records: tuple[int, ...],
    merged: tuple[Merged, ...] = (),
) -> Sheet:
    """Make the sheet of a grid whose cells are fetched when they are read."""
    read = partial(_read, fetch, ragged, records, no_records, merged)
    return Sheet(name=name, form=form, preview=preview, read=read, hidden=hidden)


def _read(
    fetch: Callable[[], pl.DataFrame],
    ragged: bool,
    records: bool,
    no_records: tuple[int, ...],
    merged: tuple[Merged, ...],
    heading_row: int | None,
    headings: Sequence[str],
    footers: Sequence[str],
    tail: int = 0,
) -> Rows:
    """Cut the data rows out of a grid; see ``Sheet.read``."""
    cells = fetch()
    columns = [column for column in cells.columns if column != LINE]
    if heading_row is not None and not headings:
        headings = unique_headings(cells.select(columns).row(heading_row))
    if merged and cells.height:
        cells = filled_down(cells, merged, 0 if heading_row is None else cells[LINE][heading_row])
    width = min(len(headings), len(columns))
    rows = cells.slice(0 if heading_row is None else heading_row + 1)
    if not records:
        rows = rows.filter(_filled(columns))
        if heading_row is not None:
            rows = rows.filter(~_same_as(cells.select(columns).row(heading_row), columns))
    total = _is_total(columns, footers) if columns else pl.lit(False)
    data = rows.filter(~total)
    over = _filled(columns[width:]) if len(columns) > width else pl.lit(False)
    least = _last_cell(cells.select(columns).row(heading_row or 0)) if ragged else None
    short = pl.lit(False) if least is None else pl.col(columns[max(least - tail, 0)]).is_null()
    marked = data.with_columns(_over=over, _short=short)
    bad = marked.filter(pl.col("_over") | pl.col("_short"))
    broken = [
        Broken(
            line=row[LINE],
            text=" | ".join(row[c] or "" for c in columns)[:2000],
            reason=BEYOND if row["_over"] else RAGGED,
        )
        for row in bad.iter_rows(named=True)
    ]
    broken += [Broken(line=line, text="", reason=NO_RECORD) for line in no_records]
    named = dict(zip(columns[:width], headings[:width], strict=True))
    kept = marked.filter(~(pl.col("_over") | pl.col("_short"))).select(
        *(pl.col(column).alias(heading) for column, heading in named.items()),
        *(pl.lit(None, dtype=pl.String).alias(heading) for heading in headings[width:]),
        LINE,
    )
    return Rows(cells=kept, broken=tuple(broken), footers=rows.height - data.height)


def _filled(columns: Sequence[str]) -> pl.Expr:
    """Mark rows in which any of the cells holds more than spaces."""
    filled = pl.any_horizontal(pl.col(columns).str.strip_chars().str.len_bytes() > 0)
    return filled.fill_null(False) if columns else pl.lit(False)


def _same_as(heading: tuple[str | None, ...], columns: Sequence[str]) -> pl.Expr:
    """Mark rows that repeat the heading, as pages glued to each other do."""
    return pl.all_horizontal(
        pl.col(column).eq_missing(pl.lit(cell, dtype=pl.String)) for column, cell in zip(columns, heading, strict=True)
    )


def _last_cell(heading: tuple[str | None, ...]) -> int | None:
    """Return the place of the last cell that a heading has, which a whole row has too."""
    return max((at for at, cell in enumerate(heading) if cell is not None), default=None)


def _is_total(columns: Sequence[str], footers: Sequence[str]) -> pl.Expr:
    """Mark rows of totals, as ``is_total`` does."""
    words = "|".join(re.escape(word) for word in footers)
    return (
        pl.col(columns[0]).str.contains(rf"^\s*(?:{words})(?:\P{{L}}|$)").fill_null(False) if words else pl.lit(False)
    )


def grid_of_rows(
    rows: Sequence[Sequence[str | None]], lines: Sequence[int], name: str, form: str, *, ragged: bool = False
) -> Grid:
    """Make a grid of rows of any width; a cell that a row lacks is null."""
    width = max(map(len, rows), default=0)
    columns = {str(at): [row[at] if at < len(row) else None for row in rows] for at in range(width)}
    cells = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String()))
    return Grid(name, form, cells.with_columns(pl.Series(LINE, lines, dtype=pl.Int64)), ragged=ragged)
