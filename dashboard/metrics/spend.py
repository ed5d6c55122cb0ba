"""What advertising cost and how many leads it brought: sums over the days of ad cabinets, and their price per lead.

A channel without a row of costs has an unknown spend, never a zero: its cabinet may not be loaded. Costs know their channel and
campaign only, so by manager or product they are unknown.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.deals import LEADS, TARGET_LEADS
from dashboard.metrics.model import Better, Metric, Unit, ratio

SPENT = pl.col("spend")
BY_LEAD = N_("By the day of the lead: spend of the period over what its leads have brought so far.")

SPEND = Metric(
    name="spend",
    label=N_("Ad spend"),
    help=N_("Money spent on advertising in the period, whether it brought leads or not."),
    fact="costs",
    dated_by="spent_on",
    value=SPENT.sum(),
    needs=("spend",),
    unit=Unit.MONEY,
    better=Better.NEITHER,
    behind=SPENT.is_not_null(),
)
IMPRESSIONS = Metric(
    name="impressions",
    label=N_("Impressions"),
    help=N_("Times the advertisements of the period were shown."),
    fact="costs",
    dated_by="spent_on",
    value=pl.col("impressions").sum(),
    needs=("impressions",),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=pl.col("impressions").is_not_null(),
)
CLICKS = Metric(
    name="clicks",
    label=N_("Clicks"),
    help=N_("Clicks on the advertisements of the period."),
    fact="costs",
    dated_by="spent_on",
    value=pl.col("clicks").sum(),
    needs=("clicks",),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=pl.col("clicks").is_not_null(),
)
CPL = Metric(
    name="cpl",
    label=N_("CPL, cost of a lead"),
    help=N_("Ad spend of the period, divided by the deals created in it, junk included."),
    variant=BY_LEAD,
    parts=(SPEND, LEADS),
    value=ratio(SPENT, pl.col("leads")),
    unit=Unit.MONEY,
    better=Better.LOWER,
)
CPQL = Metric(
    name="cpql",
    label=N_("CPQL, cost of a target lead"),
    help=N_("Ad spend of the period, divided by the deals created in it that are not junk."),
    variant=BY_LEAD,
    parts=(SPEND, TARGET_LEADS),
    value=ratio(SPENT, pl.col("target_leads")),
    unit=Unit.MONEY,
    better=Better.LOWER,
)
