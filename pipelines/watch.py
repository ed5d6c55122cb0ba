"""A watched folder: which exports lie ready, that is whole, to be loaded.

A copy that is still going on looks like a finished file for as long as it stalls: a file is ready when its size and time
have not changed for ten seconds and no process has it open for writing (security.md section 3).
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

QUIET_SECONDS = 10.0
LOOK_EVERY_SECONDS = 2.0
Mark = tuple[int, int]
"""Size and time of change in nanoseconds."""


@dataclass
class Watched:
    """What is known of a folder's files: since when each has been quiet, and what was handed out already."""

    folder: Path
    quiet_since: dict[Path, tuple[Mark, float]] = field(default_factory=dict)
    taken: dict[Path, Mark] = field(default_factory=dict)

    def ready(self, now: float) -> list[Path]:
        """Return the files that became ready, each once per change; ``now`` is any clock that only goes forward."""
        found = []
        for path, mark in sorted(_regular_files(self.folder)):
            if self.taken.get(path) == mark:
                continue
            known = self.quiet_since.get(path)
            if known is None or known[0] != mark:
                self.quiet_since[path] = (mark, now)
            elif now - known[1] >= QUIET_SECONDS and not open_for_writing(path):
                self.taken[path] = mark
                found.append(path)
        return found


def _regular_files(folder: Path) -> Iterator[tuple[Path, Mark]]:
    """List the folder's own files with their marks; hidden ones, partial downloads, links and pipes are left out."""
    for entry in os.scandir(folder) if folder.is_dir() else ():
        if entry.name.startswith((".", "~$")) or entry.name.endswith((".part", ".tmp", ".crdownload")):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield Path(entry.path), (status.st_size, status.st_mtime_ns)


def open_for_writing(path: Path) -> bool:
    """Tell whether any process has the file open for writing; where the system does not tell (no /proc), say no."""
    try:
        wanted = path.stat()
    except OSError:
        return True
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            for handle in folder.iterdir():
                held = handle.stat()
                if (held.st_dev, held.st_ino) == (wanted.st_dev, wanted.st_ino) and _writes(handle):
                    return True
        except OSError:
            continue
    return False


def _writes(handle: Path) -> bool:
    flags = (handle.parent.parent / "fdinfo" / handle.name).read_text(encoding="ascii")
    mode = next((line.split()[1] for line in flags.splitlines() if line.startswith("flags:")), "0")
    return int(mode, 8) & (os.O_WRONLY | os.O_RDWR) != 0


def watch(folder: Path, load_file: Callable[[list[Path]], None], *, keep_on: Callable[[], bool] = lambda: True) -> None:
    """Hand ready files of a folder to ``load_file`` until ``keep_on`` says stop."""
    watched = Watched(folder)
    while keep_on():
        ready = watched.ready(time.monotonic())
        if ready:
            load_file(ready)
        time.sleep(LOOK_EVERY_SECONDS)
