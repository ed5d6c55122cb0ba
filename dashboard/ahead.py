"""What a reader may ask next is counted while they read: their page over the other usual periods, then the other pages.

Each page is run for the same reader under the same filter and every answer it asks for is remembered. Whoever asks for a page
comes first: counting ahead stops before its next answer, and begins again when all is quiet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

from dashboard.access import Facts
from dashboard.contents import DATA, pages_for
from dashboard.remember import OvertakenError, counting_ahead
from dashboard.ui.address import SHARED_KEYS
from dashboard.ui.context import Context
from dashboard.ui.shell import FIRST_PERIOD
from dashboard.ui.turns import TURNS
from dashboard.ui.unseen import run_unseen

USUAL = (FIRST_PERIOD, "this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_365_days", "all")
QUIET = 1.0
"""Seconds without a question after which a reader is taken to read."""

_DONE: WeakKeyDictionary[Facts, set[object]] = WeakKeyDictionary()


def look_ahead(is_stopped: Callable[[], bool]) -> None:
    """Count what may be asked after the page opened last, as long as nobody asks for anything."""
    here = TURNS.asked
    if here is None or not TURNS.is_quiet(QUIET):
        return
    done = _DONE.setdefault(here.facts, set())
    for next_one in next_after(here):
        key = (next_one.page, next_one.filter, next_one.locale.code, str(next_one.query))
        if key in done:
            continue
        if TURNS.asked is not here or not count(next_one, is_stopped):
            return
        done.add(key)
    TURNS.done(here)


def next_after(here: Context) -> Iterator[Context]:
    """List what a reader may ask next, the likeliest first; nothing can be taken out of it, so no file is made."""
    same = replace(here, viewer=replace(here.viewer, may_export=False))
    own = {key: values for key, values in here.query.items() if key not in SHARED_KEYS}
    for preset in USUAL:
        chosen = here.filter.with_preset(preset, here.facts.as_of_on)
        yield replace(same, filter=chosen, query={**own, **chosen.to_query()})
    shared = {key: values for key, values in here.query.items() if key in SHARED_KEYS}
    for page in pages_for(here.viewer.role):
        if page != here.page and page.section != DATA:  # pages of data have no filter
            yield replace(same, page=page, query=shared)


def count(here: Context, is_stopped: Callable[[], bool]) -> bool:
    """Count what a page shows; false when somebody came between."""

    def give_way() -> None:
        if is_stopped() or not TURNS.is_quiet():
            raise OvertakenError

    with counting_ahead(give_way):
        return run_unseen(here)
