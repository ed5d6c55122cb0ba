"""How long deals take and how old open ones are, in real days, by the definitions in use (product.md 4.6).

Always a median with quartiles or the 90th percentile; lengths below zero are faults of the data and left out.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.deals import HAS_CYCLE, IS_LOST, IS_WON, WON_DAYS
from dashboard.metrics.model import Better, Metric, Unit

HAS_FULL_CYCLE = (IS_WON | IS_LOST) & (pl.col("cycle_days") >= 0).fill_null(False)
HAS_AGE = (pl.col("outcome") == "open") & (pl.col("age_days") >= 0).fill_null(False)
FULL_DAYS = pl.col("cycle_days").filter(HAS_FULL_CYCLE)
LEAD_DAYS = pl.col("lead_cycle_days").filter(HAS_CYCLE)
OPEN_AGE = pl.col("age_days").filter(HAS_AGE)

BOTH_ENDS = N_("Won and lost deals: losing fast lowers it.")
FROM_LEAD = N_("From the client's latest lead in a funnel of leads; where there is none, from the deal's own creation.")

CYCLE_DAYS_Q25 = Metric(
    name="cycle_days_q25",
    label=N_("Cycle time, faster quarter"),
    help=N_("Days from creation to the first win within which a quarter of the deals won in the period were won."),
    fact="deals",
    dated_by="closed_on",
    value=WON_DAYS.quantile(0.25, interpolation="linear"),
    unit=Unit.DAYS,
    better=Better.LOWER,
    behind=HAS_CYCLE,
)
CYCLE_DAYS_Q75 = Metric(
    name="cycle_days_q75",
    label=N_("Cycle time, slower quarter"),
    help=N_("Days from creation to the first win within which three quarters of the deals won in the period were won."),
    fact="deals",
    dated_by="closed_on",
    value=WON_DAYS.quantile(0.75, interpolation="linear"),
    unit=Unit.DAYS,
    better=Better.LOWER,
    behind=HAS_CYCLE,
)
FULL_CYCLE_DAYS_MEDIAN = Metric(
    name="full_cycle_days_median",
    label=N_("Full cycle, median"),
    help=N_(
        "Days from creation to the first win or to the loss: half of the deals won or lost in the period took "
        "longer, half were faster. Junk is left out."
    ),
    variant=BOTH_ENDS,
    fact="deals",
    dated_by="closed_on",
    value=FULL_DAYS.median(),
    unit=Unit.DAYS,
    better=Better.NEITHER,
    behind=HAS_FULL_CYCLE,
)
FULL_CYCLE_DAYS_Q25 = Metric(
    name="full_cycle_days_q25",
    label=N_("Full cycle, faster quarter"),
    help=N_(
        "Days from creation to the first win or to the loss: a quarter of the deals won or lost in the period "
        "were faster. Junk is left out."
    ),
    variant=BOTH_ENDS,
    fact="deals",
    dated_by="closed_on",
    value=FULL_DAYS.quantile(0.25, interpolation="linear"),
    unit=Unit.DAYS,
    better=Better.NEITHER,
    behind=HAS_FULL_CYCLE,
)
FULL_CYCLE_DAYS_Q75 = Metric(
    name="full_cycle_days_q75",
    label=N_("Full cycle, slower quarter"),
    help=N_(
        "Days from creation to the first win or to the loss: a quarter of the deals won or lost in the period "
        "took longer. Junk is left out."
    ),
    variant=BOTH_ENDS,
    fact="deals",
    dated_by="closed_on",
    value=FULL_DAYS.quantile(0.75, interpolation="linear"),
    unit=Unit.DAYS,
    better=Better.NEITHER,
    behind=HAS_FULL_CYCLE,
)
FULL_CYCLE_DAYS_P90 = Metric(
    name="full_cycle_days_p90",
    label=N_("Full cycle, 90 of 100"),
    help=N_(
        "Days from creation to the first win or to the loss: 90 of 100 deals won or lost in the period took no "
        "longer. Junk is left out."
    ),
    variant=BOTH_ENDS,
    fact="deals",
    dated_by="closed_on",
    value=FULL_DAYS.quantile(0.9, interpolation="linear"),
    unit=Unit.DAYS,
    better=Better.NEITHER,
    behind=HAS_FULL_CYCLE,
)
LEAD_CYCLE_DAYS_MEDIAN = Metric(
    name="lead_cycle_days_median",
    label=N_("Cycle with the lead, median"),
    help=N_(
        "Days from the creation of the lead to the first win: half of the deals won in the period took longer, "
        "half were faster."
    ),
    variant=FROM_LEAD,
    fact="led_deals",
    dated_by="closed_on",
    value=LEAD_DAYS.median(),
    unit=Unit.DAYS,
    better=Better.LOWER,
    behind=HAS_CYCLE,
)
LEAD_CYCLE_DAYS_P90 = Metric(
    name="lead_cycle_days_p90",
    label=N_("Cycle with the lead, 90 of 100"),
    help=N_("Days from the creation of the lead to the first win: 90 of 100 deals won in the period took no longer."),
    variant=FROM_LEAD,
    fact="led_deals",
    dated_by="closed_on",
    value=LEAD_DAYS.quantile(0.9, interpolation="linear"),
    unit=Unit.DAYS,
    better=Better.LOWER,
    behind=HAS_CYCLE,
)
AGE_DAYS_MEDIAN = Metric(
    name="age_days_median",
    label=N_("Age of open deals, median"),
    help=N_(
        "Days from the creation of the deals open on the last day of the data up to that day: half of them are "
        "older, half younger."
    ),
    fact="deals",
    value=OPEN_AGE.median(),
    unit=Unit.DAYS,
    better=Better.LOWER,
    behind=HAS_AGE,
)
AGE_DAYS_P90 = Metric(
    name="age_days_p90",
    label=N_("Age of open deals, 90 of 100"),
    help=N_(
        "Days from the creation of the deals open on the last day of the data up to that day: 90 of 100 are no older."
    ),
    fact="deals",
    value=OPEN_AGE.quantile(0.9, interpolation="linear"),
    unit=Unit.DAYS,
    better=Better.LOWER,
    behind=HAS_AGE,
)
