"""The only door to rows: who asks decides which rows and columns of a published snapshot come out."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import dataframely as dy
import polars as pl

from dashboard.client_types import COLUMN, OF_DEAL, with_client_types
from dashboard.looked_up import DEAL_AT, READ_AS, WHOLE, Part, numbered_visits, read_for
from dashboard.viewers import Viewer
from pipelines.errors import DamagedError, HomeError
from pipelines.schema.facts import FACTS
from pipelines.settings import Home
from pipelines.snapshots import current_snapshot, number_of, snapshots
from pipelines.thresholds import Note, Thresholds, read_back
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
    "checks.names",
    "checks.name_proposals",
)
WORDS = {
    f"facts.{name}": {
        column: kind.dtype for column, kind in schema.columns().items() if isinstance(kind.dtype, pl.Enum)
    }
    for name, schema in FACTS.items()
}
IN_PART = {**WORDS, "facts.visits": {**WORDS["facts.visits"], **READ_AS}}
KEPT_SNAPSHOTS = 2
KEPT_VIEWS = 64
"""Cuts of the newest snapshot kept, one per viewer."""
OF_HEADS = ("files", "orphans", "set_aside", "names", "name_proposals", "quarantine")
"""What shows rows of everybody as the exports had them: for those who see everything."""
CONTACTS = {
    "deals": ("deal_name", "client_name"),
    "calls": ("client_name", "phone"),
    "clients": ("client_name",),
    "promises": ("promise_name", "client_name"),
}
WITHHELD = "…"
NAMED = ("touches", "responses", "proposals", "client_months", "invoices")
"""Facts of which a marketer does not see the client's name."""
BARE = (
    *("product_name", "channel_name", "region_name", "funnel_name", "outcome", "amount", "created_on", "closed_on"),
    *("cycle_days", "is_sales"),
)
"""What a manager's page may count of the deals of colleagues."""
OPENING = threading.Lock()
"""Sessions that ask for a new snapshot at the same moment read it once."""


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
    proposals: pl.DataFrame = field(default_factory=FACTS["proposals"].create_empty)
    clients: pl.DataFrame = field(default_factory=FACTS["clients"].create_empty)
    client_months: pl.DataFrame = field(default_factory=FACTS["client_months"].create_empty)
    invoices: pl.DataFrame = field(default_factory=FACTS["invoices"].create_empty)
    costs: pl.DataFrame = field(default_factory=FACTS["costs"].create_empty)
    margins: pl.DataFrame = field(default_factory=FACTS["margins"].create_empty)
    plans: pl.DataFrame = field(default_factory=FACTS["plans"].create_empty)
    deal_changes: pl.DataFrame = field(default_factory=FACTS["deal_changes"].create_empty)
    deal_products: pl.DataFrame = field(default_factory=FACTS["deal_products"].create_empty)
    scores: pl.DataFrame = field(default_factory=FACTS["scores"].create_empty)
    files: pl.DataFrame = field(default_factory=pl.DataFrame)
    identities: pl.DataFrame = field(default_factory=pl.DataFrame)
    joins: pl.DataFrame = field(default_factory=pl.DataFrame)
    orphans: pl.DataFrame = field(default_factory=pl.DataFrame)
    set_aside: pl.DataFrame = field(default_factory=pl.DataFrame)
    names: pl.DataFrame = field(default_factory=pl.DataFrame)
    name_proposals: pl.DataFrame = field(default_factory=pl.DataFrame)
    quarantine: pl.DataFrame = field(default_factory=pl.DataFrame)
    thresholds: Thresholds = field(default_factory=Thresholds)
    notes: tuple[Note, ...] = ()
    rules: str = ""
    """What it was counted under: a hash of the settings and rates; unknown of a snapshot of an earlier version."""
    colleagues: pl.DataFrame = field(default_factory=FACTS["deals"].create_empty)
    """Of a viewer who sees own rows only: the deals of the others as bare numbers, whose manager is a number of no meaning."""
    passed_over: str = ""
    """The newer snapshot that is damaged, so that this one is shown in its place; usually none."""

    only: Part = WHOLE
    """What was read of facts that are not whole."""

    def __post_init__(self) -> None:
        bare = {name for name, columns in self.only.columns if COLUMN not in columns}
        typed = ["deals", "clients", *(name for name in OF_DEAL if name not in bare)]
        for name, rows in with_client_types({name: getattr(self, name) for name in typed}).items():
            object.__setattr__(self, name, rows)

    @property
    def is_empty(self) -> bool:
        """Tell that nothing was published yet."""
        return not self.snapshot

    @property
    def files_count(self) -> int:
        """The files that were read; a workbook of several sheets is one."""
        return self.files.select("sha256").n_unique() if "sha256" in self.files.columns else self.files.height

    @property
    def as_of_on(self) -> date:
        """The last day the data describes, in the company's zone."""
        return self.as_of.astimezone(ZoneInfo(self.zone)).date()


