"""Workbooks and HTML tables: merged headings, stray cells, bombs, damage, several and hidden sheets."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import xlsxwriter
from badinput.case import HEADING, Bad, Content, later, rows
from badinput.old_excel import old_workbook

THREE = [[int(row[0]), *row[1:4], 100.5, *row[5:]] for row in rows(3)]
LIST = [list(HEADING), *THREE]


def workbook(fill: Callable[[Any], None]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    fill(book)
    book.close()
    return buffer.getvalue()


def sheet(book: Any, body: list[list[Any]], name: str | None = None, first: int = 0) -> Any:
    made = book.add_worksheet(name)
    for at, row in enumerate(body):
        made.write_row(first + at, 0, row)
    return made


def plain(body: list[list[Any]], first: int = 0) -> bytes:
    return workbook(lambda book: sheet(book, body, first=first))


def good(name: str, content: Content, count: int = 3, ending: str = "xlsx", **more: Any) -> Bad:
    return Bad(f"wb_{name}.{ending}", content, "accept", count, count, f"{100.5 * count:.2f}", **more)


def bad(name: str, content: Content, ending: str = "xlsx", **more: Any) -> Bad:
    return Bad(f"wb_{name}.{ending}", content, "reject", **more)


def rewritten(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Change one part of a workbook."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            inside = old.read(entry)
            new.writestr(entry.filename, change(inside) if entry.filename == part else inside)
    return buffer.getvalue()


def stray(row: int, column: int, text: str = " ") -> bytes:
    def fill(book: Any) -> None:
        sheet(book, LIST).write_string(row, column, text)

    return workbook(fill)


def merged(book: Any) -> None:
    made = book.add_worksheet()
    made.merge_range(0, 0, 0, 3, "Сделка")
    made.merge_range(0, 4, 0, 7, "Деньги и даты")
    for at, row in enumerate(LIST):
        made.write_row(1 + at, 0, row)


def merged_down(book: Any) -> None:
    made = book.add_worksheet()
    made.merge_range(0, 0, 1, 0, "ID")
    made.merge_range(0, 1, 0, 3, "Сделка")
    made.write_row(1, 1, HEADING[1:4])
    for at in range(4, 8):
        made.merge_range(0, at, 1, at, HEADING[at])
    for at, row in enumerate(THREE):
        made.write_row(2 + at, 0, row)


def grouped(book: Any) -> None:
    """«Дата» over «создания» and «закрытия»: only both rows together are headings."""
    made = book.add_worksheet()
    made.write_row(0, 0, [*HEADING[:5], "Дата", "", HEADING[7]])
    made.write_row(1, 5, ["создания", "закрытия"])
    for at, row in enumerate(THREE):
        made.write_row(2 + at, 0, row)


def dated(book: Any) -> None:
    made = sheet(book, LIST)
    form = book.add_format({"num_format": "dd.mm.yyyy"})
    for at in range(3):
        made.write_datetime(1 + at, 5, datetime.fromisoformat("2026-02-01"), form)
        made.write_datetime(1 + at, 6, datetime.fromisoformat("2026-02-05 10:30:00"), form)


def several(*states: str) -> bytes:
    def fill(book: Any) -> None:
        for number, state in enumerate(states):
            body = {"deals": LIST, "notes": [["Справка"], ["Читать внимательно", 1]], "empty": []}[state.split()[0]]
            made = sheet(book, body, f"Лист {number}")
            if state.endswith("hidden"):
                made.hide()

    return workbook(fill)


def linked(book: Any) -> None:
    made = sheet(book, LIST)
    made.write_formula(1, 4, "='[http://evil.example/x.xlsx]S'!A1", None, 100.5)
    made.write_url(2, 1, "http://evil.example/", string="Ромашка")


def far_and_wide(book: Any) -> None:
    made = sheet(book, LIST)
    for row in range(0, 1_048_576, 5_000):
        made.write_string(row + 4, 16_383, " ")


def bomb(book: bytes) -> bytes:
    return rewritten(
        book, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * (66 << 20))
    )


ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)
PAGE = '<meta http-equiv="Content-type" content="text/html;charset={charset}" /><table border="1"><thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table>'


def page(charset: str = "utf-8", name: str = "Ромашка", cell: str = "td", extra: str = "") -> bytes:
    heading = "".join(f"<th>{one}</th>" for one in HEADING)
    body = "".join(
        "<tr>" + "".join(f"<{cell}>{name if one == 'Ромашка' else one}</{cell}>" for one in row) + "</tr>"
        for row in rows(3)
    )
    return PAGE.format(charset=charset, heading=heading, body=body + extra).encode(charset)


XML_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Сделки"><Table>'
    + "".join("<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>" for row in [HEADING, *rows(3)])
    + "</Table></Worksheet></Workbook>"
)  # fmt: skip


def opendocument(repeated: int = 1) -> bytes:
    cells = "".join(
        "<table:table-row>" + "".join(f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row) + "</table:table-row>"
        for row in [HEADING, *rows(3)]
    )  # fmt: skip
    spaces = "".join(
        f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0" ' for one in ("office", "table", "text")
    )
    filler = f'<table:table-row table:number-rows-repeated="{repeated}"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    content = f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="Сделки">{cells}{filler}</table:table></office:spreadsheet></office:body></office:document-content>'
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return buffer.getvalue()


CASES = [
    good("plain", plain(LIST)),
    good("no_extension", plain(LIST), ending="dat"),
    good("named_csv", plain(LIST), ending="csv"),
    good("table_starts_far_down", plain(LIST, first=500)),
    good("preamble", plain([["Отчёт по сделкам"], [], ["за февраль"], [], *LIST])),
    good("totals", plain([*LIST, ["Итого", "", "", "", 301.5]])),
    good("merged_group_row", workbook(merged)),
    good("merged_down", workbook(merged_down)),
    good("heading_of_two_rows", workbook(grouped)),
    good("dates", workbook(dated)),
    good("stray_space_last_row", later(lambda: stray(1_048_575, 0))),
    good("stray_space_far_corner", later(lambda: stray(1_048_575, 16_383))),
    Bad("wb_stray_word_last_row.xlsx", later(lambda: stray(1_048_575, 1, "конец")), "partial", 4, 3, "301.50"),
    good("far_and_wide", later(lambda: workbook(far_and_wide))),
    good("notes_beside", several("notes", "deals", "empty")),
    good("hidden_copy", several("deals", "deals hidden")),
    good("external_links", workbook(linked)),
    Bad("wb_header_only.xlsx", plain([list(HEADING)]), "accept", 0, 0),
    Bad("wb_formula_errors.xlsx", rewritten(plain(LIST), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'<c r="E3"><v>100.5</v>', b'<c r="E3" t="e"><v>#REF!</v>')), "accept", 3, 3, "201.00"),
    good("open_xml_without_places", rewritten(plain(LIST), "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb' r="[A-Z]*\d+"', b"", xml))),
    good("ods", opendocument(), ending="ods"),
    good("ods_million_blank_rows", opendocument(1_048_000), ending="ods"),
    good("real_xls", old_workbook(LIST), ending="xls"),
    good("real_xls_named_xlsx", old_workbook([["Отчёт"], *LIST])),
    bad("real_xls_cut", old_workbook(LIST)[:2500], "xls"),
    good("excel_2003_xml", XML_2003.encode(), ending="xls"),
    good("html_bitrix", page(), ending="xls"),
    good("html_cp1251", page("cp1251"), ending="xls"),
    good("html_entities", page(name="&laquo;Рома&shy;шка&raquo; &amp; Ко&nbsp;&#8470;5"), ending="xls"),
    good("html_markup_in_cell", page(name="<b>Ромашка</b><br><a href='http://x'>сайт</a><script>alert(1)</script>"), ending="xls"),
    good("html_wrong_charset", page("cp1251").replace(b"charset=cp1251", b"charset=utf-8"), ending="xls"),
    good("html_nested_table", page(name="<table><tr><td>внутри</td></tr></table>"), ending="xls"),
    good("html_unclosed_cells", page().replace(b"</td>", b"").replace(b"</tr>", b""), ending="xls"),
    Bad("wb_html_cut.xls", page()[:-40], "partial", 3, 2, "201.00"),
    good("html_comment_before", b"<!-- x -->\n" + page(), ending="xls"),
    Bad("wb_html_short_row.xls", page(extra="<tr><td>9</td><td>x</td></tr>"), "partial", 4, 3, "301.50"),
    good("html_wide_span", page(extra='<tr><td colspan="1000000000"></td></tr>'), ending="xls", alone=True),
    bad("html_no_table", b"<html><body><p>No access</p></body></html>", "xls"),
    bad("html_sentence", "<meta charset=utf-8><table><tr><td>Нет данных</td></tr></table>".encode(), "xls"),
    bad("empty", workbook(lambda book: book.add_worksheet())),
    bad("cut", plain(LIST)[:3000]),
    bad("cut_short", plain(LIST)[:200]),
    bad("flipped", bytes(b ^ (0xFF if 900 < at < 1400 else 0) for at, b in enumerate(plain(LIST)))),
    bad("locked", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 4000),
    bad("old_damaged", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 30, "xls"),
    bad("zip_bomb", later(lambda: bomb(plain(LIST)))),
    bad("entity_bomb", rewritten(plain(LIST), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"?>\n", b"?>\n" + ENTITIES, 1).replace(b"<sheetData>", b"<sheetData><row><c t=\"inlineStr\"><is><t>&j;</t></is></c></row>"))),
    bad("document", rewritten(plain(LIST), "xl/workbook.xml", lambda xml: b"<x/>")),
]  # fmt: skip
