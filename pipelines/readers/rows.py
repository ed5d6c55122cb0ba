"""Records of a delimited text whose quotes do not fit, one by one: a bad row costs itself and not its neighbours.

A record is tried as the csv module reads it, then with backslashes before its quotes, then with quotes as signs like any
other; the first way that gives the usual number of cells is taken. A quote that never closes, closes in the middle of a cell
lines later, or so late that the cells no longer fit, ends with its own line, and reading goes on with the next one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_CELL = 1 << 28
MOST_LINES = 5000
MOST_LINES_WHEN_WRONG = 20
PATIENCE = 50


class Record(NamedTuple):
    """A record's first line in the file (from 1), its text, and its cells."""

    line: int
    text: str
    cells: list[str]


def records_by_hand(text: bytes, delimiter: str, usual: int) -> Iterator[Record]:
    """Yield the records that are not blank; ``usual`` is the number of cells most of them have."""
    csv.field_size_limit(LONGEST_CELL)
    lines = text.decode("utf-8", errors="replace").replace("\ufeff", "").split("\n")
    mark = re.escape(delimiter)
    quoted_cell = re.compile(rf'(^|{mark})\s*"(?:[^"]|"")*"\s*(?={mark}|$)')
    at, disappointments = 0, 0
    while at < len(lines):
        line = lines[at]
        if '"' not in line:
            if line:
                yield Record(at + 1, line, line.split(delimiter))
            at += 1
            continue
        reach = MOST_LINES if disappointments < PATIENCE else MOST_LINES_WHEN_WRONG
        cells, used = _quoted(lines, at, delimiter, reach)
        whole = "\n".join(lines[at : at + used])
        if cells is None or (used > 1 and (len(cells) != usual or "\n" in quoted_cell.sub(r"\1", whole))):
            disappointments += 1
            cells, used = None, 1
        if cells is None or len(cells) != usual:
            cells = _another_way(line, delimiter, usual, cells) if used == 1 else cells
        yield Record(at + 1, "\n".join(lines[at : at + used]), cells or [line])
        at += used


def _quoted(lines: list[str], at: int, delimiter: str, reach: int) -> tuple[list[str] | None, int]:
    """Read one record with its quotes; None when a quote is still open after ``reach`` lines or at the end."""
    used = 0
    end = min(at + reach, len(lines))
    closed = False

    def feed() -> Iterator[str]:
        nonlocal used, closed
        for number in range(at, end):
            used += 1
            yield lines[number] + "\n"
        closed = True

    try:
        cells = next(csv.reader(feed(), delimiter=delimiter, skipinitialspace=True), None)
    except csv.Error:
        return None, 1
    if cells is None or closed:  # the reader asked for more than there is
        return None, 1
    return cells, used


def _another_way(line: str, delimiter: str, usual: int, cells: list[str] | None) -> list[str]:
    """Read a single line with backslashes before quotes, or with quotes as plain signs, whichever gives the usual width."""
    ways: list[list[str]] = [line.split(delimiter)]
    if '\\"' in line:
        reader = csv.reader([line], delimiter=delimiter, escapechar="\\", doublequote=False, skipinitialspace=True)
        ways.insert(0, next(reader, []))
    return next((way for way in ways if len(way) == usual), cells or ways[-1])
