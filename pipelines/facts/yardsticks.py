"""What only the whole base of clients tells: limits of ABC classes, the usual gap between purchases, what exports lack.

It is measured once and handed to the builders, which then work client by client, in parts or at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.facts.classes import Limits, class_limits
from pipelines.settings import Settings

CONTACT_FIELDS = {"phone": "phone", "email": "mail"}
"""Fields of a card that must be readable: what ``core.client_contacts`` calls each."""
LEAST_WINDOW = 31
"""The base is counted by months, so no window is shorter than the longest month."""
WINDOW_WITHOUT_GAPS = 365
LEAST_GAPS = 10


@dataclass(frozen=True)
class Yardsticks:
    """What the facts of one client take from the whole base."""

    as_of_on: date
    active_days: int
    limits: Limits
    month_limits: Limits
    class_basis: str
    card: tuple[str, ...]
    """Required fields that at least one client has; the others are in no export."""
    tells_owners: bool
    tells_touches: bool
    tells_payments: bool

    @property
    def month_on(self) -> date:
        """First day of the running month."""
        return self.as_of_on.replace(day=1)


def measured(
    core: Mapping[str, pl.DataFrame],
    bought: pl.DataFrame,
    touches: pl.DataFrame,
    *,
    as_of: datetime,
    zone: str,
    settings: Settings,
) -> Yardsticks:
    """Measure the whole base; ``bought`` is what ``purchases`` returns for it."""
    rules, invoices, clients = settings.clients, core["invoices"], core["clients"]
    as_of_on = as_of.astimezone(ZoneInfo(zone)).date()
    basis = "paid" if (invoices["paid"] > 0).any() else "won"
    spent = class_revenue(invoices, bought, basis)

    def limits(until: date) -> Limits:
        of_year = year_before(spent, until)["class_revenue"]
        return class_limits(of_year, rules.a_share, rules.b_share)

    return Yardsticks(
        as_of_on=as_of_on,
        active_days=rules.active_days or usual_gap(bought),
        limits=limits(as_of_on + timedelta(days=1)),
        month_limits=limits(as_of_on.replace(day=1)),
        class_basis=basis,
        card=tuple(name for name in rules.required if _is_held(name, core)),
        tells_owners=clients.filter("is_listed")["manager_name"].is_not_null().any(),
        tells_touches=touches["client_id"].is_not_null().any(),
        tells_payments=bool(invoices.select(pl.any_horizontal(pl.col("paid", "paid_on").is_not_null().any())).item()),
    )


def _is_held(name: str, core: Mapping[str, pl.DataFrame]) -> bool:
    """Tell that any client has this field of the card."""
    if name in CONTACT_FIELDS:
        return bool((core["client_contacts"]["kind"].cast(pl.String) == CONTACT_FIELDS[name]).any())
    return core["clients"][name].is_not_null().any()


def purchases(deals: pl.DataFrame, as_of_on: date) -> pl.DataFrame:
    """Return the won deals of clients whose day is known: client_id, deal_id, bought_on, amount, product_name.

    A day after as_of is a slip of the pen, not a purchase yet.
    """
    won = (pl.col("outcome") == "won") & pl.col("is_sales") & (pl.col("closed_on") <= as_of_on)
    return deals.filter(won & pl.col("client_id").is_not_null()).select(
        "client_id", "deal_id", "product_name", "amount", bought_on="closed_on"
    )


def usual_gap(bought: pl.DataFrame) -> int:
    """Return the mean of all gaps between days on which a client bought, in whole days, rounded up (product.md D52).

    With fewer than ten gaps in the whole company there is no usual gap, and the window is a year.
    """
    days = bought.select("client_id", "bought_on").unique().sort("client_id", "bought_on")
    gaps = days.select(pl.col("bought_on").diff().over("client_id").dt.total_days()).to_series().drop_nulls()
    if len(gaps) < LEAST_GAPS:
        return WINDOW_WITHOUT_GAPS
    return max(LEAST_WINDOW, -(-int(gaps.sum()) // len(gaps)))


def class_revenue(invoices: pl.DataFrame, bought: pl.DataFrame, basis: str) -> pl.DataFrame:
    """Return what classes are made of, one row per payment or purchase: client_id, day, amount.

    A payment without a day counts on the day of its invoice.
    """
    if basis == "won":
        return bought.select("client_id", day="bought_on", amount="amount").drop_nulls()
    day = pl.coalesce("paid_on", "issued_on").alias("day")
    return invoices.select("client_id", day, pl.col("paid").alias("amount")).drop_nulls()


def year_before(spent: pl.DataFrame, until: date) -> pl.DataFrame:
    """Add up each client's ``class_revenue`` in the twelve months that end before ``until``."""
    start = pl.lit(until).dt.offset_by("-1y")
    within = (pl.col("day") >= start) & (pl.col("day") < until)
    return spent.filter(within).group_by("client_id").agg(class_revenue=pl.col("amount").sum())
