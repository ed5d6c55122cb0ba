"""The calendar is what RFC 5545 asks for, holds what lies ahead and nothing else, and keeps its entries' ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from companies import AS_OF, deals_of, facts_with, frame_of
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.access import Facts, open_facts
from dashboard.exports.calendar import calendar, escaped, folded
from dashboard.filters import Filter
from dashboard.i18n import Locale
from pipelines.schema import activity
from pipelines.settings import Home

RU = Locale("ru")
TODAY = AS_OF.date()


@pytest.fixture
def company() -> Facts:
    def row(key: str, due: date, outcome: str = "not_due", **rest: object) -> dict[str, object]:
        return {
            "promise_id": key,
            "due_on": due,
            "outcome": outcome,
            "is_overtaken": False,
            "manager_name": "Иванова",
            **rest,
        }

    rows = [
        row("1", TODAY, promise_name="Позвонить; утром, да", client_name="Ромб\nBEGIN:VEVENT"),
        row("2", date(2026, 5, 1), manager_name="Петров"),
        row("3", date(2026, 3, 1)),
        row("4", date(2026, 4, 2), outcome="kept"),
    ]
    return replace(facts_with(deals_of([])), promises=frame_of(activity.Promises, rows))


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_only_what_lies_ahead_is_in_it(company: Facts) -> None:
    text, promises, purchases = calendar(company, Filter(), RU)
    lines = unfolded(text)
    assert (promises, purchases) == (2, 0)
    assert [one for one in lines if one.startswith("DTSTART")] == [
        "DTSTART;VALUE=DATE:20260331",
        "DTSTART;VALUE=DATE:20260501",
    ]
    assert "DTEND;VALUE=DATE:20260401" in lines and "DTSTAMP:20260331T200000Z" in lines
    assert r"SUMMARY:Обещано: Позвонить\; утром\, да — Ромб\nBEGIN:VEVENT" in lines
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") and text.endswith("END:VCALENDAR\r\n")


def test_an_entry_keeps_its_id_when_its_day_moves_and_the_file_its_bytes(company: Facts) -> None:
    def ids(facts: Facts) -> set[str]:
        return {one for one in unfolded(calendar(facts, Filter(), RU)[0]) if one.startswith("UID:")}

    moved = replace(company, promises=company.promises.with_columns(due_on=date(2026, 6, 1)))
    assert len(ids(company)) == 2 and ids(company) <= ids(moved)
    assert calendar(company, Filter(), RU) == calendar(company, Filter(), RU)


def test_the_filter_chooses_whose(company: Facts) -> None:
    assert calendar(company, Filter(managers=("Петров",)), RU)[1] == 1


def test_the_invented_company_has_both(demo_home) -> None:
    text, promises, purchases = calendar(open_facts(Home(demo_home)), Filter(), RU)
    assert promises > 50 and purchases > 100
    assert text.count("BEGIN:VEVENT") == promises + purchases
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@settings(max_examples=15)
@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_no_text_breaks_a_line_or_is_lost(text: str) -> None:
    line = folded(f"SUMMARY:{escaped(text)}")
    assert all(len(one.encode()) <= 75 for one in line.split("\r\n")) and line.endswith("\r\n")
    assert line.count("\r") == line.count("\n") == line.count("\r\n")
    plain = line.replace("\r\n ", "").removesuffix("\r\n").removeprefix("SUMMARY:")
    back = plain.replace("\\\\", "\0").replace("\\n", "\n").replace("\\;", ";").replace("\\,", ",").replace("\0", "\\")
    shown = text.replace("\r\n", "\n").replace("\r", "\n")
    assert back == "".join(one if one.isprintable() or one == "\n" else " " for one in shown)
