"""The blocks of the cycle: what becomes of leads by age, how the days spread, the days in stages, what is stuck, months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Column
from dashboard.analyses.catalogue import analysis
from dashboard.analyses.choose import closed_in
from dashboard.analyses.times import curves
from dashboard.charts import cycle as charts
from dashboard.charts.cohorts import cohorts as draw_cohorts
from dashboard.charts.stage_days import stage_days as draw_stages
from dashboard.charts.trend import trend_period
from dashboard.i18n import N_
from dashboard.metrics.conversion import LEAD_TO_WIN
from dashboard.metrics.deals import LEADS
from dashboard.metrics.returns import COHORT_WON
from dashboard.metrics.visits import STUCK, STUCK_AMOUNT, STUCK_AMOUNT_SHARE, STUCK_SHARE
from dashboard.remember import remembered
from dashboard.ui import answers, blocks, cell_rows
from dashboard.ui.address import change_address
from dashboard.ui.cell_rows import Grid
from dashboard.ui.context import Context
from dashboard.ui.cycle_cells import OPEN_IN_STAGES, STAGES, cycle_grid
from dashboard.ui.funnel_way import choose_funnel
from dashboard.ui.lead_cells import MATURED
from dashboard.ui.lists import listing
from dashboard.ui.safe_text import md

STAGE = "at"
LEVELS = (
    Column("variant", N_("Counted how"), "word"),
    Column("q25", N_("A quarter"), "days"),
    Column("median", N_("Median, days"), "days"),
    Column("q75", N_("Three quarters"), "days"),
    Column("p90", N_("P90, days"), "days"),
)
BOUNDS = ("median_low", "median_high")
"""Shown where moves are dated between two exports only."""
DAYS = (
    Column("stage", N_("Stage")),
    Column("p90", N_("P90, days"), "days"),
    Column("norm_days", N_("Norm, days"), "days"),
    Column("within_share", N_("In norm"), "share"),
    Column("norm_proposed", N_("Proposed"), "days"),
)
PIPELINE = ("stage", "open", "stuck", "stuck_share", "stuck_amount", "amount_share")
COHORTS = Grid(
    "cohorts",
    {"month": cell_rows.MONTH},
    {
        "leads": LEADS,
        "won": COHORT_WON,
        "won_share": LEAD_TO_WIN,
        "lost": LEADS,
        "open": LEADS,
        "matured_share": MATURED,
    },
    only={"lost": "lost", "open": "open"},
)
"""The numbers of the months of leads that open."""
STANDING = Grid(
    "pipeline",
    {"funnel": "funnel_name", "stage": "stage_name"},
    {
        "open": OPEN_IN_STAGES,
        "stuck": STUCK,
        "stuck_share": STUCK_SHARE,
        "stuck_amount": STUCK_AMOUNT,
        "amount_share": STUCK_AMOUNT_SHARE,
    },
)
"""The numbers of the stages that open."""


def whole(here: Context) -> None:
    """Show what becomes of leads by age, and how long the won ones took."""
    left, right = st.columns(2, gap="small")
    with left:
        _by_age(here)
    with right:
        grid, rows = _spread(here)
    cell_rows.opened(here, grid, rows)


def _by_age(here: Context) -> None:
    asked, answer = analysis("cycle_by_age"), answers.answered(here, "cycle_by_age")
    found, count = remembered(here.facts, ("curves", here.filter), lambda: curves(here.facts, here.filter))
    with st.container(border=True, key="card_age", height="stretch"):
        answers.heading(here, asked, answer)
        if found.drop_nulls("open_by").is_empty():
            st.caption(here.say("No lead was created in the period, or their dates are not known."))
            return
        chart = blocks.drawn(here, ("age",), lambda: charts.by_age(found, count, answer.frame, here.locale))
        blocks.figure(here, chart, "by_age")
        answers.sentences(here, answer)
        st.caption(here.say("Days since a lead was created. An open lead counts as not yet, whatever its age."))


def _spread(here: Context) -> tuple[Grid, pl.DataFrame]:
    asked, answer = analysis("cycle"), answers.answered(here, "cycle")
    row = answer.frame.row(0, named=True)
    grid, rows = cycle_grid(here), answer.frame.filter(pl.col("n") > 0)
    with st.container(border=True, key="card_spread", height="stretch"):
        answers.heading(here, asked, answer)
        if not row["n"]:
            st.caption(here.say("No deal with known dates was won in the period."))
            return grid, rows.clear()
        days = remembered(here.facts, ("won days", here.filter), lambda: _won_days(here))
        chart = blocks.drawn(here, ("spread",), lambda: charts.spread(days, row, here.locale))
        blocks.figure(here, chart, "spread")
        st.caption(here.say("Days from the creation of a deal to its win, for the deals won in the period."))
        cell_rows.table(here, grid, rows, LEVELS)
    return grid, rows


def _won_days(here: Context) -> list[float]:
    days = closed_in(here.facts, here.filter, "won", columns=["cycle_days"])["cycle_days"]
    return days.filter(days >= 0).to_list()


def stages(here: Context) -> None:
    """Show how long the stages of a funnel hold deals, against their norms."""
    asked, answer = analysis("dwell"), answers.answered(here, "dwell")
    with st.container(border=True, key="card_stages"):
        answers.heading(here, asked, answer)
        answers.sentences(here, answer)
        names = answer.frame["funnel"].unique(maintain_order=True).to_list()
        if not names:
            st.caption(
                here.say("Which export brings it: a history of stages, or exports of deals loaded week after week.")
            )
            return
        name = names[0] if len(names) == 1 else choose_funnel(here, "shown", here.say("Funnel"), names)
        rows = answer.frame.filter(pl.col("funnel") == name)
        drawn = rows.filter(pl.col("n") > 0).to_dicts()
        left, right = st.columns(2, gap="medium")
        with left:
            chart = blocks.drawn(here, ("stages", name), lambda: draw_stages(drawn, here.locale))
            blocks.figure(here, chart, "stage_days", _pick(name, [row["stage"] for row in drawn]))
            st.caption(
                here.say("Bar: from a quarter of the visits to three quarters. Dot: the median. Line: the norm.")
            )
            st.caption(here.say("Orange: fewer than half keep the norm. Click a stage to see what is stuck in it."))
            st.caption(
                here.say(
                    "Of the deals created in the period, each visit by itself, those still there too. The number at the head takes "
                    "the visits that ended in the period; the funnel adds up all visits of a deal to a stage."
                )
            )
        with right:
            cell_rows.table(
                here, STAGES, rows, [DAYS[0], *(one for one in answer.columns if one.name in BOUNDS), *DAYS[1:]]
            )
            answers.files(here, asked, answer, "dwell")
    cell_rows.opened(here, STAGES, rows)


def _pick(funnel: str, names: Sequence[str]) -> Callable[[], None]:
    def select() -> None:
        points = st.session_state["stage_days"].selection.point_indices
        if points:
            change_address(**{STAGE: [funnel, names[points[0]]]})

    return select


def stuck(here: Context) -> None:
    """Show what is stuck by stage and as a list; a stage of the address narrows the list."""
    whole = answers.answered(here, "pipeline").frame
    is_last = pl.int_range(pl.len()) == pl.len() - 1
    every = here.locale.text("All stages")
    named = whole.with_columns(stage=pl.when(is_last).then(pl.lit(every)).otherwise("stage"))
    grid = replace(STANDING, whole=("", every))
    cell_rows.show(here, "pipeline", grid, named, shown=PIPELINE if _one_funnel(here) else ("funnel", *PIPELINE))
    answer = answers.answered(here, "stuck")
    found = answer.frame
    pairs = [pair for pair in found.select("funnel", "stage").unique().sort("funnel", "stage").rows() if all(pair)]
    asked = tuple(here.query.get(STAGE, ()))
    rows = found
    if asked in pairs:
        rows = found.filter((pl.col("funnel") == asked[0]) & (pl.col("stage") == asked[1]))
        with st.container(horizontal=True, vertical_alignment="center"):
            count = here.locale.plural("{n} deal", "{n} deals", rows.height)
            st.markdown(here.say("Stuck in “{stage}”: {count}", stage=asked[1], count=count), width="content")
            st.button(
                here.say("All stages"),
                key="all_stages",
                icon=":material/close:",
                on_click=lambda: change_address(**{STAGE: None}),
            )
    elif len(asked) == 2:
        st.caption(here.say("Nothing is stuck in “{stage}”.", stage=asked[1]))
        rows = found.clear()
    elif rows.height:
        st.caption(md(here.locale.plural("{n} deal", "{n} deals", rows.height)))
    listing(here, "stuck", answer=replace(answer, frame=rows))


def _one_funnel(here: Context) -> bool:
    return answers.answered(here, "pipeline").frame["funnel"].drop_nulls().n_unique() <= 1


def months(here: Context) -> None:
    """Show how each month's leads turned out, over at least a year."""
    asked = analysis("cohorts")
    answer = answers.answered(here, "cohorts", here.over(trend_period(here.filter.period, here.facts.as_of_on)))
    with st.container(border=True, key="card_cohorts"):
        answers.heading(here, asked, answer, N_("Leads by month: how many bought"))
        if answer.frame.is_empty():
            st.caption(here.say("No deal under this filter has a date, so there is nothing to show by month."))
            return
        left, right = blocks.halves(here)
        with left:
            chart = blocks.drawn(here, ("cohorts",), lambda: draw_cohorts(answer.frame, here.locale))
            months = cell_rows.names_of(COHORTS, answer.frame.sort("month"))
            blocks.figure(here, chart, "cohorts", cell_rows.clicked("cohorts", COHORTS, "won_share", months))
            st.caption(here.say("Hatched: not all leads of the month are old enough, so it may still grow."))
        with right:
            rows = answer.frame.sort("month", descending=True)
            cell_rows.table(here, COHORTS, rows, answer.columns)
        answers.sentences(here, answer)
    cell_rows.opened(here, COHORTS, rows)
