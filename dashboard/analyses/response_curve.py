"""How many leads are answered by so many minutes, with those nobody answered kept in (product.md D33, 4.9)."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.calls_by_hour import NO_CALLS
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.rows import rows_of
from dashboard.metrics.speed import CENSORED, IS_COVERED, curve
from dashboard.statistics.survival import OVER

MINUTES = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 960, 1440, 2400)
DEFINITION = N_(
    "Of the leads created in the period, the share answered within so many working minutes. A lead that nobody answered "
    "stays in the count: as still waiting, or as never answered once its deal is closed."
)


def response_curve(facts: Facts, filter: Filter) -> Answer:
    """Read the curve of answers at fixed minutes: within_minutes, answered_by, low, high (95 %).

    Minutes beyond the longest wait that was watched are no row. The shares of 5, 15 and 60 minutes are the metrics
    ``answered_within_*``.
    """
    leads = rows_of(facts, "answers").filter(filter.rows("created_on") & IS_COVERED)
    waits = leads.select("wait_minutes", "is_answered").get_columns()
    found = curve(waits)
    rows = []
    for minutes in MINUTES if leads.height else ():
        share = found.at(OVER, minutes)
        around = found.interval(OVER, minutes)
        if share is not None:
            rows.append((float(minutes), share, around.low if around else None, around.high if around else None))
    schema = dict.fromkeys(("within_minutes", "answered_by", "low", "high"), pl.Float64)
    return Answer(
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=columns("within_minutes", "answered_by", "low", "high"),
        definition=DEFINITION,
        variant=CENSORED,
        n=leads.height,
        counted=N_("leads"),
        as_of=facts.as_of,
        sentences=() if facts.calls.height else (Notice(NO_CALLS),),
    )


RESPONSE_CURVE = Analysis(
    name="response_curve",
    label=N_("How soon leads are answered"),
    help=N_("The share of leads answered within 5, 15, 60 and other working minutes, the unanswered included."),
    run=response_curve,
)
