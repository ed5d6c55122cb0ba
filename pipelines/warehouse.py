"""The only module that speaks DuckDB: one writer under a lock, closed snapshots under new names, read-only readers.

The working store is expendable and the published snapshot is the truth: a load is acknowledged only after its snapshot is on
disk and ``CURRENT`` points to it. A snapshot's name is never used twice, because a process that holds the old file would
be given the old data again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import polars as pl
from filelock import FileLock, Timeout

from pipelines import repair
from pipelines.errors import BusyError, DamagedError, HomeError
from pipelines.repair import cannot_judge, cannot_open, is_full, make_again, said
from pipelines.settings import Home
from pipelines.snapshots import current_snapshot, highest_number, number_of, point_to, snapshots, sync

SCHEMAS = ("raw", "staging", "core", "facts", "checks", "ledger")
KEPT_SNAPSHOTS = 7
CLOSED_WORLD = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}

READING = threading.Lock()
# DuckDB would draw its own bar on standard output, between ours and the JSON line.
QUIET = ("TimeZone='UTC'", "enable_progress_bar=false")


def quoted(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def read_tables(snapshot: Path, names: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Read tables (``schema.table``) of a closed snapshot, read-only and shut off from everything else.

    Raises HomeError when the file is damaged. Times come back as UTC.
    """
    # One process has one instance of a file: two threads that open it at once would lock each other's settings.
    with READING:
        return _read_tables(snapshot, names)


def _read_tables(snapshot: Path, names: Sequence[str]) -> dict[str, pl.DataFrame]:
    try:
        connection = duckdb.connect(
            snapshot, read_only=True, config={**CLOSED_WORLD, "threads": 2, "python_enable_replacements": "false"}
        )
        try:
            for setting in (*QUIET, "enable_external_access=false", "lock_configuration=true"):
                connection.execute(f"SET {setting}")
            return {name: _frame(connection, name) for name in names}
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


def is_whole(path: Path) -> bool:
    """Read every value of every table of a store that nobody writes: DuckDB compares its checksums on the way.

    Raises HomeError when the file cannot be judged, because another program holds it or it may not be read.
    """
    try:
        connection = duckdb.connect(path, read_only=True, config={**CLOSED_WORLD, "threads": 2})
        try:
            _read_all(connection)
        finally:
            connection.close()
    except duckdb.Error as fault:
        if cannot_judge(fault):
            raise cannot_open(path) from None
        return False
    return True


def _frame(connection: duckdb.DuckDBPyConnection, name: str) -> pl.DataFrame:
    schema, _, table = name.partition(".")
    rows = connection.sql(f"SELECT * FROM {quoted(schema)}.{quoted(table)}").pl()  # noqa: S608 - quoted names
    zoned = [column for column, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime) and dtype.time_zone]
    return rows.with_columns(pl.col(column).dt.convert_time_zone("UTC") for column in zoned)


def _read_all(connection: duckdb.DuckDBPyConnection) -> None:
    for (name,) in connection.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall():
        connection.sql(f"SELECT max(hash(each)) FROM {_address(name)} AS each").fetchall()  # noqa: S608 - quoted


@contextmanager
def open_store(home: Home) -> Generator[Store]:
    """Open the working store of a home for writing, alone.

    Raises BusyError when another load has it and HomeError when the folder cannot be written. A store that does not open is
    moved aside and made again from the last snapshot; a build that was stored but not published is published first.
    """
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
            store = Store(home)
            try:
                store.start()
                yield store
            except (duckdb.Error, OSError) as fault:
                store.close()
                raise said(fault, home, store.incoming, is_whole) from fault
            finally:
                store.close()
    finally:
        os.umask(mask)


