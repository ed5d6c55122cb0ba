"""Workbooks (XLSX, XLS, ODS): every sheet, all cells as text, whatever their format.

Dates come out as ``YYYY-MM-DD HH:MM:SS``, cells that hold only a time as ``HH:MM:SS``. Blank rows are left out; the others
keep the number that Excel shows. A sheet is measured in its XML before it is read (sparse.py), and the rows that come out
must reach as far as that says.
"""

from __future__ import annotations

import io
import zipfile
import zlib

import fastexcel
import polars as pl

from pipelines.errors import InputError
from pipelines.readers.archives import cap_of
from pipelines.readers.grid import Grid
from pipelines.readers.sheet import LINE
from pipelines.readers.sparse import extent_of, sheet_parts, squeezed

LOCKED = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"


def grids_of_workbook(content: bytes, name: str) -> list[Grid]:
    """Read every sheet that holds something; raises InputError for a damaged workbook or one without a table."""
    last_rows: dict[str, int] = {}
    numbers: dict[str, list[int]] = {}
    if content[:2] == b"PK":
        content, last_rows, numbers = _measured(content, name)
    elif LOCKED in content:
        raise InputError("{name} is locked with a password. Save it without one.", name=name)
    grids: list[Grid] = []
    try:
        workbook = fastexcel.read_excel(content)
        for sheet in workbook.sheet_names:
            loaded = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
            cells = loaded.to_polars()
            if cells.height < last_rows.get(sheet, 0):
                raise InputError(
                    "{name} could not be read whole: {n} rows were expected.", name=name, n=last_rows[sheet]
                )
            cells = numbered(cells, numbers.get(sheet))
            if cells.height:
                grids.append(Grid(sheet, "xlsx", cells, hidden=loaded.visible != "visible"))
    except fastexcel.FastExcelError:
        raise InputError("{name} is a damaged or locked workbook. Save it again as XLSX.", name=name) from None
    if not grids:
        raise InputError("{name} is a workbook with no rows. Export it again.", name=name)
    return grids


def numbered(cells: pl.DataFrame, numbers: list[int] | None) -> pl.DataFrame:
    """Leave blank rows out, give the others their numbers, and take Excel's day zero off cells that hold only a time."""
    texts = cells.columns
    places = pl.Series(LINE, numbers[: cells.height] if numbers else range(1, cells.height + 1), dtype=pl.Int64)
    filled = pl.any_horizontal(pl.col(texts).str.strip_chars().str.len_bytes() > 0).fill_null(False) if texts else False
    tidy = pl.col(pl.String).str.replace(r"^1899-12-3[01] (\d\d:\d\d:\d\d)", "${1}")
    kept = cells.with_columns(places).filter(filled).with_columns(tidy)
    return kept.rename({column: str(at) for at, column in enumerate(texts)})


def _measured(content: bytes, name: str) -> tuple[bytes, dict[str, int], dict[str, list[int]]]:
    """Check a workbook's parts for bombs, and squeeze sheets that are mostly empty."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        cap = cap_of(len(content))
        if sum(entry.file_size for entry in archive.infolist()) > cap:
            raise InputError("{name} unpacks to more than {limit} MB; it was not read.", name=name, limit=cap >> 20)
        parts = sheet_parts(archive)
        extents = {sheet: extent_of(archive, part) for sheet, part in parts.items()}
        sparse = [part for sheet, part in parts.items() if extents[sheet].is_sparse]
        if not sparse:
            return content, {sheet: extent.last_row for sheet, extent in extents.items()}, {}
        fresh, numbers = squeezed(archive, sparse)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, OSError, ValueError):
        raise InputError("{name} is a damaged or locked workbook. Save it again as XLSX.", name=name) from None
    dense = {sheet: extents[sheet].last_row for sheet, part in parts.items() if part not in numbers}
    return fresh, dense, {sheet: numbers[part] for sheet, part in parts.items() if part in numbers}
