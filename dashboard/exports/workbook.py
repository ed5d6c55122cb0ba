"""Frames as an XLSX workbook: text stays text, numbers and days are real ones, and no cell is a formula or a link.

A spreadsheet cell holds 32,767 letters and the writer drops a longer one in silence: it is cut here, with a mark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LONGEST_CELL = 32_767
MOST_ROWS = 1_048_575
FIRST_YEAR = 1901
"""Workbooks know no day before 1900, and one of that year that never was."""

WIDEST = 60
CUT = " […]"


def workbook(sheets: Sequence[tuple[str, pl.DataFrame]]) -> bytes:
    """Write frames as the sheets of a workbook, headings frozen, the same bytes for the same frames."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 - a workbook knows no zones
        heading = book.add_format({"bold": True, "bottom": 1})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        used: set[str] = set()
        for name, frame in sheets:
            page = book.add_worksheet(sheet_name(name, used))
            _fill(page, frame.head(MOST_ROWS), heading, moment)
    return content.getvalue()


def _fill(page: Worksheet, frame: pl.DataFrame, heading: Format, moment: Format) -> None:
    page.freeze_panes(1, 0)
    for at, name in enumerate(frame.columns):
        page.write_string(0, at, name[:LONGEST_CELL], heading)
        longest = frame.head(200).select(pl.col(name).cast(pl.String, strict=False).str.len_chars().max()).item() or 0
        page.set_column(at, at, min(max(longest, len(name)) + 2, WIDEST))
    for row, cells in enumerate(frame.iter_rows(), 1):
        for at, value in enumerate(cells):
            write_cell(page, row, at, value, moment)


def write_cell(page: Worksheet, row: int, at: int, value: object, moment: Format, form: Format | None = None) -> None:
    """Write a value as what it is; ``form`` is how its number or text is shown. Unknown leaves the cell empty."""
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(row, at, value)
    elif isinstance(value, int | float | Decimal) and abs(value) < 10**15:
        page.write_number(row, at, float(value), form)
    elif isinstance(value, date) and value.year >= FIRST_YEAR:
        is_moment = isinstance(value, datetime)
        at_midnight = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a workbook knows no zones
        shown = value.replace(tzinfo=None) if isinstance(value, datetime) else at_midnight
        page.write_datetime(row, at, shown, moment if is_moment else None)
    else:
        page.write_string(row, at, _short(str(value)), form if isinstance(value, str) else None)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT


def sheet_name(name: str, used: set[str]) -> str:
    """Make a name that spreadsheets take: no signs of theirs, 31 letters, each once whatever its case."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name)
    plain = re.sub(" +", " ", plain).strip(" '") or "1"
    words = plain[:32].rpartition(" ")[0] if len(plain) > 31 else plain
    found, number = (words if len(words) > 15 else plain[:31]).strip(" '"), 1
    while found.casefold() in used:
        number += 1
        found = f"{plain[: 28 - len(str(number))]} ({number})"
    used.add(found.casefold())
    return found
