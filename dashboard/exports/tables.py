"""Frames as text: a table to read, CSV for a spreadsheet, plain values for JSON. Unknown stays visibly unknown.

CSV is opened by spreadsheets, which run text that begins like a formula: such text gets an apostrophe, numbers never do.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import polars as pl

DIGITS = 6
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def plain(value: object) -> object:
    """Turn a cell into what JSON knows: numbers rounded to six decimals, days as ISO text, unknown as None."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Decimal | float):
        number = round(float(value), DIGITS)
        return number if number == number and abs(number) != float("inf") else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def records(frame: pl.DataFrame) -> list[dict[str, object]]:
    """Turn a frame into plain rows."""
    return [{name: plain(value) for name, value in row.items()} for row in frame.to_dicts()]


def csv_text(frame: pl.DataFrame) -> str:
    """Write a frame as CSV with a heading, dots in numbers and empty cells for the unknown."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows([harmless(plain(value)) for value in row] for row in frame.iter_rows())
    return out.getvalue()


def harmless(value: object) -> object:
    """Keep text that begins like a formula from becoming one."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def text_table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: Mapping[int, bool] | None = None) -> str:
    """Lay out cells in columns: text to the left, the rest to the right; ``left`` says which columns are text."""
    is_left = left or {0: True}
    cells = [list(map(one_line, row)) for row in (heads, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if is_left.get(place, False) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    rule = "  ".join("─" * width for width in widths)
    return "\n".join([line(cells[0]), rule, *map(line, cells[1:])])


def one_line(text: str) -> str:
    """Show control characters (a line break, an escape sequence of a terminal) as a space, so a cell stays a cell."""
    return "".join(letter if letter.isprintable() or letter == "\u00a0" else " " for letter in text)
