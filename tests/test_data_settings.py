"""Settings in the browser: what holds now, what would change, who may change it, and that the numbers follow."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from homes import DEALS, put
from streamlit.testing.v1 import AppTest
from test_data_page import home, loaded, page, press  # noqa: F401 - a fixture
from test_pages import everything_said

from dashboard import access, loading
from dashboard.i18n import Locale
from dashboard.ui import data_state
from dashboard.ui.data_fields import GROUPS, fault_of, same, shown, stored, written
from dashboard.viewers import Viewer, may_load
from pipelines.audit import lines
from pipelines.decisions import Edit, value_at, write_values
from pipelines.load import load
from pipelines.settings import Home, Settings, read_settings

FIELDS = {one.name: one for group in GROUPS.values() for one in group}
USUAL = {name: value_at(Settings(), name) for name in FIELDS}


@pytest.fixture
def full(home):  # noqa: F811
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    return home


def field(app: AppTest, kind: str, name: str):
    return next(one for one in app.get(kind) if one.key.startswith(f"set_{name.replace('.', '_')}_"))


def is_off(app: AppTest, key: str) -> bool:
    return next(one for one in app.button if one.key == key).disabled


def test_every_field_shows_what_holds_and_goes_back_to_the_file_as_it_came():
    settings = Settings.model_validate({"margin": {"share": 0.355}, "calls": {"talk_seconds": 7.5}})
    for name, one in FIELDS.items():
        now = value_at(settings, name)
        assert stored(one, shown(one, now)) == now
    assert shown(FIELDS["margin.share"], 0.355) == 35.5
    assert stored(FIELDS["margin.share"], 35.5) == 0.355
    assert repr(stored(FIELDS["calls.talk_seconds"], 7.0)) == "7"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("margin.share", 0.355, "35,5\xa0%"),
        ("margin.share", None, "не задано"),
        ("working_time.days", ("sun", "mon"), "пн, вс"),
        ("working_time.days_off", (date(2026, 5, 9), date(2026, 5, 1)), "1 мая 2026, 9 мая 2026"),
        ("margin.products", {"GTX": 0.4}, "GTX — 40,0\xa0%"),
        ("clients.no_contact_days", 45, "45"),
        ("zone", "Asia/Omsk", "Asia/Omsk"),
    ],
)
def test_a_change_is_said_as_people_say_it(name, value, told):
    assert written(FIELDS[name], value, Locale("ru")).replace("\u202f", "\xa0") == told


def test_what_cannot_stand_together_is_said_before_it_is_saved():
    assert fault_of(USUAL) is None
    for name, value in (("working_time.to", "08:00"), ("working_time.days", ()), ("clients.b_share", 0.5)):
        assert fault_of(USUAL | {name: value}) is not None
    assert same((date(2026, 1, 1), date(2026, 1, 2)), (date(2026, 1, 2), date(2026, 1, 1)))


def test_a_change_is_shown_saved_written_down_and_counted_when_asked(full):
    full.settings_file.write_text("# ours\n[clients]\nshared = 4  # a shop\n", encoding="utf-8")
    app = page(part="settings")
    assert not app.exception
    assert is_off(app, "settings_save")
    field(app, "selectbox", "zone").set_value("Asia/Omsk")
    field(app, "number_input", "margin.share").set_value(35.5)
    app = field(app, "number_input", "clients.no_contact_days").set_value(45).run()
    assert not full.settings_file.read_text("utf-8").count("Omsk")
    said = everything_said(app).replace("\\", "")
    assert "Europe/Moscow → **Asia/Omsk**" in said
    app = press(app, "settings_save")
    assert not app.exception
    settings = read_settings(full)
    assert (settings.zone, settings.margin.share, settings.clients.no_contact_days) == ("Asia/Omsk", 0.355, 45)
    assert "# ours" in full.settings_file.read_text("utf-8")
    assert "shared = 4  # a shop" in full.settings_file.read_text("utf-8")
    (line,) = [one for one in lines(full) if one["event"] == "settings"]
    assert line["what"] == {"zone": "Asia/Omsk", "margin.share": "0.355", "clients.no_contact_days": "45"}
    assert access.open_facts(full).thresholds.no_contact_days == 30
    app = loaded(press(app, "again"), full)
    assert not app.exception
    facts = access.open_facts(full)
    assert (facts.zone, facts.thresholds.no_contact_days) == ("Asia/Omsk", 45)
    assert not loading.is_behind(full, facts.rules)


def test_holidays_nobody_touched_are_no_change(full):
    full.settings_file.write_text('[working_time]\ndays_off = ["2026-05-01", "2026-05-09"]\n', encoding="utf-8")
    app = page(part="settings")
    assert "Что изменится" not in everything_said(app)
    assert is_off(app, "settings_save")


def test_a_day_that_ends_before_it_begins_cannot_be_saved(full):
    app = field(page(part="settings"), "selectbox", "working_time.to").set_value("08:00").run()
    assert any("раньше" in one.value for one in app.error)
    assert is_off(app, "settings_save")


def test_what_another_writer_changed_is_shown_and_not_undone(full):
    app = field(page(part="settings"), "selectbox", "zone").set_value("Asia/Omsk").run()
    write_values(full, {"zone": Edit("Europe/Moscow", "Asia/Tomsk")})
    app = press(app, "settings_save")
    assert any("Asia/Tomsk" in one.value.replace("\\", "") for one in app.error)
    assert read_settings(full).zone == "Asia/Tomsk"
    assert field(app, "selectbox", "zone").value == "Asia/Tomsk"


def test_only_the_owner_changes_settings(full, monkeypatch):
    app = field(page(part="settings"), "selectbox", "zone").set_value("Asia/Omsk").run()
    monkeypatch.setattr(data_state, "is_local", lambda: False)
    press(app, "settings_save")
    assert not full.settings_file.exists()
    app = page(part="settings")
    assert field(app, "selectbox", "zone").disabled
    assert not any(one.key == "settings_save" for one in app.button)
    person = '[[person]]\nlogin = "ivanova"\nrole = "marketer"\n[server]\nidentity_header = "X-User"\n'
    full.settings_file.write_text(person, encoding="utf-8")
    assert not may_load(Viewer("ivanova", "marketer"), full, is_local=True)


def test_settings_that_cannot_be_read_are_one_sentence(full):
    full.settings_file.write_text("currency = ", encoding="utf-8")
    app = page(part="settings")
    assert not app.exception
    assert any("settings" in one.value for one in app.error)


def test_who_reads_and_who_gets_mail_asks_for_no_new_count(full):
    rules = access.open_facts(full).rules
    for text, is_behind in (
        ("", False),
        ("[server]\nallow_upload = true\n", False),
        ('[[person]]\nlogin = "a"\nrole = "head"\n', False),
        ("[thresholds]\nleast_closed = 10\n", True),
        ("currency = ", False),
    ):
        full.settings_file.write_text(text, encoding="utf-8")
        assert loading.is_behind(full, rules) is is_behind
    assert not loading.is_behind(full, "")


def test_after_a_change_of_zone_the_same_file_is_read_anew_and_counted_once(tmp_path):
    made = Home(tmp_path / "home")
    made.path.mkdir()
    path = put(made, "a.csv", DEALS.replace("01.02.2026", "01.02.2026 12:00"))
    load([path], made, kind="deals")
    made.settings_file.write_text('zone = "Asia/Omsk"\n', encoding="utf-8")
    report = load([path], made, kind="deals")
    assert (report.rows_in, report.accepted, report.duplicates) == (2, 2, 0)
    deals = access.open_facts(made).deals.sort("deal_id")
    assert deals.height == 2
    assert deals["created_at"][0] == datetime(2026, 2, 1, 12, tzinfo=ZoneInfo("Asia/Omsk"))
    assert load([path], made, kind="deals").duplicates == 2
