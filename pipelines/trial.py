"""What a load would do with a file, before anything is stored: its sheets, who recognises each, and every row counted.

The counting is the load's own, so that a trial and the load that follows it say the same. Nothing is written anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pipelines.errors import VoronkaError
from pipelines.intake import Parcel, digest_of, matched, parcels_of, read_once, refused_report
from pipelines.ledger import as_repeat, counted_again
from pipelines.load import candidates
from pipelines.profile import SourceProfile
from pipelines.readers import Sheet, open_export
from pipelines.report import FileReport
from pipelines.settings import Home, read_settings
from pipelines.staged import LINE, staged_schema

SHOWN_ROWS = 8
"""How many rows of a sheet are kept to look at, from the row before its heading."""
Stored = Callable[[str], pl.DataFrame | None]
"""Gives the rows of a table of staging that are already in, None when there is no such table."""


@dataclass(frozen=True)
class SheetTrial:
    """One sheet: how it looks, who recognises it, and what the load would report of it."""

    name: str
    form: str
    rows: tuple[tuple[str, ...], ...]
    """The first rows as the reader sees them."""
    heading_at: int | None
    """Which of ``rows`` is the heading; None when nobody recognises the sheet, or it has none."""
    heading_line: int | None
    """The heading's row in the sheet, counted from 1."""
    is_hidden: bool = False
    profile: SourceProfile | None = None
    report: FileReport | None = None
    """None for a sheet that the load leaves out without a word."""

    @property
    def is_recognised(self) -> bool:
        return self.profile is not None


@dataclass(frozen=True)
class FileTrial:
    """One file: its sheets, or the one sentence why it cannot be read."""

    path: Path
    digest: str = ""
    size: int = 0
    sheets: tuple[SheetTrial, ...] = ()
    fault: VoronkaError | None = None

    @property
    def is_loadable(self) -> bool:
        """Tell whether a load would take anything of it, or recognise it as known."""
        return any(sheet.is_recognised for sheet in self.sheets)

    @property
    def reports(self) -> tuple[FileReport, ...]:
        """What the load would report: a line per sheet it has something to say of."""
        if self.fault is not None:
            return (refused_report(self.path, self.fault),)
        return tuple(sheet.report for sheet in self.sheets if sheet.report is not None)


def try_file(
    path: Path,
    home: Home,
    *,
    kind: str | None = None,
    mapping: Path | None = None,
    known: pl.DataFrame | None = None,
    stored: Stored | None = None,
) -> FileTrial:
    """Read, recognise and stage one file and count its rows; nothing is stored.

    ``known`` is the ledger of files that are in, ``stored`` gives the rows of logs that are in: with both, rows that came
    before count as duplicates, as the load would count them. A file that cannot be read says why in ``fault``. Raises
    VoronkaError for a faulty mapping or settings file of the home.
    """
    profiles, zone = candidates(home, mapping), read_settings(home).zone
    try:
        content = read_once(path)
        digest = digest_of(content)
        sheets = open_export(content, path.name)
        found = parcels_of(path, content, digest, profiles, kind=kind, zone=zone, sheets=sheets)
        parcels = {one.report.sheet: _as_known(one, known, stored) for one in found}
    except VoronkaError as fault:
        return FileTrial(path, fault=fault)
    if len(sheets) == 1 and sheets[0].fault is not None:
        return FileTrial(path, digest, len(content), fault=sheets[0].fault)
    tried = tuple(_tried(sheet, path.name, profiles, kind, parcels.get(sheet.name)) for sheet in sheets)
    return FileTrial(path, digest, len(content), tried)


def _as_known(parcel: Parcel, known: pl.DataFrame | None, stored: Stored | None) -> Parcel:
    """Count what is already in as duplicates: the whole sheet, or the rows of a log."""
    if known is not None and known.height:
        again = as_repeat(parcel, known, ())
        if again is not parcel:
            return again
    taken = parcel.taken
    if taken is None or stored is None or taken.table.kind not in ("stages", "calls"):
        return parcel
    before = stored(taken.name)
    if before is None or before.is_empty():
        return parcel
    content = [column for column in staged_schema(taken.table) if column != LINE and column in before.columns]
    fresh = taken.good.join(before.select(content).unique(), on=content, how="anti", nulls_equal=True)
    return replace(parcel, report=counted_again(parcel.report, fresh.height))


def _tried(
    sheet: Sheet, file_name: str, profiles: Sequence[SourceProfile], kind: str | None, parcel: Parcel | None
) -> SheetTrial:
    report = parcel.report if parcel is not None else None
    match = matched(sheet, file_name, profiles, kind) if sheet.fault is None and not sheet.hidden else None
    row = match.heading_row if match is not None else None
    first = max((row or 0) - 1, 0)
    return SheetTrial(
        name=sheet.name,
        form=sheet.form,
        rows=sheet.preview[first : first + SHOWN_ROWS],
        heading_at=None if row is None else row - first,
        heading_line=None if row is None else row + 1,
        is_hidden=sheet.hidden,
        profile=match.profile if match is not None else None,
        report=report,
    )
