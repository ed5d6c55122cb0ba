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
from typing import Protocol

from polars.exceptions import PanicException

from pipelines.errors import BusyError, HomeError, MappingError, SettingsError, UnknownName

QUIET_SECONDS = 10.0
LOOK_EVERY_SECONDS = 2.0
AGAIN_AFTER_SECONDS = 30.0
Mark = tuple[int, int, int, int]
"""Which file it is, its size, and when it and its entry changed, in nanoseconds: a copy may keep the old time of change."""
PASSING = (BusyError, HomeError, SettingsError, MappingError)
"""What is not the file's fault and passes."""


@dataclass
class Watched:
    """What is known of a folder's files: since when each has been quiet, and what was handed out already."""

    folder: Path
    quiet_since: dict[Path, tuple[Mark, float]] = field(default_factory=dict)
    taken: dict[Path, Mark] = field(default_factory=dict)
    not_before: dict[Path, float] = field(default_factory=dict)

    def ready(self, now: float) -> list[Path]:
        """Return the files that became ready, each once per change; ``now`` is any clock that only goes forward."""
        found = []
        for path, mark in sorted(_regular_files(self.folder)):
            if self.taken.get(path) == mark:
                continue
            known = self.quiet_since.get(path)
            if known is None or known[0] != mark:
                self.quiet_since[path] = (mark, now)
            elif now < self.not_before.get(path, now):
                continue
            elif now - known[1] >= QUIET_SECONDS and not open_for_writing(path):
                self.taken[path] = mark
                found.append(path)
        return found

    def put_back(self, paths: list[Path], now: float) -> None:
        """Take files back that could not be loaded for no fault of theirs; they are ready again after a while."""
        for path in paths:
            self.taken.pop(path, None)
            self.not_before[path] = now + AGAIN_AFTER_SECONDS


def _regular_files(folder: Path) -> Iterator[tuple[Path, Mark]]:
    """List the folder's own files with their marks; hidden ones, partial downloads, links and pipes are left out."""
    try:
        entries = list(os.scandir(folder))
    except OSError:  # gone for now: a stick that was pulled out, a share that does not answer
        return
    for entry in entries:
        if entry.name.startswith((".", "~$")) or entry.name.endswith((".part", ".tmp", ".crdownload")):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield Path(entry.path), (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def open_for_writing(path: Path) -> bool:
    """Tell whether any process has the file open for writing; where the system does not tell (no /proc), say no."""
    try:
        wanted = path.stat()
    except OSError:
        return True
    for handle in _handles():
        try:
            held = handle.stat()
            if (held.st_dev, held.st_ino) == (wanted.st_dev, wanted.st_ino) and _writes(handle):
                return True
        except OSError:  # closed meanwhile; its neighbours are looked at all the same
            continue
    return False


def _handles() -> Iterator[Path]:
    """List what every process has open, as far as the system lets us see it."""
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            yield from [folder / name for name in os.listdir(folder)]  # noqa: PTH208 - entries vanish: names are enough
        except OSError:
            continue


def _writes(handle: Path) -> bool:
    flags = (handle.parent.parent / "fdinfo" / handle.name).read_text(encoding="ascii")
    mode = next((line.split()[1] for line in flags.splitlines() if line.startswith("flags:")), "0")
    return int(mode, 8) & (os.O_WRONLY | os.O_RDWR) != 0


class Offer(Protocol):
    """What is done with ready files: they are loaded, or a VoronkaError says why not."""

    def __call__(self, ready: list[Path], /) -> None: ...


def watch(
    folder: Path,
    load_files: Offer,
    tell: Callable[[BaseException], None],
    *,
    keep_on: Callable[[], bool] = lambda: True,
    wait: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Hand ready files of a folder to ``load_files`` until ``keep_on`` says stop or somebody interrupts.

    A file that cannot be loaded is told about once and taken up again when it changes. Trouble that no file is to blame for
    (another load, a full disk, a mistyped setting) is told about once, and the files come again until it is over.
    """
    watched, told = Watched(folder), ""
    while keep_on():
        ready = watched.ready(clock())
        faults = list(offer(watched, ready, load_files, clock))
        for fault in faults:
            # The figures in a sentence may change while the trouble stays: its template tells whether it is the same.
            what = str(getattr(fault, "template", fault))
            if what != told or not isinstance(fault, PASSING):
                tell(fault)
            told = what
        if ready and not faults:
            told = ""
        wait(LOOK_EVERY_SECONDS)


def offer(
    watched: Watched, ready: list[Path], load_files: Offer, clock: Callable[[], float]
) -> Iterator[BaseException]:
    """Load ready files together, or, when that fails, each by itself, so that one faulty file stops no other."""
    if not ready:
        return
    try:
        load_files(ready)
    except UnknownName:  # the command itself is mistyped, for every file alike
        raise
    except PASSING as fault:
        watched.put_back(ready, clock())
        yield fault
    except (Exception, PanicException) as fault:
        if len(ready) == 1:
            yield fault
        for path in ready if len(ready) > 1 else ():
            yield from offer(watched, [path], load_files, clock)
