"""The page of calls: the pictures hold the numbers of the metrics, and a number opens its calls."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import polars as pl
import pytest
from test_metrics_activity import made
from test_pages import company, everything_said, listed, opened  # noqa: F401
from tiny_company import tiny_facts

from dashboard.access import Facts
from dashboard.analyses.calls_by_hour import COUNTED, WEEKDAYS, calls_at
from dashboard.analyses.catalogue import ANALYSES
from dashboard.charts import calls as charts
from dashboard.charts.shares import shares
from dashboard.charts.theme import MAIN, QUIET, dress
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.measure import measure, rows_behind
from dashboard.metrics.registry import METRICS
from dashboard.ui.calls_blocks import COUNTS

RU = Locale("ru")


@pytest.fixture(scope="module")
def facts() -> Facts:
    return made()


def test_the_curve_of_answers_is_the_metrics_of_the_cards(facts):
    answer = ANALYSES["response_curve"].run(facts, Filter())
    by = dict(answer.frame.select("within_minutes", "answered_by").iter_rows())
    for minutes in (5, 15, 60):
        assert by[minutes] == measure(facts, [METRICS[f"answered_within_{minutes}"]], Filter()).item()
    assert answer.frame["answered_by"].is_sorted()
    told = answer.frame.drop_nulls()
    assert ((told["low"] <= told["answered_by"]) & (told["answered_by"] <= told["high"])).all()
    assert (
        answer.n
        == measure(facts, [METRICS["unanswered"]], Filter()).item()
        / measure(facts, [METRICS["unanswered_share"]], Filter()).item()
    )


def test_the_picture_of_answers_holds_the_curve_and_says_who_got_none():
    curve = pl.DataFrame({"within_minutes": [5.0, 15.0, 60.0], "answered_by": [0.1, 0.25, 0.5]})
    curve = curve.with_columns(low=pl.col("answered_by") - 0.05, high=pl.col("answered_by") + 0.05)
    chart = charts.answers(curve, 0.2, RU)
    json.dumps(chart.figure)
    go.Figure(dress(chart.figure, "light"))
    assert chart.figure["data"][1]["y"] == [0.1, 0.25, 0.5]
    assert (
        chart.title == "За 15 минут отвечают на 25\u00a0% лидов, за час — на 50\u00a0%; 20\u00a0% остались без ответа"
    )


def hours(missed: dict[int, int], calls: int = 30) -> pl.DataFrame:
    """A week of hours 9 to 11 with so many incoming calls each, and of them missed by hour."""
    cells = [
        {"weekday": day, "weekday_name": name, "hour": hour, "calls": calls, "calls_in": calls, "missed": missed[hour]}
        for day, name in enumerate(WEEKDAYS, 1)
        for hour in missed
    ]
    return pl.DataFrame(cells).with_columns(calls_out=pl.lit(0), reached=pl.lit(0))


def test_a_cell_of_the_week_opens_as_many_calls_as_it_counts(facts, company):  # noqa: F811
    cells = ANALYSES["calls_by_hour"].run(facts, Filter()).frame
    for row in cells.filter(pl.col("calls") > 0).to_dicts():
        for what in COUNTED:
            assert calls_at(facts, Filter(), row["weekday"], row["hour"], what).height == row[what]
    busy = cells.sort("calls", descending=True).row(0, named=True)
    hours = charts.busy_hours(cells)
    assert charts.cell_at(cells, 7 * hours.index(busy["hour"]) + busy["weekday"] - 1) == (busy["weekday"], busy["hour"])
    company(facts)
    at = f"{busy['weekday']}-{busy['hour']}"
    app = opened("calls", {"lang": "ru", "period": "all", "week": "calls", "at": at})
    assert not app.exception
    shown = [table.value for table in app.dataframe if "phone" in table.value.columns]
    assert len(shown[0]) == busy["calls"]
    app = opened("calls", {"lang": "ru", "period": "all", "at": "8-99"})
    assert not app.exception
    assert "8-99" in everything_said(app)


def test_the_hour_that_loses_most_is_the_title_when_it_is_more_than_chance():
    chart = charts.week(hours({9: 3, 10: 15, 11: 3}), "missed", RU)
    json.dumps(chart.figure)
    go.Figure(dress(chart.figure, "dark"))
    assert chart.title.startswith("Больше всего теряют в 10:00–11:00: пропущено 50\u00a0% входящих (105 из 210)")
    assert chart.figure["data"][1]["text"][7:14] == ["50\u00a0%"] * 7
    assert charts.week(hours({9: 3, 10: 3, 11: 3}), "missed", RU).title.startswith(
        "По часам доля различается не больше"
    )


def test_few_calls_have_no_colour_and_no_number():
    chart = charts.week(hours({9: 3, 10: 15, 11: 3}, calls=19), "missed", RU)
    assert chart.figure["data"][1]["text"] == []
    assert len(set(chart.figure["data"][0]["marker"]["color"])) == 1


def test_groups_under_twenty_are_hollow_and_never_the_finding():
    frame = pl.DataFrame(
        {"n": [200, 200, 5], "share": [0.9, 0.4, 0.0], "low": [0.85, 0.33, 0.0], "high": [0.93, 0.47, 0.4]}
    )
    chart = shares(frame, ["a", "b", "<i>c"], "Won", RU)
    marker = chart.figure["data"][0]["marker"]
    assert marker["color"] == [MAIN, MAIN, QUIET]
    assert marker["symbol"][2] == "circle-open"
    assert "a — 90\u00a0%, b — 40\u00a0%" in chart.title
    assert "<i>" not in chart.figure["layout"]["annotations"][4]["text"]


@pytest.mark.parametrize("metric", COUNTS, ids=lambda metric: metric.name)
def test_a_number_of_calls_has_as_many_rows(metric, facts):
    assert rows_behind(facts, metric, Filter()).height == measure(facts, [metric], Filter()).item()


def test_the_page_opens_the_calls_behind_a_number(facts, company):  # noqa: F811
    company(facts)
    app = opened(
        "calls", {"lang": "ru", "period": "all", "rows": "missed_episodes", "reach": "attempt", "week": "calls"}
    )
    assert not app.exception
    assert listed(app, "reach") == ["attempt"]
    shown = {metric.label: metric.value for metric in app.metric}
    rows = next(table.value for table in app.dataframe if "started_at" in table.value.columns)
    assert shown["Не дозвонились"] == str(len(rows))


def test_without_a_log_of_calls_it_says_which_export_would_bring_it(company):  # noqa: F811
    company(tiny_facts())
    app = opened("calls", {"lang": "ru"})
    assert not app.exception
    assert "Загрузите журнал звонков" in everything_said(app)
    assert not app.metric
