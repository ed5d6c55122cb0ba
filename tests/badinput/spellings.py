"""Money and days as people and systems spell them: read where there is one way to read them, set apart where there is none."""

from __future__ import annotations

from badinput.case import CALLS, HEADING, Bad, changed, rows, table

DAYS = ("01.02.2026 10:00", "05.02.2026 11:30")


def amount(name: str, text: str, value: str | None) -> Bad:
    """A table of three deals, the second with this amount; None: it is no amount."""
    content = table(changed(3, 2, Сумма=text))
    if value is None:
        return Bad(f"money_{name}.csv", content, "partial", 3, 2, "201.00")
    return Bad(f"money_{name}.csv", content, "accept", 3, 3, f"{201 + float(value):.2f}")


def column(name: str, *texts: str, total: str) -> Bad:
    """A table whose amounts are all of one spelling."""
    body = [
        [str(n), *row[1:4], text, *row[5:]] for n, (row, text) in enumerate(zip(rows(len(texts)), texts, strict=True))
    ]
    return Bad(f"money_column_{name}.csv", table(body), "accept", len(texts), len(texts), total)


def moment(name: str, text: str, *, good: bool, heading: str = "Дата создания") -> Bad:
    content = table(changed(3, 2, **{heading: text}))
    outcome, accepted = ("accept", 3) if good else ("partial", 2)
    return Bad(f"day_{name}.csv", content, outcome, 3, accepted, f"{100.5 * accepted:.2f}")


def flags(name: str, yes: str, no: str, *, good: bool = True) -> Bad:
    body = [["1", "1", "2", DAYS[0], "60", yes], ["2", "1", "2", DAYS[1], "0", no]]
    outcome, accepted = ("accept", 2) if good else ("reject", 0)
    return Bad(f"flag_{name}.csv", table(body, CALLS), outcome, 2, accepted, kind="calls")


def length(name: str, text: str, *, good: bool) -> Bad:
    body = [["1", "1", "2", DAYS[0], text, "Да"], ["2", "1", "2", DAYS[1], "0", "Нет"]]
    return Bad(f"length_{name}.csv", table(body, CALLS), "accept" if good else "partial", 2, 1 + good, kind="calls")


