"""Clients and won deals with what only the whole base tells of each: how long ago, how much a year before, what came first.

Views of whole facts, as in ``rows.py``: no filter moves them, and the witnesses join the fact tables on their own.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import timedelta

import polars as pl

from dashboard.access import Facts
from pipelines.lean import alongside

CLIENT_COLUMNS = ("is_without_contact", "due_count", "is_mature", "year_amount", "prior_amount")
ORDER_COLUMNS = ("is_repeat", "is_proactive", "products_count")
BEFORE_ORDER = timedelta(days=14)
"""How shortly before a repeat order our own contact must be to have brought it (product.md D55)."""
MONEY = pl.Decimal(18, 2)


def bought(facts: Facts) -> pl.DataFrame:
    """Take the purchases: won deals of known clients in funnels that sell, whose day is known and not after ``as_of``."""
    is_won = (pl.col("outcome") == "won") & pl.col("is_sales").fill_null(True)
    return facts.deals.filter(is_won & pl.col("client_id").is_not_null() & (pl.col("closed_on") <= facts.as_of_on))


def client_base(facts: Facts) -> pl.DataFrame:
    """Put beside each client what stands at ``as_of``.

    Adds ``is_without_contact`` (no touch within ``no_contact_days``, or never; null when no export tells of touches),
    ``due_count`` (whole contacts due of the month's quota by now, in proportion to its days), ``is_mature`` (first purchase
    at least ``active_days`` ago), ``year_amount`` and ``prior_amount`` (bought in the trailing twelve months and in the
    twelve before: null when nothing bought has an amount, ``year_amount`` 0 and ``prior_amount`` null without purchases;
    ``prior_amount`` is null for all where the data do not reach back two years).
    """
    on = facts.as_of_on
    passed = on.day / monthrange(on.year, on.month)[1]
    silent = (pl.lit(on) - pl.col("last_contact_on")).dt.total_days() > pl.col("no_contact_days")
    age = (pl.lit(on) - pl.col("first_won_on")).dt.total_days()
    return (
        facts.clients.join(of_years(facts), on="client_id", how="left", maintain_order="left")
        .with_columns(
            is_without_contact=pl.when(pl.col("contacts_month_count").is_not_null()).then(silent.fill_null(True)),
            # The thousandth keeps 4 * 0.25 a whole contact in binary fractions.
            due_count=(pl.col("contact_quota") * passed + 0.001).floor().cast(pl.Int64),
            is_mature=(age >= pl.col("active_days")).fill_null(False),
            year_amount=pl.when(pl.col("year_purchases").is_null())
            .then(pl.lit(0, MONEY))
            .otherwise(pl.col("year_amount")),
        )
        .drop("year_purchases")
    )


def reaches_back(facts: Facts) -> bool:
    """Tell whether the data begin at least two years before ``as_of``, so that the year before is a whole one."""
    begun = pl.min_horizontal("created_on", "closed_on") <= pl.lit(facts.as_of_on).dt.offset_by("-2y")
    return bool(facts.deals.select(begun.any()).item())


def of_years(facts: Facts) -> pl.DataFrame:
    """Sum up what each client bought in the last twelve months and in the twelve before."""
    year_ago, before = (pl.lit(facts.as_of_on).dt.offset_by(back) for back in ("-1y", "-2y"))
    day, amount = pl.col("closed_on"), pl.col("amount")

    def known(rows: pl.Expr) -> pl.Expr:
        picked = amount.filter(rows)
        return pl.when(picked.count() > 0).then(picked.sum()).cast(MONEY)

    in_year = day > year_ago
    return (
        bought(facts)
        .group_by("client_id")
        .agg(
            year_amount=known(in_year),
            prior_amount=known((day > before) & ~in_year & pl.lit(reaches_back(facts))),
            year_purchases=in_year.sum().cast(pl.Int64),
        )
        .with_columns(year_purchases=pl.when(pl.col("year_purchases") > 0).then(pl.col("year_purchases")))
    )


def orders(facts: Facts) -> pl.DataFrame:
    """Put beside each deal whether it was begun after the client's first win, whether we had called, and its products.

    Adds ``is_repeat`` (created after the client's first win in a funnel that sells), ``is_proactive`` (of repeat deals: our
    outgoing contact in the 14 days before the creation; null where no touch of any client says who made it) and
    ``products_count`` (different products; null when the deal names none).
    """
    counts = facts.deal_products.group_by("deal_id").agg(products_count=pl.len().cast(pl.Int64))
    known = facts.touches.filter(pl.col("client_id").is_not_null() & pl.col("is_outgoing").is_not_null())
    return (
        alongside(alongside(facts.deals, counts, "deal_id"), called_before(facts, known), "deal_id")
        .with_columns(is_repeat=(pl.col("client_type") == "repeat").fill_null(False))
        .with_columns(
            is_proactive=pl.when(pl.col("is_repeat") & pl.lit(known.height > 0)).then(
                pl.col("is_called").fill_null(False)
            )
        )
        .drop("is_called")
    )


def called_before(facts: Facts, known: pl.DataFrame) -> pl.DataFrame:
    """List the deals before whose creation we contacted the client: the latest contact of ours is within 14 days."""
    ours = known.filter("is_outgoing").select("client_id", moment="touched_at", called_at="touched_at").drop_nulls()
    return (
        facts.deals.select("deal_id", "client_id", moment="created_at")
        .drop_nulls()
        .sort("moment")
        .join_asof(ours.sort("moment"), on="moment", by="client_id", strategy="backward", check_sortedness=False)
        .filter(pl.col("moment") - pl.col("called_at") <= BEFORE_ORDER)
        .select("deal_id", is_called=pl.lit(True))
    )
