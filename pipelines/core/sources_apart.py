"""Ids of clients belong to a source: client 17 of one CRM and client 17 of another are two, until a phone or mail joins them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import tables_of
from pipelines.staged import StagedTable

OWNERS = ("deals", "clients")
"""What a system numbers its clients in."""
CLIENT = "client_id"


def clients_apart(staged: Sequence[StagedTable]) -> list[StagedTable]:
    """Let a client's id that several systems use carry the system's name, as a deal's does.

    Systems number their clients apart when both tell of the same thing, deals or lists of clients. A list of clients from
    one system and deals from another go together: there is but one numbering to be meant.
    """
    shared: dict[str, set[str]] = {}
    for kind in OWNERS:
        told = tables_of(staged, kind)
        if len({one.profile.system for one in told}) < 2:
            continue
        of_system: dict[str, set[str]] = {}
        for one in told:
            ids = one.only(CLIENT)[CLIENT].drop_nulls().unique()
            of_system.setdefault(one.profile.system, set()).update(ids)
        for system, ids in of_system.items():
            others = [more for other, more in of_system.items() if other != system]
            shared.setdefault(system, set()).update(ids.intersection(set().union(*others)))
    return [_named(one, shared.get(one.profile.system, set())) for one in staged]


def _named(one: StagedTable, ids: set[str]) -> StagedTable:
    if not ids:
        return one
    both = pl.Series(sorted(ids))
    full = pl.lit(f"{one.profile.system}:") + pl.col(CLIENT)

    def change(rows: pl.DataFrame) -> pl.DataFrame:
        if CLIENT not in rows.columns:
            return rows
        return rows.with_columns(
            pl.when(pl.col(CLIENT).is_in(both.implode())).then(full).otherwise(CLIENT).alias(CLIENT)
        )

    return one.mapped(change)
