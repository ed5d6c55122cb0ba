"""Workbooks (XLSX, XLSB, XLS, ODS): every sheet, all cells as text, whatever their format.

Dates come out as ``YYYY-MM-DD HH:MM:SS``, cells that hold only a time as ``HH:MM:SS``. Blank rows are left out; the others
keep the number that Excel shows. The rows of each sheet are counted by our own hand before it is read (sparse.py for XLSX,
counted.py for the others), and a sheet that comes out with fewer is refused. A damaged sheet does not refuse the others.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import fastexcel
import polars as pl
from lxml import etree  # ty: ignore[missing-module-member]  (a C module without stubs)

from pipelines.errors import InputError
from pipelines.readers.archives import cap_of
from pipelines.readers.counted import rows_in_ods, rows_in_xls, rows_in_xlsb
from pipelines.readers.grid import Grid
from pipelines.readers.merged import Merged, merged_down
from pipelines.readers.sheet import LINE
from pipelines.readers.sparse import extent_of, filled_rows, sheet_parts, squeezed

LOCKED = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"
DAMAGED = (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, OSError, ValueError, KeyError)
DAMAGED += (etree.LxmlError, struct.error, IndexError)


@dataclass(frozen=True)
class Measured:
    """A workbook as it is to be read: its bytes, the rows that each sheet must have at least, and old row numbers."""

    content: bytes
    rows: dict[str, int]
    numbers: dict[str, list[int]] = field(default_factory=dict)
    recount: Callable[[str], int] | None = None
    """Counts a sheet again, with more care."""
    merged: dict[str, tuple[Merged, ...]] = field(default_factory=dict)


def grids_of_workbook(content: bytes, name: str) -> list[Grid | InputError]:
    """Read every sheet that holds something; raises InputError for a damaged workbook or one without a table.

    A sheet that cannot be read beside others that can stands in the list as what is wrong with it.
    """
    try:
        measured = _measured(content, name)
        workbook = fastexcel.read_excel(measured.content)
    except (fastexcel.FastExcelError, *DAMAGED):
        raise InputError("{name} is a damaged or locked workbook. Save it again as XLSX.", name=name) from None
    grids: list[Grid] = []
    faults: list[InputError] = []
    for sheet in workbook.sheet_names:
        try:
            grid = _grid(workbook, sheet, measured, name)
            if grid is not None:
                grids.append(grid)
        except fastexcel.FastExcelError:
            faults.append(
                InputError(
                    'Sheet "{sheet}" of {name} is damaged. Save the workbook again as XLSX.', name=name, sheet=sheet
                )
            )
    if not grids and faults:
        raise InputError("{name} is a damaged or locked workbook. Save it again as XLSX.", name=name)
    if not grids:
        raise InputError("{name} is a workbook with no rows. Export it again.", name=name)
    return [*grids, *faults]


def _grid(workbook: fastexcel.ExcelReader, sheet: str, measured: Measured, name: str) -> Grid | None:
    """Read one sheet; None for one without a filled row, raises InputError when rows are missing."""
    cells, shown = cells_of(workbook, sheet)
    texts = cells.columns
    there = cells.filter(pl.any_horizontal(pl.col(texts).is_not_null())).height if texts else 0
    expected = measured.rows.get(sheet, 0)
    if there < expected and measured.recount is not None:
        expected = measured.recount(sheet)
    if there < expected:
        raise InputError("{name} could not be read whole: {n} rows were expected.", name=name, n=expected)
    cells = numbered(cells, measured.numbers.get(sheet))
    merged = measured.merged.get(sheet, ())
    return Grid(sheet, "xlsx", cells, hidden=not shown, merged=merged) if cells.height else None


def cells_of(workbook: fastexcel.ExcelReader, sheet: str) -> tuple[pl.DataFrame, bool]:
    """Return the cells of a sheet as the library reads them, and whether the workbook shows it."""
    loaded = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
    return loaded.to_polars(), loaded.visible == "visible"


def numbered(cells: pl.DataFrame, numbers: list[int] | None) -> pl.DataFrame:
    """Leave blank rows out, give the others their numbers, and take Excel's day zero off cells that hold only a time."""
    texts = cells.columns
    places = pl.Series(LINE, numbers[: cells.height] if numbers else range(1, cells.height + 1), dtype=pl.Int64)
    filled = pl.any_horizontal(pl.col(texts).str.strip_chars().str.len_bytes() > 0).fill_null(False) if texts else False
    tidy = pl.col(pl.String).str.replace(r"^1899-12-3[01] (\d\d:\d\d:\d\d)", "${1}")
    kept = cells.with_columns(places).filter(filled).with_columns(tidy)
    return kept.rename({column: str(at) for at, column in enumerate(texts)})


def _measured(content: bytes, name: str) -> Measured:
    """Count the rows of a workbook, check its parts for bombs, and squeeze sheets that are mostly empty."""
    if content[:2] != b"PK":
        if LOCKED in content:
            raise InputError("{name} is locked with a password. Save it without one.", name=name)
        return Measured(content, rows_in_xls(content, name))
    archive = zipfile.ZipFile(io.BytesIO(content))
    cap = cap_of(len(content))
    if sum(entry.file_size for entry in archive.infolist()) > cap:
        raise InputError("{name} unpacks to more than {limit} MB; it was not read.", name=name, limit=cap >> 20)
    names = archive.namelist()
    if "content.xml" in names:
        return Measured(content, rows_in_ods(archive, name))
    if "xl/workbook.bin" in names:
        return Measured(content, rows_in_xlsb(archive))
    parts = sheet_parts(archive)
    extents = {sheet: extent_of(archive, part) for sheet, part in parts.items()}
    rows = {sheet: extent.filled for sheet, extent in extents.items()}
    sparse = [part for sheet, part in parts.items() if extents[sheet].is_sparse]

    def recount(sheet: str) -> int:
        return filled_rows(archive, parts[sheet])

    if not sparse:
        merged = {sheet: merged_down(archive, part) for sheet, part in parts.items()}
        return Measured(content, rows, recount=recount, merged=merged)
    fresh, numbers = squeezed(archive, sparse)
    old = {sheet: numbers[part] for sheet, part in parts.items() if part in numbers}
    return Measured(fresh, rows, old, recount)
