"""What went in equals what came out: the identities of every build. A build that breaks one is not published.

Rows are followed from the files through staging and core to the facts, amounts likewise; each identity says in words what
equals what, so that the reconciliation page can show it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from pipelines.errors import N_, CheckFailed
from pipelines.schema.columns import OUTCOMES
from pipelines.schema.core import FOREIGN, FURTHER_LINES, REPEATED, REPLACED
from pipelines.staged import IS_STAGE, StagedTable

SAME_OUTCOME = {
    "won": N_("won deals = won deals in the facts"),
    "lost": N_("lost deals = lost deals in the facts"),
    "open": N_("open deals = open deals in the facts"),
    "junk": N_("junk deals = junk deals in the facts"),
}
Amount = int | float | Decimal | None
SCHEMA = {
    "subject": pl.String(),
    "statement": pl.String(),
    "expected": pl.Float64(),
    "found": pl.Float64(),
    "holds": pl.Boolean(),
}


class Identities:
    """Collects identities; amounts are compared to the kopeck."""

    def __init__(self) -> None:
        self._lines: list[dict[str, object]] = []

    def same(self, subject: str, statement: str, expected: Amount, found: Amount) -> None:
        """Add one identity; the sum of nothing counts as 0."""
        left, right = float(expected or 0), float(found or 0)
        self._lines.append(
            {
                "subject": subject,
                "statement": statement,
                "expected": left,
                "found": right,
                "holds": abs(left - right) < 0.005,
            }
        )

    @property
    def frame(self) -> pl.DataFrame:
        return pl.DataFrame(self._lines, schema=SCHEMA)


def check_build(
    files: pl.DataFrame,
    staged: Sequence[StagedTable],
    core: Mapping[str, pl.DataFrame],
    set_aside: pl.DataFrame,
    orphaned_events: int,
    facts: Mapping[str, pl.DataFrame],
) -> pl.DataFrame:
    """Return the identities of a build; raises CheckFailed with the first that does not hold."""
    found = Identities()
    _files(found, files, staged)
    _deals(found, staged, core, set_aside)
    _history(found, staged, core, set_aside, orphaned_events, facts)
    _facts(found, core, facts)
    broken = found.frame.filter(~pl.col("holds"))
    if broken.height:
        first = broken.row(0, named=True)
        raise CheckFailed(
            "The build was not published, because an identity does not hold. {subject}: {statement}: {expected} against "
            "{found}. Your last snapshot is still served; please report this as a defect.",
            **{name: first[name] for name in ("subject", "statement", "expected", "found")},
        )
    return found.frame


def _files(found: Identities, files: pl.DataFrame, staged: Sequence[StagedTable]) -> None:
    for row in files.iter_rows(named=True):
        found.same(
            row["name"],
            N_("rows read = accepted + quarantined + duplicates"),
            row["rows_in"],
            row["accepted"] + row["quarantined"] + row["duplicates"],
        )
    for one in staged:
        accepted = files.filter(pl.col("staging_table") == one.name)["accepted"].sum()
        found.same(one.name, N_("rows accepted from files = rows in staging"), accepted, one.rows.height)


def total(rows: pl.DataFrame, column: str) -> float:
    """Add up a column; nothing adds up to 0."""
    return rows.select(pl.col(column).cast(pl.Float64).sum()).item() or 0.0


def _deals(
    found: Identities, staged: Sequence[StagedTable], core: Mapping[str, pl.DataFrame], set_aside: pl.DataFrame
) -> None:
    """Follow rows and amounts from staging to core, over newer rows of a deal and amounts that are not counted."""
    exports = [one.rows for one in staged if one.table.kind == "deals"]
    logs = [one.rows for one in staged if one.table.kind == "stages" and one.profile.event_log is not None]
    told = sum(rows.height for rows in exports)
    told += sum(rows.filter(pl.col(IS_STAGE))["deal_id"].n_unique() for rows in logs)
    replaced = set_aside.filter(pl.col("rule") == REPLACED)
    lines = set_aside.filter(pl.col("rule") == FURTHER_LINES)
    found.same(
        "deals",
        N_("deals told by exports and logs = deals + those replaced by newer rows + further lines of a deal"),
        told,
        core["deals"].height + total(replaced, "rows") + total(lines, "rows"),
    )
    if not logs:
        foreign = set_aside.filter(pl.col("rule") == FOREIGN)
        found.same(
            "deals",
            N_("amount in staging = amount of deals + of replaced rows + in other currencies"),
            sum(total(rows, "amount") for rows in exports),
            total(core["deals"], "amount") + total(replaced, "amount") + total(foreign, "amount"),
        )


def _history(
    found: Identities,
    staged: Sequence[StagedTable],
    core: Mapping[str, pl.DataFrame],
    set_aside: pl.DataFrame,
    orphaned_events: int,
    facts: Mapping[str, pl.DataFrame],
) -> None:
    changes = core["stage_changes"]
    entries = sum(one.rows.filter(pl.col(IS_STAGE)).height for one in staged if one.table.kind == "stages")
    recorded = changes.filter(pl.col("told_by") == "events")
    if entries:
        found.same(
            "stage changes",
            N_("entries in staging = recorded changes + entries of unknown deals + repeats of the same entry"),
            entries,
            recorded.height + orphaned_events + total(set_aside.filter(pl.col("rule") == REPEATED), "rows"),
        )
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in ("deal_id", "funnel_name", "stage_name"))
    merged = changes.sort("deal_id", "change_number").select(same.fill_null(False).sum()).item()
    found.same(
        "visits",
        N_("stage changes = visits + entries into the stage a deal was in"),
        changes.height,
        facts["visits"].height + merged,
    )
    known = facts["visits"].select(pl.col("exit").is_not_null().sum()).item()
    found.same("visits", N_("entries into stages = exits of stages"), facts["visits"].height, known)


def _facts(found: Identities, core: Mapping[str, pl.DataFrame], facts: Mapping[str, pl.DataFrame]) -> None:
    deals = facts["deals"]
    found.same("deals", N_("deals = deals in the facts"), core["deals"].height, deals.height)
    found.same(
        "deals", N_("amount of deals = amount in the facts"), total(core["deals"], "amount"), total(deals, "amount")
    )
    for outcome in OUTCOMES:
        of_core = core["deals"].filter(pl.col("outcome") == outcome).height
        found.same("deals", SAME_OUTCOME[outcome], of_core, deals.filter(pl.col("outcome") == outcome).height)
    found.same("visits", N_("visits = sum of the visits of deals"), facts["visits"].height, deals["visits_count"].sum())
