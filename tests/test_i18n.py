"""Every text a reader may see is in Russian, and numbers, money, shares and dates are written as Russians write them."""

from __future__ import annotations

import string
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import get_args

import pytest
from babel.messages.pofile import read_po
from babel.numbers import format_compact_decimal, format_decimal
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from words import ROOT
from words import texts as read_texts

from dashboard import i18n
from dashboard.i18n import Locale, catalogue, pick_locale
from dashboard.i18n.numbers import written
from dashboard.languages import LANGUAGES
from dashboard.metrics.registry import METRICS
from dashboard.periods import ALL_TIME, Period
from pipelines.mail import Recipient

RU, EN = Locale("ru"), Locale("en")
N = "\u00a0"
OTHERS = [code for code in LANGUAGES if code != "en"]


@cache
def texts():
    return tuple(read_texts())


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated(code):
    words = catalogue(code)
    known = {id_ for m in words if m.id for id_ in ([m.id] if isinstance(m.id, str) else m.id)}
    missing = {text: place for text, place in texts() if text not in known}
    listed = "\n".join(f"{place}: {text}" for text, place in missing.items())
    assert not missing, (
        f"dashboard/i18n/{code}.po lacks {len(missing)} texts; until then they are shown in English:\n{listed}"
    )


def test_every_metric_is_explained_in_russian():
    for metric in METRICS.values():
        assert RU.text(metric.label) != metric.label
        assert RU.text(metric.help) != metric.help


@pytest.mark.parametrize("code", OTHERS)
def test_the_catalogue_holds_nothing_that_no_code_says(code):
    said = {text for text, _ in texts()}
    words = catalogue(code)
    stale = [m.id for m in words if m.id and (m.id if isinstance(m.id, str) else m.id[0]) not in said]
    assert not stale, f"no code says these any more; take them out of dashboard/i18n/{code}.po: {stale}"


def test_a_language_is_its_file_and_what_is_untranslated_stays_english(tmp_path, monkeypatch):
    head = '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"'
    forms = 'msgid "{n} deal"\nmsgid_plural "{n} deals"\nmsgstr[0] "{n} vente"\nmsgstr[1] "{n} ventes"\n'
    text = f'msgid ""\nmsgstr ""\n{head}\n\nmsgid "Leads"\nmsgstr "Pistes"\n\n{forms}'
    (tmp_path / "eo.po").write_text(text, encoding="utf-8")
    monkeypatch.setattr(i18n, "WORDS", tmp_path)
    other = Locale("eo")
    assert [other.text("Leads"), other.text("Won"), other.plural("{n} deal", "{n} deals", 0)] == [
        "Pistes",
        "Won",
        "0 vente",
    ]
    assert other.plural("{n} deal", "{n} deals", 2) == "2 ventes"


def test_mail_is_written_in_every_language_there_is():
    assert {*get_args(Recipient.model_fields["lang"].annotation)} == {*LANGUAGES}, (
        "add it to Recipient.lang, pipelines/mail.py"
    )


@pytest.mark.parametrize("code", OTHERS)
def test_translations_hold_the_same_values_and_no_fuzzy_entry(code):
    with (ROOT / "dashboard" / "i18n" / f"{code}.po").open("rb") as file:
        words = read_po(file, locale=code)
    for message in words:
        if not message.id:
            continue
        assert not message.fuzzy
        ids = [message.id] if isinstance(message.id, str) else message.id
        forms = [message.string] if isinstance(message.string, str) else message.string
        wanted = {name for _, name, _, _ in string.Formatter().parse(ids[0]) if name}
        for form in forms:
            assert form, ids[0]
            assert {name for _, name, _, _ in string.Formatter().parse(form) if name} == wanted, ids[0]


@pytest.mark.parametrize(
    ("n", "written"),
    [
        (0, "0 сделок"),
        (1, "1 сделка"),
        (2, "2 сделки"),
        (5, "5 сделок"),
        (11, "11 сделок"),
        (14, "14 сделок"),
        (21, "21 сделка"),
        (112, "112 сделок"),
        (1003, f"1{N}003 сделки"),
    ],
)
def test_russian_has_three_plural_forms(n, written):
    assert RU.plural("{n} deal", "{n} deals", n) == written


def test_english_has_two_plural_forms():
    assert [EN.plural("{n} deal", "{n} deals", n) for n in (1, 2, 21)] == ["1 deal", "2 deals", "21 deals"]


