"""The log of what went out: append-only, private, and a changed line is found."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import cli
from pipelines.audit import lines, record, verify
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
