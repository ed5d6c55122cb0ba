"""Delimited text: encoding and delimiter are found, ragged rows are set apart, blank lines and totals are no rows.

Polars parses only records whose shape is already known to be right, so it can neither skip nor shift one; its row count is
compared with ours all the same. Where quotes stand in odd places, or the two disagree, the rows are read one by one.
A repetition of the heading further down (files glued together) is no row; empty cells past the last column are no fault.
"""

from __future__ import annotations

import csv as plain_csv
import io
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.errors import InputError
from pipelines.headings import unique_headings
from pipelines.readers.odd_text import unwrapped
from pipelines.readers.rows import LONGEST_CELL, Record, records_by_hand
from pipelines.readers.sheet import LINE, PREVIEW_ROWS, RAGGED, Broken, Rows, Sheet, is_total, preview_of
from pipelines.readers.structure import QUOTE, Positions, Structure, structure_of
from pipelines.readers.text import as_utf8

DELIMITERS = ";,\t|~^"
MOST_SPARE = 64
MOST_COLUMNS = 20_000
CHUNK = 50_000
SPACES = b" \t\n\r\x0b\f"
"""What ``bytes.strip`` takes off."""
Marks = npt.NDArray[np.bool_]


def open_csv(content: bytes, name: str) -> Sheet:
    """Open delimited text; raises InputError when it is empty or no text."""
    text = unwrapped(as_utf8(content, name))
    if text[:4].lower() == b"sep=" and text[5:6] == b"\n":  # Excel's own way to name the delimiter
        delimiter, text = chr(text[4]), b"\n" + text[6:]
    else:
        delimiter = sniff_delimiter(text[: 1 << 16])
    usual = usual_width(text[: 1 << 18], delimiter)
    found = structure_of(text, delimiter)
    if not found.regular:
        preview = preview_of(one.cells for one in records_by_hand(text, delimiter, usual))
        _check_width(max(map(len, preview), default=0), name)
        return Sheet(name="", form="csv", preview=preview, read=partial(_read_by_hand, text, delimiter, usual))
    _check_width(int(found.fields[:PREVIEW_ROWS].max(initial=0)), name)
    preview = preview_of(
        _parsed(text[start:end], delimiter)
        for start, end in zip(found.starts[:PREVIEW_ROWS], found.ends[:PREVIEW_ROWS], strict=True)
    )
    return Sheet(name="", form="csv", preview=preview, read=partial(_read, text, delimiter, found, usual))


def _check_width(width: int, name: str) -> None:
    if width > MOST_COLUMNS:
        raise InputError("{name} has more than {limit} columns. Export fewer fields.", name=name, limit=MOST_COLUMNS)


