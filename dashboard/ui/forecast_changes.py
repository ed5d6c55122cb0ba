"""The blocks beside the forecast: plan and pace, coverage, what changed in the open deals, and whether changes helped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard.analyses.coverage import covering
from dashboard.analyses.plan_pace import TEAM, month_of
from dashboard.analyses.waterfall import parts_of, span_of
from dashboard.charts import plan as plan_charts
from dashboard.charts import waterfall as charts
from dashboard.i18n import N_
from dashboard.metrics.deals import REVENUE, WON
from dashboard.metrics.plans import (
    PLAN_ATTAINMENT,
    PLAN_EXPECTED,
    PLAN_LEFT,
    PLAN_PACE,
    PLAN_REQUIRED,
    PLAN_REVENUE,
    PLAN_WON,
    PLAN_WON_ATTAINMENT,
)
from dashboard.periods import Period, step_unit, unit_start
from dashboard.remember import remembered
from dashboard.ui import blocks, cell_rows, number_rows
from dashboard.ui.address import change_address
from dashboard.ui.answers import answered
from dashboard.ui.cell_rows import Grid, capital
from dashboard.ui.context import Context
from dashboard.ui.forecast_cells import STEPS, changes_grid, coverage_grid
from dashboard.ui.plan_cells import plan_grid, plan_rows
from dashboard.ui.safe_text import md

PLANS = (
    *(REVENUE, PLAN_REVENUE, PLAN_ATTAINMENT, PLAN_PACE, PLAN_EXPECTED, PLAN_LEFT, PLAN_REQUIRED, WON, PLAN_WON),
    PLAN_WON_ATTAINMENT,
)
OPEN, MOVE, COVER = "open", "move", "cover"
WHICH = {"waterfall": N_("All open deals"), "waterfall_month": N_("Expected this month")}


def plan(here: Context) -> None:
    """Show plan and fact of the month, and whether enough lies open for what is left."""
    answer = answered(here, "plan_pace")
    month = month_of(here.facts, here.filter)
    picture = plan_charts.pace(answer.frame, month, here.locale, here.facts.currency)
    if picture is not None:
        with st.container(border=True, key="card_pace"):
            names = [(name or "", REVENUE.name) for name in plan_charts.people(answer.frame)["manager"].to_list()]
            blocks.figure(here, picture, "pace", cell_rows.clicked("pace", plan_grid(here), "share", names))
            st.caption(here.say("Bar: done. Stroke: the plan of the month."))
    team = here.locale.text(TEAM)
    manager = pl.when(pl.col("scope") == TEAM).then(pl.lit(team)).otherwise("manager").alias("manager")
    shown = [one.name for one in answer.columns if one.name != "scope"]
    rows = plan_rows(answer.frame).with_columns(manager)
    if answer.frame["manager"].drop_nulls().n_unique() == 1 and not here.facts.plans["manager_name"].has_nulls():
        rows = rows.filter(pl.col("scope") != TEAM)  # one person's plan is not the team's
    cell_rows.show(here, "plan_pace", plan_grid(here), rows, shown=shown)
    cell_rows.show(here, "coverage", coverage_grid(here), answered(here, "coverage").frame)
    covered_by(here)
    start = month_of(here.facts, here.filter)
    of_month = here.over(Period(start, step_unit("month", start, 1)))
    number_rows.rows(replace(here, filter=of_month), PLANS)


def covered_by(here: Context) -> None:
    """Show the open deals behind a row of the coverage, the largest amount first: as many as it counts."""
    found = covering(here.facts, here.filter)
    names = {key_of(name): name for name in found}
    with st.container(width=420):
        chosen = blocks.choice(
            here, COVER, N_("Deals that cover the plan"), {"none": N_("closed"), **names}, listed=True
        )
    if chosen != "none":
        number_rows.deals(here, found[names[chosen]], f"cover-{chosen}")


def waterfall(here: Context) -> None:
    """Show what changed in the open deals over the period, and the deals behind a step."""
    name = blocks.choice(here, OPEN, N_("Which deals"), WHICH)
    answer = answered(here, name)
    start, end = span_of(here.facts, here.filter)
    if answer.n:
        with st.container(border=True, key="card_steps"):
            picture = charts.waterfall(answer.frame, here.locale, here.facts.currency)
            st.caption(md(here.locale.period(Period(start, end))))
            blocks.figure(here, picture, "steps", _select("steps", answer.frame["part"].to_list()))
            st.caption(here.say("Number: amount, then deals. Click a bar to see its deals."))
            behind(here, name, answer.frame)
    grid = Grid(name, {"part": "part"}, STEPS[name], title=lambda row: capital(here.locale.text(row[0])))
    cell_rows.show(here, name, grid, answer.frame)


def behind(here: Context, name: str, frame: pl.DataFrame) -> None:
    """Show the deals behind a step: as many as it counts."""
    parts = {key_of(part): part for part in frame["part"].to_list()}
    chosen = blocks.choice(here, MOVE, N_("Deals behind a step"), {"none": N_("closed"), **parts}, listed=True)
    if chosen == "none":
        return
    number_rows.deals(here, of_part(here, name, parts[chosen]), chosen, by="amount")


def key_of(part: str) -> str:
    """Name a step in the address: one of our own words, without spaces."""
    return part.replace(" ", "-")


def of_part(here: Context, name: str, part: str) -> pl.DataFrame:
    """Take the deals of a step of the waterfall, the largest amount first."""
    start, _ = span_of(here.facts, here.filter)
    until = step_unit("month", unit_start("month", start), 1) if name == "waterfall_month" else None
    rows = remembered(here.facts, ("parts", name, here.filter), lambda: parts_of(here.facts, here.filter, until))
    ids = rows.filter(pl.col("part") == part).select("deal_id")
    deals = here.facts.deals.join(ids, on="deal_id", how="semi")
    return deals.sort("amount", "deal_id", descending=[True, False], nulls_last=True)


def notes(here: Context) -> None:
    """Show each noted change with the leads before it and after it."""
    rows = answered(here, "before_after").frame
    cell_rows.show(here, "before_after", changes_grid(here, rows), rows)


def _select(key: str, parts: list[str]) -> Callable[[], None]:
    def select() -> None:
        points = st.session_state[key].selection.point_indices
        if points and points[0] < len(parts):
            change_address(**{MOVE: key_of(parts[points[0]])})

    return select
