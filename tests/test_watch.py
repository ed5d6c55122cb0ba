"""A watched folder hands out whole files, each once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from polars.exceptions import PanicException

from pipelines.errors import BusyError, CheckFailed
from pipelines.watch import LOOK_EVERY_SECONDS, QUIET_SECONDS, Offer, Watched, open_for_writing, watch


def test_a_file_is_ready_when_it_has_been_quiet_and_once_only(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    deals = tmp_path / "deals.csv"
    deals.write_text("a")
    assert watched.ready(0.0) == []
    assert watched.ready(QUIET_SECONDS - 0.1) == []
    deals.write_text("ab")
    assert watched.ready(QUIET_SECONDS) == []
    assert watched.ready(2 * QUIET_SECONDS) == [deals]
    assert watched.ready(3 * QUIET_SECONDS) == []
    deals.write_text("abc")
    assert watched.ready(4 * QUIET_SECONDS) == []
    assert watched.ready(5 * QUIET_SECONDS) == [deals]


def test_a_file_that_somebody_writes_is_not_ready_however_long_it_stalls(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    deals = tmp_path / "deals.csv"
    with deals.open("w") as writing:
        writing.write("a")
        writing.flush()
        watched.ready(0.0)
        assert open_for_writing(deals)
        assert watched.ready(100.0) == []
    with deals.open() as reading:
        assert reading.read() == "a"
        assert not open_for_writing(deals)
    assert watched.ready(200.0) == [deals]


def test_only_whole_regular_files_of_the_folder_count(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    for name in (".hidden", "x.csv.part", "~$x.xlsx", "download.crdownload"):
        (tmp_path / name).write_text("a")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path / ".hidden")
    watched.ready(0.0)
    assert watched.ready(100.0) == []
    assert Watched(tmp_path / "missing").ready(0.0) == []


@pytest.mark.parametrize("fault", [CheckFailed, PanicException])
def test_a_faulty_file_stops_no_other_and_is_told_about_once(tmp_path: Path, fault: type[BaseException]) -> None:
    for name in ("bad.csv", "good.csv", "fine.csv"):
        (tmp_path / name).write_text("a")
    loaded: list[str] = []

    def load_files(ready: list[Path], /) -> None:
        if any(path.name == "bad.csv" for path in ready):
            raise fault("rows were lost")
        loaded.extend(path.name for path in ready)

    assert followed(tmp_path, load_files, looks=40) == ["rows were lost"]
    assert loaded == ["fine.csv", "good.csv"]


def test_files_wait_for_the_end_of_what_is_not_their_fault(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a")
    busy = [BusyError("Another load is running.")] * 3
    loaded: list[str] = []

    def load_files(ready: list[Path], /) -> None:
        if busy:
            raise busy.pop()
        loaded.extend(path.name for path in ready)

    assert followed(tmp_path, load_files, looks=80) == ["Another load is running."]
    assert loaded == ["a.csv"]


def test_a_file_put_in_the_place_of_another_of_the_same_size_and_time_is_new(tmp_path: Path) -> None:
    deals, other = tmp_path / "deals.csv", tmp_path / ".other"
    deals.write_text("a")
    watched = Watched(tmp_path)
    watched.ready(0.0)
    assert watched.ready(QUIET_SECONDS) == [deals]
    other.write_text("b")
    os.utime(other, ns=(deals.stat().st_atime_ns, deals.stat().st_mtime_ns))
    other.rename(deals)
    assert watched.ready(2 * QUIET_SECONDS) == []
    assert watched.ready(3 * QUIET_SECONDS) == [deals]


def followed(folder: Path, load_files: Offer, looks: int) -> list[str]:
    """Watch a folder for so many looks on a clock of our own; return what was told."""
    now, told = [0.0], []

    def wait(seconds: float) -> None:
        now[0] += seconds

    watch(
        folder,
        load_files,
        lambda fault: told.append(str(fault)),
        keep_on=lambda: now[0] < looks * LOOK_EVERY_SECONDS,
        wait=wait,
        clock=lambda: now[0],
    )
    return told
