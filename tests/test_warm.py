"""A new snapshot is prepared before readers come, and its first page is taken as opened."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import pytest
from tiny_company import tiny_facts

from dashboard import access, warm
from dashboard.analyses import passages
from dashboard.analyses.catalogue import ANALYSES
from dashboard.contents import PAGES
from dashboard.filters import Filter
from dashboard.periods import Period
from dashboard.remember import is_prepared
from dashboard.ui.shell import FIRST_PERIOD
from dashboard.ui.turns import Turns
from pipelines.errors import HomeError


def test_a_new_snapshot_is_taken_as_if_its_first_page_were_open(monkeypatch):
    monkeypatch.setattr(warm, "TURNS", turns := Turns(is_watched=True))
    facts = tiny_facts()
    warm.warm(facts)
    assert is_prepared(facts, passages._places)
    assert turns.asked is not None
    assert (turns.asked.page, turns.asked.facts, turns.asked.filter.preset) == (PAGES[0], facts, FIRST_PERIOD)
    reader = turns.asked = replace(turns.asked, page=PAGES[3])
    warm.warm(facts)
    assert turns.asked is reader  # who reads comes first


def test_a_home_without_data_keeps_the_server_going(monkeypatch, tmp_path):
    monkeypatch.setenv("VORONKA_HOME", str(tmp_path))
    stopped = Event()
    stopped.set()
    warm.keep_warm(stopped)  # comes back

    def broken(*_):
        raise HomeError(
            "There is no data in {home} yet. Load an export first: voronka load FILE --home {home}", home=tmp_path
        )

    monkeypatch.setattr(warm, "current_snapshot", lambda home: tmp_path / "s000001.duckdb")
    monkeypatch.setattr(access, "open_facts", broken)
    warm.keep_warm(stopped)


@pytest.mark.parametrize("name", [name for name, one in ANALYSES.items() if one.is_state])
def test_a_state_is_the_same_whatever_the_period(name):
    facts = tiny_facts()
    last = facts.as_of_on
    chosen = (
        Filter(),
        Filter(period=Period(last.replace(day=1), None), compare="none"),
        Filter().with_preset("last_365_days", last),
    )
    answers = [ANALYSES[name].run(facts, one) for one in chosen]
    for other in answers[1:]:
        assert answers[0].frame.equals(other.frame)
        assert (answers[0].n, answers[0].sentences) == (other.n, other.sentences)
