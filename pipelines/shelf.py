"""Where the rows of large files wait until every file of a load has been read: in memory while there is room, else on disk.

The order in which files are written is known only when all are read, and ten million rows need not be in memory until then.
What is left behind by a load that was cut off goes with the other leftovers (``*.tmp*``).
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl

from pipelines.errors import HomeError
from pipelines.intake import Parcel, Taken
from pipelines.repair import is_full

ROOM = 64 << 20


def is_looked_up(taken: Taken) -> bool:
    """Tell whether another table of the profile looks something up here; only then are the cells needed again."""
    return any(lookup.table == taken.table.name for table in taken.profile.table for lookup in table.join)


class Shelf:
    """Rows of sheets put aside, by the place of their parcel in the load."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._room = ROOM
        self._files: dict[int, Path] = {}

    def put(self, at: int, parcel: Parcel) -> Parcel:
        """Put aside what a parcel brings; returns the parcel without the rows that went to disk."""
        taken = parcel.taken
        if taken is None:
            return parcel
        if not is_looked_up(taken):
            taken = replace(taken, cells=taken.cells.clear())
        size = taken.good.estimated_size()
        if size <= self._room:
            self._room -= size
            return replace(parcel, taken=taken)
        path = self._folder / f"taken-{at}.tmp.arrow"
        some = [name for name in taken.good.columns if taken.good[name].null_count() < taken.good.height]
        try:
            taken.good.select(some).write_ipc(path)
        except (OSError, pl.exceptions.PolarsError) as fault:
            if is_full(fault):
                raise
            raise HomeError(
                "The folder {home} cannot be written to: {fault}.", home=self._folder, fault=fault
            ) from None
        self._files[at] = path
        return replace(parcel, taken=replace(taken, good=taken.good.clear()))

    def back(self, at: int, taken: Taken) -> Taken:
        """Return what a parcel brings with all its rows, and take it from the shelf."""
        path = self._files.pop(at, None)
        if path is None:
            return taken
        rows = pl.read_ipc(path)
        path.unlink()
        good = rows.select(
            pl.col(name) if name in rows.columns else pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in taken.good.schema.items()
        )
        return replace(taken, good=good)

    def clear(self) -> None:
        """Throw away what was not taken back."""
        for path in self._files.values():
            path.unlink(missing_ok=True)


@contextmanager
def shelf_in(folder: Path) -> Generator[Shelf]:
    """Open a shelf that is empty again at the end."""
    shelf = Shelf(folder)
    try:
        yield shelf
    finally:
        shelf.clear()
