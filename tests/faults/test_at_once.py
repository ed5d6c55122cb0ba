"""Several loads of one home at once: one goes on, the others are told to wait; every row gets in exactly once."""

from __future__ import annotations

import errno
import random
import time
from pathlib import Path

import polars as pl
import pytest
from faults.deeds import load_files, load_one_by_one
from faults.exports import export
from faults.processes import Running, here

from dashboard.access import open_facts
from pipelines.errors import HomeError
from pipelines.settings import Home
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import open_store, read_tables

ROWS = 7


def test_two_loads_at_once_and_one_is_told_to_wait(tmp_path: Path) -> None:
    deals = export(tmp_path / "a.csv", 0, 20)
    with open_store(Home(tmp_path / "home")):
        told = Running(load_files, tmp_path / "home", [deals]).ended()[-1]
    wanted = f"Another load is running in {tmp_path / 'home'}. Wait until it ends, then load again."
    assert told == ("refused", "BusyError", wanted)
    assert here(load_files, tmp_path / "home", [deals])[1]["accepted"] == 20


def test_a_load_that_failed_has_let_go_of_the_lock_even_while_its_error_is_held(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with pytest.raises(HomeError, match="no room left") as held, open_store(home):
        raise OSError(errno.ENOSPC, "as a load may end")
    assert held.value.__traceback__ is not None
    with open_store(home) as store:
        assert store.build_number() == 0


def test_a_lock_left_behind_by_a_killed_load_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "home" / "warehouse").mkdir(parents=True)
    (tmp_path / "home" / "warehouse" / "lock").write_text("")
    assert here(load_files, tmp_path / "home", [export(tmp_path / "a.csv", 0, 20)])[0] == "loaded"


def test_every_row_gets_in_exactly_once(tmp_path: Path, seed: int) -> None:
    at_once(tmp_path, seed, processes=3, files=4, killed=1)


@pytest.mark.soak
def test_six_processes_with_thirty_files_each_in_exactly_once(tmp_path: Path, seed: int) -> None:
    print(at_once(tmp_path, seed, processes=6, files=30, killed=3))


def at_once(folder: Path, seed: int, processes: int, files: int, killed: int) -> dict[str, object]:
    """Let processes load the same files, each in its own order; kill some and start them again; every row is in once."""
    dice, home = random.Random(seed), Home(folder / "home")
    exports = [export(folder / f"{number}.csv", ROWS * number, ROWS * (number + 1)) for number in range(files)]
    orders = [dice.sample(exports, files) for _ in range(processes)]
    began = time.monotonic()
    running = [Running(load_one_by_one, home.path, order, 0.01 * dice.random()) for order in orders]
    for number in range(killed):
        running[number].kill_after(0.5 + dice.random())
    words = [one.ended() for one in running]
    words += [Running(load_one_by_one, home.path, order, 0.01).ended() for order in orders[:killed]]
    told = {word for spoken in words for word in spoken if word[0] != "loaded"}
    assert {name for name, _ in told} <= {"BusyError"}, f"seed {seed}: {told}"
    snapshot = current_snapshot(home)
    assert snapshot is not None
    ledger = read_tables(snapshot, ["ledger.files"])["ledger.files"]
    assert sorted(ledger["name"]) == sorted(path.name for path in exports), f"seed {seed}"
    assert ledger.select(pl.sum("rows_in", "accepted", "quarantined")).row(0)[0] == files * ROWS
    facts = open_facts(home)
    assert facts.deals.height == files * ROWS - facts.quarantine.height, f"seed {seed}"
    assert facts.deals["deal_id"].n_unique() == facts.deals.height
    return {
        "seconds": round(time.monotonic() - began, 1),
        "files": files,
        "rows": files * ROWS,
        "told to wait": len(told),
    }
