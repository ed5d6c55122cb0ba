"""Deals and their history as several sources tell them: outcomes, funnels, numbers that clash, histories that are missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from crm_company import MAPPING, Company

from dashboard.access import Facts


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def outcomes(facts: Facts) -> dict[str, str]:
    return dict(facts.deals.select("deal_id", pl.col("outcome").cast(pl.String)).rows())


def test_outcomes_come_from_the_column_then_the_dictionary_then_the_words(company: Company) -> None:
    company.mapping(
        top='[outcomes]\nwon = ["paid"]\nopen = ["waiting"]\njunk_reasons = ["Спам"]',
        more='[[stage]]\nname = "Talk"\n[[stage]]\nname = "Ended well"\ntype = "won"',
    )
    facts = company.load("""
        id,crm,stage,state,reason
        1,,Talk,paid,
        2,,Ended well,,
        3,,Ended well,waiting,
        4,,Закрыто и не реализовано,,Дорого
        5,,Закрыто и не реализовано,,спам
        6,,Something new,,
        7,,Talk,,Спам
    """)
    assert outcomes(facts) == {"1": "won", "2": "won", "3": "open", "4": "lost", "5": "junk", "6": "open", "7": "open"}
    stages = {row["stage_name"]: (row["stage_type"], row["is_unmapped"]) for row in facts.stages.to_dicts()}
    assert stages["Talk"] == ("open", False)
    assert stages["Something new"] == ("open", True)
    assert stages["Закрыто и не реализовано"] == ("lost", True)


def test_two_systems_that_share_a_number_keep_both_deals(company: Company) -> None:
    company.mapping("amo", mark="amo")
    company.mapping("bitrix", mark="bitrix")
    facts = company.load("id,amo,stage,amount\n1,,Won,10\n2,,Won,20", "id,bitrix,stage,amount\n1,,Lost,30")
    assert facts.deals.select("deal_id", "outcome", "amount").rows() == [
        ("2", "won", Decimal("20.00")),
        ("amo:1", "won", Decimal("10.00")),
        ("bitrix:1", "lost", Decimal("30.00")),
    ]


def test_two_exports_of_one_system_are_one_deal(company: Company) -> None:
    company.mapping("leads", system="crm", mark="leads")
    company.mapping("deals", system="crm", mark="deals")
    facts = company.load("id,leads,stage,amount\n1,,New,10")
    facts = company.load("id,deals,stage,amount\n1,,Won,15")
    assert facts.deals.select("deal_id", "outcome", "amount").rows() == [("1", "won", Decimal("15.00"))]


def test_an_amount_in_another_currency_is_left_out_and_counted(company: Company) -> None:
    company.mapping(top='currency = "RUB"')
    facts = company.load("""
        id,crm,stage,amount,currency
        1,,Won,10,
        2,,Won,20,Российский рубль
        3,,Won,30,USD
    """)
    assert facts.deals["amount"].to_list() == [Decimal("10.00"), Decimal("20.00"), None]
    assert facts.set_aside.select("rows", "amount").rows() == [(1, 30.0)]
    assert facts.currency == "RUB"


def test_names_are_one_only_when_settings_say_so(company: Company) -> None:
    company.mapping()
    table = "id,crm,stage,product\n1,,Won,GTX Pro\n2,,Won,GTXPro"
    assert company.load(table).deals["product_name"].to_list() == ["GTX Pro", "GTXPro"]
    company.home.settings_file.write_text('[same]\nproduct = { "GTX Pro" = ["GTXPro"] }', encoding="utf-8")
    again = company.load("id,crm,stage,product\n3,,Won,GTXPro")
    assert again.deals["product_name"].unique().to_list() == ["GTX Pro"]


def test_region_and_team_are_filled_from_the_client_then_the_manager(company: Company) -> None:
    company.mapping()
    company.load("Менеджер,Отдел,Регион\nАнна,Север,Москва\n", kind="managers")
    company.load("ID клиента,Клиент,Регион\nc1,Ромб,Казань\n", kind="clients")
    facts = company.load("id,crm,stage,manager,client\n1,,Won,Анна,c1\n2,,Won,Анна,c9\n3,,Won,Борис,\n")
    assert facts.deals.select("region_name", "team_name").rows() == [
        ("Казань", "Север"),
        ("Москва", "Север"),
        (None, None),
    ]
    joins = {row["join_name"]: (row["matched"], row["orphans"]) for row in facts.joins.to_dicts()}
    assert joins == {"deals.client_id → clients": (1, 1), "deals.manager_name → managers": (2, 1)}


def test_a_year_typed_wrong_does_not_move_the_last_day_of_the_data(company: Company) -> None:
    company.mapping()
    facts = company.load("id,crm,stage,created,closed\n1,,Won,2026-01-01,2106-01-05\n2,,Won,2026-01-01,2026-01-07")
    assert facts.as_of_on.isoformat() == "2026-01-07"


def test_product_lines_of_a_deal_are_one_deal_with_the_sum(company: Company) -> None:
    text = MAPPING.format(name="crm", title="Crm", system="crm", top="", mark="crm", more="")
    text = text.replace('kind = "deals"', 'kind = "deals"\nrows = "lines"')
    (company.home.mappings / "crm.toml").write_text(text, encoding="utf-8")
    facts = company.load("""
        id,crm,stage,product,amount
        1,,Won,Door,10
        1,,Won,Door,10
        1,,Won,Lock,5
        2,,Won,Door,
    """)
    assert facts.deals.select("deal_id", "product_name", "amount").rows() == [
        ("1", "Door", Decimal("25.00")),
        ("2", "Door", None),
    ]
    assert facts.files["accepted"].to_list() == [4]


def test_an_old_export_that_is_loaded_late_does_not_undo_what_a_newer_one_told(company: Company) -> None:
    company.mapping(more="", top="")
    text = (company.home.mappings / "crm.toml").read_text(encoding="utf-8")
    text = text.replace('closed_at = "closed"', 'closed_at = "closed"\nupdated_at = "updated"')
    (company.home.mappings / "crm.toml").write_text(text, encoding="utf-8")
    head = "id,crm,stage,amount,created,updated\n"
    company.load(head + "1,,Won,120,2026-01-01,2026-02-10")
    facts = company.load(head + "1,,Talks,100,2026-01-01,2026-01-05")
    assert outcomes(facts) == {"1": "won"}


def test_files_of_one_load_are_taken_in_the_order_of_what_they_know(company: Company) -> None:
    company.mapping()
    head = "id,crm,stage,created,closed\n"
    newer = head + "1,,Won,2026-01-01,2026-02-10\n"
    older = head + "1,,Talks,2026-01-01,\n2,,Talks,2026-01-05,\n"
    assert outcomes(company.load(newer, older)) == {"1": "won", "2": "open"}


def test_what_is_counted_otherwise_than_it_looks_is_said(company: Company) -> None:
    company.mapping()
    facts = company.load("""
        id,crm,stage,created,closed
        1,,Завершена,2026-01-01,2026-01-05
        2,,Won,2026-01-09,2026-01-05
    """)
    rules = dict(facts.set_aside.select("rule", "rows").rows())
    assert sorted(rule.split(":")[0] for rule in rules) == [
        "closed before it was created",
        "has a closing date and stands in an open stage",
    ]


def test_a_stage_of_one_name_in_two_funnels_stays_two_stages(company: Company) -> None:
    company.mapping()
    company.load("""
        id,crm,funnel,stage,amount
        1,,Розница,Договор,10
        2,,Опт,Договор,20
        3,,опт,договор,30
        4,,Опт,Оплата,40
    """)
    facts = company.load("id,crm,funnel,stage,amount\n1,,Опт,Договор,10\n5,,Розница,Договор,50")
    stages = facts.stages.select("funnel_name", "stage_name").rows()
    assert sorted(stages) == [("Опт", "Договор"), ("Опт", "Оплата"), ("Розница", "Договор")]
    in_stage = facts.deals.group_by("funnel_name", "stage_name").agg(pl.col("amount").sum())
    assert {row[:2]: int(row[2]) for row in in_stage.rows()} == {
        ("Опт", "Договор"): 60,
        ("Опт", "Оплата"): 40,
        ("Розница", "Договор"): 50,
    }
    exits = facts.visits.filter(deal_id="1").select("funnel_name", "exit").rows()
    assert exits == [("Розница", "handed_off"), ("Опт", "still_there")]


def test_the_only_described_funnel_is_not_that_of_a_second_system(company: Company) -> None:
    (company.home.path / "settings.toml").write_text(
        '[[funnel]]\nname = "Sales"\nstage = [{ name = "New" }, { name = "Won", type = "won" }]\n', encoding="utf-8"
    )
    company.mapping("amo", mark="amo")
    alone = company.load("id,amo,stage,amount\n1,,New,10\n2,,Offer,20")
    assert {*alone.deals["funnel_name"]} == {"Sales"}
    company.mapping("bitrix", mark="bitrix")
    both = company.load("id,bitrix,stage,amount\n3,,Survey,30\n4,,New,40")
    funnels = dict(both.deals.select("deal_id", "funnel_name").iter_rows())
    assert funnels == {
        "1": "Sales",
        "2": "Amo",
        "3": "Bitrix",
        "4": "Sales",
    }  # a stage that only one funnel has tells it
    assert both.identities["holds"].all()


def test_days_of_invoices_and_costs_tell_how_far_the_data_goes(company: Company) -> None:
    company.mapping()
    deals = "id,crm,stage,created,closed\n1,,Won,2026-01-01,2026-01-10\n"
    assert company.load(deals).as_of_on == date(2026, 1, 10)
    costs = "Дата,Канал,Расход\n2026-01-20,Директ,100\n"
    assert company.load(costs, kind="costs").as_of_on == date(2026, 1, 20)
    invoices = "Номер счёта,Дата счёта,Сумма счёта,Оплачено,Дата оплаты\nA,2026-01-05,10,10,2026-01-25\n"
    assert company.load(invoices).as_of_on == date(2026, 1, 25)
