"""The blocks of a growing base: month by month who came and lapsed, who buys again, what else, and who buys less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl
import streamlit as st

from dashboard.analyses.base_lists import chosen
from dashboard.charts import client_base as charts
from dashboard.charts.notes import noted
from dashboard.charts.trend import trend_period
from dashboard.i18n import N_
from dashboard.metrics.base import REPEAT_RATE
from dashboard.ui import blocks, cell_rows
from dashboard.ui.address import change_address
from dashboard.ui.answers import answered
from dashboard.ui.answers import show as card
from dashboard.ui.cell_rows import Grid
from dashboard.ui.client_cells import FIRST, pair_grid
from dashboard.ui.clients_blocks import clients
from dashboard.ui.context import Context
from dashboard.ui.lists import listing

MONTH, STATE = "month", "state"
AGAIN = {"matured": REPEAT_RATE, "repeated": REPEAT_RATE, "repeat_share": REPEAT_RATE}
STATES = {name: label for name, label, _, _ in charts.FLOWS}


def show_bridge(here: Context) -> None:
    """Show who came into the active base and who lapsed, over at least a year, and the clients behind a bar."""
    span = here.over(trend_period(here.filter.period, here.facts.as_of_on))
    answer = answered(here, "base_bridge", span)
    if not answer.n:
        card(here, "base_bridge")
        return
    with st.container(border=True, key="card_bridge"):
        picture = charts.bridge(answer.frame, here.facts.as_of_on, here.locale)
        picture = noted(picture, answer.frame["month"].to_list(), here.facts.notes, span, here.locale)
        blocks.figure(here, picture, "bridge", _select("bridge", answer.frame["month"].to_list()))
        st.caption(here.say("Over at least a year, whatever the period. Click a bar to see its clients."))
        behind(here, answer.frame)


def behind(here: Context, frame: pl.DataFrame) -> None:
    """Show the clients behind a bar: as many as it counts."""
    months = {f"{month:%Y-%m}": month for month in frame["month"].to_list()[::-1]}
    labels = {"none": N_("closed"), **{name: here.locale.month(month) for name, month in months.items()}}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=220):
            name = blocks.choice(here, MONTH, N_("Clients behind a month"), labels, listed=True)
        if name == "none":
            return
        state = blocks.choice(here, STATE, N_("Who"), STATES)
    clients(here, of_month(here, months[name], state), f"base-{name}-{state}")


def of_month(here: Context, month: date, state: str) -> pl.DataFrame:
    """Take the clients whom a month made new, brought back or lost."""
    at = (pl.col("month_on") == month) & (pl.col("state").cast(pl.String) == charts.STATES[state])
    rows = here.facts.client_months.filter(at).select("client_id")
    base = chosen(here.facts, here.filter).join(rows, on="client_id", how="semi")
    return base.sort("revenue", "client_id", descending=[True, False], nulls_last=True)


def show(here: Context) -> None:
    """Show whether the base grows: in and out by month, and what the same clients bring."""
    show_bridge(here)
    listing(here, "inside_growth")


def repeat(here: Context) -> None:
    """Show who buys again and what is bought together."""
    over = replace(here, filter=here.over(trend_period(here.filter.period, here.facts.as_of_on)))
    rows = answered(over, "repeat_sales").frame
    cell_rows.show(over, "repeat_sales", Grid("repeat_sales", {"month": cell_rows.MONTH}, {**AGAIN, **FIRST}), rows)
    st.caption(here.say("First purchases of at least a year, whatever the period: younger ones have not had the time."))
    pairs(here)


def pairs(here: Context) -> None:
    """Show what is bought together, the first pairs before the rest; a number opens its clients."""
    grid, frame = pair_grid(here), answered(here, "cross_sales").frame
    listing(here, "cross_sales", draw=lambda rows, columns: cell_rows.table(here, grid, rows, columns))
    cell_rows.opened(here, grid, frame)


def _select(key: str, months: list[date]) -> Callable[[], None]:
    names = [name for name, _, _, _ in charts.FLOWS]

    def select() -> None:
        points = st.session_state[key].selection.points
        at, curve = (points[0].get("point_index"), points[0].get("curve_number")) if points else (None, None)
        if at is not None and curve is not None and curve < len(names):
            change_address(**{MONTH: f"{months[at]:%Y-%m}", STATE: None if curve == 0 else names[curve]})

    return select