def open_facts(home: Home, viewer: Viewer | None = None, only: Part = WHOLE) -> Facts:
    """Return the facts of the newest snapshot as ``viewer`` may see them; for a head, ``only`` a part of some of them.

    Frames are read once per snapshot and shared by everybody who may see the same. Raises HomeError when nothing was
    published yet, or the snapshot is damaged.
    """
    snapshot = current_snapshot(home)
    if snapshot is None:
        raise HomeError(
            "There is no data in {home} yet. Load an export first: voronka load FILE --home {home}", home=home.path
        )
    with OPENING:
        try:
            return _facts(snapshot, viewer or Viewer(), only=only)
        except DamagedError:
            return _older_facts(home, snapshot, viewer or Viewer(), only)


def seen_by(facts: Facts, viewer: Viewer) -> Facts:
    """Cut facts down to what a viewer may see, before anything is counted: own rows, the team's, or no client's name."""
    if viewer.role == "head":
        return facts
    hidden = {name: getattr(facts, name).clear() for name in OF_HEADS if not getattr(facts, name).is_empty()}
    if viewer.role == "marketer":
        return replace(facts, **hidden, **_without_names(facts))
    column, value = ("team_name", viewer.team) if viewer.role == "lead" else ("manager_name", viewer.manager)
    own: dict[str, pl.DataFrame] = {}
    for name in FACTS:
        rows: pl.DataFrame = getattr(facts, name)
        if column in rows.columns:
            own[name] = rows.filter((pl.col(column) == value).fill_null(False))
    for name in ("deal_changes", "deal_products"):
        own[name] = getattr(facts, name).join(own["deals"].select("deal_id"), on="deal_id", how="semi")
    for name in ("costs", "margins"):
        own[name] = getattr(facts, name).clear()
    return replace(facts, **hidden, **own, colleagues=_nameless(facts.deals, viewer))


def _nameless(deals: pl.DataFrame, viewer: Viewer) -> pl.DataFrame:
    """Return the deals of a manager's colleagues with what they are counted and filtered by, and nothing that names anybody."""
    others = deals.filter(pl.col("manager_name") != viewer.manager) if viewer.role == "manager" else deals.clear()
    number = pl.col("manager_name").hash().rank("dense").cast(pl.String)
    kept = {name: pl.col(name) for name in BARE} | {"manager_name": number}
    schema = FACTS["deals"].columns()
    return others.select(
        kept.get(name, pl.lit(None, dtype=column.dtype)).alias(name) for name, column in schema.items()
    )


def _without_names(facts: Facts) -> dict[str, pl.DataFrame]:
    """Take the names and numbers of clients out of every fact."""
    columns = {**CONTACTS, **dict.fromkeys(NAMED, ("client_name",))}
    found = {}
    for name, hidden in columns.items():
        rows: pl.DataFrame = getattr(facts, name)
        there = [column for column in hidden if column in rows.columns]
        found[name] = rows.with_columns(pl.lit(None, dtype=rows.schema[column]).alias(column) for column in there)
    # What was written of a contact may name the client; that something was written is counted.
    told = pl.when(pl.col("result").is_not_null()).then(pl.lit(WITHHELD)).alias("result")
    return found | {"touches": found["touches"].with_columns(told)}


