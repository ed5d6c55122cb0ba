"""Every row from the file to the page: what was read of each kind, what became of it, and which sums prove it.

Nothing is counted again; the sums are those of the ledger and of the checks of the build.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dashboard.access import Facts
from dashboard.i18n import N_
from pipelines.profile import LOADED_KINDS
from pipelines.schema.core import FOREIGN, FURTHER_LINES, REPLACED

KIND_WORDS = {
    "deals": N_("Deals"),
    "stages": N_("Stage changes"),
    "calls": N_("Calls"),
    "costs": N_("Advertising costs"),
    "clients": N_("Clients"),
    "managers": N_("Managers"),
    "products": N_("Products"),
    "tasks": N_("Tasks"),
    "invoices": N_("Invoices"),
    "plans": N_("Plans"),
    "scores": N_("Scorecards"),
    "transcripts": N_("Transcripts"),
    "side": N_("Lookup tables"),
}
SECTIONS = ("files", "facts", "amounts")


@dataclass(frozen=True)
class Flow:
    """All rows of one kind: ``rows_in = accepted + quarantined + duplicates``."""

    kind: str
    files: int
    rows_in: int
    accepted: int
    quarantined: int
    duplicates: int
    merged: int = 0
    """Accepted rows that a newer row of the same deal replaced, or that are further lines of one."""
    counted: int | None = None
    """How many deals or stage visits the pages count of them; None for what is kept and only looked up."""


def flows(facts: Facts) -> list[Flow]:
    """Follow the rows of every kind that was loaded, in the order of the kinds."""
    if not facts.files.height:
        return []
    sums = facts.files.group_by("kind").agg(
        pl.col("sha256").n_unique().alias("files"), pl.col("rows_in", "accepted", "quarantined", "duplicates").sum()
    )
    known = {row["kind"]: row for row in sums.to_dicts()}
    found = []
    for kind in (*LOADED_KINDS, "side"):
        if kind in known:
            merged = _merged(facts) if kind == "deals" else 0
            counted = {"deals": facts.deals.height, "stages": facts.visits.height}.get(kind)
            found.append(Flow(**known[kind], merged=merged, counted=counted))
    return found


def _merged(facts: Facts) -> int:
    if not facts.set_aside.height:
        return 0
    rules = facts.set_aside.filter(pl.col("rule").is_in([REPLACED, FURTHER_LINES]))
    return int(rules["rows"].sum() or 0)


def unrated(facts: Facts) -> pl.DataFrame:
    """Return the amounts that no sum holds for want of a rate: a row per table and currency, as ``set_aside`` tells them."""
    return facts.set_aside.filter(rule=FOREIGN) if facts.set_aside.height else facts.set_aside


def identities(facts: Facts, section: str) -> pl.DataFrame:
    """Pick the identities of a section: of files, of the facts, or of amounts."""
    if not facts.identities.width:
        return pl.DataFrame()
    of_amounts = pl.col("statement").str.contains("amount", literal=True)
    of_files = pl.col("statement").str.starts_with("rows ")
    wanted = {"amounts": of_amounts, "files": of_files, "facts": ~of_amounts & ~of_files}[section]
    return facts.identities.filter(wanted)
