"""Which language a reader gets: the one in the address, else the browser's, else Russian; and the switch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.filters import Notice
from dashboard.i18n import N_, Locale, pick_locale
from dashboard.languages import LANGUAGES
from dashboard.ui.address import LANGUAGE_KEY, change_address, place_widget


def choose_language(query: Mapping[str, Sequence[str]]) -> tuple[Locale, tuple[Notice, ...]]:
    """Choose the locale of this run; an unknown language in a link is told and the browser's is taken."""
    browser = pick_locale(st.context.locale or "ru")
    asked = next(iter(query.get(LANGUAGE_KEY, ())), None)
    if asked is None or asked in LANGUAGES:
        return (pick_locale(asked) if asked else browser), ()
    notice = Notice(N_('The link asks for the language "{value}", which is not known.'), {"value": asked})
    return browser, (notice,)


def language_switch(locale: Locale) -> None:
    """Show the languages; the choice stands in the address, so a shared link keeps it."""
    widget = place_widget("language", locale.code)
    st.segmented_control(
        locale.text("Language"),
        LANGUAGES,
        format_func=str.upper,
        required=True,
        key=widget,
        on_change=_switch,
        args=(widget,),
        label_visibility="collapsed",
    )


def _switch(widget: str) -> None:
    change_address(lang=st.session_state[widget])