def _older_facts(home: Home, damaged: Path, viewer: Viewer, only: Part) -> Facts:
    """Return the facts of the newest snapshot that can be read in the place of a damaged one; none is a DamagedError."""
    current = current_snapshot(home)
    if current is not None and current != damaged:  # published or mended between reading the pointer and the file
        return _facts(current, viewer, only=only)
    for older in reversed(snapshots(home)):
        if number_of(older) < number_of(damaged):
            with suppress(DamagedError):
                return _facts(older, viewer, damaged.stem, only)
    return _facts(damaged, viewer, only=only)


def nothing_yet() -> Facts:
    """Return facts without rows, for the one page that works before anything is loaded."""
    empty = {name: schema.create_empty() for name, schema in FACTS.items()}
    return Facts("", datetime.now(UTC), "UTC", "RUB", empty["deals"], empty["visits"], empty["stages"])


@lru_cache(maxsize=KEPT_SNAPSHOTS)
def outline(snapshot: Path) -> Facts:
    """Return what a snapshot tells of itself, with its files and plans and no other rows. Raises HomeError when it is damaged."""
    tables = read_tables(snapshot, ("facts.plans", "ledger.files", "ledger.snapshot"))
    about = tables["ledger.snapshot"].row(0, named=True)
    told = {name: about[name] for name in ("as_of", "zone", "currency")}
    return replace(nothing_yet(), **told, plans=tables["facts.plans"], files=tables["ledger.files"])


def stored(home: Home, table: str) -> pl.DataFrame | None:
    """Return a table of what is loaded, to know a row again that comes a second time; None when there is none."""
    snapshot = current_snapshot(home)
    try:
        return None if snapshot is None else read_tables(snapshot, [name := f"staging.{table}"])[name]
    except HomeError:
        return None


@lru_cache(maxsize=KEPT_VIEWS)
def _facts(snapshot: Path, viewer: Viewer, passed_over: str = "", only: Part = WHOLE) -> Facts:
    """Return a snapshot as a viewer may see it; path, viewer and columns are the whole key."""
    return seen_by(_whole(snapshot, passed_over, only if viewer.role == "head" else WHOLE), viewer)


@lru_cache(maxsize=KEPT_SNAPSHOTS)
def _whole(snapshot: Path, passed_over: str = "", only: Part = WHOLE) -> Facts:
    """Read a snapshot; its name is never used for another. Raises HomeError for one that another version made."""
    asked = {f"facts.{name}": [*read_for(columns)] for name, columns in only.columns}
    tables = read_tables(snapshot, TABLES, IN_PART if only.columns else WORDS, asked, only.days)
    try:
        return _made_of(snapshot, tables, passed_over, only)
    except (KeyError, pl.exceptions.PolarsError):
        raise HomeError(
            "The snapshot {path} was made by another version. Load the exports again.", path=snapshot
        ) from None


def _typed(schema: type[dy.Schema], rows: pl.DataFrame, only: frozenset[str] | None) -> pl.DataFrame:
    """Give a fact its columns in their order and types: those of its schema, as many as were read."""
    if only is None:
        return schema.cast(rows.select(list(schema.column_names())))
    as_read = READ_AS if DEAL_AT in only else {}
    kinds = {name: column.dtype for name, column in schema.columns().items() if name in read_for(only)}
    return rows.select(pl.col(name) if name in as_read else pl.col(name).cast(kind) for name, kind in kinds.items())


def _made_of(snapshot: Path, tables: Mapping[str, pl.DataFrame], passed_over: str, only: Part) -> Facts:
    about = tables["ledger.snapshot"].row(0, named=True)
    thresholds, notes = read_back(about.get("held_against"))
    typed = {
        name: _typed(schema, tables[f"facts.{name}"], dict(only.columns).get(name)) for name, schema in FACTS.items()
    }
    if DEAL_AT in dict(only.columns).get("visits", ()):
        typed["visits"] = numbered_visits(typed["visits"], typed["deals"])
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
        names=tables["checks.names"],
        name_proposals=tables["checks.name_proposals"],
        quarantine=tables["ledger.quarantine"].rename({"_line": "line", "_file_id": "file_id"}).drop("_load_id"),
        thresholds=thresholds,
        notes=notes,
        rules=about.get("rules") or "",
        passed_over=passed_over,
        only=only,
    )
