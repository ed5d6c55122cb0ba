"""``facts.invoices``: one row per invoice with what was paid on it, and per payment that no invoice explains."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.schema.facts import Invoices

OF_DEAL = ("manager_name", "team_name", "region_name")


def invoice_facts(
    invoices: pl.DataFrame, deals: pl.DataFrame, clients: pl.DataFrame, as_of_on: date, tells_payments: bool
) -> pl.DataFrame:
    """Put the deal and the client beside each invoice of core and say what is left to pay.

    ``tells_payments``: the exports tell of payments, so that an invoice without one is not paid; else that is unknown.
    What is left is counted in the invoice's own currency, where a changed rate cannot leave a debt behind.
    """
    deal_side = deals.lazy().select(
        "deal_id",
        "product_name",
        "channel_name",
        "funnel_name",
        *(pl.col(name).alias(f"deal_{name}") for name in OF_DEAL),
    )
    client_side = clients.lazy().select(
        "client_id", "client_name", *(pl.col(name).alias(f"client_{name}") for name in OF_DEAL)
    )
    no_manager = pl.col("deal_manager_name").is_null()
    return (
        invoices.lazy()
        .join(deal_side, on="deal_id", how="left")
        .join(client_side, on="client_id", how="left")
        .with_columns(
            manager_name=pl.coalesce("deal_manager_name", "client_manager_name"),
            team_name=pl.when(no_manager).then(pl.col("client_team_name")).otherwise(pl.col("deal_team_name")),
            region_name=pl.coalesce("deal_region_name", "client_region_name"),
            left=left_to_pay(tells_payments),
        )
        .with_columns(
            unpaid=in_reporting_currency(),
            is_paid=pl.when(invoiced().is_null())
            .then(paid_so_far() > 0)
            .otherwise(pl.col("left") == 0)
            .fill_null(False),
        )
        .with_columns(
            age_days=pl.when(~pl.col("is_paid") & pl.col("left").is_not_null()).then(
                (pl.lit(as_of_on) - pl.col("issued_on")).dt.total_days()
            )
        )
        .select(pl.col(name).cast(column.dtype) for name, column in Invoices.columns().items())
        .sort("invoice_id")
        .collect()
    )


def invoiced() -> pl.Expr:
    """Return the amount as exported, else in the reporting currency."""
    return pl.coalesce("amount_original", "amount")


def paid_so_far() -> pl.Expr:
    """Return what was paid as exported, else in the reporting currency."""
    return pl.coalesce("paid_original", "paid")


def left_to_pay(tells_payments: bool) -> pl.Expr:
    """Return what is left of an invoice; a credit note leaves nothing, a day of payment without an amount pays it all."""
    by_day = pl.when(pl.col("paid_on").is_not_null()).then(invoiced())
    nothing = pl.lit(0, dtype=pl.Decimal(18, 2)) if tells_payments else pl.lit(None, dtype=pl.Decimal(18, 2))
    paid = pl.coalesce(paid_so_far(), by_day, nothing)
    return pl.when(invoiced() <= 0).then(pl.lit(0, dtype=pl.Decimal(18, 2))).otherwise((invoiced() - paid).clip(0))


def in_reporting_currency() -> pl.Expr:
    """Return what is left at the rate of the invoice; null where its amount is."""
    rated = (pl.col("amount").cast(pl.Float64) * pl.col("left") / invoiced()).round(2)
    same = pl.col("amount") == invoiced()
    amount = pl.when(same).then(pl.col("left")).otherwise(rated.cast(pl.Decimal(18, 2)))
    return pl.when(pl.col("amount").is_not_null() & (pl.col("left") == 0)).then(pl.col("left")).otherwise(amount)
