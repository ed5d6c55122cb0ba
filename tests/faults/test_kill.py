"""kill -9 at any moment of a load: what was served before is served, or what comes after, and never anything between.

Every row of an acknowledged load is there, a repeated load gives the same store, and the next start leaves no leftovers.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest
from faults.conftest import Prepared, prepare
from faults.deeds import load_files
from faults.exports import contents, copied, leftovers
from faults.processes import Running, here


def test_a_load_killed_at_any_moment_is_in_or_not_in(prepared: Prepared, tmp_path: Path, seed: int) -> None:
    seen = kill(prepared, tmp_path, seed, times=20, again_each=4)
    assert seen["killed"] >= 10, f"most kills came too late to say anything: {seen}"


@pytest.mark.soak
@pytest.mark.parametrize(("rows", "times"), [(200, 120), (20_000, 80)])
def test_two_hundred_kills(once, tmp_path: Path, seed: int, rows: int, times: int) -> None:
    seen = kill(prepare(once, f"faults-{rows}", rows), tmp_path, seed, times, again_each=1)
    print(f"{rows} rows, {times} kills, seed {seed}: {dict(seen)}")
    assert seen["killed"] >= times // 2


def kill(prepared: Prepared, folder: Path, seed: int, times: int, again_each: int) -> Counter[str]:
    """Kill a load ``times`` times at moments spread over its duration; check all promises each time; count what was seen.

    Every so many kills the load is repeated to its end; in between the next kill meets what the last one left.
    """
    dice, seen = random.Random(seed), Counter[str]()
    lasts, home = prepared.seconds, None
    for number in range(times):
        # Every second kill comes at any moment, the others go through the load from its beginning to its end.
        moment = lasts * (dice.random() if number % 2 else (number + dice.random()) / times)
        where = f"kill {number} of seed {seed} after {moment:.3f} s"
        home = home or copied(prepared.home, folder / f"home{number}")
        running = Running(load_files, home.path, [prepared.more])
        running.kill_after(moment)
        acknowledged = bool(running.ended())
        served = contents(home)
        assert served in (prepared.before, prepared.after), f"{where}: something between is served"
        assert served == prepared.after or not acknowledged, f"{where}: an acknowledged load is lost"
        seen["killed" if running.was_killed else "too late"] += 1
        # How long a load takes depends on what else the machine does: follow it.
        lasts *= 1.05 if running.was_killed else 0.85
        seen["acknowledged" if acknowledged else "in, not acknowledged" if served == prepared.after else "not in"] += 1
        seen["leftovers"] += bool(leftovers(home))
        if served == prepared.before and number % again_each < again_each - 1:
            continue
        again = here(load_files, home.path, [prepared.more])
        assert again[0] == "loaded", f"{where}: the repeated load was refused: {again}"
        assert contents(home) == prepared.after, f"{where}: the repeated load gives another store"
        assert leftovers(home) == [], f"{where}: leftovers"
        shutil.rmtree(home.path)
        home = None
    return seen
