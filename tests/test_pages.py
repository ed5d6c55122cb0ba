"""Every page opens on every kind of company in both languages, and a link does what it says."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from tiny_company import tiny_facts

from dashboard import access
from dashboard.contents import PAGES
from dashboard.filters import Filter
from dashboard.metrics.deals import REVENUE, WON
from dashboard.metrics.measure import measure
from dashboard.ui import blocks, overview_blocks
from pipelines.errors import CheckFailed, HomeError

APP = Path(__file__).parent.parent / "dashboard" / "app.py"
COMPANIES = {
    "whole": tiny_facts(),
    "empty": tiny_facts(deals=0),
    "one manager": tiny_facts(managers=("Иванов Иван",), deals=30),
    "no history": tiny_facts(history=False),
}
ADDRESSES = (
    {},
    {"period": "all", "compare": "none"},
    {"period": "this_month"},
    {"manager": "Иванов Иван", "period": "last_365_days", "basis": "period"},
    {"basis": "snapshot", "skips": "any-touch", "stage": ["Новые продажи", "Договор"]},
    {"horizon": "90", "by": "channel", "period": "all"},
)


@pytest.fixture
def company(monkeypatch):
    """Serve hand-made facts instead of a snapshot."""

    def serve(facts):
        monkeypatch.setattr(access, "open_facts", lambda home, viewer=None: facts)

    return serve


def opened(page: str, query: dict[str, str | list[str]]) -> AppTest:
    """Open a page at an address, as a reader who follows a link does."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    if page != PAGES[0].file:
        app.switch_page(f"screens/{page}.py")
    return app.run()


def listed(app: AppTest, key: str) -> list[str]:
    """Give the values of a key of the address; AppTest holds one value as a text."""
    values = app.query_params[key]
    return [values] if isinstance(values, str) else list(values)


def everything_said(app: AppTest) -> str:
    parts = [*app.title, *app.caption, *app.markdown, *app.info, *app.warning]
    return " ".join(str(part.value).replace("\\", "").replace("\u2060", "") for part in parts)


def heading_levels(app: AppTest) -> list[int]:
    """Give the levels of the headings below the title, in the order of the page."""
    starts = [re.match("#+ ", part.value) for part in app.markdown]
    return [len(start[0]) - 1 for start in starts if start]


def test_the_headings_of_the_funnel_page_are_found(company):
    company(COMPANIES["whole"])
    assert heading_levels(opened("funnel", {"lang": "ru", "period": "all"})).count(2) >= 3


@pytest.mark.parametrize("query", ADDRESSES)
@pytest.mark.parametrize("page", [page.file for page in PAGES])
def test_every_page_opens_at_every_kind_of_address(page, query, company):
    company(COMPANIES["whole"])
    assert not opened(page, {**query, "lang": "ru"}).exception


TITLES = {
    "overview": {"ru": "Сводка", "en": "Overview"},
    "funnel": {"ru": "Воронка продаж", "en": "Sales funnel"},
    "cycle": {"ru": "Скорость сделки", "en": "Speed of a deal"},
    "managers": {"ru": "Показатели работы менеджеров", "en": "Performance of the managers"},
    "refusals": {"ru": "Причины отказов", "en": "Refusal reasons"},
    "channels": {"ru": "Каналы и ROI", "en": "Channels and ROI"},
    "calls": {"ru": "Звонки и скорость ответа", "en": "Calls and speed of response"},
    "clients": {"ru": "Клиентская база", "en": "Client base"},
    "today": {"ru": "Кому звонить", "en": "Whom to call"},
    "forecast": {"ru": "Прогноз", "en": "Forecast"},
    "data": {"ru": "Данные и сверка", "en": "Data and reconciliation"},
    "reports": {"ru": "Отчёты", "en": "Reports"},
    "glossary": {"ru": "Словарь показателей", "en": "Glossary of numbers"},
}


@pytest.mark.parametrize("name", COMPANIES)
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("page", [page.file for page in PAGES])
def test_every_page_opens_for_every_kind_of_company(page, language, name, company):
    company(COMPANIES[name])
    app = opened(page, {"stage": ["Новые продажи", "Договор"], "by": "channel", "lang": language})
    assert not app.exception
    levels = [1, *heading_levels(app)]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert page in TITLES, f"say in TITLES how {page} is headed in both languages"
    assert app.title[0].value == TITLES[page][language]


def test_the_cards_show_what_measure_says(company):
    facts = COMPANIES["whole"]
    company(facts)
    app = opened("overview", {"lang": "ru", "period": "all", "manager": "Петрова Анна"})
    measured = measure(facts, [WON, REVENUE], Filter(managers=("Петрова Анна",))).row(0, named=True)
    shown = {metric.label: metric.value.replace("\\", "") for metric in app.metric}
    assert shown["Продажи"] == str(measured["won"])
    assert shown["Выручка"] == f"{measured['revenue']:,.0f}".replace(",", "\u00a0") + "\u00a0₽"


def test_a_reader_without_a_link_gets_the_last_90_days_and_both_periods_with_their_dates(company):
    company(COMPANIES["whole"])
    app = opened("overview", {"lang": "ru"})
    assert listed(app, "period") == ["last_90_days"]
    assert "21 мар. – 18 июн. 2026" in everything_said(app)
    assert "21 дек. 2025 – 20 мар. 2026" in everything_said(app)


def test_a_change_of_a_filter_stands_in_the_address_and_changes_the_numbers(company):
    company(COMPANIES["whole"])
    app = opened("overview", {"lang": "ru", "period": "all"})
    before = [metric.value for metric in app.metric]
    app.multiselect(key="filter_manager_overview").set_value(["Иванов Иван"]).run()
    assert listed(app, "manager") == ["Иванов Иван"]
    assert listed(app, "lang") == ["ru"]
    assert [metric.value for metric in app.metric] != before


