"""What went in equals what came out: the identities of every build. A build that breaks one is not published.

Rows are followed from the files through staging and core to the facts, amounts likewise; each identity says in words what
equals what, so that the reconciliation page can show it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from pipelines.checks_activity import activity_identities
from pipelines.checks_base import check_base
from pipelines.currency import currency_code
from pipelines.errors import N_, CheckFailed
from pipelines.keys import in_order
from pipelines.schema.core import (
    FOREIGN,
    FURTHER_LINES,
    FURTHER_ROWS,
    INTERNAL_CALL,
    KEPT,
    NUMBERLESS_CALL,
    REPEATED,
    REPLACED,
)
from pipelines.schema.facts import OUTCOMES
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
    currency: str,
    as_of_on: date,
) -> pl.DataFrame:
    """Return the identities of a build; raises CheckFailed with the first that does not hold."""
    found = Identities()
    _files(found, files, staged)
    _deals(found, staged, core, set_aside)
    _money(found, staged, core, set_aside, currency)
    _calls(found, staged, core, set_aside)
    _history(found, staged, core, set_aside, orphaned_events, facts)
    _facts(found, core, facts)
    for identity in activity_identities(core, facts):
        found.same(*identity)
    check_base(found.same, core, facts, as_of_on)
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
        found.same(one.name, N_("rows accepted from files = rows in staging"), accepted, one.height)


def total(rows: pl.DataFrame, column: str) -> float:
    """Add up a column; nothing adds up to 0."""
    return rows.select(pl.col(column).cast(pl.Float64).sum()).item() or 0.0


def _deals(
    found: Identities, staged: Sequence[StagedTable], core: Mapping[str, pl.DataFrame], set_aside: pl.DataFrame
) -> None:
    """Follow rows and amounts from staging to core, over newer rows of a deal and amounts that are not counted."""
    exports = [one.only("amount") for one in staged if one.table.kind == "deals"]
    logs = [one for one in staged if one.table.kind == "stages" and one.profile.event_log is not None]
    told = sum(rows.height for rows in exports)
    told += sum(one.only("deal_id", IS_STAGE).filter(pl.col(IS_STAGE))["deal_id"].n_unique() for one in logs)
    replaced = set_aside.filter(pl.col("rule") == REPLACED)
    lines = set_aside.filter(pl.col("rule") == FURTHER_LINES)
    found.same(
        "deals",
        N_("deals told by exports and logs = deals + those replaced by newer rows + further lines of a deal"),
        told,
        core["deals"].height + total(replaced, "rows") + total(lines, "rows"),
    )


def _money(
    found: Identities,
    staged: Sequence[StagedTable],
    core: Mapping[str, pl.DataFrame],
    set_aside: pl.DataFrame,
    currency: str,
) -> None:
    """Follow amounts by currency from staging to core, and what became of those in another currency than the reporting one."""
    deals = core["deals"]
    replaced, kept = (set_aside.filter(pl.col("rule") == rule) for rule in (REPLACED, KEPT))
    exports = [
        one.only("amount", "currency").select(
            "amount", currency=currency_code("currency").fill_null(one.profile.currency or currency)
        )
        for one in staged
        if one.table.kind == "deals"
    ]
    logs = any(one.table.kind == "stages" and one.profile.event_log is not None for one in staged)
    told = pl.concat([deals.select(pl.col("amount").head(0), pl.col("currency").head(0)), *exports])
    for code in sorted({*told["currency"].drop_nulls().unique(), *deals["currency"].drop_nulls().unique()}):
        if not logs:
            found.same(
                code,
                N_("amount in staging + kept from older exports = amount of deals as exported + of replaced rows"),
                total(told.filter(currency=code), "amount") + total(kept.filter(currency=code), "amount"),
                total(deals.filter(currency=code), "amount_original") + total(replaced.filter(currency=code), "amount"),
            )
    for name, columns in (("deals", ("amount",)), ("costs", ("spend",)), ("invoices", ("amount", "paid"))):
        for column in columns:
            rows, subject = core[name], "payments" if column == "paid" else name
            found.same(
                subject,
                N_("amounts in the reporting currency = the same amounts as exported"),
                total(rows.filter(currency=currency), f"{column}_original"),
                total(rows.filter(currency=currency), column),
            )
            unrated = set_aside.filter(rule=FOREIGN, subject=subject)
            lacking = rows.filter(pl.col(column).is_null())
            found.same(
                subject,
                N_("amounts without a rate = amounts left out for want of one"),
                total(lacking, f"{column}_original"),
                total(unrated, "amount"),
            )


def _calls(
    found: Identities, staged: Sequence[StagedTable], core: Mapping[str, pl.DataFrame], set_aside: pl.DataFrame
) -> None:
    """Follow the calls from staging to core, and account for whose they are."""
    told = sum(one.height for one in staged if one.table.kind == "calls")
    if not told:
        return
    calls = core["calls"]
    of_calls = set_aside.filter(pl.col("subject") == "calls")
    aside = {rule: total(of_calls.filter(rule=rule), "rows") for rule in (FURTHER_ROWS, INTERNAL_CALL, NUMBERLESS_CALL)}
    found.same(
        "calls",
        N_("rows of calls in staging = calls + further rows of a call"),
        told,
        calls.height + aside[FURTHER_ROWS],
    )
    of_clients = calls["client_id"].count()
    of_nobody = calls.select((pl.col("phone").is_not_null() & pl.col("client_id").is_null()).sum()).item()
    found.same(
        "calls",
        N_("calls = of clients + of unknown numbers + within the house + without a number"),
        calls.height,
        of_clients + of_nobody + aside[INTERNAL_CALL] + aside[NUMBERLESS_CALL],
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
    entries = sum(int(one.only(IS_STAGE)[IS_STAGE].sum()) for one in staged if one.table.kind == "stages")
    recorded = changes.filter(pl.col("told_by") == "events")
    if entries:
        found.same(
            "stage changes",
            N_("entries in staging = recorded changes + entries of unknown deals + repeats of the same entry"),
            entries,
            recorded.height + orphaned_events + total(set_aside.filter(pl.col("rule") == REPEATED), "rows"),
        )
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in ("deal_id", "funnel_name", "stage_name"))
    merged = in_order(changes, ["deal_id", "change_number"]).select(same.fill_null(False).sum()).item()
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
