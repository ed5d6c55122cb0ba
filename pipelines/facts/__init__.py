"""Core tables in, facts out: what the business asks about, each table at the grain that ``schema/facts.py`` states.

Pure functions of frames: the clock is ``as_of``, the only zone is the company's. Deals are independent of each other, so
facts built from the deals in several parts equal facts built at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from pipelines.facts.base import base_facts
from pipelines.facts.deals import deal_facts
from pipelines.facts.visits import visit_facts
from pipelines.schema.facts import FACTS
from pipelines.settings import Settings


def build_facts(
    core: Mapping[str, pl.DataFrame], *, as_of: datetime, zone: str, settings: Settings | None = None
) -> dict[str, pl.DataFrame]:
    """Build every fact table from the core tables, sorted by their keys; ``settings`` default to those of a new home.

    ``as_of`` is an aware moment: the last one the data describes. Visits that have not ended last until then.
    """
    visits = visit_facts(core["deals"], core["stage_changes"], core["stages"], as_of=as_of, zone=zone)
    empty = {name: schema.create_empty() for name, schema in FACTS.items()}
    made = empty | {
        "deals": deal_facts(core["deals"], visits, core["stages"], as_of=as_of, zone=zone),
        "visits": visits,
        "stages": core["stages"],
    }
    return made | base_facts(core, made, as_of=as_of, zone=zone, settings=settings or Settings())
