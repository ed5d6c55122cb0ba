"""Views for money and channels: deals beside their margin, requests beside the deal they became, proposals that are told at all.

As in ``rows.py`` each is a function of whole facts, so that no filter moves what is a client's first purchase.
"""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from pipelines.lean import alongside
from pipelines.schema.facts import FACTS

WITHIN_HOURS = 24
"""A request is recorded when its deal stands in the CRM so many hours after it (product.md D49)."""


def sold_deals(facts: Facts) -> pl.DataFrame:
    """Put beside each deal ``margin`` and ``is_acquiring``.

    ``margin``: its amount times the share of settings, line by line where it has lines; null where a line has no share or
    no amount. ``is_acquiring``: it is won and the first purchase of its client; leads' own funnels sell nothing.
    """
    shares = facts.margins.filter(pl.col("product_name") != "")
    rest = facts.margins.filter(pl.col("product_name") == "").get_column("share").to_list()
    default = pl.lit(rest[0] if rest else None, dtype=pl.Float64)
    lines = facts.deal_products.join(shares, on="product_name", how="left")
    part = pl.col("amount").cast(pl.Float64) * pl.coalesce("share", default)
    whole = pl.when(part.is_not_null().all()).then(part.sum())
    of_lines = lines.group_by("deal_id").agg(_of_lines=whole, _has_lines=pl.lit(True))
    sold = pl.col("is_sales").fill_null(True) & (pl.col("outcome") == "won") & pl.col("client_id").is_not_null()
    firsts = (
        facts.deals.filter(sold)
        .sort(pl.coalesce("first_won_at", "closed_at"), "deal_id", nulls_last=True)
        .unique("client_id", keep="first", maintain_order=True)
        .select("deal_id", is_acquiring=pl.lit(True))
    )
    own = pl.col("amount").cast(pl.Float64) * default
    return (
        alongside(alongside(facts.deals, of_lines, "deal_id"), firsts, "deal_id")
        .with_columns(
            margin=pl.when(pl.col("_has_lines")).then("_of_lines").otherwise(own),
            is_acquiring=pl.col("is_acquiring").fill_null(False),
        )
        .drop("_of_lines", "_has_lines")
    )


def requests(facts: Facts) -> pl.DataFrame:
    """Take the first call ever of each outside number, where it came in, with ``is_captured``.

    Captured is one whose call belongs to a deal (of any funnel) that was created not later than 24 hours after it; null
    where there are no deals to look among.
    """
    limit = pl.col("started_at") + pl.duration(hours=WITHIN_HOURS)
    is_there = pl.col("deal_id").is_not_null() & (pl.col("deal_created_at") <= limit).fill_null(True)
    asked = facts.calls.filter(pl.col("is_new_number") & (pl.col("direction") == "in") & pl.col("phone").is_not_null())
    return (
        alongside(asked, facts.deals.select("deal_id", deal_created_at="created_at"), "deal_id")
        .with_columns(is_captured=is_there if facts.deals.height else pl.lit(None, dtype=pl.Boolean))
        .drop("deal_created_at")
    )


def proposed(facts: Facts) -> pl.DataFrame:
    """Take the responses with ``is_sales`` of their deal; no proposal in all of the data is no sign of there being none."""
    is_told = bool((facts.responses.get_column("proposals_count") > 0).any())
    rows = alongside(facts.responses, facts.deals.select("deal_id", "is_sales"), "deal_id")
    return rows if is_told else rows.with_columns(proposals_count=pl.lit(None, dtype=pl.Int64))


def proposals_made(facts: Facts) -> pl.DataFrame:
    """Put ``is_sales`` of its deal beside each proposal."""
    return alongside(facts.proposals, facts.deals.select("deal_id", "is_sales"), "deal_id")


VIEWS = {"sold_deals": sold_deals, "requests": requests, "proposed": proposed, "proposals_made": proposals_made}
COLUMNS: dict[str, frozenset[str]] = {
    "sold_deals": frozenset({*FACTS["deals"].column_names(), "margin", "is_acquiring"}),
    "requests": frozenset({*FACTS["calls"].column_names(), "is_captured"}),
    "proposed": frozenset({*FACTS["responses"].column_names(), "is_sales"}),
    "proposals_made": frozenset({*FACTS["proposals"].column_names(), "is_sales"}),
}
