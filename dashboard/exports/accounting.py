"""The ledger of loads and the rows that are in no number, as tables for people and as files to take away.

Words are in the reader's language, times in the company's zone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.accounting import KIND_WORDS
from dashboard.exports.mapping import named
from dashboard.exports.tables import csv_text
from dashboard.exports.workbook import workbook
from dashboard.i18n import N_, Locale
from pipelines.profile import shipped_profiles

RAW = "…"
"""Stands for the headings of a row that is no table row: broken ones are kept as they stand."""

QUARANTINE = {
    "file": N_("File"),
    "sheet": N_("Sheet"),
    "line": N_("Line"),
    "column": N_("Heading"),
    "value": N_("Value"),
    "reason": N_("Why put aside"),
    "row": N_("Whole row"),
}
HISTORY = {
    "loaded_at": N_("Loaded"),
    "name": N_("File"),
    "kind": N_("What it holds"),
    "profile": N_("Recognised as"),
    "rows_in": N_("Rows read"),
    "accepted": N_("Accepted"),
    "quarantined": N_("Put aside"),
    "duplicates": N_("Duplicates"),
    "newest_on": N_("Newest day"),
    "sha256": N_("SHA-256"),
}


def history(facts: Facts, locale: Locale) -> pl.DataFrame:
    """List every sheet that was loaded, newest first, with its hash."""
    titles = {profile.name: profile.title for profile in shipped_profiles()}
    kinds = {kind: locale.text(word) for kind, word in KIND_WORDS.items()}
    name = pl.when(pl.col("sheet") == "").then("name").otherwise(pl.format("{} [{}]", "name", "sheet"))
    return facts.files.sort("load_id", "file_id", descending=True).select(
        pl.col("loaded_at").dt.convert_time_zone(facts.zone).dt.replace_time_zone(None),
        name.alias("name"),
        pl.col("kind").replace(kinds),
        pl.col("profile").replace(titles),
        *("rows_in", "accepted", "quarantined", "duplicates", "newest_on", "sha256"),
    )


def put_aside(facts: Facts, locale: Locale) -> pl.DataFrame:
    """List the rows that are in no number: file, sheet, line, column, value, reason, the whole row as JSON."""
    rows = facts.quarantine
    if not rows.width:
        return pl.DataFrame(schema=dict.fromkeys(QUARANTINE, pl.String()))
    words = {reason: locale.text(reason) for reason in rows["reason"].drop_nulls().unique().to_list()}
    labels = {one: named(one, locale) for one in rows["column"].drop_nulls().unique().to_list()}
    said = rows.with_columns(pl.col("reason").replace(words), pl.col("column").replace(labels))
    return said.select(list(QUARANTINE)).sort("file", "sheet", "line", nulls_last=True)


def readable(rows: pl.DataFrame) -> pl.DataFrame:
    """Write whole rows as people read them, heading and value, and leave out the sheet where no file has any."""
    told = [_spoken(row) for row in rows["row"].to_list()]
    shown = rows.with_columns(pl.Series("row", told, dtype=pl.String))
    return shown if rows["sheet"].fill_null("").ne("").any() else shown.drop("sheet")


def _spoken(row: str | None) -> str | None:
    cells = _cells(row)
    if list(cells) == [RAW]:
        return cells[RAW]
    return " · ".join(f"{name}: {value}" for name, value in cells.items() if value) or None


def titled(rows: pl.DataFrame, words: Mapping[str, str], locale: Locale) -> pl.DataFrame:
    """Give columns the headings that people are shown."""
    return rows.rename({name: locale.text(words[name]) for name in rows.columns if name in words})


def put_aside_csv(rows: pl.DataFrame, locale: Locale) -> bytes:
    """Write rows that were put aside as CSV for a spreadsheet: marked as UTF-8, no cell that could be a formula."""
    return csv_text(titled(rows, QUARANTINE, locale)).encode("utf-8-sig")


def put_aside_workbook(rows: pl.DataFrame, locale: Locale) -> bytes:
    """Write them as a workbook: the list, then a sheet for each source with its own columns, ready to be mended."""
    sheets = [(locale.text(N_("Put aside")), titled(rows.drop("row"), QUARANTINE, locale))]
    for (file, sheet), part in rows.group_by("file", "sheet", maintain_order=True):
        sheets.append((str(sheet or file or ""), _as_exported(part, locale)))
    return workbook(sheets)


def _as_exported(part: pl.DataFrame, locale: Locale) -> pl.DataFrame:
    """Spread the rows of one sheet over their own headings, with line and reason before them."""
    cells = [_cells(row) for row in part["row"].to_list()]
    headings = list(dict.fromkeys(name for row in cells for name in row))
    place = titled(part.select("line", "reason"), QUARANTINE, locale)
    columns = [
        pl.Series(name if name not in place.columns else f"{name} ", [row.get(name) for row in cells], dtype=pl.String)
        for name in headings
    ]
    return place.with_columns(columns)


def _cells(row: str | None) -> dict[str, str | None]:
    try:
        told = json.loads(row or "{}")
    except ValueError:
        told = row
    return told if isinstance(told, dict) else {RAW: str(told)}
