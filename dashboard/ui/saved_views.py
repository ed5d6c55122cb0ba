"""Saved views in the filter bar: name the page as it stands, open what anybody here saved, delete one's own."""

from __future__ import annotations

import streamlit as st

from dashboard.contents import PAGES, pages_for
from dashboard.i18n import N_
from dashboard.ui.address import LANGUAGE_KEY, read_address
from dashboard.ui.context import Context
from dashboard.ui.safe_text import md
from pipelines.errors import VoronkaError
from pipelines.saved_views import LONGEST_NAME, View, delete_view, save_view, saved_views
from pipelines.settings import find_home

_SAID = "views_said"
TITLES = {page.file: page for page in PAGES}


def saved_views_control(here: Context) -> None:
    """Show the views that this reader may open, and a field to save the present one under a name."""
    with st.popover(here.say("Saved views"), icon=":material/bookmark:", type="tertiary", key="open_views"):
        try:
            views = saved_views(find_home())
        except VoronkaError as error:
            st.warning(here.say(error.template, **error.values))
            return
        mine = {page.file for page in pages_for(here.viewer.role)}
        shown = [view for view in views if view.page in mine]
        for number, view in enumerate(shown):
            _line(here, number, view)
        if not shown:
            st.caption(here.say("Nothing is saved yet. A saved view is one click away for everybody here."))
        _form(here)


def _line(here: Context, number: int, view: View) -> None:
    page = TITLES[view.page]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        query = {**view.query, LANGUAGE_KEY: [here.locale.code]}
        st.page_link(page.path, label=f"{md(view.name)} · {here.say(page.title)}", query_params=query)
        if view.by == here.viewer.name or here.viewer.role == "head":
            st.button(
                here.say("Delete"),
                key=f"view_delete_{number}",
                type="tertiary",
                icon=":material/delete:",
                on_click=_delete,
                args=(here, view.name),
            )


def _form(here: Context) -> None:
    with st.form("view_form", border=False, clear_on_submit=True):
        st.text_input(here.say("Name of this view"), key="view_name", max_chars=LONGEST_NAME)
        st.form_submit_button(
            here.say("Save this page with its filters"), key="view_save", on_click=_save, args=(here,), type="primary"
        )
    st.caption(
        here.say("“Last 90 days” and the like go along with the calendar; everybody sees in it only what they may.")
    )
    said = st.session_state.pop(_SAID, None)
    if said is not None:
        st.info(here.say(said[0], **said[1]))


def _save(here: Context) -> None:
    query = {key: values for key, values in read_address().items() if key != LANGUAGE_KEY}
    wanted = View(st.session_state["view_name"], here.page.file, query, here.viewer.name)
    try:
        kept = save_view(find_home(), wanted, may_replace=here.viewer.role == "head")
        st.session_state[_SAID] = (N_("Saved: {name}."), {"name": kept.name})
    except VoronkaError as error:
        st.session_state[_SAID] = (error.template, dict(error.values))


def _delete(here: Context, name: str) -> None:
    try:
        delete_view(find_home(), name, by=here.viewer.name, may_replace=here.viewer.role == "head")
    except VoronkaError as error:
        st.session_state[_SAID] = (error.template, dict(error.values))
