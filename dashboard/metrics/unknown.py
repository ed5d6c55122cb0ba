"""Why a metric has no value: it cannot be cut that way, or the exports do not hold what it needs. A sentence for each.

Unknown is a dash and never a zero (product.md 4.10); here is what stands beside the dash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from dashboard.access import Facts
from dashboard.filters import TIME_DIMENSIONS, Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.measure import lacking, measure, simple_parts
from dashboard.metrics.model import Metric
from dashboard.metrics.rows import rows_of
from pipelines.schema.facts import FACTS

COLUMN_WORDS = {
    "ad_revenue": N_("revenue of the ad report"),
    "amount": N_("amounts of deals"),
    "call_id": N_("a log of calls"),
    "clicks": N_("clicks of the ad report"),
    "client_id": N_("clients of deals"),
    "completeness_share": N_("a list of clients with their fields"),
    "contacts_month_count": N_("calls letters and meetings with clients"),
    "deal_id": N_("proposals"),
    "direction": N_("incoming or outgoing of calls"),
    "expected_on": N_("days a promise is due"),
    "impressions": N_("impressions of the ad report"),
    "is_dated": N_("days a purchase is planned for"),
    "is_captured": N_("numbers in the log of calls"),
    "leads_count": N_("leads of the ad report"),
    "margin": N_("margin"),
    "orders_count": N_("orders of the ad report"),
    "paid_on": N_("days of payment"),
    "phone": N_("phone numbers of calls"),
    "promise_id": N_("tasks of the CRM"),
    "proposals_count": N_("proposals"),
    "result": N_("results of contacts"),
    "spend": N_("spend on advertising"),
    "touch_id": N_("calls letters and meetings with clients"),
    "unpaid": N_("invoices and payments"),
}
"""What a reader calls a column that no export fills; none of these words holds a comma followed by a space."""


def without_nothing(
    facts: Facts, metrics: Sequence[Metric], filter: Filter, cuts: Sequence[str], frame: pl.DataFrame
) -> pl.DataFrame:
    """Leave out the groups without a date in which no metric says more than it says of no rows at all.

    Open deals have no day of closing, so "won by month" meets them under no month: a row of zeros that tells nothing.
    """
    times = [name for name in cuts if name in TIME_DIMENSIONS]
    if not times:
        return frame
    nobody = measure(emptied(facts), metrics, filter).row(0, named=True)
    nobody |= {metric.name: None for metric in metrics if absent(facts, metric, filter, cuts)}
    is_nothing = pl.all_horizontal(
        pl.col(name).is_null() if value is None else pl.col(name) == pl.lit(value) for name, value in nobody.items()
    )
    return frame.filter(~(pl.col(times[0]).is_null() & is_nothing.fill_null(False)))


def emptied(facts: Facts) -> Facts:
    """Return the same facts without rows."""
    return replace(facts, **{name: getattr(facts, name).clear() for name in FACTS})


def why_unknown(facts: Facts, metrics: Sequence[Metric], filter: Filter, cuts: Sequence[str]) -> list[Notice]:
    """Say of each metric why it is unknown under this filter and these cuts; nothing of those that are known."""
    found = []
    for metric in metrics:
        parts = simple_parts([metric])
        unsaid = absent(facts, metric, filter, cuts)
        needed = {name: None for part in parts for name in part.needs if is_empty(facts, part, name)}
        if unsaid.keys() & TIME_DIMENSIONS.keys():
            found.append(Notice(N_("{metric}: a state on the last day of the data, not told by time."), told(metric)))
        elif unsaid:
            found.append(Notice(N_("{metric}: not told by {dimensions}."), told(metric, dimensions=tuple(unsaid))))
        elif needed:
            found.append(
                Notice(
                    N_("{metric}: unknown, the exports do not hold it ({needs})."),
                    told(metric, needs=", ".join(dict.fromkeys(COLUMN_WORDS.get(name, name) for name in needed))),
                )
            )
    return found


def absent(facts: Facts, metric: Metric, filter: Filter, cuts: Sequence[str]) -> dict[str, None]:
    """Name the dimensions that are asked for and the metric, or a part of it, does not know."""
    parts = simple_parts([metric])
    return {name: None for part in parts for name in lacking(rows_of(facts, part.fact), part, filter, cuts)}


def told(metric: Metric, **values: object) -> dict[str, object]:
    """Put the metric's label beside the other values of a sentence."""
    return {"metric": metric.label, **values}


def is_empty(facts: Facts, metric: Metric, column: str) -> bool:
    """Tell that no row of the metric's fact has this column."""
    return bool(rows_of(facts, metric.fact).get_column(column).is_null().all())
