"""Nobody sees rows that are not theirs: not in a fact, not in a number, not in an option of a filter."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import polars as pl
import pytest
from homes import put

from dashboard.access import Facts, open_facts, seen_by
from dashboard.contents import pages_for
from dashboard.filters import Filter
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from dashboard.viewers import Viewer, viewer_of
from pipelines.errors import SettingsError
from pipelines.load import load
from pipelines.persons import Role
from pipelines.schema.facts import FACTS
from pipelines.settings import Home, find_home

SETTINGS = """
[server]
identity_header = "X-Forwarded-User"
[[person]]
login = "boss@firm"
role = "head"
[[person]]
login = "Anna@firm"
manager = "Анна"
[[person]]
login = "ads@firm"
role = "marketer"
may_export = true
"""
DEALS = """№;Клиент;Менеджер;Статус;Сумма;Дата создания;Дата закрытия
1;Ромб;Анна;Продажа;100;02.02.2026;05.02.2026
2;Куб;Борис;Продажа;300;03.02.2026;28.02.2026
3;Шар;;В работе;50;03.02.2026;
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.path.mkdir()
    home.settings_file.write_text(SETTINGS, encoding="utf-8")
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    return home


def asked(home: Home, login: str, header: str = "x-forwarded-user") -> Viewer | None:
    return viewer_of(home, {header: login})


def test_the_header_says_who_looks_and_a_stranger_is_nobody(home: Home) -> None:
    assert asked(home, "boss@firm") == Viewer("boss@firm", "head", may_export=True)
    assert asked(home, "ANNA@FIRM") == Viewer("Anna@firm", "manager", "Анна", may_export=False)
    assert asked(home, "ads@firm") == Viewer("ads@firm", "marketer", may_export=True)
    assert asked(home, "stranger@firm") is None
    assert asked(home, "") is None
    assert asked(home, "boss@firm", "x-other") is None


def test_without_readers_in_the_settings_everybody_is_the_owner(tmp_path: Path) -> None:
    assert viewer_of(Home(tmp_path), {}) == Viewer()


@pytest.mark.parametrize("wrong", ['role = "manager"', 'role = "lead"', 'role = "king"'])
def test_a_reader_without_rows_of_his_own_is_refused_in_the_settings(tmp_path: Path, wrong: str) -> None:
    home = Home(tmp_path)
    home.settings_file.write_text(f'[[person]]\nlogin = "a"\n{wrong}\n', encoding="utf-8")
    with pytest.raises(SettingsError):
        viewer_of(home, {})


def test_a_manager_sees_own_deals_and_no_others_in_any_number(home: Home) -> None:
    facts = open_facts(home, asked(home, "anna@firm"))
    assert facts.deals["deal_id"].to_list() == ["1"]
    assert measure(facts, [METRICS["revenue"]], Filter()).item() == 100
    assert facts.quarantine.is_empty()
    assert facts.files.is_empty()


def test_of_the_demo_no_fact_holds_a_row_of_somebody_else(demo_home: Path) -> None:
    whole = open_facts(find_home(demo_home))
    name = whole.deals["manager_name"].drop_nulls().first()
    team = whole.deals.filter(pl.col("manager_name") == name)["team_name"].first()
    own = seen_by(whole, Viewer("a", "manager", manager=name))
    lead = seen_by(whole, Viewer("b", "lead", team=team))
    for fact in FACTS:
        for cut, column, value in ((own, "manager_name", name), (lead, "team_name", team)):
            rows: pl.DataFrame = getattr(cut, fact)
            if column in rows.columns:
                assert set(rows[column].unique()) <= {value}, fact
    assert 0 < own.deals.height < lead.deals.height < whole.deals.height
    assert set(own.deal_products["deal_id"]) <= set(own.deals["deal_id"])


def test_a_marketer_reads_every_number_and_no_name_or_phone_of_a_client(demo_home: Path) -> None:
    whole = open_facts(find_home(demo_home))
    cut = seen_by(whole, Viewer("ads", "marketer"))
    assert measure(cut, [METRICS["revenue"]], Filter()).equals(measure(whole, [METRICS["revenue"]], Filter()))
    for fact in FACTS:
        rows: pl.DataFrame = getattr(cut, fact)
        for column in {"client_name", "phone", "deal_name"} & set(rows.columns):
            assert rows[column].null_count() == rows.height, (fact, column)


def test_a_viewer_of_the_whole_shares_it(home: Home) -> None:
    boss: Facts = open_facts(home, asked(home, "boss@firm"))
    assert boss.deals is open_facts(home).deals


@pytest.mark.parametrize("role", get_args(Role))
def test_whoever_the_settings_may_name_has_pages(role: str) -> None:
    """Also the lead of a team: a menu without a page stops the application."""
    files = [page.file for page in pages_for(role)]
    assert files[0] == "overview" and "glossary" in files
    assert ("data" in files) == (role == "head")
