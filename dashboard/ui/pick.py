"""One value of the data chosen from a list and held in the address under a key of the page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.filters import Notice
from dashboard.i18n import N_
from dashboard.ui.address import change_address, place_widget
from dashboard.ui.blocks import notice
from dashboard.ui.context import Context


def pick(
    here: Context, key: str, label: str, options: Sequence[str], *, default: str | None = None, none: str = ""
) -> str | None:
    """Let the reader choose one of several names, the empty one being "not given"; a name nobody knows is told and ignored.

    Without a ``default`` nothing may be chosen, and ``none`` (N_) says what that means. Labels are marked with N_.
    """
    asked = next(iter(here.query.get(key, ())), None)
    if asked is not None and asked not in options:
        notice(here, Notice(N_('The link asks for {key} "{value}", which is not known.'), {"key": key, "value": asked}))
    chosen = asked if asked in options else default
    widget = place_widget(f"pick_{key}", chosen)

    def change() -> None:
        name = st.session_state[widget]
        change_address(**{key: None if name is None or name == default else [name]})

    st.selectbox(
        here.say(label),
        options,
        index=None if default is None else list(options).index(default),
        format_func=here.name,
        key=widget,
        on_change=change,
        placeholder=here.locale.text(none) if none else None,
        width=320,
    )
    return chosen
