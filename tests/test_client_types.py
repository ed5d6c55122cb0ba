"""Whether a deal is with a new or a repeat client: by hand, by a witness in SQL, and under every number and analysis."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from companies import companies, deals_of, facts_with, frame_of
from examples import examples
from hypothesis import given

from dashboard.access import Facts, Viewer, open_facts, seen_by
from dashboard.analyses.catalogue import ANALYSES
from dashboard.client_types import CLIENT_TYPES, OF_DEAL
from dashboard.exports.answers import heading, said
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from dashboard.metrics.unknown import why_unknown
from dashboard.periods import Period
from pipelines.schema.facts import Calls, Clients
from pipelines.settings import find_home

WITNESS = """
with wins as (
    select client_id, min(first_won_at) as first_at, count(*) > count(first_won_at) as has_undated
    from deals where outcome = 'won' and coalesce(is_sales, true) and client_id is not null group by client_id
)
select deal_id, case
    when client_id is null then null
    when client_id not in (select client_id from wins) then 'new'
    when created_at > (select first_at from wins w where w.client_id = d.client_id) then 'repeat'
    when (select has_undated from wins w where w.client_id = d.client_id) then null
    when created_at <= (select first_at from wins w where w.client_id = d.client_id) then 'new'
end from deals d
"""


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=UTC)


ROWS: tuple[dict[str, Any], ...] = (
    {"client_id": "A", "created_at": at(1), "outcome": "won", "first_won_at": at(5), "manager_name": "Анна"},
    {"client_id": "A", "created_at": at(4), "outcome": "lost", "manager_name": "Анна"},  # before the first win
    {"client_id": "A", "created_at": at(6), "outcome": "open", "manager_name": "Борис"},  # after it
    {"client_id": "B", "created_at": at(9), "outcome": "lost"},  # never bought
    {"client_id": None, "created_at": at(9), "outcome": "won", "first_won_at": at(9)},  # who pays is not told
    {"client_id": "A", "created_at": None, "outcome": "open"},  # when it began is not told
    {"client_id": "C", "created_at": at(1), "outcome": "won", "first_won_at": None},  # a win without a day
    {"client_id": "D", "created_at": at(1), "outcome": "won", "first_won_at": at(2), "is_sales": False},  # a lead
    {"client_id": "D", "created_at": at(3), "outcome": "open"},
)
TYPES = ["new", "new", "repeat", "new", None, None, None, "new", "new"]


def by_hand() -> Facts:
    return facts_with(deals_of(ROWS))


def test_a_deal_is_of_a_repeat_client_from_the_day_after_the_first_win() -> None:
    assert by_hand().deals["client_type"].to_list() == TYPES


def test_what_knows_its_deal_takes_the_type_from_it_and_a_client_has_that_of_today() -> None:
    calls = frame_of(Calls, [{"call_id": "1", "deal_id": "3"}, {"call_id": "2", "deal_id": None}])
    clients = frame_of(Clients, [{"client_id": "A", "first_won_on": date(2026, 3, 5)}, {"client_id": "B"}])
    facts = replace(facts_with(deals_of(ROWS)), calls=calls, clients=clients)
    assert facts.calls["client_type"].to_list() == ["repeat", None]
    assert facts.clients["client_type"].to_list() == ["repeat", "new"]


def test_a_manager_sees_the_type_that_the_whole_company_tells() -> None:
    own = seen_by(by_hand(), Viewer("b", "manager", manager="Борис"))
    assert own.deals["client_type"].to_list() == ["repeat"]


@examples(15)
@given(facts=companies(most_deals=12))
def test_a_witness_tells_the_same(facts: Facts) -> None:
    deals = facts.deals.with_columns(pl.col(pl.Enum).cast(pl.String))  # noqa: F841 read by DuckDB
    told = dict(duckdb.sql(WITNESS).fetchall())
    assert told == dict(facts.deals.select("deal_id", "client_type").rows())
    for name in OF_DEAL:
        assert "client_type" in getattr(facts, name).columns
    whole = measure(facts, [METRICS["leads"], METRICS["won"]], Filter()).row(0)
    parts = [
        measure(facts, [METRICS["leads"], METRICS["won"]], Filter(client_types=(word,))).row(0)
        for word in (*CLIENT_TYPES, "")
    ]
    assert whole == tuple(sum(part[at] for part in parts) for at in (0, 1))


@pytest.fixture(scope="module")
def demo(demo_home: Path) -> Facts:
    return open_facts(find_home(demo_home))


def test_every_number_knows_the_client_type_or_says_that_it_does_not(demo: Facts) -> None:
    chosen = Filter(client_types=("repeat",), period=Period(date(2026, 4, 1), date(2026, 7, 1)))
    values = measure(demo, METRICS.values(), chosen).row(0, named=True)
    silent = [name for name, value in values.items() if value is None]
    told = {notice.values["metric"]: notice for notice in why_unknown(demo, METRICS.values(), chosen, ())}
    untold = {"spend", "ad_clicks"} & set(METRICS)
    assert untold <= set(silent)
    assert all(METRICS[name].label in told for name in untold)
    assert values["won"] and values["calls_in"] is not None
    assert "в таком разрезе неизвестно (Тип клиента)" in said(told[METRICS["spend"].label], Locale("ru"))


@pytest.mark.parametrize("word", ["repeat", ""])
def test_every_analysis_answers_under_a_client_type(demo: Facts, word: str) -> None:
    chosen = Filter(client_types=(word,), period=Period(date(2026, 5, 1), date(2026, 6, 1)))
    for analysis in ANALYSES.values():
        answer = analysis.run(demo, chosen)
        assert answer.frame is not None, analysis.name


def test_the_type_is_a_word_of_the_reader() -> None:
    assert "Тип клиента: повторный клиент" in heading(by_hand(), Filter(client_types=("repeat",)), Locale("ru"))
