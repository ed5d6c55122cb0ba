"""Tables in HTML, which some systems call .xls (Bitrix24), and in the XML that Excel 2003 wrote: every table is a sheet.

lxml reads them as a stream: it is kept by the people of libxml2, is as forgiving as a browser where it matters (cells that
are never closed), and needs no tree of the whole file. Markup inside a cell becomes text, ``<br>`` and the ends of blocks
become line breaks. A cell over several rows stands in each of them, one over several columns in the first.
"""

from __future__ import annotations

import email
import io
import re
from typing import Any

from lxml import etree  # ty: ignore[missing-module-member]  (a C module without stubs)

from pipelines.errors import InputError
from pipelines.readers.grid import Grid, grid_of_rows
from pipelines.readers.marks import is_excel_2003, is_mail
from pipelines.readers.text import encoding_of

CHARSET = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?\s*([-\w]+)", re.I)
# A remark, a script or a style holds no tags; of the others, only where rows and tables begin and tables end.
TAGS = re.compile(r"<!--.*?(?:-->|$)|<(?:script|style|textarea|title)\b.*?</|<(tr|table|/table)\b[^<>]*>", re.I | re.S)
SPACES = re.compile(r"[ \t\r\n]+")
SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
BLOCKS = ("br", "p", "div", "li", "tr")
MOST_SPAN = 1000
MOST_CELLS = 20_000_000


def grids_of_html(content: bytes, name: str) -> list[Grid]:
    """Read the tables; raises InputError when there is none with a row."""
    try:
        if is_mail(content):
            content = page_in_mail(content)
        if is_excel_2003(content):
            grids = _excel_2003(content)
        else:
            grids = _tables(content, name)
    except (etree.LxmlError, ValueError):
        raise InputError("{name} is a damaged table in HTML or XML. Export it again.", name=name) from None
    if not grids:
        raise InputError("{name} is a page without a table. Export the table itself.", name=name)
    return grids


def page_in_mail(content: bytes) -> bytes:
    """Return the first page with a table in a mail archive, or the first page at all; raises ValueError without one."""
    pages = [
        part.get_payload(decode=True)
        for part in email.message_from_bytes(content).walk()
        if part.get_content_type() == "text/html"
    ]
    pages = [one for one in pages if isinstance(one, bytes)]
    if not pages:
        raise ValueError("no page")
    return next((one for one in pages if b"<table" in one.lower()), pages[0])


def _charset(content: bytes, name: str) -> str:
    """Return the encoding the page declares where it can be so, else the one its bytes show."""
    found = encoding_of(content, name)[0]
    declared = CHARSET.search(content[:4096])
    if found.startswith("utf-16") or declared is None:
        return found
    label = declared[1].decode("ascii").lower()
    label = {"windows-1251": "cp1251", "utf8": "utf-8"}.get(label, label)
    if label == "utf-8" and found != "utf-8":
        return found
    return label


