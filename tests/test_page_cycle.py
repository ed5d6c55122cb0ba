"""The cycle's and the overview's blocks: figures hold the numbers of their analyses, titles say no more than the data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import plotly.graph_objects as go
import polars as pl
import pytest
from test_pages import COMPANIES, company, everything_said, opened  # noqa: F401
from tiny_company import FUNNEL, STAGES, tiny_facts

from dashboard.analyses.revenue_change import check_split, revenue_change
from dashboard.analyses.stage_days import dwell
from dashboard.analyses.stuck import stuck
from dashboard.analyses.times import cohorts, curves, cycle, cycle_by_age
from dashboard.charts import cycle as charts
from dashboard.charts import money_change
from dashboard.charts.cohorts import cohorts as draw_cohorts
from dashboard.charts.stage_days import stage_days
from dashboard.charts.theme import OTHER, QUIET
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.deals import REVENUE
from dashboard.metrics.measure import measure
from dashboard.periods import Period

RU = Locale("ru")
FACTS = COMPANIES["whole"]
IS_STANDING = (pl.col("exit") == "still_there") & (pl.col("stage_type") == "open")
STUCK = replace(FACTS, visits=FACTS.visits.with_columns(days=pl.when(IS_STANDING).then(9.0).otherwise("days")))
"""The same company with every open deal 9 days in a stage of which the norm is 3."""
HALF = Filter(period=Period(date(2026, 1, 1), date(2026, 6, 1)))


def test_the_curves_are_those_of_the_analysis_and_fill_the_whole():
    found, count = curves(FACTS, Filter())
    usual = cycle_by_age(FACTS, Filter()).frame
    both = found.join(usual, on="day", suffix="_usual").drop_nulls("open_by")
    assert both.height >= 5
    assert both["won_by"].to_list() == both["won_by_usual"].to_list()
    chart = charts.by_age(found, count, usual, RU)
    go.Figure(chart.figure)
    last = [trace["y"][-1] for trace in chart.figure["data"]]
    assert sum(last) + found.drop_nulls("open_by")["open_by"][-1] == pytest.approx(1)


def test_too_few_leads_have_no_share_in_the_title():
    facts = tiny_facts(deals=12)
    found, count = curves(facts, Filter())
    assert "%" not in charts.by_age(found, count, cycle_by_age(facts, Filter()).frame, RU).title


def test_every_win_stands_in_one_bar_of_the_spread():
    row = cycle(FACTS, Filter()).frame.row(0, named=True)
    won = FACTS.deals.filter(pl.col("outcome") == "won")["cycle_days"].to_list()
    chart = charts.spread(won, row, RU)
    go.Figure(chart.figure)
    assert sum(chart.figure["data"][0]["y"]) == row["n"] == len(won)
    assert "16" in chart.title


def test_a_stage_over_its_norm_is_named_and_orange():
    rows = dwell(FACTS, Filter()).frame.to_dicts()  # every visit lasts 4 days, every norm is 3
    chart = stage_days(rows, RU)
    go.Figure(chart.figure)
    assert "«Новая заявка»" in chart.title
    assert set(chart.figure["data"][1]["marker"]["color"]) == {OTHER}
    assert chart.figure["data"][2]["x"] == [row["median"] for row in rows]


def test_young_months_are_hatched_and_not_in_the_title():
    months = [date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)]
    counts = {"leads": [100, 100, 100], "won": [30, 20, 5], "open": [0, 0, 60], "matured_share": [1.0, 1.0, 0.4]}
    frame = pl.DataFrame({"month": months, **counts}).with_columns(won_share=pl.col("won") / pl.col("leads"))
    chart = draw_cohorts(frame, RU)
    go.Figure(chart.figure)
    assert chart.figure["data"][0]["marker"]["pattern"]["shape"] == ["", "", "/"]
    assert "апрель 2026" in chart.title
    assert "20,0" in chart.title
    assert "30,0" in chart.title
    few = draw_cohorts(cohorts(FACTS, Filter()).frame, RU)  # no month of the invented company has twenty leads
    assert "%" not in few.title


def test_the_parts_of_the_revenue_sum_to_its_change_and_chance_is_grey():
    frame = revenue_change(FACTS, HALF).frame
    chart = money_change.revenue(frame, RU, "RUB")
    go.Figure(chart.figure)
    bars = chart.figure["data"][0]
    earlier = HALF.compared(FACTS.as_of_on)
    assert earlier is not None
    now, before = (measure(FACTS, [REVENUE], one).item() for one in (HALF, earlier))
    assert bars["x"][0] == pytest.approx(float(before))
    assert bars["x"][-1] == pytest.approx(float(now)) == pytest.approx(bars["x"][0] + sum(bars["x"][1:-1]))
    for row, colour in zip(frame.to_dicts(), bars["marker"]["color"][1:-1], strict=True):
        assert (colour == QUIET) == (not money_change.is_sure(row))


def row(factor, effect, low, high):
    return {"factor": factor, "before": 1.0, "after": 1.0, "effect": effect, "effect_low": low, "effect_high": high}


@pytest.mark.parametrize(
    ("effects", "said"),
    [
        ([(9.0, 5.0, 12.0), (-2.0, -3.0, -1.0), (1.0, -1.0, 3.0)], "рекламу"),
        ([(1.0, 0.5, 2.0), (8.0, 6.0, 9.0), (0.0, -1.0, 1.0)], "менеджеров"),
        ([(1.3, 1.0, 1.6), (8.5, -1.0, 20.0), (5.4, -1.0, 12.0)], "в пределах случайного"),
        ([(9.0, -1.0, 20.0), (0.0, -1.0, 1.0), (0.0, -1.0, 1.0)], "не больше случайной"),
    ],
)
def test_the_title_says_advertising_or_sales_only_beyond_chance(effects, said):
    rows = [
        row(name, *one) for name, one in zip(("closed deals", "win rate", "revenue per sale"), effects, strict=True)
    ]
    assert said in money_change.revenue_finding(rows, sum(one[0] for one in effects), RU, "RUB")


def test_the_check_is_split_into_mix_and_products():
    frame = check_split(FACTS, HALF).frame
    chart = money_change.check(frame, 40_000.0, RU, "RUB")
    bars = chart.figure["data"][0]
    assert bars["x"][1:3] == pytest.approx([frame["rate_effect"].sum(), frame["mix_effect"].sum()])
    assert bars["x"][0] + bars["x"][1] + bars["x"][2] == pytest.approx(40_000)


def test_a_stage_of_the_address_narrows_the_stuck_list_to_as_many_as_said(company):  # noqa: F811
    company(STUCK)
    app = opened("cycle", {"lang": "ru", "period": "all", "at": [FUNNEL, STAGES[0]]})
    assert not app.exception
    wanted = stuck(STUCK, Filter()).frame.filter(stage=STAGES[0]).height
    assert wanted > 0
    assert [len(table.value) for table in app.dataframe if "deal_id" in table.value.columns] == [wanted]


def test_what_waits_for_a_person_counts_its_rows_and_the_unknown_is_no_zero(company):  # noqa: F811
    company(STUCK)
    app = opened("overview", {"lang": "ru", "period": "all"})
    links = [str(link.proto.label) for link in app.get("page_link")]
    assert f"**{stuck(STUCK, Filter()).frame.height}** · Сделки зависли на этапе" in links
    company(FACTS)  # here nobody knows since when the open deals stand
    told = everything_said(opened("overview", {"lang": "ru", "period": "all"}))
    assert "что загрузить): сделки зависли на этапе (история этапов)" in told
