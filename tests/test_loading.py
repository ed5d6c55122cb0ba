"""Files that come through the browser, and loads in the background: who may, where they lie, one at a time, never half."""

from __future__ import annotations

import os
import stat
import threading
import time
import tomllib
from pathlib import Path

import polars as pl
import pytest
from homes import DEALS, put

from dashboard import access, loading, uploads
from dashboard.viewers import Viewer, may_load
from pipelines.errors import BusyError, InputError
from pipelines.settings import Home
from pipelines.warehouse import open_store

SAMPLE = Path(__file__).parent / "exports" / "amocrm" / "deals_cp1251.csv"


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    made.path.mkdir()
    yield made
    loading.JOBS.pop(made.path, None)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("сделки 2026.xlsx", "сделки 2026.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\deals.csv", "deals.csv"),
        (".bashrc", "bashrc"),
        ("a\x00b\nc.csv", "a_b_c.csv"),
        ("<script>alert(1)</script>.csv", "script_.csv"),
        ("...", "export"),
        ("", "export"),
        ("x" * 300 + ".csv", "x" * 97 + ".csv"),
        ("; rm -rf ~ #.csv", "_ rm -rf _ _.csv"),
    ],
)
def test_a_name_becomes_harmless(name, kept):
    assert uploads.clean_name(name) == kept
    assert Path(uploads.clean_name(name)).name == uploads.clean_name(name)


def test_an_upload_lies_outside_the_inbox_for_its_owner_only_and_cannot_be_run(home):
    before = os.umask(0o000)
    try:
        path = uploads.keep(home, "deals.csv", b"a;b\n1;2\n")
    finally:
        os.umask(before)
    assert path.read_bytes() == b"a;b\n1;2\n"
    assert mode(path) == 0o600
    assert mode(path.parent) == mode(path.parent.parent) == 0o700
    assert not path.is_relative_to(home.inbox)
    assert [one.name for one in path.parent.iterdir()] == ["deals.csv"]


def test_an_upload_that_is_empty_or_too_large_is_refused_in_one_sentence(home):
    with pytest.raises(InputError, match="empty"):
        uploads.keep(home, "x.csv", b"")
    with pytest.raises(InputError, match="25 MB"):
        uploads.keep(home, "x.csv", b"0" * ((25 << 20) + 1))
    assert not (home.path / "uploads").exists()


def test_the_limit_is_the_one_of_the_server():
    config = tomllib.loads((Path(__file__).parent.parent / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["maxUploadSize"] == uploads.MOST_MEGABYTES


def test_only_uploads_are_thrown_away_and_forgotten_ones_go(home):
    own = put(home, "mine.csv", "a")
    uploads.discard(home, own)
    assert own.exists()
    old = uploads.keep(home, "old.csv", b"old")
    os.utime(old.parent, (time.time() - 2 * 86_400,) * 2)
    new = uploads.keep(home, "new.csv", b"new")
    assert not old.exists()
    uploads.discard(home, new)
    assert not new.exists()


@pytest.mark.parametrize(
    ("settings", "role", "is_local", "may"),
    [
        ("", "head", True, True),
        ("", "head", False, False),
        ("", "manager", True, False),
        ("", "marketer", True, False),
        ("[server]\nallow_upload = true", "head", False, True),
        ("[server]\nallow_upload = true", "manager", False, False),
        ("[server]\nallow_upload = false", "head", True, False),
        ("currency = ", "head", True, True),
        ("currency = ", "head", False, False),
    ],
)
def test_who_may_bring_files(settings, role, is_local, may, home):
    home.settings_file.write_text(settings, encoding="utf-8")
    assert may_load(Viewer(role=role), home, is_local=is_local) is may


def test_a_load_in_the_background_ends_with_the_new_snapshot_and_without_the_upload(home):
    path = uploads.keep(home, "deals.csv", SAMPLE.read_bytes())
    job = loading.start([path], home)
    assert job.ended.wait(60)
    assert job.fault is None
    assert job.report is not None
    assert job.report.accepted == 2
    assert job.share == 1.0
    assert access.open_facts(home).deals.height == 2
    assert not path.exists()
    assert not loading.is_busy(home)


def test_a_file_that_is_refused_stays_to_be_mapped(home):
    path = uploads.keep(home, "own.csv", "Кто;Чего\nА;Б\n".encode())
    job = loading.start([path], home)
    assert job.ended.wait(60)
    assert job.report is not None
    assert job.report.outcome == "reject"
    assert path.exists()


def test_a_second_load_is_told_that_another_is_going_on(home, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(loading, "load", lambda *args, **options: go_on.wait(60))
    job = loading.start([put(home, "a.csv", DEALS)], home)
    try:
        with pytest.raises(BusyError, match="Another load is running"):
            loading.start([put(home, "b.csv", DEALS)], home)
        assert loading.is_busy(home)
    finally:
        go_on.set()
        assert job.ended.wait(60)


def test_a_load_of_another_process_is_said_too(home):
    path = uploads.keep(home, "deals.csv", SAMPLE.read_bytes())
    with open_store(home):
        job = loading.start([path], home)
        assert job.ended.wait(60)
    assert isinstance(job.fault, BusyError)
    assert path.exists()


@pytest.mark.parametrize("fault", [ZeroDivisionError, pl.exceptions.PanicException])
def test_a_defect_of_ours_is_one_sentence_and_the_next_load_can_begin(home, monkeypatch, fault):
    def broken(*args, **options):
        raise fault("of ours")

    monkeypatch.setattr(loading, "load", broken)
    job = loading.start([put(home, "a.csv", DEALS)], home)
    assert job.ended.wait(60)
    assert fault.__name__ in str(job.fault)
    monkeypatch.undo()
    assert loading.start([uploads.keep(home, "d.csv", SAMPLE.read_bytes())], home).ended.wait(60)
    assert access.open_facts(home).deals.height == 2


def test_counting_anew_takes_names_for_one_without_a_file(home):
    from pipelines.decisions import accept_same

    text = DEALS.replace("Петров", "Иванова А.")
    loading.run([put(home, "a.csv", text)], home, kind="deals")
    assert access.open_facts(home).deals["manager_name"].n_unique() == 2
    accept_same(home, "manager", "Иванова", "Иванова А.")
    job = loading.start_again(home)
    assert job.ended.wait(60)
    assert job.fault is None
    facts = access.open_facts(home)
    assert facts.deals["manager_name"].unique().to_list() == ["Иванова"]
    assert facts.deals.height == 2
