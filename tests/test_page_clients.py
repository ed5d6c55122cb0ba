"""The pages of clients, of the day's calls and of the forecast: figures hold the numbers of the analyses, lists as many rows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise

import plotly.graph_objects as go
import polars as pl
import pytest
from test_pages import COMPANIES, everything_said, opened

from dashboard import access
from dashboard.access import Facts
from dashboard.analyses.abc import abc
from dashboard.analyses.base_balance import base_balance
from dashboard.analyses.base_bridge import base_bridge
from dashboard.analyses.base_lists import no_contact
from dashboard.analyses.contact_list import contact_list
from dashboard.analyses.forecast import deals_behind, forecast
from dashboard.analyses.plan_pace import plan_pace
from dashboard.analyses.waterfall import END, START, waterfall
from dashboard.charts import client_base, contacts, fan, plan, theme
from dashboard.charts import waterfall as steps
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.deals import JUNK, LOST, WON
from dashboard.metrics.measure import measure
from dashboard.periods import Period
from pipelines.settings import find_home

RU, EN = Locale("ru"), Locale("en")
YEAR = Period(date(2025, 11, 1), date(2026, 11, 1))
WHOLE = {"lang": "en", "period": "all", "compare": "none"}


@pytest.fixture(scope="module")
def demo(demo_home) -> Facts:
    """The invented company, opened once for this file."""
    return access.open_facts(find_home(demo_home))


@pytest.fixture
def company(demo, monkeypatch) -> Facts:
    """Serve the invented company to the pages."""
    monkeypatch.setattr(access, "open_facts", lambda home, viewer=None: demo)
    return demo


def count_of(app, *columns: str) -> int:
    """Count the rows of the table that has these columns."""
    return len(next(one.value for one in app.dataframe if {*columns} <= {*one.value.columns}))


def drawn(chart: theme.Chart) -> list[dict]:
    """Give the traces of a figure that Plotly takes and JSON can hold."""
    json.dumps(chart.figure)
    go.Figure(theme.dress(chart.figure, "dark"))
    assert chart.title and chart.alt.startswith(chart.title)
    return chart.figure["data"]


def test_the_waterfall_closes() -> None:
    frame = pl.DataFrame(
        {
            "part": [START, "new", "won", "lost", END],
            "count": [2, 1, 1, 1, 1],
            "amount": [100.0, 50.0, -30.0, -80.0, 40.0],
        }
    )
    placed = steps.steps(frame)
    assert [(begin, end) for _, _, begin, end in placed] == [(0, 100), (100, 150), (150, 120), (120, 40), (0, 40)]
    chart = steps.waterfall(frame, EN, "RUB")
    (bar,) = drawn(chart)
    assert bar["base"] == [0, 100, 120, 40, 0] and bar["x"] == [100, 50, 30, 80, 40]
    assert chart.title == "Open deals: ₽100 then, ₽40 now; most left as “lost”: ₽80"


def test_the_waterfall_of_the_demo_closes_and_its_bars_are_its_amounts(demo) -> None:
    frame = waterfall(demo, Filter(period=YEAR)).frame
    placed = steps.steps(frame)
    assert placed[-2][3] == pytest.approx(placed[-1][3])
    bar = drawn(steps.waterfall(frame, RU, "RUB"))[0]
    assert bar["x"] == pytest.approx([abs(float(amount)) for amount in frame["amount"]])


def test_what_was_won_and_lost_of_the_open_deals_is_what_the_overview_says(demo) -> None:
    """Those too that were closed before the period, opened again and closed within it."""
    autumn = Filter(period=Period(date(2026, 8, 3), date(2026, 11, 1)))
    counts = dict(waterfall(demo, autumn).frame.select("part", "count").iter_rows())
    assert (counts["won"], counts["lost"], counts["junk"]) == measure(demo, [WON, LOST, JUNK], autumn).row(0)
    assert counts["opened again"] > 0


def given_fan(**more) -> fan.Fan:
    days = [(date(2026, 11, day), 10.0 * day) for day in range(1, 11)]
    about = {"done": days, "before": days, "month": date(2026, 11, 1), "month_before": date(2026, 10, 1)}
    return fan.Fan(
        **{**about, "until": date(2026, 11, 30), "p10": 200.0, "p50": 210.0, "p90": 220.0, "planned": 205.0,
           "plan_chance": 0.7, **more}
    )  # fmt: skip


def test_the_fan_begins_where_the_month_stands_and_ends_at_its_range() -> None:
    chart = fan.fan(given_fan(), EN, "RUB")
    shade, _, middle, done, planned = drawn(chart)
    assert shade["y"] == [100, 220, 200, 100] and middle["y"] == [100, 210]
    assert (done["y"][-1], planned["y"]) == (100, [205, 205])
    assert chart.title == "By 30 Nov 2026 most likely ₽210 (₽200 to ₽220); the plan of ₽205 is met with 70%"
    without = fan.fan(given_fan(planned=None, plan_chance=None, done=[], before=[]), EN, "RUB")
    assert "plan" not in without.title and drawn(without)[0]["y"] == [0, 220, 200, 0]


@pytest.mark.parametrize("heights", [[0.5, 0.51, 0.52, 0.53, 0.54], [0.95, 0.96, 0.97, 0.98], [0.0], []])
def test_labels_at_the_edge_never_lie_on_each_other(heights) -> None:
    placed = fan.apart(heights)
    assert all(b - a >= fan.APART - 1e-9 for a, b in pairwise(placed))
    assert not placed or placed[-1] <= 0.98 + 1e-9


def test_the_pictures_of_the_base_hold_what_the_analyses_say(demo) -> None:
    frame = base_bridge(demo, Filter(period=YEAR)).frame
    new, returned, lapsed, active = drawn(client_base.bridge(frame, demo.as_of_on, RU))
    assert new["y"] == frame["new"].to_list() and lapsed["y"] == [-count for count in frame["lapsed"].to_list()]
    before = frame["active_before"].to_list()
    flows = zip(before, new["y"], returned["y"], lapsed["y"], strict=True)
    assert [sum(one) for one in flows] == active["y"]
    balance = base_balance(demo, Filter()).frame.filter(pl.col("clients") > 0)
    chart = client_base.balance(balance, EN)
    mine, others = drawn(chart)
    assert [a + b for a, b in zip(mine["x"], others["x"], strict=True)] == balance["clients"].to_list()
    classes = drawn(client_base.classes(abc(demo, Filter()).frame, RU, "RUB"))[0]
    assert sum(classes["x"]) == pytest.approx(1)


def test_words_for_how_the_base_is_divided() -> None:
    def title(*sizes: int) -> str:
        names = [f"M{number}" for number in range(len(sizes))]
        return client_base.division(pl.DataFrame({"manager": names, "clients": sizes}), EN)

    assert title(100, 110) == "Clients are divided evenly: M1 has 110, M0 has 100, 1.1 times fewer"
    assert "divided unevenly" in title(100, 200) and "very unevenly" in title(1, 1, 1, 97)
    assert title(5) == "Clients have one manager, so nothing is divided"


def test_plan_bars_are_what_is_done_and_strokes_the_plan(demo) -> None:
    frame = plan_pace(demo, Filter(period=YEAR)).frame
    chart = plan.pace(frame, date(2026, 10, 1), RU, "RUB")
    assert chart is not None
    people = frame.filter((pl.col("metric") == "Revenue") & (pl.col("scope") == "manager"))
    bar, marks = drawn(chart)
    assert bar["x"] == pytest.approx(people["done"].to_list())
    assert marks["x"][::3] == people["planned"].drop_nulls().to_list()
    assert plan.pace(frame.clear(), date(2026, 10, 1), RU, "RUB") is None


def test_the_day_shows_a_part_of_each_list_and_says_how_many_more(company) -> None:
    frame = contact_list(company, Filter()).frame
    counts = contacts.by_manager(frame)
    assert counts["all"].sum() == frame.height
    bars = drawn(contacts.contacts(counts, date(2026, 11, 2), RU))
    assert sum(sum(trace["x"]) for trace in bars) == frame.height
    app = opened("today", WHOLE)
    assert count_of(app, "reason_to_call") == frame.filter(pl.col("place") <= 15).height
    assert EN.number(frame.height) in everything_said(app)
    who = counts.sort("all", descending=True)["manager"][0]
    own = frame.filter(pl.col("manager") == who)
    app = opened("today", {**WHOLE, "who": who})
    assert count_of(app, "reason_to_call") == 15 < own.height
    app.button(key=f"more_contact_list-{who}").click().run()
    assert count_of(app, "reason_to_call") == own.height


def test_the_clients_of_a_class_are_as_many_as_it_counts(company) -> None:
    a = abc(company, Filter()).frame.row(0, named=True)
    app = opened("clients", {**WHOLE, "class": "A", "more": "class-A"})
    assert count_of(app, "manager", "last_won_on", "abc_class") == a["clients"]
    assert f"{a['clients']} clients" in everything_said(app)
    late = no_contact(company, Filter()).frame.height
    assert f"Shown: 15 of {EN.number(late)}" in everything_said(app)


def test_deals_whose_client_is_only_named_are_said(demo, monkeypatch) -> None:
    first = pl.int_range(pl.len()) < 7
    bare = demo.deals.with_columns(
        client_id=pl.when(~first).then("client_id"),
        client_name=pl.when(first).then(pl.lit("Ива")).otherwise("client_name"),
    )
    for facts, said in ((demo, False), (replace(demo, deals=bare), True)):
        monkeypatch.setattr(access, "open_facts", lambda home, viewer=None, facts=facts: facts)
        told = [one.value for one in opened("clients", {"lang": "ru"}).caption if "только назван" in one.value]
        assert bool(told) == said and all(f"7 из {RU.number(demo.deals.height)}" in one for one in told)


def test_the_clients_behind_a_month_are_as_many_as_its_bar(company) -> None:
    lapsed = base_bridge(company, Filter(period=YEAR)).frame.row(-1, named=True)["lapsed"]
    app = opened(
        "clients", {**WHOLE, "part": "growth", "month": "2026-10", "state": "lapsed", "more": "base-2026-10-lapsed"}
    )
    assert count_of(app, "manager", "last_won_on", "abc_class") == lapsed


def test_the_deals_behind_a_step_are_as_many_as_it_counts(company) -> None:
    frame = waterfall(company, Filter(period=Period(date(2026, 8, 3), date(2026, 11, 1)))).frame
    won = frame.filter(pl.col("part") == "won").row(0, named=True)
    app = opened("forecast", {"lang": "en", "period": "last_90_days", "part": "changes", "move": "won"})
    assert count_of(app, "deal_id", "outcome") == won["count"]


def test_the_forecast_says_that_there_is_no_plan_and_what_the_deals_add_up_to(company) -> None:
    row = forecast(company, Filter()).frame.row(0, named=True)
    app = opened("forecast", WHOLE)
    assert deals_behind(company, Filter()).frame.height == row["open"]
    assert f"{row['open']} deals" in everything_said(app)
    assert "No plan of revenue for November 2026" in everything_said(app)
    shown = {one.label: one.value.replace("\\", "") for one in app.metric}
    assert shown["Most likely"] == EN.money(row["p50"], "RUB", short=True)
    assert shown["Plan of revenue"] == "—"


PARTS = [
    *(("clients", part) for part in ("growth", "repeat", "share")),
    *(("today", part) for part in ("promises", "return", "buy")),
    *(("forecast", part) for part in ("plan", "changes", "record", "notes")),
]


@pytest.mark.parametrize("name", ["empty", "no history"])
@pytest.mark.parametrize(("page", "part"), PARTS)
def test_every_part_opens_where_the_exports_tell_little(page, part, name, monkeypatch) -> None:
    monkeypatch.setattr(access, "open_facts", lambda home, viewer=None: COMPANIES[name])
    assert not opened(page, {**WHOLE, "part": part}).exception
