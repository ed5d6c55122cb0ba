"""What a workbook's XML says of its sheets before anything is built of them: where rows stand, and whether they stand far apart.

A table in memory has room for every cell between the first and the last, so one stray cell in row 1,048,576 or column XFD
costs as much as a full sheet. Such a sheet is squeezed first: its rows (and columns) are numbered anew in the XML, one after
the other, and the numbers they had are kept.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree  # ty: ignore[missing-module-member]  (a C module without stubs)

CHUNK = 1 << 20
MANY_CELLS = 4_000_000
SPARSE = 12
ROW_NUMBER = re.compile(rb'^[^>]*?\br="(\d+)"')
PLACE = re.compile(rb'<((?:\w+:)?(?:row|c))\b([^>]*?)\br="([A-Z]*)(\d+)"')
DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*/>")
ROOT = re.compile(rb"<(\w+:)?worksheet\b")
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.S)
TYPE = re.compile(rb'\bt="(\w+)"')
VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)<")
TEXTS = re.compile(rb"<(?:\w+:)?t\b[^>/]*>([^<]*)<")
REMARK = re.compile(rb"<!--.*?-->", re.S)
RELATIONS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)


@dataclass(frozen=True)
class Extent:
    """How many rows of a sheet surely hold a value, and whether most of its area is empty."""

    filled: int
    is_sparse: bool


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the archive that holds each sheet, by the sheet's name; empty when the workbook says otherwise."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
        links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    except (KeyError, etree.LxmlError):
        return {}
    targets = {link.get("Id"): link.get("Target") or "" for link in links}
    parts = {
        sheet.get("name") or "": posixpath.normpath(
            posixpath.join(
                "/xl", next((targets[link] for one in RELATIONS if (link := sheet.get(one)) in targets), "?")
            )
        ).lstrip("/")
        for sheet in book.iter("{*}sheet")
    }
    return {name: part for name, part in parts.items() if part in archive.namelist()}


def extent_of(archive: zipfile.ZipFile, part: str) -> Extent:
    """Read a sheet's XML once, in pieces, and find its extent."""
    last, number, cells, width, filled = 0, 0, 0, 26, 0
    for row in _rows(archive, part):
        found = ROW_NUMBER.match(row)
        number = int(found[1]) if found else number + 1
        if number > last and _holds_a_value(row):
            last = number
            filled += 1
        cells += row.count(b"<c ") + row.count(b"<c>") + row.count(b":c ") + row.count(b":c>")
        if width < 16_384 and re.search(rb'<c\b[^>]*\br="[A-Z]{3}\d', row):
            width = 16_384
        elif width == 26 and re.search(rb'<c\b[^>]*\br="[A-Z]{2}\d', row):
            width = 702
    area = max(last, number) * width
    return Extent(filled, area > MANY_CELLS and area > SPARSE * cells)


def _holds_a_value(row: bytes) -> bool:
    """Tell whether a row has a cell that surely says something: no error, no text of spaces, no formula without result."""
    for attributes, body in CELL.findall(row):
        kind = TYPE.search(attributes)
        if kind is None or kind[1] in (b"n", b"b", b"s", b"d"):
            found = VALUE.search(body)
            if found is not None and found[1].strip():
                return True
        elif kind[1] in (b"str", b"inlineStr"):
            texts = (VALUE if kind[1] == b"str" else TEXTS).findall(body)
            if any(text.strip() and b"&" not in text and b"_x" not in text for text in texts):
                return True
    return False


def filled_rows(archive: zipfile.ZipFile, part: str) -> int:
    """Count the rows again with a parser of XML: slower, and for the last word where the quick count finds rows missing."""
    filled = 0
    with archive.open(part) as member:
        stream = etree.iterparse(member, tag="{*}row", resolve_entities=False, no_network=True, huge_tree=True)
        for _, row in stream:
            for cell in row.iterchildren("{*}c"):
                ends = "{*}t" if cell.get("t") == "inlineStr" else "{*}v"
                if cell.get("t") != "e" and any((one.text or "").strip() for one in cell.iter(ends)):
                    filled += 1
                    break
            row.clear()
    return filled


def _rows(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield the text of each row element, from its attributes on; remarks between them are no rows."""
    rest, opening = b"", b""
    with archive.open(part) as member:
        while chunk := member.read(CHUNK):
            rest += chunk
            if b"<!--" in rest:
                rest = REMARK.sub(b"", rest)
            if not opening:
                root = ROOT.search(rest)
                opening = b"<" + (root[1] or b"" if root else b"") + b"row"
            cut = rest.rfind(opening)
            if cut > 0:
                yield from _opened(rest[:cut], opening)
                rest = rest[cut:]
    yield from _opened(rest, opening or b"<row")


def _opened(text: bytes, opening: bytes) -> Iterator[bytes]:
    """Yield what follows each opening, where the name of the element ends there."""
    return (piece for piece in text.split(opening)[1:] if piece[:1] in (b" ", b">", b"/", b"\n", b"\r", b"\t"))


def squeezed(archive: zipfile.ZipFile, parts: list[str]) -> tuple[bytes, dict[str, list[int]]]:
    """Return the workbook with the rows and columns of these sheets moved together, and the rows' old numbers by part."""
    buffer = io.BytesIO()
    numbers: dict[str, list[int]] = {}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as fresh:
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename in parts:
                content, numbers[entry.filename] = _renumbered(content)
            fresh.writestr(entry.filename, content)
    return buffer.getvalue(), numbers


def _renumbered(sheet: bytes) -> tuple[bytes, list[int]]:
    rows: dict[bytes, int] = {}
    letters = sorted({match[3] for match in PLACE.finditer(sheet)} - {b""}, key=lambda one: (len(one), one))
    columns = {letter: _letters(at) for at, letter in enumerate(letters)}

    def moved(match: re.Match[bytes]) -> bytes:
        number = rows.setdefault(match[4], len(rows) + 1)
        return b'<%b%br="%b%d"' % (match[1], match[2], columns.get(match[3], b""), number)

    fresh = PLACE.sub(moved, DIMENSION.sub(b"", sheet))
    return fresh, [int(number) for number in rows]


def _letters(at: int) -> bytes:
    """Name the column at a place (from 0): A, B, …, Z, AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name.encode()