def test_a_turn_of_the_page_keeps_the_filters(company):
    company(COMPANIES["whole"])
    app = opened("overview", {"lang": "en", "period": "all", "region": "Казань", "trend": "won"})
    app.query_params.clear()  # what the browser does when the menu is used
    app.switch_page("screens/funnel.py").run()
    assert listed(app, "region") == ["Казань"]
    assert listed(app, "period") == ["all"]
    assert listed(app, "lang") == ["en"]
    assert "trend" not in app.query_params


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"manager": "Никто Такой"}, "Никто Такой"),
        ({"period": "yesterday"}, "yesterday"),
        ({"from": "2026-13-45"}, "2026-13-45"),
        ({"from": "2026-05-01", "to": "2026-04-01"}, "1 апр. 2026"),
        ({"compare": "mars"}, "mars"),
        ({"lang": "xx"}, "xx"),
        ({"basis": "<script>"}, "<script>"),
        ({"horizon": "-5"}, "-5"),
        ({"by": "![x](http://evil.example/p.png)"}, "![x](http://evil.example/p.png)"),
    ],
)
def test_a_bad_link_says_what_was_ignored_and_the_rest_counts(query, told, company):
    company(COMPANIES["whole"])
    app = opened("funnel", {"lang": "ru", "region": "Казань", **query})
    assert not app.exception
    assert told in everything_said(app)
    assert app.multiselect(key="filter_region_funnel").value == ["Казань"]


def test_a_stage_that_does_not_exist_is_not_chosen(company):
    company(COMPANIES["whole"])
    app = opened("funnel", {"lang": "ru", "stage": ["Нет", "Такого"]})
    assert not app.exception
    assert app.selectbox(key="pick_stage_funnel").value is None


def test_the_deals_behind_a_stage_are_as_many_as_came_in(company):
    facts = COMPANIES["whole"]
    company(facts)
    app = opened("funnel", {"lang": "ru", "period": "all", "stage": ["Новые продажи", "Договор"]})
    rows = next(table.value for table in app.dataframe if "deal_id" in table.value.columns)
    deals = facts.visits.filter(facts.visits["stage_name"] == "Договор")["deal_id"].n_unique()
    assert len(rows) == deals


def test_an_empty_filter_says_so_and_offers_a_way_out(company):
    company(COMPANIES["whole"])
    app = opened("overview", {"lang": "ru", "from": "1999-01-01", "to": "1999-02-01"})
    assert not app.exception
    assert "ни одной сделки" in everything_said(app)


def test_a_home_without_data_is_one_sentence(monkeypatch):
    def nothing(home, viewer=None):
        raise HomeError(
            "There is no data in {home} yet. Load an export first: voronka load FILE --home {home}", home="/d"
        )

    monkeypatch.setattr(access, "open_facts", nothing)
    app = opened("funnel", {"lang": "ru"})
    assert not app.exception
    assert "Данных пока нет" in app.info[0].value
    assert [button.label for button in app.button] == ["Загрузить выгрузку прямо здесь, в браузере"]


def test_what_a_page_cannot_answer_is_one_sentence_below_what_it_could(company, monkeypatch):
    company(COMPANIES["whole"])
    monkeypatch.setattr(overview_blocks, "why", broken)
    app = opened("overview", {"lang": "ru"})
    assert not app.exception
    assert len(app.metric) == 6
    assert [one.value.replace("\\", "") for one in app.error] == [
        "Части изменения открытых сделок не сходятся: 1 — это не 2."
    ]


def broken(*given):
    raise CheckFailed("The parts of the open deals do not add up: {sum} is not {end}.", sum=1, end=2)


def test_downloads_carry_a_hash_of_their_content():
    one, other = blocks.file_name("voronka-deals", b"a", "csv"), blocks.file_name("voronka-deals", b"b", "csv")
    assert one != other
    assert one.startswith("voronka-deals-")
    assert one == blocks.file_name("voronka-deals", b"a", "csv")
    assert "/" not in blocks.file_name("../../etc", b"a", "csv")


def test_without_the_right_no_byte_is_made(company, monkeypatch):
    company(COMPANIES["whole"])
    made = []
    monkeypatch.setattr(blocks, "MAY_EXPORT", False)
    monkeypatch.setattr(blocks, "file_name", lambda *parts: made.append(parts) or "x.csv")
    app = opened("funnel", {"lang": "ru", "stage": ["Новые продажи", "Договор"]})
    assert not app.exception
    assert not made
    assert not app.get("download_button")


def test_names_with_markup_stay_text_in_every_label(company):
    name = "![x](http://evil.example/p.png) <b>Иванов</b> :red[!]"
    company(tiny_facts(managers=(name, "Петров"), first_stage=name, funnel=name))
    app = opened("funnel", {"lang": "ru", "manager": name, "by": "region", "period": "all"})
    assert not app.exception
    for part in [*app.caption, *app.markdown]:
        assert "![x]" not in part.value
        assert "<b>" not in part.value


def test_every_screen_is_in_the_contents_short_and_asks_a_question():
    screens = {path.stem: path for path in (APP.parent / "screens").glob("*.py") if path.stem != "__init__"}
    assert set(screens) == {page.file for page in PAGES}
    for path in screens.values():
        code = path.read_text(encoding="utf-8")
        assert len(code.splitlines()) <= 40
        assert code.split('"""')[1].strip().endswith("?")
        assert "st." not in code.split('"""')[2]
