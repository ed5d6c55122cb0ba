"""A disk that fills up anywhere in a load or a publish: old data serves on, one sentence says how much room is needed.

With that much room the next load works. On twelve sizes, from "nothing fits" to "nearly everything did".
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.conftest import Prepared, prepare
from faults.exports import contents, leftovers
from faults.small_disk import SmallDisk, Tmpfs, small_disk

from pipelines.settings import Home

SIZES = 12


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


def test_a_load_on_a_full_disk_changes_nothing_and_says_what_it_needs(prepared: Prepared, disk: SmallDisk) -> None:
    assert fill(prepared, disk, SIZES, again_each=4)["refused"] >= SIZES // 2


def test_publishing_on_a_full_disk_leaves_the_last_snapshot_and_is_done_later(
    prepared: Prepared, disk: SmallDisk, tmp_path: Path
) -> None:
    stored = without_last_snapshot(prepared, tmp_path / "stored")
    assert fill(prepared, disk, SIZES // 2, stored, again_each=3)["refused"] >= 2


@pytest.mark.soak
def test_many_sizes_of_a_larger_load(once, disk: SmallDisk, tmp_path: Path) -> None:
    large = prepare(once, "faults-20000", 20_000)
    loaded = fill(large, disk, 40)
    published = fill(large, disk, 40, without_last_snapshot(large, tmp_path / "stored"))
    print(f"{type(disk).__name__}: load {dict(loaded)}, publish {dict(published)}")
    assert min(loaded["refused"], published["refused"]) >= 10


def without_last_snapshot(prepared: Prepared, place: Path) -> Path:
    """Copy the home that has both loads, as it stands when the second is stored and its snapshot is not yet there."""
    shutil.copytree(prepared.home.parent / "after", place)
    (place / "warehouse" / "s000002.duckdb").unlink()
    (place / "warehouse" / "CURRENT").write_text("s000001.duckdb")
    return place


def fill(
    prepared: Prepared, disk: SmallDisk, sizes: int, template: Path | None = None, *, again_each: int = 1
) -> Counter[str]:
    """Load on disks of ``sizes`` sizes; check every promise each time; count what was seen.

    Every so many refusals the disk is given the room that was asked for, and the load is repeated.
    """
    seen = Counter[str]()
    start, whole = template or prepared.home, prepared.home.parent / "after"
    grows = sum(size(path) for path in (whole, whole / "warehouse" / "work.duckdb")) - size(start)
    if not isinstance(disk, Tmpfs):
        grows = size(whole / "warehouse" / "work.duckdb")
    for number in range(sizes):
        extra = grows * number // sizes
        home = disk.holding(start, extra)
        said = disk.load(home, [prepared.more])
        where = f"{extra} bytes of room: {said}"
        seen[said[0]] += 1
        served = contents(home)
        if said[0] == "loaded":
            assert served == prepared.after, where
            continue
        assert said[1] == "HomeError", where
        assert str(home.path) in said[2], where
        needed = re.search(r"about (\d+) MB are needed", said[2])
        assert needed is not None, where
        assert served in (prepared.before, prepared.after), where
        seen["in after all"] += served == prepared.after
        if seen["refused"] % again_each != 1 % again_each:
            continue
        disk.grow(int(needed[1]) << 20)
        again = disk.load(home, [prepared.more])
        assert again[0] == "loaded", f"{where}; with {needed[1]} MB: {again}"
        assert contents(home) == prepared.after, where
        assert leftovers(home) == [], where
        assert kept_as_read(home), where
    return seen


def kept_as_read(home: Home) -> bool:
    """Tell whether both exports are kept, each as the bytes its name says."""
    kept = list((home.warehouse / "files").iterdir())
    return len(kept) == 2 and all(hashlib.sha256(one.read_bytes()).hexdigest()[:16] == one.name[:16] for one in kept)


def size(path: Path) -> int:
    return (
        path.stat().st_size if path.is_file() else sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
    )
