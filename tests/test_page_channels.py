"""The page of channels: the picture holds the numbers of the analysis, the basis and the channel stand in the address."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import plotly.graph_objects as go
import pytest
from companies import deals_of, facts_with, frame_of
from test_channels import FACTS, NOW, lead
from test_pages import company, everything_said, listed, opened  # noqa: F401

from dashboard.analyses.channels import channels
from dashboard.analyses.channels_cash import channels_cash
from dashboard.charts import returns as charts
from dashboard.charts.theme import QUIET, dress
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.measure import measure
from dashboard.metrics.returns import CAC_CASH, ROMI_REVENUE_CASH
from dashboard.metrics.spend import CPL, SPEND
from dashboard.periods import Period
from pipelines.schema import facts

RU = Locale("ru")
JANUARY = Filter(period=Period(date(2026, 1, 1), date(2026, 2, 1)))


def test_on_cash_basis_old_leads_repay_the_spend_of_the_period():
    # 25 leads of 2025 closed in January: 5 won at 300; the lead of January closes in June. Spend of January is 500.
    old = [
        lead("Ads", number, 300, won=number < 5) | {"created_on": date(2025, 6, 1), "closed_on": date(2026, 1, 20)}
        for number in range(25)
    ]
    late = lead("Ads", 99, 9000, won=True) | {"closed_on": date(2026, 6, 1)}
    made = replace(FACTS, deals=deals_of([*old, late]))
    answer = channels_cash(made, JANUARY)
    row = next(row for row in answer.frame.to_dicts() if row["channel"] == "Ads")
    assert (row["spend"], row["leads"], row["won"], row["revenue"], row["closed"]) == (
        Decimal(500),
        1,
        5,
        Decimal(1500),
        25,
    )
    assert row["romi_shown"] == 2
    assert row["romi_low"] < 2 < row["romi_high"]
    measured = measure(made, [CAC_CASH, ROMI_REVENUE_CASH], JANUARY, by=("channel",))
    same = measured.filter(measured["channel"] == "Ads").row(0, named=True)
    assert (row["cac_cash"], row["romi_revenue_cash"]) == (same["cac_cash"], same["romi_revenue_cash"])
    few = next(one for one in answer.frame.to_dicts() if one["channel"] == "Site")
    assert (few["closed"], few["channel_verdict"]) == (0, "too few closed deals to say")


def test_the_picture_holds_the_numbers_of_the_analysis_in_the_order_of_spend():
    frame = channels(FACTS, Filter()).frame
    chart = charts.returns(frame, "channel", RU, "RUB")
    json.dumps(chart.figure)
    go.Figure(dress(chart.figure, "dark"))
    rows = charts.drawn(frame)
    assert rows["channel"].to_list() == ["Ads", "Site", "Fair", "Few", "Adz"]
    points = chart.figure["data"][0]
    assert points["x"] == [charts.position(romi) for romi in rows["romi_shown"]]
    notes = [note["text"] for note in chart.figure["layout"]["annotations"]]
    assert "<b>+300\u00a0%</b>" in notes
    assert notes[0] == "Ads · 500\u00a0₽"


def test_colour_stands_only_where_the_interval_says_so():
    frame = channels(FACTS, Filter()).frame
    colours = dict(
        zip(
            charts.drawn(frame)["channel"],
            charts.returns(frame, "channel", RU, "RUB").figure["data"][0]["marker"]["color"],
            strict=True,
        )
    )
    assert colours == {"Ads": charts.GOOD, "Site": charts.BAD, "Fair": charts.BAD, "Adz": charts.BAD, "Few": QUIET}


def test_the_title_names_the_most_costly_loser():
    title = charts.returns(channels(FACTS, Filter()).frame, "channel", RU, "RUB").title
    assert title == "«Site» не окупается: потрачено 400\u00a0₽, ROMI −95\u00a0%"


def test_young_leads_are_hollow():
    young = [lead("Site", n, 1, born=NOW) | {"outcome": "open", "closed_on": None} for n in range(30)]
    ripe = [lead("Old", n, 5, won=True) for n in range(30)]
    frame = channels(replace(FACTS, deals=deals_of([*young, *ripe])), Filter()).frame
    marks = charts.returns(frame, "channel", RU, "RUB").figure["data"][0]["marker"]["symbol"]
    where = charts.drawn(frame)["channel"].to_list().index("Site")
    assert marks[where] == "circle-open"


def test_names_with_markup_stay_text_in_the_picture():
    frame = channels(FACTS, Filter()).frame.with_columns(
        channel="<b>x</b>" + channels(FACTS, Filter()).frame["channel"]
    )
    figure = charts.returns(frame, "channel", RU, "RUB").figure
    names = [note["text"] for note in figure["layout"]["annotations"] if note["xanchor"] == "left"]
    assert all("<" not in text for text in names)
    assert all("<b>x" not in told for told in figure["data"][0]["hovertext"])


def test_the_page_tells_the_basis_opens_a_channel_and_its_deals(company):  # noqa: F811
    company(FACTS)
    app = opened("channels", {"lang": "ru", "period": "all", "basis": "cash", "inside": "Ads", "rows": "leads"})
    assert not app.exception
    assert listed(app, "basis") == ["cash"]
    deals = next(table.value for table in app.dataframe if "deal_id" in table.value.columns)
    assert len(deals) == 40
    assert "валовую маржу" in everything_said(app)
    assert next(metric.value for metric in app.metric if metric.label == "Лиды") == "74"
    campaigns = next(table.value for table in app.dataframe if "campaign" in table.value.columns)
    assert campaigns["campaign"].to_list() == ["Ads/1"]


def test_without_costs_it_says_which_export_would_bring_them(company):  # noqa: F811
    company(facts_with(deals_of([lead("Site", n, 10, won=True) for n in range(3)]), NOW))
    app = opened("channels", {"lang": "ru", "period": "all"})
    assert not app.exception
    assert "отчёт рекламного кабинета" in everything_said(app)
    assert not any("ROMI" in metric.label for metric in app.metric)


def test_a_cabinet_that_counts_its_own_leads_stands_apart(company):  # noqa: F811
    own = {"cost_id": "1", "channel_name": "Ads", "spend": Decimal(10), "spent_on": date(2026, 1, 1), "leads_count": 7}
    company(replace(FACTS, costs=frame_of(facts.Costs, [own])))
    app = opened("channels", {"lang": "ru", "period": "all"})
    tables = [table.value for table in app.dataframe if "ad_leads" in table.value.columns]
    assert [list(table["ad_leads"]) for table in tables] == [[7]]


@pytest.mark.parametrize("rule", ["first", "decay"])
def test_the_rule_stands_in_the_address(rule, company):  # noqa: F811
    company(FACTS)
    app = opened("channels", {"lang": "ru", "period": "all", "rule": rule})
    assert app.selectbox(key="choice_rule_channels").value == rule
    credited = next(table.value for table in app.dataframe if "won_credit" in table.value.columns)
    assert credited["won_credit"].sum() == 26


def test_the_rows_behind_the_cost_of_a_lead_give_it_again(company):  # noqa: F811
    company(FACTS)
    app = opened("channels", {"lang": "en", "period": "all", "rows": "cpl", "inside": "Ads"})
    assert not app.exception
    spent = next(table.value for table in app.dataframe if "spent_on" in table.value.columns)
    leads = next(table.value for table in app.dataframe if "created_on" in table.value.columns)
    ads = Filter(channels=("Ads",))
    cpl, spend = measure(FACTS, [CPL, SPEND], ads).row(0)
    assert set(spent["channel_name"]) == {"Ads"}
    assert spent["spend"].sum() == float(spend)
    assert spent["spend"].sum() / len(leads) == pytest.approx(cpl)
    assert "of the ad report" in everything_said(app)


def test_inside_a_channel_only_its_own_campaigns_are_spoken_of_and_rules_say_whose_leads_they_credit(company):  # noqa: F811
    company(FACTS)
    app = opened("channels", {"lang": "en", "period": "all", "basis": "cash", "inside": "Ads"})
    assert not app.exception
    told = everything_said(app)
    assert "By the leads of the period in either case." in told
    assert "Site · " not in told
    assert "Fair · " not in told
