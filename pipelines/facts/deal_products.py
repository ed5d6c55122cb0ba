"""``facts.deal_products``: what each deal is made of: its product lines added up, or its own product where it has none."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.schema.facts import DealProducts

MONEY = pl.Decimal(18, 2)


def deal_product_facts(core: Mapping[str, pl.DataFrame], deals: pl.DataFrame) -> pl.DataFrame:
    """Build one row per deal and product from the lines of core and the facts of deals.

    Lines that name no product have no row; a deal none of whose lines names one is taken at its own word.
    """
    lines = core["deal_products"].lazy()
    named = lines.filter(pl.col("product_name").is_not_null().any().over("deal_id"))
    amounts = core["deals"].lazy().select("deal_id", exported=pl.coalesce("amount_original", "amount"))
    whole = deals.lazy().select("deal_id", "client_id", pl.col("amount").cast(MONEY), "product_name")
    by_lines = (
        named.group_by("deal_id", "product_name")
        .agg(line=known_sum("amount_original"))
        .join(whole.drop("product_name").rename({"amount": "deal_amount"}), on="deal_id")
        .join(amounts, on="deal_id", how="left")
        .with_columns(amount=in_reporting_currency())
        .with_columns(amount=(pl.col("amount") + kopecks_over()).cast(MONEY))
        .filter(pl.col("product_name").is_not_null())
    )
    by_deal = whole.join(named.select("deal_id").unique(), on="deal_id", how="anti").drop_nulls("product_name")
    columns = ["deal_id", "product_name", "client_id", "amount"]
    products = core["products"].lazy().select("product_name", "category_name")
    return (
        pl.concat([by_lines.select(columns), by_deal.select(columns)])
        .join(products, on="product_name", how="left")
        .select(list(DealProducts.columns()))
        .sort("deal_id", "product_name")
        .collect()
    )


def known_sum(column: str) -> pl.Expr:
    """Add up what is known; null when nothing is."""
    return pl.when(pl.col(column).is_not_null().any()).then(pl.col(column).sum())


def in_reporting_currency() -> pl.Expr:
    """Return each product's amount at the rate of its deal; null where the deal's is unknown."""
    line, exported, amount = pl.col("line"), pl.col("exported"), pl.col("deal_amount")
    rated = (line.cast(pl.Float64) * amount.cast(pl.Float64) / exported.cast(pl.Float64)).round(2).cast(MONEY)
    return pl.when(amount.is_not_null()).then(pl.when(exported == amount).then(line).otherwise(rated)).cast(MONEY)


def kopecks_over() -> pl.Expr:
    """Return what rounding left of a deal's amount, for its first largest line alone."""
    over = pl.col("deal_amount") - pl.col("amount").sum().over("deal_id")
    largest = (
        pl.struct(pl.col("amount").fill_null(0), "product_name").rank("ordinal", descending=True).over("deal_id") == 1
    )
    foreign = pl.col("exported") != pl.col("deal_amount")
    return pl.when(largest & foreign).then(over).otherwise(pl.lit(0, dtype=MONEY))
