"""A long list in a card: a day's work first, the rest at a press, and all of it in the file.

A table of thousands of rows is no list to work by, and it would be sent to the browser whole at every change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Answer, Column
from dashboard.analyses.catalogue import analysis as named_analysis
from dashboard.i18n import N_
from dashboard.ui.address import change_address
from dashboard.ui.answers import answered, files, heading, sentences, table
from dashboard.ui.context import Context

FIRST = 15
MOST = 1000
"""Rows that are sent at the most; a reader who wants more wants a file."""

MORE = "more"
"""The key of the address that names the lists opened whole."""


def listing(
    here: Context,
    name: str,
    *,
    key: str = "",
    answer: Answer | None = None,
    shown: Sequence[str] = (),
    first: int = FIRST,
    label: str = "",
    told: str = "",
    draw: Callable[[pl.DataFrame, Sequence[Column]], None] | None = None,
) -> Answer:
    """Show a list of the catalogue in a card, its first rows; ``answer`` is some of its rows, ``told`` a sentence above.

    ``draw``: another way to show the table.
    """
    asked, key = named_analysis(name), key or name
    answer = answered(here, name) if answer is None else answer
    with st.container(border=True, key=f"card_{key}"):
        heading(here, asked, answer, label)
        if told:
            st.markdown(told)
        sentences(here, answer)
        if answer.frame.is_empty():
            if not answer.sentences:
                st.caption(here.say("Nothing of this kind in the data under this filter."))
            return answer
        columns = [one for one in answer.columns if not shown or one.name in shown]
        rows = answer.frame.head(rows_shown(here, answer, key, first))
        table(here, rows, columns, key) if draw is None else draw(rows, columns)
        rest(here, answer.frame.height, key, first)
        files(here, asked, answer, key)
    return answer


def rows_shown(here: Context, answer: Answer, key: str, first: int) -> int:
    """Tell how many rows stand in the table: the first, or all that are asked for."""
    return min(answer.frame.height, MOST if key in here.query.get(MORE, ()) else first)


def rest(here: Context, height: int, key: str, first: int) -> None:
    """Say how many rows there are, how many of them are shown, and offer the rest."""
    opened = list(here.query.get(MORE, ()))
    is_open = key in opened
    shown = min(height, MOST if is_open else first)
    if height <= first:
        return
    keys = [one for one in opened if one != key] if is_open else [*opened, key]
    words = N_("Show fewer") if is_open else N_("Show the rest")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            here.say(
                N_("Shown: {shown} of {all}. The file holds all of them."),
                shown=here.locale.number(shown),
                all=here.locale.number(height),
            ),
            width="content",
        )
        st.button(
            here.say(words),
            type="tertiary",
            icon=":material/unfold_less:" if is_open else ":material/unfold_more:",
            key=f"more_{key}",
            on_click=lambda: change_address(**{MORE: keys}),
        )
