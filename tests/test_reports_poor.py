"""A report of exports that lack something: it says which export would bring the rest, and never a sentence that cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
from companies import deals_of, facts_with, frame_of
from tiny_company import tiny_facts

from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.reports.contents import report
from dashboard.reports.lacking import WANTED, lacking
from pipelines.schema import facts as schema

RU = Locale("ru")
COSTS = frame_of(
    schema.Costs,
    [
        {"cost_id": str(number), "channel_name": "Ads", "campaign_name": "one", "spent_on": date(2026, month, 1),
         "spend": Decimal(100), "leads_count": 4, "orders_count": 1, "ad_revenue": Decimal(300)}
        for number, month in enumerate((1, 2))
    ],
)  # fmt: skip
ADS = replace(facts_with(deals_of([])), costs=COSTS)


def test_each_missing_export_is_named_with_what_it_would_bring() -> None:
    assert lacking(ADS).frame["export"].to_list() == [
        "Deals from the CRM",
        "The log of calls of the telephony",
        "Tasks with their due days",
        "Plans of the month",
    ]
    bare = facts_with(deals_of([{"outcome": "lost", "history": "implied"}]))
    assert lacking(bare).frame.height == len(WANTED) - 1
    told = facts_with(
        deals_of([{"outcome": "lost", "refusal_reason": "Price", "amount": Decimal(1), "client_id": "c"}])
    )
    assert set(lacking(bare).frame["export"]) - set(lacking(told).frame["export"]) == {
        "The history of stages, or the same export of deals week after week",
        "Amounts of deals",
        "Reasons of refusals",
        "Clients of deals: a number, a phone or a mail",
    }


def test_a_report_of_advertising_alone_has_its_campaigns_and_its_months() -> None:
    made = {section.name: section for section in report(ADS, Filter(), RU).sections}
    campaigns = next(table for table in made["channels"].tables if table.name == "ad_report").frame
    assert campaigns.select(pl.col("spend", "ad_leads").sum()).row(0) == (200, 8)
    assert len(made["channels"].charts) == 1
    assert [table.name for table in made["data"].tables][-1:] == ["lacking"]
    assert "фильтр" not in made["attention"].finding
    assert "Загрузите" in made["attention"].finding


def test_a_whole_company_is_asked_for_what_it_lacks_alone() -> None:
    made = next(one for one in report(tiny_facts(), Filter(), RU).sections if one.name == "data")
    table = next(one for one in made.tables if one.name == "lacking")
    assert table.label == "Что загрузить, чтобы заполнить остальное"
    assert "Deals from the CRM" not in table.frame["export"].to_list()


def test_where_only_the_present_stage_is_known_the_report_blames_no_stage_as_the_page_does_not() -> None:
    made = next(one for one in report(tiny_facts(history=False), Filter(), RU).sections if one.name == "funnel")
    assert {chart.title for chart in made.charts} == {"На каком этапе теряются сделки, в выгрузках не записано"}
    assert "lost" not in [column.name for column in made.tables[0].columns]
