"""What is wrong with a home, in sentences, and the mending of what can be mended without losing anything.

Everything the doctor mends, the next load would mend too; the doctor says so first and looks at every snapshot.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.errors import N_, BusyError, VoronkaError
from pipelines.profile import profiles_in
from pipelines.settings import Home, read_settings
from pipelines.snapshots import current_snapshot, snapshots
from pipelines.warehouse import open_store, read_tables

LEAST_FREE_BYTES = 512 * 1024**2


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
    """Look at a home from the outside in: folder, room, settings, mappings, snapshots, working store."""
    if not home.path.is_dir():
        yield wrong(N_("There is no folder {home}. Load an export first, or check the name."), home=home.path)
        return
    if not os.access(home.path, os.W_OK):
        yield wrong(N_("The folder {home} cannot be written to. Give yourself the right to."), home=home.path)
    free = shutil.disk_usage(home.path).free
    if free < LEAST_FREE_BYTES:
        yield wrong(N_("Only {free} MB are free where {home} lies. Make room."), free=free >> 20, home=home.path)
    yield from _texts(home)
    yield from _snapshots(home)
    yield from _store(home)


def _texts(home: Home) -> Iterator[Finding]:
    try:
        read_settings(home)
        mappings = profiles_in(home.mappings) if home.mappings.is_dir() else ()
        yield right(N_("Settings and {count} mappings can be read."), count=len(mappings))
    except VoronkaError as error:
        yield Finding("wrong", error.template, error.values)


def _snapshots(home: Home) -> Iterator[Finding]:
    good = 0
    for path in snapshots(home):
        try:
            read_tables(path, ["facts.deals", "ledger.snapshot"])
            good += 1
        except VoronkaError as error:
            yield Finding("wrong", error.template, error.values)
    current = current_snapshot(home)
    if current is None:
        yield wrong(N_("Nothing is published in {home} yet. Load an export."), home=home.path)
    else:
        yield right(N_("{count} snapshots open; {name} is served."), count=good, name=current.stem)


def _store(home: Home) -> Iterator[Finding]:
    leftovers = len(list(home.warehouse.glob("*.tmp*"))) if home.warehouse.is_dir() else 0
    try:
        with open_store(home) as store:
            if store.mended:
                yield Finding("mended", store.mended)
            else:
                yield right(N_("The working store opens, build {build}."), build=store.build_number())
    except BusyError as error:
        yield Finding("wrong", error.template, error.values)
        return
    if leftovers:
        yield Finding("mended", N_("{count} leftovers of a load that was cut off were removed."), {"count": leftovers})
