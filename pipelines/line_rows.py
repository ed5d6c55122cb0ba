"""Rows that repeat a deal's number and look like the product lines of one deal: said, because such a file keeps but the last."""

from __future__ import annotations

import polars as pl

from pipelines.errors import N_
from pipelines.profile import Table

PRODUCT_LINES = N_(
    "{count} deals stand on several rows that differ in the product: these look like product lines of one deal, and only "
    "the last of them is taken. To add them up, map the file anew and answer that they are lines: voronka map FILE --again"
)
CHANGES = ("stage_name", "outcome", "updated_at", "closed_at", "refusal_reason", "manager_name", "expected_on")
"""What a newer version of a deal changes, and its lines have in common."""


def product_lines_in(good: pl.DataFrame, table: Table) -> int:
    """Count the deals of a sheet without lines whose rows differ in the product and in nothing that a newer version changes.

    0 when these are fewer than a third of the deals that stand on several rows: then they are versions.
    """
    if table.kind != "deals" or table.rows == "lines" or good["product_name"].null_count() == good.height:
        return 0
    repeated = good.filter(pl.col("deal_id").is_duplicated())
    there = [pl.col(name).n_unique() == 1 for name in CHANGES if name in good.columns]
    deals = repeated.group_by("deal_id").agg(
        is_lines=pl.all_horizontal(there) & (pl.col("product_name").drop_nulls().n_unique() > 1)
    )
    lines = int(deals["is_lines"].sum())
    return lines if 3 * lines >= max(deals.height, 1) else 0
