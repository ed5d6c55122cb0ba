"""Where the long core tables wait for the facts: beside the store, as columns on disk that are read as far as they are asked for.

The facts tell all that anybody reads of them, and a build makes them anew from what is staged, so neither the store nor a
snapshot needs them. What is left behind by a load that was cut off goes with the other leftovers (``*.tmp*``).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl

from pipelines.errors import HomeError
from pipelines.repair import is_full


class Aside:
    """Tables put aside by their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tables: dict[str, tuple[pl.Schema, int]] = {}

    def put(self, name: str, rows: pl.DataFrame) -> None:
        """Write a table, without the columns that hold nothing. Raises HomeError when the folder cannot be written to."""
        some = [column for column in rows.columns if rows[column].null_count() < rows.height]
        try:
            rows.select(some).write_ipc(self._path(name))
        except (OSError, pl.exceptions.PolarsError) as fault:
            if is_full(fault):
                raise
            raise HomeError(
                "The folder {home} cannot be written to: {fault}.", home=self._folder, fault=fault
            ) from None
        self._tables[name] = (rows.schema, rows.height)

    def table(self, name: str, columns: Sequence[str] = ()) -> pl.DataFrame:
        """Read some columns (or all) of a table."""
        schema, height = self._tables[name]
        wanted = {column: schema[column] for column in columns or schema}
        there = [column for column in pl.read_ipc_schema(self._path(name)) if column in wanted]
        if not there:
            return pl.DataFrame(schema=wanted).clear(height)
        return pl.read_ipc(self._path(name), columns=there).select(
            pl.col(column) if column in there else pl.lit(None, dtype=dtype).alias(column)
            for column, dtype in wanted.items()
        )

    def clear(self) -> None:
        """Throw everything away."""
        for name in self._tables:
            with suppress(OSError):
                self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"aside-{name}.tmp.arrow"


class Fetched(Mapping[str, pl.DataFrame]):
    """Tables, some of which are read each time they are asked for: who is done with one lets it go, and nobody else has it."""

    def __init__(self, tables: Mapping[str, pl.DataFrame], fetch: Mapping[str, Callable[[], pl.DataFrame]]) -> None:
        self._tables = tables
        self._fetch = fetch

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self._fetch[name]() if name in self._fetch else self._tables[name]

    def __contains__(self, name: object) -> bool:
        return name in self._fetch or name in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter({**self._tables, **self._fetch})

    def __len__(self) -> int:
        return len({**self._tables, **self._fetch})


@contextmanager
def aside_in(folder: Path) -> Generator[Aside]:
    """Open a place for tables that is empty again at the end."""
    aside = Aside(folder)
    try:
        yield aside
    finally:
        aside.clear()
