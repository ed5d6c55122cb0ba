"""``facts.clients``: one row per client, whose it is, what it bought and when it was last spoken with.

Everything is counted client by client; what only the whole base tells comes in ``Yardsticks``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from pipelines.facts.clock import local_day
from pipelines.facts.yardsticks import CONTACT_FIELDS, Yardsticks, year_before
from pipelines.schema.columns import CLASS_BASES
from pipelines.schema.facts import Clients
from pipelines.settings import Clients as Rules

CONTACT_KINDS = ("call", "meeting")
"""What counts towards the contact plan of a class (product.md 4.9); a letter or a note does not."""


def client_facts(
    core: Mapping[str, pl.DataFrame],
    deals: pl.DataFrame,
    bought: pl.DataFrame,
    spent: pl.DataFrame,
    touches: pl.DataFrame,
    base: Yardsticks,
    rules: Rules,
    zone: str,
) -> pl.DataFrame:
    """Build one row per client of core from the facts of deals and touches.

    ``bought`` are its purchases, ``spent`` what its class is made of (``yardsticks.purchases`` and ``class_revenue``).
    """
    clients = core["clients"]
    next_day = base.as_of_on + timedelta(days=1)
    of_month = year_before(spent, base.month_on).rename({"class_revenue": "month_revenue"})
    sides = (
        of_deals(deals.filter("is_sales")),
        first_seen(deals),
        of_purchases(bought, base),
        year_before(spent, next_day),
        of_month,
        of_touches(touches, base),
        filled_share(clients, core["client_contacts"], base.card),
    )
    rows = clients.lazy()
    for side in sides:
        rows = rows.join(side.lazy(), on="client_id", how="left")
    rows = with_owner(rows, core["managers"].lazy(), base)
    return (
        rows.with_columns(pl.col("deals_count", "won_count").fill_null(0), pl.col("has_open_deal").fill_null(False))
        .with_columns(
            abc_class=base.limits.class_of("class_revenue"),
            month_class=base.month_limits.class_of("month_revenue"),
            class_basis=pl.lit(base.class_basis, dtype=pl.Enum(list(CLASS_BASES))),
            region_name=pl.coalesce("region_name", "deal_region"),
            created_on=pl.min_horizontal(local_day("created_at", zone), "seen_on"),
            contacts_month_count=pl.col("contacts_month_count").fill_null(0) if base.tells_touches else None,
            active_days=pl.lit(float(base.active_days)),
            no_contact_days=pl.lit(float(rules.no_contact_days)),
            is_active=pl.col("is_active").fill_null(False),
        )
        .with_columns(contact_quota=due_contacts(rules))
        .select(pl.col(name).cast(column.dtype) for name, column in Clients.columns().items())
        .sort("client_id")
        .collect()
    )


def due_contacts(rules: Rules) -> pl.Expr:
    """Return the contacts due in a month; of those who brought nothing, only who has an open deal is due any."""
    quota = pl.col("month_class").replace_strict(rules.quota.model_dump(), return_dtype=pl.Float64)
    return pl.when((pl.col("month_class") == "N") & ~pl.col("has_open_deal")).then(0.0).otherwise(quota)


def with_owner(rows: pl.LazyFrame, managers: pl.LazyFrame, base: Yardsticks) -> pl.LazyFrame:
    """Say whose each client is: by the list of clients; by its latest deal where it is in no list that tells owners.

    Who has left the firm owns nobody (product.md D42).
    """
    by_deal = pl.lit(True) if not base.tells_owners else ~pl.col("is_listed").fill_null(False)
    owner = pl.coalesce("manager_name", pl.when(by_deal).then(pl.col("deal_manager")))
    people = managers.select("manager_name", people_team="team_name", has_left=pl.col("left_on") < base.as_of_on)
    team = pl.coalesce(
        "people_team", pl.when(pl.col("manager_name") == pl.col("deal_manager")).then(pl.col("deal_team"))
    )
    return (
        rows.with_columns(manager_name=owner)
        .join(people, on="manager_name", how="left")
        .with_columns(team_name=team, is_unowned=pl.col("manager_name").is_null() | pl.col("has_left").fill_null(False))
        .with_columns(pl.when(~pl.col("is_unowned")).then(pl.col("manager_name", "team_name")))
    )


def of_deals(deals: pl.DataFrame) -> pl.DataFrame:
    """Count each client's deals, and tell what the first and the latest of them say; ties go by the deal's number."""
    known = deals.lazy().drop_nulls("client_id").sort("created_at", "deal_id").with_row_index("place")
    won, place, dated = pl.col("outcome") == "won", pl.col("place"), pl.col("created_at").is_not_null()
    counted = known.group_by("client_id").agg(
        deals_count=pl.len().cast(pl.Int64),
        won_count=won.sum().cast(pl.Int64),
        has_open_deal=(pl.col("outcome") == "open").any(),
        revenue=known_sum("amount", won),
        latest=place.max(),
        first=pl.coalesce(place.filter(dated).min(), place.min()),
    )
    told = known.select(
        "product_name",
        "funnel_name",
        latest="place",
        deal_manager="manager_name",
        deal_team="team_name",
        deal_region="region_name",
    )
    return (
        counted.join(told, on="latest", how="left")
        .join(known.select("channel_name", first="place"), on="first", how="left")
        .drop("latest", "first")
        .collect()
    )


def first_seen(deals: pl.DataFrame) -> pl.DataFrame:
    """Return the day of each client's first deal, in whatever funnel."""
    return deals.drop_nulls("client_id").group_by("client_id").agg(seen_on=pl.col("created_on").min())


