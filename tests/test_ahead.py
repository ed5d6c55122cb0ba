"""While a reader reads, what they may ask next is counted: then it asks for nothing more, and no reader ever waits for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Thread

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest
from tiny_company import tiny_facts

from dashboard import access, ahead, remember
from dashboard.contents import DATA, PAGES
from dashboard.filters import Filter
from dashboard.i18n import LANGUAGES, Locale
from dashboard.periods import PRESETS
from dashboard.remember import OvertakenError, Shelf, counting_ahead, lately, remembered
from dashboard.ui import shell
from dashboard.ui.context import Context
from dashboard.ui.shell import FIRST_PERIOD
from dashboard.ui.turns import RUN_FOR, Turns
from dashboard.viewers import Viewer

APP = Path(__file__).parent.parent / "dashboard" / "app.py"


def never() -> bool:
    """Nobody stops the server."""
    return False


@pytest.fixture(name="turns")
def _turns(monkeypatch) -> Turns:
    turns = Turns(is_watched=True)
    for module in (ahead, shell):
        monkeypatch.setattr(module, "TURNS", turns)
    return turns


def opened(number: int = 0, **chosen: tuple[str, ...]) -> Context:
    facts = tiny_facts()
    filter = Filter(**chosen).with_preset(FIRST_PERIOD, facts.as_of_on)
    return Context(PAGES[number], Viewer(), Locale(LANGUAGES[0]), facts, filter, filter.to_query())


def test_what_comes_next_is_counted_already(monkeypatch, turns):
    here = opened()
    monkeypatch.setattr(access, "open_facts", lambda home, viewer=None: here.facts)
    turns.note(here)
    ahead.look_ahead(never)
    assert turns.asked is None

    def counted_again(*_):
        raise AssertionError("counted a second time")

    monkeypatch.setattr(Shelf, "put", counted_again)
    pages = [page for page in PAGES[1:] if page.section != DATA]
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["lang"] = here.locale.code
    for page, preset in [(PAGES[0], ahead.USUAL[1]), *((page, FIRST_PERIOD) for page in pages)]:
        app.query_params["period"] = preset
        (app if page == PAGES[0] else app.switch_page(str(page.path))).run()
        assert not app.exception, (page.file, preset, app.exception)
        assert app.title[0].value == here.locale.text(page.title)


def test_the_reader_s_filter_and_rights_stay(turns):
    here = replace(opened(1, managers=("Anna",)), viewer=Viewer("anna", "manager", manager="Anna"))
    listed = list(ahead.next_after(here))
    assert {one.filter.managers for one in listed} == {("Anna",)}
    assert {one.viewer for one in listed} == {replace(here.viewer, may_export=False)}
    assert [one.page.file for one in listed[: len(ahead.USUAL)]] == ["funnel"] * len(ahead.USUAL)
    assert {one.page.file for one in listed} == {
        page.file for page in PAGES if "manager" in page.roles and page.section != DATA
    }


def test_whoever_asks_comes_first(turns):
    here = opened()
    turns.note(here)
    with turns.answer():
        ahead.look_ahead(never)
        assert turns.asked is here
        assert not ahead.count(here, never)
    ahead.look_ahead(never)
    assert turns.asked is here  # the reader has only just got the page
    assert ahead.count(here, never)
    assert not ahead.count(replace(here, filter=Filter()), lambda: True)  # the server stops
    assert RUN_FOR.get() is None


def test_what_was_overtaken_is_begun_again(monkeypatch, turns):
    here, ran = opened(), []
    monkeypatch.setattr(ahead, "count", lambda one, _: bool(ran.append(one)) or len(ran) != 2)
    turns.note(here)
    ahead.look_ahead(never)
    assert (len(ran), turns.asked) == (2, here)
    ahead.look_ahead(never)
    assert ran[1] == ran[2]
    assert len(ran) == 1 + len(list(ahead.next_after(here)))
    assert turns.asked is None
    turns.note(here)
    ahead.look_ahead(never)
    assert len(ran) == 1 + len(list(ahead.next_after(here)))  # all of it is known


@pytest.mark.parametrize("text", ["1 / 0", "import streamlit as st; st.stop()", "import sys; sys.path[-10_000]"])
def test_a_page_with_a_fault_is_left_to_its_reader(tmp_path, monkeypatch, turns, text):
    page = tmp_path / "broken.py"
    page.write_text(text)
    monkeypatch.setattr(type(PAGES[0]), "path", page)
    assert ahead.count(opened(), never)


def test_rows_kept_for_a_reader_stay():
    facts = tiny_facts()
    mine = lately(facts, "mine", lambda: pl.DataFrame({"a": [1]}))
    made = []
    with counting_ahead(lambda: None):
        for _ in range(2):
            lately(facts, "other", lambda: made.append(1) or pl.DataFrame({"a": [2]}))
        assert lately(facts, "mine", lambda: pl.DataFrame({"a": [3]})) is mine
        assert remembered(facts, "kept", lambda: 5) == 5
    assert made == [1]
    assert list(remember._kept(facts).rows.things) == ["mine"]
    assert [thing for thing, _ in remember._kept(facts).answers.things.values()] == [5]


def test_other_threads_are_not_asked_to_give_way():
    facts, found = tiny_facts(), []

    def give_way() -> None:
        raise OvertakenError

    with counting_ahead(give_way):
        reader = Thread(target=lambda: found.append(remembered(facts, "mine", lambda: 1)))
        reader.start()
        reader.join()
        with pytest.raises(OvertakenError):
            remembered(facts, "ahead", lambda: 1)
    assert found == [1]


def test_the_usual_periods_are_those_of_the_filter_bar():
    assert set(ahead.USUAL) <= set(PRESETS)


def test_nothing_is_kept_where_nobody_counts_ahead():
    turns = Turns()
    turns.note(opened())
    assert turns.asked is None
