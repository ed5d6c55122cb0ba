"""What people decide is written into settings.toml beside what stands there, whole or not at all."""

from __future__ import annotations

import stat

import pytest

from pipelines.decisions import StageLine, accept_same, write_mapping, write_stages
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
