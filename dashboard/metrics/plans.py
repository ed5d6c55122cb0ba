"""Plan and fact: what was planned, how much of it is done, whether the pace holds, and what is left per working day.

A plan is of a month, and counts when the first day of its month is in the period. Without a plan nothing is told: no
plan is not a plan of zero. Rows: ``plan_rows.py``.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.conversion import WIN_RATE_VALUE
from dashboard.metrics.model import Better, Metric, Unit, known_sum, ratio

OF_REVENUE, OF_WON = pl.col("metric_name") == "revenue", pl.col("metric_name") == "won"
BEGUN, RUNNING = pl.col("is_begun"), pl.col("is_running")
TARGET, DONE, EXPECTED = pl.col("target"), pl.col("done"), pl.col("expected")
NO_REST = N_("The team's plan where there is one, else the sum of the managers' own plans.")
IS_OPEN = pl.col("outcome") == "open"


def planned(value: pl.Expr, rows: pl.Expr) -> pl.Expr:
    """Add up over the rows a predicate picks; null when there is no plan among them."""
    picked = value.filter(rows)
    return pl.when(picked.count() > 0).then(picked.sum())


PLAN_REVENUE = Metric(
    name="plan_revenue",
    label=N_("Revenue plan"),
    help=N_(
        "Planned revenue of the months whose first day is in the period. Of a manager who came or left within the month, "
        "the part of the working days. The row without a manager is the team's plan less those of its people."
    ),
    variant=NO_REST,
    fact="plan_months",
    dated_by="month_on",
    value=planned(TARGET, OF_REVENUE),
    unit=Unit.MONEY,
    better=Better.NEITHER,
    behind=OF_REVENUE,
)
PLAN_WON = Metric(
    name="plan_won",
    label=N_("Plan of won deals"),
    help=N_(
        "Planned number of won deals of the months whose first day is in the period. Of a manager who came or left within the "
        "month, the part of the working days."
    ),
    variant=NO_REST,
    fact="plan_months",
    dated_by="month_on",
    value=planned(TARGET, OF_WON),
    unit=Unit.NUMBER,
    better=Better.NEITHER,
    behind=OF_WON,
)
PLAN_ATTAINMENT = Metric(
    name="plan_attainment",
    label=N_("Revenue plan done"),
    help=N_(
        "Revenue of the months with a plan, divided by the plan; months that have begun. Unknown without a plan. Sales of "
        "people without a plan of their own count towards the plan of the team."
    ),
    variant=N_("Of the whole month's plan, also while the month runs."),
    fact="plan_months",
    dated_by="month_on",
    value=ratio(DONE.filter(OF_REVENUE & BEGUN).sum(), TARGET.filter(OF_REVENUE & BEGUN).sum()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=OF_REVENUE & BEGUN,
)
PLAN_WON_ATTAINMENT = Metric(
    name="plan_won_attainment",
    label=N_("Plan of won deals done"),
    help=N_(
        "Deals won in the months with a plan, divided by the plan; months that have begun. Unknown without a plan."
    ),
    variant=N_("Of the whole month's plan, also while the month runs."),
    fact="plan_months",
    dated_by="month_on",
    value=ratio(DONE.filter(OF_WON & BEGUN).sum(), TARGET.filter(OF_WON & BEGUN).sum()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=OF_WON & BEGUN,
)
PLAN_EXPECTED = Metric(
    name="plan_expected",
    label=N_("Revenue expected by now"),
    help=N_("The revenue plan times the share of the month's working days that are over at the end of the data."),
    fact="plan_months",
    dated_by="month_on",
    value=planned(EXPECTED, OF_REVENUE & BEGUN),
    unit=Unit.MONEY,
    better=Better.NEITHER,
    behind=OF_REVENUE & BEGUN,
)
PLAN_PACE = Metric(
    name="plan_pace",
    label=N_("Pace of the revenue plan"),
    help=N_(
        "Revenue of the months with a plan, divided by what the plan expects by the working days that are over: 100% is on "
        "time. Unknown without a plan, and before the first working day is over."
    ),
    fact="plan_months",
    dated_by="month_on",
    value=ratio(DONE.filter(OF_REVENUE & BEGUN).sum(), EXPECTED.filter(OF_REVENUE & BEGUN).sum()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=OF_REVENUE & BEGUN,
)
PLAN_LEFT = Metric(
    name="plan_left",
    label=N_("Left of the revenue plan"),
    help=N_(
        "The revenue plan of the running month less the revenue so far; zero once it is done. Unknown without a plan."
    ),
    fact="plan_months",
    dated_by="month_on",
    value=(planned(TARGET, OF_REVENUE & RUNNING) - planned(DONE, OF_REVENUE & RUNNING)).clip(lower_bound=0),
    unit=Unit.MONEY,
    better=Better.LOWER,
    behind=OF_REVENUE & RUNNING,
)
PLAN_DAYS_LEFT = Metric(
    name="plan_days_left",
    label=N_("Working days left"),
    help=N_("Working days of the running month that are not over, of those who have a revenue plan for it."),
    fact="plan_months",
    dated_by="month_on",
    value=pl.col("left_workdays_count").filter(OF_REVENUE & RUNNING).max(),
    unit=Unit.COUNT,
    better=Better.NEITHER,
    behind=OF_REVENUE & RUNNING,
)
PLAN_REQUIRED = Metric(
    name="plan_required",
    label=N_("Revenue needed per working day"),
    help=N_(
        "What is left of the running month's revenue plan, divided by the working days that are left. Unknown without a "
        "plan, and when no day is left."
    ),
    parts=(PLAN_LEFT, PLAN_DAYS_LEFT),
    value=ratio(pl.col("plan_left"), pl.col("plan_days_left")),
    unit=Unit.MONEY,
    better=Better.LOWER,
)
OPEN_EXPECTED_AMOUNT = Metric(
    name="open_expected_amount",
    label=N_("Open amount expected to close"),
    help=N_("Amounts of the open deals that are expected to close in a month whose first day is in the period."),
    fact="expected_deals",
    dated_by="expected_month_on",
    value=known_sum(pl.col("amount"), IS_OPEN),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    needs=("expected_on",),
    behind=IS_OPEN,
)
PIPELINE_COVERAGE = Metric(
    name="pipeline_coverage",
    label=N_("Coverage of the plan"),
    help=N_(
        "Amount of the open deals expected to close in the months of the period, divided by what is left of the running "
        "month's revenue plan. Compare it with the coverage needed. Unknown without a plan, and once it is done."
    ),
    parts=(OPEN_EXPECTED_AMOUNT, PLAN_LEFT),
    value=ratio(pl.col("open_expected_amount"), pl.col("plan_left")),
    unit=Unit.NUMBER,
    better=Better.HIGHER,
)
NEEDED_COVERAGE = Metric(
    name="needed_coverage",
    label=N_("Coverage needed"),
    help=N_("One divided by the win rate by value of the period: how much has to be open for one rouble to be won."),
    variant=N_("By your own history, not a rule of thumb such as three times."),
    parts=(WIN_RATE_VALUE,),
    value=ratio(pl.lit(1.0), pl.col("win_rate_value")),
    unit=Unit.NUMBER,
    better=Better.LOWER,
)
