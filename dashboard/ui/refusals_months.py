"""One refusal reason month by month, by the day of the refusal or of the lead, and the deals of a month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl
import streamlit as st

from dashboard.access import Facts
from dashboard.analyses.catalogue import analysis
from dashboard.analyses.choose import created_in
from dashboard.analyses.refusals import lost_in
from dashboard.charts import refusal_months
from dashboard.charts.notes import noted
from dashboard.charts.theme import Chart
from dashboard.charts.trend import trend_period
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.model import Unit
from dashboard.remember import remembered
from dashboard.ui import answers, blocks, cell_rows
from dashboard.ui.behind import Behind, Cell, Number, Part, Parts, share_counted
from dashboard.ui.cell_rows import Grid
from dashboard.ui.context import Context
from dashboard.ui.pick import pick

IMMATURE = 0.05
"""A month of leads of which more than this are still open may still gain refusals."""
BY_MONTH = {"refusal_trend": N_("By the month of the refusal"), "refusal_cohorts": N_("By the month of the lead")}
LABELS = {"refusal_trend": N_("Share of refusals"), "refusal_cohorts": N_("Share of leads")}
HELP = {
    "refusal_trend": N_("Deals refused in the month, and which of them for this reason."),
    "refusal_cohorts": N_("Leads created in the month, and which of them were refused for this reason so far."),
}


def months(here: Context) -> Callable[[], None]:
    """Show one reason month by month: as a share of the refusals, or of the leads created in the month.

    Returns what shows the rows of the month that was clicked.
    """
    over = here.over(trend_period(here.filter.period, here.facts.as_of_on))
    head = st.container()
    by = blocks.choice(here, "bymonth", N_("Which month counts"), BY_MONTH)
    told = answers.answered(here, by, over)
    with head:
        answers.heading(here, analysis(by), told, N_("One reason by month"))
    common = told.frame.group_by("reason").agg(pl.col("count").sum())
    common = common.sort("count", "reason", descending=[True, False], nulls_last=True)
    names = [name or "" for name in common["reason"].to_list()]
    if not names:
        st.caption(here.say("No refusal under this filter has a date, so there is nothing to show by month."))
        return lambda: None
    given = next((name for name in names if name), names[0])
    chosen = pick(here, "why", N_("Reason"), names, default=given)
    name = chosen or here.locale.text("without a reason")

    def draw() -> Chart:
        line = refusal_months.months_of(told.frame, chosen or None)
        immature = young(here, over) if by == "refusal_cohorts" else frozenset()
        drawn = refusal_months.reason_trend(line, name, here.facts.as_of_on, immature, here.locale)
        return noted(drawn, line["month"].to_list(), here.facts.notes, over, here.locale)

    picture = remembered(here.facts, ("months drawn", by, over, chosen, here.locale.code), draw)
    grid, line = grid_of(here, by, chosen or None, name), refusal_months.months_of(told.frame, chosen or None)
    blocks.figure(here, picture, "months", cell_rows.clicked("months", grid, "share", cell_rows.names_of(grid, line)))
    band = here.say("Band: interval of 95%. Hollow: the month may still change.")
    st.caption(" ".join([here.say(told.variant), band, here.say("Click a month to see its rows.")]))
    answers.files(here, analysis(by), told, by)
    return lambda: cell_rows.opened(here, grid, line)


def grid_of(here: Context, by: str, reason: str | None, name: str) -> Grid:
    """Make the months of a reason open: the refusals, or the leads, of the month, and which were refused for it."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        rows = lost_in(facts, filter) if by == "refusal_trend" else created_in(facts, filter)
        is_it = pl.col("refusal_reason").eq_missing(pl.lit(reason, dtype=pl.String)) & (pl.col("outcome") == "lost")
        number = Number(LABELS[by], Unit.SHARE, share_counted)
        return [Part("month", rows.with_columns(is_counted=is_it), {"share": number})]

    def title(row: Sequence[str]) -> str:
        return f"{name} · {here.locale.month(date.fromisoformat(row[0]))}"

    opens = {"share": Behind(LABELS[by], HELP[by], parts)}
    return Grid("refusal_months", {"month": cell_rows.MONTH}, opens, title=title)


def young(here: Context, over: Filter) -> frozenset[date]:
    """Name the months of leads of which so many are open that more refusals will come."""
    leads = created_in(here.facts, over).with_columns(month=pl.col("created_on").dt.truncate("1mo"))
    shares = leads.group_by("month").agg(share=(pl.col("outcome") == "open").mean())
    return frozenset(shares.filter(pl.col("share") > IMMATURE)["month"].drop_nulls().to_list())
