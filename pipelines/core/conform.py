"""What every part of core shares: the result, names that mean the same, lookups, and the joins that are accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

import polars as pl

from pipelines import parse
from pipelines.core.last_known import Silences, in_order_told, silences, with_last_known
from pipelines.core.names import Names
from pipelines.core.near import Near, near_keys
from pipelines.headings import find_heading
from pipelines.schema.core import CORE
from pipelines.staged import FILE, LINE, LOAD, StagedTable, lookup_column

JOIN_SCHEMA = {
    "join_name": pl.String(),
    "left_table": pl.String(),
    "right_table": pl.String(),
    "matched": pl.Int64(),
    "orphans": pl.Int64(),
    "unused": pl.Int64(),
}
ORPHAN_SCHEMA = {
    "join_name": pl.String(),
    "value": pl.String(),
    "rows": pl.Int64(),
    "amount": pl.Float64(),
    "suggestion": pl.String(),
    "score": pl.Float64(),
}
__all__ = ["Core", "Joins", "Names", "gathered", "joined_lines", "newest", "shaped", "tables_of"]
MOST_ORPHANS = 500
"""Orphan values listed per join, largest first; their count and rows are complete in the join's own line."""


@dataclass(frozen=True)
class Core:
    """The core tables with the account of how they were joined, and when and in what money the data speaks."""

    tables: dict[str, pl.DataFrame]
    joins: pl.DataFrame
    orphans: pl.DataFrame
    set_aside: pl.DataFrame
    names: pl.DataFrame
    name_proposals: pl.DataFrame
    currency: str
    as_of: datetime


def tables_of(staged: Sequence[StagedTable], kind: str) -> list[StagedTable]:
    """Return the staged tables of one kind that hold rows."""
    return [one for one in staged if one.table.kind == kind and one.height]


def joined_lines(one: StagedTable) -> pl.DataFrame:
    """Make one row per deal of a file that holds one row per product line: amounts add up, the first line tells the rest."""
    if one.table.rows != "lines" or one.rows.is_empty():
        return one.rows
    ordered = one.rows.sort(LOAD, FILE, LINE)
    groups = ordered.group_by(LOAD, FILE, "deal_id", maintain_order=True)
    others = [name for name in ordered.columns if name not in (LOAD, FILE, "deal_id", "amount")]
    # A deal without any amount has an unknown one, not 0.
    amount = pl.when(pl.col("amount").is_not_null().any()).then(pl.col("amount").sum())
    return groups.agg(pl.col(others).first(), amount.cast(pl.Decimal(18, 2)).alias("amount")).select(ordered.columns)


def newest(
    rows: pl.DataFrame, key: Sequence[str], silent: Silences | None = None, traced: Sequence[str] = ()
) -> pl.DataFrame:
    """Keep the newest row of each key: the one changed last where every row of the key says when, else the one loaded last.

    So an old export that is loaded late does not undo what a newer one told, and what the newest is ``silent`` about stays
    as the last row that tells of it said, see ``with_last_known``.
    """
    ordered = in_order_told(rows, key)
    last = ordered.unique(subset=list(key), keep="last", maintain_order=True)
    return with_last_known(last, ordered, key, silent, traced) if silent and last.height < ordered.height else last


def not_before_creation(zone: str) -> pl.Expr:
    """Return ``closed_at``; told by its day alone, on the day of the creation, it is the moment of the creation."""
    closed, created = (pl.col(name).dt.convert_time_zone(zone).dt for name in ("closed_at", "created_at"))
    is_same_day = (closed.date() == created.date()) & (closed.time() == time(0))
    return pl.when(is_same_day).then("created_at").otherwise("closed_at").alias("closed_at")


def gathered(staged: Sequence[StagedTable], kind: str, key: Sequence[str], names: Names) -> pl.DataFrame | None:
    """Return the rows of a kind over all sources, the newest of each key; None when there are none."""
    tables = tables_of(staged, kind)
    if not tables:
        return None
    return names.merged(newest(pl.concat([one.rows for one in tables], how="diagonal"), key, silences(tables)))


def shaped(rows: pl.DataFrame | None, table: str) -> pl.DataFrame:
    """Return rows with exactly the columns and types of a core table, sorted by its key; missing columns are null."""
    schema = CORE[table]
    if rows is None:
        return schema.create_empty()
    columns = schema.columns()
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(column.dtype).alias(name)
        for name, column in columns.items()
    ).sort(schema.primary_key())


