"""Opens a page: who looks, in which language, at which facts, through which filter. Every screen begins here.

A link that cannot be understood never breaks a page: what was ignored is said above the numbers, and the rest counts.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st
from polars.exceptions import PanicException
from streamlit.navigation.page import Page as StreamlitPage

from dashboard import access, viewers
from dashboard.access import Facts, Viewer
from dashboard.contents import PAGES, Page
from dashboard.filters import FIELDS, Filter
from dashboard.i18n import Locale
from dashboard.ui.address import arrive, write_address
from dashboard.ui.blocks import notice
from dashboard.ui.context import Context
from dashboard.ui.filter_bar import describe, facet, filter_bar, filter_row
from dashboard.ui.language import choose_language, language_switch
from dashboard.ui.safe_text import md
from dashboard.ui.saved_views import saved_views_control
from dashboard.ui.turns import RUN_FOR, TURNS
from pipelines.errors import VoronkaError
from pipelines.settings import find_home
from pipelines.snapshots import current_snapshot

FIRST_PERIOD = "last_90_days"
"""The period of a reader who came without a link: long enough to hold closed deals, short enough to be about now."""


def run_page(page: StreamlitPage, locale: Locale) -> None:
    """Run a page; what it cannot answer is one sentence below what it could, never a trace."""
    try:
        with TURNS.answer():
            page.run()
    except VoronkaError as error:
        values = {name: locale.hint(str(one)) if name == "hint" else one for name, one in error.values.items()}
        st.error(md(locale.text(error.template, **values)), icon=":material/error:")
    except PanicException as fault:  # no Exception: it would end the reader's session instead of the page
        raise RuntimeError(*fault.args) from fault


LOOPBACK = ("127.0.0.1", "::1", "localhost")


def current_viewer() -> Viewer:
    """Tell who looks; stops the page with one sentence for somebody the settings do not name."""
    try:
        viewer = viewers.viewer_of(find_home(), dict(st.context.headers))
    except VoronkaError:
        viewer = Viewer() if is_local() else None
    if viewer is None:
        locale, _ = choose_language({})
        st.info(locale.text("You are not among the readers of this company. Ask who runs Voronka to add you."))
        if is_local() and viewers.knows_nobody(find_home()):
            st.caption(
                locale.text(
                    "To whoever runs it: settings.toml names readers (`[[person]]`) and no header that tells who asks. Name the header "
                    "of your login proxy, `identity_header` under `[server]`, or take the readers out."
                )
            )
        st.stop()
    return viewer


def is_local() -> bool:
    """Tell whether only this machine can have asked: the server listens to it alone, and nobody passed the request on."""
    passed_on = {"x-forwarded-for", "forwarded", "x-real-ip"} & {name.lower() for name in st.context.headers}
    return st.get_option("server.address") in LOOPBACK and not passed_on


def open_free_page(file: str) -> Context:
    """Open a page without filters (data, glossary): it works before anything is loaded."""
    page = next(page for page in PAGES if page.file == file)
    viewer = current_viewer()
    query = arrive(file)
    locale, language_notices = choose_language(query)
    look = "dark" if st.context.theme.type == "dark" else "light"
    fault = None
    try:
        facts = access.open_facts(find_home(), viewer)
    except VoronkaError as error:
        facts, fault = access.nothing_yet(), error
    here = Context(page, viewer, locale, facts, Filter(), query, look)
    _head(here)
    for what in language_notices:
        notice(here, what)
    if fault is not None and current_snapshot(find_home()) is not None:
        st.error(here.say(fault.template, **fault.values), icon=":material/error:")
    return here


def open_page(file: str) -> Context:
    """Open a page of the contents by its file name: show its head and filter bar, return what it needs to answer.

    A page that no browser asked for (``RUN_FOR``) has neither; the options of its filters are counted.
    Stops the page with one sentence when there is nothing to show (nothing loaded yet, a home that cannot be read).
    """
    if given := RUN_FOR.get():
        for key in FIELDS:
            facet(given, key)
        return given
    page = next(page for page in PAGES if page.file == file)
    viewer = current_viewer()
    query = arrive(file)
    locale, language_notices = choose_language(query)
    facts = _facts_or_stop(page, viewer, locale)
    has_dates = facts.deals.get_column("created_on").null_count() < facts.deals.height
    if has_dates and not set(query) & {"period", "from", "to"}:
        query = {**query, "period": [FIRST_PERIOD]}
        write_address(query)
    chosen, notices = Filter.from_query(query, facts.as_of_on)
    chosen, unknown = chosen.known(facts.deals)
    look = "dark" if st.context.theme.type == "dark" else "light"
    here = Context(page, viewer, locale, facts, chosen, query, look)
    TURNS.note(here)
    _head(here, with_views=True)
    bar = filter_row()
    for what in (*language_notices, *notices, *unknown):
        notice(here, what)
    st.caption(describe(here))
    with bar:  # the period is said before the options of the filters are counted
        filter_bar(here)
    return here


def _facts_or_stop(page: Page, viewer: Viewer, locale: Locale) -> Facts:
    try:
        return access.open_facts(find_home(), viewer)
    except VoronkaError as error:
        st.title(locale.text(page.title), anchor=False)
        if current_snapshot(find_home()) is None:
            _first_steps(viewer, locale)
        else:
            st.error(md(locale.text(error.template, **error.values)), icon=":material/error:")
        st.stop()


def _first_steps(viewer: Viewer, locale: Locale) -> None:
    """Say how numbers come here: in the browser first, which nobody has to learn; the commands after it."""
    st.info(
        locale.text(
            "No data yet. Take an export of your deals — from the CRM, or the sheet you keep by hand — and it opens here."
        ),
        icon=":material/inbox:",
    )
    data = next(one for one in PAGES if one.file == "data")
    if viewer.role in data.roles and st.button(
        locale.text("Bring an export here, in the browser"), type="primary", icon=":material/upload:"
    ):
        st.switch_page(data.path)
    st.caption(
        locale.text(
            "At the command line it is `voronka load FOLDER`, with the same `--home` as here if one was given. To look around "
            "first, run `voronka demo`: an invented company."
        )
    )


def _head(here: Context, *, with_views: bool = False) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute", key="head"):
        with st.container(width="content", gap=None):
            st.title(here.locale.text(here.page.title), anchor=False, width="content")
            st.caption(freshness(here))
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            if with_views:
                saved_views_control(here)
            language_switch(here.locale)


def freshness(here: Context) -> str:
    """Write what the data describes: the moment, how many deals, how many files, and whether all sums agree."""
    facts, locale = here.facts, here.locale
    if facts.is_empty:
        return locale.text("Nothing is loaded yet")
    parts = [
        here.say("Data as of {moment}", moment=locale.moment(facts.as_of.astimezone(ZoneInfo(facts.zone)))),
        md(locale.plural("{n} deal", "{n} deals", facts.deals.height)),
    ]
    if facts.files.height:
        parts.append(md(locale.plural("{n} file", "{n} files", facts.files_count)))
    if "holds" in facts.identities.columns and facts.identities.height:
        agrees = bool(facts.identities.get_column("holds").all())
        parts.append(here.say("reconciled") if agrees else here.say("**does not reconcile**"))
    if facts.passed_over:
        parts.append(here.say("**{snapshot} is damaged, an older one is shown**", snapshot=facts.passed_over))
    return " · ".join(parts)
