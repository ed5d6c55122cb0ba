"""What is known of a deal's way through the stages: logs, columns of dates, or only where it stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from crm_company import Company

from pipelines.snapshots import current_snapshot
from pipelines.warehouse import read_tables


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def test_a_deal_without_history_is_known_to_be_created_and_to_stand_where_it_stands(company: Company) -> None:
    company.mapping(more='[[stage]]\nname = "New"\n[[stage]]\nname = "Offer"\n[[stage]]\nname = "Won"\ntype = "won"\n')
    facts = company.load("""
        id,crm,stage,created,closed
        1,,Offer,2026-01-01,
        2,,Won,2026-01-01,2026-01-05
        3,,New,2026-01-02,
    """)
    found = facts.visits.select("deal_id", "stage_name", "exit", "is_implied", "days").rows()
    assert found == [
        ("1", "New", "advanced", True, None),
        ("1", "Offer", "still_there", True, None),
        ("2", "New", "advanced", True, 4.0),
        ("2", "Won", "still_there", True, 0.0),
        ("3", "New", "still_there", True, 3.0),
    ]
    assert facts.deals["history"].unique().to_list() == ["implied"]
    assert facts.as_of_on.isoformat() == "2026-01-05"


def test_a_loss_without_history_is_not_blamed_on_a_stage(company: Company) -> None:
    company.mapping(more='[[stage]]\nname = "New"\n[[stage]]\nname = "Lost"\ntype = "lost"\n')
    facts = company.load("id,crm,stage,created,closed\n1,,Lost,2026-01-01,2026-01-05")
    assert facts.deals["lost_stage_name"].to_list() == [None]


def test_a_history_with_codes_meets_names_through_the_dictionary(company: Company) -> None:
    company.home.settings_file.write_text(
        """
        [[funnel]]
        name = "Продажи"
        codes = ["7"]
        [[funnel.stage]]
        name = "Заявка"
        codes = ["C7:NEW"]
        norm_days = 2
        [[funnel.stage]]
        name = "Успешно"
        codes = ["C7:WON"]
        type = "won"
        """,
        encoding="utf-8",
    )
    company.mapping()
    log = 'name = "log"\n[[table]]\nkind = "stages"\nrecognise.headings = ["owner", "code"]\n[table.columns]\n'
    log += 'deal_id = "owner"\nstage_name = "code"\nfunnel_name = "category"\nentered_at = "at"\n'
    (company.home.mappings / "log.toml").write_text(log, encoding="utf-8")
    facts = company.load(
        "id,crm,stage,funnel,created,closed\n1,,Успешно,Продажи,2026-01-01,2026-01-04",
        "owner,code,category,at\n1,C7:NEW,7,2026-01-01 00:00\n1,C7:WON,,2026-01-04 00:00\n",
    )
    assert facts.visits.select("funnel_name", "stage_name", "exit", "days", "is_implied").rows() == [
        ("Продажи", "Заявка", "advanced", 3.0, False),
        ("Продажи", "Успешно", "still_there", 0.0, False),
    ]
    assert facts.stages["norm_days"].to_list() == [2.0, None]
    assert facts.deals["history"].to_list() == ["events"]


def test_a_deal_that_moved_on_after_its_log_ends_where_the_export_says(company: Company) -> None:
    company.mapping(more='[[stage]]\nname = "New"\n[[stage]]\nname = "Won"\ntype = "won"\n')
    deals = "id,crm,stage,created,closed\n1,,Won,2026-01-01,2026-01-09"
    company.load(deals)
    facts = company.load("ID сделки,Этап,Дата перехода\n1,New,2026-01-01", kind="stages")
    assert facts.visits.select("stage_name", "exit", "is_implied", "days").rows() == [
        ("New", "advanced", False, 8.0),
        ("Won", "still_there", True, 0.0),
    ]


def test_a_closed_deal_without_a_closing_date_takes_it_from_its_history_then_from_the_expected_day(
    company: Company,
) -> None:
    company.mapping(more='[[stage]]\nname = "New"\n[[stage]]\nname = "Won"\ntype = "won"\n')
    company.load("id,crm,stage,created,expected\n1,,Won,2026-01-01,2026-02-02\n2,,Won,2026-01-01,2026-02-02")
    facts = company.load("ID сделки,Этап,Дата перехода\n1,New,2026-01-01\n1,Won,2026-01-07\n", kind="stages")
    assert [day.isoformat() for day in facts.deals["closed_on"]] == ["2026-01-07", "2026-02-02"]


def test_the_order_of_stages_nobody_described_is_the_usual_one_and_says_so(company: Company) -> None:
    company.mapping()
    company.load("id,crm,stage,created\n1,,Won,2026-01-01\n2,,Won,2026-01-01")
    facts = company.load(
        "ID сделки,Этап,Дата перехода\n1,Zeta,2026-01-01\n1,Alpha,2026-01-02\n1,Won,2026-01-03\n2,Zeta,2026-01-01\n2,Won,2026-01-05\n",
        kind="stages",
    )
    assert facts.stages.select("stage_name", "stage_order", "is_ordered").rows() == [
        ("Zeta", 1, False),
        ("Alpha", 2, False),
        ("Won", 3, False),
    ]


EVENTS = """
name = "log"
[[table]]
kind = "stages"
recognise.headings = ["case", "step", "at"]
[table.columns]
deal_id = "case"
stage_name = "step"
entered_at = "at"
manager_name = "who"
amount = "sum"
[table.where]
step = ["S*"]
[event_log]
table = "stages"
funnel = "Loans"
[outcomes]
won = ["S won"]
lost = ["S lost"]
rule = "{rule}"
"""


@pytest.mark.parametrize(("rule", "outcome", "closed"), [("last", "open", None), ("ever", "won", "2026-01-03")])
def test_an_event_log_makes_deals_by_its_rule(company: Company, rule: str, outcome: str, closed: str | None) -> None:
    (company.home.mappings / "log.toml").write_text(EVENTS.format(rule=rule), encoding="utf-8")
    facts = company.load("""
        case,step,at,who,sum
        1,S new,2026-01-01T10:00:00,anna,5
        1,call,2026-01-02T10:00:00,boris,
        1,S won,2026-01-03T10:00:00,clara,
        1,S new,2026-01-04T10:00:00,boris,7
    """)
    deal = facts.deals.row(0, named=True)
    assert (deal["outcome"], deal["closed_on"] and deal["closed_on"].isoformat()) == (outcome, closed)
    assert deal["manager_name"] == ("clara" if rule == "ever" else "boris")
    assert (deal["amount"], deal["created_on"].isoformat()) == (Decimal("7.00"), "2026-01-01")
    assert facts.visits["stage_name"].to_list() == ["S new", "S won", "S new"]
    assert facts.set_aside.select("rule", "rows").rows() == [("an event that is no entry into a stage", 1)]


WIDE = """
name = "wide"
[[table]]
kind = "deals"
recognise.headings = ["id", "won at"]
stage_dates_pattern = '^entered "(?P<stage>.+)"$'
[table.columns]
deal_id = "id"
stage_name = "stage"
[table.stage_dates]
"Won" = "won at"
[outcomes]
won = ["Won"]
"""


def test_columns_of_dates_are_a_history(company: Company) -> None:
    (company.home.mappings / "wide.toml").write_text(WIDE, encoding="utf-8")
    facts = company.load("""
        id,stage,entered "New",entered "Offer",won at
        1,Won,2026-01-01,2026-01-03,2026-01-10
        2,New,2026-01-02,,
    """)
    assert facts.visits.select("deal_id", "stage_name", "exit", "days").rows() == [
        ("1", "New", "advanced", 2.0),
        ("1", "Offer", "advanced", 7.0),
        ("1", "Won", "still_there", 0.0),
        ("2", "New", "still_there", 8.0),
    ]
    assert facts.deals.select("history", "cycle_days").rows() == [("dates", 9.0), ("dates", None)]


def test_successive_exports_of_a_list_are_a_history_with_intervals(company: Company) -> None:
    company.mapping(more='[[stage]]\nname = "New"\n[[stage]]\nname = "Offer"\n[[stage]]\nname = "Won"\ntype = "won"\n')
    head = "id,crm,stage,created,closed,manager,amount"
    company.load(f"{head}\n1,,New,2026-01-01,,Anna,10\n2,,Offer,2026-01-01,,Anna,5\n3,,New,2026-01-05,,Anna,7")
    company.load(
        f"{head}\n1,,Offer,2026-01-01,,Boris,10\n2,,Offer,2026-01-01,,Anna,5\n3,,New,2026-01-05,,Anna,7\n4,,New,2026-01-15,,Anna,1"
    )
    facts = company.load(
        f"{head}\n1,,Won,2026-01-01,2026-01-20,Boris,12\n2,,Offer,2026-01-01,,Anna,5\n3,,New,2026-01-05,,Anna,7\n4,,New,2026-01-15,,Anna,1\n5,,New,2026-01-25,,Anna,1"
    )
    first = facts.visits.filter(pl.col("deal_id") == "1")
    # Known on 5 January as New, on 15 January as Offer: between the two, so on the 10th; won on the 20th, as the export says.
    assert first.select("stage_name", "entered_on", "entered_within_days", "exit", "is_implied").rows() == [
        ("New", date(2026, 1, 3), 4.0, "advanced", False),
        ("Offer", date(2026, 1, 10), 10.0, "advanced", False),
        ("Won", date(2026, 1, 20), 10.0, "still_there", False),
    ]
    assert facts.deals.select("deal_id", "history").rows() == [
        ("1", "exports"), ("2", "implied"), ("3", "implied"), ("4", "implied"), ("5", "implied"),
    ]  # fmt: skip
    snapshot = current_snapshot(company.home)
    assert snapshot is not None
    changes = read_tables(snapshot, ["core.deal_changes"])["core.deal_changes"]
    assert changes.filter(pl.col("deal_id") == "1").select("column_name", "before", "after").rows() == [
        ("amount", "10.00", "12.00"),
        ("manager_name", "Anna", "Boris"),
        ("stage_name", "New", "Offer"),
        ("stage_name", "Offer", "Won"),
    ]


def test_a_deal_that_a_full_export_no_longer_holds_is_marked_and_kept(company: Company) -> None:
    company.mapping()
    rows = [f"{k},,New,2026-01-0{k % 9 + 1}" for k in range(20)]
    head = "id,crm,stage,created\n"
    company.load(head + "\n".join(rows))
    facts = company.load(head + "\n".join([*rows[1:], "99,,New,2026-01-09"]))
    assert facts.deals.height == 21
    assert facts.deals.filter("is_gone")["deal_id"].to_list() == ["0"]
    again = company.load(head + "500,,New,2026-01-09")
    assert again.deals.filter("is_gone").height == 0


def test_codes_of_a_log_are_learned_from_the_deals_that_stand_where_it_ends(company: Company) -> None:
    company.mapping()
    head = "id,crm,stage,funnel,created,closed\n"
    company.load(
        head
        + "1,,Новая,Общая,2026-01-01,\n2,,Новая,Общая,2026-01-01,\n3,,Успешно реализовано,Общая,2026-01-01,2026-01-03\n4,,Успешно реализовано,Общая,2026-01-01,2026-01-04"
    )
    log = 'name = "log"\n[[table]]\nkind = "stages"\nrecognise.headings = ["owner", "code"]\n[table.columns]\n'
    log += 'deal_id = "owner"\nstage_name = "code"\nfunnel_name = "category"\nentered_at = "at"\n'
    (company.home.mappings / "log.toml").write_text(log, encoding="utf-8")
    facts = company.load(
        "owner,code,category,at\n1,NEW,0,2026-01-01\n2,NEW,0,2026-01-01\n3,NEW,0,2026-01-01\n3,WON,0,2026-01-03\n4,NEW,0,2026-01-01\n4,ODD,0,2026-01-02\n4,WON,0,2026-01-04\n"
    )
    assert facts.visits.filter(pl.col("deal_id").is_in(["3", "4"])).select(
        "deal_id", "funnel_name", "stage_name", "exit", "is_implied"
    ).rows() == [
        ("3", "Общая", "Новая", "advanced", False),
        ("3", "Общая", "Успешно реализовано", "still_there", False),
        ("4", "Общая", "Новая", "advanced", False),
        ("4", "Общая", "ODD", "advanced", False),
        ("4", "Общая", "Успешно реализовано", "still_there", False),
    ]


def test_a_deal_closed_on_the_day_it_was_created_is_not_closed_before_it(company: Company) -> None:
    """A closing is often told by its day: of deal 1 by the closing, of deal 3 by the expected day. 2 and 4 are faults."""
    company.mapping()
    facts = company.load("""
        id,crm,stage,created,closed,expected
        1,,Won,2026-01-05 10:00,2026-01-05,
        2,,Won,2026-01-05 10:00,2026-01-04,
        3,,Won,2026-01-05 10:00,,2026-01-05
        4,,Won,2026-01-05 10:00,2026-01-05 09:00,
        5,,Won,2026-01-05,2026-01-05,
    """)
    days = {
        number: None if days is None else round(days, 2)
        for number, days in facts.deals.select("deal_id", "cycle_days").rows()
    }
    assert (days["1"], days["3"], days["5"]) == (0, 0, 0)
    assert (days["2"], days["4"]) == (-1.42, -0.04)
    assert facts.deals["closed_on"].cast(pl.String).to_list() == ["2026-01-05", "2026-01-04", *["2026-01-05"] * 3]
    assert facts.set_aside.filter(pl.col("rule").str.starts_with("closed before"))["rows"].to_list() == [2]
