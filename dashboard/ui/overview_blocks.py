"""The blocks of the overview below its numbers: why the revenue changed, what needs a person today, the plan, the trend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Answer
from dashboard.analyses.catalogue import ANALYSES, analysis
from dashboard.analyses.revenue_change import check_split, revenue_change
from dashboard.charts import money_change as charts
from dashboard.charts.funnel import ROW, drawn_stages
from dashboard.contents import pages_for
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.deals import AVERAGE_CHECK, CYCLE_DAYS_MEDIAN, LEADS, REVENUE, WIN_RATE, WON
from dashboard.metrics.measure import measure
from dashboard.metrics.model import Metric
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period
from dashboard.remember import remembered
from dashboard.ui import answers, blocks, cell_rows, funnel_deals
from dashboard.ui.address import SHARED_KEYS
from dashboard.ui.cell_rows import Grid
from dashboard.ui.context import Context
from dashboard.ui.funnel_blocks import by_funnel, usual
from dashboard.ui.safe_text import md

NEEDS = (
    ("stuck", N_("Deals stuck in a stage"), "cycle", N_("a history of stages")),
    ("promises", N_("Promises forgotten"), "today", N_("tasks of the CRM")),
    ("missed_requests", N_("Requests without a deal"), "calls", N_("a log of forms and calls")),
    ("no_contact", N_("Clients without contact for too long"), "clients", N_("calls, letters and meetings")),
    ("unowned", N_("Clients nobody looks after"), "clients", N_("a list of clients")),
)
"""What waits for a person: an analysis whose rows are what waits, words for it, its page, the export that tells of it."""

PARTS = {"today": "promises", "forecast": "plan"}
"""The part of a page on which the overview's lines are listed, where it is not the first."""
NUMBERS = (LEADS, WON, WIN_RATE, REVENUE, AVERAGE_CHECK, CYCLE_DAYS_MEDIAN)
TREND = (REVENUE, LEADS, WON, WIN_RATE, AVERAGE_CHECK)
SPLITS = {"closed": N_("By closed deals"), "leads": N_("By leads")}
LEAD_DAYS = 30


def money(here: Context) -> None:
    """Say why the revenue changed and, beside it where products tell, why the check did."""
    answer, value = of_check(here)
    if answer.frame.is_empty() or value is None:
        why(here)
        return
    left, right = blocks.halves(here)
    with left:
        why(here)
    with right:
        check(here, answer, float(value))


def of_check(here: Context) -> tuple[Answer, float | None]:
    """Split the change of the average check, and measure the check itself."""

    def counted() -> tuple[Answer, float | None]:
        return check_split(here.facts, here.filter), measure(here.facts, [AVERAGE_CHECK], here.filter).item()

    return remembered(here.facts, ("check", here.filter), counted)


def why(here: Context) -> None:
    """Say why the revenue changed, by what was closed or by leads given the same number of days, and why the check did."""
    with st.container(border=True, key="card_why", height="stretch"):
        basis = blocks.choice(here, "split", N_("Why revenue changed"), SPLITS)
        chosen = here.filter if basis == "closed" else grown(here)
        answer = split(here, basis, chosen)
        answers.sentences(here, answer)
        if answer.frame.is_empty():
            return
        locale, currency = here.locale, here.facts.currency
        chart = blocks.drawn(here, ("why", basis), lambda: charts.revenue(answer.frame, locale, currency))
        blocks.figure(here, chart, "why")
        if basis == "leads":
            told = N_("Leads created {period}: each has had {days} days to buy.")
            st.caption(here.say(told, period=here.locale.period(chosen.period), days=LEAD_DAYS))
        st.caption(here.say("Grey: no more than chance. The parts add up to the change exactly."))
        answers.passport(here, analysis("revenue_change"), answer)


def split(here: Context, basis: str, chosen: Filter) -> Answer:
    """Split the change of revenue under a filter."""
    kept = "leads" if basis == "leads" else "closed"
    return remembered(
        here.facts,
        ("revenue change", kept, chosen),
        lambda: revenue_change(here.facts, chosen, basis="leads" if kept == "leads" else "closed", horizon=LEAD_DAYS),
    )


def grown(here: Context) -> Filter:
    """Move the period back so far that every lead of it has had its days; a period without a beginning stays."""
    period = here.filter.period
    last = here.facts.as_of_on - timedelta(days=LEAD_DAYS - 1)
    if period.start is None or (period.end is not None and period.end <= last):
        return here.filter
    back = (period.end or here.facts.as_of_on + timedelta(days=1)) - last
    return replace(here.filter, period=Period(period.start - back, last), preset=None)


