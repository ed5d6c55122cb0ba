"""The invented company goes down the real road: every row is accepted, and the facts say what the files say."""

from __future__ import annotations

import json

import polars as pl
import pytest

from dashboard.access import Facts, open_facts
from pipelines import demo_words as words
from pipelines.demo import write_company, write_settings
from pipelines.load import load
from pipelines.report import LoadReport
from pipelines.settings import Home

KINDS_OF_FILES = {
    "Master.csv": "calls",
    "amocrm_export_leads_2026-10-31.csv": "deals",
    "bitrix24_stagehistory.json": "stages",
    "clients.csv": "clients",
    "costs_other_channels.csv": "costs",
    "invoices.xlsx": "invoices",
    "tasks.csv": "tasks",
    "yandex_direct_costs.tsv": "costs",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def report(home: Home) -> LoadReport:
    write_settings(home.path)
    write_company(home.inbox, scale=0.1)
    return load([home.inbox], home)


@pytest.fixture(scope="module")
def facts(home: Home, report: LoadReport) -> Facts:
    assert report.snapshot
    return open_facts(home)


def test_every_row_of_every_file_is_accepted(report: LoadReport) -> None:
    assert report.outcome == "accept"
    assert report.rows_in == report.accepted > 10_000
    kinds = {
        file.name: file.kind for file in report.files if file.name.endswith((".csv", ".tsv", ".json")) or not file.sheet
    }
    assert kinds.items() <= KINDS_OF_FILES.items() and len(kinds) >= 7
    workbook = {file.kind for file in report.files if file.name == "managers_products_plans.xlsx"}
    assert workbook == {"managers", "products", "plans"}


def test_a_workbook_of_three_sheets_is_one_file(home: Home, facts: Facts) -> None:
    assert facts.files_count == len(list(home.inbox.iterdir())) == facts.files.height - 2


def test_the_facts_say_what_the_deals_file_says(home: Home, facts: Facts) -> None:
    path = home.inbox / "amocrm_export_leads_2026-10-31.csv"
    rows = pl.read_csv(path, separator=";", infer_schema=False)
    won = rows.filter(pl.col("Этап сделки") == words.WON_STAGE)
    junk = rows.filter(pl.col("Причина отказа").is_in(words.JUNK_REASONS))
    found = {str(name): count for name, count in facts.deals["outcome"].value_counts().iter_rows()}
    assert facts.deals.height == rows.height
    assert found["won"] == won.height
    assert found["junk"] == junk.height
    assert found["open"] == (rows["Дата закрытия"] == "не закрыта").sum()
    revenue = facts.deals.filter(pl.col("outcome") == "won")["amount"].sum()
    assert float(revenue) == won["Бюджет"].cast(pl.Float64, strict=False).sum()
    assert facts.deals["expected_on"].null_count() < facts.deals.height
    assert facts.deals["team_name"].n_unique() == 3
    assert facts.deals["region_name"].null_count() == facts.deals["client_id"].null_count() == 0


def test_the_history_is_used_and_every_stage_is_in_the_dictionary(home: Home, facts: Facts) -> None:
    items = json.loads((home.inbox / "bitrix24_stagehistory.json").read_text(encoding="utf-8"))["result"]["items"]
    assert facts.visits.height == len(items)
    assert facts.deals["history"].cast(pl.String).unique().to_list() == ["events"]
    assert not facts.stages["is_unmapped"].any()
    assert facts.stages["stage_name"].to_list() == [stage.name for stage in words.STAGES]
    assert facts.stages["norm_days"].to_list() == [stage.norm_days for stage in words.STAGES]
    calls = facts.joins.filter(join_name="calls.phone → clients").row(0, named=True)
    assert facts.joins["orphans"].sum() == calls["orphans"]
    assert facts.identities["holds"].all()
    assert facts.as_of_on == words.LAST_DAY


def test_every_call_of_a_client_finds_its_client_and_only_strangers_are_orphans(home: Home, facts: Facts) -> None:
    from pipelines.demo_files import CDR_COLUMNS

    rows = pl.read_csv(home.inbox / "Master.csv", has_header=False, new_columns=list(CDR_COLUMNS), infer_schema=False)
    strangers = rows.filter(pl.col("src").str.starts_with("70009") | pl.col("dst").str.starts_with("70009")).height
    calls = facts.joins.filter(join_name="calls.phone → clients").row(0, named=True)
    assert (calls["matched"], calls["orphans"]) == (rows.height - strangers, strangers)
    assert 0 < strangers < 0.05 * rows.height
