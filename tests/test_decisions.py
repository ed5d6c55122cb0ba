"""What people decide is written into settings.toml beside what stands there, whole or not at all."""

from __future__ import annotations

import stat
import threading
from datetime import date

import pytest

from pipelines.decisions import Edit, StageLine, accept_same, value_at, write_mapping, write_stages, write_values
from pipelines.errors import HomeError, SettingsError
from pipelines.settings import Home, read_settings

OWN = """# our company
currency = "RUB"  # roubles

[[funnel]]
name = "Продажи"
codes = ["1"]

  # the first one
  [[funnel.stage]]
  name = "Заявка"
  codes = ["C1:NEW"]
  exit_result = "Назначен менеджер"

  [[funnel.stage]]
  name = "Продажа"
  type = "won"
"""


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    made.path.mkdir()
    return made


def written(home: Home) -> str:
    return home.settings_file.read_text(encoding="utf-8")


def test_names_that_mean_the_same_are_added_and_comments_stay(home):
    home.settings_file.write_text(OWN, encoding="utf-8")
    accept_same(home, "manager", "Иванова Мария", "Иванова М.")
    accept_same(home, "manager", "Иванова Мария", "иванова мария")
    accept_same(home, "product", "GTX Pro", "GTXPro")
    same = read_settings(home).same
    assert same == {
        "manager": {"Иванова Мария": ("Иванова М.", "иванова мария")},
        "product": {"GTX Pro": ("GTXPro",)},
    }
    for comment in ("# our company", "# roubles", "# the first one"):
        assert comment in written(home)


def test_a_name_that_stood_for_others_brings_them_along(home):
    accept_same(home, "manager", "Иванова", "Ивановa")
    accept_same(home, "manager", "Иванова Мария", "Иванова")
    assert read_settings(home).same == {"manager": {"Иванова Мария": ("Иванова", "Ивановa")}}


def test_a_name_that_is_another_already_hands_the_newcomer_on(home):
    accept_same(home, "manager", "Иванова Мария", "Иванова")
    accept_same(home, "manager", "Иванова", "Ив.")
    accept_same(home, "manager", "Иванова", "Иванова Мария")
    assert read_settings(home).same == {"manager": {"Иванова Мария": ("Иванова", "Ив.")}}


def test_stages_are_written_in_their_order_and_keep_what_else_is_known_of_them(home):
    home.settings_file.write_text(OWN, encoding="utf-8")
    lines = [
        StageLine("Звонок", "open", 2.5, optional=True),
        StageLine("Заявка", "open", 1),
        StageLine("Продажа", "won"),
    ]
    write_stages(home, "Продажи", lines)
    funnel = read_settings(home).funnel[0]
    assert funnel.codes == ("1",)
    told = [(one.name, one.type, one.norm_days, one.optional) for one in funnel.stage]
    assert told == [("Звонок", "open", 2.5, True), ("Заявка", "open", 1, False), ("Продажа", "won", None, False)]
    assert funnel.stage[1].codes == ("C1:NEW",)
    assert funnel.stage[1].exit_result == "Назначен менеджер"
    assert "# the first one" in written(home)
    write_stages(home, "Продажи", [StageLine("Заявка"), StageLine("Продажа", "won")])
    again = read_settings(home).funnel[0]
    assert [(one.name, one.norm_days) for one in again.stage] == [("Заявка", None), ("Продажа", None)]


def test_writing_the_same_again_changes_nothing(home):
    home.settings_file.write_text(OWN, encoding="utf-8")
    lines = [StageLine("Продажа", "won"), StageLine("Заявка")]
    write_stages(home, "Продажи", lines)
    write_stages(home, "Вторая", [StageLine("А")])
    once = written(home)
    write_stages(home, "Продажи", lines)
    write_stages(home, "Вторая", [StageLine("А")])
    assert written(home) == once
    assert "\n\n\n" not in once


def test_settings_that_would_not_be_read_back_are_not_written(home):
    home.settings_file.write_text(OWN, encoding="utf-8")
    with pytest.raises(SettingsError):
        accept_same(home, "colour", "a", "b")
    assert written(home) == OWN


def test_broken_settings_are_refused_and_left_alone(home):
    home.settings_file.write_text("currency = ", encoding="utf-8")
    with pytest.raises(SettingsError):
        accept_same(home, "manager", "a", "b")
    assert written(home) == "currency = "


def test_a_file_is_for_its_owner_only_and_leaves_no_part_behind(home):
    path = write_mapping(home, "own", 'name = "own"\n')
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in home.mappings.iterdir()] == ["own.toml"]


def test_a_home_that_cannot_be_written_to_is_one_sentence(home):
    home.mappings.write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(HomeError):
        write_mapping(home, "own", "x")


WITH_TABLES = """# our company

# when we work
[working_time]
from = "09:00"  # the first shift
days_off = [
  "2026-01-01",  # New Year
  "2026-05-01",  # May Day
]
"""


def test_single_settings_are_written_beside_what_stands_there(home):
    home.settings_file.write_text(WITH_TABLES, encoding="utf-8")
    off = (date(2026, 1, 1), date(2026, 5, 1))
    edits = {
        "currency": Edit(None, "KZT"),
        "zone": Edit("Europe/Moscow", "Asia/Almaty"),
        "working_time.from": Edit("09:00", "08:30"),
        "working_time.days_off": Edit(off, (date(2026, 1, 1), date(2026, 12, 31))),
        "clients.active_days": Edit(None, 90),
        "thresholds.other_share": Edit(0.1, 0.25),
        "margin.products": Edit({}, {"GTX. Pro": 0.4}),
    }
    write_values(home, edits)
    settings = read_settings(home)
    assert {name: value_at(settings, name) for name in edits} == {name: edit.after for name, edit in edits.items()}
    text = written(home)
    for comment in ("# our company", "# when we work\n[working_time]", "# the first shift", "# New Year"):
        assert comment in text
    assert "May Day" not in text
    write_values(home, {name: Edit(edit.after, edit.before) for name, edit in edits.items() if edit.before is None})
    assert read_settings(home).currency is None
    assert "active_days" not in written(home)


def test_a_setting_somebody_else_changed_meanwhile_is_not_undone(home):
    write_values(home, {"zone": Edit("Europe/Moscow", "Asia/Omsk")})
    with pytest.raises(SettingsError, match="Asia/Omsk"):
        write_values(home, {"currency": Edit(None, "USD"), "zone": Edit("Europe/Moscow", "Asia/Tomsk")})
    assert read_settings(home).zone == "Asia/Omsk"
    assert read_settings(home).currency is None


def test_a_value_that_would_not_hold_leaves_the_file_as_it_was(home):
    home.settings_file.write_text(OWN, encoding="utf-8")
    for edits in (
        {"zone": Edit("Europe/Moscow", "Mars/Olympus")},
        {"working_time.from": Edit("09:00", "19:00")},
        {"thresholds.least_stages": Edit(7, 0), "currency": Edit("RUB", "USD")},
    ):
        with pytest.raises(SettingsError):
            write_values(home, edits)
    assert written(home) == OWN


def test_two_writers_at_once_lose_nothing(home):
    home.settings_file.write_text(OWN, encoding="utf-8")
    names = [f"Иванова {n}" for n in range(12)]
    writers = [threading.Thread(target=accept_same, args=(home, "manager", "Иванова", name)) for name in names]
    writers.append(threading.Thread(target=write_values, args=(home, {"zone": Edit("Europe/Moscow", "Asia/Omsk")})))
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    settings = read_settings(home)
    assert {*settings.same["manager"]["Иванова"]} == {*names}
    assert settings.zone == "Asia/Omsk"
