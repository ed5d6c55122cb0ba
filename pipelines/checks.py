"""What went in equals what came out: the identities of every build. A build that breaks one is not published.

Rows are followed from the files through staging and core to the facts, amounts likewise; each identity says in words what
equals what, so that the reconciliation page can show it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from pipelines.errors import CheckFailed
from pipelines.staged import IS_STAGE, StagedTable

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
    _history(found, staged, core, orphaned_events, facts)
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
            "rows read = accepted + quarantined + duplicates",
            row["rows_in"],
            row["accepted"] + row["quarantined"] + row["duplicates"],
        )
    for one in staged:
        accepted = files.filter(pl.col("staging_table") == one.name)["accepted"].sum()
        found.same(one.name, "rows accepted from files = rows in staging", accepted, one.rows.height)


def total(rows: pl.DataFrame, column: str) -> float:
    """Add up a column; nothing adds up to 0."""
    return rows.select(pl.col(column).cast(pl.Float64).sum()).item() or 0.0


def _deals(
    found: Identities, staged: Sequence[StagedTable], core: Mapping[str, pl.DataFrame], set_aside: pl.DataFrame
) -> None:
    logs = [one for one in staged if one.table.kind == "stages" and one.profile.event_log is not None]
    exports = [one for one in staged if one.table.kind == "deals"]
    if logs and exports:
        return
    replaced = set_aside.filter(pl.col("rule").str.starts_with("replaced by a newer row"))["rows"].sum()
    if exports and len({one.profile.system for one in exports}) == len(exports):
        rows = sum(one.rows.height for one in exports)
        found.same(
            "deals", "rows in staging = deals + rows replaced by newer ones", rows, core["deals"].height + replaced
        )
        if not replaced:
            foreign = total(set_aside.filter(pl.col("rule").str.starts_with("amount is not in")), "amount")
            amount = sum(total(one.rows, "amount") for one in exports)
            found_amount = total(core["deals"], "amount") + foreign
            found.same(
                "deals", "amount in staging = amount of deals + amounts in another currency", amount, found_amount
            )
    if len(logs) == 1:
        staged_deals = logs[0].rows.filter(pl.col(IS_STAGE))["deal_id"].n_unique()
        found.same("deals", "deals with an entry into a stage in the log = deals", staged_deals, core["deals"].height)


def _history(
    found: Identities,
    staged: Sequence[StagedTable],
    core: Mapping[str, pl.DataFrame],
    orphaned_events: int,
    facts: Mapping[str, pl.DataFrame],
) -> None:
    changes = core["stage_changes"]
    entries = sum(one.rows.filter(pl.col(IS_STAGE)).height for one in staged if one.table.kind == "stages")
    recorded = changes.filter(~pl.col("is_implied"))
    if entries:
        repeats = entries - orphaned_events - recorded.height
        found.same(
            "stage changes",
            "entries in staging = recorded changes + entries of unknown deals + repeats of the same entry",
            entries,
            recorded.height + orphaned_events + max(repeats, 0),
        )
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in ("deal_id", "funnel_name", "stage_name"))
    merged = changes.sort("deal_id", "change_number").select(same.fill_null(False).sum()).item()
    found.same(
        "visits",
        "stage changes = visits + entries into the stage a deal was in",
        changes.height,
        facts["visits"].height + merged,
    )
    known = facts["visits"].select(pl.col("exit").is_not_null().sum()).item()
    found.same("visits", "entries into stages = exits of stages", facts["visits"].height, known)


def _facts(found: Identities, core: Mapping[str, pl.DataFrame], facts: Mapping[str, pl.DataFrame]) -> None:
    deals = facts["deals"]
    found.same("deals", "deals = deals in the facts", core["deals"].height, deals.height)
    found.same("deals", "amount of deals = amount in the facts", total(core["deals"], "amount"), total(deals, "amount"))
    for outcome in ("won", "lost", "open", "junk"):
        of_core = core["deals"].filter(pl.col("outcome") == outcome).height
        found.same(
            "deals",
            f"{outcome} deals = {outcome} deals in the facts",
            of_core,
            deals.filter(pl.col("outcome") == outcome).height,
        )
    found.same("visits", "visits = sum of the visits of deals", facts["visits"].height, deals["visits_count"].sum())
