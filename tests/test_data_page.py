"""The Data page: an export goes in, its numbers come out, and whoever may not bring files cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from homes import HEADING, put
from proposals import ALL
from streamlit.testing.v1 import AppTest
from test_pages import APP, everything_said

from dashboard import access, loading
from dashboard.exports.mapping import say
from dashboard.i18n import Locale
from dashboard.ui import data_state
from pipelines.load import load
from pipelines.propose import answered, propose, questions, to_toml
from pipelines.readers import open_export
from pipelines.settings import Home, read_settings

EXPORTS = Path(__file__).parent / "exports"
SAMPLE = EXPORTS / "amocrm" / "deals_cp1251.csv"
NOTEBOOK = next(table for table in ALL if table.name == "заказы в тетради").text
PARTS = ("load", "check", "aside", "history", "words", "settings")
BAD = HEADING + "1;Ромб;Иванова;Продажа;1 200,50;01.02.2026;05.02.2026;\n2;Куб;Петров;Отказ;дорого;03.02.2026;;Дорого\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    made = Home(tmp_path / "home")
    made.path.mkdir()
    monkeypatch.setenv("VORONKA_HOME", str(made.path))
    yield made
    job = loading.JOBS.pop(made.path, None)
    if job is not None:
        job.ended.wait(60)


def page(language: str = "ru", **query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params.update({"lang": language, **query})
    return app.switch_page("screens/data.py").run()


def bring(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files])
    return app.run()


def press(app: AppTest, start: str) -> AppTest:
    return next(one for one in app.button if str(one.key or "").startswith(start)).click().run()


def loaded(app: AppTest, home: Home) -> AppTest:
    job = loading.job_of(home)
    assert job is not None
    assert job.ended.wait(60)
    return app.run()


def test_an_empty_home_asks_for_the_first_file_and_the_overview_leads_here(home):
    app = page()
    assert not app.exception
    assert app.title[0].value == "Данные и сверка"
    assert "Пока ничего не загружено" in everything_said(app)
    overview = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not overview.exception
    assert overview.button[0].click().run().title[0].value == "Данные и сверка"


def test_a_known_export_is_recognised_counted_and_loaded_only_when_asked(home):
    app = bring(page(), ("сделки.csv", SAMPLE.read_bytes()))
    assert not app.exception
    said = everything_said(app)
    assert "amoCRM" in said
    assert "будет принято: **2**" in said
    assert not home.warehouse.exists()
    app = loaded(press(app, "data_load"), home)
    assert not app.exception
    assert access.open_facts(home).deals.height == 2
    assert any("Загружено строк: 2 из 3" in one.value.replace("\\", "") for one in app.success)
    assert "сверка сошлась" in everything_said(app)
    assert data_state.WAITING not in app.session_state or not app.session_state[data_state.WAITING]


def test_a_file_that_cannot_be_read_says_its_sentence_and_can_be_removed(home):
    app = bring(page(), ("x.bin", b"\x00\x01garbage"))
    assert [one.value.replace("\\", "").startswith("x.bin") for one in app.error] == [True]
    app = press(app, "drop_")
    assert not app.error
    assert not list((home.path / "uploads").iterdir())


def test_an_unknown_sheet_is_mapped_saved_and_loaded_and_the_next_one_needs_no_question(home):
    app = bring(page(), ("Заказы в тетради.csv", NOTEBOOK.encode()))
    kinds = [one for one in app.selectbox if one.key.startswith("map_kind")]
    assert [one.value for one in kinds] == ["deals"]
    app = press(app, "map_try")
    assert not app.exception
    assert "будет принято: **6**" in everything_said(app)
    app = loaded(press(app, "map_save"), home)
    assert not app.exception
    (saved,) = home.mappings.glob("*.toml")
    assert saved.read_text("utf-8") == by_command_line(NOTEBOOK, "Заказы в тетради")
    assert access.open_facts(home).deals.height == 6
    again = bring(
        app, ("Заказы 2.csv", (NOTEBOOK + "Новый Ян;+7 912 345-67-09;Стол;1;Олег;купил;01.03.2026\n").encode())
    )
    assert "будет принято: **7**" in everything_said(again)


def by_command_line(text: str, name: str) -> str:
    proposal = propose(open_export(text.encode(), "x.csv")[0])
    while left := questions(proposal):
        proposal = answered(proposal, {one.key: one.proposed for one in left})
    return to_toml(proposal, name, lambda reason: say(reason, Locale("ru")))


def test_a_known_export_is_mapped_in_another_way_when_asked(home):
    app = bring(page(), ("сделки.csv", SAMPLE.read_bytes()))
    app = next(one for one in app.toggle if one.key.startswith("again_")).set_value(True).run()
    assert not app.exception
    app = press(app, "map_try")
    assert not app.exception
    app = loaded(press(app, "map_save"), home)
    assert not app.exception
    assert access.open_facts(home).files["profile"].to_list() == ["sdelki"]
    assert 'title = "сделки"' in (home.mappings / "sdelki.toml").read_text("utf-8")


def test_a_heading_chosen_by_hand_and_an_answer_stand_in_the_mapping(home):
    app = bring(page(), ("тетрадь.csv", NOTEBOOK.encode()))
    next(one for one in app.selectbox if one.key.endswith("_deals_product_name")).set_value("").run()
    next(one for one in app.selectbox if one.key.endswith("_deals_deal_name")).set_value("Что хотели").run()
    next(one for one in app.selectbox if "_currency_" in one.key).set_value("KZT")
    app = press(app, "map_try")
    assert not app.exception
    loaded(press(app, "map_save"), home)
    saved = next(home.mappings.glob("*.toml")).read_text("utf-8")
    assert 'deal_name = "Что хотели"' in saved
    assert "product_name" not in saved
    assert "KZT" in saved


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_on_real_rows(part, language, home):
    load([put(home, "a.csv", BAD)], home, kind="deals")
    app = page(language, part=part)
    assert not app.exception
    assert not app.error


def test_rows_put_aside_are_listed_with_place_value_and_reason(home):
    load([put(home, "a.csv", BAD)], home, kind="deals")
    app = page(part="aside")
    row = app.dataframe[0].value.iloc[0]
    assert [row["file"], row["line"], row["column"], row["value"]] == ["a.csv", 3, "Сумма", "дорого"]
    assert row["reason"] == "не сумма денег"
    assert len(app.get("download_button")) == 2


def test_amounts_without_a_rate_are_said_above_every_part_until_the_rate_is_there(home):
    text = HEADING.replace("Сумма", "Валюта;Сумма") + "1;Ромб;Иванова;Продажа;USD;100,50;01.02.2026;05.02.2026;\n"
    load([put(home, "dollars.csv", text)], home, kind="deals")
    said = [one.value.replace("\\", "") for one in page(part="words").warning]
    assert len(said) == 1 and "100,50 USD" in said[0] and "2026-02-05;USD" in said[0]
    (home.path / "rates.csv").write_text("дата;валюта;курс\n2026-02-01;USD;90\n", encoding="utf-8")
    app = loaded(press(page(part="load"), "again"), home)
    assert not app.warning


def test_a_reader_from_elsewhere_sees_the_reconciliation_and_no_way_to_change_anything(home, monkeypatch):
    load([put(home, "a.csv", BAD)], home, kind="deals")
    monkeypatch.setattr(data_state, "is_local", lambda: False)
    app = page()
    assert not app.file_uploader
    assert "allow_upload" in " ".join(one.value for one in app.info)
    assert not any(str(one.key).startswith(("stages_save", "same_", "again")) for one in page(part="words").button)
    assert not page(part="check").exception


def test_the_right_is_asked_for_again_at_the_action_itself(home, monkeypatch):
    app = bring(page(), ("сделки.csv", SAMPLE.read_bytes()))
    monkeypatch.setattr(data_state, "is_local", lambda: False)
    press(app, "data_load")
    assert loading.job_of(home) is None
    assert not home.warehouse.exists()


def test_a_busy_home_is_said_in_one_sentence(home):
    app = bring(page(), ("сделки.csv", SAMPLE.read_bytes()))
    going_on = loading.Job(("other.csv",))
    loading.JOBS[home.path] = going_on
    app = press(app, "data_load")
    going_on.ended.set()
    assert any("другая загрузка" in one.value for one in app.error)
    assert not home.warehouse.exists()


def test_names_that_may_be_one_are_accepted_into_the_settings(home, monkeypatch):
    load([put(home, "a.csv", BAD)], home, kind="deals")
    pair = {"thing": "manager", "name": "Иванова", "other": "Ивaнова", "score": 97.0, "rows": 3, "why": "one letter"}
    facts = replace(access.open_facts(home), name_proposals=pl.DataFrame([pair]))
    monkeypatch.setattr(access, "open_facts", lambda home, viewer=None: facts)
    app = page(part="words")
    assert "Возможно, одно и то же" in everything_said(app)
    app = press(app, "same_0_Иванова")
    assert not app.exception
    assert read_settings(home).same == {"manager": {"Иванова": ("Ивaнова",)}}
    assert any(one.key == "again" for one in app.button)


def test_stages_are_saved_with_their_norms_and_hold_after_counting_anew(home):
    load([put(home, "a.csv", BAD.replace("дорого", "5"))], home, kind="deals")
    app = press(page(part="words"), "stages_save")
    assert not app.exception
    assert home.settings_file.exists()
    app = loaded(press(app, "again"), home)
    assert not app.exception
    assert access.open_facts(home).stages["is_ordered"].all()
