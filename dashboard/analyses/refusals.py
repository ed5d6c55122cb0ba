"""Refusals as a map: at which stage, for which reason, how much money, and whether the reasons can be believed.

The stage is the last open one before the loss. A cell stands out when its adjusted residual is beyond 3 and stays so after
the correction for many cells (Haberman 1973). A manager who gives one reason for nearly all losses fills in a form.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.analyses.choose import closed_in, created_in, rows_count, whole_sum
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.model import ratio
from dashboard.statistics import refusals as chance
from dashboard.statistics.intervals import wilson

CELL = ["stage", "reason"]
GIVEN = pl.when(pl.col("amount") != 0).then(pl.col("amount"))
"""The amount of a refused deal; a CRM that asks for none at a refusal exports zero, which is not known."""

DEFINITION = N_(
    "Deals lost in the period, by the day they were closed: the last open stage before the loss and the reason "
    "given. Junk "
    "and deals opened again are left out; a missing reason is counted as missing. The share is of all losses at"
    " the stage."
)
NO_REASONS = N_(
    "No refusal reason is filled in: only how many are missing can be shown. Add the column of the refusal reason to the export of deals."
)
SEVERAL = N_("Some deals have several reasons and count under each: the shares add up to more than 100%.")
MUCH_OTHER = N_('"Other" is the reason of {count} of {total} losses: a list of reasons that fits would tell more.')
NO_STAGES = N_("The stage before the loss is unknown for {count} of {total} losses: the history does not tell.")


def lost_in(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the losses of the period with their ``stage`` and ``reason``."""
    return closed_in(facts, filter, "lost").with_columns(stage="lost_stage_name", reason="refusal_reason")


def answer(
    facts: Facts, deals: pl.DataFrame, frame: pl.DataFrame, shown: tuple[Column, ...], variant: str = ""
) -> Answer:
    """Put a frame of refusals together with what they all share."""
    return Answer(
        frame=frame,
        columns=shown,
        definition=DEFINITION,
        variant=variant,
        n=deals.height,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=tuple(doubts(deals)),
    )


def refusals(facts: Facts, filter: Filter) -> Answer:
    """Cross the stages with the reasons of the losses.

    One row per stage and reason (null: not known, not given): stage, reason, count, amount (null when none is known),
    row_share, expected, residual, p_value (corrected for several), is_notable; the last four null in rows of what is unknown.
    """
    lost = lost_in(facts, filter)
    counts = lost.group_by(CELL).agg(rows_count().alias("count"), whole_sum(GIVEN).alias("amount"))
    share = ratio(pl.col("count"), pl.col("count").sum().over("stage"))
    cells = (
        counts.with_columns(row_share=share).join(residuals(counts), on=CELL, how="left").sort(CELL, nulls_last=True)
    )
    return answer(
        facts, lost, cells, columns("stage", "reason", "count", "amount", "row_share", "residual", "is_notable")
    )


def doubts(lost: pl.DataFrame) -> list[Notice]:
    """Say what the exports do not tell about the losses."""
    found = []
    if lost.height and not lost["reason"].is_not_null().any():
        found.append(Notice(NO_REASONS))
    if unknown := lost["stage"].null_count():
        found.append(Notice(NO_STAGES, {"count": unknown, "total": lost.height}))
    return found


