"""The log of what went out: append-only, private, and a changed line is found."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import cli
from pipelines.audit import FIRST, lines, record, unusual, verify
from pipelines.settings import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    for number in range(5):
        record(Home(tmp_path), "export", who="anna", what=f"deals-{number}.csv")
    return Home(tmp_path)


def log_of(home: Home) -> Path:
    return next((home.path / "audit").glob("*.jsonl"))


def test_every_line_is_kept_in_order_and_only_its_owner_may_read(home: Home) -> None:
    assert [one["what"] for one in lines(home)] == [f"deals-{number}.csv" for number in range(5)]
    assert verify(home) == (5, None)
    assert log_of(home).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("fault", "at"),
    [
        (lambda rows: [rows[0], rows[1].replace("anna", "boris"), *rows[2:]], 3),
        (lambda rows: [rows[0], *rows[2:]], 2),
        (lambda rows: rows[1:], 1),
        (lambda rows: [rows[0], rows[0], *rows[1:]], 2),
        (lambda rows: [*rows[:3], "junk", *rows[3:]], 4),
        (lambda rows: [*rows[:3], rows[4], rows[3]], 4),
    ],
)
def test_a_changed_removed_or_inserted_line_is_found(home: Home, fault, at: int) -> None:
    path = log_of(home)
    path.write_text("\n".join(fault(path.read_text().splitlines())) + "\n")
    assert verify(home) == (at - 1, f"{path.name}:{at}")
    done = CliRunner().invoke(cli, ["audit", "verify", "--home", str(home.path)], standalone_mode=False)
    assert done.return_value == 1
    assert f"{path.name}:{at}" in done.output


def test_many_at_once_keep_one_chain(home: Home) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: record(home, "export", what=str(number)), range(40)))
    assert verify(home) == (45, None)


def test_the_command_says_that_the_log_is_whole_and_lists_it(home: Home) -> None:
    os.environ.pop("VORONKA_HOME", None)
    whole = CliRunner().invoke(cli, ["audit", "--home", str(home.path)], standalone_mode=False)
    assert whole.exit_code == 0, whole.output
    assert "5" in whole.output
    listed = CliRunner().invoke(cli, ["audit", "list", "--home", str(home.path)], standalone_mode=False)
    assert listed.output.count("deals-") == 5


def taken(home: Home, *days: tuple[int, str, int]) -> Home:
    """Write exports of November 2026 as (day, who, bytes)."""
    folder = home.path / "audit"
    folder.mkdir()
    rows = [
        {"at": f"2026-11-{day:02d}T10:00:00+00:00", "event": "export", "who": who, "size": size, "before": FIRST}
        for day, who, size in days
    ]
    (folder / "2026-11.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return home


def test_a_day_on_which_somebody_takes_much_more_than_usual_is_told(tmp_path: Path) -> None:
    usual = [(day, "anna", 400_000) for day in range(2, 8)]
    # By hand: six days of 400,000 bytes; five times that is 2,000,000, so the 20th is told and the 19th is not.
    home = taken(Home(tmp_path), *usual, (19, "anna", 2_000_000), (20, "anna", 2_000_001), (20, "boris", 9_000_000))
    assert [(one.day, one.who, one.files, one.size, one.usual) for one in unusual(home, date(2026, 11, 22))] == [
        (date(2026, 11, 20), "anna", 1, 2_000_001, 400_000)
    ]
    assert unusual(home, date(2026, 11, 27)) == []


def test_many_files_of_one_day_are_told_of_somebody_new_too(tmp_path: Path) -> None:
    home = taken(Home(tmp_path), *[(21, "boris", 10)] * 30, *[(21, "vera", 10)] * 29)
    assert [(one.who, one.files, one.usual) for one in unusual(home, date(2026, 11, 22))] == [("boris", 30, None)]
