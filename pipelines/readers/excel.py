"""Workbooks (XLSX): every sheet, all cells as text, whatever their format.

Dates come out as ``YYYY-MM-DD HH:MM:SS``, cells that hold only a time as ``HH:MM:SS``.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from functools import partial

import fastexcel
import polars as pl

from pipelines.errors import InputError
from pipelines.readers.sheet import BEYOND, LINE, PREVIEW_ROWS, Broken, Rows, Sheet

FIRST_ROW = re.compile(rb'<row[^>]*? r="(\d+)"')


def looks_like_workbook(content: bytes) -> bool:
    """Tell an XLSX by its first bytes; what else begins so was unpacked before."""
    return content[:4] == b"PK\x03\x04"


def open_workbook(content: bytes, name: str) -> list[Sheet]:
    """Open every sheet that holds something; raises InputError for a damaged workbook or one without a table."""
    try:
        workbook = fastexcel.read_excel(content)
        frames = {
            sheet: times_alone(workbook.load_sheet(sheet, header_row=None, dtypes="string").to_polars())
            for sheet in workbook.sheet_names
        }
    except fastexcel.FastExcelError:
        raise InputError("{name} is a damaged or locked workbook. Save it again as XLSX.", name=name) from None
    offsets = _first_rows(content)
    sheets = [
        Sheet(
            name=sheet,
            form="xlsx",
            preview=tuple(tuple(cell or "" for cell in row) for row in cells.head(PREVIEW_ROWS).iter_rows()),
            read=partial(_read, cells, offsets.get(number, 1)),
        )
        for number, (sheet, cells) in enumerate(frames.items(), start=1)
        if cells.height
    ]
    if not sheets:
        raise InputError("{name} is a workbook with no rows. Export it again.", name=name)
    return sheets


def times_alone(cells: pl.DataFrame) -> pl.DataFrame:
    """Take Excel's day zero off the cells that hold a time and no date."""
    return cells.with_columns(pl.col(pl.String).str.replace(r"^1899-12-3[01] (\d\d:\d\d:\d\d)", "${1}"))


def _first_rows(content: bytes) -> dict[int, int]:
    """Return the number of the first filled row of each sheet, which the reader leaves out."""
    found: dict[int, int] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.namelist():
            match = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", entry)
            if match:
                with archive.open(entry) as member:
                    row = FIRST_ROW.search(member.read(1 << 16))
                found[int(match[1])] = int(row[1]) if row else 1
    return found


def _read(
    cells: pl.DataFrame, first_row: int, heading_row: int | None, headings: Sequence[str], footers: Sequence[str]
) -> Rows:
    """Cut the data rows out of the sheet; see ``Sheet.read``."""
    start = 0 if heading_row is None else heading_row + 1
    width = min(len(headings), cells.width)
    rows = cells.with_row_index(LINE, offset=first_row).with_columns(pl.col(LINE).cast(pl.Int64)).slice(start)
    named = dict(zip(cells.columns[:width], headings[:width], strict=True))
    over = pl.any_horizontal(pl.col(cells.columns[width:]).is_not_null()) if cells.width > width else pl.lit(False)
    filled = pl.any_horizontal(pl.col(cells.columns).str.strip_chars().str.len_chars() > 0)
    first_cell = pl.col(cells.columns[0]).str.strip_chars_start()
    total = pl.any_horizontal(first_cell.str.starts_with(word) for word in footers) if footers else pl.lit(False)
    rows = rows.filter(filled.fill_null(False)).with_columns(_over=over, _total=total.fill_null(False))
    data = rows.filter(~pl.col("_total"))
    broken = tuple(
        Broken(
            line=row[LINE],
            text=" | ".join(row[c] or "" for c in cells.columns)[:2000],
            reason=BEYOND,
        )
        for row in data.filter("_over").iter_rows(named=True)
    )
    kept = data.filter(~pl.col("_over")).rename(named).select(LINE, *headings[:width])
    missing = [pl.lit(None, dtype=pl.String).alias(heading) for heading in headings[width:]]
    return Rows(cells=kept.with_columns(missing), broken=broken, footers=rows.height - data.height)
