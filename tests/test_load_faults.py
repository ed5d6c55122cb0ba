"""Whatever happens to a load, the last snapshot is served: killed, damaged, locked, or broken by ourselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import polars as pl
import pytest
from homes import DEALS, HEADING, deal_rows, put

from dashboard.access import open_facts
from pipelines import load as story
from pipelines.doctor import examine
from pipelines.errors import BusyError, CheckFailed, HomeError
from pipelines.load import load
from pipelines.settings import Home
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import open_store


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_second_load_at_the_same_time_is_told_to_wait_and_nothing_is_lost(home: Home) -> None:
    deals = put(home, "a.csv", DEALS)
    with open_store(home), pytest.raises(BusyError, match="Another load is running"):
        load([deals], home, kind="deals")
    assert load([deals], home, kind="deals").accepted == 2


def test_a_file_that_makes_polars_panic_is_refused_alone_and_somebody_who_stops_the_load_is_heard(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = put(home, "a.csv", DEALS), put(home, "b.csv", DEALS)
    honest, said = story.parcels_of, "a hole"

    def parcels_of(path: Path, *given: object, **named: object) -> object:
        if path == bad:
            raise pl.exceptions.PanicException(said)
        return honest(path, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(story, "parcels_of", parcels_of)
    outcomes = {one.name: one.outcome for one in load([good, bad], home, kind="deals").files}
    assert outcomes == {"a.csv": "accept", "b.csv": "reject"}
    said = "PyErr { type: <class 'KeyboardInterrupt'> }"
    with pytest.raises(pl.exceptions.PanicException):
        load([bad], home, kind="deals")


def test_asking_an_empty_home_says_how_to_fill_it(home: Home) -> None:
    with pytest.raises(HomeError, match="voronka load"):
        open_facts(home)


def test_a_home_that_cannot_be_written_is_one_sentence(home: Home) -> None:
    deals = put(home, "a.csv", DEALS)
    home.path.write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(HomeError, match="cannot be written to"):
        load([deals], home, kind="deals")


def test_a_damaged_working_store_is_made_again_from_the_snapshot(home: Home) -> None:
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    (home.warehouse / "work.duckdb").write_bytes(b"no database" * 1000)
    report = load([put(home, "b.csv", HEADING + "7;Шар;Петров;Продажа;5;01.03.2026;02.03.2026;\n")], home, kind="deals")
    assert "was damaged" in report.mended
    assert [row[0] for row in deal_rows(open_facts(home))] == ["1", "2", "7"]


def test_a_damaged_snapshot_is_said_in_one_sentence(home: Home) -> None:
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    snapshot = current_snapshot(home)
    assert snapshot is not None
    snapshot.chmod(0o600)
    snapshot.write_bytes(snapshot.read_bytes()[:5000])
    with pytest.raises(HomeError, match="is damaged"):
        open_facts(home)


def test_a_reader_keeps_its_snapshot_while_a_new_one_is_published(home: Home) -> None:
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    before = open_facts(home)
    load([put(home, "b.csv", HEADING + "7;Шар;Петров;Продажа;5;01.03.2026;02.03.2026;\n")], home, kind="deals")
    after = open_facts(home)
    assert (before.snapshot, before.deals.height) == ("s000001", 2)
    assert (after.snapshot, after.deals.height) == ("s000002", 3)


def test_snapshots_are_read_only_and_the_oldest_are_retired(home: Home) -> None:
    for number in range(9):
        load(
            [put(home, f"{number}.csv", HEADING + f"{number};Шар;Петров;Продажа;5;01.03.2026;02.03.2026;\n")],
            home,
            kind="deals",
        )
    names = sorted(path.name for path in home.warehouse.glob("s*.duckdb"))
    assert names == [f"s{number:06d}.duckdb" for number in range(3, 10)]
    assert all(path.stat().st_mode & 0o222 == 0 for path in home.warehouse.glob("s*.duckdb"))
    assert not list(home.warehouse.glob("*.tmp*"))


KILLED = """
import os, signal, sys
from pathlib import Path
import pipelines.load as story
import pipelines.warehouse as warehouse
from pipelines.settings import Home
from pipelines.warehouse import Store
def die(*a, **k): os.kill(os.getpid(), signal.SIGKILL)
home, path, point = Home(Path(sys.argv[1])), Path(sys.argv[2]), sys.argv[3]
if point == "write": story.build = die
elif point == "publish": Store.publish = die
elif point == "rename": Store._compare_copy = die
elif point == "pointer": warehouse.retire = die
story.load([path], home, kind="deals")
"""


@pytest.mark.parametrize("point", ["write", "publish", "rename", "pointer"])
def test_a_load_killed_anywhere_is_in_or_not_in_and_may_be_repeated(home: Home, point: str) -> None:
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    more = put(home, "b.csv", HEADING + "7;Шар;Петров;Продажа;5;01.03.2026;02.03.2026;\n")
    killed = subprocess.run(
        [sys.executable, "-c", dedent(KILLED), str(home.path), str(more), point],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr.decode()
    assert open_facts(home).deals.height in (2, 3)
    load([more], home, kind="deals")
    assert [row[0] for row in deal_rows(open_facts(home))] == ["1", "2", "7"]
    assert not list(home.warehouse.glob("*.tmp*"))


def test_a_build_that_breaks_an_identity_is_not_published(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    from pipelines import building

    honest = building.process_facts

    def lossy(*args: object, **kwargs: object) -> dict[str, pl.DataFrame]:
        facts = honest(*args, **kwargs)
        return {**facts, "deals": facts["deals"].head(1)}

    monkeypatch.setattr(building, "process_facts", lossy)
    with pytest.raises(CheckFailed, match=r"deals = deals in the facts: 3\.0 against 1\.0"):
        load([put(home, "b.csv", HEADING + "7;Шар;Петров;Продажа;5;01.03.2026;02.03.2026;\n")], home, kind="deals")
    assert open_facts(home).deals.height == 2
    monkeypatch.undo()
    assert (
        load([put(home, "b.csv", HEADING + "7;Шар;П;Продажа;5;01.03.2026;02.03.2026;\n")], home, kind="deals").accepted
        == 1
    )


def test_a_pointer_without_its_snapshot_serves_the_newest_there_is(home: Home) -> None:
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    load([put(home, "b.csv", HEADING + "7;Шар;Петров;Продажа;5;01.03.2026;02.03.2026;\n")], home, kind="deals")
    (home.warehouse / "s000002.duckdb").unlink()
    assert open_facts(home).snapshot == "s000001"
    report = load([put(home, "c.csv", HEADING + "8;Шар;Петров;Продажа;5;01.03.2026;02.03.2026;\n")], home, kind="deals")
    assert [row[0] for row in deal_rows(open_facts(home))] == ["1", "2", "7", "8"]
    assert report.snapshot == "s000003"


def test_the_doctor_names_what_is_wrong_and_mends_what_can_be_mended(home: Home) -> None:
    assert [one.state for one in examine(home)] == ["wrong"]
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    assert {one.state for one in examine(home)} == {"right"}
    (home.warehouse / "work.duckdb").write_bytes(b"junk" * 5000)
    (home.warehouse / "s000009.duckdb.tmp").write_bytes(b"half")
    (home.warehouse / "CURRENT").unlink()
    (home.settings_file).write_text("zone = 'Mars/Base'", encoding="utf-8")
    found = [(one.state, one.sentence) for one in examine(home)]
    assert [state for state, _ in found] == ["wrong", "mended", "mended", "mended", "right"]
    assert "there is no time zone" in found[0][1]
    home.settings_file.unlink()
    assert {one.state for one in examine(home)} == {"right"}
    assert open_facts(home).deals.height == 2
