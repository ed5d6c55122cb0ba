"""A new snapshot is counted before readers come, and the overview of a usual period asks for nothing more."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from streamlit.testing.v1 import AppTest
from tiny_company import tiny_facts

from dashboard import access, warm
from dashboard.analyses import funnel
from dashboard.analyses.catalogue import ANALYSES
from dashboard.filters import Filter
from dashboard.periods import PRESETS, Period
from dashboard.ui import blocks, cards, filter_bar, overview_blocks
from pipelines.errors import HomeError

APP = Path(__file__).parent.parent / "dashboard" / "app.py"
COUNTED = (
    *((cards, name) for name in ("compare", "measure", "is_news")),
    *((overview_blocks, name) for name in ("measure", "check_split", "revenue_change")),
    *((blocks, "measure"), (funnel, "counted"), (filter_bar, "values_of")),
)


def test_the_overview_of_a_usual_period_is_counted_already(monkeypatch):
    facts = tiny_facts()
    monkeypatch.setattr(access, "open_facts", lambda home, viewer=None: facts)
    assert list(warm.warm(facts)) == list(warm.USUAL)

    def counted_again(*_, **__):
        raise AssertionError("counted a second time")

    for module, name in COUNTED:
        monkeypatch.setattr(module, name, counted_again)
    for preset in warm.USUAL[:2]:
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.query_params["period"] = preset
        app.run()
        assert not app.exception
        assert len(app.metric) == len(overview_blocks.NUMBERS)


def test_the_usual_periods_are_those_of_the_filter_bar():
    assert set(warm.USUAL) <= set(PRESETS)


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
