"""Cells that are wrong, or look wrong and are right."""

from __future__ import annotations

from badinput.case import CALLS, HEADING, Bad, changed, rows, table


def amount(name: str, text: str, value: str | None) -> Bad:
    """A table of three deals, the second with this amount; None: it is no amount."""
    content = table(changed(3, 2, Сумма=text))
    if value is None:
        return Bad(f"val_amount_{name}.csv", content, "partial", 3, 2, "201.00")
    return Bad(f"val_amount_{name}.csv", content, "accept", 3, 3, f"{201 + float(value):.2f}")


def moment(name: str, text: str, *, good: bool, heading: str = "Дата создания") -> Bad:
    content = table(changed(3, 2, **{heading: text}))
    outcome, accepted = ("accept", 3) if good else ("partial", 2)
    return Bad(f"val_date_{name}.csv", content, outcome, 3, accepted, f"{100.5 * accepted:.2f}")


def good(name: str, body: list[list[str]], total: str | None = None) -> Bad:
    return Bad(f"val_{name}.csv", table(body), "accept", len(body), len(body), total)


EMPTIES = [
    "",
    "-",
    "—",
    "–",
    "null",
    "NULL",
    "None",
    "nan",
    "NaN",
    "n/a",
    "N/A",
    "#N/A",
    "не указано",
    "не указан",
    "(пусто)",
]
PHONES = [[str(n), phone, "84950000000", "01.02.2026 10:00", "60", "Да"]
          for n, phone in enumerate(("7,9E+10", "+7 (916) 123-45-67", "89161234567", "доб. 12", "", "аноним"))]  # fmt: skip

CASES = [
    amount("nan", "NaN", "0"),
    amount("infinity", "Infinity", None),
    amount("inf", "inf", None),
    amount("huge_exponent", "1e400", None),
    amount("hex", "0x10", None),
    amount("word", "договорная", None),
    amount("question", "?", None),
    amount("two_commas", "1,2,3", None),
    amount("dot_decimal_two", "1200.50", "1200.50"),
    amount("space_thousands", "1 200,50", "1200.50"),
    amount("nbsp_thousands", "1\u00a0200,50", "1200.50"),
    amount("narrow_nbsp_thousands", "1\u202f200,50", "1200.50"),
    amount("thin_space_thousands", "1\u2009200,50", "1200.50"),
    amount("apostrophe_thousands", "1'200,50", "1200.50"),
    amount("dot_thousands", "1.200,50", "1200.50"),
    amount("dot_thousands_millions", "1.200.000,00", "1200000"),
    amount("rouble_sign", "1200,50 ₽", "1200.50"),
    amount("rub_word", "1200,50 руб.", "1200.50"),
    amount("dollar_first", "$1200,50", "1200.50"),
    amount("bitrix_pipe", "1200,50|RUB", "1200.50"),
    amount("minus", "-50,00", "-50"),
    amount("minus_sign", "−50,00", "-50"),
    amount("accountant", "(50,00)", "-50"),
    amount("negative_zero", "-0,00", "0"),
    amount("nineteen_digits", "1234567890123456789", None),
    amount("empty", "", "0"),
    amount("zero_width", "10\u200b0,00", "100"),
    Bad("val_amount_comma_and_dot.csv", table(changed(3, 2, Сумма="1,200.50")), "partial", 3, 2, "201.00"),
    Bad("val_amount_ambiguous_column.csv", table(rows(3, Сумма="1.200")), "reject", 3, 0),
    Bad("val_amount_comma_thousands.csv", table([[*row[:4], "1,200.50", *row[5:]] for row in rows(3)]), "accept", 3, 3, "3601.50"),
    moment("iso", "2026-02-01", good=True),
    moment("iso_time", "2026-02-01 10:00:00", good=True),
    moment("iso_offset", "2026-02-01T10:00:00+03:00", good=True),
    moment("iso_zulu", "2026-02-01T10:00:00Z", good=True),
    moment("minutes", "01.02.2026 10:00", good=True),
    moment("spaces", "  01.02.2026  ", good=True),
    moment("zero_1c", "01.01.0001 0:00:00", good=True),
    moment("zero_mysql", "0000-00-00 00:00:00", good=True),
    moment("not_a_day", "31.02.2026", good=False),
    moment("not_a_leap_day", "29.02.2025", good=False),
    moment("month_13", "01.13.2026", good=False),
    moment("hour_25", "01.02.2026 25:00", good=False),
    moment("american", "02/13/2026", good=False),
    moment("slashes", "01/02/2026", good=False),
    moment("excel_serial", "46054", good=False),
    moment("epoch", "1769904000", good=False),
    moment("word", "вчера", good=False),
    moment("text_around", "до 01.02.2026", good=False),
    moment("two_digit_year", "01.02.26", good=False),
    moment("closed_before_created", "01.01.2020", good=True, heading="Дата закрытия"),
    moment("future", "01.02.2099", good=True),
    good("ids_19_digits", [[f"123456789012345678{n}", *row[1:]] for n, row in enumerate(rows(3))], "301.50"),
    good("ids_leading_zeros", [[f"00{n}", *row[1:]] for n, row in enumerate(rows(3))], "301.50"),
    good("ids_differ_by_zeros", [[f"{'0' * n}7", *row[1:]] for n, row in enumerate(rows(3))], "301.50"),
    good("empties", [[str(n), *row[1:3], empty, *row[4:7], empty] for n, (row, empty) in enumerate(zip(rows(15), EMPTIES, strict=True))], "1507.50"),
    good("empty_amounts", [[str(n), *row[1:4], empty, *row[5:]] for n, (row, empty) in enumerate(zip(rows(15), EMPTIES, strict=True))], "0.00"),
    good("yo", [*rows(1), *changed(2, 2, Ответственный="Алёна")[1:]]),
    good("zero_width_name", rows(2, Ответственный="Ива\u200bнова")),
    Bad("val_missing_id.csv", table(changed(3, 2, ID="")), "partial", 3, 2, "201.00"),
    Bad("val_exact_repeat.csv", table([*rows(3), rows(3)[1]]), "accept", 4, 3, "301.50"),
    Bad("val_same_key_other_row.csv", table([*rows(3), changed(3, 2, Сумма="7,00")[1]]), "partial", 4, 3, "208.00"),
    Bad("val_all_wrong.csv", table(rows(3, Сумма="?")), "reject", 3, 0),
    Bad("val_summer_time_gap.csv", table(changed(3, 2, **{"Дата создания": "27.03.2011 02:30"})), "partial", 3, 2, "201.00"),
    Bad("val_phones.csv", table(PHONES, CALLS), "accept", 6, 6, kind="calls"),
    Bad("val_call_lengths.csv", table([["1", "1", "2", "01.02.2026 10:00", "00:01:05", "Да"], ["2", "1", "2", "01.02.2026 10:01", "1:05", "Нет"],
                                      ["3", "1", "2", "01.02.2026 10:02", "долго", "Да"]], CALLS), "partial", 3, 2, kind="calls"),
    Bad("val_currencies.csv", table([[*row, code] for row, code in zip(rows(3), ("RUB", "USD", ""), strict=True)], [*HEADING, "Валюта"]), "accept", 3, 3, "301.50"),
]  # fmt: skip
