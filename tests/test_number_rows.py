"""What a reader sees behind a number: as many rows as it counts, written as people write them, and nothing he may not see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from test_rows_behind import ADDED_UP, NO_COUNT_OF_ROWS

from dashboard import access
from dashboard.access import Facts, Viewer, seen_by
from dashboard.analyses.answer import Column
from dashboard.contents import PAGES
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.measure import measure, rows_behind
from dashboard.metrics.model import Unit
from dashboard.metrics.registry import METRICS
from dashboard.ui import answers, deal_list, number_rows
from dashboard.ui.context import Context
from dashboard.ui.row_columns import ALIKE, BESIDE, LISTINGS, is_told
from pipelines.settings import find_home

SIMPLE = [metric for metric in METRICS.values() if not metric.parts]
Tables = dict[str, pl.DataFrame]


@pytest.fixture
def rows_for(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Viewer], Tables]:
    """Open the rows of every number of the demo as somebody sees them; give the tables and files of each."""

    def opened(viewer: Viewer) -> Tables:
        facts = seen_by(access.open_facts(find_home(demo_home)), viewer)
        here = Context(PAGES[0], viewer, Locale("ru"), facts, Filter(), {})
        found: Tables = {}

        def table(here: Context, frame: pl.DataFrame, columns: Sequence[Column], key: str) -> None:
            found[key.removeprefix("rows_").removesuffix("-rows")] = answers.cells(here, frame, columns)

        def deals(here: Context, frame: pl.DataFrame, more: Sequence[Column], key: str) -> None:
            found[key.removeprefix("deals_")] = deal_list.listed(here, frame, more)

        monkeypatch.setattr(number_rows.answers, "table", table)
        monkeypatch.setattr(number_rows, "show_deals", deals)
        monkeypatch.setattr(number_rows.st, "caption", lambda text: None)
        monkeypatch.setattr(number_rows.st, "markdown", lambda text: None)
        monkeypatch.setattr(number_rows.blocks, "download", lambda *given, **more: None)
        for metric in SIMPLE:
            if is_told(facts, metric):
                number_rows.show(here, metric)
        return found

    return opened


def test_every_number_opens_as_many_rows_as_it_counts_in_words_of_the_reader(
    rows_for: Callable[[Viewer], Tables], demo_home: Path
) -> None:
    shown, facts = rows_for(Viewer()), access.open_facts(find_home(demo_home))
    for metric in SIMPLE:
        behind = rows_behind(facts, metric, Filter()).height
        assert (metric.name in shown) == (behind > 0 and is_told(facts, metric)), metric.name
        if metric.name not in shown:
            continue
        assert shown[metric.name].height == min(behind, number_rows.MOST), metric.name
        value = measure(facts, [metric], Filter()).item()
        if metric.unit == Unit.COUNT and value is not None and metric.name not in {*ADDED_UP, *NO_COUNT_OF_ROWS}:
            assert behind == value, metric.name
    # States are written in words of the reader.
    assert set(shown["promises"]["outcome"]) <= {
        "выполнено в срок",
        "выполнено с опозданием",
        "забыто",
        "срок не наступил",
    }
    assert set(shown["touches"]["kind"]) <= {"разговор", "встреча", "письмо", "другое касание"}
    assert set(shown["calls"]["direction"]) <= {"входящий", "исходящий", "внутренний"}
    assert set(shown["new_clients"]["state"]) == {"первая покупка"}
    assert set(shown["win_rate"]["is_counted"]) == {"да", "нет"}
    assert "остальная команда" not in set(shown["promises"]["manager_name"])


def test_a_marketer_opens_the_rows_without_a_name_or_a_number(rows_for: Callable[[Viewer], Tables]) -> None:
    """Nor what was promised or written of a contact, which may name the client."""
    shown = rows_for(Viewer("ads", "marketer", may_export=True))
    for name, table in shown.items():
        assert not {"client_name", "phone", "deal_name", "promise_name"} & set(table.columns), name
        if "result" in table.columns:
            assert set(table["result"]) <= {"…", "не указано", "None"}


def test_a_manager_opens_own_rows_alone(rows_for: Callable[[Viewer], Tables], demo_home: Path) -> None:
    facts: Facts = access.open_facts(find_home(demo_home))
    name = facts.deals["manager_name"].drop_nulls()[0]
    shown = rows_for(Viewer("a", "manager", manager=name))
    for metric, table in shown.items():
        if "manager_name" in table.columns:
            assert set(table["manager_name"]) <= {name}, metric


def test_the_words_of_a_cell_open_with_the_value_of_the_cell(demo_home: Path) -> None:
    facts = access.open_facts(find_home(demo_home))
    here = Context(PAGES[0], Viewer(), Locale("ru"), facts, Filter(), {})
    name = facts.deals["manager_name"].drop_nulls()[0]
    for metric in ("talk_minutes", "paid", "plan_attainment", "spend"):
        cell = number_rows.value_of(here, METRICS[metric], {"manager_name": name})
        narrowed = replace(here, filter=Filter(managers=(name,)))
        assert cell == (pytest.approx(number_rows.value_of(narrowed, METRICS[metric], None)) if cell else None), metric


def test_columns_are_given_to_metrics_and_facts_that_there_are():
    assert {*BESIDE, *ALIKE} <= METRICS.keys()
    assert set(ALIKE.values()) <= BESIDE.keys()
    told = {metric.fact for metric in METRICS.values()} | {
        "plan_months_won"
    }  # plans of deals are read as numbers, not as money
    assert told >= LISTINGS.keys()
