"""The published snapshots of a home as files: their names, which one is current, and what is surely on disk."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pipelines.settings import Home

SNAPSHOT = re.compile(r"s(\d{6,})\.duckdb")


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
    except (FileNotFoundError, NotADirectoryError):
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
    pointer = home.warehouse / "CURRENT.tmp"
    pointer.write_text(final.name, encoding="ascii")
    sync(pointer)
    os.replace(pointer, home.warehouse / "CURRENT")
    sync(home.warehouse)
