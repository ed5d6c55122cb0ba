"""Whom each manager should contact on the next working day, ranked, each client once, with the reason (product.md D36).

First what was promised, then the contacts that the plan of the client's class still asks for this month, then purchases that
are due by the client's own rhythm, then clients who stopped buying.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.promises import IS_STANDING
from dashboard.statistics.gaps import personal_gap, segment_gap

PROMISED, QUOTA = N_("promised"), N_("contacts are due by the plan of the class")
PURCHASE, LAPSED = N_("usually buys about now"), N_("bought before and stopped")
REASONS = (PROMISED, QUOTA, PURCHASE, LAPSED)
DEFINITION = N_(
    "For the next working day, each client once, by manager. First promises due by then or "
    "overdue (the oldest "
    "first), then clients with fewer contacts this month than the plan of their class asks by then, then "
    "purchases due by the "
    "client's own rhythm, then clients who stopped buying; within a reason by class and by revenue. The "
    "period plays no part."
)
NO_PROMISES = N_("No export tells what was promised: load the tasks of the CRM, and promises will stand in the list.")
NO_CONTACTS = N_(
    "No export tells of calls, letters or meetings: load them, and contacts due by the plan of the class will stand in the list."
)
SCHEMA = {"client_id": pl.String, "deal_id": pl.String, "manager": pl.String, "client": pl.String, "due_on": pl.Date}


def contact_list(facts: Facts, filter: Filter) -> Answer:
    """List whom to contact: one row per client (per deal, where no client is known), by manager and place.

    Columns: manager, place (1, 2, 3 ... for each manager), client, abc_class, reason_to_call, reasons (how many), due_on,
    last_contact_on, revenue, deal_id, client_id. ``due_on``: the due day of the promise, the day the purchase was due, or null.
    """
    on = facts.thresholds.working.after(facts.as_of_on)
    clients = facts.clients.filter(filter.rows(any_funnel=True))
    parts = [
        promised(facts.promises.filter(filter.rows(any_funnel=True)), on),
        by_quota(clients, on),
        by_rhythm(facts, clients, on),
        lapsed(clients),
    ]
    rows = pl.concat(
        part.select(list(SCHEMA)).with_columns(rank=pl.lit(rank, dtype=pl.Int64)) for rank, part in enumerate(parts)
    )
    about = facts.clients.select(
        "client_id",
        "revenue",
        "last_contact_on",
        owner="manager_name",
        abc_class=pl.coalesce("month_class", "abc_class"),
    )
    frame = (
        rows.with_columns(key=pl.coalesce("client_id", "deal_id"))
        .join(about, on="client_id", how="left")
        .sort(
            "rank",
            "due_on",
            "abc_class",
            "revenue",
            "key",
            descending=[False, False, False, True, False],
            nulls_last=True,
        )
        .group_by("key", maintain_order=True)
        .agg(
            pl.exclude("key", "rank").first(), pl.col("rank").first(), reasons=pl.col("rank").n_unique().cast(pl.Int64)
        )
        .with_columns(
            manager=pl.coalesce("manager", "owner"),
            reason_to_call=pl.col("rank").replace_strict(dict(enumerate(REASONS)), return_dtype=pl.String),
        )
    )
    placed = frame.with_columns(place=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("manager")).sort(
        "manager", "place", nulls_last=True
    )
    shown = (
        "manager",
        "place",
        "client",
        "abc_class",
        "reason_to_call",
        "reasons",
        "due_on",
        "last_contact_on",
        "revenue",
    )
    return Answer(
        frame=placed.select(*shown, "deal_id", "client_id"),
        columns=columns(*shown),
        definition=DEFINITION,
        n=placed.height,
        counted=N_("clients"),
        as_of=facts.as_of,
        sentences=untold(facts),
    )


def promised(promises: pl.DataFrame, on: date) -> pl.DataFrame:
    """Take the promises that are overdue, or fall due by the day."""
    is_waiting = pl.col("outcome").is_in(["forgotten", "not_due"]) & IS_STANDING & (pl.col("due_on") <= on)
    has_somebody = pl.coalesce("client_id", "deal_id").is_not_null()
    return named(promises.filter(is_waiting & has_somebody))


def by_quota(clients: pl.DataFrame, on: date) -> pl.DataFrame:
    """Take the clients with fewer contacts than the part of the month's plan that is due by the day."""
    elapsed = on.day / monthrange(on.year, on.month)[1]
    made = (
        pl.col("contacts_month_count") if on.day > 1 else pl.when(pl.col("contacts_month_count").is_not_null()).then(0)
    )
    return undated(clients.filter(made < (pl.col("contact_quota") * elapsed).ceil()))


def by_rhythm(facts: Facts, clients: pl.DataFrame, on: date) -> pl.DataFrame:
    """Take the active clients whose next purchase is due by the day: the last one and the client's own, shrunk gap."""
    days = (
        facts.deals.filter(
            (pl.col("outcome") == "won") & pl.col("client_id").is_not_null() & pl.col("closed_on").is_not_null()
        )
        .select("client_id", "closed_on")
        .unique()
        .sort("client_id", "closed_on")
        .group_by("client_id", maintain_order=True)
        .agg(last=pl.col("closed_on").max(), gaps=pl.col("closed_on").diff().dt.total_days().drop_nulls())
    )
    bought = dict(zip(days["client_id"], zip(days["last"], days["gaps"].to_list(), strict=True), strict=True))
    ended = [(gap, True) for _, gaps in bought.values() for gap in gaps]
    going = [((facts.as_of_on - last).days, False) for last, _ in bought.values()]
    segment = segment_gap([gap for gap, _ in ended + going], [over for _, over in ended + going]) if bought else None
    due = {
        client: last + timedelta(days=round(personal_gap(gaps, segment or sum(gaps) / len(gaps))))
        for client, (last, gaps) in bought.items()
        if gaps
    }
    expected = pl.DataFrame(
        {"client_id": list(due), "due_on": list(due.values())}, schema={"client_id": pl.String, "due_on": pl.Date}
    )
    return named(clients.filter("is_active").join(expected, on="client_id").filter(pl.col("due_on") <= on))


def lapsed(clients: pl.DataFrame) -> pl.DataFrame:
    """Take the clients who bought once and are no longer active."""
    return undated(clients.filter((pl.col("won_count") > 0) & ~pl.col("is_active")))


def undated(rows: pl.DataFrame) -> pl.DataFrame:
    """Give clients without a due day the columns of a line."""
    return named(rows.with_columns(due_on=pl.lit(None, dtype=pl.Date)))


def named(rows: pl.DataFrame) -> pl.DataFrame:
    """Give rows the columns of a line of the list."""
    deal = pl.col("deal_id") if "deal_id" in rows.columns else pl.lit(None, dtype=pl.String).alias("deal_id")
    return rows.select("client_id", deal, "due_on", manager="manager_name", client="client_name").select(list(SCHEMA))


def untold(facts: Facts) -> tuple[Notice, ...]:
    """Name what the list would hold if the exports told it."""
    found = []
    if not facts.promises.height:
        found.append(Notice(NO_PROMISES))
    if not facts.clients.get_column("contacts_month_count").is_not_null().sum():
        found.append(Notice(NO_CONTACTS))
    return tuple(found)


CONTACT_LIST = Analysis(
    name="contact_list",
    label=N_("Contacts for the next working day"),
    help=N_(
        "Whom each manager should contact next: promises due, the contact plan of the classes, purchases due, clients who stopped."
    ),
    run=contact_list,
    is_state=True,
)
