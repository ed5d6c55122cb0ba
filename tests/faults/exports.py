"""The exports and homes of the fault tests, and what a home holds: every table of what it serves, as one hash each."""

from __future__ import annotations

import hashlib
import shutil
from functools import cache
from pathlib import Path

import duckdb
from homes import HEADING

from pipelines.settings import Home
from pipelines.snapshots import current_snapshot

VOLATILE = {"loaded_at", "built_at"}
"""Columns that say when something was done: they differ between a load and its repetition, and nothing else may."""


def export(path: Path, first: int, last: int, manager: str = "Иванова") -> Path:
    """Write deals ``first`` up to ``last`` (left out) as people keep them, every fiftieth with a sum nobody can read."""
    lines = [
        f"{number};Ромб {number % 97};{manager};{'Продажа' if number % 3 else 'Отказ'};"
        f"{'сто' if number % 50 == 49 else f'{number},50'};{number % 28 + 1:02}.02.2026;05.03.2026;\n"
        for number in range(first, last)
    ]
    path.write_text(HEADING + "".join(lines), encoding="utf-8")
    return path


def copied(template: Path, place: Path) -> Home:
    """Copy a prepared home, as it was closed."""
    shutil.copytree(template, place)
    return Home(place)


def contents(home: Home) -> dict[str, int]:
    """Hash, table by table, what a home serves; rows in any order. Read from the file, past every cache."""
    snapshot = current_snapshot(home)
    return {} if snapshot is None else hashes_of(snapshot, hashlib.sha256(snapshot.read_bytes()).hexdigest())


@cache
def hashes_of(snapshot: Path, _digest: str) -> dict[str, int]:
    """Hash a snapshot once for as long as its bytes are the same."""
    return hashes(snapshot)


def hashes(snapshot: Path) -> dict[str, int]:
    """Hash every table of a closed snapshot: rows in any order, each counted as often as it stands there.

    Reads every column of every row, so damage anywhere that matters is an error here (duckdb.Error).
    """
    with duckdb.connect(snapshot, read_only=True, config={"threads": 1}) as connection:
        columns = connection.sql("SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal")
        tables: dict[str, list[str]] = {}
        for schema, table, column in sorted(columns.fetchall()):
            tables.setdefault(f'"{schema}"."{table}"', []).extend([] if column in VOLATILE else [f'"{column}"'])
        asked = [
            f"SELECT '{name}', count(*), sum(hash({', '.join(kept)}))::VARCHAR FROM {name}"
            for name, kept in tables.items()
        ]
        found = connection.sql(" UNION ALL ".join(asked)).fetchall()
    return {name: hash((*tables[name], count, total)) for name, count, total in found}


def leftovers(home: Home) -> list[str]:
    """Name what a load that was cut off left behind."""
    return sorted(path.name for path in home.warehouse.glob("*.tmp*"))
