"""The funnel's page: a bar opens as many deals as it says, young deals look young, the differences and what-if are right."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import plotly.graph_objects as go
import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from test_pages import COMPANIES, company, everything_said, opened  # noqa: F401
from tiny_company import AS_OF, FUNNEL, STAGES, tiny_facts

from dashboard.analyses.funnel import BASES, SKIPS, funnel
from dashboard.analyses.funnel_pair import steps_compared
from dashboard.analyses.funnel_rows import ripening, stage_deals
from dashboard.analyses.refusals import refusals
from dashboard.analyses.what_if import what_if
from dashboard.analyses.what_if_then import model, outlook
from dashboard.charts.funnel import drawn_stages
from dashboard.charts.funnel import funnel as draw
from dashboard.charts.reasons import reasons
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.periods import Period
from dashboard.statistics.intervals import newcombe

RU = Locale("ru")
FACTS = COMPANIES["whole"]
IS_SKIPPED = (pl.col("stage_name") == STAGES[1]) & (pl.col("deal_id").cast(pl.Int64) % 3 == 0)
SKIPPING = replace(FACTS, visits=FACTS.visits.filter(~IS_SKIPPED))
"""The same company where every third deal passes the second stage over."""
PERIODS = st.sampled_from([Period(), Period(date(2025, 9, 1), date(2026, 3, 1)), Period(None, date(2026, 1, 15))])


@examples(12)
@given(st.sampled_from(BASES), st.sampled_from(SKIPS), PERIODS, st.sampled_from([None, 12, 60]))
def test_a_bar_opens_as_many_deals_as_it_says(basis, skips, period, horizon):
    horizon = horizon if basis == "cohort" else None
    filter = Filter(period=period)
    counted = funnel(SKIPPING, filter, basis=basis, skips=skips, horizon=horizon).frame
    for row in counted.to_dicts():
        stage = (row["funnel"], row["stage"])
        deals = stage_deals(SKIPPING, filter, stage, basis=basis, skips=skips, horizon=horizon)
        assert deals.height == row["reached"], (stage, basis, skips)
        assert deals["deal_id"].is_unique().all()


def test_the_list_of_a_stage_holds_the_deals_that_skipped_it_where_a_skip_counts_as_reached():
    stage = (FUNNEL, STAGES[1])
    went = FACTS.visits.filter(FACTS.visits["stage_name"] == STAGES[1])["deal_id"].to_list()
    without = replace(FACTS, visits=FACTS.visits.filter(~(FACTS.visits["stage_name"] == STAGES[1])))
    later = without.visits.filter(without.visits["stage_order"].is_in([3, 4, 5]))["deal_id"].n_unique()
    assert stage_deals(without, Filter(), stage).height == later < len(went)
    assert stage_deals(without, Filter(), stage, skips="any-touch").height == 0


def test_an_exit_opens_the_deals_that_left_so():
    stage = (FUNNEL, STAGES[1])
    row = funnel(FACTS, Filter()).frame.filter(stage=STAGES[1]).row(0, named=True)
    for exit_ in ("advanced", "lost", "still_there"):
        assert stage_deals(FACTS, Filter(), stage, exit=exit_).height == row[exit_]


def test_the_page_lists_as_many_deals_as_the_bar(company):  # noqa: F811
    company(FACTS)
    app = opened("funnel", {"lang": "ru", "period": "all", "stage": [FUNNEL, STAGES[2]]})
    bar = json.loads(app.get("plotly_chart")[0].proto.spec)["data"][1]
    drawn = drawn_stages(funnel(FACTS, Filter()).frame)
    assert bar["x"] == drawn["reached"].to_list()
    rows = next(table.value for table in app.dataframe if "deal_id" in table.value.columns)
    assert len(rows) == bar["x"][2]


def test_a_reason_opens_as_many_deals_as_its_bar(company):  # noqa: F811
    company(FACTS)
    app = opened("funnel", {"lang": "ru", "period": "all", "stage": [FUNNEL, STAGES[2]], "why": "Дорого"})
    cells = refusals(FACTS, Filter()).frame.filter(stage=STAGES[2], reason="Дорого")
    rows = next(table.value for table in app.dataframe if "deal_id" in table.value.columns)
    assert len(rows) == cells["count"][0] > 0


def test_reasons_of_few_refusals_are_not_ranked():
    rows = refusals(FACTS, Filter()).frame.filter(stage=STAGES[2]).sort("count", descending=True)
    chart = reasons(rows, STAGES[2], RU, "RUB")
    go.Figure(chart.figure)
    assert chart.figure["data"][1]["x"] == rows["count"].to_list()
    assert "мало" in reasons(rows.head(1).with_columns(count=19), STAGES[2], RU, "RUB").title
    assert "«Дорого»" in reasons(rows.with_columns(count=20), STAGES[2], RU, "RUB").title


def test_deals_are_old_enough_at_the_age_by_which_nearly_all_wins_come():
    # every win of the invented company takes 16 days
    found = ripening(FACTS, Filter())
    assert found is not None
    assert found.filter is not None
    assert found.days == 16
    assert found.filter.period.end == AS_OF.date() - timedelta(days=15)
    assert ripening(FACTS, Filter(), 30) == replace(
        found, days=30, filter=Filter(period=Period(None, AS_OF.date() - timedelta(days=29)))
    )
    assert ripening(FACTS, Filter(period=Period(None, date(2026, 1, 1)))) is None
    young = ripening(FACTS, Filter(period=Period(AS_OF.date() - timedelta(days=5), None)))
    assert young is not None
    assert young.filter is None


def test_young_deals_are_hatched_and_the_rest_is_what_the_older_ones_reached():
    stages = funnel(FACTS, Filter()).frame
    old = funnel(FACTS, Filter(period=Period(None, date(2026, 3, 1)))).frame
    chart = draw(stages, RU, ripe=old)
    go.Figure(chart.figure)
    whole, solid = chart.figure["data"][1], chart.figure["data"][2]
    assert whole["marker"]["pattern"]["shape"] == "/"
    assert solid["x"] == drawn_stages(old)["reached"].to_list()
    assert all(grown <= all_ for grown, all_ in zip(solid["x"], whole["x"], strict=True))


def test_a_step_of_two_groups_has_newcombes_interval_and_too_few_have_no_verdict():
    sides = [funnel(FACTS, Filter(managers=(name,))).frame for name in ("Иванов Иван", "Петрова Анна")]
    row = steps_compared(*sides).row(0, named=True)
    one, two = (side.row(0, named=True) for side in sides)
    counts = [(round(side["reached"] * side["step"]), side["reached"]) for side in (one, two)]
    assert (row["low"], row["high"]) == newcombe(*counts[0], *counts[1])
    assert row["difference"] == pytest.approx(one["step"] - two["step"])
    few = [funnel(tiny_facts(deals=30), Filter(managers=(name,))).frame for name in ("Иванов Иван", "Петрова Анна")]
    assert set(steps_compared(*few)["verdict"]) == {"too few to say"}


def test_the_sliders_say_what_the_analysis_says_of_the_best_quarter():
    given_ = model(FACTS, Filter(), FUNNEL)
    assert given_ is not None
    as_now = outlook(given_, {})
    assert as_now.chance[0] == as_now.chance[1]
    rows = what_if(FACTS, Filter()).frame.filter(target=what_if(FACTS, Filter()).frame["target"].max())
    row = rows.row(0, named=True)
    told = outlook(given_, {row["stage"]: max(row["target"], row["step"])})
    assert told.chance == pytest.approx((row["win_now"], row["win_then"]))
    assert told.won is not None
    assert told.revenue is not None
    assert told.won[1] - told.won[0] == pytest.approx(row["gain_won"])
    assert told.revenue[1] - told.revenue[0] == pytest.approx(row["gain"])


def test_a_slider_of_the_address_moves_the_outlook_and_a_wrong_one_is_told(company):  # noqa: F811
    company(FACTS)
    app = opened("funnel", {"lang": "ru", "period": "all", "if": [f"{STAGES[0]}:100"]})
    assert not app.exception
    assert app.slider[0].value == 100
    assert next(metric for metric in app.metric if metric.label == "Продаж в месяц").delta.startswith("+")
    told = opened("funnel", {"lang": "ru", "if": ["Нет такого:50", f"{STAGES[0]}:500"]})
    assert not told.exception
    assert "Нет такого:50" in everything_said(told)
