"""The page of the managers: its pictures show what the analyses say, colour means a verdict, one manager has a page."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from test_pages import everything_said, opened
from tiny_company import MANAGERS, tiny_facts

from dashboard import access, viewers
from dashboard.analyses.against_team import CHECK, LEADS, WINS, manager_against_team
from dashboard.analyses.judging import WORDS
from dashboard.analyses.managers import managers
from dashboard.charts.effects import effects, with_counts
from dashboard.charts.managers import COLOURS, funnel_plot, judged_title, same_clients, several, stage_steps, team_share
from dashboard.charts.theme import QUIET
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from dashboard.ui.managers_card import CARD, scorecard

RU = Locale("ru")
FACTS = tiny_facts()
PEOPLE = managers(FACTS, Filter()).frame
ABOVE, BELOW, SAME, FEW = (WORDS[word] for word in ("above", "below", "indistinguishable", "too_few"))
JUDGED = pl.DataFrame(
    {
        "manager": ["Ёлкин", "Иванов", "Мало", None],
        "closed": [100, 200, 10, 90],
        "win_rate": [0.5, 0.2, 0.9, 0.3],
        "verdict": [ABOVE, SAME, FEW, BELOW],
    }
)


@pytest.fixture
def company(monkeypatch):
    def serve(facts):
        monkeypatch.setattr(access, "open_facts", lambda home, viewer=None: facts)

    return serve


def dots_of(chart):
    return chart.figure["data"][-1]


def test_every_dot_stands_where_the_analysis_says():
    dots = dots_of(funnel_plot(PEOPLE, "", RU))
    assert dots["x"] == PEOPLE["closed"].to_list()
    assert dots["y"] == PEOPLE["win_rate"].to_list()
    assert team_share(PEOPLE) == pytest.approx(
        (FACTS.deals["outcome"] == "won").sum() / FACTS.deals["outcome"].is_in(["won", "lost"]).sum()
    )


def test_the_limits_are_those_of_chance():
    """50 + 40 + 9 + 27 = 126 wins of 400: p = 0.315; of n deals 95 % lie within 1.96·√(p(1−p)/n)."""
    chart = funnel_plot(JUDGED, "", RU)
    low, high = chart.figure["data"][2:4]
    n = low["x"][40]
    reach = 1.959964 * (0.315 * 0.685 / n) ** 0.5
    assert low["y"][40] == pytest.approx(0.315 - reach, abs=1e-6)
    assert high["y"][40] == pytest.approx(0.315 + reach, abs=1e-6)


def test_only_a_verdict_has_a_colour_and_a_name_and_few_deals_are_hollow():
    chart = funnel_plot(JUDGED, "", RU)
    marker = dots_of(chart)["marker"]
    assert marker["color"] == [COLOURS[ABOVE], QUIET, QUIET, COLOURS[BELOW]]
    assert marker["symbol"] == ["circle", "circle", "circle-open", "circle"]
    assert {note["text"] for note in chart.figure["layout"]["annotations"]} == {"Ёлкин", "—", "все вместе 31,5\u00a0%"}


def test_the_title_says_who_stands_out_and_ranks_nobody():
    assert judged_title(JUDGED, RU) == "Конверсия выше остальных: Ёлкин; ниже: не указано"
    nobody = JUDGED.with_columns(verdict=pl.lit(SAME))
    assert "Никто не выделяется" in judged_title(nobody, RU)
    assert "ни про одного" in judged_title(nobody, RU, differ=True)
    assert several(["А", "Б", "В", "Г", "Д"], RU) == "А, Б, В и ещё 2"


def test_raw_and_adjusted_stand_side_by_side():
    chart = same_clients(PEOPLE, "", RU)
    assert chart.figure["data"][2]["x"] == PEOPLE["adjusted"].to_list()
    assert dots_of(chart)["x"] == PEOPLE["win_rate"].to_list()


def factor(name, own, team, effect, stage=None):
    return {"manager": "А", "factor": name, "stage": stage, "own": own, "team": team, "effect": effect}


CHAIN = [
    factor(LEADS, 40.0, 30.0, 100.0),
    factor("reached the stage", 0.5, 0.6, -70.0, "КП"),
    factor(WINS, 0.9, 0.8, 20.0),
    factor(CHECK, 10.0, 30.0, -250.0),
]


def test_a_factor_that_few_deals_came_to_is_grey_and_no_finding():
    """40 leads, 20 reach the stage, 18 are won: the check stands on 18 deals and is not named though it takes most."""
    assert [row["base"] for row in with_counts(CHAIN)] == [40, 40, 20, 18]
    chart = effects(pl.DataFrame(CHAIN), RU, "RUB")
    assert chart.figure["data"][0]["x"] == [100.0, -70.0, 20.0, -250.0]
    colours = chart.figure["data"][0]["marker"]["color"]
    assert colours[3] == QUIET
    assert QUIET not in colours[:3]
    assert chart.title == "−200\u00a0₽ к среднему коллеге; сильнее всего — до этапа «КП»: −70\u00a0₽"


def test_too_few_leads_explain_nothing():
    few = [{**CHAIN[0], "own": 19.0}, *CHAIN[1:]]
    assert "слишком мало" in effects(pl.DataFrame(few), RU, "RUB").title


def test_the_bars_add_up_to_the_difference_of_the_revenue():
    told = manager_against_team(FACTS, Filter(), MANAGERS[0]).frame
    won = FACTS.deals.filter(pl.col("outcome") == "won")
    own = float(won.filter(pl.col("manager_name") == MANAGERS[0])["amount"].sum())
    others = float(won.filter(pl.col("manager_name") != MANAGERS[0])["amount"].sum()) / (len(MANAGERS) - 1)
    assert sum(effects(told, RU, "RUB").figure["data"][0]["x"]) == pytest.approx(own - others, abs=1)


def test_the_steps_are_coloured_only_where_they_differ():
    rows = pl.DataFrame(
        {
            "stage": ["КП", "Договор"],
            "step_own": [0.4, 0.5],
            "step_team": [0.6, 0.5],
            "difference": [-0.2, 0.0],
            "low": [-0.3, -0.1],
            "high": [-0.1, 0.1],
            "verdict": [BELOW, SAME],
        }
    )
    chart = stage_steps(rows, RU)
    assert dots_of(chart)["marker"]["color"] == [COLOURS[BELOW], QUIET]
    assert "КП" in chart.title
    assert "Ни один этап" in stage_steps(rows.filter(pl.col("verdict") == SAME), RU).title


def test_the_scorecard_is_measured_by_name_and_leaves_out_what_nobody_has():
    card = scorecard(FACTS, Filter()).frame
    assert card["manager"].to_list() == sorted(MANAGERS, key=lambda name: name)
    assert "card_completeness" not in card.columns
    known = [METRICS[name] for name in CARD if name in card.columns]
    assert card.drop("manager").equals(measure(FACTS, known, Filter(), by=("manager",)).drop("manager"))


def test_a_missing_export_is_named(company):
    company(FACTS)
    assert "Нужна выгрузка: список клиентов" in everything_said(opened("managers", {"lang": "ru", "period": "all"}))


def test_one_managers_page_tells_the_verdict_and_lists_only_what_is_his(company):
    company(FACTS)
    app = opened("managers", {"lang": "ru", "period": "all", "who": MANAGERS[1], "rows": "lost"})
    assert not app.exception
    assert "Конверсию **нельзя отличить** от остальных" in everything_said(app)
    rows = next(table.value for table in app.dataframe if "deal_id" in table.value.columns and "outcome" in table.value)
    lost = FACTS.deals.filter((pl.col("manager_name") == MANAGERS[1]) & (pl.col("outcome") == "lost"))
    assert sorted(rows["deal_id"]) == sorted(lost["deal_id"])


def test_a_filter_for_one_manager_is_his_page_and_a_strange_name_is_told(company):
    company(FACTS)
    assert "## " + MANAGERS[2] in everything_said(opened("managers", {"lang": "ru", "manager": MANAGERS[2]}))
    app = opened("managers", {"lang": "ru", "who": "Никто Такой"})
    assert not app.exception
    assert "Никто Такой" in everything_said(app)


def test_one_manager_alone_is_compared_with_nobody(company):
    company(tiny_facts(managers=("Иванов Иван",), deals=30))
    for query in ({}, {"who": "Иванов Иван"}):
        assert "сравнить не с кем" in everything_said(opened("managers", {"lang": "ru", "period": "all", **query}))


def test_a_name_with_markup_stays_text(company):
    name = "![x](http://evil.example/p.png) <b>Иванов</b>"
    company(tiny_facts(managers=(name, "Петров")))
    app = opened("managers", {"lang": "ru", "period": "all", "who": name})
    assert not app.exception
    assert not [part for part in [*app.caption, *app.markdown] if "![x]" in part.value or "<b>" in part.value]


def test_deals_without_a_manager_are_a_row_and_break_nothing(company):
    facts = replace(
        FACTS,
        deals=FACTS.deals.with_columns(
            manager_name=pl.when(pl.col("manager_name") != MANAGERS[0]).then("manager_name")
        ),
    )
    company(facts)
    assert not opened("managers", {"lang": "ru", "period": "all"}).exception


def test_a_manager_who_sees_own_rows_alone_gets_the_own_page_beside_the_quartiles_of_the_team(company, monkeypatch):
    viewer = access.Viewer("anna", "manager", manager=MANAGERS[0])
    monkeypatch.setattr(viewers, "viewer_of", lambda home, headers: viewer)
    company(
        access.seen_by(
            tiny_facts(managers=tuple(f"{name} {n}" for n in "12345678" for name in ("А",)) + MANAGERS), viewer
        )
    )
    app = opened("managers", {"lang": "ru", "period": "all"})
    assert not app.exception
    told = everything_said(app)
    assert f"## {MANAGERS[0]}" in told
    assert "Свои числа среди коллег" in told
    assert "сравнить не с кем" not in told
    assert "Воронка рядом с коллегами" not in told
    assert not [box for box in app.selectbox if box.label == "Менеджер"]
