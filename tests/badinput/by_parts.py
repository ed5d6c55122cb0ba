"""Writes workbooks part by part: XLSX as XML, in any dialect, and XLSB as records."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

from badinput.case import HEADING
from badinput.workbooks import LIST, THREE

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    DOCUMENT: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
SHEET = "xl/worksheets/sheet1.xml"


def links(*targets: tuple[str, str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="{one}" Type="{DOCUMENT}/{kind}" Target="{target}"/>' for one, kind, target in targets
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def book(
    body: str,
    *,
    shared: str = "",
    pr: str = "",
    target: str = "worksheets/sheet1.xml",
    change: Callable[[str], str] = str,
    **parts: str,
) -> bytes:
    """Write a workbook of one sheet; ``body`` stands where the rows do."""
    made = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": links(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}">{pr}<sheets><sheet name="Сделки" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": links(
            ("r1", "worksheet", target), ("r2", "sharedStrings", "sharedStrings.xml"), ("r3", "styles", "styles.xml")
        ),
        SHEET: f'<worksheet xmlns="{MAIN}">{parts.get("before", "")}<sheetData>{body}</sheetData>{parts.get("after", "")}</worksheet>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="dd.mm.yyyy"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="22"/></cellXfs></styleSheet>',
    }
    if shared:
        made["xl/sharedStrings.xml"] = shared
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in made.items():
            archive.writestr(name, change('<?xml version="1.0" encoding="UTF-8"?>\n' + text))
    return buffer.getvalue()


def letter(at: int) -> str:
    return "ABCDEFGHIJ"[at]


def inline(value: Any) -> str:
    return f"<v>{value}</v>" if isinstance(value, int | float) else f"<is><t>{value}</t></is>"


def row(number: int, cells: list[Any], **special: str) -> str:
    """Write a row; ``special`` gives the cells of some columns (by letter) as they are."""
    made = []
    for at, value in enumerate(cells):
        kind = "" if isinstance(value, int | float) else ' t="inlineStr"'
        made.append(special.get(letter(at)) or f'<c r="{letter(at)}{number}"{kind}>{inline(value)}</c>')
    return f'<row r="{number}">{"".join(made)}</row>'


def body(*data: str) -> str:
    return row(1, list(HEADING)) + ("".join(data) or "".join(row(n, one) for n, one in enumerate(THREE, 2)))


def third(**special: str) -> bytes:
    """A table of three deals of which the third has these cells."""
    return book(body(row(2, THREE[0]), row(3, THREE[1]), row(4, THREE[2], **special)))


def binary(count: int = 3, drop: int = -1) -> bytes:
    """Write an XLSB: the same parts as records."""

    def record(kind: int, content: bytes = b"") -> bytes:
        number = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        size, length = len(content), b""
        while True:
            length += bytes([size & 127 | (128 if size > 127 else 0)])
            size >>= 7
            if not size:
                return number + length + content

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    page = record(129) + record(148, struct.pack("<IIII", 0, count, 0, 7)) + record(145)
    for number, cells in enumerate(LIST[: count + 1]):
        page += record(0, struct.pack("<IIHBBBI", number, 0, 0, 0, 0, 0, 0)) if number != drop else b""
        for at, value in enumerate(cells):
            head = struct.pack("<II", at, 0)
            page += (
                record(5, head + struct.pack("<d", value))
                if isinstance(value, int | float)
                else record(6, head + wide(value))
            )
    page += record(146) + record(130)
    index = (
        record(131)
        + record(143)
        + record(156, struct.pack("<II", 0, 1) + wide("r1") + wide("Сделки"))
        + record(144)
        + record(132)
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.replace("workbook.xml", "workbook.bin"))
        archive.writestr("_rels/.rels", links(("r1", "officeDocument", "xl/workbook.bin")))
        archive.writestr("xl/workbook.bin", index)
        archive.writestr("xl/_rels/workbook.bin.rels", links(("r1", "worksheet", "worksheets/sheet1.bin")))
        archive.writestr("xl/worksheets/sheet1.bin", page)
    return buffer.getvalue()


def prefixed(xml: str) -> str:
    """Put the main elements into a prefix, as some libraries do."""
    import re

    if MAIN not in xml:
        return xml
    xml = xml.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
    return re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml)


def strict(xml: str) -> str:
    for plain_name, name in STRICT.items():
        xml = xml.replace(f'"{plain_name}', f'"{name}')
    return xml


def shared(*texts: str) -> str:
    """Write the part of shared strings."""
    return f'<sst xmlns="{MAIN}">' + "".join(f"<si>{text}</si>" for text in texts) + "</sst>"
