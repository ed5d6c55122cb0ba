"""A disk that is too small, real where one may be mounted (tmpfs, root), else files that may not grow (RLIMIT_FSIZE).

Either way DuckDB and the system refuse to write in the middle of a load, and the test looks at what is left.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from faults.deeds import load_files, load_in_little_room
from faults.processes import here, run

from pipelines.settings import Home

PAGE = 4096


class Tmpfs:
    """A disk of a given size in memory."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def holding(self, template: Path, extra: int) -> Home:
        """Make the disk anew, with a copy of a home and ``extra`` bytes beside it."""
        for left in self.place.iterdir():
            shutil.rmtree(left)
        self.resize(1 << 30)
        shutil.copytree(template, self.place / "home")
        self.resize(used(self.place) + extra)
        return Home(self.place / "home")

    def load(self, home: Home, paths: list[Path]) -> Any:
        return here(load_files, home.path, paths)

    def grow(self, extra: int) -> None:
        """Make ``extra`` bytes of room beside what is there."""
        self.resize(used(self.place) + extra)

    def resize(self, size: int) -> None:
        size = -(-size // PAGE) * PAGE
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.place)], check=True, capture_output=True)


class ShortFiles:
    """A disk on which no file grows beyond some bytes more than the largest there is."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.most: int | None = None

    def holding(self, template: Path, extra: int) -> Home:
        shutil.rmtree(self.place / "home", ignore_errors=True)
        shutil.copytree(template, self.place / "home")
        self.most = extra
        return Home(self.place / "home")

    def load(self, home: Home, paths: list[Path]) -> Any:
        if self.most is None:
            return here(load_files, home.path, paths)
        return run(load_in_little_room, home.path, paths, self.most)

    def grow(self, extra: int) -> None:
        self.most = None


SmallDisk = Tmpfs | ShortFiles


@contextmanager
def small_disk(place: Path) -> Generator[SmallDisk]:
    """Give a small disk of the best kind this machine allows; VORONKA_SMALL_DISK=files takes the other one."""
    place.mkdir()
    mounted = os.environ.get("VORONKA_SMALL_DISK") != "files" and mount(place)
    try:
        yield Tmpfs(place) if mounted else ShortFiles(place)
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(place)], check=True, capture_output=True)


def mount(place: Path) -> bool:
    """Mount a disk in memory; False where that is not allowed."""
    order = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=700", "tmpfs", str(place)]
    try:
        return subprocess.run(order, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def used(place: Path) -> int:
    """Bytes in use on a mounted disk."""
    room = os.statvfs(place)
    return (room.f_blocks - room.f_bfree) * room.f_frsize
