"""The script Streamlit runs for every reader: the menu of the pages their role may open, then the page."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage

from dashboard.contents import ICON, pages_for
from dashboard.ui.address import read_address
from dashboard.ui.language import choose_language
from dashboard.ui.shell import current_viewer, run_page

locale, _ = choose_language(read_address())
menu: dict[str, list[StreamlitPage]] = {}
for number, page in enumerate(pages_for(current_viewer().role)):
    turned_to = st.Page(page.path, title=locale.text(page.title), url_path=page.file, default=number == 0)
    menu.setdefault(locale.text(page.section), []).append(turned_to)
st.set_page_config(
    page_icon=str(ICON), layout="wide", initial_sidebar_state=275
)  # a file of ours: an icon by name comes from another host
turned = st.navigation(menu, position="sidebar", expanded=True)
st.set_page_config(page_title=f"{turned.title} · {locale.text('Voronka')}")
run_page(turned, locale)
