"""What an ad report says of itself: its own leads, orders and revenue, which need not be those of the CRM.

Cabinets and end-to-end reports count by their own rules. Nothing here is mixed with deals: the two stand side by side.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, ratio
from dashboard.metrics.spend import SPENT

AS_REPORTED = N_("As the ad report counts, not the CRM.")
LEADS, ORDERS, REVENUE = pl.col("leads_count"), pl.col("orders_count"), pl.col("ad_revenue")


def told(*columns: pl.Expr) -> pl.Expr:
    """Pick the rows that tell any of what a share is made of."""
    return pl.any_horizontal(column.is_not_null() for column in columns)


AD_LEADS = Metric(
    name="ad_leads",
    label=N_("Leads by the ad report"),
    help=N_("Leads that the ad report counts on the days of the period."),
    variant=AS_REPORTED,
    fact="costs",
    dated_by="spent_on",
    value=LEADS.sum(),
    needs=("leads_count",),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=LEADS.is_not_null(),
)
AD_ORDERS = Metric(
    name="ad_orders",
    label=N_("Orders by the ad report"),
    help=N_("Orders that the ad report counts on the days of the period."),
    variant=AS_REPORTED,
    fact="costs",
    dated_by="spent_on",
    value=ORDERS.sum(),
    needs=("orders_count",),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=ORDERS.is_not_null(),
)
AD_REVENUE = Metric(
    name="ad_revenue",
    label=N_("Revenue by the ad report"),
    help=N_("Revenue that the ad report counts on the days of the period."),
    variant=AS_REPORTED,
    fact="costs",
    dated_by="spent_on",
    value=REVENUE.sum(),
    needs=("ad_revenue",),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=REVENUE.is_not_null(),
)
AD_CPL = Metric(
    name="ad_cpl",
    label=N_("CPL by the ad report"),
    help=N_("Ad spend of the period, divided by the leads that the ad report counts in it."),
    variant=AS_REPORTED,
    fact="costs",
    dated_by="spent_on",
    value=ratio(SPENT.sum(), LEADS.sum()),
    needs=("spend", "leads_count"),
    unit=Unit.MONEY,
    better=Better.LOWER,
    behind=told(SPENT, LEADS),
)
AD_CPO = Metric(
    name="ad_cpo",
    label=N_("Cost of an order by the ad report"),
    help=N_(
        "Ad spend of the period, divided by the orders that the ad report counts in it; many reports call this CAC."
    ),
    variant=AS_REPORTED,
    fact="costs",
    dated_by="spent_on",
    value=ratio(SPENT.sum(), ORDERS.sum()),
    needs=("spend", "orders_count"),
    unit=Unit.MONEY,
    better=Better.LOWER,
    behind=told(SPENT, ORDERS),
)
AD_AVERAGE_CHECK = Metric(
    name="ad_average_check",
    label=N_("Average check by the ad report"),
    help=N_("Revenue that the ad report counts in the period, divided by its orders."),
    variant=AS_REPORTED,
    fact="costs",
    dated_by="spent_on",
    value=ratio(REVENUE.sum(), ORDERS.sum()),
    needs=("ad_revenue", "orders_count"),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=told(REVENUE, ORDERS),
)
AD_ROMI = Metric(
    name="ad_romi",
    label=N_("ROMI by revenue of the ad report"),
    help=N_("Revenue that the ad report counts in the period less the ad spend, divided by the ad spend."),
    variant=AS_REPORTED,
    fact="costs",
    dated_by="spent_on",
    value=ratio(REVENUE.sum() - SPENT.sum(), SPENT.sum()),
    needs=("ad_revenue", "spend"),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=told(REVENUE, SPENT),
)
AD_CLICK_TO_LEAD = Metric(
    name="ad_click_to_lead",
    label=N_("Click to lead by the ad report"),
    help=N_("Leads that the ad report counts in the period, as a share of its clicks."),
    variant=AS_REPORTED,
    fact="costs",
    dated_by="spent_on",
    value=ratio(LEADS.sum(), pl.col("clicks").sum()),
    needs=("leads_count", "clicks"),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=told(LEADS, pl.col("clicks")),
)
AD_LEAD_TO_ORDER = Metric(
    name="ad_lead_to_order",
    label=N_("Lead to order by the ad report"),
    help=N_("Orders that the ad report counts in the period, as a share of its leads."),
    variant=AS_REPORTED,
    fact="costs",
    dated_by="spent_on",
    value=ratio(ORDERS.sum(), LEADS.sum()),
    needs=("orders_count", "leads_count"),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=told(ORDERS, LEADS),
)
