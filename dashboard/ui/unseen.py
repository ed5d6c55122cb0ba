"""Runs a page as it stands without a browser, for what it counts: Streamlit draws nothing then (its bare mode), and widgets stand
as at first. A fault is left to the reader who meets it.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import CodeType

from polars.exceptions import PanicException
from streamlit.runtime.scriptrunner_utils.exceptions import ScriptControlException
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from dashboard.remember import OvertakenError
from dashboard.ui.context import Context
from dashboard.ui.turns import RUN_FOR


def run_unseen(here: Context) -> bool:
    """Run the page of a context for its reader and filter; false when somebody came between."""
    given = RUN_FOR.set(here)
    try:
        with suppress(Exception, PanicException, ScriptControlException):
            try:
                exec(code_of(here.page.path), {"__name__": "__main__"})  # noqa: S102  a page of ours, as Streamlit runs it
            except OvertakenError:
                return False
    finally:
        RUN_FOR.reset(given)
    return True


@cache
def code_of(path: Path) -> CodeType:
    """Compile a page once."""
    return compile(path.read_bytes(), str(path), "exec")


def has_browser(record: logging.LogRecord) -> bool:
    """Leave out Streamlit's warnings, one for each block, that a page runs without a browser: it is meant to."""
    return RUN_FOR.get() is None


logging.getLogger(get_script_run_ctx.__module__).addFilter(has_browser)
