"""Numbers inside the sentences of answers are written by the reader's language, at one place."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dashboard.access import open_facts
from dashboard.analyses.catalogue import CATALOGUE
from dashboard.exports.answers import said
from dashboard.filters import Filter, Notice
from dashboard.i18n import Locale, Told
from dashboard.periods import Period
from pipelines.schema.facts import FACTS
from pipelines.settings import find_home

RU, EN = Locale("ru"), Locale("en")
DOTTED = re.compile(r"\d,\d{3},|\d\.\d|\d%")
OF_SETTINGS = re.compile(r"\[\[?\w+\]?\]|\b(day|text|only|p|settings|toml|cards_a_day)\b")


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        (1234, "1 234", "1,234"),
        (Told(0.214, digits=2), "0,21", "0.21"),
        (Told(0.456, "share"), "46 %", "46%"),
        (Told(Decimal("367380800"), "money", currency="RUB"), "367 380 800 ₽", "₽367,380,800"),
        (Told(None, digits=2), "—", "—"),
        (date(2026, 3, 31), "31 мар. 2026", "31 Mar 2026"),
        ("1.5 т", "1.5 т", "1.5 т"),  # a name from data stays as it is
        (Told("promised", "word"), "обещано", "promised"),
    ],
)
def test_a_value_is_written_by_its_kind(value: object, russian: str, english: str) -> None:
    notice = Notice("{x}", {"x": value})
    assert notice.said(RU).replace("\u00a0", " ") == russian
    assert str(notice) == english


def test_every_sentence_of_the_invented_company_is_russian_to_the_last_decimal(demo_home: Path) -> None:
    facts = open_facts(find_home(demo_home))
    filter = Filter(period=Period(date(2026, 4, 1), date(2026, 7, 1)))
    told = [said(one, RU) for analysis in CATALOGUE for one in analysis.run(facts, filter).sentences]
    names = {str(name) for name in facts.deals["campaign_name"].drop_nulls().unique()}
    assert len(told) > 20
    assert [one for one in told if DOTTED.search(one)] == []
    left = [re.sub("|".join(map(re.escape, sorted(names, key=len, reverse=True))), "", one) for one in told]
    assert [one for one in left if re.search("[a-z]{3}", OF_SETTINGS.sub("", one))] == []


def test_so_is_every_sentence_where_the_exports_hold_deals_alone(demo_home: Path) -> None:
    facts = open_facts(find_home(demo_home))
    poor = replace(facts, **{name: getattr(facts, name).clear() for name in FACTS if name not in ("deals", "stages")})
    told = [said(one, RU) for analysis in CATALOGUE for one in analysis.run(poor, Filter()).sentences]
    assert len(told) > 20
    assert [one for one in told if "Told(" in one or re.search("[a-z]{3}", OF_SETTINGS.sub("", one))] == []
