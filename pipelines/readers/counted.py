"""Rows of workbooks counted by our own hand, without the library that reads them: how many rows surely hold a value.

Each count reads the file's own records once, as a stream: ``content.xml`` of ODS, the cell records of XLSB and XLS. A cell
that may come out empty (an error, a formula without a result, a text of no letters) does not count, so the rows that are
read can be more than these and never fewer. XLSX is counted in sparse.py, where its sheets are measured anyway.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree  # ty: ignore[missing-module-member]  (a C module without stubs)

from pipelines.errors import InputError
from pipelines.readers.container import stream_of

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
VALUES = tuple(f"{OFFICE}{one}value" for one in ("", "date-", "time-", "boolean-", "string-"))
MOST_ROWS, MOST_CELLS = 1_100_000, 40_000_000
BOF, EOF, LOCKED, SHEET, FORMULA = 0x809, 0x0A, 0x2F, 0x85, 0x06
NUMBERS = frozenset((0x203, 0x27E, 0xBD, 0xFD))
TEXTS = frozenset((0x204, 0xD6))
BOOL_OR_ERROR = 0x205


def rows_in_ods(archive: zipfile.ZipFile, name: str) -> dict[str, int]:
    """Count the rows of each table of an ODS; raises InputError where repeated rows swell beyond what a sheet can hold."""
    counts: dict[str, int] = {}
    rows = cells = 0
    with archive.open("content.xml") as content:
        stream = etree.iterparse(
            content, tag=(f"{TABLE}table-row", f"{TABLE}table"), resolve_entities=False, no_network=True, huge_tree=True
        )
        for _, element in stream:
            if element.tag == f"{TABLE}table":
                counts[element.get(f"{TABLE}name") or ""] = rows
                rows = 0
            else:
                filled = sum(_times(cell, "columns") for cell in element if _holds_a_value(cell))
                if filled:
                    rows += _times(element, "rows")
                    cells += filled * _times(element, "rows")
                if rows > MOST_ROWS or cells > MOST_CELLS:
                    raise InputError(
                        "{name} holds {count} rows, more than an export can. Export it in parts.", name=name, count=rows
                    )
            element.clear()
    return counts


def _times(element: Any, what: str) -> int:
    text = element.get(f"{TABLE}number-{what}-repeated") or "1"
    return int(text) if text.isascii() and text.isdigit() else 1


def _holds_a_value(cell: Any) -> bool:
    """Tell whether a cell says something; a remark (annotation) in it says nothing."""
    if any(cell.get(value) for value in VALUES):
        return True
    return any("".join(part.itertext()).strip() for part in cell.iterchildren(f"{TEXT}p"))


def rows_in_xlsb(archive: zipfile.ZipFile) -> dict[str, int]:
    """Count the rows of each sheet of an XLSB."""
    links = etree.fromstring(archive.read("xl/_rels/workbook.bin.rels"), etree.XMLParser(resolve_entities=False))
    targets = {link.get("Id"): link.get("Target") or "" for link in links}
    counts: dict[str, int] = {}
    for kind, body in _records_of_xlsb(archive.read("xl/workbook.bin")):
        if kind != 156:
            continue
        link, end = _wide(body, 8)
        part = posixpath.normpath(posixpath.join("/xl", targets.get(link, "?"))).lstrip("/")
        if part in archive.namelist() and "worksheets" in part:
            counts[_wide(body, end)[0]] = _rows_in_part(archive.read(part))
    return counts


def _rows_in_part(part: bytes) -> int:
    rows, filled = 0, True
    for kind, body in _records_of_xlsb(part):
        if kind == 0:
            filled = False
        elif not filled and kind in (2, 4, 5, 6, 7, 8, 9, 10):
            texts = kind in (6, 8)
            filled = not texts or struct.unpack_from("<I", body, 8)[0] > 0
            rows += filled
    return rows


def _records_of_xlsb(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records: a number of one or two bytes, a length of up to four, the body."""
    at = 0
    while at < len(part):
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (part[at] << 7)
            at += 1
        size = shift = 0
        while True:
            byte = part[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, part[at : at + size]
        at += size


def _wide(body: bytes, at: int) -> tuple[str, int]:
    size = struct.unpack_from("<I", body, at)[0]
    end = at + 4 + 2 * size
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def rows_in_xls(content: bytes, name: str) -> dict[str, int]:
    """Count the rows of each sheet of an XLS (BIFF5 or BIFF8); raises InputError when a password locks it."""
    stream = stream_of(content, ("Workbook", "Book"))
    places: dict[str, int] = {}
    wide = False
    for kind, body in _records_of_xls(stream, 0):
        if kind == BOF:
            wide = body[:2] == b"\x00\x06"
        elif kind == LOCKED:
            raise InputError("{name} is locked with a password. Save it without one.", name=name)
        elif kind == SHEET and body[5] == 0:
            size = body[6]
            text = (
                body[8:].decode("utf-16-le" if body[7] & 1 else "latin-1", "replace")
                if wide
                else body[7:].decode("cp1251", "replace")
            )
            places[text[:size]] = struct.unpack_from("<I", body)[0]
    return {sheet: _rows_in_stream(stream, place) for sheet, place in places.items()}  # fmt: skip


def _rows_in_stream(stream: bytes, place: int) -> int:
    rows: set[int] = set()
    for kind, body in _records_of_xls(stream, place):
        if kind in NUMBERS:
            filled = True
        elif kind in TEXTS:
            filled = len(body) > 8 and body[6:8] != b"\0\0"
        elif kind == BOOL_OR_ERROR:
            filled = body[7:8] == b"\0"
        elif kind == FORMULA:
            filled = body[12:14] != b"\xff\xff" or body[6:7] == b"\1"
        else:
            continue
        if filled:
            rows.add(struct.unpack_from("<H", body)[0])
    return len(rows)


def _records_of_xls(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records from a place to the end of what begins there; charts inside are passed over."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 1:
            yield kind, stream[at + 4 : at + 4 + size]
        if kind == EOF and depth <= 0:
            return
        at += 4 + size
