"""What is called .xls and is not XLSX: real XLS of many records, text, pages, mail archives, Excel's XML of 2003, ODS."""

from __future__ import annotations

import codecs
import csv
import quopri
import struct
from collections.abc import Sequence
from typing import Any

from badinput.case import HEADING, Bad, rows, table
from badinput.old_excel import container, old_workbook
from badinput.workbooks import LIST, THREE, XML_2003, opendocument, page, rewritten

Cell = str | float | None
SERIAL = 46054


def good(name: str, content: bytes, count: int = 3, ending: str = "xls", total: str | None = None) -> Bad:
    return Bad(
        f"old_{name}.{ending}",
        content,
        "accept",
        count,
        count,
        total or f"{100.5 * count:.2f}",
        names=("Иванова Анна",),
    )


def part(name: str, content: bytes, rows_in: int, accepted: int, ending: str = "xls") -> Bad:
    return Bad(f"old_{name}.{ending}", content, "partial", rows_in, accepted, f"{100.5 * accepted:.2f}")


def bad(name: str, content: bytes, ending: str = "xls") -> Bad:
    return Bad(f"old_{name}.{ending}", content, "reject")


class Biff:
    """Writes an XLS of several sheets from its records."""

    def __init__(self, *, version: int = 0x600, locked: bool = False) -> None:
        self.version = version
        self.locked = locked
        self.sheets: list[tuple[str, int, bytes]] = []
        self.strings: list[str] = []

    @staticmethod
    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def text(self, value: str, count: str = "<H") -> bytes:
        if self.version == 0x500:
            return struct.pack(count, len(value)) + value.encode("cp1251")
        return struct.pack(count, len(value)) + b"\1" + value.encode("utf-16-le")

    def cell(self, row: int, column: int, value: Cell, *, as_shared: bool = False, form: int = 0) -> bytes:
        place = struct.pack("<HHH", row, column, form)
        if value is None:
            return self.record(0x201, place)
        if isinstance(value, int) and not isinstance(value, bool):
            return self.record(0x27E, place + struct.pack("<I", value << 2 | 2))
        if isinstance(value, float):
            return self.record(0x203, place + struct.pack("<d", value))
        if as_shared:
            self.strings.append(value)
            return self.record(0xFD, place + struct.pack("<I", len(self.strings) - 1))
        return self.record(0x204, place + self.text(value))

    def sheet(
        self, name: str, body: Sequence[Sequence[Cell]], *, state: int = 0, extra: bytes = b"", **how: Any
    ) -> Biff:
        cells = b"".join(self.cell(at, to, value, **how) for at, row in enumerate(body) for to, value in enumerate(row))
        self.sheets.append((name, state, cells + extra))
        return self

    def shared(self) -> bytes:
        """Write the shared strings, going on in another record where one is full."""
        parts, full = [], struct.pack("<II", len(self.strings), len(self.strings))
        for text in self.strings:
            piece = struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
            if len(full) + len(piece) > 8000:
                parts.append(full)
                full = b""
            full += piece
        parts.append(full)
        return b"".join(self.record(0x3C if at else 0xFC, part) for at, part in enumerate(parts))

    def content(self) -> bytes:
        begin = self.record(
            0x809, struct.pack("<HHHHII", self.version, 5, 0x1CAF, 1996, 0, 6)[: 16 if self.version == 0x600 else 8]
        )
        inner = begin.replace(struct.pack("<H", 5), struct.pack("<H", 16), 1)
        end = self.record(0x0A, b"")
        head = begin + (self.record(0x2F, b"\1\0\1\0\1\0" + b"x" * 48) if self.locked else b"")
        head += self.record(0x42, struct.pack("<H", 1200 if self.version == 0x600 else 1251))
        head += b"".join(
            self.record(0xE0, struct.pack("<HH", 0, form) + b"\0" * (16 if self.version == 0x600 else 12))
            for form in (0, 14, 22)
        )
        strings = self.shared() if self.strings else b""
        index_size = sum(len(self.record(0x85, b"\0" * 6 + self.text(name, "<B"))) for name, _, _ in self.sheets)
        place = len(head) + index_size + len(strings) + len(end)
        index = b""
        for name, state, cells in self.sheets:
            index += self.record(0x85, struct.pack("<IBB", place, state, 0) + self.text(name, "<B"))
            place += len(inner) + len(cells) + len(end)
        stream = head + index + strings + end + b"".join(inner + cells + end for _, _, cells in self.sheets)
        made = container(stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0"))
        if self.version == 0x500:
            made = made.replace(
                "Workbook".encode("utf-16-le") + b"\0\0", "Book".encode("utf-16-le") + b"\0" * 10
            ).replace(struct.pack("<HBB", 18, 2, 1), struct.pack("<HBB", 10, 2, 1))
        return made


def formulas() -> bytes:
    made = Biff().sheet("Сделки", [LIST[0], *([*row[:4], None, *row[5:]] for row in THREE)])
    name, state, cells = made.sheets[0]
    for at in range(1, 4):
        cells += made.record(0x06, struct.pack("<HHHdHIH", at, 4, 0, 100.5, 0, 0, 3) + b"\x1e\1\0")
    made.sheets[0] = (name, state, cells)
    return made.content()


def days() -> bytes:
    made = Biff()
    made.sheet("Сделки", [LIST[0], *([*row[:5], None, *row[6:]] for row in THREE)])
    name, state, cells = made.sheets[0]
    cells += b"".join(made.cell(at, 5, float(SERIAL), form=1) for at in range(1, 4))
    made.sheets[0] = (name, state, cells)
    return made.content()


NUMBERS = [[float(cell) if isinstance(cell, int | float) else cell for cell in row] for row in LIST]
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def xml_2003(
    *cells: str,
    head: str = '<?xml version="1.0"?>',
    prefix: str = "",
    before: str = "",
    rows_before: str = "",
    sheets: str = "",
) -> str:
    own = f'xmlns="{SPREADSHEET}"' if not prefix else ""
    made = "".join(f"<{prefix}Row>{one}</{prefix}Row>" for one in cells)
    return (
        f'{head}<{prefix}Workbook {own} xmlns:ss="{SPREADSHEET}">{before}<{prefix}Worksheet ss:Name="Сделки"><{prefix}Table>{rows_before}{made}'
        f"</{prefix}Table></{prefix}Worksheet>{sheets}</{prefix}Workbook>"
    )


def cells_2003(values: Sequence[Any], prefix: str = "") -> str:
    made = ""
    for value in values:
        kind = "Number" if isinstance(value, int | float) else "DateTime" if "T00:" in str(value) else "String"
        made += f'<{prefix}Cell><{prefix}Data ss:Type="{kind}">{value}</{prefix}Data></{prefix}Cell>'
    return made


TYPED = [[*row[:5], "2026-02-01T00:00:00.000", *row[6:]] for row in THREE]
ROWS_2003 = [cells_2003(row) for row in [HEADING, *TYPED]]
MERGED_2003 = [
    '<Cell ss:MergeAcross="3"><Data ss:Type="String">Сделка</Data></Cell><Cell ss:MergeAcross="3"><Data ss:Type="String">Деньги</Data></Cell>',
    *ROWS_2003,
]
ACROSS = [
    cells_2003(HEADING),
    *(
        cells_2003(row[:1])
        + '<Cell ss:MergeAcross="1"><Data ss:Type="String">Ромашка</Data></Cell>'
        + cells_2003(row[3:])
        for row in TYPED
    ),
]
MAIL = (
    'MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary="----=_Next"\r\n\r\nThis document is a Web archive file.\r\n\r\n'
    '------=_Next\r\nContent-Location: file:///C:/book.htm\r\nContent-Transfer-Encoding: {coding}\r\nContent-Type: text/html; charset="{charset}"\r\n\r\n{body}\r\n'
    '------=_Next\r\nContent-Location: file:///C:/filelist.xml\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: text/xml; charset="utf-8"\r\n\r\n<xml/>\r\n------=_Next--\r\n'
)


def mail(charset: str = "utf-8") -> bytes:
    body = quopri.encodestring(page(charset)).decode("ascii")
    return MAIL.format(coding="quoted-printable", charset=charset, body=body).encode()


MSO = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns="http://www.w3.org/TR/REC-html40"><head>'
    "<!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets><x:ExcelWorksheet><x:Name>Сделки</x:Name></x:ExcelWorksheet></x:ExcelWorksheets></x:ExcelWorkbook></xml><![endif]-->"
    "<style>td {mso-number-format:\\@}</style></head><body>"
)


