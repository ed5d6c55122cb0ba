"""What readers would else wait for is counted when a snapshot is new and while they read.

First what no filter changes; then what the first page shows over the usual periods, and the other pages, as if somebody had opened
it (``ahead``). Nothing is answered here, only remembered; a fault is left to the page that meets it.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic

import polars as pl

from dashboard import access
from dashboard.access import Facts
from dashboard.ahead import look_ahead
from dashboard.analyses.conformance import all_beyond
from dashboard.analyses.passages import passages
from dashboard.contents import PAGES
from dashboard.filters import Filter
from dashboard.i18n import LANGUAGES, Locale
from dashboard.metrics.rows import rows_of
from dashboard.ui.context import Context
from dashboard.ui.shell import FIRST_PERIOD
from dashboard.ui.turns import TURNS
from dashboard.viewers import Viewer
from pipelines.errors import VoronkaError
from pipelines.settings import find_home
from pipelines.snapshots import current_snapshot

LOOKS = 10.0
"""Seconds between two looks at which snapshot is the newest."""
STEP = 0.2
"""Seconds between two looks whether readers are reading."""
VIEWS = ("stays", "requests", "expected_deals")
"""Views of whole facts that many answers stand on."""


def keep_warm(stopped: threading.Event) -> None:
    """Warm every snapshot once it is the newest, and count ahead of the readers, until stopped."""
    TURNS.is_watched = True
    seen: Path | None = None
    look_at = monotonic()
    while True:
        with suppress(VoronkaError, OSError):
            if monotonic() >= look_at:
                look_at = monotonic() + LOOKS
                newest = current_snapshot(find_home())
                if newest is not None and newest != seen:
                    warm(access.open_facts(find_home()))
                    seen = newest
            look_ahead(stopped.is_set)
        if stopped.wait(STEP):
            return


def warm(facts: Facts) -> None:
    """Prepare what no filter changes, and take the first page as opened by somebody who sees everything."""
    with suppress(VoronkaError, pl.exceptions.PolarsError):
        passages(facts)
        all_beyond(facts)
        for name in VIEWS:
            rows_of(facts, name)
    if TURNS.asked is None:
        chosen = Filter().with_preset(FIRST_PERIOD, facts.as_of_on)
        TURNS.note(Context(PAGES[0], Viewer(), Locale(LANGUAGES[0]), facts, chosen, chosen.to_query()))