class _Table:
    """A table being read: its rows so far, and the cells that reach down from rows above."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.row: list[str] = []
        self.reaching: dict[int, tuple[int, str]] = {}
        self.cells = 0

    def add(self, text: str, across: int, down: int) -> None:
        self._fill()
        place = len(self.row)
        self.row += [text, *[""] * (across - 1)]
        if down > 1:
            for at in range(across):
                self.reaching[place + at] = (down - 1, text if at == 0 else "")
        self.cells += across
        if self.cells > MOST_CELLS:
            raise ValueError("too many cells")

    def _fill(self) -> None:
        while (reach := self.reaching.pop(len(self.row), None)) is not None:
            if reach[0] > 1:
                self.reaching[len(self.row)] = (reach[0] - 1, reach[1])
                # put back for the next row; popped again only there, because the row grows now
            self.row.append(reach[1])

    def end_row(self) -> None:
        if self.row:
            self._fill()
        self.rows.append(self.row)
        self.row = []


def _span(element: Any, name: str) -> int:
    text = element.get(name) or "1"
    return min(max(int(text), 1), MOST_SPAN) if text.isascii() and text.isdigit() else 1


def _tables(content: bytes, name: str) -> list[Grid]:
    """Read every table of a page in one pass; a table inside a cell is text of that cell."""
    encoding = _charset(content, name)
    text = content.decode(encoding, errors="replace").replace("\0", "").removeprefix("\ufeff")
    done = tables_in(text)
    found, expected = sum(len(table.rows) for table in done), rows_told(text)
    if found < expected:
        raise InputError("{name} could not be read whole: {n} rows were expected.", name=name, n=expected)
    return [
        grid_of_rows(table.rows, range(1, len(table.rows) + 1), f"table {number}" if len(done) > 1 else "", "html", ragged=True)
        for number, table in enumerate(done, start=1)
        if any(table.rows)
    ]  # fmt: skip


def rows_told(text: str) -> int:
    """Count by our own hand the rows that begin in tables, those of tables inside cells left out."""
    depth = rows = 0
    for match in TAGS.finditer(text):
        tag = match[1]
        if tag is None:
            continue
        tag = tag.lower()
        if tag == "tr":
            rows += depth == 1
        else:
            depth = max(depth + (1 if tag == "table" else -1), 0)
    return rows


def tables_in(text: str) -> list[_Table]:
    """Read the tables of a page as the library sees them."""
    stream = etree.iterparse(
        io.BytesIO(text.encode("utf-8", "replace")), events=("start", "end"), html=True, encoding="utf-8",
        huge_tree=True, no_network=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    done: list[_Table] = []
    depth, table = 0, _Table()
    for event, element in stream:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag == "table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                table = _Table()
                done.append(table)
        if depth != 1 or event == "start":
            continue
        if tag in ("td", "th"):
            table.add(_text_of(element), _span(element, "colspan"), _span(element, "rowspan"))
            element.clear(keep_tail=True)
        elif tag == "tr":
            table.end_row()
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return done


def _text_of(element: Any) -> str:
    """Return the text of a cell: white space is one space, blocks and ``<br>`` end lines, scripts and styles say nothing."""
    if not len(element):
        return SPACES.sub(" ", element.text or "").strip()
    parts: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end")):
        tag = part.tag if isinstance(part.tag, str) else ""
        if event == "start":
            if tag not in ("script", "style", ""):
                parts.append(SPACES.sub(" ", part.text or ""))
        else:
            if tag in BLOCKS:
                parts.append("\n")
            if part is not element:
                parts.append(SPACES.sub(" ", part.tail or ""))
    return re.sub(r" *\n *", "\n", "".join(parts)).strip()


def _excel_2003(content: bytes) -> list[Grid]:
    """Read the sheets of Excel's XML of 2003; rows and cells may leave out those before them (``ss:Index``), and a cell
    may reach over those to its right (``ss:MergeAcross``).
    """
    stream = etree.iterparse(
        io.BytesIO(content), events=("end",), resolve_entities=False, no_network=True, huge_tree=True
    )
    grids: list[Grid] = []
    rows: list[list[str | None]] = []
    lines: list[int] = []
    for _, element in stream:
        if element.tag == f"{SS}Row":
            row: list[str | None] = []
            for cell in element.iterfind(f"{SS}Cell"):
                index = min(int(cell.get(f"{SS}Index") or len(row) + 1), 16_384)
                row += [None] * (index - 1 - len(row))
                data = cell.find(f"{SS}Data")
                row.append(None if data is None else "".join(data.itertext()).replace("T00:00:00.000", ""))
                across = int(cell.get(f"{SS}MergeAcross") or 0)
                row += [None] * min(across, 16_384 - len(row))
            lines.append(int(element.get(f"{SS}Index") or (lines[-1] + 1 if lines else 1)))
            rows.append(row)
            element.clear()
        elif element.tag == f"{SS}Worksheet":
            if any(rows):
                grids.append(grid_of_rows(rows, lines, element.get(f"{SS}Name") or "", "xlsx"))
            rows, lines = [], []
    return grids
