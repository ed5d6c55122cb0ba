"""No report tells a phone or a mail, wherever it stands in the data; what is counted is counted of the whole numbers."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_company import tiny_facts

from dashboard import access
from dashboard.access import Facts
from dashboard.analyses.answer import Answer
from dashboard.filters import Filter, Notice
from dashboard.i18n import Locale
from dashboard.periods import Period
from dashboard.reports.book import workbook
from dashboard.reports.contents import report
from dashboard.reports.hiding import discreet, masked, notes, without_contacts
from dashboard.reports.html import html, rendered
from dashboard.reports.kept import first_page
from dashboard.reports.model import Report
from dashboard.reports.tables import archive
from pipelines.schema.facts import FACTS
from pipelines.settings import find_home
from pipelines.thresholds import Note

PHONE, MAIL = " +7 916 555-12-34", " ivan@firm.example"
OURS = ("metric_name", "column_name", "before", "after")
"""Texts of facts that are words of ours."""


def hidden(texts: list[str | None]) -> list[str | None]:
    """Return what a report has in the place of texts."""
    return without_contacts(pl.DataFrame({"phone": pl.Series(texts, dtype=pl.String)}))["phone"].to_list()


def test_each_number_is_hidden() -> None:
    texts = ["+79001234567", "89001234568", "101", None, "+7 900 123-45-69", "790012345", "+79001234567"]
    assert hidden(texts) == ["•••67", "•••68", "101", None, "•••69", "790012345", "•••67"]
    assert hidden(["101", None]) == ["101", None]


@settings(max_examples=15)
@given(st.lists(st.none() | st.text("+7 0(-)\nа٣@.", max_size=14), max_size=5))
def test_a_number_is_hidden_as_it_would_be_alone(texts: list[str | None]) -> None:
    assert hidden(["+79001234567", *texts])[1:] == [None if one is None else masked(one) for one in texts]


def test_an_answer_hides_its_rows_and_its_sentences_and_keeps_its_numbers() -> None:
    frame = pl.DataFrame({"manager": [f"Иванов{PHONE}", "Иванов +7 916 555-99-34"], "won": [1, 2]})
    told = Notice("{count} deals of {who}", {"count": 89001234567, "who": f"Иванов{MAIL}"})
    answer = discreet(Answer(frame, (), "", 3, access.nothing_yet().as_of, sentences=(told,)))
    assert answer.frame.rows() == [("Иванов •••34", 1), ("Иванов •••34", 2)]
    assert answer.sentences[0].values == {"count": 89001234567, "who": "Иванов •••@•••"}


def with_contacts(facts: Facts) -> Facts:
    """Put a phone and a mail into every name of every fact, the same into the same name."""
    changed = {}
    for name, schema in FACTS.items():
        rows: pl.DataFrame = getattr(facts, name)
        texts = [one for one in schema.column_names() if rows.schema[one] == pl.String and not one.endswith("_id")]
        named = pl.col([one for one in texts if one not in OURS])
        changed[name] = rows.with_columns(pl.when(named != "").then(named + PHONE + MAIL).otherwise(named))
    on = Note(date(2026, 9, 15), "Новый скрипт" + PHONE, {"manager": (str(changed["deals"]["manager_name"][0]),)})
    return replace(facts, **changed, notes=(on,))


def texts_of(one: Report) -> dict[str, str]:
    """Return every file of a report as the text that is in it, by its name."""
    found = {"html": html(one).decode().partition("<main>")[2], "pdf": rendered(one, "paper.css")}
    for whole in (workbook(one), archive(one)):
        with zipfile.ZipFile(io.BytesIO(whole)) as packed:
            found |= {name: packed.read(name).decode(errors="ignore") for name in packed.namelist()}
            tables = [name for name in packed.namelist() if name.endswith(".parquet")]
            found |= {name: str(pl.read_parquet(packed.read(name)).rows()) for name in tables}
    return found | {"card and mail": str(first_page(one))}


@pytest.mark.parametrize("with_names", [True, False])
def test_a_report_of_names_that_hold_contacts_tells_none_in_any_file(demo_home: Path, with_names: bool) -> None:
    facts = with_contacts(access.open_facts(find_home(demo_home)))
    manager = str(facts.deals["manager_name"].drop_nulls()[0])
    filter = Filter(managers=(manager,), period=Period(date(2026, 10, 1), date(2026, 11, 1)))
    told = texts_of(
        report(facts, filter if with_names else replace(filter, managers=()), Locale("ru"), with_names=with_names)
    )
    assert not {name for name, text in told.items() if "555-12" in text or "ivan@" in text}
    assert "•••34" in told["html"]
    assert (manager.removesuffix(PHONE + MAIL) in told["html"]) is with_names


def test_large_amounts_are_no_numbers_of_phones() -> None:
    deals = tiny_facts().deals.with_columns(pl.col("amount") * 1_000_000)
    one = report(replace(tiny_facts(), deals=deals), Filter(), Locale("ru"))
    assert "•••" not in html(one).decode().partition("<main>")[2]


def test_notes_name_nobody_where_managers_have_codes() -> None:
    note = Note(date(2026, 9, 15), f"Иванов в отпуске{PHONE}", {"manager": ("Иванов",), "channel": ("Сайт",)})
    (told,) = notes([note], {"Иванов": "Менеджер 1"})
    assert told == Note(note.day, "Менеджер 1 в отпуске •••34", {"manager": ("Менеджер 1",), "channel": ("Сайт",)})
