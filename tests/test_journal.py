"""Append-only lists: a line that was cut off by a crash takes no other with it, and every home of such a list says the same."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from pipelines import journal
from pipelines.audit import record, verify
from pipelines.settings import Home

PACKAGES = Path(__file__).parent.parent


def test_lines_are_read_in_order_by_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    assert journal.lines(path) == [] == journal.texts(path)
    text = journal.append(path, {"who": "Анна", "count": 1})
    journal.append(path, {"who": "Борис", "count": 2})
    assert journal.lines(path) == [{"who": "Анна", "count": 1}, {"who": "Борис", "count": 2}]
    assert journal.texts(path)[0] == text == '{"who": "Анна", "count": 1}'
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("cut", ['{"at": "2026-11', "{", "null", '{"at": "Ж'.encode()[:-1]])
def test_a_cut_line_is_left_out_and_the_next_begins_on_its_own(tmp_path: Path, cut: str | bytes) -> None:
    path = tmp_path / "list.jsonl"
    journal.append(path, {"number": 1})
    with path.open("ab") as file:
        file.write(cut if isinstance(cut, bytes) else cut.encode())
    assert journal.lines(path) == [{"number": 1}]
    assert len(journal.texts(path)) == 2
    journal.append(path, {"number": 2})
    assert journal.lines(path) == [{"number": 1}, {"number": 2}]


def test_a_text_with_other_ends_of_lines_is_one_line(tmp_path: Path) -> None:
    odd = "a\u2028b\u2029c\u0085d\ne\r\x0b\x0cf"
    journal.append(tmp_path / "list.jsonl", {"who": odd})
    assert journal.lines(tmp_path / "list.jsonl") == [{"who": odd}]
    record(Home(tmp_path), "export", who=odd)
    record(Home(tmp_path), "export", who="anna")
    assert verify(Home(tmp_path)) == (2, None)


def test_a_line_is_whole_when_the_disk_takes_it_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: whole(handle, data[:3]))
    journal.append(tmp_path / "list.jsonl", {"number": 12345})
    monkeypatch.undo()
    assert journal.lines(tmp_path / "list.jsonl") == [{"number": 12345}]


def test_nobody_else_appends_to_a_file_on_his_own() -> None:
    own = [
        path.name
        for package in ("pipelines", "dashboard")
        for path in (PACKAGES / package).rglob("*.py")
        if any(
            isinstance(one, ast.Attribute) and one.attr == "O_APPEND" for one in ast.walk(ast.parse(path.read_text()))
        )
    ]
    assert own == ["journal.py"]
