"""Who said when they would buy, and the day is near or over: the list to call by (product.md D51)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.rows import rows_of

AHEAD = timedelta(days=30)
DUE, OVER, RETURNS = N_("soon"), N_("the day is over"), N_("refused, and comes back")
DEFINITION = N_(
    "Deals not won whose planned day of purchase is over or comes within 30 days of the last day of the data, the earliest "
    "first; of lost deals only those whose day, written down for after the loss, is still to come. The period plays no part."
)
UNTOLD = N_("No export holds a planned day of purchase.")


def planned_purchases(facts: Facts, filter: Filter) -> Answer:
    """List the planned purchases of those who have not bought: deal_id, client, manager, expected_on, days_left, verdict, amount.

    ``days_left`` from the last day of the data, negative when the day is over.
    """
    rows = rows_of(facts, "unbought").filter(filter.rows())
    today, day, is_lost = facts.as_of_on, pl.col("planned_on"), pl.col("outcome") == "lost"
    kept = rows.filter("is_dated", day <= today + AHEAD, ~is_lost | (day >= today))
    frame = kept.sort("planned_on", "amount", "deal_id", descending=[False, True, False], nulls_last=True).select(
        "deal_id",
        client="client_name",
        manager="manager_name",
        expected_on="planned_on",
        days_left=(day - pl.lit(today)).dt.total_days(),
        verdict=pl.when(is_lost).then(pl.lit(RETURNS)).when(day < today).then(pl.lit(OVER)).otherwise(pl.lit(DUE)),
        amount="amount",
    )
    return Answer(
        frame=frame,
        columns=columns("deal_id", "client", "manager", "expected_on", "verdict", "amount"),
        definition=DEFINITION,
        n=rows.height,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=() if rows["is_dated"].count() else (Notice(UNTOLD),),
    )


PLANNED_PURCHASES = Analysis(
    name="planned_purchases",
    label=N_("Planned purchases"),
    help=N_("Who has not bought and said when they will: the days of the next 30, and those that are over."),
    run=planned_purchases,
    is_state=True,
)
