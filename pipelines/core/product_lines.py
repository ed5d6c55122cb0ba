"""``core.deal_products``: the product lines of deals whose export holds one row per line, which ``core.deals`` adds up."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import shaped, tables_of
from pipelines.staged import FILE, LINE, LOAD, StagedTable


def product_lines(staged: Sequence[StagedTable], deals: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of the very rows that ``deals`` (with the load and file of each) was made of.

    Lines of an export that a newer one replaced are left out, so the lines of a deal add up to its amount as exported.
    """
    parts = []
    for one in tables_of(staged, "deals"):
        if one.table.rows != "lines":
            continue
        lines = one.rows.select(LOAD, FILE, LINE, "deal_id", "product_name", amount_original="amount")
        # A number that several systems use carries the system's name (``one_numbering``).
        full = pl.lit(f"{one.profile.system}:") + pl.col("deal_id")
        kept = deals.select(LOAD, FILE, "deal_id")
        parts += [rows.join(kept, on=[LOAD, FILE, "deal_id"]) for rows in (lines, lines.with_columns(deal_id=full))]
    if not parts:
        return shaped(None, "deal_products")
    number = pl.int_range(1, pl.len() + 1).over("deal_id")
    return shaped(pl.concat(parts).sort("deal_id", LINE).with_columns(line_number=number), "deal_products")