CASES = [
    amount("roubles_short", "1 200,50 р.", "1200.50"),
    amount("roubles_shorter", "1200,50 р", "1200.50"),
    amount("roubles_no_dot", "1200,50 руб", "1200.50"),
    amount("roubles_capitals", "1200,50 РУБ.", "1200.50"),
    amount("roubles_glued", "1200,50руб.", "1200.50"),
    amount("roubles_word", "1200 рублей", "1200"),
    amount("tenge_sign", "1200,50 ₸", "1200.50"),
    amount("tenge_word", "1200,50 тг", "1200.50"),
    amount("hryvnia", "1200,50 ₴", "1200.50"),
    amount("dollars_code", "1200,50 USD", "1200.50"),
    amount("code_first", "USD 1200,50", "1200.50"),
    amount("euro_first", "€1200,50", "1200.50"),
    amount("euro_last", "1200,50 €", "1200.50"),
    amount("belarusian", "1200,50 BYN", "1200.50"),
    amount("nbsp_before_sign", "1\u00a0200,50\u00a0₽", "1200.50"),
    amount("figure_space", "1\u2007200,50", "1200.50"),
    amount("wide_space", "1\u3000200,50", "1200.50"),
    amount("right_quote_thousands", "1’200,50", "1200.50"),
    amount("space_thousands_no_kopecks", "12 345 678", "12345678"),
    amount("plus", "+50,00", "50"),
    amount("minus_after", "50,00-", "-50"),
    amount("minus_and_space", "- 50,00", "-50"),
    amount("dash", "–50,00", "-50"),
    amount("unicode_minus_thousands", "−1 234,5", "-1234.50"),
    amount("accountant_thousands", "(1 234)", "-1234"),
    amount("accountant_roubles", "(1 234,50 ₽)", "-1234.50"),
    amount("one_digit", "0,5", "0.50"),
    amount("three_digits", "100,505", "100.51"),
    amount("no_whole_part", ",50", "0.50"),
    amount("comma_at_end", "100,", "100"),
    amount("leading_zeros", "000100,50", "100.50"),
    amount("excel_power", "1,5E+06", None),
    amount("quoted_twice", '"100,50"', None),
    amount("percent", "12%", None),
    amount("millions", "1,5 млн", None),
    amount("thousands_word", "5 тыс.", None),
    amount("thousands_k", "5k", None),
    amount("range", "100-200", None),
    amount("two_amounts", "100,50 / 200", None),
    amount("two_amounts_spaced", "100,50 200,50", None),
    amount("sum", "=100+50", None),
    amount("formula_error", "#ЗНАЧ!", None),
    amount("hashes", "########", None),
    amount("about", "~100", None),
    amount("less", "<100", None),
    amount("two_minuses", "--50", None),
    amount("letters_inside", "1O0,50", None),
    amount("arabic_digits", "١٠٠", None),
    amount("wide_digits", "１００", None),
    amount("a_day", "01.02.2026", None),
    amount("a_phone", "+7 (916) 123-45-67", None),
    amount("eighteen_nines", "9" * 18, None),
    amount("thousand_digits", "9" * 1000, None),
    column("comma_thousands", "1,234,567", "2,000", "10.50", total="1236577.50"),
    column("dot_thousands", "1.234.567", "2.000", "10,50", total="1236577.50"),
    column("apostrophe_thousands", "1'234'567", "2'000", "10.50", total="1236577.50"),
    column("space_thousands_and_dot", "1 234 567.00", "2 000.00", "10.50", total="1236577.50"),
    column("signs_of_money", "1 234 567,00 ₽", "2 000,00 $", "10,50 €", total="1236577.50"),
    moment("iso_t", "2026-02-01T10:00:00", good=True),
    moment("iso_thousandths", "2026-02-01T10:00:00.123", good=True),
    moment("iso_millionths_zone", "2026-02-01T10:00:00.123456+03:00", good=True),
    moment("iso_zone_no_colon", "2026-02-01T10:00:00+0300", good=True),
    moment("iso_space_zone", "2026-02-01 10:00:00+03:00", good=True),
    moment("iso_space_zone_apart", "2026-02-01 10:00:00 +0300", good=True),
    moment("iso_utc_word", "2026-02-01 10:00:00 UTC", good=True),
    moment("iso_minutes", "2026-02-01 10:00", good=True),
    moment("browser_comma", "01.02.2026, 10:00:00", good=True),
    moment("browser_comma_minutes", "01.02.2026, 10:00", good=True),
    moment("dots_and_t", "01.02.2026T10:00:00", good=False),
    moment("one_digit_hour", "01.02.2026 9:05", good=True),
    moment("one_digit_day", "1.2.2026", good=True),
    moment("two_spaces", "01.02.2026  10:00", good=True),
    moment("nbsp", "01.02.2026\u00a010:00", good=True),
    moment("year_mark", "01.02.2026 г.", good=True),
    moment("year_first_dots", "2026.02.01", good=True),
    moment("year_first_slashes", "2026/02/01 10:00:00", good=True),
    moment("month_word", "1 февраля 2026", good=True),
    moment("month_word_year_mark", "1 февраля 2026 г. 10:00", good=True),
    moment("month_short", "01 фев 2026", good=True),
    moment("month_short_dashes", "01-фев-2026", good=True),
    moment("month_english", "1 Feb 2026", good=True),
    moment("month_english_first", "Feb 1, 2026", good=True),
    moment("month_english_long", "February 1, 2026 10:00", good=True),
    moment("mail_date", "Sun, 01 Feb 2026 10:00:00 +0300", good=True),
    moment("javascript", "Sun Feb 01 2026 10:00:00 GMT+0300", good=False),
    moment("dashes", "01-02-2026", good=False),
    moment("compact", "20260201", good=False),
    moment("epoch_thousandths", "1769904000000", good=False),
    moment("epoch_millionths", "1769904000000000", good=False),
    moment("excel_serial_fraction", "46054,4166666667", good=False),
    moment("month_13_iso", "2026-13-01", good=False),
    moment("day_zero", "00.02.2026", good=False),
    moment("day_32", "32.01.2026", good=False),
    moment("april_31", "31.04.2026", good=False),
    moment("hour_24", "01.02.2026 24:00", good=False),
    moment("minute_60", "01.02.2026 10:60", good=False),
    moment("time_only", "10:00", good=False),
    moment("year_only", "2026", good=False),
    moment("month_only", "02.2026", good=False),
    moment("quarter", "I кв. 2026", good=False),
    moment("week", "2026-W05", good=False),
    moment("year_20026", "01.02.20026", good=False),
    moment("year_226", "01.02.226", good=False),
    moment("today", "сегодня", good=False),
    moment("february_word_31", "31 февраля 2026", good=False),
    moment("two_days", "01.02.2026-05.02.2026", good=False),
    moment("hashes", "########", good=False),
    moment("zero", "0", good=False),
    moment("empty_created", "", good=True),
    moment("dash", "—", good=True),
    moment("closed_word", "не закрыта", good=False, heading="Дата закрытия"),
    moment("closed_zero", "00.00.0000", good=True, heading="Дата закрытия"),
    moment("closed_zero_time", "00.00.0000 00:00:00", good=True, heading="Дата закрытия"),
    moment("closed_year_1900", "01.01.1900", good=True, heading="Дата закрытия"),
    Bad("day_two_spellings_in_a_column.csv", table([[str(n), *row[1:5], day, *row[6:]] for n, (row, day) in enumerate(zip(rows(4), ("01.02.2026", "2026-02-02", "03.02.2026 10:00", "2026-02-04T10:00:00Z"), strict=True))]), "accept", 4, 4, "402.00"),
    Bad("day_all_american.csv", table(rows(3, **{"Дата создания": "02/13/2026", "Дата закрытия": "02/14/2026"})), "reject", 3, 0),
    flags("russian_formula", "ИСТИНА", "ЛОЖЬ"),
    flags("english_formula", "TRUE", "FALSE"),
    flags("figures", "1", "0"),
    flags("small_words", "да", "нет"),
    flags("letters", "Y", "N"),
    flags("plus", "+", "-"),
    flags("words", "не знаю", "кто-то", good=False),
    length("clock", "1:02:03", good=True),
    length("minutes", "2:03", good=True),
    length("seconds_comma", "60,5", good=True),
    length("long_clock", "25:00:00", good=True),
    length("seconds_word", "60 сек", good=False),
    length("minutes_word", "2 мин 5 сек", good=False),
    length("word", "долго", good=False),
    Bad("text_of_32_kilobytes.csv", table(changed(3, 2, Название="ж" * 33_000)), "accept", 3, 3, "301.50"),
    Bad("text_combining.csv", table(changed(3, 2, Название="Z̷̢̛͉a̶l̴g̵o̶" * 50)), "accept", 3, 3, "301.50"),
    Bad("text_only_zero_width.csv", table(changed(3, 2, Ответственный="\u200b\u200b")), "accept", 3, 3, "301.50"),
    Bad("text_ids_like_powers.csv", table([[one, *row[1:]] for one, row in zip(("1,23457E+11", "1E5", "0x1F"), rows(3), strict=True)]), "accept", 3, 3, "301.50"),
    Bad("text_id_spaces_only.csv", table(changed(3, 2, ID="   ")), "partial", 3, 2, "201.00"),
    Bad("text_id_nbsp_only.csv", table(changed(3, 2, ID="\u00a0")), "partial", 3, 2, "201.00"),
    Bad("text_ids_differ_by_case.csv", table([[one, *row[1:]] for one, row in zip(("ab-1", "AB-1", "ab-2"), rows(3), strict=True)]), "accept", 3, 3, "301.50"),
    Bad("text_heading_as_value.csv", table([*rows(2), [*HEADING[:7], "x"]]), "partial", 3, 2, "201.00"),
]  # fmt: skip
