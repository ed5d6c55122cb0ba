"""Cells of a workbook that are merged downwards: «Анна» across three rows of a sheet kept by hand is the manager of each.

Excel keeps the value in the first row and nothing in the others. Texts and days are written into the rows that the merged
cell stands beside; a number is not, because an amount across three rows is one amount and not three.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence

import polars as pl

from pipelines.readers.sheet import LINE

MERGED = re.compile(rb'<(?:\w{1,20}:)?mergeCell\b[^<>]{0,200}\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
FILLED = re.compile(rb'<(?:\w{1,20}:)?c\b[^<>]{0,200}?\br="([A-Z]{1,3})\d{1,7}"[^<>]{0,200}[^/]>\s{0,200}<')
"""A cell that holds something. Lengths are bounded, so that no made-up sheet takes longer to search than it is long."""
LARGEST = 64 << 20
"""Sheets kept by hand are smaller than this; larger ones are not searched."""
MOST_ROWS = 100_000
NUMBER = r"^[-+]?[\d\s.,]+$"
Merged = tuple[int, int, int]
"""The first and the last row of a merged cell, as Excel numbers them, and its column among those that hold something."""


def merged_down(archive: zipfile.ZipFile, part: str) -> tuple[Merged, ...]:
    """Find the cells of a sheet that are merged over several rows of one column."""
    if archive.getinfo(part).file_size > LARGEST:
        return ()
    sheet = archive.read(part)
    found = [
        (int(first), int(last), _place(left))
        for left, first, right, last in MERGED.findall(sheet)
        if left == right and int(last) > int(first)
    ]
    if not found or sum(last - first for first, last, _ in found) > MOST_ROWS:
        return ()
    begins = min(map(_place, set(FILLED.findall(sheet))), default=0)
    return tuple((first, last, column - begins) for first, last, column in found if column >= begins)


def _place(letters: bytes) -> int:
    """Return the place of a column, from 0."""
    place = 0
    for sign in letters:
        place = place * 26 + sign - 64
    return place - 1


def filled_down(cells: pl.DataFrame, merged: Sequence[Merged], heading_line: int) -> pl.DataFrame:
    """Write the value of each merged cell below the headings into its other rows, where they hold nothing."""
    columns = [column for column in cells.columns if column != LINE]
    values: dict[str, dict[int, str]] = {}
    lines = {line: at for at, line in enumerate(cells[LINE])}
    for first, last, place in merged:
        at = lines.get(first)
        if first <= heading_line or at is None or place >= len(columns):
            continue
        value = cells[columns[place]][at]
        if value and not re.match(NUMBER, value):
            values.setdefault(columns[place], {}).update(dict.fromkeys(range(first + 1, last + 1), value))
    return cells.with_columns(
        pl.col(column).fill_null(pl.col(LINE).replace_strict(told, default=None, return_dtype=pl.String))
        for column, told in values.items()
    )
