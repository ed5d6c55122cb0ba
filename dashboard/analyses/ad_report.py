"""What the ad report says of each campaign by itself, beside how many days it tells of."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.channels import UNSAID, measured_costs
from dashboard.analyses.choose import rows_count, times
from dashboard.analyses.headings import columns
from dashboard.filters import DIMENSIONS, Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics import ad_report as metrics
from dashboard.metrics import spend
from dashboard.metrics.measure import measure

BY = ("channel", "campaign")
CARD = (
    *(spend.SPEND, spend.IMPRESSIONS, spend.CLICKS, metrics.AD_LEADS, metrics.AD_ORDERS, metrics.AD_REVENUE),
    *(metrics.AD_CPL, metrics.AD_CPO, metrics.AD_AVERAGE_CHECK, metrics.AD_ROMI),
    *(metrics.AD_CLICK_TO_LEAD, metrics.AD_LEAD_TO_ORDER),
)


def ad_report(facts: Facts, filter: Filter) -> Answer:
    """Take the report's own numbers: one row per channel and campaign, the largest spend first.

    Columns: channel, campaign, days (rows: one per day), first_on, last_on, days_without_revenue (spend, and a revenue of zero
    told), and the metrics of ``CARD``.
    """
    keys = [pl.col(DIMENSIONS[name]).alias(name) for name in BY]
    costs = measured_costs(facts, filter, keys)
    told = costs.group_by(BY).agg(
        rows_count().alias("days"),
        first_on=pl.col("spent_on").min(),
        last_on=pl.col("spent_on").max(),
        days_without_revenue=pl.when(pl.col("ad_revenue").count() > 0).then(times(pl.col("ad_revenue") == 0)),
    )
    frame = measure(facts, CARD, filter, by=BY).join(told, on=BY, how="left", nulls_equal=True)
    unsaid = [name for name in filter.chosen() if DIMENSIONS[name] not in facts.costs.columns]
    return Answer(
        frame=frame.sort("spend", *BY, descending=[True, False, False], nulls_last=True),
        columns=columns(
            "channel", "campaign", "spend", "clicks", "ad_leads", "ad_orders", "ad_revenue", "ad_cpl", "ad_romi"
        ),
        definition=N_(
            "What the ad report itself counts in the period for each campaign: its own leads, orders and revenue, which need "
            "not be those of the CRM."
        ),
        variant=metrics.AS_REPORTED,
        n=costs.height,
        counted=N_("rows of the ad report"),
        as_of=facts.as_of,
        sentences=(Notice(UNSAID),) if unsaid else (),
    )


AD_REPORT = Analysis(
    name="ad_report",
    label=N_("Campaigns by the ad report"),
    help=N_(
        "Spend, leads, orders and revenue of each campaign as the ad report counts them, and the days it tells of."
    ),
    run=ad_report,
)
