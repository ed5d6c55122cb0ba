"""The page of the refusals: the map holds every loss, colour means more than chance, a cell opens as many deals as it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from test_pages import everything_said, opened
from tiny_company import tiny_facts

from dashboard import access
from dashboard.analyses.refusals import refusals
from dashboard.charts.refusal_months import months_of, reason_trend
from dashboard.charts.refusals import LESS, MORE, MOST_REASONS, lay_out, map_title, missing_title, stage_map, two_lines
from dashboard.charts.theme import MAIN, QUIET
from dashboard.filters import Filter
from dashboard.i18n import Locale

RU = Locale("ru")
FACTS = tiny_facts()
CELLS = refusals(FACTS, Filter()).frame
ORDER = FACTS.stages["stage_name"].to_list()


@pytest.fixture
def company(monkeypatch):
    def serve(facts):
        monkeypatch.setattr(access, "open_facts", lambda home, viewer=None: facts)

    return serve


def cell(stage, reason, count, residual=None, *, amount=None, is_notable=None):
    known = {"stage": stage, "reason": reason, "count": count, "amount": amount, "row_share": 0.5}
    return {**known, "expected": 10.0, "residual": residual, "p_value": None, "is_notable": is_notable}


DRAWN = pl.DataFrame(
    [
        cell("Договор", "Дорого", 30, 5.0, is_notable=True),
        cell("Заявка", "Дорого", 2, -4.0, is_notable=True),
        cell("Заявка", "Не дозвонились", 40, 1.0, is_notable=False),
        cell(None, None, 7),
    ],
    schema_overrides={"residual": pl.Float64, "amount": pl.Decimal(18, 2), "is_notable": pl.Boolean},
)


def test_the_map_holds_every_loss_once():
    grid = lay_out(CELLS, ORDER)
    chart = stage_map(grid, RU, "RUB")
    lost = (FACTS.deals["outcome"] == "lost").sum()
    assert sum(int(text) for text in chart.figure["data"][1]["text"]) == lost
    assert len(chart.figure["data"][0]["y"]) == CELLS.height
    assert [name for name in grid.stages if name] == [name for name in ORDER if name in grid.stages]


def test_stages_go_as_the_funnel_goes_and_reasons_from_the_commonest_unknown_last():
    grid = lay_out(DRAWN, ["Заявка", "Договор"])
    assert grid.stages == ("Заявка", "Договор", None)
    assert grid.reasons == ("Не дозвонились", "Дорого", None)
    assert next((row["stage"], row["reason"]) for row in grid.cells) == ("Заявка", "Не дозвонились")


def test_only_what_stands_out_is_coloured():
    grid = lay_out(DRAWN, ["Заявка", "Договор"])
    chart = stage_map(grid, RU, "RUB")
    colours = dict(zip([row["count"] for row in grid.cells], chart.figure["data"][0]["marker"]["color"], strict=True))
    assert colours[30] == MORE
    assert colours[2] == LESS
    assert not {colours[40], colours[7]} & {MORE, LESS}
    assert chart.title == "«Дорого» на этапе «Договор»: 30 отказов, обычно было бы 10"


def test_a_map_without_stages_or_without_anything_loud_says_so():
    assert "не записано" in map_title([cell(None, "Дорого", 5)], RU)
    assert "Ни одна причина" in map_title([cell("КП", "Дорого", 5, 0.1, is_notable=False)], RU)


def test_money_in_the_cells_is_unknown_where_no_amount_is():
    rows = [cell("КП", "Дорого", 3, amount=5_400_000), cell("КП", "Другое", 1)]
    frame = pl.DataFrame(rows, schema_overrides={"amount": pl.Decimal(18, 2), "is_notable": pl.Boolean})
    chart = stage_map(lay_out(frame, ["КП"]), RU, "RUB", in_money=True)
    assert chart.figure["data"][1]["text"] == ["5,4", "—"]
    assert "5,4\u00a0млн\u00a0₽" in chart.title


def test_rare_reasons_are_left_out_and_counted():
    rows = [cell("КП", f"Причина {n:02}", 50 - n) for n in range(MOST_REASONS + 3)]
    grid = lay_out(pl.DataFrame(rows), ["КП"])
    assert len(grid.reasons) == MOST_REASONS
    assert grid.left_out == 3


def test_a_long_name_is_broken_in_the_middle():
    assert two_lines("Коммерческое предложение") == "Коммерческое<br>предложение"
    assert two_lines("Договор") == "Договор"
    assert two_lines("<b>очень хитрый</b>") == "&lt;b&gt;очень<br>хитрый&lt;/b&gt;"


@pytest.mark.parametrize("place", [0, -1])
def test_a_cell_opens_as_many_deals_as_it_says(place, company):
    company(FACTS)
    row = CELLS.row(place, named=True)
    link = {"lang": "ru", "period": "all", "cell": [row["stage"] or "", row["reason"] or ""]}
    app = opened("refusals", link)
    assert not app.exception
    rows = next(table.value for table in app.dataframe if "deal_id" in table.value.columns)
    assert len(rows) == row["count"]


def test_a_cell_that_is_not_there_is_told(company):
    company(FACTS)
    app = opened("refusals", {"lang": "ru", "period": "all", "cell": ["Нет", "Такого"]})
    assert not app.exception
    assert "Нет · Такого" in everything_said(app)


def test_no_losses_is_one_sentence(company):
    company(replace(FACTS, deals=FACTS.deals.filter(pl.col("outcome") != "lost")))
    app = opened("refusals", {"lang": "ru", "period": "all"})
    assert not app.exception
    assert "отказов не было" in everything_said(app)


TREND = pl.DataFrame(
    {
        "month": [date(2026, month, 1) for month in (3, 3, 4, 5, 5, 6)],
        "reason": ["Дорого", None, None, "Дорого", None, "Дорого"],
        "count": [10, 90, 100, 50, 50, 1],
        "of": [100, 100, 100, 100, 100, 4],
    }
)


def test_a_month_without_the_reason_is_zero_and_the_running_one_is_hollow():
    line = months_of(TREND, "Дорого")
    assert line["count"].to_list() == [10, 0, 50, 1]
    chart = reason_trend(line, "Дорого", date(2026, 6, 18), frozenset(), RU)
    dots = chart.figure["data"][-1]
    assert dots["y"] == [0.1, 0.0, 0.5, 0.25]
    assert dots["marker"]["symbol"] == ["circle", "circle", "circle", "circle-open"]
    assert dots["marker"]["color"] == [MAIN, MAIN, MAIN, QUIET]


def test_the_trend_names_a_change_only_beyond_chance():
    """10 of 200 before, 50 of 100 in May: more than chance. 10 of 100 in both months: the usual swing."""
    grown = reason_trend(months_of(TREND, "Дорого"), "Дорого", date(2026, 6, 18), frozenset(), RU)
    assert grown.title == "«Дорого» стало чаще: май 2026 — 50,0\u00a0%, до этого 5,0\u00a0%"
    quiet = TREND.filter(pl.col("month") != date(2026, 4, 1)).with_columns(count=pl.col("count").clip(upper_bound=10))
    assert (
        "обычных колебаний"
        in reason_trend(months_of(quiet, "Дорого"), "Дорого", date(2026, 6, 18), frozenset(), RU).title
    )
    assert months_of(TREND, None)["count"].to_list() == [90, 100, 50, 0]


def test_immature_months_carry_no_finding():
    young = frozenset({date(2026, 5, 1), date(2026, 6, 1)})
    chart = reason_trend(months_of(TREND, "Дорого"), "Дорого", date(2026, 7, 5), young, RU)
    assert chart.figure["data"][-1]["marker"]["symbol"] == ["circle", "circle", "circle-open", "circle-open"]
    assert "апр. 2026" in chart.title or "апрель 2026" in chart.title


def test_who_leaves_the_reason_empty_is_named_only_beyond_chance():
    frame = pl.DataFrame({"missing": [0, 0]})
    assert missing_title(frame, 0.0, [], RU) == "У каждого отказа указана причина"
    some = pl.DataFrame({"missing": [3, 5]})
    assert "никто" in missing_title(some, 0.1, [], RU)
    assert "Иванов" in missing_title(some, 0.1, ["Иванов"], RU)
    few = missing_title(some, 0.1, [], RU, is_few=True)
    assert "никто" not in few and "слишком мало" in few


def test_a_habit_is_named(company):
    deals = FACTS.deals.with_columns(refusal_reason=pl.when(pl.col("outcome") == "lost").then(pl.lit("Дорого")))
    company(replace(FACTS, deals=deals))
    said = everything_said(opened("refusals", {"lang": "ru", "period": "all"}))
    assert "по привычке" in said
    assert "У каждого отказа указана причина" in said
