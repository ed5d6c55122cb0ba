"""How staged rows travel from staging to core: a profile's table with its rows and where each row came from."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.profile import SourceProfile, Table
from pipelines.schema.staging import STAGED, TYPES

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


def staged_schema(table: Table) -> dict[str, pl.DataType]:
    """Return the columns of a table's staged rows, without the load and file they came from."""
    schema = {name: TYPES[form] for name, form in STAGED[table.kind].columns.items()}
    schema |= {lookup_column(number): pl.String() for number in range(len(table.join))}
    if table.kind == "stages":
        schema[IS_STAGE] = pl.Boolean()
    if table.stage_dates or table.stage_dates_pattern:
        schema[STAGE_DATES] = STAGE_DATE
    return schema | {LINE: pl.Int64()}


@dataclass(frozen=True)
class StagedTable:
    """All staged rows of one table of one source, with ``_load_id``, ``_file_id`` and ``_line``; and its cells as exported."""

    profile: SourceProfile
    table: Table
    rows: pl.DataFrame
    cells: pl.DataFrame
    """Text cells of the newest file, kept for lookups; empty when no other table looks anything up here."""

    @property
    def name(self) -> str:
        return f"{self.profile.name}__{self.table.name}"
