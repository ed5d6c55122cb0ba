"""A watched folder hands out whole files, each once."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.watch import QUIET_SECONDS, Watched, open_for_writing


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
