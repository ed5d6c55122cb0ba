"""What stands behind the numbers of leads that are no metrics: which are old enough to judge, and when the spend was made good."""

from __future__ import annotations

from datetime import date

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.channels import worth
from dashboard.analyses.choose import created_in
from dashboard.analyses.headings import HEADINGS
from dashboard.analyses.times import ripe_age, watched
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.measure import in_cell, rows_behind
from dashboard.metrics.model import Unit
from dashboard.metrics.spend import SPEND
from dashboard.ui.behind import Behind, Cell, Number, OfMetric, Part, Parts, share_counted

MATURED_HELP = N_(
    "The leads created in the period, and of each whether it is as old as the age by which 95 of 100 wins come."
)
PAYBACK_HELP = N_(
    "The spend, and the sales of its leads up to the one that made it good: the days are from the first spend to it."
)


def matured(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the leads of a cell, and of each whether it is old enough."""
    ripe = ripe_age(facts, filter)
    leads = watched(facts, created_in(facts, filter).filter(*in_cell(cell)), None)
    rows = leads.filter(pl.col("since").is_not_null()).with_columns(is_counted=pl.col("since") >= ripe)
    return [Part("matured", rows, {"matured": Number(HEADINGS["matured_share"][0], Unit.SHARE, share_counted)})]


def payback(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the spend of a cell and the sales of its leads in the order of time, up to the one that made the spend good."""
    spent = rows_behind(facts, SPEND, filter, cell)
    whole, first = float(spent["spend"].sum() or 0), spent["spent_on"].min()
    won = worth(facts, filter).filter((pl.col("outcome") == "won") & pl.col("closed_on").is_not_null(), *in_cell(cell))
    brought = won.sort("closed_on", "deal_id").with_columns(
        before=pl.col("worth").fill_null(0.0).cum_sum().shift(fill_value=0.0)
    )
    rows = brought.filter(pl.col("before") < whole)

    def days(rows: pl.DataFrame) -> float | None:
        last = rows["closed_on"].max()
        is_good = float(rows["worth"].fill_null(0.0).sum()) >= whole > 0
        return (last - first).days if is_good and isinstance(last, date) and isinstance(first, date) else None

    return [
        Part("payback", rows, {"days": Number(HEADINGS["payback_days"][0], Unit.DAYS, days)}),
        OfMetric(SPEND, filter, cell),
    ]


MATURED = Behind(HEADINGS["matured_share"][0], MATURED_HELP, matured)
PAYBACK = Behind(HEADINGS["payback_days"][0], PAYBACK_HELP, payback)
