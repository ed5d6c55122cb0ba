"""The only door to rows: who asks decides which rows and columns of a published snapshot come out."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.errors import HomeError
from pipelines.schema.facts import FACTS
from pipelines.settings import Home
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import read_tables

TABLES = (
    *(f"facts.{name}" for name in FACTS),
    "ledger.files",
    "ledger.quarantine",
    "ledger.snapshot",
    "checks.identities",
    "checks.joins",
    "checks.orphans",
    "checks.set_aside",
)
KEPT_SNAPSHOTS = 2
OPENING = threading.Lock()
"""Sessions that ask for a new snapshot at the same moment read it once."""


@dataclass(frozen=True)
class Viewer:
    """Who asks. Everything that is cached or computed for a viewer is keyed by this value."""

    name: str = "owner"
    role: str = "head"


@dataclass(frozen=True, eq=False)
class Facts:
    """The facts of one snapshot as one viewer may see them. Shared between sessions: frames are never changed."""

    snapshot: str
    as_of: datetime
    zone: str
    currency: str
    deals: pl.DataFrame
    visits: pl.DataFrame
    stages: pl.DataFrame
    calls: pl.DataFrame = field(default_factory=FACTS["calls"].create_empty)
    touches: pl.DataFrame = field(default_factory=FACTS["touches"].create_empty)
    responses: pl.DataFrame = field(default_factory=FACTS["responses"].create_empty)
    promises: pl.DataFrame = field(default_factory=FACTS["promises"].create_empty)
    clients: pl.DataFrame = field(default_factory=FACTS["clients"].create_empty)
    client_months: pl.DataFrame = field(default_factory=FACTS["client_months"].create_empty)
    invoices: pl.DataFrame = field(default_factory=FACTS["invoices"].create_empty)
    costs: pl.DataFrame = field(default_factory=FACTS["costs"].create_empty)
    plans: pl.DataFrame = field(default_factory=FACTS["plans"].create_empty)
    deal_changes: pl.DataFrame = field(default_factory=FACTS["deal_changes"].create_empty)
    deal_products: pl.DataFrame = field(default_factory=FACTS["deal_products"].create_empty)
    scores: pl.DataFrame = field(default_factory=FACTS["scores"].create_empty)
    files: pl.DataFrame = field(default_factory=pl.DataFrame)
    identities: pl.DataFrame = field(default_factory=pl.DataFrame)
    joins: pl.DataFrame = field(default_factory=pl.DataFrame)
    orphans: pl.DataFrame = field(default_factory=pl.DataFrame)
    set_aside: pl.DataFrame = field(default_factory=pl.DataFrame)
    quarantine: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def as_of_on(self) -> date:
        """The last day the data describes, in the company's zone."""
        return self.as_of.astimezone(ZoneInfo(self.zone)).date()


def open_facts(home: Home, viewer: Viewer | None = None) -> Facts:
    """Return the facts of the newest snapshot as ``viewer`` may see them.

    Frames are read once per snapshot and shared by everybody who may see the same. Raises HomeError when nothing was
    published yet, or the snapshot is damaged.
    """
    snapshot = current_snapshot(home)
    if snapshot is None:
        raise HomeError(
            "There is no data in {home} yet. Load an export first: voronka load FILE --home {home}", home=home.path
        )
    with OPENING:
        return _facts(snapshot, viewer or Viewer())


@lru_cache(maxsize=KEPT_SNAPSHOTS)
def _facts(snapshot: Path, viewer: Viewer) -> Facts:
    """Read a snapshot; its name is never used for another, so path and viewer are the whole key."""
    tables = read_tables(snapshot, TABLES)
    about = tables["ledger.snapshot"].row(0, named=True)
    typed = {name: schema.cast(tables[f"facts.{name}"]) for name, schema in FACTS.items()}
    return Facts(
        snapshot=snapshot.stem,
        as_of=about["as_of"],
        zone=about["zone"],
        currency=about["currency"],
        **typed,
        files=tables["ledger.files"].rename({"_file_id": "file_id"}),
        identities=tables["checks.identities"],
        joins=tables["checks.joins"],
        orphans=tables["checks.orphans"],
        set_aside=tables["checks.set_aside"],
        quarantine=tables["ledger.quarantine"].rename({"_line": "line", "_file_id": "file_id"}).drop("_load_id"),
    )
