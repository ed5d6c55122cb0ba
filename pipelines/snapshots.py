"""The published snapshots of a home as files: their names, which one is current, and what is surely on disk."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.errors import BusyError, HomeError
from pipelines.settings import Home

KEPT_SNAPSHOTS = 7
SNAPSHOT = re.compile(r"s(\d{6,})\.duckdb")
NUMBERED = re.compile(r"s(\d{6,})\.(duckdb|damaged)")


def snapshots(home: Home) -> list[Path]:
    """Return the snapshots of a home, oldest first."""
    if not home.warehouse.is_dir():
        return []
    return sorted((path for path in home.warehouse.iterdir() if SNAPSHOT.fullmatch(path.name)), key=number_of)


def current_snapshot(home: Home) -> Path | None:
    """Return the published snapshot that ``CURRENT`` points to; None when nothing was published yet.

    When the pointer or its snapshot is gone, the newest snapshot there is serves on.
    """
    try:
        name = (home.warehouse / "CURRENT").read_text(encoding="ascii", errors="replace").strip()
    except (OSError, ValueError):
        name = ""
    path = home.warehouse / name
    if SNAPSHOT.fullmatch(name) is not None and path.exists():
        return path
    left = snapshots(home)
    return left[-1] if left else None


def number_of(snapshot: Path) -> int:
    """Return the number in a snapshot's name; 0 for any other file."""
    found = SNAPSHOT.fullmatch(snapshot.name)
    return int(found[1]) if found else 0


def highest_number(home: Home) -> int:
    """Return the highest number a snapshot of a home ever had, also one that was set aside, or deleted and pointed to."""
    names = [path.name for path in home.warehouse.iterdir()] if home.warehouse.is_dir() else []
    with suppress(OSError):
        names.append((home.warehouse / "CURRENT").read_text(encoding="ascii", errors="replace"))
    return max((int(found[1]) for name in names if (found := NUMBERED.match(name))), default=0)


def point_to(home: Home, snapshot: str) -> None:
    """Make ``CURRENT`` name a snapshot: the old pointer or the new one is on disk, never half of one."""
    pointer = home.warehouse / "CURRENT.tmp"
    pointer.write_text(snapshot, encoding="ascii")
    sync(pointer)
    os.replace(pointer, home.warehouse / "CURRENT")
    sync(home.warehouse)


def is_pointed_to(home: Home, snapshot: Path) -> bool:
    """Tell whether ``CURRENT`` names this snapshot, rather than that it serves because the pointer is of no use."""
    try:
        return (home.warehouse / "CURRENT").read_text(encoding="ascii", errors="replace").strip() == snapshot.name
    except OSError:
        return False


def sync(path: Path) -> None:
    """Flush a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(copy: Path, home: Home) -> None:
    """Make a complete copy (``s000001.duckdb.tmp``) the published snapshot: on disk first, then the pointer, then that too."""
    final = copy.with_suffix("")
    sync(copy)
    copy.chmod(0o444)
    os.replace(copy, final)
    sync(home.warehouse)
    point_to(home, final.name)


@contextmanager
def locked(home: Home) -> Generator[None]:
    """Hold a home's lock, and write what only its owner may read; raises BusyError or HomeError (see ``open_store``)."""
    mask = os.umask(0o077)
    try:
        try:
            home.warehouse.mkdir(parents=True, exist_ok=True)
            held = FileLock(home.warehouse / "lock").acquire(timeout=0)
        except Timeout:
            raise BusyError(
                "Another load is running in {home}. Wait until it ends, then load again.", home=home.path
            ) from None
        except OSError as fault:
            raise HomeError(
                "The folder {home} cannot be written to: {fault}.", home=home.path, fault=fault.strerror or fault
            ) from None
        with held:
            yield
    finally:
        os.umask(mask)


def clean_up(home: Home) -> None:
    """Delete what a load that was cut off left behind."""
    for leftover in home.warehouse.glob("*.tmp*"):
        leftover.unlink(missing_ok=True)


def compare_counts(own: dict[str, int], copied: dict[str, int]) -> None:
    """Compare the rows of every table of the store with those of its copy; raises HomeError when the copy is not whole."""
    for name in sorted(own.keys() | copied.keys()):
        if own.get(name, 0) != copied.get(name, 0):
            raise HomeError(
                "The copy of {table} is not whole: {own} rows became {copied}.",
                table=name,
                own=own.get(name, 0),
                copied=copied.get(name, 0),
            )


def retire(home: Home) -> None:
    """Delete snapshots beyond the newest seven; a reader that has one open keeps it until it is done."""
    for old in snapshots(home)[:-KEPT_SNAPSHOTS]:
        old.unlink(missing_ok=True)
