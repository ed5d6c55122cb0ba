"""What a reader is told where a page has a defect of ours: one sentence; the trace stands in the server's output only."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import N_
from dashboard.ui.address import read_address
from dashboard.ui.language import choose_language
from dashboard.ui.safe_text import md

DEFECT = N_(
    "The page could not be finished: a defect of ours ({fault}). Nothing happened to the data. Choose another filter or "
    "page, and tell whoever runs Voronka: the server's output says where."
)


def tell_defect(fault: Exception) -> bool:
    """Say it in the reader's language, with the kind of the error and none of its words, which may hold names or paths.

    Returns True: Streamlit shows nothing of its own, which would be English.
    """
    locale, _ = choose_language(read_address())
    st.error(md(locale.text(DEFECT, fault=type(fault).__name__)), icon=":material/error:")
    return True
