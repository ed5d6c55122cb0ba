"""Clients to win back: they bought, and have not for longer than clients of this company usually wait."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.base_lists import chosen, named
from dashboard.analyses.buying import buying, with_overdue
from dashboard.analyses.choose import whole_sum
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_, Told

MONTHS = 3
"""Whole months after a lapse within which a return is counted."""
COUNT = N_("{count} of {of} clients who bought have not for longer than the limit.")
MONEY = N_("Together they ever bought for {amount}.")
LIMIT = N_("The limit is {days} days without a purchase (of the settings, else the mean gap between purchases).")
USUAL = N_("Gaps between purchases: mean {mean} days, median {median}, gaps that still run counted as such.")
TOO_FEW = N_("Fewer than ten gaps between purchases are known, so no client's own gap is told.")
RETURNED = N_(
    "Of {of} lapses that are at least three months old, {count} clients ({share}) came back within three months."
)


def reactivation(facts: Facts, filter: Filter) -> Answer:
    """List the clients to win back, the largest revenue first.

    Columns: client_id, client, manager, product, last_won_on, waited_days, limit_days, gap_days (its own), overdue_share (of
    waits that last as long), purchases, usual_check, revenue, last_contact_on.
    """
    found = buying(facts)
    base = chosen(facts, filter).drop("product_name")
    there = base.join(with_overdue(found), on="client_id", how="inner")
    frame = (
        there.filter(pl.col("waited") > pl.col("active_days"))
        .sort("revenue", "client_id", descending=[True, False], nulls_last=True)
        .select(
            "client_id",
            *named(),
            pl.col("product_name").alias("product"),
            pl.col("last_on").alias("last_won_on"),
            pl.col("waited").alias("waited_days"),
            pl.col("active_days").alias("limit_days"),
            "gap_days",
            "overdue_share",
            "purchases",
            "usual_check",
            "revenue",
            "last_contact_on",
        )
    )
    sentences = [Notice(COUNT, {"count": frame.height, "of": there.height})]
    if frame.height and (revenue := frame.select(whole_sum(pl.col("revenue"))).item()) is not None:
        sentences.append(Notice(MONEY, {"amount": Told(revenue, "money", currency=facts.currency)}))
    if there.height:
        sentences.append(Notice(LIMIT, {"days": round(there["active_days"][0])}))
    if found.mean is None:
        sentences.append(Notice(TOO_FEW))
    else:
        sentences.append(Notice(USUAL, {"mean": Told(found.mean), "median": Told(found.median)}))
    sentences += returned(facts, base)
    return Answer(
        frame=frame,
        columns=columns(
            "client", "manager", "product", "last_won_on", "waited_days", "gap_days", "purchases", "revenue"
        ),
        definition=N_(
            "Clients who bought, and whose latest purchase is longer ago than the limit. Own gap: how often this client buys, "
            "leaning on clients of the same product. It is the state on the last day of the data, whatever the period."
        ),
        n=there.height,
        counted=N_("clients who bought"),
        as_of=facts.as_of,
        sentences=tuple(sentences),
    )


def returned(facts: Facts, base: pl.DataFrame) -> list[Notice]:
    """Say how many of the lapses old enough to tell were followed by a return within three months."""
    month, client = pl.col("month_on"), pl.col("client_id")
    rows = facts.client_months.join(base.select("client_id"), on="client_id", how="semi").sort("client_id", "month_on")
    back = rows.with_columns(
        next_on=pl.when(client.shift(-1) == client).then(month.shift(-1)),
        next_state=pl.when(client.shift(-1) == client).then(pl.col("state").cast(pl.String).shift(-1)),
    ).filter(
        (pl.col("state").cast(pl.String) == "lapsed")
        & (month.dt.offset_by(f"{MONTHS + 1}mo") <= pl.lit(facts.as_of_on))
    )
    if not back.height:
        return []
    in_time = (pl.col("next_state") == "reactivated") & (pl.col("next_on") <= month.dt.offset_by(f"{MONTHS}mo"))
    count = back.filter(in_time).height
    return [Notice(RETURNED, {"of": back.height, "count": count, "share": Told(count / back.height, "share")})]


REACTIVATION = Analysis(
    name="reactivation",
    label=N_("Clients to win back"),
    help=N_("Clients who bought and have not for longer than usual: since when, their own gap, what they brought."),
    run=reactivation,
    is_state=True,
)
