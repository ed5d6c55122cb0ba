"""The blocks of the forecast: where the month may end, the deals that decide it, and what past forecasts were worth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from dashboard.analyses.choose import whole_sum
from dashboard.analyses.forecast import horizon_of
from dashboard.charts import fan as charts
from dashboard.charts.fan_days import fan_of
from dashboard.i18n import N_
from dashboard.metrics.deals import REVENUE, WON
from dashboard.metrics.plans import PLAN_LEFT, PLAN_REVENUE
from dashboard.periods import Period
from dashboard.remember import remembered
from dashboard.ui import blocks, cell_rows, number_rows
from dashboard.ui.answers import answered, show
from dashboard.ui.cell_rows import Grid, capital
from dashboard.ui.context import Context
from dashboard.ui.forecast_cells import OPEN_JUDGED
from dashboard.ui.lists import listing
from dashboard.ui.safe_text import md

SHOW = N_("Show")
PARTS = {
    "month": N_("Forecast of the month"),
    "plan": N_("Plan and coverage"),
    "changes": N_("What changed in the open deals"),
    "record": N_("Did forecasts come true"),
    "notes": N_("Did our changes help"),
}
NO_PLAN = N_(
    "No plan of revenue for {month} is loaded under this filter: a table of plans by month would give the chance to meet it."
)
SUMMED = N_(
    "{deals}: {amount} in all, {expected} expected by the end of the month; {stuck} of them are stuck. "
    "New deals are in the range but not in this list."
)
ALL_ASSUMED = N_(
    "{deals}, none with an amount: about {assumed} by the average check of their products; {expected} expected by the end of the "
    "month; {stuck} of them are stuck. New deals are in the range but not in this list."
)
ASSUMED = N_(
    "{deals}: {amount} in all, and {assumed} assumed where no amount is written; {expected} expected by the end of the month; "
    "{stuck} of them are stuck. New deals are in the range but not in this list."
)


def month(here: Context) -> None:
    """Show the range of the month against the plan, and the deals behind it with their sums."""
    answer = answered(here, "forecast")
    if answer.frame.is_empty():
        show(here, "forecast")
        return
    row = answer.frame.row(0, named=True)
    tiles(here, row)
    with st.container(border=True, key="card_fan"):
        blocks.figure(here, charts.fan(drawn(here, row), here.locale, here.facts.currency), "fan")
        st.caption(
            here.say(
                "Solid: won so far. Dotted: the middle of what may come, drawn straight. Grey: the month before. "
                "The range is the narrowest there can be: see how often it held."
            )
        )
    cell_rows.show(here, "forecast", forecast_grid(here), answer.frame)
    deals(here)
    number_rows.rows(in_month(here), (REVENUE, WON, PLAN_REVENUE, PLAN_LEFT))


def forecast_grid(here: Context) -> Grid:
    """Make what is known already in the table of the forecast open; its range is the answer of a model."""
    opens = {"done": REVENUE, "planned": PLAN_REVENUE, "open": OPEN_JUDGED}
    of_month = in_month(here).filter
    instead = {"done": {"variant": ""}, "planned": {"variant": ""}}
    return Grid(
        "forecast",
        {"variant": "variant"},
        opens,
        of_month,
        instead=instead,
        title=lambda row: capital(here.locale.text(row[0])),
    )


def in_month(here: Context) -> Context:
    """Narrow a page to the month that is forecast, so that its sums open."""
    start, end, _ = horizon_of(here.facts)
    return replace(here, filter=here.over(Period(start, end)))


def tiles(here: Context, row: dict[str, Any]) -> None:
    """Show the middle of the range, what is won already, the plan and the chance to meet it."""
    start, _, _ = horizon_of(here.facts)
    numbers = [
        (N_("Most likely"), row["p50"], "money"),
        (N_("Won already"), row["done"], "money"),
        (N_("Plan of revenue"), row["planned"], "money"),
        (N_("Chance of the plan"), row["plan_chance"], "share"),
    ]
    grid = st.grid(columns=len(numbers), min_column_width=150, key="tiles")
    for label, value, unit in numbers:
        with grid.cell():
            written = here.written(value, unit, short=unit == "money")
            if unit == "share" and value is not None:
                written = here.locale.share(value, 0)
            st.metric(here.say(label), md(written), border=True, height="stretch")
    if row["planned"] is None:
        st.caption(":material/info: " + here.say(NO_PLAN, month=here.locale.month(start)))


def drawn(here: Context, row: dict[str, Any]) -> charts.Fan:
    """Put together what the fan is drawn from."""
    return remembered(here.facts, ("fan", here.filter), lambda: fan_of(here.facts, here.filter, row))


def deals(here: Context) -> None:
    """Show the open deals, the largest expected amount first, with what they add up to."""
    frame = answered(here, "forecast_deals").frame
    if frame.is_empty():
        return
    told_amount = pl.when(~pl.col("is_imputed")).then(pl.col("amount"))
    amount, assumed, expected = frame.select(
        whole_sum(told_amount).alias("amount"),
        pl.col("amount").filter("is_imputed").sum().alias("assumed"),
        whole_sum(pl.col("expected")).alias("expected"),
    ).row(0)
    stuck = frame.filter(pl.col("is_stuck")).height
    told = here.say(
        SUMMED if not assumed else ASSUMED if amount else ALL_ASSUMED,
        deals=here.locale.plural("{n} deal", "{n} deals", frame.height),
        amount=here.written(amount, "money", short=True),
        assumed=here.written(assumed, "money", short=True),
        expected=here.written(expected, "money", short=True),
        stuck=here.locale.number(stuck),
    )
    listing(here, "forecast_deals", told=told)


def record(here: Context) -> None:
    """Show what would have been forecast for past months, and what came."""
    answer = answered(here, "forecast_record")
    if answer.frame.height:
        with st.container(border=True, key="card_record"):
            blocks.figure(here, charts.record(answer.frame, here.locale, here.facts.currency), "record")
    grid = Grid("forecast_record", {"month": cell_rows.MONTH}, {"came": REVENUE})
    cell_rows.show(here, "forecast_record", grid, answer.frame)
