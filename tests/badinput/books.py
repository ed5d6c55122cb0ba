"""Workbooks written by hand, part by part: dialects of XLSX, cells of every type, wrong and missing parts, XLSB."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from badinput.by_parts import SHEET, binary, body, book, prefixed, row, shared, strict, third
from badinput.case import HEADING, Bad, Content, later
from badinput.workbooks import LIST, THREE, plain, rewritten, sheet, workbook


def good(
    name: str,
    content: Content,
    count: int = 3,
    total: str | None = None,
    ending: str = "xlsx",
    names: tuple[str, ...] = ("Иванова Анна",),
) -> Bad:
    return Bad(f"book_{name}.{ending}", content, "accept", count, count, total or f"{100.5 * count:.2f}", names=names)


def part(name: str, content: bytes, rows_in: int, accepted: int) -> Bad:
    return Bad(f"book_{name}.xlsx", content, "partial", rows_in, accepted, f"{100.5 * accepted:.2f}")


def bad(name: str, content: Content, ending: str = "xlsx") -> Bad:
    return Bad(f"book_{name}.{ending}", content, "reject")


def filled(fill: Callable[[Any, Any], None]) -> bytes:
    def make(made: Any) -> None:
        fill(made, sheet(made, LIST))

    return workbook(make)


def typed_days(made: Any, page: Any) -> None:
    forms = ("[$-419]d mmmm yyyy;@", "yyyy-mm-dd hh:mm", "[$-FC19]dd mmmm yyyy \\г\\.;@")
    for at, form in enumerate(forms):
        page.write_datetime(
            1 + at, 5, datetime.fromisoformat("2026-02-01 10:30:00"), made.add_format({"num_format": form})
        )


def formulas(made: Any, page: Any) -> None:
    for at in range(3):
        page.write_formula(1 + at, 4, "=67*1.5", None, 100.5)
        page.write_formula(1 + at, 3, '="Иванова "&"Анна"', None, "Иванова Анна")


def hidden_rows(made: Any, page: Any) -> None:
    page.set_row(2, None, None, {"hidden": True})
    page.set_column(3, 4, None, None, {"hidden": True})
    page.autofilter(0, 0, 3, 7)
    page.filter_column(0, "x == 1")


def decorated(made: Any, page: Any) -> None:
    page.write_comment(1, 1, "Проверить")
    page.freeze_panes(1, 0)
    page.add_table(0, 0, 3, 7, {"columns": [{"header": one} for one in HEADING], "data": THREE})
    page.data_validation(1, 2, 3, 2, {"validate": "list", "source": ["Продажа"]})
    chart = made.add_chart({"type": "column"})
    chart.add_series({"values": "=Sheet1!$E$2:$E$4"})
    page.insert_chart("K2", chart)


def with_chart_sheet(made: Any) -> None:
    sheet(made, LIST, "Сделки")
    chart = made.add_chart({"type": "column"})
    chart.add_series({"values": "=Сделки!$E$2:$E$4"})
    made.add_chartsheet("График").set_chart(chart)


def two_tables(made: Any) -> None:
    sheet(made, LIST, "Февраль")
    sheet(made, [LIST[0], *([f"м{one[0]}", *one[1:]] for one in THREE)], "Март 'и' «прочее» 🔥")


def many_sheets(made: Any) -> None:
    sheet(made, LIST)
    for number in range(60):
        sheet(made, [[f"справка {number}"]])


def damaged_second(made: Any) -> None:
    sheet(made, LIST)
    sheet(made, [["Справка", 1]], "Справка")


def repacked(
    content: bytes,
    rename: Callable[[str], str] = str,
    drop: str = "",
    method: int = zipfile.ZIP_DEFLATED,
    front: bytes = b"",
    back: bytes = b"",
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", method) as new:
        for entry in old.infolist():
            if entry.filename != drop:
                new.writestr(rename(entry.filename), old.read(entry))
    return front + buffer.getvalue() + back


SERIAL = (datetime.fromisoformat("2026-02-01") - datetime.fromisoformat("1899-12-30")) // timedelta(days=1)
HUGE = '<dimension ref="A1:XFD1048576"/>'

CASES = [
    good("by_hand", book(body())),
    good("macros", rewritten(plain(LIST), "[Content_Types].xml", lambda xml: xml.replace(b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main")), ending="xlsm"),
    good("strict", book(body(), change=strict)),
    good("prefixed", book(body(), change=prefixed)),
    good("binary", binary(), ending="xlsb"),
    good("binary_named_xls", binary(), ending="xls"),
    good("absolute_target", book(body(), target="/xl/worksheets/sheet1.xml")),
    good("wrong_dimension", book(body(), before='<dimension ref="A1"/>')),
    good("huge_dimension", book(body(), before=HUGE)),
    good("no_rows_numbered", book(body().replace(' r="', ' x="'))),
    good("rows_in_disorder", book(row(1, list(HEADING)) + row(4, THREE[2]) + row(2, THREE[0]) + row(3, THREE[1]))),
    good("blank_rows_between", book(row(1, list(HEADING)) + row(5, THREE[0]) + '<row r="6"/>' + row(900, THREE[1]) + row(901, ["", " "]) + row(1000, THREE[2]))),
    good("rich_text", book(body(row(2, THREE[0]), row(3, THREE[1]), row(4, THREE[2], D='<c r="D4" t="s"><v>0</v></c>')), shared=shared("<r><rPr><b/></rPr><t xml:space='preserve'>Иванова </t></r><r><t>Анна</t></r><rPh sb='0' eb='1'><t>x</t></rPh>"))),
    good("shared_blank", book(body(row(2, THREE[0]), row(3, THREE[1]), row(4, THREE[2], B='<c r="B4" t="s"><v>0</v></c>')), shared=shared("<t/>"))),
    bad("shared_missing", third(D='<c r="D4" t="s"><v>0</v></c>')),
    bad("shared_out_of_range", book(body(row(2, THREE[0]), row(3, THREE[1], D='<c r="D3" t="s"><v>9</v></c>')), shared=shared("<t>a</t>"))),
    good("days_as_numbers_with_format", book(body(*(row(n, one, F=f'<c r="F{n}" s="1"><v>{SERIAL}</v></c>', G=f'<c r="G{n}" s="2"><v>{SERIAL}.5</v></c>') for n, one in enumerate(THREE, 2))))),
    good("days_from_1904", book(body(*(row(n, one, F=f'<c r="F{n}" s="1"><v>{SERIAL - 1462}</v></c>') for n, one in enumerate(THREE, 2))), pr='<workbookPr date1904="1"/>')),
    good("days_iso_cells", book(body(*(row(n, one, F=f'<c r="F{n}" t="d"><v>2026-02-01T10:00:00</v></c>') for n, one in enumerate(THREE, 2))))),
    good("days_of_russian_formats", filled(typed_days)),
    part("day_as_bare_number", third(F=f'<c r="F4"><v>{SERIAL}</v></c>'), 3, 2),
    part("day_that_is_an_error", third(F='<c r="F4" t="inlineStr"><is><t>#ЗНАЧ!</t></is></c>'), 3, 2),
    good("error_in_amount", third(E='<c r="E4" t="e"><v>#N/A</v></c>'), total="201.00"),
    good("error_in_name", third(B='<c r="B4" t="e"><v>#REF!</v></c>')),
    part("error_in_id", third(A='<c r="A4" t="e"><v>#N/A</v></c>'), 3, 2),
    good("formulas_with_results", filled(formulas)),
    good("formula_without_result", third(E='<c r="E4"><f>SUM(E2:E3)</f></c>'), total="201.00"),
    good("formula_with_text", third(D='<c r="D4" t="str"><f>X()</f><v>Иванова Анна</v></c>')),
    good("booleans", third(H='<c r="H4" t="b"><v>1</v></c>')),
    good("amounts_as_text", book(body(*(row(n, [*one[:4], "100,50", *one[5:]]) for n, one in enumerate(THREE, 2))))),
    good("amount_in_powers", third(E='<c r="E4"><v>1.005E2</v></c>')),
    good("amount_with_dust", third(E='<c r="E4"><v>100.49999999999999</v></c>')),
    part("amount_nan", third(E='<c r="E4" t="inlineStr"><is><t>договорная</t></is></c>'), 3, 2),
    good("ids_large", book(body(*(row(n, [79161234560 + n, *one[1:]]) for n, one in enumerate(THREE, 2))))),
    good("entities_and_escapes", third(B='<c r="B4" t="inlineStr"><is><t>&lt;b&gt; &amp; &#8381; _x000D_ &quot;x&quot;</t></is></c>')),
    good("line_breaks_in_cells", third(B='<c r="B4" t="inlineStr"><is><t>Ром\nашка</t></is></c>')),
    good("cdata", third(B='<c r="B4" t="inlineStr"><is><t><![CDATA[<row> Ромашка]]></t></is></c>')),
    good("remark_with_rows", book(body() + "<!-- " + row(5, THREE[0]) + " -->")),
    good("hidden_rows_and_columns", filled(hidden_rows)),
    good("decorated", filled(decorated)),
    good("chart_sheet", workbook(with_chart_sheet)),
    good("two_tables", workbook(two_tables), 6),
    good("sixty_notes", workbook(many_sheets)),
    good("columns_from_d", workbook(lambda made: [made.add_worksheet().write_row(0, 3, LIST[0])] and [made.worksheets()[0].write_row(1 + at, 3, one) for at, one in enumerate(THREE)])),
    Bad("book_second_sheet_damaged.xlsx", rewritten(workbook(damaged_second), "xl/worksheets/sheet2.xml", lambda xml: xml[:300]), "partial", 3, 3, "301.50"),
    Bad("book_second_sheet_missing.xlsx", repacked(workbook(damaged_second), drop="xl/worksheets/sheet2.xml"), "partial", 3, 3, "301.50"),
    good("backslashes", repacked(plain(LIST), lambda name: name.replace("/", "\\"))),
    good("parts_in_capitals", repacked(plain(LIST), lambda name: name.replace("sheet1", "Sheet1").replace("sharedStrings", "SharedStrings"))),
    good("stored", repacked(plain(LIST), method=zipfile.ZIP_STORED)),
    good("tail_of_rubbish", repacked(plain(LIST), back=b"\0" * 300)),
    good("no_styles", repacked(plain(LIST), drop="xl/styles.xml")),
    good("no_properties", repacked(plain(LIST), drop="docProps/core.xml")),
    good("long_text", filled(lambda made, page: page.write_string(1, 1, "ж" * 32_000))),
    good("two_hundred_columns", workbook(lambda made: [made.add_worksheet().write_row(0, 0, [*HEADING, *(f"п{n}" for n in range(192))])] and [made.worksheets()[0].write_row(1 + at, 0, one) for at, one in enumerate(THREE)])),
    good("twenty_thousand_rows", later(lambda: plain([LIST[0], *([f"a{n}", *THREE[0][1:]] for n in range(20_000))])), 20_000),
    bad("no_content_types_and_no_sheet", repacked(repacked(plain(LIST), drop=SHEET), drop="[Content_Types].xml")),
    bad("no_workbook", repacked(plain(LIST), drop="xl/workbook.xml")),
    bad("only_empty_sheets", workbook(lambda made: [made.add_worksheet() for _ in range(5)])),
    bad("cell_name_wrong", book(body().replace('r="B2"', 'r="???"'))),
    bad("word_document", repacked(book(body()), lambda name: name.replace("xl/", "word/")), "docx"),
    bad("word_document_named_csv", repacked(book(body()), lambda name: name.replace("xl/", "word/")), "csv"),
    bad("not_xml", rewritten(plain(LIST), SHEET, lambda xml: b"\0\1\2" * 900)),
    bad("external_entity", rewritten(plain(LIST), SHEET, lambda xml: xml.replace(b"?>\n", b'?>\n<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', 1).replace(b"<sheetData>", b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>'))),
    bad("bomb_of_shared_strings", later(lambda: rewritten(plain(LIST), "xl/sharedStrings.xml", lambda xml: xml.replace(b"</sst>", b"<si><t>" + b"A" * (66 << 20) + b"</t></si></sst>")))),
    bad("bomb_of_blank_cells", later(lambda: rewritten(plain(LIST), SHEET, lambda xml: xml.replace(b"</sheetData>", b'<row r="9"/>' * 6_000_000 + b"</sheetData>")))),
]  # fmt: skip
