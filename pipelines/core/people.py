"""Clients, managers and products: one row each, the newest that any export said."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import Joins, Names, gathered, newest, shaped, tables_of
from pipelines.staged import StagedTable


def conform_managers(staged: Sequence[StagedTable], names: Names) -> pl.DataFrame:
    """Return ``core.managers``."""
    return shaped(gathered(staged, "managers", ["manager_name"], names), "managers")


def conform_products(staged: Sequence[StagedTable], names: Names) -> pl.DataFrame:
    """Return ``core.products``."""
    rows = gathered(staged, "products", ["product_name"], names)
    return shaped(None if rows is None else rows.unique("product_name", keep="last"), "products")


def conform_clients(staged: Sequence[StagedTable], names: Names, joins: Joins) -> pl.DataFrame:
    """Return ``core.clients``."""
    parts = [joins.look_up(one) for one in tables_of(staged, "clients")]
    if not parts:
        return shaped(None, "clients")
    return shaped(names.merged(newest(pl.concat(parts, how="diagonal"), ["client_id"])), "clients")
