"""What is wrong with a home, in sentences, and the mending of what can be mended without losing anything.

Everything the doctor mends, the next load would mend too; the doctor says so first and looks at every snapshot.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipelines.duck import is_whole
from pipelines.errors import N_, BusyError, DamagedError, HomeError, VoronkaError
from pipelines.ledger import clock_notes
from pipelines.mending import mend_served
from pipelines.profile import profiles_in
from pipelines.repair import EMPTY, FROM_OLDER, MENDED, room_needed, set_aside
from pipelines.retention import OLD_DAYS, last_backup
from pipelines.settings import Home, read_settings
from pipelines.snapshots import current_snapshot, snapshots
from pipelines.warehouse import Store, open_store

LEAST_FREE_BYTES = 512 * 1024**2
DAMAGED = N_("The snapshot {name} was damaged; it was set aside.")


@dataclass(frozen=True)
class Finding:
    """One thing the doctor looked at: right, mended, or wrong; the sentence is a template with its values."""

    state: str
    template: str
    values: dict[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return self.template.format(**self.values)


def right(template: str, **values: object) -> Finding:
    return Finding("right", template, values)


def wrong(template: str, **values: object) -> Finding:
    return Finding("wrong", template, values)


def examine(home: Home) -> Iterator[Finding]:
    """Look at a home from the outside in: folder, room, settings, mappings, working store, snapshots, pointer, clock.

    Reads every value of the working store and of every snapshot, so it takes longer for a larger home.
    """
    if not home.path.is_dir():
        yield wrong(N_("There is no folder {home}. Load an export first, or check the name."), home=home.path)
        return
    yield from _room(home)
    yield from _texts(home)
    yield from _backups(home)
    for attempt in (1, 2):
        try:
            # The leftovers are removed and a store that does not open is made again as the store is opened.
            leftovers = len(list(home.warehouse.glob("*.tmp*")))
            with open_store(home) as store:
                yield from _opened(store, home, leftovers, was_damaged=attempt == 2)
            return
        except DamagedError:
            continue
        except (BusyError, HomeError) as error:
            yield Finding("wrong", error.template, error.values)
            yield from _served(home)
            return


def _room(home: Home) -> Iterator[Finding]:
    if not os.access(home.path, os.W_OK):
        yield wrong(N_("The folder {home} cannot be written to. Give yourself the right to."), home=home.path)
    free, needed = shutil.disk_usage(home.path).free, max(LEAST_FREE_BYTES, room_needed(home, 0))
    if free < needed:
        yield wrong(
            N_("Only {free} MB are free where {home} lies, and a load may need {needed} MB. Make room."),
            free=free >> 20,
            needed=needed >> 20,
            home=home.path,
        )


def _texts(home: Home) -> Iterator[Finding]:
    try:
        read_settings(home)
        mappings = profiles_in(home.mappings) if home.mappings.is_dir() else ()
        yield right(N_("Settings and {count} mappings can be read."), count=len(mappings))
    except VoronkaError as error:
        yield Finding("wrong", error.template, error.values)


def _backups(home: Home) -> Iterator[Finding]:
    """Tell the age of the last backup where backups are used at all."""
    last = last_backup(home)
    if last is None:
        return
    age = datetime.now(UTC) - last
    if age > timedelta(days=OLD_DAYS):
        yield wrong(N_("The last backup is {days} days old. Make one: voronka backup."), days=age.days)
    else:
        yield right(N_("The last backup is {days} days old."), days=age.days)


def _opened(store: Store, home: Home, leftovers: int, *, was_damaged: bool) -> Iterator[Finding]:
    """Look at the store from within its lock, when no load can be under way, and mend."""
    store.read_through()
    mended = MENDED if was_damaged else store.mended
    if mended in (EMPTY, FROM_OLDER):
        yield wrong(mended)
    elif mended:
        yield Finding("mended", mended)
    else:
        yield right(N_("The working store is whole, build {build}."), build=store.build_number())
    if leftovers:
        yield Finding("mended", N_("{count} leftovers of a load that was cut off were removed."), {"count": leftovers})
    again = mend_served(store, home)
    if again:
        yield Finding("mended", again)
    for path in snapshots(home):
        if not is_whole(path):
            set_aside(path)
            yield Finding("mended", DAMAGED, {"name": path.stem})
    yield from _clock(store)
    yield from _served(home)


def _clock(store: Store) -> Iterator[Finding]:
    files = store.read("ledger.files")
    for template, values in () if files is None else clock_notes(files):
        yield Finding("wrong", template, values)


def _served(home: Home) -> Iterator[Finding]:
    current = current_snapshot(home)
    if current is None:
        yield wrong(N_("Nothing is published in {home} yet. Load an export."), home=home.path)
        return
    try:
        if not is_whole(current):
            yield wrong(N_("The served snapshot {name} is damaged; an older one answers."), name=current.stem)
            return
        yield right(N_("{count} snapshots; {name} is served and whole."), count=len(snapshots(home)), name=current.stem)
    except HomeError as error:
        yield Finding("wrong", error.template, error.values)
