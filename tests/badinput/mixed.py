"""More text as it comes: encodings that change on the way, quotes and totals in odd places, headings with odd signs."""

from __future__ import annotations

import codecs
import csv

from badinput.case import HEADING, ROW, Bad, Content, changed, later, rows, table

FIVE = table(rows(5)).decode()
LINES = FIVE.split("\n")
MARGINS = "\u200b\u2060\ufeff\xad"


def good(name: str, content: Content, count: int = 5, total: str | None = None, ending: str = "csv") -> Bad:
    names = ("Иванова Анна",)
    return Bad(f"mix_{name}.{ending}", content, "accept", count, count, total or f"{100.5 * count:.2f}", names=names)


def part(name: str, content: bytes, rows_in: int, accepted: int, total: str | None = None) -> Bad:
    return Bad(f"mix_{name}.csv", content, "partial", rows_in, accepted, total or f"{100.5 * accepted:.2f}")


def bad(name: str, content: Content, ending: str = "csv") -> Bad:
    return Bad(f"mix_{name}.{ending}", content, "reject")


def lines(*parts: str) -> bytes:
    return ("\n".join(parts) + "\n").encode()


CASES = [
    good("utf16le_no_mark_crlf", table(rows(5), end="\r\n").decode().encode("utf-16-le")),
    good("utf16be_no_mark_tab", table(rows(5), delimiter="\t").decode().encode("utf-16-be")),
    good("unicode_text_of_excel", codecs.BOM_UTF16_LE + table(rows(5), delimiter="\t", end="\r\n").decode().encode("utf-16-le"), ending="txt"),
    good("utf16_comma_quoted", table(rows(5), delimiter=",", end="\r\n", quoting=csv.QUOTE_ALL, encoding="utf-16")),
    good("utf16_cell_of_two_units", table(rows(5, Название="🔥 акция"), encoding="utf-16")),
    good("cp866_crlf", table(rows(5), end="\r\n", encoding="cp866")),
    good("cp866_tab_quoted", table(rows(5), delimiter="\t", quoting=csv.QUOTE_ALL, encoding="cp866")),
    good("cp1251_typographic", table(rows(5, Название="«Ромашка» — №7…"), encoding="cp1251")),
    good("cp1251_capitals", table(rows(5, Название="ООО РОМАШКА", Этап="ПРОДАЖА"), encoding="cp1251")),
    good("koi8r_crlf", table(rows(5), end="\r\n", encoding="koi8-r")),
    good("mark_of_utf8_before_cp1251", codecs.BOM_UTF8 + table(rows(5), encoding="cp1251")),
    good("one_row_of_another_encoding", FIVE.encode() + table(rows(1, ID="6"))[len(table([])):].decode().encode("cp1251"), 6),
    good("half_of_rows_of_another_encoding", FIVE.encode() + b"".join(table(rows(1, ID=f"6{n}"))[len(table([])):].decode().encode("cp1251") for n in range(5)), 10),
    good("invalid_byte_in_heading", table([[*row, "x"] for row in rows(5)], [*HEADING, "Ещё"]).replace("Ещё".encode(), "Ещ".encode() + b"\xd1")),
    good("line_ends_of_all_kinds", (LINES[0] + "\r\n" + LINES[1] + "\n" + LINES[2] + "\r\n" + LINES[3] + "\n" + LINES[4] + "\r\n" + LINES[5]).encode()),
    good("unicode_line_ends_in_cells", table(rows(5, Название="Ром\u2028аш\u0085ка\x0b\x0c"))),
    good("carriage_return_in_cell", table(changed(5, 2, Название="Ром\rашка"), end="\r\n")),
    good("quotes_inside_bare_cells", FIVE.replace("Ромашка", 'ООО "Ромашка" и "Ко"').encode()),
    good("delimiter_and_line_break_in_quotes", table(changed(5, 3, Название="Ромашка;\nи;\n\nКо;;;"))),
    good("twenty_lines_in_a_cell", table(changed(5, 3, Название="строка; \n" * 60))),
    good("only_the_heading_quoted", FIVE.replace(LINES[0], ";".join(f'"{one}"' for one in HEADING)).encode()),
    good("apostrophes", table(rows(5, Название="О'Нил 'и' Ко"))),
    good("russian_quotes", table(rows(5, Название="«Ромашка“ ”и„ Ко"))),
    good("heading_in_row_40", lines(*(f"строка отчёта {n}" for n in range(39)), *LINES[:6])),
    good("preamble_with_delimiters", lines("Отчёт;;;;;;;", "Период;01.02.2026;28.02.2026;;;;;", ";;;;;;;", *LINES[:6])),
    good("totals_in_the_middle", lines(LINES[0], *LINES[1:3], "Итого по Ивановой;;;;201,00;;;", *LINES[3:6], "Итого по всем;;;;301,50;;;", "Всего;;;;502,50;;;")),
    good("totals_in_capitals", lines(*LINES[:6], "ИТОГО:;;;;502,50;;;")),
    good("totals_small", lines(*LINES[:6], "  итого;;;;502,50;;;")),
    part("totals_in_another_column", lines(*LINES[:6], ";;;Итого;502,50;;;"), 6, 5),
    good("name_that_begins_like_a_total", table([[row[1], row[0], *row[2:]] for row in rows(5, Название="Итоговая встреча")], ("Название", "ID", *HEADING[2:]))),
    part("count_below", lines(*LINES[:6], "(5 rows affected)"), 6, 5),
    good("heading_of_two_rows", lines("ID;Название;Этап;Ответственный;Сумма;Дата;;Источник", ";;;;;создания;закрытия;", *LINES[1:6])),
    good("heading_zero_width", FIVE.replace("Сумма", f"Сум{MARGINS}ма").replace("Этап", "\u200eЭтап\u200f").encode()),
    good("heading_no_break_spaces", FIVE.replace("Дата создания", "Дата\u00a0создания").replace("Этап", "\u2007Этап\u3000").encode()),
    good("heading_capitals", FIVE.replace(LINES[0], LINES[0].upper()).encode()),
    good("heading_colons", FIVE.replace("Сумма", "Сумма:").replace("Этап", "Этап *").encode()),
    good("heading_nfd", FIVE.replace("Источник", "Источник\u0306".replace("й", "и\u0306")).encode()),
    good("index_column", lines(";" + LINES[0], *(f"{n};{line}" for n, line in enumerate(LINES[1:6])))),
    good("blank_first_column", lines(*(";" + line for line in LINES[:6]))),
    good("spaces_around_delimiters", FIVE.replace(";", " ; ").encode()),
    good("tab_and_spaces", table([[f" {cell} " for cell in row] for row in rows(5)], delimiter="\t")),
    good("mark_and_sep_line", codecs.BOM_UTF8 + b"sep=;\r\n" + FIVE.replace("\n", "\r\n").encode()),
    good("sep_line_tab", b"sep=\t\r\n" + table(rows(5), delimiter="\t", end="\r\n")),
    good("lines_wrapped_in_quotes", "\n".join('"' + line.replace('"', '""') + '"' for line in table(rows(5, Сумма="100.50"), delimiter=",").decode().strip().split("\n")).encode()),
    good("text_formulas", table([[f'="{row[0]}"', *row[1:4], f'="{row[4]}"', *row[5:]] for row in rows(5)])),
    good("hundred_thousand_blank_lines", LINES[0].encode() + b"\n" * 100_000 + "\n".join(LINES[1:]).encode()),
    good("hundred_thousand_rows_of_delimiters", FIVE.encode() + b";;;;;;;\r\n" * 100_000),
    good("cell_of_ten_megabytes_cp1251", later(lambda: table(changed(5, 3, Название="дом " * 2_500_000), encoding="cp1251"))),
    good("cell_of_quotes", table(changed(5, 3, Название='"' * 10_000))),
    good("cell_of_line_breaks", table(changed(5, 3, Название="x" + "\n" * 3000 + "y"))),
    part("nul_row", FIVE.encode() + b"\0" * 40 + b"x;y\n", 6, 5),
    bad("twenty_thousand_columns", (";".join(f"к{n}" for n in range(20_100)) + "\n" + ";".join("1" * 20_100)).encode()),
    bad("tar", b"deals.csv".ljust(100, b"\0") + b"0000644\0" * 3 + b"00000000132\0" + b"00000000000\0" + b"012345\0 0" + b"\0" * 100 + b"ustar\x0000" + b"\0" * 247 + FIVE.encode().ljust(1024, b"\0")),
    bad("rar", b"Rar!\x1a\x07\x01\0" + bytes(range(256)) * 4),
    bad("seven_zip", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(range(256)) * 4),
    bad("arrow", b"ARROW1\0\0" + bytes(range(256)) * 4 + b"ARROW1"),
    bad("sqlite", b"SQLite format 3\0" + b"\x10\0\1\1" + b"\0" * 4000),
    bad("executable", b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(range(256)) * 8),
    bad("sylk", b"ID;PWXL;N;E\r\nC;Y1;X1;K\"ID\"\r\nC;Y2;X1;K1\r\nE\r\n", "slk"),
    bad("dbase", b"\x03\x7e\x02\x01\1\0\0\0\x41\0\x0b\0" + b"\0" * 20 + b"ID\0\0\0\0\0\0\0\0\0C" + b"\0" * 20 + b"\r 1         \x1a", "dbf"),
    bad("rich_text", b"{\\rtf1\\ansi{\\b ID;1}}"),
    bad("mail", b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello\r\n", "eml"),
    bad("only_headings_of_others", lines("Имя;Возраст;Рост", *(f"{n};{n};{n}" for n in range(50)))),
    bad("one_long_line", b"a" * 12_000_000),
    bad("control_signs", bytes(range(1, 32)) * 500),
    Bad("mix_row_only.csv", table([ROW])[len(table([])) :], "reject"),
]  # fmt: skip
