"""Several rows of one invoice in one file: an export of payments, or of an invoice's lines."""

from __future__ import annotations

import polars as pl

from pipelines.schema.core import FURTHER_PAYMENTS
from pipelines.staged import FILE, LINE, LOAD, StagedTable

MONEY = pl.Decimal(18, 2)


def joined_payments(one: StagedTable, aside: list[dict[str, object]]) -> StagedTable:
    """Make one row per invoice and file: payments add up, the latest day of payment tells, the rest is the first row's.

    Rows that repeat one amount which covers all their payments are payments of one invoice, whose amount counts once;
    else they are its lines, whose amounts add up. Rows in several currencies are left to the newest.
    """
    key = [LOAD, FILE, "invoice_id"]
    several = pl.len().over(key) > 1
    same_money = pl.col("currency").fill_null("").n_unique().over(key) == 1
    told = one.rows.with_columns(_several=(several & same_money & pl.col("invoice_id").is_not_null()))
    if not told["_several"].any():
        return one
    ordered = told.filter("_several").drop("_several").sort(LOAD, FILE, LINE)
    amount, paid = pl.col("amount"), pl.col("paid")
    repeated = (amount.n_unique() == 1) & amount.is_not_null().all() & (paid.sum() <= amount.first())
    others = [name for name in ordered.columns if name not in (*key, "amount", "paid", "paid_on", LINE)]
    joined = ordered.group_by(key, maintain_order=True).agg(
        pl.col(others).drop_nulls().first(),
        pl.when(repeated).then(amount.first()).when(amount.is_not_null().any()).then(amount.sum()).alias("amount"),
        pl.when(paid.is_not_null().any()).then(paid.sum()).alias("paid"),
        pl.col("paid_on").max(),
        pl.col(LINE).first(),
    )
    joined = joined.with_columns(pl.col("amount", "paid").cast(MONEY)).select(one.rows.columns)
    aside.append(
        {"subject": one.name, "rule": FURTHER_PAYMENTS, "rows": ordered.height - joined.height, "amount": None}
    )
    return one.with_rows(pl.concat([told.filter(~pl.col("_several")).drop("_several"), joined]))
