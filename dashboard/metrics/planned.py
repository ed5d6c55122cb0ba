"""Whether those who have not bought were asked when they will, and the answer was written down (product.md D51)."""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, ratio

IS_DATED = pl.col("is_dated")

PLANNED_DATE_SHARE = Metric(
    name="planned_date_share",
    label=N_("Non-buyers with a planned date"),
    help=N_(
        "Deals created in the period and not won so far, junk left out, with a day written down for the purchase: an open one has "
        "an expected day of closing; a lost one has such a day, or a promise, that lies after its loss. As a share of all of "
        "them whose days the exports tell."
    ),
    variant=N_("By the day the deal was created."),
    fact="unbought",
    dated_by="created_on",
    value=ratio(IS_DATED.sum(), IS_DATED.count()),
    needs=("is_dated",),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=IS_DATED.is_not_null(),
    of_them=IS_DATED,
)
