"""Mending what is served from what is stored: the other way round is done whenever the working store is opened."""

from __future__ import annotations

from pipelines.duck import is_whole
from pipelines.repair import AGAIN, POINTER, set_aside
from pipelines.settings import Home
from pipelines.snapshots import current_snapshot, is_pointed_to, point_to
from pipelines.warehouse import Store


def mend_served(store: Store, home: Home) -> str:
    """See to it that what is served is whole and ``CURRENT`` names it; return what was mended as a sentence, or nothing."""
    served = current_snapshot(home)
    if served is None or store.build_number() == 0:
        return ""
    if not is_whole(served):
        set_aside(served)
        with store.transaction():
            store.count_build()
        store.publish()
        return AGAIN
    if is_pointed_to(home, served):
        return ""
    point_to(home, served.name)
    return POINTER
