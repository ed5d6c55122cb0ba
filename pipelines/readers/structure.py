"""Where the records of a delimited text begin and how many fields each has: counted by our own hand.

A quote shields delimiters and line ends up to the next quote, so a doubled quote shields nothing and everything works out
by parity. Whether every quote stands where a quote belongs is checked too: where one does not, parity and a parser may see
different records, and the rows are read one by one (rows.py). Works on the bytes in blocks: memory is a few numbers a record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BLOCK = 1 << 23
NEWLINE, QUOTE = 10, 34
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Structure:
    """One entry per record that is not blank: first byte, byte after the last, fields, and line in the file (from 1)."""

    starts: Positions
    ends: Positions
    fields: Positions
    lines: Positions
    regular: bool
    """True when every quote opens a cell, closes one or is doubled; else the count cannot be trusted."""


def structure_of(content: bytes, delimiter: str) -> Structure:
    """Find the records of ``content`` (utf-8 text with ``\\n`` line ends)."""
    data = np.frombuffer(content, dtype=np.uint8)
    mark = ord(delimiter)
    breaks: list[Positions] = []
    marks_before: list[Positions] = []
    lines_before: list[Positions] = []
    inside, regular, marks, newlines = False, True, 0, 0
    quoted = b'"' in content
    for offset in range(0, len(data), BLOCK):
        block = data[offset : offset + BLOCK]
        newline_at = np.flatnonzero(block == NEWLINE)
        break_at = newline_at
        mark_at = np.flatnonzero(block == mark)
        quote_at = np.flatnonzero(block == QUOTE) if quoted else newline_at[:0]
        if len(quote_at) or inside:
            break_at = newline_at[~_shielded(quote_at, newline_at, inside)]
            mark_at = mark_at[~_shielded(quote_at, mark_at, inside)]
            regular = regular and _regular(data, quote_at + offset, inside, mark)
            inside ^= bool(len(quote_at) % 2)
        breaks.append(break_at + offset)
        marks_before.append(np.searchsorted(mark_at, break_at) + marks)
        above = np.arange(len(break_at)) if break_at is newline_at else np.searchsorted(newline_at, break_at)
        lines_before.append(above + newlines)
        marks += len(mark_at)
        newlines += len(newline_at)
    ends, before, above = _joined(breaks), _joined(marks_before), _joined(lines_before)
    if len(data) and (len(ends) == 0 or ends[-1] != len(data) - 1):
        ends, before, above = np.append(ends, len(data)), np.append(before, marks), np.append(above, newlines)
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    fields = np.diff(before, prepend=0) + 1
    lines = np.concatenate(([1], above[:-1] + 2)) if len(ends) else ends
    some = ends > starts
    if not some.all():
        starts, ends, fields, lines = starts[some], ends[some], fields[some], lines[some]
    return Structure(starts=starts, ends=ends, fields=fields, lines=lines, regular=regular and not inside)


def _joined(parts: list[Positions]) -> Positions:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _shielded(quote_at: Positions, places: Positions, inside: bool) -> npt.NDArray[np.bool_]:
    """Mark the places that have an odd number of quotes before them, starting inside or outside of quotes."""
    return (np.searchsorted(quote_at, places) & 1) != int(inside)


def _regular(data: npt.NDArray[np.uint8], quote_at: Positions, inside: bool, mark: int) -> bool:
    """Tell whether opening quotes follow, and closing ones precede, a delimiter, a line end or another quote."""
    fits = np.zeros(256, dtype=np.bool_)
    fits[[mark, NEWLINE, QUOTE]] = True
    opening, closing = quote_at[int(inside) :: 2], quote_at[1 - int(inside) :: 2]
    before = data[opening[opening > 0] - 1]
    after = data[closing[closing < len(data) - 1] + 1]
    return bool(fits[before].all() and fits[after].all())
