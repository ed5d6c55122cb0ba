"""How staged rows travel from staging to core: a profile's table with its rows and where each row came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from pipelines.profile import SourceProfile, Table
from pipelines.schema.staging import STAGED, TYPES

Fetch = Callable[[Sequence[str] | None], pl.DataFrame]
"""Read the rows of a staged table, with some columns or all."""
Told = Mapping[int, frozenset[str]]
LINE = "_line"
LOAD = "_load_id"
FILE = "_file_id"
IS_STAGE = "_is_stage"
STAGE_DATES = "_stage_dates"
STAGE_DATE = pl.List(
    pl.Struct({"funnel_name": pl.String(), "stage_name": pl.String(), "entered_at": pl.Datetime("us", "UTC")})
)


def lookup_column(number: int) -> str:
    """Name the staged column that keeps the key of a table's n-th lookup."""
    return f"_lookup_{number}"


def stage_told(funnel: str | None, stage: str) -> str:
    """Name a stage whose entries a file has a column of dates for, among the columns that it tells."""
    return f"{STAGE_DATES} {funnel or ''}: {stage}"


def staged_schema(table: Table) -> dict[str, pl.DataType]:
    """Return the columns of a table's staged rows, without the load and file they came from."""
    schema = {name: TYPES[form] for name, form in STAGED[table.kind].columns.items()}
    schema |= {lookup_column(number): pl.String() for number in range(len(table.join))}
    if table.kind == "stages":
        schema[IS_STAGE] = pl.Boolean()
    if table.stage_dates or table.stage_dates_pattern:
        schema[STAGE_DATES] = STAGE_DATE
    return schema | {LINE: pl.Int64()}


class StagedTable:
    """All staged rows of one table of one source, with ``_load_id``, ``_file_id`` and ``_line``; and its cells as exported.

    Millions of rows wait in the store until they are asked for, and may be let go again.
    """

    def __init__(
        self, profile: SourceProfile, table: Table, height: int, fetch: Fetch, cells: pl.DataFrame, told: Told
    ) -> None:
        self.profile = profile
        self.table = table
        self.height = height
        self.told = told
        """The columns that each file has cells for; of the others it says nothing."""
        self.cells = cells
        """Text cells of the newest file, kept for lookups; empty when no other table looks anything up here."""
        self._fetch = fetch
        self._rows: pl.DataFrame | None = None

    @property
    def name(self) -> str:
        return f"{self.profile.name}__{self.table.name}"

    @property
    def rows(self) -> pl.DataFrame:
        """All rows, which are kept here until they are let go."""
        if self._rows is None:
            self._rows = self._fetch(None)
        return self._rows

    def only(self, *columns: str) -> pl.DataFrame:
        """Return all rows with these columns alone; they are not kept here."""
        return self._fetch(columns) if self._rows is None else self._rows.select(columns)

    def with_rows(self, rows: pl.DataFrame) -> StagedTable:
        """Return the same table with other rows."""
        other = StagedTable(self.profile, self.table, rows.height, self._fetch, self.cells, self.told)
        other._rows = rows
        return other

    def mapped(self, change: Callable[[pl.DataFrame], pl.DataFrame]) -> StagedTable:
        """Return the same table whose rows are changed when they are asked for, each by itself and whole columns alike."""
        rows, fetch = self._rows, self._fetch
        other = StagedTable(
            self.profile, self.table, self.height, lambda columns: change(fetch(columns)), self.cells, self.told
        )
        if rows is not None:
            other._rows = change(rows)
        return other

    def let_go(self) -> None:
        """Forget the rows; they can be had again."""
        self._rows = None
