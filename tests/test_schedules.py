"""The weekly lines are such as cron, the shell and systemd take, also for a folder with blanks and percent signs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from dashboard.exports import schedules
from dashboard.i18n import Locale
from pipelines.errors import InputError
from pipelines.settings import Home

ODD = "My 100% firm's $data"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with an odd name, and a program that notes what it was called with and which secret it had."""
    folder = tmp_path / ODD
    folder.mkdir()
    (folder / schedules.SECRETS).write_text("VORONKA_PASSPHRASE=abc\n")
    program = tmp_path / "voronka"
    program.write_text(
        f'#!/bin/sh\nfor word; do echo "$word"; done >> "{tmp_path}/calls"\n'
        f'echo "$VORONKA_PASSPHRASE" >> "{tmp_path}/calls"\n[ "$1" != snapshot ]\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(schedules, "program", lambda: str(program))
    return Home(folder)


def called(home: Home) -> list[str]:
    return (home.path.parent / "calls").read_text().splitlines()


def wanted(home: Home, secret: str) -> list[str]:
    there = str(home.path)
    return ["snapshot", "--send", "--home", there, secret, "backup", "--home", there, secret]


def test_the_line_of_cron_makes_both_jobs(home: Home) -> None:
    line = schedules.cron(home, "mon", 8, 5)
    assert line.startswith("5 8 * * mon ") and "\n" not in line
    assert not re.search(r"(?<!\\)%", line), "a bare percent sign ends a command of cron"
    subprocess.run(["/bin/sh", "-c", line.split(" ", 5)[5].replace(r"\%", "%")], check=True)
    assert called(home) == wanted(home, "abc")


def test_the_unit_of_systemd_makes_both_jobs_and_fails_when_one_does(home: Home) -> None:
    unit = schedules.service(home)
    [start] = [line.removeprefix("ExecStart=") for line in unit.splitlines() if line.startswith("ExecStart=")]
    shell, flag, words = start.split(" ", 2)
    # What systemd makes of a quoted word: escapes are undone, doubled signs are single.
    script = words[1:-1].replace('\\"', '"').replace("\\\\", "\\").replace("$$", "$").replace("%%", "%")
    assert subprocess.run([shell, flag, script], check=False).returncode == 1, "the report failed and nobody is told"
    assert called(home) == wanted(home, "")
    assert "EnvironmentFile=-" in unit and "100%% firm" in unit


def test_all_is_printed_in_the_readers_language_without_secrets(home: Home) -> None:
    told = schedules.lines(home, "Mon", "8:00", Locale("ru"))
    assert "OnCalendar=Mon *-*-* 08:00:00" in told and "Persistent=true" in told
    assert "Для cron" in told and "abc" not in told


@pytest.mark.parametrize(("day", "at"), [("mox", "08:00"), ("mo", "08:00"), ("monkey", "08:00"), ("mon", "24:00")])
def test_a_day_or_time_that_does_not_exist_is_refused(home: Home, day: str, at: str) -> None:
    with pytest.raises(InputError, match=r"no day|no time"):
        schedules.lines(home, day, at, Locale("en"))