def sniff_delimiter(sample: bytes) -> str:
    """Choose the delimiter that gives most lines of the sample the same number of cells, more than one."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        counts = _widths(sample, delimiter, PREVIEW_ROWS)
        usual = max({count for count in counts if count > 1}, key=counts.count, default=1)
        score = counts.count(usual) * (usual - 1) ** 0.5 if usual > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def usual_width(sample: bytes, delimiter: str) -> int:
    """Return the number of cells that most lines of the sample have."""
    counts = _widths(sample, delimiter, 500)
    return max(set(counts), key=counts.count, default=1)


def _widths(sample: bytes, delimiter: str, most: int) -> list[int]:
    """Count the cells of the first lines; the last line may be cut and does not count."""
    plain_csv.field_size_limit(LONGEST_CELL)
    lines = sample.decode("utf-8", errors="ignore").split("\n")
    lines = [line for line in (lines[:-1] if len(lines) > 1 else lines) if line.strip()][:most]
    return [len(row) for row in plain_csv.reader(lines, delimiter=delimiter) if row]


def _parsed(record: bytes, delimiter: str) -> list[str]:
    plain_csv.field_size_limit(LONGEST_CELL)
    lines = io.StringIO(record.decode("utf-8", errors="replace"), newline="")
    return next(plain_csv.reader(lines, delimiter=delimiter), [])


def _read(
    text: bytes,
    delimiter: str,
    found: Structure,
    usual: int,
    heading_row: int | None,
    headings: Sequence[str],
    footers: Sequence[str],
    tail: int = 0,
) -> Rows:
    """Cut the data rows out of the text; see ``Sheet.read``."""
    first = 0 if heading_row is None else heading_row + 1
    if heading_row is not None and not headings:
        headings = unique_headings(_parsed(text[found.starts[heading_row] : found.ends[heading_row]], delimiter))
    width = len(headings)
    data = np.frombuffer(text, dtype=np.uint8)
    record = np.arange(len(found.starts)) >= first
    record &= ~_blank(text, data, found, delimiter, record)
    if heading_row is not None:
        record &= ~_repeated(text, data, found, heading_row, record)
    totals = _totals(text, data, found, record, footers)
    rows = record & ~totals
    ends = _without_spare(data, found, rows, width, delimiter)
    whole = rows & ((found.fields == width) | (ends < found.ends))
    cells = _cells(text, found.starts, ends, whole, delimiter, headings)
    short = rows & (found.fields < width) & (found.fields >= width - tail)
    without_tail = _without_tail(text, found, short, delimiter, headings)
    if cells is None or without_tail is None or cells.height != int(whole.sum()):
        return _read_by_hand(text, delimiter, usual, heading_row, headings, footers, tail)
    broken = tuple(
        Broken(
            line=int(found.lines[at]),
            text=text[found.starts[at] : found.ends[at]].decode("utf-8", errors="replace")[:2000],
            reason=RAGGED,
            value=f"{int(found.fields[at])} ≠ {width}",
        )
        for at in np.flatnonzero(rows & ~whole & ~short)
    )
    cells = cells.with_columns(pl.Series(LINE, found.lines[whole], dtype=pl.Int64))
    if without_tail:
        cells = pl.concat([cells, *without_tail], how="diagonal").sort(LINE)
    return Rows(
        cells=cells,
        broken=broken,
        footers=int(totals.sum()),
    )


def _starts_with(data: npt.NDArray[np.uint8], found: Structure, signs: Iterable[int]) -> Marks:
    """Mark records whose first byte, past a quote, is one of these."""
    first = data[found.starts]
    second = data[np.minimum(found.starts + 1, found.ends - 1)]
    return _one_of(np.where(first == QUOTE, second, first), signs)


def _one_of(places: npt.NDArray[np.uint8], signs: Iterable[int]) -> Marks:
    wanted = np.zeros(256, dtype=bool)
    wanted[list(signs)] = True
    return wanted[places]


def _blank(text: bytes, data: npt.NDArray[np.uint8], found: Structure, delimiter: str, record: Marks) -> Marks:
    """Mark records that hold nothing but delimiters, quotes and spaces."""
    nothing = f'{delimiter}" \t\r'.encode()
    blank = np.zeros(len(record), dtype=bool)
    for at in np.flatnonzero(record & _starts_with(data, found, nothing)):
        blank[at] = not text[found.starts[at] : found.ends[at]].strip(nothing)
    return blank


def _repeated(text: bytes, data: npt.NDArray[np.uint8], found: Structure, heading_row: int, record: Marks) -> Marks:
    """Mark records that repeat the heading, as files glued to each other do."""
    mark = b"\xef\xbb\xbf"
    heading = text[found.starts[heading_row] : found.ends[heading_row]].removeprefix(mark).strip()
    sizes = found.ends - found.starts - len(heading)
    likely = record & (sizes >= 0) & (sizes <= len(mark) + 1)
    # Many rows are as long as the heading; few begin and end as it does, past its mark and spaces.
    likely &= _one_of(data[found.starts], heading[:1] + mark[:1] + SPACES)
    likely &= _one_of(data[np.maximum(found.ends - 1, 0)], heading[-1:] + SPACES)
    repeated = np.zeros(len(record), dtype=bool)
    for at in np.flatnonzero(likely):
        repeated[at] = text[found.starts[at] : found.ends[at]].removeprefix(mark).strip() == heading
    return repeated


def _totals(text: bytes, data: npt.NDArray[np.uint8], found: Structure, record: Marks, footers: Sequence[str]) -> Marks:
    """Mark totals rows: their first cell starts with one of the footer words."""
    words = tuple(word.encode() for word in footers if word)
    totals = np.zeros(len(record), dtype=bool)
    if words:
        longest = max(map(len, words)) + 8
        firsts = {word[0] for word in words} | set(b" \t")
        for at in np.flatnonzero(record & _starts_with(data, found, firsts)):
            start = found.starts[at]
            first = text[start : min(start + longest, found.ends[at])].lstrip(b'" \t')
            totals[at] = is_total(first.decode("utf-8", errors="ignore"), footers)
    return totals


def _without_spare(data: npt.NDArray[np.uint8], found: Structure, rows: Marks, width: int, delimiter: str) -> Positions:
    """Return the ends of the records with the delimiters past the last column taken off, where nothing stands behind them."""
    ends = found.ends.copy()
    spare = np.where(rows, found.fields - width, 0)
    for count in np.unique(spare[(spare > 0) & (spare <= MOST_SPARE)]):
        at = np.flatnonzero(spare == count)
        last = found.ends[at]
        bare = np.logical_and.reduce([data[last - 1 - back] == ord(delimiter) for back in range(int(count))])
        ends[at[bare]] -= count
    return ends


def _cells(
    text: bytes, starts: Positions, ends: Positions, whole: Marks, delimiter: str, headings: Sequence[str]
) -> pl.DataFrame | None:
    """Parse the whole records, and only them, into text columns; None when the parser gives up."""
    schema = {heading: pl.String() for heading in headings}
    if not whole.any():
        return pl.DataFrame(schema=schema)
    try:
        return pl.read_csv(
            io.BytesIO(_kept(text, starts[whole], ends[whole])),
            has_header=False,
            separator=delimiter,
            quote_char='"',
            schema=schema,
            truncate_ragged_lines=False,
            low_memory=False,
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None


def _without_tail(
    text: bytes, found: Structure, short: Marks, delimiter: str, headings: Sequence[str]
) -> list[pl.DataFrame] | None:
    """Parse the records that may lack their last cells, those of one width together; None when the parser gives up."""
    parts: list[pl.DataFrame] = []
    for width in np.unique(found.fields[short]):
        alike = short & (found.fields == width)
        cells = _cells(text, found.starts, found.ends, alike, delimiter, headings[: int(width)])
        if cells is None or cells.height != int(alike.sum()):
            return None
        parts.append(cells.with_columns(pl.Series(LINE, found.lines[alike], dtype=pl.Int64)))
    return parts


def _kept(text: bytes, starts: Positions, ends: Positions) -> bytes:
    """Return the text of the kept records; one slice when they stand together."""
    cuts = np.flatnonzero(starts[1:] != ends[:-1] + 1)
    firsts = starts[np.concatenate(([0], cuts + 1))]
    lasts = ends[np.concatenate((cuts, [len(ends) - 1]))]
    parts = [text[first:last] for first, last in zip(firsts, lasts, strict=True)]
    return parts[0] if len(parts) == 1 else b"\n".join(parts)


def _read_by_hand(
    text: bytes,
    delimiter: str,
    usual: int,
    heading_row: int | None,
    headings: Sequence[str],
    footers: Sequence[str],
    tail: int = 0,
) -> Rows:
    """Read the data rows one by one; see ``Sheet.read``."""
    records = records_by_hand(text, delimiter, usual)
    heading: list[str] | None = None
    for record in islice(records, 0 if heading_row is None else heading_row + 1):
        heading = record.cells
    headings = headings or unique_headings(heading or [])
    width = len(headings)
    broken: list[Broken] = []
    parts: list[pl.DataFrame] = []
    whole: list[Record] = []
    totals = 0
    for record in records:
        cells = record.cells
        if cells == heading or not any(cell.strip() for cell in cells):
            continue
        if is_total(cells[0], footers):
            totals += 1
        elif width - tail <= len(cells) <= width or (len(cells) > width and not any(cells[width:])):
            whole.append(record._replace(cells=cells + [""] * (width - len(cells))))
            if len(whole) == CHUNK:
                parts.append(_frame(whole, headings))
                whole = []
        else:
            broken.append(Broken(record.line, record.text[:2000], RAGGED, f"{len(cells)} ≠ {width}"))
    cells_read = pl.concat([*parts, _frame(whole, headings)])
    return Rows(cells=cells_read, broken=tuple(broken), footers=totals)


def _frame(records: Sequence[Record], headings: Sequence[str]) -> pl.DataFrame:
    columns: dict[str, list[str | None]] = {
        heading: [record.cells[at] or None for record in records] for at, heading in enumerate(headings)
    }
    cells = pl.DataFrame(columns, schema=dict.fromkeys(headings, pl.String()))
    return cells.with_columns(pl.Series(LINE, [record.line for record in records], dtype=pl.Int64))