def ods_with(change: Any) -> bytes:
    return rewritten(opendocument(), "content.xml", change)


def ods_rows(*made: str) -> bytes:
    import re

    return ods_with(
        lambda xml: re.sub(rb"<table:table-row.*</table:table-row>", lambda _: "".join(made).encode(), xml, flags=re.S)
    )


def ods_row(values: Sequence[Any], attributes: str = "") -> str:
    made = ""
    for value in values:
        kind = (
            f'office:value-type="float" office:value="{value}"'
            if isinstance(value, int | float)
            else 'office:value-type="string"'
        )
        made += f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"
    return f"<table:table-row {attributes}>{made}</table:table-row>"


def zipped_ods_bomb() -> bytes:
    return ods_rows(ods_row(HEADING), ods_row(THREE[0], 'table:number-rows-repeated="100000000"'))


HTML_ROWS = page().decode()
CASES = [
    good("biff_shared_strings", Biff().sheet("Сделки", NUMBERS, as_shared=True).content()),
    good("biff_many_shared_strings", Biff().sheet("Сделки", [NUMBERS[0], *([f"д{n}", "Ромашка" * 9, *NUMBERS[1][2:]] for n in range(400))], as_shared=True).content(), 400),
    good("biff_whole_numbers", Biff().sheet("Сделки", LIST).content()),
    good("biff_formulas", formulas()),
    good("biff_days", days()),
    good("biff_5", Biff(version=0x500).sheet("Сделки", NUMBERS).content()),
    good("biff_two_sheets", Biff().sheet("Февраль", NUMBERS).sheet("Март", [NUMBERS[0], *([f"м{n}", *NUMBERS[1][1:]] for n in range(3))]).content(), 6),
    good("biff_hidden_sheet", Biff().sheet("Сделки", NUMBERS).sheet("Скрытый", NUMBERS, state=1).content()),
    good("biff_notes_beside", Biff().sheet("Справка", [["Отчёт", "за февраль"]]).sheet("Сделки", NUMBERS).content()),
    good("biff_preamble", Biff().sheet("Сделки", [["Отчёт"], [], ["за февраль"], *NUMBERS]).content()),
    good("biff_blank_cells_below", Biff().sheet("Сделки", [*NUMBERS, *[[None] * 8] * 500]).content()),
    bad("biff_locked", Biff(locked=True).sheet("Сделки", NUMBERS).content()),
    bad("biff_no_sheets", Biff().content()),
    bad("biff_empty_sheet", Biff().sheet("Пусто", []).content()),
    bad("biff_cut_in_the_table", old_workbook(LIST)[:1000]),
    bad("biff_chain_in_a_ring", old_workbook([LIST[0], *LIST[1:] * 100]).replace(struct.pack("<III", 7, 8, 9), struct.pack("<III", 7, 6, 9), 1)),
    bad("word_97", container(b"\xec\xa5\xc1\0" + b"\0" * 4092).replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le")), "doc"),
    good("text_with_tabs", table(rows(3), delimiter="\t", encoding="cp1251", end="\r\n")),
    good("unicode_text", codecs.BOM_UTF16_LE + table(rows(3), delimiter="\t", end="\r\n").decode().encode("utf-16-le")),
    good("comma_text", table(rows(3), delimiter=",", quoting=csv.QUOTE_ALL)),
    good("page_of_excel", (MSO + HTML_ROWS + "</body></html>").encode()),
    good("page_xhtml", ('<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><html xmlns="http://www.w3.org/1999/xhtml"><body>' + HTML_ROWS + "</body></html>").encode()),
    good("page_utf16", codecs.BOM_UTF16_LE + HTML_ROWS.encode("utf-16-le")),
    good("page_utf8_mark", codecs.BOM_UTF8 + HTML_ROWS.encode()),
    good("page_koi8", page("koi8-r")),
    good("page_no_charset_cp1251", page("cp1251").replace(b"charset=cp1251", b"")),
    good("page_capitals", HTML_ROWS.replace("<table", "<TABLE").replace("<tr", "<TR").replace("</tr", "</TR").replace("<td", "<TD").replace("</td", "</TD").encode()),
    good("page_begins_with_row", HTML_ROWS[HTML_ROWS.index("<table"):].encode()),
    good("page_letter_before", ("<p>Выгрузка от 05.03.2026</p>" + HTML_ROWS).encode()),
    good("page_table_of_layout_before", ("<html><table><tr><td>меню</td><td>выход</td></tr></table>" + HTML_ROWS).encode()),
    good("page_remark_with_rows", HTML_ROWS.replace("</tbody>", "<!-- <tr><td>9</td></tr> --></tbody>").encode()),
    good("page_script_with_rows", HTML_ROWS.replace("<table", "<script>var s='<table><tr><tr>';</script><table", 1).encode()),
    good("page_sign_less", HTML_ROWS.replace("Ромашка", "x < 5 & y > 3").encode()),
    good("page_ten_thousand_rows", page(extra="".join(f"<tr><td>р{n}</td>" + "".join(f"<td>{one}</td>" for one in rows(1)[0][1:]) + "</tr>" for n in range(10_000))), 10_003),
    good("page_group_heading", HTML_ROWS.replace("<thead>", "<thead><tr><th colspan=4>Сделка</th><th colspan=4>Деньги</th></tr>").encode()),
    good("page_totals", page(extra="<tr><td>Итого</td><td></td><td></td><td></td><td>301,50</td><td></td><td></td><td></td></tr>")),
    good("page_deep", ("<html>" + "<div>" * 200 + HTML_ROWS).encode()),
    bad("page_of_frames", b"<html><frameset rows='*,39'><frame src='sheet001.htm'></frameset></html>"),
    bad("page_of_login", "<!DOCTYPE html><html><head><title>Вход</title></head><body><form><input name=login></form></body></html>".encode()),
    bad("page_deeper_than_sane", b"<html>" + b"<div>" * 300_000 + b"<table><tr><td>1"),
    good("mail_archive", mail()),
    good("mail_archive_cp1251", mail("cp1251"), ending="mht"),
    bad("mail_archive_no_table", MAIL.format(coding="7bit", charset="utf-8", body="<html><p>no</p></html>").encode()),
    good("xml_2003", xml_2003(*ROWS_2003).encode()),
    good("xml_2003_mark", codecs.BOM_UTF8 + xml_2003(*ROWS_2003).encode()),
    good("xml_2003_utf16", xml_2003(*ROWS_2003, head='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16")),
    good("xml_2003_cp1251", xml_2003(*ROWS_2003, head='<?xml version="1.0" encoding="windows-1251"?>').encode("cp1251")),
    good("xml_2003_no_head", xml_2003(*ROWS_2003, head="").encode()),
    good("xml_2003_prefixes", xml_2003(*(cells_2003(one, "ss:") for one in [HEADING, *TYPED]), prefix="ss:").encode()),
    good("xml_2003_group_heading", xml_2003(*MERGED_2003).encode()),
    good("xml_2003_merged_cells", xml_2003(*ACROSS).encode()),
    good("xml_2003_long_styles_before", xml_2003(*ROWS_2003, before="<Styles>" + '<Style ss:ID="s"/>' * 2000 + "</Styles>").encode()),
    good("xml_2003_far_down", xml_2003(*ROWS_2003, rows_before='<Row ss:Index="30"><Cell ss:Index="5"><Data ss:Type="String">Отчёт</Data></Cell></Row>').encode()),
    good("xml_2003_named_xlsx", xml_2003(*ROWS_2003).encode(), ending="xlsx"),
    good("xml_2003_of_the_collection", XML_2003.encode(), ending="xml"),
    bad("xml_2003_cut", xml_2003(*ROWS_2003).encode()[:-300]),
    bad("xml_2003_entities", xml_2003(*ROWS_2003, head='<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>').replace("Ромашка", "&b;" * 9).replace("Иванова Анна", "").encode()[:-200]),
    bad("xml_2003_empty", xml_2003().encode()),
    bad("xml_of_another_kind", '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.05"><Документ><Ид>1</Ид></Документ></КоммерческаяИнформация>'.encode(), "xml"),
    good("ods_numbers", ods_rows(*(ods_row(one) for one in LIST)), ending="ods"),
    good("ods_repeated_row", ods_rows(ods_row(HEADING), ods_row(THREE[0]), ods_row(THREE[1]), ods_row(THREE[2], 'table:number-rows-repeated="1"'), ods_row([], 'table:number-rows-repeated="3"')), ending="ods"),
    good("ods_heading_rows", ods_rows("<table:table-header-rows>", ods_row(HEADING), "</table:table-header-rows>", "<table:table-row-group>", *(ods_row(one) for one in THREE), "</table:table-row-group>"), ending="ods"),
    good("ods_remark", ods_rows(ods_row(HEADING), ods_row(THREE[0]), ods_row(THREE[1]), ods_row(THREE[2]).replace("<text:p>Ромашка", "<office:annotation><text:p>см.</text:p></office:annotation><text:p>Ромашка")), ending="ods"),
    good("ods_spaces_and_links", ods_rows(ods_row(HEADING), *(ods_row([*one[:1], "<text:a>Ро<text:s/>ма</text:a><text:span>шка</text:span>", *one[2:]]) for one in THREE)), ending="ods"),
    good("ods_named_xlsx", opendocument(), ending="xlsx"),
    bad("ods_bomb_of_rows", zipped_ods_bomb(), "ods"),
    bad("ods_bomb_of_cells", ods_rows(ods_row(HEADING).replace('<table:table-cell office', '<table:table-cell table:number-columns-repeated="16000" office'), ods_row(THREE[0], 'table:number-rows-repeated="9000"').replace('<table:table-cell office', '<table:table-cell table:number-columns-repeated="1000" office')), "ods"),
    bad("ods_cut", opendocument()[:-300], "ods"),
    bad("ods_xml_cut", ods_with(lambda xml: xml[:-200]), "ods"),
    bad("ods_no_content", rewritten(opendocument(), "content.xml", lambda xml: b""), "ods"),
    bad("text_document", rewritten(opendocument(), "mimetype", lambda _: b"application/vnd.oasis.opendocument.text").replace(b"office:spreadsheet", b"office:text"), "odt"),
]  # fmt: skip
