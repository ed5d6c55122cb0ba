"""When each client is expected to buy again: the latest purchase plus its own gap, and how often such dates came true."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.base_lists import chosen, named
from dashboard.analyses.buying import Buying, buying, with_overdue
from dashboard.analyses.headings import columns
from dashboard.analyses.reactivation import TOO_FEW
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_, Told
from dashboard.statistics.gaps import personal_gap

HITS = N_(
    "Tried on the latest purchase of {of} clients who bought three times or more: {count} ({share}) fell within the dates told."
)


def next_purchase(facts: Facts, filter: Filter) -> Answer:
    """List the clients by the day of their next purchase, those expected first on top.

    Columns: client_id, client, manager, product, last_won_on, purchases, gap_days, expected_on, expected_from, expected_to (a
    half of all waits end between the two; null where too many still run), waited_days, overdue_share, usual_check.
    """
    found = buying(facts)
    low, high = found.interval()
    base = chosen(facts, filter).drop("product_name")
    there = base.join(with_overdue(found), on="client_id", how="inner")
    frame = (
        there.filter(pl.col("gap_days").is_not_null())
        .with_columns(expected_on=after("gap_days", 1.0))
        .sort("expected_on", "client_id")
        .select(
            "client_id",
            *named(),
            pl.col("product_name").alias("product"),
            pl.col("last_on").alias("last_won_on"),
            "purchases",
            "gap_days",
            "expected_on",
            after("gap_days", low).alias("expected_from"),
            after("gap_days", high).alias("expected_to"),
            pl.col("waited").alias("waited_days"),
            "overdue_share",
            "usual_check",
        )
    )
    sentences = [Notice(TOO_FEW)] if found.mean is None else hits(found, low, high)
    shown = ("client", "manager", "product", "last_won_on", "purchases", "gap_days", "expected_on", "expected_from")
    return Answer(
        frame=frame,
        columns=columns(*shown, "expected_to", "waited_days", "usual_check"),
        definition=N_(
            "The latest purchase plus the client's own gap, which leans on the gap of clients of the same product: of a client who "
            "bought once it is all there is. Between the two dates half of all waits end. The period plays no part."
        ),
        n=there.height,
        counted=N_("clients who bought"),
        as_of=facts.as_of,
        sentences=tuple(sentences),
    )


def after(gap: str, times: float | None) -> pl.Expr:
    """Return the day some gaps after the latest purchase, rounded to whole days."""
    if times is None:
        return pl.lit(None, pl.Date)
    return pl.col("last_on") + pl.duration(days=(pl.col(gap) * times).round().cast(pl.Int64))


def hits(found: Buying, low: float | None, high: float | None) -> list[Notice]:
    """Try the dates on the latest purchase of each client, told from the earlier ones alone.

    A client that has waited past its dates since the latest purchase is no part of this: it has not bought yet.
    """
    if low is None or high is None:
        return []
    of = count = 0
    for gaps, segment in found.rows.select("gaps", "segment_gap").iter_rows():
        if segment and len(gaps) > 1:
            told = personal_gap(gaps[:-1], segment)
            of += 1
            count += round(told * low) <= gaps[-1] <= round(told * high)
    return [Notice(HITS, {"of": of, "count": count, "share": Told(count / of, "share")})] if of else []


NEXT_PURCHASE = Analysis(
    name="next_purchase",
    label=N_("Next purchases"),
    help=N_(
        "For each client: when the next purchase is expected by its own habit, between which days, and how late it is."
    ),
    run=next_purchase,
    is_state=True,
)
