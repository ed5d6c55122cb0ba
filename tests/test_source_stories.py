"""Exports of one company loaded together: leads beside deals, and each way in which stage history can be known."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from core_tables import long_table
from crm_company import Company

from dashboard.access import Facts, open_facts
from dashboard.analyses.funnel import funnel
from dashboard.filters import Filter
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from pipelines.load import load
from pipelines.settings import Home

EXPORTS = Path(__file__).parent / "exports"
DEALS = EXPORTS / "bitrix24" / "DEAL_20261001_1a2b3c4d_0.csv"
LOST = '"23";"Ремонт";"Звонок";"10";"Российский рубль";"";"";"Сделка провалена";"Общая";"";"Да";"02.09.2026 09:00:00";"02.09.2026 09:30:00";"";\n'
LEADS = EXPORTS / "bitrix24_leads" / "LEAD_20261001_11223344_6ab264526d001.csv"
ASKED = ("leads", "won", "lost", "junk", "open", "win_rate", "win_rate_cohort", "revenue")


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def numbers(facts: Facts, filter: Filter | None = None) -> dict[str, object]:
    return measure(facts, [METRICS[name] for name in ASKED], filter or Filter()).row(0, named=True)


def test_leads_loaded_beside_deals_change_no_number_of_the_deals(tmp_path: Path) -> None:
    home, deals = Home(tmp_path / "home"), tmp_path / "deals.csv"
    home.path.mkdir()
    deals.write_text(DEALS.read_text(encoding="utf-8") + LOST, encoding="utf-8")
    load([deals], home)
    before = open_facts(home)
    report = load([LEADS], home)
    after = open_facts(home)
    assert report.outcome == "accept"
    assert (before.deals.height, after.deals.height) == (3, 3 + report.accepted)
    assert numbers(before)["win_rate"] == 0.5
    assert numbers(after) == numbers(before)
    of_leads = Filter(funnels=("Битрикс24: лиды",))
    assert numbers(after, of_leads)["leads"] == report.accepted
    assert numbers(after, Filter(funnels=("Общая",))) == numbers(before)
    assert funnel(after, Filter()).deals_count == funnel(before, Filter()).deals_count
    assert funnel(after, of_leads).deals_count == report.accepted
    assert set(after.visits.filter(~pl.col("is_sales"))["funnel_name"]) == {"Битрикс24: лиды"}


def test_a_company_with_leads_alone_sees_its_leads(tmp_path: Path) -> None:
    report = load([LEADS], Home(tmp_path))
    assert numbers(open_facts(Home(tmp_path)))["leads"] == report.accepted > 0


def test_settings_say_last_whether_a_funnel_sells(tmp_path: Path) -> None:
    said = '[[funnel]]\nname = "{name}"\ncodes = ["Битрикс24: лиды"]\n{more}\n[[funnel.stage]]\nname = "Первый"\ncodes = ["Не обработан"]\n'
    for name, more, counted in (("Заявки", "", False), ("Заявки", "is_sales = true", True)):
        home = Home(tmp_path / str(counted))
        home.path.mkdir()
        home.settings_file.write_text(said.format(name=name, more=more), encoding="utf-8")
        load([DEALS], home)
        before = open_facts(home)
        report = load([LEADS], home)
        facts = open_facts(home)
        assert facts.deals.filter(pl.col("funnel_name") == name).height == report.accepted
        assert (facts.deals["is_sales"].all(), numbers(facts) != numbers(before)) == (counted, counted)


STANDING = 'stage_entered_at = "since"\n[[stage]]\nname = "New"\n[[stage]]\nname = "Offer"\n[[stage]]\nname = "Won"\ntype = "won"\n'


def test_the_day_of_entry_into_the_present_stage_is_a_recorded_entry_of_a_deal_whose_past_is_not_known(
    company: Company,
) -> None:
    company.mapping(more=STANDING)
    facts = company.load("id,crm,stage,created,since\n1,,Offer,2026-01-01,2026-01-03\n2,,New,2026-01-02,2026-01-05")
    found = facts.visits.select("deal_id", "stage_name", "is_implied", "days").rows()
    assert found == [("1", "New", True, 2.0), ("1", "Offer", False, 2.0), ("2", "New", False, 0.0)]
    assert facts.deals["history"].unique().to_list() == ["implied"]
    undated = company.load("id,crm,stage,created,since\n3,,Offer,,2026-01-03")
    assert undated.deals.filter(pl.col("deal_id") == "3")["created_at"].to_list() == [None]
    changes = long_table(company.home, "stage_changes")
    assert changes["told_by"].to_list() == ["implied", "current_stage", "current_stage", "current_stage"]


def test_such_days_of_successive_exports_add_up_to_a_history(company: Company) -> None:
    company.mapping(more=STANDING)
    company.load("id,crm,stage,created,since\n1,,New,2026-01-01,2026-01-01")
    company.load("id,crm,stage,created,since\n1,,Offer,2026-01-01,2026-01-04")
    facts = company.load("id,crm,stage,created,closed,since\n1,,Won,2026-01-01,2026-01-09,2026-01-09")
    assert facts.visits.select("stage_name", "is_implied", "days").rows() == [
        ("New", False, 3.0),
        ("Offer", False, 5.0),
        ("Won", False, 0.0),
    ]
    assert facts.deals["history"].to_list() == ["exports"]


def test_an_event_log_goes_before_the_day_of_the_present_stage_which_adds_only_what_came_later(
    company: Company,
) -> None:
    company.mapping(more=STANDING)
    log = 'name = "log"\n[[table]]\nkind = "stages"\nrecognise.headings = ["owner", "code"]\n[table.columns]\n'
    (company.home.mappings / "log.toml").write_text(
        log + 'deal_id = "owner"\nstage_name = "code"\nentered_at = "at"\n', encoding="utf-8"
    )
    facts = company.load(
        "id,crm,stage,created,since\n1,,Offer,2026-01-01,2026-01-05\n2,,Offer,2026-01-01,2026-01-09",
        "owner,code,at\n1,New,2026-01-01 00:00\n1,Offer,2026-01-05 00:00\n2,New,2026-01-01 00:00\n",
    )
    assert facts.visits.select("deal_id", "stage_name", "is_implied", "days").rows() == [
        ("1", "New", False, 4.0),
        ("1", "Offer", False, 4.0),
        ("2", "New", False, 8.0),
        ("2", "Offer", False, 0.0),
    ]
    assert facts.deals["history"].to_list() == ["events", "events"]


def test_deals_deleted_in_their_system_are_marked_and_counted(tmp_path: Path) -> None:
    home = Home(tmp_path)
    load([EXPORTS / "pipedrive" / "deals.csv"], home)
    facts = open_facts(home)
    assert facts.deals.filter("is_gone").select("deal_id", "outcome").rows() == [("4", "junk")]
    said = facts.set_aside.filter(pl.col("rule").str.starts_with("deleted in its system"))
    assert said["rows"].to_list() == [1]


def test_each_funnel_tells_which_of_the_four_ways_its_history_is_known_by(company: Company) -> None:
    company.mapping(more='[[stage]]\nname = "New"\n')
    dated = 'name = "dated"\n[[table]]\nkind = "deals"\nrecognise.headings = ["id", "dated"]\n'
    dated += (
        'stage_dates = { New = "new on", Offer = "offer on" }\n[table.columns]\ndeal_id = "id"\nstage_name = "stage"\n'
    )
    (company.home.mappings / "dated.toml").write_text(dated + 'funnel_name = "funnel"\n', encoding="utf-8")
    log = 'name = "log"\n[[table]]\nkind = "stages"\nrecognise.headings = ["owner", "code"]\n[table.columns]\n'
    log += 'deal_id = "owner"\nstage_name = "code"\nentered_at = "at"\n'
    (company.home.mappings / "log.toml").write_text(log, encoding="utf-8")
    company.load(
        "id,crm,stage,funnel,created\n1,,Offer,events,2026-01-01\n3,,New,exports,2026-01-01\n4,,New,snapshot,2026-01-01"
    )
    facts = company.load(
        "id,crm,stage,funnel,created\n1,,Offer,events,2026-01-01\n3,,Offer,exports,2026-01-01\n4,,New,snapshot,2026-01-01",
        "owner,code,at\n1,New,2026-01-01 00:00\n1,Offer,2026-01-02 00:00\n",
        "id,dated,stage,funnel,new on,offer on\n2,,Offer,dates,2026-01-01,2026-01-03",
    )
    ways = {"events": "events", "dates": "dates", "exports": "exports", "snapshot": "implied"}
    assert dict(facts.deals.select("funnel_name", pl.col("history").cast(pl.String)).rows()) == ways
    for name, way in ways.items():
        assert funnel(facts, Filter(funnels=(name,))).history == way
    assert funnel(facts, Filter()).history == "mixed"
