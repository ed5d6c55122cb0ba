"""``core.deal_products``: the product lines of deals whose export holds one row per line, which ``core.deals`` adds up."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import shaped, tables_of
from pipelines.core.last_known import told_by
from pipelines.staged import FILE, LINE, StagedTable


def product_lines(staged: Sequence[StagedTable], deals: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of the very rows that ``deals`` (with the load and file of each) was made of.

    Lines of an export that a newer one replaced are left out, so the lines of a deal add up to its amount as exported. Where
    the newer one has no products, or no amounts, lines stay as long as they add up to what is known.
    """
    kept = [name for name in map(told_by, ("product_name", "amount")) if name in deals.columns]
    known = deals.select("deal_id", pl.coalesce(*kept[:1], FILE).alias(FILE))
    parts = []
    for one in tables_of(staged, "deals"):
        if one.table.rows != "lines":
            continue
        lines = one.rows.select(FILE, LINE, "deal_id", "product_name", amount_original="amount")
        # A number that several systems use carries the system's name (``one_numbering``).
        full = pl.lit(f"{one.profile.system}:") + pl.col("deal_id")
        parts += [rows.join(known, on=[FILE, "deal_id"]) for rows in (lines, lines.with_columns(deal_id=full))]
    if not parts:
        return shaped(None, "deal_products")
    rows = pl.concat(parts).sort("deal_id", LINE)
    if kept:
        of_older = deals.filter(pl.any_horizontal(pl.col(kept).is_not_null()))
        of_older = of_older.select("deal_id", exported=pl.col("amount").fill_null(0))
        told = rows.join(of_older, on="deal_id").group_by("deal_id", "exported").agg(pl.col("amount_original").sum())
        outdated = told.filter(pl.col("amount_original") != pl.col("exported"))
        rows = rows.join(outdated, on="deal_id", how="anti", maintain_order="left")
    number = pl.int_range(1, pl.len() + 1).over("deal_id")
    return shaped(rows.with_columns(line_number=number), "deal_products")
