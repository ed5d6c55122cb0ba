"""The only module that speaks DuckDB: one writer under a lock, closed snapshots under new names, read-only readers.

The working store is expendable and the published snapshot is the truth: a load is acknowledged only after its snapshot is on
disk and ``CURRENT`` points to it. A snapshot's name is never used twice, because a process that holds the old file would
be given the old data again.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from pipelines import repair
from pipelines.behind import Behind
from pipelines.calls_read import Days
from pipelines.duck import (
    CLOSED_WORLD,
    QUIET,
    READ_ONCE,
    address,
    copy_tables,
    counts_of,
    drop_table,
    frame_of,
    is_whole,
    lean_frames_of,
    names_of,
    read_all,
    used_share,
)
from pipelines.duck_rows import add_rows, make_table
from pipelines.errors import DamagedError, HomeError
from pipelines.repair import cannot_judge, is_full, make_again, said
from pipelines.settings import Home
from pipelines.snapshots import (
    clean_up,
    compare_counts,
    current_snapshot,
    highest_number,
    locked,
    number_of,
    put_in_place,
    retire,
)

SCHEMAS = ("raw", "staging", "core", "facts", "checks", "ledger")
LEAST_USED = 0.5  # share of the working store's blocks from which on a snapshot is a plain copy of its file
READING = threading.Lock()
Columns = Mapping[str, Sequence[str]]
Words = Mapping[str, Mapping[str, pl.DataType]]  # table → its columns of few words and their type


def read_tables(
    snapshot: Path,
    names: Sequence[str],
    words: Words | None = None,
    only: Columns | None = None,
    days: Days | None = None,
) -> dict[str, pl.DataFrame]:
    """Read tables (``schema.table``) of a closed snapshot, read-only and shut off from everything else.

    Raises HomeError when the file is damaged. Times come back as UTC, the columns of ``words`` in their type. ``only``: tables
    of which no more than some columns are read; ``days``: those whose calls are looked at (``calls_read``), with ``only``.
    """
    # One process has one instance of a file: two threads that open it at once would lock each other's settings.
    with READING:
        return _read_tables(snapshot, names, words or {}, only or {}, days)


def _read_tables(
    snapshot: Path, names: Sequence[str], words: Words, only: Columns, days: Days | None
) -> dict[str, pl.DataFrame]:
    kept = READ_ONCE if only else {}
    try:
        connection = duckdb.connect(
            snapshot,
            read_only=True,
            config={**CLOSED_WORLD, **kept, "threads": 2, "python_enable_replacements": "false"},
        )
        try:
            for setting in (*QUIET, "enable_external_access=false", "lock_configuration=true"):
                connection.execute(f"SET {setting}")
            return lean_frames_of(connection, names, words, only, days)
        finally:
            connection.close()
    except duckdb.CatalogException:
        raise HomeError(
            "The snapshot {path} was made by another version. Load the exports again.", path=snapshot
        ) from None
    except (duckdb.Error, pl.exceptions.PolarsError):
        raise DamagedError(
            "The snapshot {path} is damaged. Run voronka doctor, or load the exports again.", path=snapshot
        ) from None


@contextmanager
def open_store(home: Home) -> Generator[Store]:
    """Open the working store of a home for writing, alone.

    Raises BusyError when another load has it and HomeError when the folder cannot be written. A store that does not open is
    moved aside and made again from the last snapshot; a build that was stored but not published is published first.
    """
    with locked(home):
        store = Store(home)
        try:
            store.start()
            yield store
        except (duckdb.Error, pl.exceptions.PolarsError, OSError) as fault:
            store.close()
            raise said(fault, home, store.incoming, is_whole) from fault
        finally:
            store.close()


class Store:
    """The working store: tables are written in one transaction, then published as a closed copy."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.folder = home.warehouse
        self._path = home.warehouse / "work.duckdb"
        self.mended = ""
        self.incoming = 0  # bytes of the files being loaded, to say how much room they need
        self._open: duckdb.DuckDBPyConnection | None = None
        self._behind = Behind()
        self._was_there = self._path.exists()
        self._is_over = False

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        """The connection, once everything given to write is written."""
        self._behind.settle()
        return self._writing

    @property
    def _writing(self) -> duckdb.DuckDBPyConnection:
        """The connection as it is; opened again where publishing closed it and somebody goes on."""
        assert not self._is_over
        if self._open is None:
            self._open = self._opened()
        return self._open

    def start(self) -> None:
        """Clean up after a load that was cut off, open the store, publish a build that was stored and not published."""
        clean_up(self._home)
        self._open = self._connect()
        published = current_snapshot(self._home)
        if self.build_number() and (published is None or self.build_number() > number_of(published)):
            self.publish()
            self.mended = self.mended or repair.PUBLISHED

    def _connect(self) -> duckdb.DuckDBPyConnection:
        published = current_snapshot(self._home)
        why = repair.MADE_AGAIN if published is not None else ""
        if self._path.exists():
            try:
                self._open = self._opened()
                if published is None or self.build_number() >= number_of(published):
                    return self._open
                self._open.close()
                why = repair.OUTDATED
            except duckdb.Error as fault:
                if is_full(fault) or cannot_judge(fault):
                    raise
                why = repair.MENDED
        self.mended = make_again(self._home, self._path, is_whole, why)
        return self._opened()

    def _opened(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(self._path, config={**CLOSED_WORLD, "threads": 2, "memory_limit": "1GB"})
        for setting in QUIET:
            connection.execute(f"SET {setting}")
        for schema in SCHEMAS:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        connection.execute("CREATE TABLE IF NOT EXISTS ledger.builds (build BIGINT, built_at TIMESTAMPTZ)")
        return connection

    def close(self) -> None:
        """Close the store; what was not committed is gone."""
        self._behind.close()
        self._shut()
        self._is_over = True

    def _shut(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Keep everything written inside, or, when anything fails, nothing."""
        self._connection.execute("BEGIN")
        try:
            yield
            self._behind.settle()
        except BaseException:
            self._behind.give_up()
            with suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def tables(self) -> set[str]:
        """Return the names of the tables there are."""
        return names_of(self._connection)

    def read(self, name: str) -> pl.DataFrame | None:
        """Read a table; None when there is none."""
        return frame_of(self._connection, name) if name in self.tables() else None

    def table(self, name: str, columns: Sequence[str] = ()) -> pl.DataFrame:
        """Read some columns (or all) of a table that is there."""
        return frame_of(self._connection, name, columns)

    def columns(self, name: str) -> list[str]:
        """Return the names of a table's columns."""
        return [row[0] for row in self._connection.sql(f"DESCRIBE {address(name)}").fetchall()]

    def count(self, name: str) -> int:
        """Count the rows of a table."""
        return int(self._connection.sql(f"SELECT count(*) FROM {address(name)}").fetchall()[0][0])  # noqa: S608 - quoted

    def replace(self, name: str, rows: pl.DataFrame) -> None:
        """Write a table anew, behind whoever goes on computing."""
        self._behind.do(partial(self._replace, name, rows))

    def _replace(self, name: str, rows: pl.DataFrame) -> None:
        make_table(self._writing, name, rows)

    def add(self, name: str, rows: pl.DataFrame) -> None:
        """Add rows to a table, making it or widening it by the columns it lacks; behind whoever goes on computing."""
        self._behind.do(partial(self._add, name, rows))

    def _add(self, name: str, rows: pl.DataFrame) -> None:
        write = add_rows if name in names_of(self._writing) else make_table
        write(self._writing, name, rows)

    def drop(self, name: str) -> None:
        """Delete a table, if it is there."""
        self._behind.do(lambda: drop_table(self._writing, name))

    def drop_file(self, name: str, file_id: int) -> None:
        """Delete the rows of one file from a table."""
        if name in self.tables():
            self._connection.execute(f"DELETE FROM {address(name)} WHERE _file_id = ?", [file_id])  # noqa: S608

    def build_number(self) -> int:
        """Return the number of the newest build; 0 when there is none."""
        return int(self._connection.sql("SELECT coalesce(max(build), 0) FROM ledger.builds").fetchall()[0][0])

    def count_build(self) -> int:
        """Number a new build, inside the transaction that makes it."""
        number = max(self.build_number(), highest_number(self._home)) + 1
        self._connection.execute("INSERT INTO ledger.builds VALUES (?, now())", [number])
        return number

    def publish(self) -> str:
        """Publish the newest build as a closed, read-only copy and point ``CURRENT`` at it; return its name."""
        name = f"s{self.build_number():06d}"
        copy = self._home.warehouse / f"{name}.duckdb.tmp"
        counts = counts_of(self._connection)
        self._connection.execute("CHECKPOINT")
        # Where most of the file is room that earlier builds left, only its tables are copied.
        if used_share(self._connection) < LEAST_USED or not self._copy_file(copy):
            copy.unlink(missing_ok=True)
            copy_tables(self._connection, copy)
        self._compare_copy(copy, counts)
        put_in_place(copy, self._home)
        retire(self._home)
        return name

    def _copy_file(self, copy: Path) -> bool:
        """Copy the closed file byte for byte; False when it does not hold everything, because a log stands beside it.

        It must be closed: this process would lose its lock on the file by closing a second handle to it.
        """
        self._shut()
        whole = not Path(f"{self._path}.wal").exists()
        if whole:
            shutil.copyfile(self._path, copy)
        return whole

    def read_through(self) -> None:
        """Read every value of the working store; damage is an error that ends the opening of the store."""
        read_all(self._connection)

    def _compare_copy(self, copy: Path, counts: dict[str, int]) -> None:
        """Open the copy as a reader will, and compare its tables and their rows with the store's."""
        with duckdb.connect(copy, read_only=True, config={**CLOSED_WORLD}) as connection:
            copied = counts_of(connection)
            if self._was_there:  # what lay on the disk may be damaged since it was written, and was copied unread
                read_all(connection)
        compare_counts(counts, copied)
