"""``facts.client_months``: what each month did to the base of clients, so that active(t) = active(t-1) + new + back - lapsed.

A client is active at a month's end when it bought within the window before it. A purchase therefore makes a run of
months: those it keeps the client active and the one in which it lapses. The runs of a client's purchases, laid over each
other, are its rows; months through which it stays lapsed need none.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from pipelines.schema.columns import CLIENT_STATES
from pipelines.schema.facts import ClientMonths

OF_CLIENT = ("client_name", "manager_name", "team_name", "channel_name", "region_name")


def client_month_facts(bought: pl.DataFrame, clients: pl.DataFrame, active_days: int, as_of_on: date) -> pl.DataFrame:
    """Build the months of each client from its purchases (``yardsticks.purchases``); ``active_days`` is at least 31."""
    purchases = bought.lazy().with_columns(month_on=pl.col("bought_on").dt.truncate("1mo"))
    known = pl.when(pl.col("amount").is_not_null().any()).then(pl.col("amount").sum())
    of_month = purchases.group_by("client_id", "month_on").agg(
        purchases_count=pl.len().cast(pl.Int64),
        revenue=known,
        bought_product=pl.col("product_name").sort_by("bought_on", "deal_id").last(),
    )
    earlier = pl.col("client_id") == pl.col("client_id").shift(1)
    was_active = (earlier & pl.col("is_active").shift(1)).fill_null(False)
    bought_now = pl.col("purchases_count").is_not_null()
    state = (
        pl.when(~earlier.fill_null(False))
        .then(pl.lit("new"))
        .when(was_active & pl.col("is_active"))
        .then(pl.lit("active"))
        .when(was_active)
        .then(pl.lit("lapsed"))
        .otherwise(pl.lit("reactivated"))
    )
    return (
        months_of(purchases, active_days, as_of_on)
        .join(of_month, on=["client_id", "month_on"], how="left")
        .join(clients.lazy().select("client_id", *OF_CLIENT), on="client_id", how="left")
        .sort("client_id", "month_on")
        .with_columns(
            state=state.cast(pl.Enum(list(CLIENT_STATES))),
            product_name=pl.when(bought_now).then(pl.col("bought_product").fill_null("")),
            revenue=pl.when(bought_now).then(pl.col("revenue")).otherwise(pl.lit(0, dtype=pl.Decimal(18, 2))),
            purchases_count=pl.col("purchases_count").fill_null(0),
        )
        # The latest purchase tells the product until the next one; one without a product tells none.
        .with_columns(pl.col("product_name").forward_fill().over("client_id").replace("", None))
        .select(pl.col(name).cast(column.dtype) for name, column in ClientMonths.columns().items())
        .sort("client_id", "month_on")
        .collect()
    )


def months_of(purchases: pl.LazyFrame, active_days: int, as_of_on: date) -> pl.LazyFrame:
    """Return the months of each client, with ``is_active`` at the end of each; the running month ends with as_of."""
    running = pl.lit(as_of_on.replace(day=1))
    last_day = pl.col("bought_on") + timedelta(days=active_days - 1)
    whole_months = (last_day + timedelta(days=1)).dt.truncate("1mo").dt.offset_by("-1mo")
    kept = pl.when(last_day >= as_of_on).then(running).otherwise(whole_months)
    runs = purchases.group_by("client_id", "month_on").agg(kept_until=kept.max())
    lapses = pl.min_horizontal(pl.col("kept_until").dt.offset_by("1mo"), running)
    return (
        runs.with_columns(month=pl.date_ranges("month_on", lapses, "1mo"))
        .explode("month")
        .group_by("client_id", month_on="month")
        .agg(is_active=(pl.col("month") <= pl.col("kept_until")).any())
    )
