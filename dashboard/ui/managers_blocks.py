"""The team: who stands out and who cannot be told apart, raw and with the same clients, and the scorecard by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Answer, Column
from dashboard.analyses.catalogue import analysis
from dashboard.analyses.headings import columns
from dashboard.analyses.managers import DIFFERENT, FAR_DIFFERENT, INCOMPARABLE
from dashboard.charts import managers as charts
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.deals import WIN_RATE
from dashboard.statistics.verdicts import LEAST_COUNT, detectable
from dashboard.ui import answers, blocks, managers_card
from dashboard.ui.address import change_address
from dashboard.ui.cell_rows import Grid, opened, table
from dashboard.ui.context import Context
from dashboard.ui.pick import pick

WHO = "who"
MOST_DOTS = 20
"""Managers drawn one below the other; more are read in the table."""

SHOWN = (
    *columns("manager", "verdict"),
    Column("closed", N_("Closed deals"), "count"),
    *columns("win_rate", "low", "high", "adjusted", "overlap", "detectable"),
)
CLOSED = {"closed": WIN_RATE, "win_rate": WIN_RATE}
"""The numbers of the verdicts that open: both stand on the deals won and lost."""


def everybody(here: Context) -> Filter:
    """Return the page's filter for all managers."""
    return replace(here.filter, managers=())


def choose(here: Context) -> str | None:
    """Let the reader choose one manager to look at; None: the team. A filter for one manager chooses him too."""
    chosen = here.filter.managers
    if len(chosen) == 1 and chosen[0]:
        return chosen[0]
    names = answers.answered(here, "managers", everybody(here)).frame["manager"].drop_nulls().to_list()
    if here.viewer.role == "manager" and len(names) == 1:
        return names[0]  # who sees own rows alone has no team to choose from
    return pick(here, WHO, N_("Manager"), names, none=N_("The whole team; choose one to look at")) if names else None


def show(here: Context) -> None:
    """Show the team."""
    told = answers.answered(here, "managers")
    if told.frame.is_empty():
        blocks.empty(here)
        return
    people = told.frame.filter(pl.col("closed") > 0)
    if people.height > 1:
        pictures(here, told, people)
    verdicts(here, told, people)
    managers_card.show(here, person)


def pictures(here: Context, told: Answer, people: pl.DataFrame) -> None:
    """Show the funnel plot, and beside it every win rate raw and with the same clients."""
    differ = any(one.template in (DIFFERENT, FAR_DIFFERENT) for one in told.sentences)
    title = charts.judged_title(people, here.locale, differ=differ)
    names = people["manager"].to_list()
    is_drawn = people.height <= MOST_DOTS
    left, right = blocks.halves(here) if is_drawn else (st.container(), None)
    with left, st.container(border=True, key="card_limits", height="stretch"):
        picture = charts.funnel_plot(people, title, here.locale)
        blocks.figure(here, picture, "limits", clicked("limits", names))
        st.caption(
            here.say(
                "A dot is a manager. Within the dark band the difference is what chance makes of so many deals (95%), "
                "within the pale one too, more rarely (99.8%). A hollow dot has fewer than {least} deals. Click a dot to look closer.",
                least=LEAST_COUNT,
            )
        )
        kept = tuple(one for one in told.sentences if one.template != INCOMPARABLE)  # the table shows whom it is about
        answers.sentences(here, replace(told, sentences=kept))
        smallest(here, people)
    if right is not None:
        with right, st.container(border=True, key="card_same", height="stretch"):
            compared(here, people)


def smallest(here: Context, people: pl.DataFrame) -> None:
    """Say how large a difference must be to show at all with as many deals as a manager has here."""
    usual = charts.usual_count(people)
    least = detectable(charts.team_share(people), usual)
    if least:
        st.caption(
            here.say(
                "With {n} closed deals each, as is usual here, only a difference of {points} or more would show.",
                n=here.locale.number(usual),
                points=here.locale.points(least).lstrip("+"),
            )
        )


def compared(here: Context, people: pl.DataFrame) -> None:
    """Show the win rates raw and with the same clients."""
    known = people["adjusted"].count()
    heading = here.locale.text("Win rate: raw, and with the same clients")
    if not known:
        heading = here.locale.text("Win rate with its interval; with the same clients it cannot be told")
    names = people["manager"].to_list()
    blocks.figure(here, charts.same_clients(people, heading, here.locale), "same", clicked("same", names))
    st.caption(here.say("Dot: the win rate; bar: its interval; tick: all together."))
    if known:
        st.caption(
            here.say(
                "Circle and the number after the arrow: what it would be had everybody's deals been given to this manager. It "
                "is known where at least 70% of the deals have the like elsewhere."
            )
        )


def verdicts(here: Context, told: Answer, people: pl.DataFrame) -> None:
    """Show the verdict on each manager in words, by name, with the difference that would show at all."""
    asked = analysis("managers")
    shown = [one for one in SHOWN if one.name != "adjusted" or told.frame["adjusted"].count()]
    with st.container(border=True, key="card_verdicts"):
        answers.heading(here, asked, told, N_("Can the managers be told apart by the win rate?"))
        if people.height < 2:
            st.caption(
                here.say("There are closed deals of one manager only under this filter: nobody to compare with.")
            )
        grid = Grid("verdicts", {"manager": "manager_name"}, CLOSED, at_name=person(told.frame["manager"].to_list()))
        table(here, grid, told.frame, shown)
        answers.files(here, asked, told, "managers")
    opened(here, grid, told.frame)


def person(names: Sequence[str | None]) -> Callable[[int], None]:
    """Make what a click on a name does: open the page of that row's manager."""
    return lambda row: change_address(**{WHO: names[row]})


def clicked(key: str, names: Sequence[str | None]) -> Callable[[], None]:
    """Make what a click on a dot does: open the page of that manager."""

    def select() -> None:
        points = st.session_state[key].selection.point_indices
        if points:
            change_address(**{WHO: names[points[0]]})

    return select
