"""What is done about a home that is full or damaged: the sentence, the room that is needed, and setting a file aside.

Nothing that may still be of use is deleted here: a damaged file keeps lying beside its successor as ``NAME.damaged``.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from pipelines.errors import N_, DamagedError, HomeError
from pipelines.settings import Home
from pipelines.snapshots import snapshots

Given = ParamSpec("Given")
Told = TypeVar("Told")
MENDED = N_("The working store was damaged; it was set aside and made again from the last snapshot.")
MADE_AGAIN = N_("The working store was not there; it was made again from the last snapshot.")
OUTDATED = N_("The working store was older than the last snapshot; it was set aside and made again from it.")
EMPTY = N_("The working store was damaged and there is no whole snapshot; it was set aside. Load the exports again.")
FROM_OLDER = N_(
    "The working store and the newest snapshot were damaged; both were set aside, and an older snapshot took their place. "
    "Load again what was loaded since: copies lie in the folder warehouse/files."
)
PUBLISHED = N_("The last load was stored and its snapshot was missing; it was published again.")
AGAIN = N_("The served snapshot was damaged; it was set aside and published again from the working store.")
POINTER = N_("The note of which snapshot is served (CURRENT) was of no use; it was written again.")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
STORED_PER_BYTE = 6
"""A store takes at most about six bytes for each byte of a small export, and far fewer for a large one."""
LEAST_STORE_BYTES = 8 * 1024**2


def is_full(fault: BaseException) -> bool:
    """Tell whether an error of the system or of DuckDB says that nothing more fits on the disk."""
    if isinstance(fault, OSError) and fault.errno in FULL:
        return True
    return any(os.strerror(code) in str(fault) for code in FULL)


def cannot_judge(fault: BaseException) -> bool:
    """Tell whether a store did not open for reasons that say nothing about what is in it: held by another, forbidden."""
    return any(
        word in str(fault) for word in ("Could not set lock", os.strerror(errno.EACCES), os.strerror(errno.EPERM))
    )


def cannot_open(path: Path) -> HomeError:
    """Say that a store did not open, and that it is not the store's fault."""
    return HomeError("{path} cannot be opened: another program has it open, or you have no right to.", path=path)


def room_needed(home: Home, incoming: int) -> int:
    """Estimate, from above, the bytes a load of ``incoming`` bytes needs free: what is stored, its log, the copy, the file."""
    work = home.warehouse / "work.duckdb"
    stored = work.stat().st_size if work.exists() else 0
    grows = STORED_PER_BYTE * incoming + LEAST_STORE_BYTES
    return stored + 3 * grows + incoming


def full_disk(home: Home, incoming: int) -> HomeError:
    """Say that the disk is full: which folder, how much is needed, how much there is, what to do."""
    free = shutil.disk_usage(home.path).free
    return HomeError(
        "There is no room left in {home}: about {needed} MB are needed, {free} MB are free. What was published before is "
        "served on. Make room, then load again.",
        home=home.path,
        needed=-(-room_needed(home, incoming) >> 20),
        free=free >> 20,
    )


def set_aside(path: Path) -> None:
    """Rename a damaged file, and its log if it has one, to ``NAME.damaged``."""
    aside = path.with_suffix(".damaged")
    for one, other in ((path, aside), (Path(f"{path}.wal"), Path(f"{aside}.wal"))):
        with suppress(FileNotFoundError):
            os.replace(one, other)


def once_more(story: Callable[Given, Told]) -> Callable[Given, Told]:
    """Begin again, once, when the working store turns out to be damaged in the middle of a load.

    It was set aside by then, and the second time it is made again from the last snapshot, which holds every load.
    """

    @wraps(story)
    def told(*args: Given.args, **named: Given.kwargs) -> Told:
        try:
            return story(*args, **named)
        except DamagedError:
            return story(*args, **named)

    return told


def make_again(home: Home, work: Path, is_whole: Callable[[Path], bool], why: str) -> str:
    """Put the newest whole snapshot in the place of the working store; what is damaged is set aside. Returns what to say."""
    set_aside(work)
    for published in reversed(snapshots(home)):
        if is_whole(published):
            copy = work.with_suffix(".tmp")
            shutil.copyfile(published, copy)
            copy.chmod(0o600)
            os.replace(copy, work)
            return why
        set_aside(published)
        why = FROM_OLDER
    return why and EMPTY


def said(fault: Exception, home: Home, incoming: int, is_whole: Callable[[Path], bool]) -> Exception:
    """Say what an error in the use of the store means; one that the disk and the store have no part in is returned as it is.

    A working store that turns out to be damaged is set aside, so that the next opening makes it again.
    """
    work = home.warehouse / "work.duckdb"
    if is_full(fault):
        return full_disk(home, incoming)
    if cannot_judge(fault):
        return cannot_open(work)
    if not isinstance(fault, OSError) and work.exists() and not is_whole(work):
        set_aside(work)
        return DamagedError("The working store {path} is damaged. It was set aside; load again.", path=work)
    return fault