class Joins:
    """Every join is accounted for: rows matched, rows that found nobody, and partners nobody asked for."""

    def __init__(self, staged: Sequence[StagedTable]) -> None:
        self._staged = staged
        self._lines: list[dict[str, object]] = []
        self._orphans: list[dict[str, object]] = []
        self._looked_up: set[tuple[str, str]] = set()

    @property
    def frame(self) -> pl.DataFrame:
        return pl.DataFrame(self._lines, schema=JOIN_SCHEMA).sort("join_name")

    @property
    def orphan_frame(self) -> pl.DataFrame:
        return pl.DataFrame(self._orphans, schema=ORPHAN_SCHEMA).sort(
            "join_name", "rows", "value", descending=[False, True, False]
        )

    def look_up(self, one: StagedTable) -> pl.DataFrame:
        """Fill a table's columns from the tables it looks up; a value of its own goes before a looked-up one."""
        rows = one.rows
        for number, lookup in enumerate(one.table.join):
            key = lookup_column(number)
            side = self._side(one, lookup.table)
            heading = None if side is None else find_heading(lookup.key, side.columns)
            if side is None or heading is None:
                continue
            taken = {ours: find_heading(theirs, side.columns) for ours, theirs in lookup.take.items()}
            found = {ours: theirs for ours, theirs in taken.items() if theirs is not None}
            self._looked_up |= {(one.table.kind, t.kind) for t in one.profile.table if t.name == lookup.table}
            partner = (
                side.select(
                    parse.tidy(side[heading]).alias(key),
                    *(parse.tidy(side[theirs]).alias(f"_taken_{ours}") for ours, theirs in found.items()),
                )
                .drop_nulls(key)
                .unique(subset=key, keep="last", maintain_order=True)
            )
            self.compare(f"{one.name}.{lookup.on} → {one.profile.name}__{lookup.table}", rows, key, partner[key])
            rows = rows.join(partner, on=key, how="left", maintain_order="left").with_columns(
                pl.coalesce(ours, f"_taken_{ours}").alias(ours) for ours in found
            )
            rows = rows.drop(f"_taken_{ours}" for ours in found)
        return rows

    def _side(self, one: StagedTable, table: str) -> pl.DataFrame | None:
        return next(
            (
                other.cells
                for other in self._staged
                if other.profile.name == one.profile.name and other.table.name == table and other.cells.height
            ),
            None,
        )

    def compare(self, join_name: str, rows: pl.DataFrame, key: str, known: pl.Series, near: Near = near_keys) -> None:
        """Account for a join of ``rows[key]`` with the known values: matched, orphans with a near known one, unused."""
        amount = pl.col("amount").cast(pl.Float64).sum() if "amount" in rows.columns else pl.lit(None, pl.Float64)
        asked = rows.lazy().drop_nulls(key).group_by(pl.col(key).cast(pl.String).alias("value"))
        values = asked.agg(pl.len().cast(pl.Int64).alias("rows"), amount.alias("amount")).collect()
        there = known.cast(pl.String).drop_nulls().unique().alias("value").to_frame()
        lost = values.join(there, on="value", how="anti")
        matched = int(values["rows"].sum()) - int(lost["rows"].sum())
        self.account(join_name, matched, lost, there, values.height - lost.height, near)

    def account(
        self, join_name: str, matched: int, lost: pl.DataFrame, there: pl.DataFrame, used: int, near: Near
    ) -> None:
        """Note a join: rows ``matched``, values ``lost`` with their rows, and how many of those ``there`` were ``used``."""
        missing = lost.sort("rows", "value", descending=[True, False]).head(MOST_ORPHANS)
        left, _, right = join_name.partition(" → ")
        self._lines.append(
            {
                "join_name": join_name,
                "left_table": left,
                "right_table": right,
                "matched": matched,
                "orphans": int(lost["rows"].sum()),
                "unused": there.height - used,
            }
        )
        suggested = near(missing["value"].to_list(), there["value"]) if missing.height and there.height else {}
        for row in missing.iter_rows(named=True):
            match = suggested.get(row["value"])
            near_one = {"suggestion": match.name if match else None, "score": match.score if match else None}
            self._orphans.append({"join_name": join_name, **row, **near_one})

    def compare_all(self, tables: Mapping[str, pl.DataFrame]) -> None:
        """Account for the joins between the core tables themselves, where both sides hold rows."""
        for left, key, right, other in (
            ("deals", "product_name", "products", "product_name"),
            ("deals", "manager_name", "managers", "manager_name"),
            ("tasks", "deal_id", "deals", "deal_id"),
            ("invoices", "deal_id", "deals", "deal_id"),
            ("plans", "manager_name", "managers", "manager_name"),
        ):
            # A plan of the whole team names nobody, which is no name that is lost.
            self.compare_tables(left, tables[left].filter(pl.col(key) != ""), key, right, tables[right][other])

    def compare_tables(self, left: str, rows: pl.DataFrame, key: str, right: str, known: pl.Series) -> None:
        """Account for a join of two core tables, unless one side is empty or a lookup accounted for it already."""
        if (left, right) not in self._looked_up and len(known) and rows[key].is_not_null().any():
            self.compare(f"{left}.{key} → {right}", rows, key, known)
