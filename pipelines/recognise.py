"""Whose export is it: which table of which profile a sheet is, and in which of its rows the heading stands.

The most specific profile wins, that is the one that knows most of the headings; a user's own mapping goes before a shipped
one. A sheet that nothing recognises gets a refusal that names the nearest profile and what it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from fnmatch import fnmatch

from pipelines.errors import InputError, nearest
from pipelines.headings import fold_heading, unique_headings
from pipelines.profile import SourceProfile, Table
from pipelines.readers.sheet import Sheet
from pipelines.schema.staging import STAGED


@dataclass(frozen=True)
class Match:
    """A sheet recognised: its profile and table, the row of its heading, and the names of its columns."""

    profile: SourceProfile
    table: Table
    heading_row: int | None
    headings: tuple[str, ...]
    known: int
    """How many of the sheet's headings the table uses; the larger, the more specific."""


def recognise(
    sheet: Sheet, file_name: str, profiles: Sequence[SourceProfile], *, kind: str | None = None
) -> Match | None:
    """Find the table a sheet is; ``kind`` narrows to tables of that kind and lets alias tables take part."""
    best: Match | None = None
    folded = [{fold_heading(cell) for cell in cells if cell} for cells in sheet.preview]
    for profile in profiles:
        for table in profile.table:
            if (kind is not None and table.kind != kind) or not _may_be(table, sheet, file_name):
                continue
            match = (
                _by_cells(sheet, profile, table) if table.header else _by_headings(sheet, folded, profile, table, kind)
            )
            if match is not None and (best is None or match.known > best.known):
                best = match
    return best


def _may_be(table: Table, sheet: Sheet, file_name: str) -> bool:
    if table.format not in ("any", sheet.form):
        return False
    if table.lists and sheet.name not in (*table.lists, *(f"[].{path}" for path in table.lists)):
        return False
    pattern = table.recognise.file
    return pattern is None or fnmatch(file_name.casefold(), pattern.casefold())


def _by_cells(sheet: Sheet, profile: SourceProfile, table: Table) -> Match | None:
    """Recognise a file without a heading: the width fits and the first rows have the right shapes of cells."""
    rows = [row for row in sheet.preview[:20] if row]
    least = len(table.header) - table.optional_tail
    if not rows or not table.recognise.cells or not all(least <= len(row) <= len(table.header) for row in rows):
        return None
    for place, pattern in table.recognise.cells.items():
        at = int(place) - 1
        if not all(at < len(row) and re.search(pattern, row[at]) for row in rows):
            return None
    return Match(profile, table, None, table.header[: len(rows[0])], known=len(table.header))


def _by_headings(
    sheet: Sheet, folded_rows: Sequence[Set[str]], profile: SourceProfile, table: Table, kind: str | None
) -> Match | None:
    needed = needs(table, aliases=kind is not None)
    if needed is None:
        return None
    for row, (cells, folded) in enumerate(zip(sheet.preview, folded_rows, strict=True)):
        if len(folded) >= 2 and not any(names.isdisjoint(folded) for _, names in needed):
            known = len(mapped_headings(table) & folded)
            return Match(profile, as_found(table, folded), row, tuple(unique_headings(cells)), known=known)
    return None


def as_found(table: Table, folded: Set[str]) -> Table:
    """Return the table as this sheet has it: its rows are product lines only where a column of ``lines_by`` is present."""
    if not table.lines_by or any(fold_heading(name) in folded for name in table.lines_by):
        return table
    return table.model_copy(update={"rows": "distinct", "lines_by": ()})


def mapped_headings(table: Table) -> set[str]:
    """Return every heading the table uses, folded."""
    names: list[str] = [*table.recognise.headings]
    for column in table.columns.values():
        names += column.headings
    names += [name for group in table.recognise.any for name in group]
    names += [lookup.on for lookup in table.join]
    return {fold_heading(name) for name in names}


def missing_headings(table: Table, folded: Set[str], *, aliases: bool = False) -> list[str]:
    """List what a row of headings lacks to be this table; a table without marks is never recognised unasked.

    ``aliases`` lets a table without marks be recognised by the columns its kind cannot do without.
    """
    needed = needs(table, aliases=aliases)
    return ["?"] if needed is None else [name for name, names in needed if names.isdisjoint(folded)]


def needs(table: Table, *, aliases: bool) -> list[tuple[str, frozenset[str]]] | None:
    """List what a row of headings must hold to be this table: a name to call it by, and the folded headings that will do.

    None for a table that is never recognised by its headings, see ``missing_headings``.
    """
    marks = table.recognise
    groups = [*((name,) for name in marks.headings), *marks.any]
    if groups:
        return [(group[0], frozenset(map(fold_heading, group))) for group in groups]
    if not aliases or table.header:
        return None
    needed: list[tuple[str, frozenset[str]]] = []
    for ours in STAGED[table.kind].required:
        column = table.columns.get(ours)
        if column is None or column.value is None:
            names = column.headings if column else ()
            needed.append((names[0] if names else ours, frozenset(map(fold_heading, names))))
    return needed


def refusal(sheet: Sheet, file_name: str, profiles: Iterable[SourceProfile], kind: str | None) -> InputError:
    """Say that nothing recognises a sheet, which profile is near, and what now.

    A profile is near when two of its headings are there, or a heading looks like one that it lacks: "ID" alone tells nothing.
    """
    given = {"place": f"{file_name} [{sheet.name}]" if sheet.name else file_name, "file": file_name}
    closest, lacking, have, least = "", [""], None, 99.0
    for profile in profiles:
        for table in profile.table:
            needed = None if table.header else needs(table, aliases=kind is not None)
            if needed is None or (kind is not None and table.kind != kind):
                continue
            for cells in sheet.preview[:20]:
                folded = {fold_heading(cell) for cell in cells if cell}
                missing = [name for name, names in needed if names.isdisjoint(folded)]
                ours = mapped_headings(table)
                shared = len(ours & folded)
                if not shared or not missing or len(missing) - shared / 100 >= least:
                    continue
                near = nearest(missing[0], [cell for cell in cells if cell and fold_heading(cell) not in ours])
                if near is not None or len(needed) - len(missing) >= 2:
                    closest, lacking, have = f"{profile.name} {table.kind}", missing, near and near.name
                    least = len(missing) - shared / 100
    told = {**given, "profile": closest, "missing": ", ".join(lacking)}
    if have is not None:
        return InputError(
            'Nothing recognises {place}. Closest is {profile}, which also needs "{missing}" (you have "{have}"). Rename the '
            'heading, or run voronka map "{file}": it proposes what each column is.',
            **told,
            have=have,
        )
    if closest:
        return InputError(
            'Nothing recognises {place}. Closest is {profile}, which also needs "{missing}". Add the column, or run '
            'voronka map "{file}": it proposes what each column is.',
            **told,
        )
    return InputError(
        'Nothing recognises {place}. Run voronka map "{file}": it proposes what each column is and asks what it cannot tell. '
        "Or say what it is with --as deals (or another kind).",
        **given,
    )