def residuals(counts: pl.DataFrame) -> pl.DataFrame:
    """Compare each cell of known stage and known reason with what independence expects."""
    known = counts.filter(pl.col("stage").is_not_null() & pl.col("reason").is_not_null())
    stages, reasons = known["stage"].unique().sort().to_list(), known["reason"].unique().sort().to_list()
    seen = {(stage, reason): count for stage, reason, count in known.select(*CELL, "count").iter_rows()}
    table = [[seen.get((stage, reason), 0) for reason in reasons] for stage in stages]
    rows = [
        {
            "stage": stages[cell.row],
            "reason": reasons[cell.column],
            "expected": cell.expected,
            "residual": cell.residual,
            "p_value": cell.p_value,
            "is_notable": cell.is_loud,
        }
        for cell in chance.residuals(table)
    ]
    real = dict.fromkeys(("expected", "residual", "p_value"), pl.Float64())
    schema = {"stage": pl.String(), "reason": pl.String(), **real, "is_notable": pl.Boolean()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def by_reason(lost: pl.DataFrame) -> pl.DataFrame:
    """Add the reasons up over all stages: reason, count, amount, share of all losses; the missing one is a row too.

    A deal with several reasons counts once under each, so the shares may add up to more than one.
    """
    return (
        each_reason(lost)
        .group_by("reason")
        .agg(rows_count().alias("count"), whole_sum(GIVEN).alias("amount"))
        .with_columns(share=pl.col("count") / max(lost.height, 1))
        .sort("count", "reason", descending=[True, False], nulls_last=True)
    )


def each_reason(lost: pl.DataFrame) -> pl.DataFrame:
    """Put a deal with several reasons in one cell, parted by ; or |, once under each."""
    parts = pl.col("reason").str.replace_all("|", ";", literal=True).str.split(";")
    named = parts.list.eval(pl.element().str.strip_chars()).list.eval(pl.element().filter(pl.element() != ""))
    return lost.with_columns(reason=named.list.unique(maintain_order=True)).explode("reason", empty_as_null=True)


def by_manager(lost: pl.DataFrame) -> pl.DataFrame:
    """Judge how each manager fills the reason in, by name.

    Columns: manager, lost, missing, missing_share with interval (low, high), reasons (different ones given), entropy of the
    given reasons in bits (0 when always the same), main_reason and its share of the given, is_default (one reason for at
    least 90 % of twenty or more).
    """
    rows = []
    for (manager,), deals in lost.group_by("manager_name", maintain_order=True):
        given = deals["reason"].drop_nulls().value_counts().sort("count", "reason", descending=[True, False])
        counts = given["count"].to_list()
        missing = deals.height - sum(counts)
        low, high = wilson(missing, deals.height) or (None, None)
        rows.append(
            {
                "manager": manager,
                "lost": deals.height,
                "missing": missing,
                "missing_share": missing / deals.height,
                "low": low,
                "high": high,
                "reasons": given.height,
                "entropy": chance.entropy(counts),
                "main_reason": given["reason"][0] if counts else None,
                "main_share": counts[0] / sum(counts) if counts else None,
                "is_default": bool(counts) and chance.default_reason(counts) is not None,
            }
        )
    whole, real, text = pl.Int64(), pl.Float64(), pl.String()
    schema: dict[str, pl.DataType] = {
        "manager": text,
        "lost": whole,
        "missing": whole,
        "missing_share": real,
        "low": real,
        "high": real,
    }
    schema |= {"reasons": whole, "entropy": real, "main_reason": text, "main_share": real, "is_default": pl.Boolean()}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("manager", nulls_last=True)


def by_month(deals: pl.DataFrame, dated_by: str) -> pl.DataFrame:
    """Follow the reasons by month: month, reason, count, of (all rows of the month), share and its interval (low, high).

    By the month of loss the share is of the losses; by the month of creation it is of all leads, lost or not.
    """
    dated = deals.filter(pl.col(dated_by).is_not_null()).with_columns(month=pl.col(dated_by).dt.truncate("1mo"))
    whole = dated.group_by("month").agg(rows_count().alias("of"))
    is_lost = pl.col("outcome") == "lost"
    counts = dated.filter(is_lost).group_by("month", "reason").agg(rows_count().alias("count"))
    found = counts.join(whole, on="month").sort("month", "reason", nulls_last=True)
    bounds = [wilson(count, of) or (None, None) for count, of in found.select("count", "of").iter_rows()]
    return found.with_columns(
        share=ratio(pl.col("count"), pl.col("of")),
        low=pl.Series([low for low, _ in bounds], dtype=pl.Float64),
        high=pl.Series([high for _, high in bounds], dtype=pl.Float64),
    )


def reasons(facts: Facts, filter: Filter) -> Answer:
    """Answer the reasons over all stages."""
    lost = lost_in(facts, filter)
    frame = by_reason(lost)
    told = answer(facts, lost, frame, columns("reason", "count", "amount", "share"))
    more = [Notice(SEVERAL)] if frame["count"].sum() > lost.height else []
    other = sum(count for name, count in frame.select("reason", "count").iter_rows() if is_other(name))
    if other > facts.thresholds.other_share * lost.height:
        more.append(Notice(MUCH_OTHER, {"count": other, "total": lost.height}))
    return replace(told, sentences=(*told.sentences, *more))


def is_other(reason: str | None) -> bool:
    """Tell a reason that says nothing by its first word."""
    return reason is not None and reason.strip().casefold().startswith(("друг", "проч", "ино", "other"))


def filling(facts: Facts, filter: Filter) -> Answer:
    """Answer how each manager fills the reason in."""
    lost = lost_in(facts, filter)
    shown = columns(
        "manager",
        "lost",
        "missing",
        "missing_share",
        "low",
        "high",
        "entropy",
        "main_reason",
        "main_share",
        "is_default",
    )
    return answer(facts, lost, by_manager(lost), shown)


def trend(facts: Facts, filter: Filter) -> Answer:
    """Answer the reasons by the month of the loss."""
    lost = lost_in(facts, filter)
    shown = columns("month", "reason", "count", "of", "share", "low", "high")
    return answer(facts, lost, by_month(lost, "closed_on"), shown, N_("By the month of the loss, of all losses."))


def by_cohort(facts: Facts, filter: Filter) -> Answer:
    """Answer the reasons by the month in which the lead was created."""
    leads = created_in(facts, filter).with_columns(stage="lost_stage_name", reason="refusal_reason")
    shown = columns("month", "reason", "count", "of", "share", "low", "high")
    variant = N_("By the month the lead was created, of all its leads; the last months may still grow.")
    told = answer(facts, leads, by_month(leads, "created_on"), shown, variant)
    return replace(told, sentences=tuple(doubts(leads.filter(pl.col("outcome") == "lost"))))


REFUSALS = Analysis(
    name="refusals",
    label=N_("Refusals by stage and reason"),
    help=N_(
        "Losses by the last open stage and the reason: deals, money, share of the stage, and which cells stand out."
    ),
    run=refusals,
)
REFUSAL_REASONS = Analysis(
    name="refusal_reasons",
    label=N_("Refusal reasons"),
    help=N_("Losses of the period by reason: deals, money and share, the missing reason included."),
    run=reasons,
)
REFUSAL_FILLING = Analysis(
    name="refusal_filling",
    label=N_("How managers fill in the reason"),
    help=N_(
        "For each manager: losses without a reason, how varied the reasons are, and whether one is given by habit."
    ),
    run=filling,
)
REFUSAL_TREND = Analysis(
    name="refusal_trend",
    label=N_("Refusals by month"),
    help=N_("Share of each reason in the losses of each month, with its interval."),
    run=trend,
)
REFUSAL_COHORTS = Analysis(
    name="refusal_cohorts",
    label=N_("Refusals by month of the lead"),
    help=N_("Share of each month's leads that was refused for each reason so far, with its interval."),
    run=by_cohort,
)
