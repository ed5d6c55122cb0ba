"""The blocks of «whom to call»: the list of the next working day by manager, forgotten promises, who may buy again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Answer
from dashboard.analyses.contact_list import CONTACT_LIST
from dashboard.charts import contacts as charts
from dashboard.filters import Notice
from dashboard.i18n import N_
from dashboard.ui import answers, blocks
from dashboard.ui.address import change_address
from dashboard.ui.answers import answered
from dashboard.ui.context import Context
from dashboard.ui.lists import FIRST, listing

SHOW = N_("Show")
PARTS = {
    "list": N_("Contacts of the day"),
    "promises": N_("Forgotten promises"),
    "return": N_("Win back"),
    "buy": N_("Expected purchases"),
}
WHO, ALL, NOBODY = "who", "all", "-"
"""The key of the address that holds the manager, and its values for all of them and for clients nobody owns."""

WINDOWS = {
    "soon": N_("in the next 30 days"),
    "late": N_("later than usual"),
    "later": N_("after 30 days"),
}
DAYS = timedelta(days=30)
ONLY = N_("Only the lines of {manager}.")


def contacts(here: Context) -> None:
    """Show the list of the next working day: how much each has, then the lines, a day's worth of each manager first."""
    answer = answered(here, "contact_list")
    if answer.frame.is_empty():
        listing(here, "contact_list")
        return
    day = here.facts.thresholds.working.after(here.facts.as_of_on)
    counts = charts.by_manager(answer.frame)
    who = chosen(here, counts)
    if who == ALL:
        with st.container(border=True, key="card_counts"):
            blocks.figure(here, charts.contacts(counts, day, here.locale), "counts", _select("counts", counts))
            st.caption(here.say("Click a bar, or choose a manager above, to see one list whole."))
        everybody(here, answer)
    else:
        one_list(here, answer, who)


def chosen(here: Context, counts: pl.DataFrame) -> str:
    """Let the reader choose whose list is shown."""
    names = {name or NOBODY: name or here.locale.text("nobody's clients") for name in counts["manager"].to_list()}
    with st.container(width=360):
        return blocks.choice(here, WHO, N_("Whose list"), {ALL: N_("All managers"), **names}, listed=True)


def everybody(here: Context, answer: Answer) -> None:
    """Show the first lines of every manager, and say how many more there are."""
    first = answer.frame.filter(pl.col("place") <= FIRST)
    told = here.say(
        "The first {first} of each manager: {shown} lines of {all}. Choose a manager to see the rest, or take the file.",
        first=FIRST,
        shown=here.locale.number(first.height),
        all=here.locale.number(answer.frame.height),
    )
    with st.container(border=True, key="card_contact_list"):
        answers.heading(here, CONTACT_LIST, answer)
        st.markdown(told)
        answers.sentences(here, answer)
        answers.table(here, first, [one for one in answer.columns if one.name != "reasons"], "contact_list")
        answers.files(here, CONTACT_LIST, answer, "contact_list")


def one_list(here: Context, answer: Answer, who: str) -> None:
    """Show the list of one manager, the first lines before the rest."""
    mine = pl.col("manager").is_null() if who == NOBODY else pl.col("manager") == who
    name = here.locale.text("nobody's clients") if who == NOBODY else who
    own = answer.frame.filter(mine)
    part = replace(answer, frame=own, n=own.height, sentences=(Notice(ONLY, {"manager": name}), *answer.sentences))
    shown = ("place", "client", "reason_to_call", "due_on", "abc_class", "last_contact_on", "revenue")
    listing(here, "contact_list", key=f"contact_list-{who}", answer=part, shown=shown)


def promises(here: Context) -> None:
    """Show the promises nobody kept, and who said when they would buy."""
    listing(here, "promises")
    listing(here, "planned_purchases")


def winning_back(here: Context) -> None:
    """Show the clients who bought and stopped."""
    listing(here, "reactivation")


def expected(here: Context) -> None:
    """Show the purchases expected in a window of time, those most like to come first."""
    window = blocks.choice(here, "due", N_("When expected"), WINDOWS)
    answer = answered(here, "next_purchase")
    today, day = here.facts.as_of_on, pl.col("expected_on")
    kept = {"soon": (day > today) & (day <= today + DAYS), "late": day <= today, "later": day > today + DAYS}[window]
    order = answer.frame.filter(kept).sort("expected_on", descending=window == "late", maintain_order=True)
    said = Notice(N_("Expected {window}: {count} of {all} clients."),
                  {"window": here.locale.text(WINDOWS[window]), "count": here.locale.number(order.height),
                   "all": here.locale.number(answer.frame.height)})  # fmt: skip
    part = replace(answer, frame=order, sentences=(said, *answer.sentences)) if answer.frame.height else answer
    listing(here, "next_purchase", key=f"next_purchase-{window}", answer=part)


def _select(key: str, counts: pl.DataFrame) -> Callable[[], None]:
    names = [name or NOBODY for name in counts["manager"].to_list()]

    def select() -> None:
        points = st.session_state[key].selection.point_indices
        if points and points[0] < len(names):
            change_address(**{WHO: names[points[0]]})

    return select
