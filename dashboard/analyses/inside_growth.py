"""Growth inside a client: what the same clients bought in the last twelve months and in the twelve before."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.base_lists import COUNTED, chosen, named
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.base import IS_KEPT_YEAR
from dashboard.metrics.base_rows import reaches_back
from dashboard.metrics.model import ratio

GROWN = N_("{grown} clients bought for more than the year before, {shrunk} for less, {stopped} of them for nothing.")
TOO_SHORT = N_("The data do not reach back two years, so no client has a whole year to be compared with.")


def inside_growth(facts: Facts, filter: Filter) -> Answer:
    """List the clients of the year before, those who lost most first.

    Columns: client_id, client, manager, prior_revenue, year_revenue, change, growth (null when the year before was zero).
    """
    kept = chosen(facts, filter).filter(IS_KEPT_YEAR)
    change = (pl.col("year_amount") - pl.col("prior_amount")).cast(pl.Decimal(18, 2)).alias("change")
    frame = (
        kept.with_columns(change)
        .sort("change", "client_id")
        .select(
            "client_id",
            *named(),
            pl.col("prior_amount").alias("prior_revenue"),
            pl.col("year_amount").alias("year_revenue"),
            "change",
            ratio(pl.col("year_amount"), pl.col("prior_amount")).alias("growth"),
        )
    )
    found = [] if reaches_back(facts) else [Notice(TOO_SHORT)]
    if frame.height:
        rows = {
            "grown": frame.filter(pl.col("change") > 0).height,
            "shrunk": frame.filter(pl.col("change") < 0).height,
            "stopped": frame.filter((pl.col("year_revenue") == 0) & (pl.col("change") < 0)).height,
        }
        found.append(Notice(GROWN, rows))
    return Answer(
        frame=frame,
        columns=columns("client", "manager", "prior_revenue", "year_revenue", "change", "growth"),
        definition=N_(
            "Clients who bought in the twelve months before the last twelve: amounts won then and since, by the day of winning, up "
            "to the last day of the data. Purchases without an amount are left out."
        ),
        n=frame.height,
        counted=COUNTED,
        as_of=facts.as_of,
        sentences=tuple(found),
    )


INSIDE_GROWTH = Analysis(
    name="inside_growth",
    label=N_("Growth inside clients"),
    help=N_("What each client bought in the last twelve months against the twelve before, the largest loss first."),
    run=inside_growth,
)
