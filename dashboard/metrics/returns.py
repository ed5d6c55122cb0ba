"""What advertising returned: new clients, revenue and margin against the spend, by the day of the lead and on cash basis.

By the day of the lead (the default) the spend of a period meets what its own leads have brought so far: the two belong together,
and the number grows while deals are open. On cash basis it meets what was won in the period, whenever the lead came. Formulas:
product.md 4.8. Spend of nothing has no return, and ROMI by margin is unknown until settings give a margin.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.deals import AMOUNT, IS_WON, REVENUE, WON
from dashboard.metrics.model import Better, Metric, Unit, known_sum, ratio
from dashboard.metrics.spend import BY_LEAD, SPEND, SPENT

BY_CASH = N_("Cash basis: spend of the period over what was won in it, whenever the lead came.")
BY_CREATION = N_("By the day the deal was created; it grows while deals are still open.")
BY_CLOSING = N_("By the day the deal was closed.")
MARGIN_OF = pl.col("margin")
LACKS_MARGIN = (IS_WON & AMOUNT.is_not_null() & MARGIN_OF.is_null()).any()
WON_MARGIN = pl.when(~LACKS_MARGIN).then(known_sum(MARGIN_OF, IS_WON))
PAYERS = pl.col("client_id").filter(IS_WON)
IS_NEW = pl.col("is_acquiring")
ACQUIRED_COUNT = pl.when((PAYERS.len() == 0) | (PAYERS.count() > 0)).then(IS_NEW.sum())

ACQUIRED = Metric(
    name="acquired",
    label=N_("New clients of leads"),
    help=N_("Clients whose first purchase ever is a deal created in the period. Deals without a client are left out."),
    variant=BY_CREATION,
    fact="sold_deals",
    dated_by="created_on",
    value=ACQUIRED_COUNT,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=IS_NEW,
)
ACQUIRED_CASH = Metric(
    name="acquired_cash",
    label=N_("New clients won"),
    help=N_("Clients whose first purchase ever is a deal closed in the period. Deals without a client are left out."),
    variant=BY_CLOSING,
    fact="sold_deals",
    dated_by="closed_on",
    value=ACQUIRED_COUNT,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=IS_NEW,
)
COHORT_WON = Metric(
    name="cohort_won",
    label=N_("Won of the leads"),
    help=N_("Deals created in the period that are won so far."),
    variant=BY_CREATION,
    fact="deals",
    dated_by="created_on",
    value=IS_WON.sum(),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=IS_WON,
)
COHORT_REVENUE = Metric(
    name="cohort_revenue",
    label=N_("Revenue of the leads"),
    help=N_("Amounts of the deals created in the period that are won so far. Unknown when none of them has an amount."),
    variant=BY_CREATION,
    fact="deals",
    dated_by="created_on",
    value=known_sum(AMOUNT, IS_WON),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=IS_WON,
)
COHORT_MARGIN = Metric(
    name="cohort_margin",
    label=N_("Margin of the leads"),
    help=N_(
        "Gross margin, by the shares of settings, of the deals created in the period that are won so far. Unknown "
        "when one of them has an amount and no margin."
    ),
    variant=BY_CREATION,
    fact="sold_deals",
    dated_by="created_on",
    value=WON_MARGIN,
    needs=("margin",),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=IS_WON,
)
MARGIN = Metric(
    name="margin",
    label=N_("Margin"),
    help=N_(
        "Gross margin, by the shares of settings, of the deals won in the period. Unknown when one of them has an "
        "amount and no margin."
    ),
    variant=BY_CLOSING,
    fact="sold_deals",
    dated_by="closed_on",
    value=WON_MARGIN,
    needs=("margin",),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=IS_WON,
)
CAC = Metric(
    name="cac",
    label=N_("CAC, cost of a new client"),
    help=N_("Ad spend of the period, divided by the clients whose first purchase is a deal created in it."),
    variant=BY_LEAD,
    parts=(SPEND, ACQUIRED),
    value=ratio(SPENT, pl.col("acquired")),
    unit=Unit.MONEY,
    better=Better.LOWER,
)
CPO = Metric(
    name="cpo",
    label=N_("CPO, cost of a sale"),
    help=N_("Ad spend of the period, divided by the deals created in it that are won so far."),
    variant=BY_LEAD,
    parts=(SPEND, COHORT_WON),
    value=ratio(SPENT, pl.col("cohort_won")),
    unit=Unit.MONEY,
    better=Better.LOWER,
)
DRR = Metric(
    name="drr",
    label=N_("Ad spend as a share of revenue"),
    help=N_("Ad spend of the period, as a share of the revenue of the deals created in it that are won so far."),
    variant=BY_LEAD,
    parts=(SPEND, COHORT_REVENUE),
    value=ratio(SPENT, pl.col("cohort_revenue")),
    unit=Unit.SHARE,
    better=Better.LOWER,
)
ROAS = Metric(
    name="roas",
    label=N_("ROAS, revenue per rouble spent"),
    help=N_("Revenue of the deals created in the period that are won so far, divided by the ad spend of the period."),
    variant=BY_LEAD,
    parts=(SPEND, COHORT_REVENUE),
    value=ratio(pl.col("cohort_revenue"), SPENT),
    unit=Unit.NUMBER,
    better=Better.HIGHER,
)
ROMI = Metric(
    name="romi",
    label=N_("ROMI by margin"),
    help=N_(
        "Gross margin of the deals created in the period that are won so far, less the ad spend of the period, "
        "divided by that spend. Unknown until settings give a margin."
    ),
    variant=BY_LEAD,
    parts=(SPEND, COHORT_MARGIN),
    value=ratio(pl.col("cohort_margin").cast(pl.Float64) - SPENT.cast(pl.Float64), SPENT),
    unit=Unit.SHARE,
    better=Better.HIGHER,
)
ROMI_REVENUE = Metric(
    name="romi_revenue",
    label=N_("ROMI by revenue"),
    help=N_(
        "Revenue of the deals created in the period that are won so far, less the ad spend of the period, divided "
        "by that spend: it counts what goods cost as a gain."
    ),
    variant=BY_LEAD,
    parts=(SPEND, COHORT_REVENUE),
    value=ratio(pl.col("cohort_revenue").cast(pl.Float64) - SPENT.cast(pl.Float64), SPENT),
    unit=Unit.SHARE,
    better=Better.HIGHER,
)
CAC_CASH = Metric(
    name="cac_cash",
    label=N_("CAC, cost of a new client, cash basis"),
    help=N_("Ad spend of the period, divided by the clients whose first purchase is a deal won in it."),
    variant=BY_CASH,
    parts=(SPEND, ACQUIRED_CASH),
    value=ratio(SPENT, pl.col("acquired_cash")),
    unit=Unit.MONEY,
    better=Better.LOWER,
)
CPO_CASH = Metric(
    name="cpo_cash",
    label=N_("CPO, cost of a sale, cash basis"),
    help=N_("Ad spend of the period, divided by the deals won in it."),
    variant=BY_CASH,
    parts=(SPEND, WON),
    value=ratio(SPENT, pl.col("won")),
    unit=Unit.MONEY,
    better=Better.LOWER,
)
DRR_CASH = Metric(
    name="drr_cash",
    label=N_("Ad spend as a share of revenue, cash basis"),
    help=N_("Ad spend of the period, as a share of the revenue of the deals won in it."),
    variant=BY_CASH,
    parts=(SPEND, REVENUE),
    value=ratio(SPENT, pl.col("revenue")),
    unit=Unit.SHARE,
    better=Better.LOWER,
)
ROAS_CASH = Metric(
    name="roas_cash",
    label=N_("ROAS, revenue per rouble spent, cash basis"),
    help=N_("Revenue of the deals won in the period, divided by the ad spend of the period."),
    variant=BY_CASH,
    parts=(SPEND, REVENUE),
    value=ratio(pl.col("revenue"), SPENT),
    unit=Unit.NUMBER,
    better=Better.HIGHER,
)
ROMI_CASH = Metric(
    name="romi_cash",
    label=N_("ROMI by margin, cash basis"),
    help=N_(
        "Gross margin of the deals won in the period, less the ad spend of the period, divided by that spend. "
        "Unknown until settings give a margin."
    ),
    variant=BY_CASH,
    parts=(SPEND, MARGIN),
    value=ratio(pl.col("margin").cast(pl.Float64) - SPENT.cast(pl.Float64), SPENT),
    unit=Unit.SHARE,
    better=Better.HIGHER,
)
ROMI_REVENUE_CASH = Metric(
    name="romi_revenue_cash",
    label=N_("ROMI by revenue, cash basis"),
    help=N_(
        "Revenue of the deals won in the period, less the ad spend of the period, divided by that spend: it counts "
        "what goods cost as a gain."
    ),
    variant=BY_CASH,
    parts=(SPEND, REVENUE),
    value=ratio(pl.col("revenue").cast(pl.Float64) - SPENT.cast(pl.Float64), SPENT),
    unit=Unit.SHARE,
    better=Better.HIGHER,
)
