"""A power cut at any of our own fsyncs and renames: a whole snapshot opens, and no acknowledged load is missing.

What this proves, and what not. A load in a process of its own records the order of our calls (os.fsync, os.replace) and
the bytes of every file at each of them. From that, states are made that POSIX allows after a cut: a file is as it was at its
last fsync, or as it was then, or pages of either, or cut short; each directory entry is as at the folder's last fsync, or as
it was then. What DuckDB itself writes and syncs in the working store is not seen, so all of it counts as unsynced: harder
than the truth. Not covered: disks that lie about fsync, and damage to bytes that were synced (test_damage.py does that).
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from faults.conftest import Prepared
from faults.deeds import load_files, load_recorded
from faults.exports import contents, copied
from faults.processes import here, run
from faults.test_damage import facts_of

from pipelines.settings import Home

PAGE = 4096


@dataclass
class Cut:
    """What may be on disk when the power goes: by inode what was synced and what was written, by name the inodes."""

    synced: dict[int, bytes] = field(default_factory=dict)
    written: dict[int, bytes] = field(default_factory=dict)
    named_for_sure: dict[str, int] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)

    def state(self, place: Path, dice: random.Random) -> None:
        """Make one state that the disk may be in."""
        place.mkdir(parents=True)
        for name in sorted({*self.named_for_sure, *self.named}):
            inode = dice.choice([self.named_for_sure.get(name), self.named.get(name)])
            if inode is not None and name != "lock":
                (place / name).write_bytes(torn(self.synced.get(inode, b""), self.written.get(inode, b""), dice))


def torn(synced: bytes, written: bytes, dice: random.Random) -> bytes:
    """Choose what a file holds that was written to since it was synced."""
    if synced == written:
        return written
    kind = dice.randrange(4)
    if kind < 2:
        return (synced, written)[kind]
    length = max(len(synced), len(written))
    old, new = synced.ljust(length, b"\0"), written.ljust(length, b"\0")
    pages = [(old, new)[dice.randrange(2)][at : at + PAGE] for at in range(0, length, PAGE)]
    mixed = b"".join(pages)
    return mixed if kind == 2 else mixed[: dice.randrange(length + 1)]


@pytest.fixture(scope="module")
def cuts(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Cut], list[tuple[str, int, str]]]:
    """The moments of a recorded load at which the power may go, and the calls between them."""
    folder = tmp_path_factory.mktemp("recorded")
    home, states = copied(prepared.home, folder / "home"), folder / "states"
    calls = run(load_recorded, home.path, [prepared.more], states)
    found: list[Cut] = []
    cut = Cut()
    for number, (call, inode, name) in enumerate(calls):
        read = {path.name: path.read_bytes() for path in sorted((states / f"{number:03}").iterdir())}
        now = {int(one.partition("=")[0]): content for one, content in read.items()}
        names = {one.partition("=")[2]: int(one.partition("=")[0]) for one in read}
        if number == 0:
            start = Home(prepared.home)
            cut.named_for_sure = {one.name: names[one.name] for one in start.warehouse.iterdir() if one.name in names}
            cut.synced = {names[one]: (start.warehouse / one).read_bytes() for one in cut.named_for_sure}
        cut = Cut(dict(cut.synced), now, dict(cut.named_for_sure), names)
        found.append(cut)
        if call == "fsync":
            cut = Cut(dict(cut.synced), now, dict(cut.named_for_sure), names)
            if name == "warehouse":
                cut.named_for_sure = names
            elif inode in now:
                cut.synced[inode] = now[inode]
    shutil.rmtree(states)
    return found, calls


def test_a_snapshot_is_on_disk_before_its_name_and_its_name_before_the_pointer(cuts) -> None:
    order = [f"{call} {name}" for call, _, name in cuts[1]]
    steps = [
        "fsync s000002.duckdb.tmp",
        "replace s000002.duckdb",
        "fsync warehouse",
        "fsync CURRENT.tmp",
        "replace CURRENT",
        "fsync warehouse",
    ]
    places, at = [], 0
    for step in steps:
        assert step in order[at:], f"{step} is missing after {order[:at]}"
        at = order.index(step, at) + 1
        places.append(at)
    assert places == sorted(places)
    assert order.index("replace s000002.duckdb") > order.index("fsync s000002.duckdb.tmp")
    assert order.index("replace CURRENT") > order.index("fsync CURRENT.tmp")


def test_whatever_a_power_cut_leaves_a_whole_snapshot_is_served(
    prepared: Prepared, cuts, tmp_path: Path, seed: int
) -> None:
    assert cut_power(prepared, cuts[0], tmp_path, seed, states=24, load_each=5)["acknowledged"]


@pytest.mark.soak
def test_a_thousand_power_cuts(prepared: Prepared, cuts, tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}: {dict(cut_power(prepared, cuts[0], tmp_path, seed, states=1000, load_each=25))}")


def cut_power(
    prepared: Prepared, cuts: list[Cut], folder: Path, seed: int, states: int, load_each: int
) -> Counter[str]:
    """Make states of all moments, half of them of the last, when the load is acknowledged; check what they serve."""
    dice, seen = random.Random(seed), Counter[str]()
    for number in range(states):
        moment = len(cuts) - 1 if number % 2 else dice.randrange(len(cuts))
        home = Home(folder / f"cut{number}")
        cuts[moment].state(home.warehouse, dice)
        where = f"cut {number} of seed {seed} before call {moment} of {len(cuts)}"
        served = contents(home)
        assert served in (prepared.before, prepared.after), f"{where}: something else is served"
        acknowledged = moment == len(cuts) - 1
        assert served == prepared.after or not acknowledged, f"{where}: an acknowledged load is lost"
        seen["acknowledged" if acknowledged else "in" if served == prepared.after else "not in"] += 1
        if number % load_each == 1:
            again = here(load_files, home.path, [prepared.more])
            assert again[0] == "loaded", f"{where}: the next load is refused: {again}"
            seen["mended" if again[1]["accepted"] == 0 or "mended" in again[1] else "loaded again"] += 1
            assert facts_of(contents(home)) == facts_of(prepared.after), f"{where}: the next load gives another store"
        shutil.rmtree(home.path)
    return seen
