"""What the headings of a sheet tell by themselves: which of our columns it has cells for, its currency, its columns of stages.

A column that a sheet does not have is not one that is empty: of that it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.composing import present_headings
from pipelines.headings import currency_in, find_heading
from pipelines.profile import SourceProfile, Table
from pipelines.staged import stage_told


def told_columns(table: Table, profile: SourceProfile, headings: Sequence[str]) -> tuple[str, ...]:
    """Name the staged columns of which a sheet with these headings says anything, if only that a cell is empty.

    Those that a lookup fills are among them where its key is, and ``stage_told`` names for the columns of dates.
    """
    told: list[str] = []
    for ours, column in table.columns.items():
        present = present_headings(column, headings)
        if column.value is not None or (len(present) == 2 if column.minus or column.times else present):
            told.append(ours)
    for lookup in table.join:
        told += lookup.take if find_heading(lookup.on, headings) else ()
    if told_currency(table, profile, headings) is not None:
        told.append("currency")
    told += [stage_told(funnel, name) for funnel, name in stage_headings(table, headings).values()]
    return tuple(dict.fromkeys(told))


def told_currency(table: Table, profile: SourceProfile, headings: Sequence[str]) -> str | None:
    """Return the currency that the heading of the amounts names ("Cost (USD)"); for costs, else the profile's own.

    The profile's own currency of deals is filled in where deals of several sources meet (core).
    """
    column = table.columns.get("spend" if table.kind == "costs" else "amount")
    used = present_headings(column, headings)[:1] if column is not None else []
    named = [code for heading in used if (code := currency_in(heading)) is not None]
    return named[0] if named else profile.currency if table.kind == "costs" else None


def stage_headings(table: Table, headings: Sequence[str]) -> dict[str, tuple[str | None, str]]:
    """Return the headings whose cells are dates of entry into a stage, with the funnel (if told) and the stage."""
    found: dict[str, tuple[str | None, str]] = {}
    for stage_name, wanted in table.stage_dates.items():
        heading = find_heading(wanted, headings)
        if heading is not None:
            found[heading] = (None, stage_name)
    pattern = re.compile(table.stage_dates_pattern) if table.stage_dates_pattern else None
    for heading in headings if pattern else ():
        match = pattern.search(heading) if pattern else None
        if match is not None:
            found[heading] = (match.groupdict().get("funnel"), match["stage"])
    return found
