"""Delimited text of every shape: delimiters, quotes, ragged rows, preambles, totals, very wide and very long cells."""

from __future__ import annotations

import csv

from badinput.case import HEADING, ROW, Bad, changed, rows, table


def good(name: str, content: bytes, count: int = 3, total: str | None = None) -> Bad:
    return Bad(f"shape_{name}.csv", content, "accept", count, count, total or f"{100.5 * count:.2f}")


def part(name: str, content: bytes, rows_in: int, accepted: int, total: str | None = None) -> Bad:
    return Bad(f"shape_{name}.csv", content, "partial", rows_in, accepted, total or f"{100.5 * accepted:.2f}")


def bad(name: str, content: bytes) -> Bad:
    return Bad(f"shape_{name}.csv", content, "reject")


FIVE = table(rows(5)).decode()
LINES = FIVE.split("\n")
COMMA = table(rows(5), delimiter=",").decode().split("\n")


def lines(*parts: str) -> bytes:
    return ("\n".join(parts) + "\n").encode()


WIDE = [*HEADING, *(f"поле {number}" for number in range(5000 - len(HEADING)))]
LONG = "д" * (5 << 20)

CASES = [
    good("comma", table(rows(3), delimiter=",")),
    good("pipe", table(rows(3), delimiter="|")),
    good("tab", table(rows(3), delimiter="\t")),
    good("quote_all", table(rows(3), quoting=csv.QUOTE_ALL)),
    good("trailing_delimiter", "".join(line + ";\n" for line in LINES[:4]).encode()),
    good("trailing_delimiter_rows_only", lines(LINES[0], *(line + ";" for line in LINES[1:4]))),
    good("trailing_three_delimiters", lines(LINES[0], *(line + ";;;" for line in LINES[1:4]))),
    good("no_last_line_end", FIVE.rstrip("\n").encode(), 5),
    good("blank_lines", "\n\n".join(LINES).encode(), 5),
    good("blank_tail", FIVE.encode() + b"\n;;;;;;;\n" * 50, 5),
    good("spaces_tail", FIVE.encode() + b"   \n\t\n", 5),
    good("sep_line", b"sep=;\n" + FIVE.encode(), 5),
    good("preamble", lines("Отчёт по сделкам", "", "Период: 01.02.2026 — 28.02.2026", "", *LINES[:4])),
    good("totals", lines(*LINES[:4], "Итого;;;;301,50;;;")),
    good("heading_repeated", lines(*LINES[:4], LINES[0], *LINES[4:6]), 5),
    good("heading_spaces", FIVE.replace("Сумма", "  сумма ").encode(), 5),
    good("heading_nbsp_currency", FIVE.replace("Сумма", "Сумма,\u00a0₽").encode(), 5),
    good("heading_line_break", FIVE.replace("Дата создания", '"Дата\nсоздания"').encode(), 5),
    good("heading_duplicate", table([[*row, "x"] for row in rows(3)], [*HEADING, "Источник"])),
    good("heading_blank", table([[*row, "x"] for row in rows(3)], [*HEADING, ""])),
    good("heading_homoglyph", FIVE.replace("Сумма", "Cуммa").encode(), 5),
    good("line_break_in_cell", table(changed(3, 2, Название="Ром\nашка"))),
    good("crlf_in_cell", table(changed(3, 2, Название="Ром\r\nашка"), end="\r\n")),
    good("doubled_quotes", table(changed(3, 2, Название='ООО "Ромашка"'))),
    good("bare_quotes_inside", FIVE.replace("2;Ромашка", '2;ООО "Ромашка"').encode(), 5),
    good("inch_sign", FIVE.replace("2;Ромашка", '2;труба 5"').encode(), 5),
    good("inch_signs_in_two_rows", FIVE.replace("2;Ромашка", '2;труба 5"').replace("4;Ромашка", '4;труба 7"').encode(), 5),
    good("quote_opens_and_never_closes", FIVE.replace("3;Ромашка", '3;"Ромашка').encode(), 5),
    good("backslash_quotes", lines(COMMA[0], COMMA[1], COMMA[2].replace("Ромашка", '"ООО \\"Ро,машка\\""'), COMMA[3])),
    good("space_before_quote", lines(COMMA[0], COMMA[1].replace("Ромашка", ' "Ро,машка"'))
         , 1),
    good("ten_megabyte_cell", table(changed(3, 2, Название=LONG))),
    good("ten_megabyte_quoted_cell", table(changed(3, 2, Название='"' + LONG + "\n" + LONG))),
    Bad("shape_five_thousand_columns.csv", table([[*row, *["x"] * (5000 - len(row))] for row in rows(3)], WIDE), "accept", 3, 3, "301.50", alone=True),
    good("one_row", table(rows(1)), 1),
    Bad("shape_header_only.csv", table([]), "accept", 0, 0),
    Bad("shape_header_only_no_end.csv", table([]).rstrip(), "accept", 0, 0),
    good("wrong_extension.xlsx", table(rows(3))),
    good("wrong_extension.json", table(rows(3))),
    part("short_row", lines(*LINES[:3], "3;Ромашка;Продажа", *LINES[4:6]), 5, 4),
    part("long_row", lines(*LINES[:3], LINES[3] + ";лишнее", *LINES[4:6]), 5, 4),
    part("cut_last_row", FIVE.encode()[:-60], 5, 4),
    part("unescaped_delimiter", FIVE.replace("2;Ромашка", "2;Ромашка;и ко").encode(), 5, 4),
    part("ragged_every_other", lines(*(line if at % 2 == 0 else line[:-12] for at, line in enumerate(LINES[:5]))), 4, 2),
    part("quoted_across_rows", lines(LINES[0], LINES[1], '2;"Ромашка;Продажа', LINES[3], '4;Ром"ашка;x', LINES[5]), 5, 3),
    bad("empty", b""),
    bad("spaces", b" \n\t\n  \n"),
    bad("only_bom", b"\xef\xbb\xbf"),
    bad("only_nul", b"\0" * 10_000),
    bad("one_column", b"a\nb\nc\n"),
    bad("no_heading", lines(*LINES[1:4])),
    bad("prose", "Здравствуйте, отправляю выгрузку; посмотрите, пожалуйста.\nС уважением, Пётр\n".encode()),
    bad("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20),
    bad("pdf", b"%PDF-1.7\n1 0 obj << >> endobj\n" * 50),
    bad("random", bytes((i * 7919 + (i * i) % 251) % 256 for i in range(20_000))),
    bad("jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(range(256)) * 9),
    bad("other_headings", b"foo;bar\n1;2\n"),
    Bad("shape_million_short_lines.csv", b"a;b\n" + b"1;\n" * 1_000_000, "reject"),
    Bad("shape_only_delimiters.csv", b";" * 3_000_000 + b"\n" + b";" * 3_000_000, "reject"),
    Bad("shape_only_quotes.csv", b'"' * 2_000_001, "reject"),
    Bad("shape_stray_quote_each_line.csv", table([[*ROW[:1], "труба 5x", *ROW[2:]]] * 1).replace("труба".encode(), '"труба'.encode())
        + b"".join(f'{n};"x {n};Продажа;Иванова;1,00;01.02.2026;;\n'.encode() for n in range(2, 3000)), "accept", 2999, 2999),
]  # fmt: skip