class Store:
    """The working store: tables are written in one transaction, then published as a closed copy."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._path = home.warehouse / "work.duckdb"
        self.mended = ""
        self.incoming = 0  # bytes of the files being loaded, to say how much room they need
        self._open: duckdb.DuckDBPyConnection | None = None

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        assert self._open is not None
        return self._open

    def start(self) -> None:
        """Clean up after a load that was cut off, open the store, publish a build that was stored and not published."""
        for leftover in self._home.warehouse.glob("*.tmp*"):
            leftover.unlink(missing_ok=True)
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
        connection = duckdb.connect(self._path, config={**CLOSED_WORLD, "threads": 2})
        for setting in QUIET:
            connection.execute(f"SET {setting}")
        for schema in SCHEMAS:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        connection.execute("CREATE TABLE IF NOT EXISTS ledger.builds (build BIGINT, built_at TIMESTAMPTZ)")
        return connection

    def close(self) -> None:
        """Close the store; what was not committed is gone."""
        if self._open is not None:
            self._open.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Keep everything written inside, or, when anything fails, nothing."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def tables(self) -> set[str]:
        """Return the names of the tables there are, as ``schema.table``."""
        rows = self._connection.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        return {row[0] for row in rows}

    def read(self, name: str) -> pl.DataFrame | None:
        """Read a table; None when there is none."""
        return _frame(self._connection, name) if name in self.tables() else None

    def replace(self, name: str, rows: pl.DataFrame) -> None:
        """Write a table anew."""
        with self._incoming(rows):
            self._connection.execute(f"CREATE OR REPLACE TABLE {_address(name)} AS SELECT * FROM incoming")  # noqa: S608 - quoted

    def add(self, name: str, rows: pl.DataFrame) -> None:
        """Add rows to a table, making it or widening it by the columns it lacks."""
        if name not in self.tables():
            self.replace(name, rows)
            return
        with self._incoming(rows):
            described = self._connection.sql("DESCRIBE incoming").fetchall()
            for column, kind, *_ in described:
                self._connection.execute(
                    f"ALTER TABLE {_address(name)} ADD COLUMN IF NOT EXISTS {quoted(column)} {kind}"
                )
            self._connection.execute(f"INSERT INTO {_address(name)} BY NAME SELECT * FROM incoming")  # noqa: S608 - quoted

    def drop_file(self, name: str, file_id: int) -> None:
        """Delete the rows of one file from a table."""
        if name in self.tables():
            self._connection.execute(f"DELETE FROM {_address(name)} WHERE _file_id = ?", [file_id])  # noqa: S608

    @contextmanager
    def _incoming(self, rows: pl.DataFrame) -> Generator[None]:
        self._connection.register("incoming", rows)
        try:
            yield
        finally:
            self._connection.unregister("incoming")

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
        final = self._home.warehouse / f"{name}.duckdb"
        copy = self._home.warehouse / f"{name}.duckdb.tmp"
        self._connection.execute("CHECKPOINT")
        target = str(copy).replace("'", "''")
        self._connection.execute(f"ATTACH '{target}' AS snapshot")
        try:
            self._connection.execute("COPY FROM DATABASE work TO snapshot")
            self._compare_copy()
        finally:
            self._connection.execute("DETACH snapshot")
        sync(copy)
        copy.chmod(0o444)
        os.replace(copy, final)
        sync(self._home.warehouse)
        point_to(self._home, final.name)
        self._retire()
        return name

    def read_through(self) -> None:
        """Read every value of the working store; damage is an error that ends the opening of the store."""
        _read_all(self._connection)

    def _compare_copy(self) -> None:
        for name in sorted(self.tables()):
            sides = (_address(name, "work"), _address(name, "snapshot"))
            own, copied = (self._connection.sql(f"SELECT count(*) FROM {one}").fetchall()[0][0] for one in sides)  # noqa: S608
            if own != copied:
                raise HomeError(
                    "The copy of {table} is not whole: {own} rows became {copied}.", table=name, own=own, copied=copied
                )

    def _retire(self) -> None:
        """Delete snapshots beyond the newest seven; a reader that has one open keeps it until it is done."""
        for old in snapshots(self._home)[:-KEPT_SNAPSHOTS]:
            old.unlink(missing_ok=True)


def _address(name: str, database: str | None = None) -> str:
    schema, _, table = name.partition(".")
    return (f"{database}." if database else "") + f"{quoted(schema)}.{quoted(table)}"
