"""Money and clients of deals: checks that no single deal distorts, what is left out of them, who pays and how much.

As in ``deals.py``: won and lost deals are dated by their closing. A deal without an amount, or with zero, is won all the same;
it counts in revenue and not in any check, and ``won_without_amount`` says how many there are.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.deals import AMOUNT, HAS_CHECK, IS_LOST, IS_WON
from dashboard.metrics.model import Better, Metric, Unit, known_count, known_sum, ratio

TRIMMED = 0.1
CHECKS = AMOUNT.cast(pl.Float64).filter(HAS_CHECK)
CUT_OFF = (CHECKS.len() * TRIMMED).floor().cast(pl.Int64)
IS_PAYER = HAS_CHECK & pl.col("client_id").is_not_null()

WON_WITH_AMOUNT = Metric(
    name="won_with_amount",
    label=N_("Won with an amount"),
    help=N_("Deals won in the period with an amount above zero: as many stand behind the average check."),
    fact="deals",
    dated_by="closed_on",
    value=HAS_CHECK.sum(),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=HAS_CHECK,
)
WON_WITHOUT_AMOUNT = Metric(
    name="won_without_amount",
    label=N_("Won without an amount"),
    help=N_(
        "Deals won in the period with no amount, or with zero or less. They count as won and in revenue as they"
        " are, and are left out of the average check."
    ),
    fact="deals",
    dated_by="closed_on",
    value=(IS_WON & ~HAS_CHECK).sum(),
    unit=Unit.COUNT,
    better=Better.LOWER,
    behind=IS_WON & ~HAS_CHECK,
)
AVERAGE_CHECK_TRIMMED = Metric(
    name="average_check_trimmed",
    label=N_("Average check, trimmed"),
    help=N_(
        "Mean amount of the deals won in the period without the tenth of them with the largest amounts and the "
        "tenth with the smallest. Deals with no amount, or zero, are left out first."
    ),
    variant=N_("Trimmed mean, 10% cut off at each end, rounded down to whole deals."),
    fact="deals",
    dated_by="closed_on",
    value=CHECKS.sort().slice(CUT_OFF, CHECKS.len() - 2 * CUT_OFF).mean(),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=HAS_CHECK,
)
TOP_DEAL_SHARE = Metric(
    name="top_deal_share",
    label=N_("Share of the largest deal"),
    help=N_(
        "Amount of the largest deal won in the period, as a share of the amounts of all of them. Deals with no "
        "amount, or zero, are left out."
    ),
    fact="deals",
    dated_by="closed_on",
    value=ratio(CHECKS.max(), CHECKS.sum()),
    unit=Unit.SHARE,
    better=Better.LOWER,
    behind=HAS_CHECK,
)
LOST_AMOUNT = Metric(
    name="lost_amount",
    label=N_("Lost amount"),
    help=N_(
        "Amounts of the deals lost in the period, added up; junk is left out. Unknown when none of them has an amount, "
        "or only zero."
    ),
    fact="deals",
    dated_by="closed_on",
    value=known_sum(pl.when(AMOUNT != 0).then(AMOUNT), IS_LOST),  # a CRM that asks for none at a refusal exports zero
    unit=Unit.MONEY,
    better=Better.LOWER,
    behind=IS_LOST,
)
CLIENTS = Metric(
    name="clients",
    label=N_("Clients who bought"),
    help=N_(
        "Different clients with a deal won in the period. Won deals without a client are left out; unknown when"
        " none has a client."
    ),
    fact="deals",
    dated_by="closed_on",
    value=known_count(pl.col("client_id"), IS_WON),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=IS_WON & pl.col("client_id").is_not_null(),
    each="client_id",
)
REVENUE_PER_CLIENT = Metric(
    name="revenue_per_client",
    label=N_("Revenue per client"),
    help=N_(
        "Amounts of the deals won in the period, divided by the different clients who made them. Deals with no "
        "amount or no client are left out."
    ),
    variant=N_("Per paying client: several deals of one client count together."),
    fact="deals",
    dated_by="closed_on",
    value=ratio(AMOUNT.filter(IS_PAYER).sum(), pl.col("client_id").filter(IS_PAYER).n_unique()),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=IS_PAYER,
)
