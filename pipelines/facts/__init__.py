"""Core tables in, facts out: what the business asks about, each table at the grain that ``schema/facts.py`` states.

Pure functions of frames: the clock is ``as_of``, the only zone is the company's. Deals are independent of each other, so
facts built from the deals in several parts equal facts built at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import polars as pl

from pipelines.facts.activity import activity_facts
from pipelines.facts.base import base_facts
from pipelines.facts.deals import deal_facts
from pipelines.facts.visits import visit_facts
from pipelines.settings import Settings

LONG = ("stage_changes", "calls")
"""Core tables of millions of rows. Only what managers did is made from them, so they are let go before the rest is made."""


def build_facts(
    core: Mapping[str, pl.DataFrame], *, as_of: datetime, zone: str, settings: Settings | None = None
) -> dict[str, pl.DataFrame]:
    """Build every fact table from the core tables; without ``settings`` the rules are those of a new home.

    ``as_of`` is an aware moment: the last one the data describes. Visits that have not ended last until then.
    """
    made = process_facts(core, as_of=as_of, zone=zone)
    return made | other_facts(core, lambda: made["deals"], as_of=as_of, zone=zone, settings=settings or Settings())


def process_facts(core: Mapping[str, pl.DataFrame], *, as_of: datetime, zone: str) -> dict[str, pl.DataFrame]:
    """Build ``deals``, ``visits`` and ``stages``; some deals at a time give the same rows as all at once."""
    visits = visit_facts(core["deals"], core["stage_changes"], core["stages"], as_of=as_of, zone=zone)
    return {
        "deals": deal_facts(core["deals"], visits, core["stages"], as_of=as_of, zone=zone),
        "visits": visits,
        "stages": core["stages"],
    }


def other_facts(
    core: Mapping[str, pl.DataFrame],
    deals: Callable[[], pl.DataFrame],
    *,
    as_of: datetime,
    zone: str,
    settings: Settings,
    keep_calls: Callable[[pl.DataFrame], None] | None = None,
) -> dict[str, pl.DataFrame]:
    """Build what stands on all deals together: what managers did, the base of clients, the money around it.

    The facts of ``deals`` are asked for when they are needed, after the long tables of core have been let go.
    With ``keep_calls``, the facts of calls are handed to it some at a time and are not in the result.
    """
    done = activity_facts(core, as_of=as_of, zone=zone, settings=settings, keep_calls=keep_calls)
    rest = {name: core[name] for name in core if name not in LONG}
    return done | base_facts(rest, done | {"deals": deals()}, as_of=as_of, zone=zone, settings=settings)
