"""A trial says what the load would do: the same counts, before anything is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import access
from dashboard.access import stored
from pipelines.load import load
from pipelines.report import FileReport
from pipelines.settings import Home
from pipelines.trial import FileTrial, try_file

EXPORTS = Path(__file__).parent / "exports"
SAMPLES = [
    "amocrm/deals_cp1251.csv",
    "amocrm/events.json",
    "asterisk/Master.csv",
    "bitrix24/DEAL_20261007_9c0d1e2f_6ab264526d154.xls",
    "google_ads",
    "hubspot",
    "sipuni/statistic.csv",
]


def counts(reports: tuple[FileReport, ...]) -> list[tuple]:
    return [(r.sheet, r.profile, r.outcome, r.rows_in, r.accepted, r.quarantined, r.duplicates) for r in reports]


def tried(path: Path, home: Home) -> FileTrial:
    known = access.open_facts(home).files if (home.warehouse / "CURRENT").exists() else None
    return try_file(path, home, known=known, stored=lambda table: stored(home, table))


def files_of(name: str) -> list[Path]:
    place = EXPORTS / name
    return [place] if place.is_file() else [one for one in sorted(place.iterdir()) if one.suffix != ".json"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_trial_counts_what_the_load_counts_before_and_after_it(name, tmp_path):
    for number, path in enumerate(files_of(name)):
        home = Home(tmp_path / str(number))
        home.path.mkdir()
        before = tried(path, home)
        assert not home.warehouse.exists()
        loaded = load([path], home)
        assert counts(before.reports) == counts(loaded.files)
        assert before.is_loadable == (loaded.outcome != "reject")
        again = tried(path, home)
        assert counts(again.reports) == counts(load([path], home).files)
        assert sum(report.accepted for report in again.reports) == 0


def test_rows_of_a_log_that_came_before_are_duplicates_in_the_trial_too(tmp_path):
    home = Home(tmp_path / "home")
    home.path.mkdir()
    text = (EXPORTS / "asterisk" / "Master.csv").read_text(encoding="utf-8")
    whole, part = tmp_path / "Master.csv", tmp_path / "half" / "Master.csv"
    part.parent.mkdir()
    lines = text.splitlines(keepends=True)
    whole.write_text(text, encoding="utf-8")
    part.write_text("".join(lines[: len(lines) // 2]), encoding="utf-8")
    load([part], home)
    before = tried(whole, home)
    assert counts(before.reports) == counts(load([whole], home).files)
    assert 0 < before.reports[0].duplicates < before.reports[0].rows_in


def test_a_file_that_cannot_be_read_says_its_one_sentence(tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(b"\x00\x01\x02\x03garbage")
    found = try_file(path, Home(tmp_path))
    assert found.fault is not None
    assert str(found.fault).count("\n") == 0
    assert not found.is_loadable


def test_a_table_that_nobody_knows_is_shown_and_not_loadable(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("Кто;Чего;Почём\nА;Б;1\nВ;Г;2\n", encoding="utf-8")
    found = try_file(path, Home(tmp_path))
    assert found.fault is None
    assert not found.is_loadable
    assert found.sheets[0].rows[0] == ("Кто", "Чего", "Почём")


def test_the_heading_row_is_found_under_a_preamble(tmp_path):
    path = tmp_path / "x.csv"
    sample = (EXPORTS / "amocrm" / "deals_cp1251.csv").read_bytes().decode("cp1251")
    path.write_text(f"Отчёт за октябрь\n\n{sample}", encoding="utf-8")
    sheet = try_file(path, Home(tmp_path)).sheets[0]
    assert sheet.profile is not None
    assert sheet.profile.name == "amocrm"
    assert sheet.heading_at is not None
    assert sheet.rows[sheet.heading_at][0] == "ID"
