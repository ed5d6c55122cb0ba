"""The identities of the base of clients and the money around it: core against facts, and the base month by month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from pipelines.errors import N_

Same = Callable[[str, str, float, float], None]
"""Adds one identity: subject, statement, what is expected, what was found."""


def check_base(same: Same, core: Mapping[str, pl.DataFrame], facts: Mapping[str, pl.DataFrame], as_of_on: date) -> None:
    """Add every identity of clients, their months, invoices, costs and products of deals."""
    for name, column, statement in (
        ("invoices", "amount", N_("amount of invoices = amount of invoices in the facts")),
        ("invoices", "paid", N_("amount paid = amount paid in the facts")),
        ("costs", "spend", N_("amount spent = amount spent in the facts")),
    ):
        same(name, statement, total(core[name], column), total(facts[name], column))
    same("clients", N_("clients = clients in the facts"), core["clients"].height, facts["clients"].height)
    _months(same, facts, as_of_on)
    _products(same, core, facts)


def total(rows: pl.DataFrame, column: str) -> float:
    """Add up a column; nothing adds up to 0."""
    return float(rows.select(pl.col(column).cast(pl.Float64).sum()).item() or 0.0)


def _months(same: Same, facts: Mapping[str, pl.DataFrame], as_of_on: date) -> None:
    won = (pl.col("outcome") == "won") & pl.col("is_sales") & (pl.col("closed_on") <= as_of_on)
    bought = facts["deals"].filter(won & pl.col("client_id").is_not_null())
    months = facts["client_months"]
    same(
        "clients",
        N_("won deals of clients whose day is known = purchases of all months"),
        bought.height,
        total(months, "purchases_count"),
    )
    same(
        "clients",
        N_("amount of these deals = amount of the purchases of all months"),
        total(bought, "amount"),
        total(months, "revenue"),
    )
    bridge = base_bridge(months)
    same(
        "clients",
        N_("months of the base = those in which active = active before + new + reactivated - lapsed"),
        bridge.height,
        bridge.filter(pl.col("active") == pl.col("before") + pl.col("gained") - pl.col("lapsed")).height,
    )


def base_bridge(months: pl.DataFrame) -> pl.DataFrame:
    """Return per month how many were active at its end and ``before`` it, and how many were ``gained`` and ``lapsed``."""
    state = pl.col("state").cast(pl.String)
    told = months.group_by("month_on").agg(
        active=pl.col("is_active").sum().cast(pl.Int64),
        gained=state.is_in(["new", "reactivated"]).sum().cast(pl.Int64),
        lapsed=(state == "lapsed").sum().cast(pl.Int64),
    )
    before = told.select(pl.col("month_on").dt.offset_by("1mo"), before="active")
    # A month without rows had nobody active before it: who was active is at least lapsed in the next.
    return told.join(before, on="month_on", how="left").with_columns(pl.col("before").fill_null(0)).sort("month_on")


def _products(same: Same, core: Mapping[str, pl.DataFrame], facts: Mapping[str, pl.DataFrame]) -> None:
    lines = core["deal_products"]
    named = lines.group_by("deal_id").agg(is_named=pl.col("product_name").is_not_null().all()).filter("is_named")
    same(
        "products",
        N_("amount of deals all of whose lines name a product = amount of these lines"),
        total(facts["deals"].join(named, on="deal_id", how="semi"), "amount"),
        total(facts["deal_products"].join(named, on="deal_id", how="semi"), "amount"),
    )