def test_money():
    assert RU.money(1_234_567, "RUB") == f"1{N}234{N}567{N}₽"
    assert RU.money(Decimal("2360.91"), "USD") == f"2{N}361{N}$"
    assert RU.money(45.5, "RUB") == f"45,50{N}₽"
    assert RU.money(-1500, "RUB") == f"−1{N}500{N}₽"
    assert RU.money(15_517_214, "RUB", short=True) == f"15,5{N}млн{N}₽"
    assert RU.money(129_311, "RUB", short=True) == f"129{N}тыс.{N}₽"
    assert EN.money(1_234_567, "RUB") == "₽1,234,567"
    assert EN.money(Decimal(1117), "USD") == "$1,117"


def test_shares_and_changes():
    assert RU.share(0.4971) == f"49,7{N}%"
    assert EN.share(0.4971) == "49.7%"
    assert RU.points(-0.0123) == f"−1,2{N}п.{N}п."
    assert RU.change(0.123) == f"+12,3{N}%"
    assert RU.signed(-0.0001, 1) == "0,0"
    assert EN.signed(3) == "+3"


def test_days_and_dates():
    assert RU.days(14.4366) == f"14,4{N}дн."
    assert RU.days(57.0) == f"57{N}дн."
    assert RU.days(321.6) == f"322{N}дн."
    assert RU.date(date(2026, 3, 31)) == "31 мар. 2026"
    assert EN.date(date(2026, 3, 31)) == "31 Mar 2026"
    assert RU.month(date(2026, 3, 1)) == "март 2026"
    assert RU.moment(datetime(2026, 3, 31, 9, 5)) == "31 мар. 2026, 09:05"  # noqa: DTZ001


def test_periods_are_written_with_both_days_included():
    assert RU.period(Period(date(2026, 1, 1), date(2026, 4, 1))) == "1 янв. – 31 мар. 2026"
    assert RU.period(Period(date(2025, 12, 1), date(2026, 2, 1))) == "1 дек. 2025 – 31 янв. 2026"
    assert RU.period(Period(date(2026, 1, 1), date(2026, 1, 2))) == "1 янв. 2026"
    assert RU.period(Period(date(2026, 1, 1), None)) == "с 1 янв. 2026"
    assert RU.period(ALL_TIME) == "всё время"


def test_unknown_is_a_dash_and_never_a_zero():
    for write in (RU.number, RU.share, RU.days, RU.points, RU.change, RU.short):
        assert write(None) == "—"
        assert write(float("nan")) == "—"
    assert RU.money(None, "RUB") == "—"
    assert RU.value(None, "count") == "—"


def test_a_value_is_written_by_its_unit():
    assert RU.value(1234, "count") == f"1{N}234"
    assert RU.value(Decimal("1234.50"), "money", "RUB") == f"1{N}234{N}₽"
    assert RU.value(0.5, "share") == f"50,0{N}%"
    assert RU.value(3.25, "days") == f"3,2{N}дн."


def test_suggestions_inside_errors_are_translated():
    template = 'There is no metric "{name}". {hint}'
    assert RU.text(template, name="x", hint='Did you mean "won"?') == "Нет показателя «x». Возможно, «won»?"
    assert RU.text(template, name="x", hint="There are: a, b.") == "Нет показателя «x». Есть: a, b."


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("ru", "ru"),
        ("ru-RU", "ru"),
        ("en-US,en;q=0.9", "en"),
        ("de-DE,de;q=0.9,ru;q=0.8", "ru"),
        ("de-DE", "en"),
        ("kk-KZ", "ru"),
        ("", "en"),
        (None, "en"),
        ("ru_RU.UTF-8", "ru"),
        ("<script>", "en"),
    ],
)
def test_the_language_follows_the_browser(header, code):
    assert pick_locale(header).code == code


@given(
    x=st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9), st.decimals(-(10**9), 10**9, places=2)),
    digits=st.integers(0, 3),
    code=st.sampled_from(("ru", "en")),
)
@examples(60)
def test_a_number_is_written_as_babel_writes_it(x, digits, code):
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    assert written(x, digits, code) == format_decimal(x or 0, format=pattern, locale=code).replace("-", "−")


@given(
    x=st.one_of(st.floats(-1e13, 1e13), st.sampled_from((999_499.5, 999_500, 999_949_999.0, 999_950_000, 1_050_000)))
)
@examples(60)
def test_a_number_in_short_is_written_as_babel_writes_it(x):
    digits = 0 if 1000 <= abs(x) < 999_500 else 1
    plain = format_compact_decimal(x or 0, locale="ru", fraction_digits=digits).replace("-", "−")
    assert RU.short(x) == plain