def of_purchases(bought: pl.DataFrame, base: Yardsticks) -> pl.DataFrame:
    """Date the purchases of each client, and say what the last year brought and whether it is active."""
    year = pl.col("bought_on") > _year_ago(base.as_of_on)
    active_from = base.as_of_on - timedelta(days=base.active_days)
    return bought.group_by("client_id").agg(
        first_won_on=pl.col("bought_on").min(),
        last_won_on=pl.col("bought_on").max(),
        revenue_year=known_sum("amount", year),
        is_active=pl.col("bought_on").max() > active_from,
    )


def _year_ago(on: date) -> pl.Expr:
    return pl.lit(on).dt.offset_by("-1y")


def known_sum(column: str, which: pl.Expr) -> pl.Expr:
    """Add up the known amounts of some rows; null when none is known."""
    chosen = pl.col(column).filter(which)
    return pl.when(chosen.count() > 0).then(chosen.sum())


def of_touches(touches: pl.DataFrame, base: Yardsticks) -> pl.DataFrame:
    """Return each client's last touch up to as_of, and its calls and meetings in the running month."""
    this_month = (pl.col("touched_on") >= base.month_on) & pl.col("kind").cast(pl.String).is_in(CONTACT_KINDS)
    return (
        touches.filter(pl.col("touched_on") <= base.as_of_on)
        .drop_nulls("client_id")
        .group_by("client_id")
        .agg(last_contact_on=pl.col("touched_on").max(), contacts_month_count=this_month.sum().cast(pl.Int64))
    )


def filled_share(clients: pl.DataFrame, contacts: pl.DataFrame, card: Sequence[str]) -> pl.DataFrame:
    """Return the share of the card's fields that hold something valid; null where no export holds any of them.

    A phone is valid when it reads as a number, a mail when it is an address, and neither when too many clients share it:
    «нет@почты.нет» fills a field and tells nothing.
    """
    if not card:
        return clients.select("client_id", completeness_share=pl.lit(None, pl.Float64))
    filled = []
    for name in card:
        if name in CONTACT_FIELDS:
            known = contacts.filter(pl.col("kind").cast(pl.String) == CONTACT_FIELDS[name])["client_id"].drop_nulls()
            filled.append(pl.col("client_id").is_in(known.unique().implode()))
        elif clients.schema[name] == pl.String:
            filled.append((pl.col(name).str.strip_chars() != "").fill_null(False))
        else:
            filled.append(pl.col(name).is_not_null())
    return clients.select("client_id", completeness_share=pl.mean_horizontal(one.cast(pl.Float64) for one in filled))
