"""Forgotten promises one by one: whose, to whom, how late, and what money stands behind (product.md D34)."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.promises import IS_FORGOTTEN, IS_STANDING, KEEPING, MOVED_OFTEN

FORGOTTEN, MOVED = N_("nobody got in touch since"), N_("moved three times or more")
DEFINITION = N_(
    "Promises due in the period that are over and were never kept, and those still ahead that were moved "
    "three times or more. "
    "The largest amount comes first; days are working days after the due day."
)
NO_PROMISES = N_("No export tells of tasks or of days of next contact, so nothing is known of promises.")


def promises(facts: Facts, filter: Filter) -> Answer:
    """List forgotten promises, the largest amount of the deal first.

    Columns: manager, client, deal_id, promise, due_on, late_days, moved, rule (why it is here), amount, promise_id.
    """
    due = facts.promises.filter(filter.rows("due_on", any_funnel=True))
    is_moved = (pl.col("outcome") == "not_due") & IS_STANDING & (pl.col("moved_count") >= MOVED_OFTEN)
    frame = (
        due.filter(IS_FORGOTTEN | is_moved)
        .sort("amount", "late_days", "promise_id", descending=[True, True, False], nulls_last=True)
        .select(
            pl.col("manager_name").alias("manager"),
            pl.col("client_name").alias("client"),
            "deal_id",
            pl.col("promise_name").alias("promise"),
            "due_on",
            "late_days",
            pl.col("moved_count").alias("moved"),
            pl.when(IS_FORGOTTEN).then(pl.lit(FORGOTTEN)).otherwise(pl.lit(MOVED)).alias("rule"),
            "amount",
            "promise_id",
        )
    )
    return Answer(
        frame=frame,
        columns=columns("manager", "client", "deal_id", "promise", "due_on", "late_days", "moved", "rule", "amount"),
        definition=DEFINITION,
        variant=KEEPING,
        n=due.height,
        counted=N_("promises"),
        as_of=facts.as_of,
        sentences=() if facts.promises.height else (Notice(NO_PROMISES),),
    )


PROMISES = Analysis(
    name="promises",
    label=N_("Forgotten promises"),
    help=N_(
        "Promises that were never kept, or moved again and again: whose, to whom, how late, and the amount behind."
    ),
    run=promises,
)
