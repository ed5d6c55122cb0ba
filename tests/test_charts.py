"""Charts: colours that can be seen on both backgrounds, titles that state the finding, unfinished months that look so."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import plotly.graph_objects as go
import polars as pl
import pytest
from tiny_company import AS_OF, FUNNEL, tiny_facts

from dashboard import charts
from dashboard.analyses.funnel import funnel as count_funnel
from dashboard.charts import theme
from dashboard.charts.funnel import drawn_stages, funnel, funnel_pair, worst_stage
from dashboard.charts.trend import trend, trend_period
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.deals import CYCLE_DAYS_MEDIAN, LEADS, REVENUE, WIN_RATE
from dashboard.metrics.measure import measure
from dashboard.periods import Period

RU = Locale("ru")
FACTS = tiny_facts()
CONFIG = Path(__file__).parent.parent / ".streamlit" / "config.toml"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_category_stands_out_on_both_backgrounds():
    assert len(theme.CATEGORIES) == len(set(theme.CATEGORIES)) == 10
    for colour in theme.CATEGORIES:
        assert contrast(colour, theme.LIGHT_BACKGROUND) >= 3, colour
        assert contrast(colour, theme.DARK_BACKGROUND) >= 3, colour


def test_text_can_be_read_on_its_background():
    for ink in (theme.INK, theme.FAINT_INK):
        assert contrast(ink["light"], theme.LIGHT_BACKGROUND) >= 4.5
        assert contrast(ink["dark"], theme.DARK_BACKGROUND) >= 4.5


def test_the_sequence_only_gets_darker():
    steps = [luminance(colour) for colour in theme.SEQUENCE]
    assert len(steps) == 10
    assert steps == sorted(steps, reverse=True)


def test_the_pages_use_the_same_colours():
    look = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
    assert tuple(look["chartCategoricalColors"]) == theme.CATEGORIES
    assert tuple(look["chartSequentialColors"]) == theme.SEQUENCE
    assert look["light"]["backgroundColor"] == theme.LIGHT_BACKGROUND
    assert look["dark"]["backgroundColor"] == theme.DARK_BACKGROUND


def months_of(metric, **more):
    span = trend_period(Period(date(2026, 4, 1), date(2026, 6, 19)), AS_OF.date())
    return measure(FACTS, [metric], Filter(period=span, **more), by=("month",))


@pytest.mark.parametrize("metric", [REVENUE, LEADS, WIN_RATE, CYCLE_DAYS_MEDIAN])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_trend_is_a_valid_figure_of_plain_values(metric, look):
    chart = trend(months_of(metric), metric, Period(date(2026, 4, 1), date(2026, 6, 19)), AS_OF.date(), RU, "RUB")
    json.dumps(chart.figure)
    go.Figure(theme.dress(chart.figure, look))
    assert chart.title.startswith(RU.text(metric.label))
    assert "май 2026" in chart.title, "the finding is about the last month that is over"
    assert "июнь 2026" in chart.alt


def test_the_running_month_is_hatched_and_the_months_outside_are_pale():
    chart = trend(months_of(REVENUE), REVENUE, Period(date(2026, 4, 1), date(2026, 6, 19)), AS_OF.date(), RU, "RUB")
    marker = chart.figure["data"][0]["marker"]
    assert marker["pattern"]["shape"][-1] == "/"
    assert set(marker["pattern"]["shape"][:-1]) == {""}
    assert marker["opacity"][-3:] == [0.95] * 3
    assert set(marker["opacity"][:-3]) == {0.4}


def test_a_month_that_is_over_is_not_hatched():
    chart = trend(months_of(REVENUE), REVENUE, Period(None, None), date(2026, 6, 30), RU, "RUB")
    assert set(chart.figure["data"][0]["marker"]["pattern"]["shape"]) == {""}


def test_the_last_step_of_a_line_is_dotted_while_the_month_runs():
    chart = trend(months_of(WIN_RATE), WIN_RATE, Period(None, None), AS_OF.date(), RU, "RUB")
    assert [trace.get("line", {}).get("dash") for trace in chart.figure["data"][:2]] == [None, "dot"]
    assert chart.figure["data"][0]["y"][-1] is None


def test_a_trend_of_nothing_is_still_a_figure():
    nothing = pl.DataFrame(schema={"month": pl.Date, "revenue": pl.Float64})
    chart = trend(nothing, REVENUE, Period(None, None), AS_OF.date(), RU, "RUB")
    go.Figure(chart.figure)
    assert chart.title == "Выручка"


def test_a_trend_covers_thirteen_whole_months_and_all_of_a_longer_period():
    assert trend_period(Period(date(2026, 4, 15), date(2026, 5, 3)), AS_OF.date()) == Period(
        date(2025, 5, 1), date(2026, 6, 1)
    )
    assert trend_period(Period(date(2024, 2, 10), date(2026, 5, 3)), AS_OF.date()).start == date(2024, 2, 1)
    assert trend_period(Period(None, None), AS_OF.date()).end == date(2026, 7, 1)


def test_a_funnel_shows_every_stage_on_the_way_and_says_which_loses_most():
    stages = count_funnel(FACTS, Filter()).frame
    chart = funnel(stages, RU)
    go.Figure(theme.dress(chart.figure, "dark"))
    json.dumps(chart.figure)
    drawn = drawn_stages(stages)
    assert drawn["stage"].to_list() == ["Новая заявка", "Квалификация", "КП отправлено", "Договор", "Продажа"]
    assert chart.figure["data"][1]["x"] == drawn["reached"].to_list()
    worst = worst_stage(stages)
    assert worst is not None
    assert f"«{worst['stage']}»" in chart.title
    assert worst["lost"] == stages.filter(pl.col("stage_type") == "open")["lost"].max()


def test_two_groups_are_shares_of_their_own_first_stage():
    pair = [count_funnel(FACTS, Filter(managers=(name,))).frame for name in ("Иванов Иван", "Петрова Анна")]
    chart = funnel_pair(pair[0], pair[1], ("Иванов Иван", "Петрова Анна"), RU)
    go.Figure(chart.figure)
    assert [trace["x"][0] for trace in chart.figure["data"]] == [1.0, 1.0]
    assert "Иванов Иван" in chart.title


def test_a_funnel_nobody_lost_in_says_so():
    stages = count_funnel(FACTS, replace(Filter(), managers=("никто",))).frame
    assert funnel(stages, RU).title == "Ни один этап не потерял сделок"


def test_names_in_a_chart_are_text():
    facts = tiny_facts(first_stage="<a href=https://evil.example>КП</a>", funnel=FUNNEL)
    told = json.dumps(funnel(count_funnel(facts, Filter()).frame, RU).figure, ensure_ascii=False)
    assert "<a" not in told
    assert "&lt;a href" in told


def test_plotly_may_not_send_anything_away():
    for code in ("ru", "en"):
        settings = theme.config(Locale(code))
        assert settings["showSendToCloud"] is False
        assert settings["displayModeBar"] is False
        assert settings["locale"] == code
    assert theme.config(RU)["locales"]["ru"]["format"]["shortMonths"][4] == "май"


def test_every_drawing_has_a_name_of_its_own():
    modules = [import_module(f"dashboard.charts.{one.name}") for one in iter_modules(charts.__path__)]
    homes = [
        (name, module.__name__)
        for module in modules
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
        if isinstance(value, type) or getattr(value, "__annotations__", {}).get("return") in ("Chart", "Figure")
    ]
    assert len(homes) > 40
    counted = Counter(name for name, _ in homes)
    assert [home for home in homes if counted[home[0]] > 1] == []
