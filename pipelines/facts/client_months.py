"""``facts.client_months``: what each month did to the base of clients, so that active(t) = active(t-1) + new + back - lapsed.

A client is active at a month's end when it bought within the window before it. A month with purchases therefore begins a
run of months: those through which they keep the client active and the one in which it lapses, up to the next purchase.
Months through which a client stays lapsed need no row, so there are as many as there is something to say.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from pipelines.schema.columns import CLIENT_STATES
from pipelines.schema.facts import ClientMonths

OF_CLIENT = ("client_name", "manager_name", "team_name", "channel_name", "region_name")


def client_month_facts(bought: pl.DataFrame, clients: pl.DataFrame, active_days: int, as_of_on: date) -> pl.DataFrame:
    """Build the months of each client from its purchases (``yardsticks.purchases``); ``active_days`` is at least 31."""
    month, began, kept = pl.col("month_on"), pl.col("began"), pl.col("kept_until")
    is_first = month == began
    state = (
        pl.when(is_first & pl.col("kept_before").is_null())
        .then(pl.lit("new"))
        .when(is_first & (pl.col("kept_before") < began.dt.offset_by("-1mo")))
        .then(pl.lit("reactivated"))
        .when(month <= kept)
        .then(pl.lit("active"))
        .otherwise(pl.lit("lapsed"))
    )
    return (
        runs_of(bought.lazy(), active_days, as_of_on)
        .join(clients.lazy().select("client_id", *OF_CLIENT), on="client_id", how="left")
        .with_columns(month_on=pl.date_ranges("began", "last", "1mo"))
        .explode("month_on")
        .with_columns(
            state=state.cast(pl.Enum(list(CLIENT_STATES))),
            is_active=month <= kept,
            revenue=pl.when(is_first).then(pl.col("revenue")).otherwise(pl.lit(0, dtype=pl.Decimal(18, 2))),
            purchases_count=pl.when(is_first).then(pl.col("purchases_count")).otherwise(0),
        )
        .select(pl.col(name).cast(column.dtype) for name, column in ClientMonths.columns().items())
        .sort("client_id", "month_on")
        .collect()
    )


def runs_of(bought: pl.LazyFrame, active_days: int, as_of_on: date) -> pl.LazyFrame:
    """Return one run per client and month with a purchase: its months go from ``began`` to ``last`` and never overlap.

    The client is active up to the end of ``kept_until`` and lapses in the month after, unless the next run begins first;
    ``kept_before`` is that of the run before.
    """
    running = pl.lit(as_of_on.replace(day=1))
    last_day = pl.col("bought_on") + timedelta(days=active_days - 1)
    whole_months = (last_day + timedelta(days=1)).dt.truncate("1mo").dt.offset_by("-1mo")
    kept = pl.when(last_day >= as_of_on).then(running).otherwise(whole_months)
    amount = pl.col("amount")

    def beside(name: str, step: int) -> pl.Expr:
        same = (pl.col("client_id") == pl.col("client_id").shift(step)).fill_null(False)
        return pl.when(same).then(pl.col(name).shift(step))

    return (
        bought.group_by("client_id", began=pl.col("bought_on").dt.truncate("1mo"))
        .agg(
            purchases_count=pl.len().cast(pl.Int64),
            revenue=pl.when(amount.is_not_null().any()).then(amount.sum()),
            product_name=pl.col("product_name").sort_by("bought_on", "deal_id").last(),
            kept_until=kept.max(),
        )
        .sort("client_id", "began")
        .with_columns(
            kept_before=beside("kept_until", 1),
            last=pl.min_horizontal(
                pl.col("kept_until").dt.offset_by("1mo"), running, beside("began", -1).dt.offset_by("-1mo")
            ),
        )
    )
