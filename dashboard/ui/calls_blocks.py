"""The blocks of the calls: how many, when, whom they reach, and the calls behind a number."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Column
from dashboard.analyses.reach_by_attempt import BY_ATTEMPT, BY_DELAY, BY_NUMBER
from dashboard.charts import calls as charts
from dashboard.charts.shares import shares
from dashboard.exports.tables import csv_text
from dashboard.i18n import N_
from dashboard.metrics import calls, speed
from dashboard.metrics.measure import measure, rows_behind
from dashboard.remember import remembered
from dashboard.ui import answers, blocks, cards
from dashboard.ui.context import Context
from dashboard.ui.safe_text import md
from dashboard.ui.speed_blocks import segments, wins

COUNTS = (calls.CALLS_IN, calls.CALLS_OUT, calls.MISSED_EPISODES, calls.RECOVERED, calls.LOST_CALLS)
SPEEDS = (
    *(speed.RESPONSE_MINUTES_MEDIAN, speed.ANSWERED_WITHIN_5, speed.ANSWERED_WITHIN_15, speed.ANSWERED_WITHIN_60),
    *(speed.UNANSWERED, speed.REACH_RATE),
)
SHORT = {
    calls.MISSED_EPISODES: N_("Did not get through"),
    calls.RECOVERED: N_("Called back"),
    calls.LOST_CALLS: N_("Callers lost"),
    speed.RESPONSE_MINUTES_MEDIAN: N_("First answer"),
}
"""Did not get through = called back + lost."""
SHOWN = {"missed": N_("Missed, of incoming"), "reached": N_("Reached, of outgoing"), "calls": N_("All calls")}
CUTS = {"delay": BY_DELAY, "attempt": BY_ATTEMPT, "number": BY_NUMBER}
CUT_LABELS = {"delay": N_("By the wait for the answer"), "attempt": N_("By attempt"), "number": N_("By our number")}
CALL_COLUMNS = (
    Column("phone", N_("Phone")),
    Column("started_at", N_("Called at"), "moment"),
    Column("manager_name", N_("Manager")),
    Column("client_name", N_("Client")),
    Column("line_phone", N_("Our number")),
    Column("wait_seconds", N_("Ringing, seconds"), "count"),
    Column("talk_seconds", N_("Talk, seconds"), "count"),
    Column("deal_id", N_("Deal")),
)


def has_calls(here: Context) -> bool:
    """Tell whether there is a log of calls; say once which export would bring it when there is none."""
    if here.facts.calls.height:
        return True
    st.info(
        here.say(
            "No export holds calls. Load the call log of your telephony (time, who called whom, length of the talk) and missed "
            "calls, reach and speed of response will stand here."
        ),
        icon=":material/call:",
    )
    return False


def numbers(here: Context) -> None:
    """Show the calls, and below them how soon leads are answered."""
    cards.cards(here, COUNTS, key="cards_calls", short=SHORT)
    cards.cards(here, SPEEDS, key="cards_speed", short=SHORT)


def week(here: Context) -> None:
    """Show when calls come, are missed and reach somebody."""
    answer = answers.answered(here, "calls_by_hour")
    with st.container(border=True, key="card_week", height="stretch"):
        answers.heading(here, answers.named_analysis("calls_by_hour"), answer)
        what = blocks.choice(here, "week", N_("Shown"), SHOWN)
        if answer.frame.is_empty():
            st.caption(
                here.say("No calls under this filter in this period. Choose a longer period or fewer filters above.")
            )
            return
        key = ("picture of the week", what, here.filter, here.locale.code)
        picture = remembered(here.facts, key, lambda: charts.week(answer.frame, what, here.locale))
        blocks.figure(here, picture, "figure_week")
        told = [here.say("No colour and no number: fewer than 20 calls.")] if what != "calls" else []
        hours = charts.busy_hours(answer.frame)
        others = answer.frame.filter(~pl.col("hour").is_in(hours))["calls"].sum()
        if others:
            told.append(here.say("Calls at other hours: {count}.", count=here.locale.number(others)))
        if told:
            st.caption(" ".join(told))
        answers.files(here, answers.named_analysis("calls_by_hour"), answer, "calls_by_hour")


def response(here: Context) -> None:
    """Show the curve of answers, with those who never got one."""
    answer = answers.answered(here, "response_curve")
    with st.container(border=True, key="card_response", height="stretch"):
        answers.heading(here, answers.named_analysis("response_curve"), answer)
        if answer.frame.is_empty():
            st.caption(
                here.say("The log of calls covers no lead of this period, so how soon they are answered is unknown.")
            )
            return
        waiting = remembered(
            here.facts,
            ("unanswered", here.filter),
            lambda: measure(here.facts, [speed.UNANSWERED_SHARE], here.filter).item(),
        )
        blocks.figure(here, charts.answers(answer.frame, waiting, here.locale), "figure_response")
        st.caption(here.say("Working minutes. Pale: how far chance may carry it. Leads out of a talk are left out."))
        answers.files(here, answers.named_analysis("response_curve"), answer, "response_curve")


def reach(here: Context) -> None:
    """Show whom calls reach: by how long they waited, by attempt, by our own number."""
    answer = answers.answered(here, "reach_by_attempt")
    with st.container(border=True, key="card_reach", height="stretch"):
        answers.heading(here, answers.named_analysis("reach_by_attempt"), answer, N_("Whom calls reach"))
        cut = blocks.choice(here, "reach", N_("Cut"), CUT_LABELS)
        rows = answer.frame.filter(pl.col("rule") == CUTS[cut])
        if rows.is_empty():
            st.caption(here.say("Nothing of this kind in the data under this filter."))
            return
        blocks.figure(
            here, shares(rows, segments(here, rows, cut), N_("They are reached"), here.locale), "figure_reach"
        )
        answers.files(here, answers.named_analysis("reach_by_attempt"), answer, "reach_by_attempt")


def outcomes(here: Context) -> None:
    """Show what calls bring: whom they reach, and which leads become sales."""
    grid = st.grid(columns=3, min_column_width=320, key="outcomes")
    with grid.cell():
        reach(here)
    with grid.cell():
        wins(here, "response_speed", "delay")
    with grid.cell():
        wins(here, "touches_and_wins", "touches")


def behind(here: Context) -> None:
    """Open the calls or leads behind a number: as many as the number."""
    opened = {metric.name: metric for metric in (*COUNTS[::-1], speed.UNANSWERED)}
    options = {"none": N_("closed"), **{name: SHORT.get(metric, metric.label) for name, metric in opened.items()}}
    name = blocks.choice(here, cards.ROWS, N_("Calls behind a number"), options)
    if name == "none":
        return
    metric = opened[name]
    rows = rows_behind(here.facts, metric, here.filter)
    if metric.fact == "answers":
        cards.show_rows(here, metric, here.facts.deals.join(rows.select("deal_id"), on="deal_id", how="semi"))
        return
    rows = rows.sort("started_at", "call_id", descending=True)
    st.caption(md(here.locale.plural("{n} call", "{n} calls", rows.height)) + " · " + here.say(metric.help))
    if rows.height:
        columns = [one for one in CALL_COLUMNS if rows[one.name].null_count() < rows.height]
        answers.table(here, rows, columns, "calls_behind")
        kept = [one.name for one in columns]
        blocks.download(here, f"voronka-{name}", lambda: csv_text(rows.select(kept)).encode("utf-8-sig"))
