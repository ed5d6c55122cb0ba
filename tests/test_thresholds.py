"""Rules of thumb and notes of settings.toml reach the answers with the snapshot; a wrong one is refused in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from homes import DEALS, put

from dashboard.access import open_facts
from pipelines.errors import SettingsError
from pipelines.load import load
from pipelines.settings import Home, Settings
from pipelines.thresholds import Note, Thresholds, WorkingDays, read_back, thresholds_of

SAID = """
[working_time]
days = ["mon", "sat"]
days_off = [2026-02-23]
[clients]
no_contact_days = 45
[thresholds]
least_stages = 5
other_share = 0.2
[[note]]
day = 2026-02-02
text = "Новый скрипт"
only = { manager = ["Иванова"] }
[[note]]
day = 2026-01-10
text = "Скидка"
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_what_settings_say_comes_with_the_snapshot(home: Home) -> None:
    home.path.mkdir()
    home.settings_file.write_text(SAID, encoding="utf-8")
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    facts = open_facts(home)
    working = WorkingDays(("mon", "sat"), (date(2026, 2, 23),))
    assert facts.thresholds == Thresholds(least_stages=5, no_contact_days=45, other_share=0.2, working=working)
    assert facts.notes == (
        Note(date(2026, 1, 10), "Скидка"),
        Note(date(2026, 2, 2), "Новый скрипт", {"manager": ("Иванова",)}),
    )


def test_without_settings_the_defaults_are_one_thing_in_both_places() -> None:
    assert thresholds_of(Settings()) == Thresholds()
    assert read_back(None) == (Thresholds(), ())
    assert read_back('{"thresholds": {"least_stages": 4, "of_tomorrow": 1}}') == (Thresholds(least_stages=4), ())


def test_the_next_working_day_passes_over_weekends_and_days_off() -> None:
    plain, own = WorkingDays(), WorkingDays(("mon", "sat"), (date(2026, 2, 23),))
    # The 20th of February 2026 is a Friday.
    assert [plain.after(date(2026, 2, day)).day for day in (19, 20, 21, 22)] == [20, 23, 23, 23]
    assert [own.after(date(2026, 2, 20), count).day for count in (0, 1, 2, 3)] == [20, 21, 28, 2]


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[thresholds]\nleast_stage = 5", 'Did you mean "least_stages"'),
        ("[thresholds]\nother_share = 20", r"thresholds\.other_share is not as it should be"),
        ('[[note]]\nday = 2026-02-02\ntext = ""', r"note\.0\.text is not as it should be"),
        ('[[note]]\nday = 2026-02-02\ntext = "x"\nonly = { menager = ["И"] }', r"note\.0\.only"),
    ],
)
def test_a_wrong_one_is_refused_with_its_place(home: Home, toml: str, words: str) -> None:
    home.path.mkdir()
    home.settings_file.write_text(toml, encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        load([put(home, "a.csv", DEALS)], home, kind="deals")
