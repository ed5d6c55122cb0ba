"""The server's weekly jobs: once a week by the company's clock, whatever is restarted and however many servers there are."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import timetable
from dashboard.timetable import Timetable, in_a_process, lines
from pipelines.errors import SettingsError
from pipelines.settings import Home, read_settings
from pipelines.weekly import Weekly, weekly

MOSCOW = ZoneInfo("Europe/Moscow")
SETTINGS = '[schedule]\nweekly = "mon 08:00"\nbackup_folder = "safe"\n'
SUNDAY = datetime(2026, 11, 15, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
"""Eight in Moscow."""


class Clock:
    """A clock that is set by hand, and commands that are noted instead of run."""

    def __init__(self, home: Home, *codes: int) -> None:
        self.home, self.codes, self.now, self.ran = home, list(codes), SUNDAY, []
        self.secrets: list[Mapping[str, str]] = []

    def run(self, words: Sequence[str], secrets: Mapping[str, str]) -> tuple[int, str]:
        self.ran.append(" ".join(words).replace(str(self.home.path), "HOME"))
        self.secrets.append(secrets)
        return (self.codes.pop(0) if self.codes else 0), "what it said"

    def look(self, now: datetime, given: Weekly | None = None) -> list[str]:
        """A server that has just been started looks at this moment; returns what it ran."""
        self.now, self.ran = now, []
        Timetable(self.home, given, lambda: self.now, self.run).look()
        return self.ran


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "voronka.env").write_text("# secret\nVORONKA_PASSPHRASE='раз два'\nPATH=/nowhere\n", encoding="utf-8")
    return Home(tmp_path)


BOTH = ["snapshot --send --week 2026-W46 --home HOME", "backup --out HOME/safe --home HOME"]


def test_once_a_week_whatever_is_restarted(home: Home) -> None:
    clock = Clock(home)
    assert clock.look(SUNDAY) == [], "the weeks before the first start are nobody's"
    assert clock.look(MONDAY - timedelta(minutes=1)) == []
    assert clock.look(MONDAY) == BOTH
    assert clock.secrets[0] == {"VORONKA_PASSPHRASE": "раз два"}
    assert [clock.look(MONDAY + timedelta(hours=hours)) for hours in (0, 1, 30, 167)] == [[]] * 4
    late = clock.look(MONDAY + timedelta(days=9))
    assert late == [one.replace("W46", "W47") for one in BOTH], "a server that was off does it when it is on again"
    assert [one["state"] for one in lines(home)] == ["on", *["begun", "done"] * 4]


def test_what_failed_is_begun_again_after_an_hour_and_the_rest_is_not(home: Home) -> None:
    clock = Clock(home, 2, 0)
    clock.look(SUNDAY)
    assert clock.look(MONDAY) == BOTH, "the backup is made also when the report failed"
    assert clock.look(MONDAY + timedelta(minutes=59)) == []
    assert clock.look(MONDAY + timedelta(minutes=61)) == BOTH[:1]
    assert clock.look(MONDAY + timedelta(hours=5)) == []
    clock.codes = [2] * 200
    week = MONDAY + timedelta(days=7)
    tries = [len(clock.look(week + timedelta(hours=hours))) for hours in range(60)]
    assert sum(tries) == 2 * timetable.MOST_ATTEMPTS and not any(tries[30:])
    assert next(one["said"] for one in lines(home) if one["state"] == "failed") == "what it said"


def test_two_servers_at_the_same_moment_do_it_once(home: Home) -> None:
    begun, free, ran = threading.Event(), threading.Event(), []

    def slow(words: Sequence[str], secrets: Mapping[str, str]) -> tuple[int, str]:
        ran.append(words[0])
        begun.set()
        assert free.wait(10)
        return 0, ""

    Clock(home).look(SUNDAY)
    first = threading.Thread(target=Timetable(home, None, lambda: MONDAY, slow).look)
    first.start()
    assert begun.wait(10)
    Timetable(home, None, lambda: MONDAY, slow).look()
    assert ran == ["snapshot"], "the second server left it to the first, and did not wait"
    free.set()
    first.join(10)
    Timetable(home, None, lambda: MONDAY, slow).look()
    assert ran == ["snapshot", "backup"]


def test_a_server_that_died_at_it_begins_again(home: Home) -> None:
    clock = Clock(home)
    clock.look(SUNDAY)

    def dies(words: Sequence[str], secrets: Mapping[str, str]) -> tuple[int, str]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Timetable(home, None, lambda: MONDAY, dies).look()
    assert clock.look(MONDAY + timedelta(minutes=1)) == BOTH[1:]
    assert clock.look(MONDAY + timedelta(hours=1)) == BOTH[:1]


def test_nothing_is_done_unless_it_is_scheduled_and_the_command_goes_first(home: Home) -> None:
    clock = Clock(home)
    home.settings_file.write_text('[schedule]\nbackup = "none"\n', encoding="utf-8")
    assert clock.look(MONDAY) == [] and not lines(home)
    clock.look(SUNDAY, weekly("Tuesday", "9:30"))
    assert clock.look(MONDAY + timedelta(days=1), weekly("Tuesday", "9:30")) == []
    assert clock.look(MONDAY + timedelta(days=1, hours=1, minutes=30), weekly("Tuesday", "9:30")) == BOTH[:1]


@settings(max_examples=15)
@given(day=st.integers(0, 6), hour=st.integers(0, 23), minutes=st.integers(0, 2 * 365 * 24 * 60))
def test_the_last_moment_is_within_a_week_on_its_day(day: int, hour: int, minutes: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    now = SUNDAY + timedelta(minutes=minutes)
    due = Weekly(day, hour, 30).last_due(now, zone)
    assert (due.weekday(), due.hour, due.minute) == (day, hour, 30)
    assert timedelta(0) <= now - due.astimezone(UTC) <= timedelta(days=7, hours=1), (
        "an hour more when the clock is set back"
    )


def test_a_process_tells_its_code_and_its_last_word(home: Home) -> None:
    assert in_a_process(["--version"], {})[0] == 0
    code, said = in_a_process(
        ["backup", "--home", str(home.path), "--lang", "en"], {"VORONKA_PASSPHRASE": "long enough"}
    )
    assert code == 2 and said.startswith("There is no data in") and "Traceback" not in said


@pytest.mark.parametrize("text", ['"mon"', '"mon 25:00"', '"mox 08:00"', '"mon 08:00 09:00"'])
def test_a_moment_that_is_none_is_refused_in_settings(home: Home, text: str) -> None:
    home.settings_file.write_text(f"[schedule]\nweekly = {text}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="mon 08:00"):
        read_settings(home)


def test_the_clock_is_looked_at_in_the_background(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable, "LOOKS", 0.01)
    clock, done = Clock(home), threading.Event()
    clock.look(SUNDAY)
    clock.now = MONDAY

    def noted(words: Sequence[str], secrets: Mapping[str, str]) -> tuple[int, str]:
        done.set()
        return clock.run(words, secrets)

    table = Timetable(home, None, lambda: clock.now, noted)
    table.start()
    assert done.wait(10)
    table.stopped.set()
