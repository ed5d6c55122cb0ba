"""Delimited text: encoding and delimiter are found, ragged rows are set apart, blank lines and totals are no rows.

Polars parses only records whose shape is already known to be right, so it can neither skip nor shift one; its row count is
compared with ours all the same.
"""

from __future__ import annotations

import csv as plain_csv
import io
from collections.abc import Sequence
from functools import partial

import numpy as np
import polars as pl

from pipelines.errors import InputError
from pipelines.readers.sheet import LINE, PREVIEW_ROWS, RAGGED, Broken, Rows, Sheet
from pipelines.readers.structure import Positions, Structure, structure_of

DELIMITERS = ";,\t|"
BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def open_csv(content: bytes, name: str) -> Sheet:
    """Open delimited text; raises InputError when it is empty or no text."""
    text = as_utf8(content, name)
    delimiter = sniff_delimiter(text[: 1 << 16])
    found = structure_of(text, delimiter)
    if found.open_quote:
        found = structure_of(text, delimiter, quotes=False)
    preview = tuple(
        tuple(next(iter(_parsed(text[start:end], delimiter, found.quoted)), ()))
        for start, end in zip(found.starts[:PREVIEW_ROWS], found.ends[:PREVIEW_ROWS], strict=True)
    )
    return Sheet(name="", form="csv", preview=preview, read=partial(_read, text, delimiter, found, name))


def as_utf8(content: bytes, name: str) -> bytes:
    """Decode by mark, else strict utf-8, else cp1251; return utf-8 with ``\\n`` line ends."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            content = content[len(mark) :].decode(encoding, errors="replace").encode("utf-8")
            break
    else:
        if b"\0" in content[:4096]:
            raise InputError("{name} is not a table of text, a workbook or JSON. Export it as CSV or XLSX.", name=name)
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            content = content.decode("cp1251", errors="replace").encode("utf-8")
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
        if b"\n" not in content:
            content = content.replace(b"\r", b"\n")
    if not content.strip():
        raise InputError("{name} is empty. Export it again.", name=name)
    return content


def sniff_delimiter(sample: bytes) -> str:
    """Choose the delimiter that gives most lines of the sample the same number of cells, more than one."""
    lines = sample.decode("utf-8", errors="ignore").split("\n")
    lines = [line for line in (lines[:-1] if len(lines) > 1 else lines)[:PREVIEW_ROWS] if line.strip()]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        counts = [len(row) for row in plain_csv.reader(lines, delimiter=delimiter) if row]
        usual = max({count for count in counts if count > 1}, key=counts.count, default=1)
        score = counts.count(usual) * (usual - 1) ** 0.5 if usual > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _parsed(text: bytes, delimiter: str, quotes: bool) -> list[list[str]]:
    quoting = plain_csv.QUOTE_MINIMAL if quotes else plain_csv.QUOTE_NONE
    lines = io.StringIO(text.decode("utf-8", errors="replace"), newline="")
    plain_csv.field_size_limit(1 << 28)
    return list(plain_csv.reader(lines, delimiter=delimiter, quoting=quoting))


def _read(
    text: bytes,
    delimiter: str,
    found: Structure,
    name: str,
    heading_row: int | None,
    headings: Sequence[str],
    footers: Sequence[str],
) -> Rows:
    """Cut the data rows out of the text; see ``Sheet.read``."""
    width = len(headings)
    record = np.arange(len(found.starts)) >= (0 if heading_row is None else heading_row + 1)
    blank = _blank(text, found, delimiter, record)
    totals = _totals(text, found, record & ~blank, footers)
    data = record & ~blank & ~totals
    whole = data & (found.fields == width)
    broken = tuple(
        Broken(
            line=int(found.lines[at]),
            text=text[found.starts[at] : found.ends[at]].decode("utf-8", errors="replace")[:2000],
            reason=RAGGED,
            value=f"{int(found.fields[at])} ≠ {width}",
        )
        for at in np.flatnonzero(data & ~whole)
    )
    cells = _cells(text, found, whole, delimiter, headings)
    if cells.height != int(whole.sum()):
        raise InputError("{name} could not be read whole: {n} rows were expected.", name=name, n=int(whole.sum()))
    return Rows(
        cells=cells.with_columns(pl.Series(LINE, found.lines[whole], dtype=pl.Int64)),
        broken=broken,
        footers=int(totals.sum()),
    )


def _blank(text: bytes, found: Structure, delimiter: str, record: np.ndarray) -> np.ndarray:
    """Mark records that hold nothing but delimiters, quotes and spaces."""
    blank = found.ends <= found.starts
    short = np.flatnonzero(record & ~blank & (found.ends - found.starts <= found.fields * 3 + 1))
    nothing = f'{delimiter}" \t'.encode()
    for at in short:
        blank[at] = not text[found.starts[at] : found.ends[at]].strip(nothing)
    return blank


def _totals(text: bytes, found: Structure, record: np.ndarray, footers: Sequence[str]) -> np.ndarray:
    """Mark totals rows: their first cell starts with one of the footer words."""
    marks = tuple(word.encode() for word in footers)
    totals = np.zeros(len(record), dtype=bool)
    if marks:
        longest = max(map(len, marks)) + 2
        for at in np.flatnonzero(record):
            start = found.starts[at]
            totals[at] = text[start : min(start + longest, found.ends[at])].lstrip(b'" ').startswith(marks)
    return totals


def _cells(text: bytes, found: Structure, whole: np.ndarray, delimiter: str, headings: Sequence[str]) -> pl.DataFrame:
    """Parse the whole records, and only them, into text columns."""
    schema = {heading: pl.String() for heading in headings}
    if not whole.any():
        return pl.DataFrame(schema=schema)
    cells = pl.read_csv(
        io.BytesIO(_kept(text, found, whole)),
        has_header=False,
        separator=delimiter,
        quote_char='"' if found.quoted else None,
        schema=schema,
        truncate_ragged_lines=False,
        low_memory=False,
    )
    return cells


def _kept(text: bytes, found: Structure, whole: np.ndarray) -> bytes:
    """Return the text of the kept records; one slice when they stand together."""
    at = np.flatnonzero(whole)
    cuts = np.flatnonzero(np.diff(at) != 1)
    firsts: Positions = at[np.concatenate(([0], cuts + 1))]
    lasts: Positions = at[np.concatenate((cuts, [len(at) - 1]))]
    parts = [text[found.starts[a] : found.ends[b]] for a, b in zip(firsts, lasts, strict=True)]
    return parts[0] if len(parts) == 1 else b"\n".join(parts)
