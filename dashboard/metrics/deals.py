"""The metrics of deals. Add a constant here and it is everywhere; its witness goes to tests/witness/<name>.sql.

Deals won, lost and junk are dated by their closing, leads by their creation. Over all time no date is asked for, so deals
without one count too.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, known_sum, ratio

IS_WON = pl.col("outcome") == "won"
IS_LOST = pl.col("outcome") == "lost"
IS_JUNK = pl.col("outcome") == "junk"
IS_TARGET = pl.col("outcome") != "junk"
HAS_CHECK = IS_WON & (pl.col("amount") > 0).fill_null(False)

AMOUNT = pl.col("amount")
# A deal closed before it was created is a fault of the data, listed by the reconciliation, and no length of time.
HAS_CYCLE = IS_WON & (pl.col("cycle_days") >= 0).fill_null(False)
WON_DAYS = pl.col("cycle_days").filter(HAS_CYCLE)

WON_ONLY = N_("Won deals only, from creation to the first win, in real days.")

LEADS = Metric(
    name="leads",
    label=N_("Leads"),
    help=N_("Deals created in the period, junk included."),
    fact="deals",
    dated_by="created_on",
    value=pl.len(),
    behind=pl.lit(True),
    unit=Unit.COUNT,
    better=Better.HIGHER,
)
TARGET_LEADS = Metric(
    name="target_leads",
    label=N_("Target leads"),
    help=N_(
        "Deals created in the period that are not junk. A deal still open counts as a target until it is found to be junk."
    ),
    fact="deals",
    dated_by="created_on",
    value=IS_TARGET.sum(),
    behind=IS_TARGET,
    unit=Unit.COUNT,
    better=Better.HIGHER,
)
WON = Metric(
    name="won",
    label=N_("Won"),
    help=N_(
        "Deals won in the period, by the day they were closed. A deal that was re-opened and won again counts once."
    ),
    fact="deals",
    dated_by="closed_on",
    value=IS_WON.sum(),
    behind=IS_WON,
    unit=Unit.COUNT,
    better=Better.HIGHER,
)
LOST = Metric(
    name="lost",
    label=N_("Lost"),
    help=N_("Deals lost in the period, by the day they were closed. Junk is counted apart."),
    fact="deals",
    dated_by="closed_on",
    value=IS_LOST.sum(),
    behind=IS_LOST,
    unit=Unit.COUNT,
    better=Better.LOWER,
)
OPEN = Metric(
    name="open",
    label=N_("Open deals"),
    help=N_(
        "Deals open at the end of the period: created before it and not closed before it. Today, if the period runs on."
    ),
    fact="deals",
    dated_by="created_on",
    value=pl.len(),
    behind=pl.lit(True),
    unit=Unit.COUNT,
    better=Better.NEITHER,
    is_stock=True,
)
JUNK = Metric(
    name="junk",
    label=N_("Junk"),
    help=N_("Deals closed in the period as junk: spam, wrong numbers, people who never wanted to buy."),
    fact="deals",
    dated_by="closed_on",
    value=IS_JUNK.sum(),
    behind=IS_JUNK,
    unit=Unit.COUNT,
    better=Better.LOWER,
)
WIN_RATE = Metric(
    name="win_rate",
    label=N_("Win rate"),
    help=N_("Deals won, as a share of deals won or lost in the period. Open deals and junk are left out."),
    variant=N_("By number of deals, by the day they were closed."),
    fact="deals",
    dated_by="closed_on",
    value=ratio(IS_WON.sum(), (IS_WON | IS_LOST).sum()),
    behind=IS_WON | IS_LOST,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    of_them=IS_WON,
)
WIN_RATE_COHORT = Metric(
    name="win_rate_cohort",
    label=N_("Win rate of new leads"),
    help=N_("Deals won so far, as a share of target leads created in the period. It grows while deals are still open."),
    variant=N_("By number of deals, by the day they were created; immature while deals are open."),
    fact="deals",
    dated_by="created_on",
    value=ratio(IS_WON.sum(), IS_TARGET.sum()),
    behind=IS_TARGET,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    of_them=IS_WON,
)
REVENUE = Metric(
    name="revenue",
    label=N_("Revenue"),
    help=N_(
        "Amounts of the deals won in the period, added up; an amount of zero or less counts as it is. Unknown "
        "when none of them has an amount."
    ),
    fact="deals",
    dated_by="closed_on",
    value=known_sum(AMOUNT, IS_WON),
    behind=IS_WON,
    unit=Unit.MONEY,
    better=Better.HIGHER,
)
AVERAGE_CHECK = Metric(
    name="average_check",
    label=N_("Average check"),
    help=N_(
        "Mean amount of the deals won in the period. Deals with no amount, or with zero or less, are left out, "
        "though they count in revenue."
    ),
    variant=N_("Per deal, mean."),
    fact="deals",
    dated_by="closed_on",
    value=ratio(AMOUNT.filter(HAS_CHECK).sum(), HAS_CHECK.sum()),
    behind=HAS_CHECK,
    unit=Unit.MONEY,
    better=Better.HIGHER,
)
AVERAGE_CHECK_MEDIAN = Metric(
    name="average_check_median",
    label=N_("Average check, median"),
    help=N_(
        "Half of the deals won in the period have a larger amount, half a smaller one. Deals with no amount, or zero, are left out."
    ),
    variant=N_("Per deal, median."),
    fact="deals",
    dated_by="closed_on",
    value=AMOUNT.cast(pl.Float64).filter(HAS_CHECK).median(),
    behind=HAS_CHECK,
    unit=Unit.MONEY,
    better=Better.HIGHER,
)
OPEN_AMOUNT = Metric(
    name="open_amount",
    label=N_("Open amount"),
    help=N_("Amounts of the deals open at the end of the period, added up. Unknown when none of them has an amount."),
    fact="deals",
    dated_by="created_on",
    value=known_sum(AMOUNT, pl.lit(True)),
    behind=pl.lit(True),
    unit=Unit.MONEY,
    better=Better.NEITHER,
    is_stock=True,
)
CYCLE_DAYS_MEDIAN = Metric(
    name="cycle_days_median",
    label=N_("Cycle time, median"),
    help=N_("Days from creation to the first win: half of the deals won in the period took longer, half were faster."),
    variant=WON_ONLY,
    fact="deals",
    dated_by="closed_on",
    value=WON_DAYS.median(),
    behind=HAS_CYCLE,
    unit=Unit.DAYS,
    better=Better.LOWER,
)
CYCLE_DAYS_MEAN = Metric(
    name="cycle_days_mean",
    label=N_("Cycle time, mean"),
    help=N_("Mean days from creation to the first win of the deals won in the period. A few very long deals raise it."),
    variant=WON_ONLY,
    fact="deals",
    dated_by="closed_on",
    value=WON_DAYS.mean(),
    behind=HAS_CYCLE,
    unit=Unit.DAYS,
    better=Better.LOWER,
)
CYCLE_DAYS_P90 = Metric(
    name="cycle_days_p90",
    label=N_("Cycle time, 90 of 100"),
    help=N_("Days from creation to the first win within which 90 of 100 deals won in the period were won."),
    variant=WON_ONLY,
    fact="deals",
    dated_by="closed_on",
    value=WON_DAYS.quantile(0.9, interpolation="linear"),
    behind=HAS_CYCLE,
    unit=Unit.DAYS,
    better=Better.LOWER,
)