def check(here: Context, answer: Answer, value: float) -> None:
    """Say whether the check changed because products got dearer or because other products were sold."""
    asked = analysis("check_split")
    with st.container(border=True, key="card_check", height="stretch"):
        answers.heading(here, asked, answer)
        locale, currency = here.locale, here.facts.currency
        chart = blocks.drawn(here, ("check",), lambda: charts.check(answer.frame, value, locale, currency))
        blocks.figure(here, chart, "check")
        answers.sentences(here, answer)


def today(here: Context) -> None:
    """List what needs a person today, each with its number and the page that lists it; what nothing is known of is left out."""
    found = [(label, page, source, answers.answered(here, name)) for name, label, page, source in NEEDS]
    is_bare = here.facts.deals.is_empty()  # where there is no deal at all, nothing waits only because nothing is known
    with st.container(border=True, key="card_today"):
        st.markdown(f"## {here.say('Needs a person today')}")
        unknown = []
        with st.container(horizontal=True, gap="xsmall", key="needs"):
            for label, page, source, answer in found:
                is_untold = is_bare or (page == "clients" and here.facts.clients.is_empty())
                if answer.frame.is_empty() and (answer.sentences or is_untold):
                    unknown.append(f"{here.locale.text(label).lower()} ({here.locale.text(source)})")
                else:
                    count = md(here.locale.number(answer.frame.height))
                    part = {"part": [PARTS[page]]} if page in PARTS else {}
                    _link(here, page, f"**{count}** · {here.say(label)}", part, ":material/arrow_forward:")
        if unknown:
            told = N_("Not known from these exports; in brackets what to load: {names}.")
            st.caption(here.say(told, names=", ".join(unknown)))
        pace(here)


def _link(here: Context, page: str, text: str, own: Mapping[str, list[str]], icon: str) -> None:
    """Write a line that leads to the page that lists it, under the same filter; as plain text to who may not open that page."""
    known = next((one for one in pages_for(here.viewer.role) if one.file == page), None)
    if known is None:
        st.markdown(f"{icon} {text}")
        return
    shared = {key: values for key, values in here.query.items() if key in SHARED_KEYS}
    st.page_link(known.path, label=text, icon=icon, query_params={**shared, **own})


def pace(here: Context) -> None:
    """Say how the team stands against the plan of the month, where plans are known."""
    if "plan_pace" not in ANALYSES:
        return
    answer = answers.answered(here, "plan_pace")
    is_told = False
    by_label: dict[str, Metric] = {metric.label: metric for metric in METRICS.values()}
    for row in answer.frame.filter(answer.frame["manager"].is_null()).to_dicts():
        metric = by_label.get(row["metric"])
        if metric is None or row["share"] is None:
            continue
        done, planned = (here.written(row[name], metric.unit, short=True) for name in ("done", "planned"))
        told = N_("{metric} of the month: {done} of {planned} planned ({share}), {verdict}")
        values = {"metric": here.locale.text(row["metric"]), "done": done, "planned": planned}
        share, verdict = here.locale.share(row["share"], 0), here.locale.text(row["verdict"])
        text = here.say(told, **values, share=share, verdict=verdict)
        cell = {cell_rows.NUMBER: ["plan_pace", "", metric.name, "share"]}
        _link(here, "forecast", text, {"part": [PARTS["forecast"]], **cell}, ":material/flag:")
        is_told = True
    if is_told:
        text = here.say("Plan of each manager, and the deals that count towards it")
        _link(here, "forecast", text, {"part": [PARTS["forecast"]]}, ":material/arrow_forward:")


def trend(here: Context, metrics: Sequence[Metric]) -> None:
    """Show the trend as tall as the funnel beside it, so that neither leaves a blank; a click on a month opens its rows."""
    stages = [drawn_stages(part).height for _, part in by_funnel(usual(here).frame)]
    grid = by_month(metrics)

    def pick(metric: Metric, months: pl.DataFrame) -> Callable[[], None]:
        return cell_rows.clicked("figure_trend", grid, metric.name, cell_rows.names_of(grid, months))

    blocks.trend(here, metrics, height=min(max(ROW * max(stages, default=6), 320), 560), pick=pick)


def by_month(metrics: Sequence[Metric]) -> Grid:
    """Make the months of numbers open."""
    return Grid("trend", {"month": cell_rows.MONTH}, {one.name: one for one in metrics})


def clicked(here: Context, metrics: Sequence[Metric]) -> None:
    """Show the rows of the month or the deals of the stage that was clicked in the pictures above."""
    months = blocks.months_of(here, metrics[0]).drop_nulls("month")
    cell_rows.opened(here, by_month(metrics), months)
    funnel_deals.clicked_stage(here)
