"""The blocks of the calls: how many, when, whom they reach, and the calls behind a number."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl
import streamlit as st

from dashboard.analyses.calls_by_hour import COUNTED, WEEKDAYS, calls_at
from dashboard.analyses.reach_by_attempt import BY_ATTEMPT, BY_DELAY, BY_NUMBER
from dashboard.charts import calls as charts
from dashboard.charts.shares import shares
from dashboard.filters import Notice
from dashboard.i18n import N_
from dashboard.metrics import calls, promises, requests, speed
from dashboard.metrics.measure import measure
from dashboard.remember import remembered
from dashboard.ui import answers, blocks, cards, number_rows
from dashboard.ui.address import change_address
from dashboard.ui.context import Context
from dashboard.ui.row_columns import LISTINGS
from dashboard.ui.speed_blocks import segments, wins

COUNTS = (calls.CALLS_IN, calls.CALLS_OUT, calls.MISSED_EPISODES, calls.RECOVERED, calls.LOST_CALLS)
SPEEDS = (
    *(speed.RESPONSE_MINUTES_MEDIAN, speed.ANSWERED_WITHIN_5, speed.ANSWERED_WITHIN_15, speed.ANSWERED_WITHIN_60),
    *(speed.UNANSWERED, speed.REACH_RATE),
)
MORE = (
    *(calls.ANSWERED_SHARE, calls.RECOVERED_SHARE, calls.MISSED_AFTER_HOURS, calls.TALKS, calls.TALK_TIME),
    *(calls.TALK_MINUTES_MEDIAN, calls.WAIT_SECONDS_MEDIAN, calls.UNIQUE_NUMBERS, calls.NEW_NUMBERS),
    *(requests.REQUESTS, requests.CAPTURE_RATE, speed.ATTEMPTS_TO_REACH, promises.TOUCHES, speed.TOUCHES_TO_WIN_MEDIAN),
)
"""Numbers of calls that no card shows: they open from the list alone."""
SHORT = {
    calls.MISSED_EPISODES: N_("Did not get through"),
    calls.RECOVERED: N_("Called back"),
    calls.LOST_CALLS: N_("Callers lost"),
    speed.RESPONSE_MINUTES_MEDIAN: N_("First answer"),
}
"""Did not get through = called back + lost."""
SHOWN = {"missed": N_("Missed, of incoming"), "reached": N_("Reached, of outgoing"), "calls": N_("All calls")}
OF_HOUR = {"missed": N_("Missed calls"), "reached": N_("Calls that reached somebody"), "calls": N_("Calls")}
AT = "at"
"""The key of the address that names a cell of the week: weekday (1 is Monday) and hour, like 2-13."""
CUTS = {"delay": BY_DELAY, "attempt": BY_ATTEMPT, "number": BY_NUMBER}
CUT_LABELS = {"delay": N_("By the wait for the answer"), "attempt": N_("By attempt"), "number": N_("By our number")}


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
    if is_tied(here):
        cards.cards(here, SPEEDS, key="cards_speed", short=SHORT)
    else:
        st.caption(
            ":material/info: "
            + here.say(
                "How soon leads are answered is not known: the log of calls names neither numbers nor clients. "
                "Load one with the numbers of the callers."
            )
        )


def is_tied(here: Context) -> bool:
    """Tell whether any call can be tied to a lead: it names a number, a client or a deal."""
    return any(here.facts.calls[name].count() for name in ("phone", "client_id", "deal_id"))


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
        blocks.figure(here, picture, "figure_week", _pick_hour(answer.frame))
        told = [here.say("Click a cell to see its calls.")]
        if what != "calls":
            told.append(here.say("No colour and no number: fewer than 20 calls."))
        hours = charts.busy_hours(answer.frame)
        others = answer.frame.filter(~pl.col("hour").is_in(hours))["calls"].sum()
        if others:
            told.append(here.say("Calls at other hours: {count}.", count=here.locale.number(others)))
        st.caption(" ".join(told))
        answers.files(here, answers.named_analysis("calls_by_hour"), answer, "calls_by_hour")


def _pick_hour(cells: pl.DataFrame) -> Callable[[], None]:
    def select() -> None:
        points = [one for one in st.session_state["figure_week"].selection.points if one["curve_number"] == 0]
        if points:
            weekday, hour = charts.cell_at(cells, points[0]["point_index"])
            change_address(**{AT: f"{weekday}-{hour}"})

    return select


def of_an_hour(here: Context) -> None:
    """Show the calls behind a cell of the week: as many as the cell counts of what is shown in it."""
    asked = next(iter(here.query.get(AT, ())), None)
    if asked is None:
        return
    found = re.fullmatch(r"([1-7])-(1?\d|2[0-3])", asked, re.ASCII)
    if found is None:
        blocks.notice(here, Notice(blocks.UNKNOWN_CHOICE, {"key": AT, "value": asked}))
        return
    weekday, hour = int(found[1]), int(found[2])
    what = next((word for word in here.query.get("week", ()) if word in COUNTED), next(iter(SHOWN)))
    rows = calls_at(here.facts, here.filter, weekday, hour, what)
    told = here.say(
        "{what}: {day}, {hour}:00",
        what=here.locale.text(OF_HOUR[what]),
        day=here.locale.text(WEEKDAYS[weekday - 1]).lower(),
        hour=hour,
    )
    st.markdown(f"## {told}")
    blocks.close(here, AT, "no_hour")
    listing = LISTINGS["calls"]
    number_rows.table(here, rows, listing.columns, f"{what}-{weekday}-{hour}", listing)


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
    number_rows.rows(here, (*COUNTS[::-1], *SPEEDS, *MORE), N_("Calls and leads behind a number"), SHORT)
