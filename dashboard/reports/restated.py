"""Why a number that was reported already is another now: every deal and every rouble of the difference under one cause.

Two reports of the same period and filter are compared deal by deal, by what each knew of it. What no deal explains is a
change of the definition; the causes always add up to the difference of the two reported numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from dashboard.analyses.answer import Answer, Column
from dashboard.analyses.headings import columns
from dashboard.filters import DIMENSIONS, FIELDS, VALUE_LABELS, Notice
from dashboard.i18n import N_
from dashboard.reports.kept import DEALS, Kept
from pipelines.errors import HomeError, InputError

LATE = N_("entered late")
WON_LATER = N_("known as won only later")
EDITED = N_("amount edited")
MOVED = N_("day of closing moved")
DELETED = N_("deleted")
UNWON = N_("no longer won")
REOWNED = N_("now of another manager, team, product, channel or region")
DEFINITION = N_("definition or program changed")
CAUSES = (LATE, WON_LATER, EDITED, MOVED, DELETED, UNWON, REOWNED, DEFINITION)
SAME = N_("Nothing changed: won deals and revenue are as they were reported.")
BRIDGE = N_(
    "The change of the reported won deals and revenue between two reports of the same period and filter, by cause: one row "
    "per cause, they add up exactly."
)


def compare(earlier: Kept, later: Kept) -> Answer:
    """Explain the difference of two reports: cause, count, amount, deals. Raises InputError when they ask different things."""
    for key in ("from", "to", "filter"):
        if earlier.manifest[key] != later.manifest[key]:
            raise InputError(
                "{one} and {two} are not about the same period and filter, so their numbers are not to be compared.",
                one=earlier.name,
                two=later.name,
            )
    frames = [read(one) for one in (earlier, later)]
    reported = [
        (int(one.manifest["figures"]["won"] or 0), money(one.manifest["figures"]["revenue"]))
        for one in (earlier, later)
    ]
    frame = bridge(*frames, won=reported[1][0] - reported[0][0], revenue=reported[1][1] - reported[0][1])
    return Answer(
        frame=frame,
        columns=(Column("cause", N_("Why"), "word"), Column("deals", N_("Deals touched"), "count"),
                 Column("count", N_("Won deals"), "count"), *columns("amount")),
        definition=BRIDGE,
        n=int(frame["deals"].sum()),
        as_of=pl.Series([later.manifest["as_of"]]).str.to_datetime(time_zone="UTC")[0],
        counted=N_("deals"),
        sentences=() if frame.height else (Notice(SAME),),
    )  # fmt: skip


def same_question(one: Kept, found: Sequence[Kept]) -> list[Kept]:
    """List the other reports of the same days and filter, those of the oldest data first."""
    asked = [one.manifest.get(key) for key in ("from", "to", "filter")]
    alike = [other for other in found if [other.manifest.get(key) for key in ("from", "to", "filter")] == asked]
    return sorted((other for other in alike if other.name != one.name), key=age)


def comparable(found: Sequence[Kept]) -> list[Kept]:
    """List the reports that another can be compared with: the newest period first, of one period the newest data first."""
    pairs = [one for one in found if same_question(one, found)]
    return sorted(sorted(pairs, key=age, reverse=True), key=lambda one: str(one.manifest.get("from")), reverse=True)


def age(one: Kept) -> tuple[str, str, str]:
    """Put reports in the order of their data: its last moment, the snapshot, the name."""
    return str(one.manifest.get("as_of")), str(one.manifest.get("snapshot")), one.name


def read(kept: Kept) -> pl.DataFrame:
    """Read what a report knew of the deals. Raises HomeError."""
    try:
        return pl.read_parquet(kept.folder / DEALS)
    except (OSError, pl.exceptions.PolarsError):
        raise HomeError(
            "The report {path} cannot be read. Make it again: voronka snapshot.", path=kept.folder
        ) from None


def money(told: str | None) -> Decimal:
    """Read a reported amount; what was not known counts as nothing."""
    return Decimal(told) if told is not None else Decimal(0)


def bridge(before: pl.DataFrame, after: pl.DataFrame, *, won: int, revenue: Decimal) -> pl.DataFrame:
    """Sort every deal whose part in the numbers changed under its cause: cause, deals, count, amount (kopecks exact).

    ``won`` and ``revenue`` are the differences of the reported numbers; what the deals do not explain is the definition's.
    """
    sums = (
        steps(before, after)
        .group_by("cause")
        .agg(pl.len().cast(pl.Int64).alias("deals"), pl.col("count").sum(), pl.col("amount").sum())
    )
    rows = {row["cause"]: row for row in sums.to_dicts()}
    rest = rows.setdefault(DEFINITION, {"cause": DEFINITION, "deals": 0, "count": 0, "amount": Decimal(0)})
    rest["count"] += won - sum(row["count"] for row in rows.values())
    rest["amount"] += revenue - sum((row["amount"] for row in rows.values()), Decimal(0))
    kept = [rows[name] for name in CAUSES if name in rows and (rows[name]["count"] or rows[name]["amount"])]
    schema = {"cause": pl.String(), "deals": pl.Int64(), "count": pl.Int64(), "amount": pl.Decimal(38, 4)}
    return pl.DataFrame([{name: row[name] for name in schema} for row in kept], schema=schema, orient="row")


def steps(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Take every deal whose part in the numbers changed: what both reports knew (``_2``: the later), cause, count, amount.

    ``before`` and ``after`` are its amounts as the reports knew them.
    """
    both = before.join(after, on="deal_id", how="full", coalesce=True, suffix="_2")
    was, now = (pl.col(name).fill_null(False) for name in ("counted", "counted_2"))
    amounts = [
        pl.when(flag).then(pl.col(name)).fill_null(0).cast(pl.Decimal(38, 4))
        for flag, name in ((was, "amount"), (now, "amount_2"))
    ]
    told = both.with_columns(
        cause=cause(),
        count=now.cast(pl.Int64) - was.cast(pl.Int64),
        before="amount",
        after="amount_2",
        amount=amounts[1] - amounts[0],
    )
    return told.filter((pl.col("count") != 0) | (pl.col("amount") != 0))


def cause() -> pl.Expr:
    """Name why a deal counts otherwise than before; the first that fits, from what is certain to what is left."""
    was, now = (pl.col(name).fill_null(False) for name in ("counted", "counted_2"))
    new, gone = pl.col("outcome").is_null(), pl.col("outcome_2").is_null()
    moved = pl.col("closed_on").ne_missing(pl.col("closed_on_2"))
    names = [DIMENSIONS[key] for key in FIELDS if key not in VALUE_LABELS]
    other = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_2")) for name in names)
    return (
        pl.when(was & now).then(pl.lit(EDITED))
        .when(now & new).then(pl.lit(LATE))
        .when(was & gone).then(pl.lit(DELETED))
        .when(now & (pl.col("outcome") != "won")).then(pl.lit(WON_LATER))
        .when(was & (pl.col("outcome_2") != "won")).then(pl.lit(UNWON))
        .when(moved).then(pl.lit(MOVED))
        .when(other).then(pl.lit(REOWNED))
        .otherwise(pl.lit(DEFINITION))
    )  # fmt: skip
