"""Frames as text: a table to read, CSV for a spreadsheet, plain values for JSON. Unknown stays visibly unknown.

CSV is opened by spreadsheets, which run text that begins like a formula: such text gets an apostrophe, numbers never do.
"""

from __future__ import annotations

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
    lines = [frame.columns, *frame.iter_rows()]
    return "".join(",".join(csv_cell(value) for value in line) + "\n" for line in lines)


def csv_cell(value: object) -> str:
    """Write a cell: text that begins like a formula is kept from becoming one, a comma or line break is quoted.

    Python's own writer leaves a lone carriage return unquoted, which readers take for the end of the row.
    """
    shown = plain(value)
    text = "" if shown is None else str(shown)
    if isinstance(shown, str) and text.startswith(FORMULA_STARTS):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text


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
