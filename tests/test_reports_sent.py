"""The page says who got which week and who did not, when the jobs come, and how old the backup is: red after a week."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_pages import everything_said, opened
from tiny_company import tiny_facts

from dashboard import access, timetable, viewers
from pipelines import sending
from pipelines.audit import record
from pipelines.settings import Home

FAILED = {
    "template": sending.UNREACHABLE,
    "values": {"week": "2026-W46", "to": "a@b.example", "count": "4", "reason": "*no* way"},
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    facts = tiny_facts(deals=30)
    monkeypatch.setattr(access, "open_facts", lambda home, who=None: access.seen_by(facts, who or access.Viewer()))
    monkeypatch.setenv("VORONKA_HOME", str(tmp_path))
    return Home(tmp_path)


def note(home: Home, name: str, *lines: dict) -> None:
    told = "".join(json.dumps({"at": "2026-11-16T05:00:00+00:00", **line}, ensure_ascii=False) + "\n" for line in lines)
    (home.path / name).write_text(told + '{"cut', encoding="utf-8")


def test_who_got_it_and_who_did_not_and_why(home: Home) -> None:
    note(
        home,
        sending.LEDGER,
        {"week": "2026-W45", "to": "a@b.example", "state": "failed", **FAILED},
        {"week": "2026-W45", "to": "a@b.example", "state": "sent"},
        {"week": "2026-W46", "to": "a@b.example", "state": "failed", **FAILED},
        {"week": "2026-W46", "to": "folder:x", "state": "sent"},
        {
            "week": "2026-W46",
            "to": "c@d.example",
            "state": "failed",
            "template": "{nothing}",
            "values": {"x": "1"},
            "reason": "as noted",
        },
    )
    app = opened("reports", {"part": "sent", "lang": "ru"})
    assert not app.exception
    table = app.dataframe[0].value
    assert table.shape[0] == 4
    rows = {(row.week, row.to): (row.state, row.why) for row in table.itertuples()}
    assert rows["2026-W45", "a@b.example"] == ("отправлено", "")
    assert rows["2026-W46", "a@b.example"][0] == "не отправлено" and "*no* way" in rows["2026-W46", "a@b.example"][1]
    assert rows["2026-W46", "c@d.example"][1] == "as noted"
    red = " ".join(one.value for one in app.error).replace("\\", "").replace("\u2060", "")
    assert "2026-W46" in red and "a@b.example" in red and "c@d.example" in red and "folder:x" not in red


@pytest.mark.parametrize(("days", "is_red"), [(6, False), (8, True)])
def test_an_old_backup_is_red(home: Home, days: int, is_red: bool) -> None:
    assert "Резервной копии ещё нет" in everything_said(opened("reports", {"part": "sent", "lang": "ru"}))
    record(home, "backup", made_at=(datetime.now(UTC) - timedelta(days=days)).isoformat())
    app = opened("reports", {"part": "sent", "lang": "ru"})
    assert any(f"копии дней: {days}" in one.value for one in app.error) == is_red, app.error
    assert (f"копии дней: {days}" in everything_said(app)) != is_red


def test_the_schedule_and_its_last_trouble(home: Home) -> None:
    home.settings_file.write_text('[schedule]\nweekly = "mon 08:00"\n', encoding="utf-8")
    due = "2026-11-16T08:00:00+03:00"
    note(
        home,
        timetable.LEDGER,
        {"job": "", "due": "", "state": "on"},
        {"job": "report", "due": due, "state": "failed", "said": "Нет сервера <b>"},
        {"job": "backup", "due": due, "state": "done", "said": ""},
    )
    app = opened("reports", {"part": "sent", "lang": "ru"})
    said = everything_said(app)
    assert "В следующий раз" in said and "Резервная копия: сделано" in said
    assert "Нет сервера" in app.error[0].value.replace("\\", "") and "<b>" not in app.error[0].value


def test_recipients_are_shown_to_heads_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    note(home, sending.LEDGER, {"week": "2026-W46", "to": "a@b.example", "state": "failed", **FAILED})
    monkeypatch.setattr(viewers, "viewer_of", lambda home, headers: access.Viewer("anna", "marketer"))
    app = opened("reports", {"part": "sent", "lang": "ru"})
    assert not app.error and not app.dataframe and "руководитель" in everything_said(app)
