"""A watched folder in real life: copies that stall, renames, pipes, faulty files, other loads, and being told to stop."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from faults.conftest import Prepared
from faults.deeds import watch_quickly
from faults.exports import contents, copied, export
from faults.processes import Running

from dashboard.access import open_facts
from pipelines.settings import Home
from pipelines.warehouse import open_store


class Watching:
    """``voronka load --watch`` on the inbox of a home, in a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home = Home(home)
        self.running = Running(watch_quickly, ["--home", str(home), "--as", "deals"])
        self.text = ""
        self.wait_for("Watching")

    def wait_for(self, words: str) -> None:
        """Read on until it has said some words; what was said before does not count."""
        seen = ""
        while words not in seen:
            said = self.running.next_word()
            assert isinstance(said, str), f"it ended without saying “{words}”: {self.text}"
            seen += said
            self.text += said

    def stop(self, how: signal.Signals) -> tuple[str, object]:
        assert self.running.process.pid
        os.kill(self.running.process.pid, how)
        words = self.running.ended()
        self.text = "".join(word for word in words if isinstance(word, str))
        return self.text, words[-1]


def test_a_folder_is_watched_through_everything_that_happens_in_it(tmp_path: Path) -> None:
    watching = Watching(tmp_path / "home")
    inbox = watching.home.inbox
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "faulty.xlsx").write_bytes(b"PK\x03\x04 no workbook" * 99)
    with (inbox / "growing.csv").open("w", encoding="utf-8") as growing:
        growing.write(export(tmp_path / "whole.csv", 0, 20).read_text("utf-8")[:600])
        growing.flush()
        export(inbox / "a.csv.part", 100, 120).rename(inbox / "a.csv")
        watching.wait_for("a.csv")
        time.sleep(1.0)
        assert not watching.running.heard.poll(0.5), "the faulty or the half-written file was taken again"
        assert open_facts(watching.home).deals.height == 20, "the half-written file was taken"
        growing.write(export(tmp_path / "whole.csv", 0, 20).read_text("utf-8")[600:])
    watching.wait_for("growing.csv")
    assert open_facts(watching.home).deals.height == 40
    text, left = watching.stop(signal.SIGINT)
    assert left == ("left", 0)
    assert f"No longer watching {inbox}" in text
    assert text.count("faulty.xlsx") <= 3, "a faulty file is told about once"
    assert "Traceback" not in text


def test_files_that_come_while_another_load_is_running_are_not_forgotten(tmp_path: Path) -> None:
    watching = Watching(tmp_path / "home")
    with open_store(watching.home):
        export(watching.home.inbox / "a.csv", 0, 20)
        watching.wait_for("Another load is running")
    watching.wait_for("rows loaded")
    text, left = watching.stop(signal.SIGTERM)
    assert left == ("left", 0)
    assert text.count("Another load is running") == 1


@pytest.mark.soak
def test_stopped_in_the_middle_of_a_load_it_leaves_before_or_after(
    prepared: Prepared, tmp_path: Path, seed: int
) -> None:
    stop_at_random(prepared, tmp_path, seed, times=2)


@pytest.mark.soak
def test_stopped_forty_times_in_the_middle_of_a_load(prepared: Prepared, tmp_path: Path, seed: int) -> None:
    stop_at_random(prepared, tmp_path, seed, times=40)


def stop_at_random(prepared: Prepared, folder: Path, seed: int, times: int) -> None:
    """Interrupt a watched load at moments spread over it."""
    dice = random.Random(seed)
    for number in range(times):
        home = copied(prepared.home, folder / f"home{number}")
        watching = Watching(home.path)
        (home.inbox / "b.csv").write_bytes(prepared.more.read_bytes())
        time.sleep(0.4 + prepared.seconds * (number + dice.random()) / times)
        text, left = watching.stop(dice.choice([signal.SIGINT, signal.SIGTERM]))
        where = f"stop {number} of seed {seed}: {text}"
        assert left == ("left", 0), where
        assert "No longer watching" in text and "Traceback" not in text and "defect" not in text, where
        assert contents(home) in (prepared.before, prepared.after), where
