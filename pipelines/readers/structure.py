"""Where the records of a delimited text begin and how many fields each has: counted by our own hand.

A quote shields delimiters and line ends up to the next quote, so a doubled quote shields nothing and everything works out
by parity. Works on the bytes in blocks: memory is a few arrays of positions, not of characters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BLOCK = 1 << 25
NEWLINE, CARRIAGE, QUOTE = 10, 13, 34
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Structure:
    """One entry per record, blank ones included: first byte, byte after the last, fields, and line in the file (from 1)."""

    starts: Positions
    ends: Positions
    fields: Positions
    lines: Positions
    quoted: bool
    """True when quotes shield what is between them; false where they are signs like any other."""
    open_quote: bool
    """True when the last quote never closes, so that the count cannot be trusted."""


def structure_of(content: bytes, delimiter: str, *, quotes: bool = True) -> Structure:
    """Find the records of ``content`` (utf-8 text with ``\\n`` line ends)."""
    data = np.frombuffer(content, dtype=np.uint8)
    breaks: list[Positions] = []
    marks: list[Positions] = []
    newlines: list[Positions] = []
    inside = False
    for offset in range(0, len(data), BLOCK):
        block = data[offset : offset + BLOCK]
        is_newline = block == NEWLINE
        is_mark = block == ord(delimiter)
        newlines.append(np.flatnonzero(is_newline) + offset)
        if quotes:
            quote_at = np.flatnonzero(block == QUOTE)
            if len(quote_at) or inside:
                shielded = _shielded(quote_at, len(block), inside)
                is_newline &= ~shielded
                is_mark &= ~shielded
                inside ^= bool(len(quote_at) % 2)
        breaks.append(np.flatnonzero(is_newline) + offset)
        marks.append(np.flatnonzero(is_mark) + offset)
    ends = _joined(breaks)
    if len(data) and (len(ends) == 0 or ends[-1] != len(data) - 1):
        ends = np.append(ends, len(data))
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    marked = _joined(marks)
    fields = np.searchsorted(marked, ends) - np.searchsorted(marked, starts) + 1
    lines = np.searchsorted(_joined(newlines), starts) + 1
    return Structure(starts=starts, ends=ends, fields=fields, lines=lines, quoted=quotes, open_quote=inside)


def _joined(parts: list[Positions]) -> Positions:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _shielded(quote_at: Positions, length: int, inside: bool) -> npt.NDArray[np.bool_]:
    """Mark the bytes between an odd quote and the next even one, starting inside or outside of quotes."""
    turns = np.zeros(length + 1, dtype=np.int8)
    turns[quote_at] = 1
    return (np.cumsum(turns[:length], dtype=np.int32) + int(inside)) % 2 == 1
