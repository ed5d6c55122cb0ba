"""What readers would else wait for is counted when a snapshot is new: what no filter changes, and the overview of the usual periods.

Nothing is answered here, only remembered; a fault is left to the page that meets it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import polars as pl

from dashboard import access
from dashboard.access import Facts
from dashboard.analyses.conformance import all_beyond
from dashboard.analyses.passages import passages
from dashboard.contents import PAGES
from dashboard.filters import Filter
from dashboard.i18n import LANGUAGES, Locale
from dashboard.metrics.rows import rows_of
from dashboard.ui import overview_blocks
from dashboard.ui.context import Context
from dashboard.ui.shell import FIRST_PERIOD
from dashboard.viewers import Viewer
from pipelines.errors import VoronkaError
from pipelines.settings import find_home
from pipelines.snapshots import current_snapshot

LOOKS = 10.0
"""Seconds between two looks at which snapshot is the newest."""
BREATH = 0.2
"""Seconds left to readers between two periods."""
USUAL = (FIRST_PERIOD, "this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_365_days", "all")
VIEWS = ("stays", "requests", "expected_deals")
"""Views of whole facts that the overview stands on."""


def keep_warm(stopped: threading.Event) -> None:
    """Warm every snapshot once it is the newest, until stopped."""
    seen: Path | None = None
    while True:
        with suppress(VoronkaError, OSError):
            newest = current_snapshot(find_home())
            if newest is not None and newest != seen:
                for _ in warm(access.open_facts(find_home())):
                    if stopped.wait(BREATH):
                        return
                seen = newest
        if stopped.wait(LOOKS):
            return


def warm(facts: Facts) -> Iterator[str]:
    """Count for everybody who sees everything, and name each period that is done."""
    with suppress(VoronkaError, pl.exceptions.PolarsError):
        passages(facts)
        all_beyond(facts)
        for name in VIEWS:
            rows_of(facts, name)
        for preset in USUAL:
            chosen = Filter().with_preset(preset, facts.as_of_on)
            overview_blocks.count(Context(PAGES[0], Viewer(), Locale(LANGUAGES[0]), facts, chosen, {}))
            yield preset
