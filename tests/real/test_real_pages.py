"""Every page opens on the public sets, in Russian and English: companies nobody invented, each lacking something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from real.sets import CALLS_MAPPING, MAPPINGS, home_of, lay_out
from streamlit.testing.v1 import AppTest
from test_pages import APP, everything_said

from dashboard.contents import PAGES
from dashboard.i18n import Locale
from dashboard.metrics.ad_report import AD_LEADS
from pipelines.load import load
from pipelines.settings import Home

WITH_REPORT = {"maven_crm_agents": "maven_crm", "bpic2012": "bpic2012_loans"}
"""Sets whose tests of numbers read what the load said too: mapping → folder."""
OTHERS: dict[str, Callable[[Path, Path], object]] = {
    "pwc": lambda data, home: (
        lay_out(data / "pwc_call_centre", home / "given"),
        load([home / "given"], Home(home), mapping=CALLS_MAPPING),
    ),
    "marketing-0": lambda data, home: load(
        [data / "kaggle_marketing_spend" / "Marketing_semicolon_decimal_comma.csv"],
        Home(home),
        mapping=MAPPINGS / "marketing.toml",
    ),
}
"""How the other sets are loaded, by the name of the home that the tests of their numbers use too."""
SETS = (*WITH_REPORT, *OTHERS)

EVERYDAY = [
    *((name, "ru") for name in SETS),
    *(pytest.param(name, "en", marks=pytest.mark.soak) for name in SETS),
]


@pytest.fixture
def open_home(once, real_data, monkeypatch):
    """Give ``open_home(set, language)``: an application that stands on the overview of a set's home."""

    def open_it(name: str, language: str) -> AppTest:
        if name in WITH_REPORT:
            home = home_of(once, real_data, WITH_REPORT[name], name)
        else:
            home = once(f"real-{name}", lambda folder: OTHERS[name](real_data, folder))
        monkeypatch.setenv("VORONKA_HOME", str(home))
        app = AppTest.from_file(str(APP), default_timeout=120)
        app.query_params["lang"] = language
        app.query_params["period"] = "all"
        return app.run()

    return open_it


def turn(app: AppTest, page: str) -> AppTest:
    return app if page == PAGES[0].file else app.switch_page(f"screens/{page}.py").run()


@pytest.mark.parametrize(("name", "language"), EVERYDAY)
def test_every_page_opens(name, language, open_home):
    app = open_home(name, language)
    for page in PAGES:
        turn(app, page.file)
        assert not app.exception, (page.file, app.exception)
        assert app.title, page.file


def test_spend_without_any_deal_is_not_called_a_loss(open_home, real_data):
    reference = json.loads((real_data / "kaggle_marketing_spend" / "reference.json").read_text(encoding="utf-8"))
    reported = reference["total"]["leads"]
    app = turn(open_home("marketing-0", "ru"), "channels")
    told = everything_said(app)
    assert "нет ни одной сделки" in told
    assert "не окупается" not in told
    shown = {metric.label: metric.value for metric in app.metric}
    assert "ROMI по выручке" not in shown
    assert int("".join(filter(str.isdigit, shown[Locale("ru").text(AD_LEADS.label)]))) == reported


def test_calls_without_numbers_do_not_leave_every_lead_unanswered(open_home):
    app = turn(open_home("pwc", "ru"), "calls")
    assert "Скорость ответа неизвестна" in everything_said(app)
    assert "Лиды без ответа" not in {metric.label for metric in app.metric}
