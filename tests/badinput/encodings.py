"""Text in every encoding that exports come in, and in broken ones."""

from __future__ import annotations

import codecs

from badinput.case import Bad, changed, rows, table

THREE = rows(3)
PLAIN = table(THREE).decode()


def good(name: str, content: bytes, count: int = 3) -> Bad:
    return Bad(f"enc_{name}.csv", content, "accept", count, count, f"{100.5 * count:.2f}")


CASES = [
    good("utf8", table(THREE)),
    good("utf8_bom", codecs.BOM_UTF8 + table(THREE)),
    good("utf8_two_boms", codecs.BOM_UTF8 * 2 + table(THREE)),
    good("utf16_bom", table(THREE, encoding="utf-16")),
    good("utf16be_bom", codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be")),
    good("utf16le_no_bom", PLAIN.encode("utf-16-le")),
    good("utf16be_no_bom", PLAIN.encode("utf-16-be")),
    good("utf16_odd_byte", table(THREE, encoding="utf-16") + b"\n"),
    good("utf32_bom", PLAIN.encode("utf-32")),
    good("cp1251", table(THREE, encoding="cp1251")),
    good("cp1251_tab", table(THREE, encoding="cp1251", delimiter="\t")),
    good("cp866", table(THREE, encoding="cp866")),
    good("koi8r", table(THREE, encoding="koi8-r")),
    good("cp1252_western", table(rows(3, Название="Café Zoë", Источник="Hôtel"), ("ID", "Name", "Stage", "Manager", "Amount", "Created", "Closed", "Source")).decode().replace("Иванова Анна", "Anna").replace("Продажа", "Won").encode("cp1252")),
    good("invalid_bytes", table(rows(20)).replace("Сайт".encode(), "Сай".encode() + b"\xd1", 1), 20),
    good("bom_in_the_middle", codecs.BOM_UTF8 + table(rows(2)) + codecs.BOM_UTF8 + table([[*changed(1, 1, ID="3")[0]]])),
    good("nul_in_cells", table(changed(3, 2, Название="Ром\0ашка"))),
    good("nul_tail", table(THREE) + b"\0" * 4096),
    good("ctrl_z_tail", table(THREE) + b"\x1a"),
    good("cp1251_mostly_ascii", table(rows(3, Название="ABC", Источник="web"), encoding="cp1251")),
    good("emoji", table(rows(3, Название="🔥 скидка"))),
    good("nfd", table(rows(3, Ответственный="Андрей".replace("й", "и\u0306")))),
    good("crlf", table(THREE, end="\r\n")),
    good("cr_only", table(THREE, end="\r")),
    good("cr_only_lf_tail", table(THREE, end="\r").rstrip(b"\r") + b"\n"),
    good("cr_cr_lf", table(THREE, end="\r\r\n")),
]  # fmt: skip
