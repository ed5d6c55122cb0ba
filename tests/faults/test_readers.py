"""Readers while loads publish: no error, no read that mixes two builds, no step back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from faults.deeds import load_files, read_on
from faults.exports import export
from faults.processes import Running, here


def test_three_readers_see_whole_snapshots_in_order(tmp_path: Path) -> None:
    publish(tmp_path, readers=3, versions=4, seconds=0, pause=0.2)


@pytest.mark.soak
def test_three_readers_see_a_hundred_versions(tmp_path: Path) -> None:
    print(publish(tmp_path, readers=3, versions=100, seconds=20, pause=0))


def publish(folder: Path, readers: int, versions: int, seconds: float, pause: float) -> dict[str, object]:
    """Publish versions, each with one deal more, for at least so many seconds, while readers read; check what they saw."""
    home, end = folder / "home", folder / "end"
    here(load_files, home, [export(folder / "0.csv", 0, 1)])
    reading = [Running(read_on, home, end, pause) for _ in range(readers)]
    began, done = time.monotonic(), 0
    while done < versions or time.monotonic() - began < seconds:
        done += 1
        assert here(load_files, home, [export(folder / f"{done}.csv", done, done + 1)])[0] == "loaded"
    took = time.monotonic() - began
    end.touch()
    saw = [running.ended()[-1] for running in reading]
    assert [one["faults"] for one in saw] == [[]] * readers
    assert all(one["reads"] >= 3 and one["seen"] >= 2 for one in saw), f"the readers hardly read: {saw}"
    return {
        "versions": done,
        "seconds": round(took, 1),
        "reads": [one["reads"] for one in saw],
        "slowest": max(one["slowest"] for one in saw),
    }
