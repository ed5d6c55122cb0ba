"""Whether everyone who asked is recorded: calls of new numbers, and how many of them became a deal within a day."""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, ratio

IS_CAPTURED = pl.col("is_captured")
BY_CALLS = N_("By incoming calls of new numbers; exports hold no log of forms and letters.")

REQUESTS = Metric(
    name="requests",
    label=N_("Requests by phone"),
    help=N_("Outside numbers whose first call ever came in during the period, answered or not."),
    variant=BY_CALLS,
    fact="requests",
    dated_by="started_on",
    value=pl.len(),
    needs=("phone",),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=pl.lit(True),
)
CAPTURE_RATE = Metric(
    name="capture_rate",
    label=N_("Capture rate"),
    help=N_(
        "Outside numbers whose first call ever came in during the period and that had a deal, in any funnel, not later "
        "than 24 hours after it, as a share of all such numbers."
    ),
    variant=BY_CALLS,
    fact="requests",
    dated_by="started_on",
    value=ratio(IS_CAPTURED.sum(), IS_CAPTURED.count()),
    needs=("is_captured",),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=IS_CAPTURED.is_not_null(),
    of_them=IS_CAPTURED,
)
