"""Whose a call is and what it was about: rows by hand through a real load, and a witness in DuckDB for the deal of a call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from core_tables import long_table
from crm_company import Company
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.call_deals import WORDS, Timeline, deal_of_calls
from pipelines.settings import Calls

WITNESS = Path(__file__).with_name("witness") / "core" / "deal_of_call.sql"
DEALS = """
Номер сделки,Этап,Сумма,Дата создания,Дата закрытия,Код клиента,Телефон,Итог
1,Новая,100,2026-01-10 10:00,,c1,8 916 000-00-01,
2,Оплачено,200,2026-01-05 10:00,2026-01-20 12:00,c2,+7 916 000 00 02,Успех
3,Новая,300,2026-01-12 10:00,,,89160000003,
"""
CALLS = """
Номер звонка,Начало звонка,Откуда,Куда,Направление,Разговор,Менеджер
a,2026-01-11 09:00,+79160000001,+74950000000,Входящий,60,Анна
b,2026-01-15 09:00,101,89160000002,,30,
c,2026-01-21 09:00,79160000002,+74950000000,Входящий,0,
d,2026-01-12 09:30,8 (916) 000-00-03,101,,5,Анна
e,2026-01-12 09:40,101,102,,5,
f,2026-01-12 09:50,anonymous,+74950000000,Входящий,0,
g,2026-01-12 09:55,+79160000021,+74950000000,Входящий,7,
h,2026-02-25 09:00,+79160000002,+74950000000,Входящий,7,
"""
SETTINGS = 'zone = "UTC"\n[extensions]\n"101" = "Борис"\n'


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path)
    company.home.settings_file.write_text(SETTINGS, encoding="utf-8")
    return company


def test_calls_by_hand(company: Company) -> None:
    facts = company.load(DEALS, CALLS)
    calls = {row["call_id"].removeprefix("voronka:"): row for row in long_table(company.home, "calls").to_dicts()}
    told = {
        key: (row["phone"], row["client_id"], row["deal_id"], row["joined_by"], row["direction"], row["manager_name"])
        for key, row in calls.items()
    }
    assert told == {
        "a": ("+79160000001", "c1", "1", "open_deal", "in", "Анна"),
        "b": ("+79160000002", "c2", "2", "open_deal", "out", "Борис"),
        "c": ("+79160000002", "c2", "2", "after_closing", "in", None),
        "d": ("+79160000003", "+79160000003", "3", "before_creation", "in", "Анна"),
        "e": (None, None, None, None, "internal", "Борис"),
        "f": (None, None, None, None, "in", None),
        "g": ("+79160000021", None, None, None, "in", None),
        "h": ("+79160000002", "c2", None, "client", "in", None),
    }
    joins = {row["join_name"]: row for row in facts.joins.to_dicts()}["calls.phone → clients"]
    assert (joins["matched"], joins["orphans"], joins["unused"]) == (5, 1, 0)
    orphan = facts.orphans.filter(pl.col("join_name") == "calls.phone → clients").to_dicts()[0]
    assert (orphan["value"], orphan["rows"]) == ("+79160000021", 1)
    aside = dict(facts.set_aside.filter(subject="calls").select("rule", "rows").rows())
    assert sorted(aside.values()) == [1, 1]
    assert facts.identities["holds"].all()


def test_a_number_with_one_wrong_figure_is_suggested(company: Company) -> None:
    near = {}
    for own in ("89160000003", "89160000023"):
        facts = company.load(DEALS.replace("89160000003", own), CALLS.replace("89160000003", own))
        near[own] = facts.orphans.filter(value="+79160000021")["suggestion"].item()
    # Of two that are as near, neither is suggested.
    assert near == {"89160000003": "+79160000001", "89160000023": None}


def test_without_a_direction_the_known_number_is_the_outside_one(company: Company) -> None:
    company.load(
        DEALS,
        "Номер звонка,Начало звонка,Откуда,Куда\n"
        "x,2026-01-11 09:00,+74950000000,+79160000001\n"
        "y,2026-01-11 09:10,+79160000001,+74950000000\n"
        "z,2026-01-11 09:20,+74950000000,+74950000009",
    )
    calls = long_table(company.home, "calls").sort("call_id").select("client_id", "direction").rows()
    assert calls == [("c1", "out"), ("c1", "in"), (None, None)]


def test_rows_of_one_call_are_one_call_and_are_counted(company: Company) -> None:
    more = "a,2026-01-11 09:01,+79160000001,101,Входящий,90,Вера\n"
    facts = company.load(DEALS, CALLS + more)
    calls = long_table(company.home, "calls").filter(call_id="voronka:a").to_dicts()
    assert [(row["talk_seconds"], row["manager_name"], row["deal_id"]) for row in calls] == [(90.0, "Анна", "1")]
    rules = dict(facts.set_aside.filter(subject="calls").select("rule", "rows").rows())
    assert rules["a further row of the same call"] == 1


def test_windows_are_the_settings(company: Company) -> None:
    text = SETTINGS + "[calls]\nhours_before_creation = 0.1\nhours_after_closing = 1000\n"
    company.home.settings_file.write_text(text, encoding="utf-8")
    company.load(DEALS, CALLS)
    calls = dict(long_table(company.home, "calls").select("call_id", "joined_by").rows())
    assert calls["voronka:d"] == "client"
    assert calls["voronka:h"] == "after_closing"


def test_changed_settings_count_again_when_the_same_files_are_loaded(company: Company) -> None:
    from pipelines.load import COUNTED_AGAIN, load

    path = company.folder / "calls.csv"
    path.write_text(CALLS.strip(), encoding="utf-8")
    company.load(DEALS)
    first = load([path], company.home)
    assert load([path], company.home).snapshot == first.snapshot
    company.home.settings_file.write_text(SETTINGS.replace("Борис", "Глеб"), encoding="utf-8")
    again = load([path], company.home)
    assert (again.message, again.snapshot > first.snapshot) == (COUNTED_AGAIN, True)
    assert "Глеб" in long_table(company.home, "calls")["manager_name"].to_list()


START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = st.integers(0, 12)  # few moments, so that calls fall on the very edges
DEAL = st.tuples(st.sampled_from(["a", "b"]), HOURS, st.one_of(st.none(), st.integers(-2, 8)))
CALL = st.tuples(st.one_of(st.none(), st.sampled_from(["a", "b", "z"])), HOURS)


def at(hours: int | None) -> datetime | None:
    return None if hours is None else START + timedelta(hours=hours)


@examples(200)
@given(
    deals=st.lists(DEAL, max_size=9),
    calls=st.lists(CALL, min_size=1, max_size=9),
    windows=st.sampled_from([(0, 0), (2, 2), (1, 5)]),
)
def test_the_witness_agrees_on_the_deal_of_every_call(deals: list[Any], calls: list[Any], windows: tuple[int, int]):
    moment = pl.Datetime("us", "UTC")
    of_deals = pl.DataFrame(
        [
            (str(n), who, at(made), None if open_ is None else at(made + open_))
            for n, (who, made, open_) in enumerate(deals)
        ],
        schema={"deal_id": pl.String, "client_id": pl.String, "created_at": moment, "closed_at": moment},
        orient="row",
    )
    of_calls = pl.DataFrame(
        [(n, who, at(when)) for n, (who, when) in enumerate(calls)],
        schema={"call_id": pl.Int64, "client_id": pl.String, "started_at": moment},
        orient="row",
    )
    timeline = Timeline.of(of_deals)
    placed = of_calls.join(timeline.places, on="client_id", how="left", maintain_order="left")
    before, after = windows
    found = deal_of_calls(placed, timeline, Calls(hours_before_creation=before, hours_after_closing=after))
    ours = {row["call_id"]: (row["deal_id"], row["joined_by"]) for row in found.to_dicts()}
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone='UTC'")
    connection.register("calls", of_calls)
    connection.register("deals", of_deals)
    said = connection.sql(WITNESS.read_text("utf-8"), params={"before": before, "after": after}).fetchall()
    known = {n: None if who is None else "client" for n, (who, _) in enumerate(calls)}
    assert ours == {call: (deal, WORDS[way] if way else known[call]) for call, deal, way in said}
