"""``core.stage_changes``: every entry of a deal into a stage, recorded or implied.

Where no export tells the history, a deal is known to have been created and to stand where it stands, and nothing else is
made up: those two entries are marked as implied (product.md 4.1, 4.10).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import Joins, newest, shaped, tables_of
from pipelines.core.exports import entries_between
from pipelines.core.stages import StageDictionary
from pipelines.headings import fold_heading
from pipelines.schema.core import REPEATED
from pipelines.staged import FILE, IS_STAGE, LINE, LOAD, STAGE_DATES, StagedTable

RECORDED = {
    "deal_id": pl.String(),
    "funnel_name": pl.String(),
    "stage_name": pl.String(),
    "manager_name": pl.String(),
    "entered_at": pl.Datetime("us", "UTC"),
    "tie": pl.Int64(),
    "is_implied": pl.Boolean(),
    "told_by": pl.String(),
    "earliest_at": pl.Datetime("us", "UTC"),
    "latest_at": pl.Datetime("us", "UTC"),
}
STANDING = "current_stage"
NEVER = {name: pl.lit(None, dtype=RECORDED[name]) for name in ("earliest_at", "latest_at")}
ONCE = ["deal_id", "funnel_name", "stage_name", "entered_at"]


def recorded_changes(
    staged: Sequence[StagedTable],
    deals: pl.DataFrame,
    dictionary: StageDictionary,
    joins: Joins,
    told: pl.DataFrame,
) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    """Return the stage entries that exports record, of deals that exist, each once; and how many were told again.

    Entries of deals that do not exist are counted as orphans. ``told`` holds the versions of deals in successive exports.
    """
    parts = []
    for one in tables_of(staged, "stages"):
        events = numbered_as(one, deals)
        if one.profile.event_log is None:
            joins.compare(f"{one.name}.deal_id → deals", events, "deal_id", deals["deal_id"])
        events = events.join(deals.select("deal_id", deal_funnel="funnel_name"), on="deal_id", how="inner")
        if one.profile.event_log is None:
            events = by_agreement(events, deals, dictionary)
        events = dictionary.named(events, fallback=pl.col("deal_funnel"))
        parts.append(
            events.sort(LOAD, FILE, LINE)
            .with_row_index("tie")
            .select(
                *(pl.col(name).cast(dtype) for name, dtype in list(RECORDED.items())[:6]),
                is_implied=pl.lit(False),
                told_by=pl.lit("events"),
                **NEVER,
            )
        )
    events = pl.concat([pl.DataFrame(schema=RECORDED), *parts])
    once = events.unique(ONCE, keep="first", maintain_order=True)
    wide = [one for one in tables_of(staged, "deals") if STAGE_DATES in one.rows.columns]
    dated = [dated_entries(one, deals, dictionary) for one in wide]
    both = pl.concat([once, *dated]).unique(ONCE, keep="first", maintain_order=True)
    both = pl.concat([both, standing_entries(staged, deals, dictionary, both)])
    between = entries_between(told, both)
    if not between.is_empty():
        both = pl.concat([both, between.select(pl.col(name).cast(dtype) for name, dtype in RECORDED.items())])
    repeated = events.height - once.height
    return both, [{"subject": "stage changes", "rule": REPEATED, "rows": repeated, "amount": None}] if repeated else []


def by_agreement(events: pl.DataFrame, deals: pl.DataFrame, dictionary: StageDictionary) -> pl.DataFrame:
    """Learn what a log's codes mean from the deals that stand where their last event left them.

    A log may say ``0`` and ``C1:NEW`` where the deals' export says «Общая» and «Новая». A code that no dictionary knows gets
    the name that at least four in five of those deals carry, from two deals on; any other stays as it is.
    """
    last = (
        events.sort("deal_id", "entered_at", LOAD, FILE, LINE)
        .group_by("deal_id", maintain_order=True)
        .agg(pl.col("funnel_name", "stage_name").last())
    )
    standing = deals.select("deal_id", there_funnel="funnel_name", there_stage="stage_name")
    met = last.join(standing, on="deal_id", how="inner").drop_nulls("there_stage")
    for code, name, known in (
        ("funnel_name", "there_funnel", set(dictionary.funnel_codes)),
        ("stage_name", "there_stage", {stage for _, stage in dictionary.stage_codes}),
    ):
        names = set(standing[name].drop_nulls().unique().to_list())
        votes = (
            met.drop_nulls(code)
            .group_by(code, name)
            .len()
            .with_columns(share=pl.col("len") / pl.col("len").sum().over(code))
            .filter((pl.col("share") >= 0.8) & (pl.col("len") >= 2))
        )
        learned = {
            row[code]: row[name]
            for row in votes.iter_rows(named=True)
            if row[code] not in names and fold_heading(row[code]) not in known
        }
        if learned:
            events = events.with_columns(pl.col(code).replace(learned))
    return events


def dated_entries(one: StagedTable, deals: pl.DataFrame, dictionary: StageDictionary) -> pl.DataFrame:
    """Return the entries that columns of dates tell, of the newest row of each deal; a later date replaces an earlier one."""
    rows = (
        newest(one.rows, ["deal_id"]).select("deal_id", told=pl.col(STAGE_DATES)).explode("told", empty_as_null=False)
    )
    entries = rows.drop_nulls("told").select("deal_id", pl.col("told").struct.unnest())
    entries = as_numbered(entries, one.profile.system, deals)
    entries = entries.join(deals.select("deal_id", deal_funnel="funnel_name"), on="deal_id", how="inner")
    entries = dictionary.named(entries, fallback=pl.col("deal_funnel")).with_row_index("tie")
    return entries.with_columns(
        told_by=pl.lit("dates"), is_implied=pl.lit(False), manager_name=pl.lit(None, dtype=pl.String), **NEVER
    ).select(pl.col(name).cast(dtype) for name, dtype in RECORDED.items())


def standing_entries(
    staged: Sequence[StagedTable], deals: pl.DataFrame, dictionary: StageDictionary, recorded: pl.DataFrame
) -> pl.DataFrame:
    """Return the entries into the stage a deal stands in, where its list tells their day and no log tells it already.

    Every export of the list counts, so successive ones add up to a history. What came before the first stays unknown.
    """
    parts = [pl.DataFrame(schema=RECORDED)]
    for one in tables_of(staged, "deals"):
        if "stage_entered_at" not in one.rows.columns or one.rows["stage_entered_at"].is_null().all():
            continue
        rows = one.rows.sort(LOAD, FILE, LINE).drop_nulls(["stage_name", "stage_entered_at"])
        entries = rows.select("deal_id", "funnel_name", "stage_name", entered_at="stage_entered_at")
        entries = as_numbered(entries, one.profile.system, deals)
        entries = entries.join(deals.select("deal_id", deal_funnel="funnel_name"), on="deal_id", how="inner")
        entries = dictionary.named(entries, fallback=pl.col("deal_funnel")).with_row_index("tie")
        entries = entries.with_columns(
            told_by=pl.lit(STANDING), is_implied=pl.lit(False), manager_name=pl.lit(None, dtype=pl.String), **NEVER
        )
        parts.append(entries.select(pl.col(name).cast(dtype) for name, dtype in RECORDED.items()))
    if len(parts) == 1:
        return parts[0]
    last = (
        recorded.sort("deal_id", "entered_at", "tie")
        .group_by("deal_id", maintain_order=True)
        .agg(last_at=pl.col("entered_at").last(), last_stage=pl.col("stage_name").last())
    )
    is_news = (pl.col("entered_at") > pl.col("last_at")) & (pl.col("stage_name") != pl.col("last_stage"))
    return (
        pl.concat(parts)
        .unique(ONCE, keep="first", maintain_order=True)
        .join(last, on="deal_id", how="left", maintain_order="left")
        .filter(pl.col("last_at").is_null() | is_news)
        .select(list(RECORDED))
    )


def numbered_as(one: StagedTable, deals: pl.DataFrame) -> pl.DataFrame:
    """Return a log's stage entries under the deals' own numbers, where several systems share a number."""
    return as_numbered(one.rows.filter(pl.col(IS_STAGE)), one.profile.system, deals)


def as_numbered(entries: pl.DataFrame, system: str, deals: pl.DataFrame) -> pl.DataFrame:
    """Put the system's name before the numbers that it shares with another system."""
    own = pl.lit(f"{system}:") + pl.col("deal_id")
    known = deals.filter(pl.col("deal_id").str.starts_with(f"{system}:"))["deal_id"]
    return entries.with_columns(deal_id=pl.when(own.is_in(known.implode())).then(own).otherwise(pl.col("deal_id")))


def implied_changes(deals: pl.DataFrame, recorded: pl.DataFrame, dictionary: StageDictionary) -> pl.DataFrame:
    """Add what follows from the deals themselves, and number each deal's changes by time, stage order, place in the file."""
    stages = dictionary.frame.select("funnel_name", "stage_name", "stage_order", "stage_type")
    first = (
        stages.filter(pl.col("stage_type") == "open")
        .sort("stage_order")
        .unique("funnel_name", keep="first", maintain_order=True)
        .select("funnel_name", first_stage="stage_name")
    )
    last = (
        recorded.sort("deal_id", "entered_at", "tie")
        .group_by("deal_id", maintain_order=True)
        .agg(
            last_funnel=pl.col("funnel_name").last(),
            last_stage=pl.col("stage_name").last(),
            last_at=pl.col("entered_at").max(),
            begins_by=pl.col("told_by").first(),
            begins_with=pl.col("stage_name").first(),
        )
    )
    known = deals.join(last, on="deal_id", how="left").join(first, on="funnel_name", how="left")
    no_history = pl.col("last_stage").is_null()
    elsewhere = (pl.col("stage_name") != pl.col("first_stage")).fill_null(True)
    # Exports begin with the stage they first showed; the creation before it follows as for a deal without history.
    starts_later = pl.col("begins_by").is_in(["exports", STANDING]) & (pl.col("begins_with") != pl.col("first_stage"))
    starts_later &= pl.col("created_at").is_not_null()  # a creation without a day would stand after what has one
    created = known.filter((no_history | starts_later) & pl.col("first_stage").is_not_null()).select(
        "deal_id", "funnel_name", stage_name="first_stage", entered_at="created_at", tie=pl.lit(0)
    )
    moved_on = (pl.col("last_stage") != pl.col("stage_name")) | (pl.col("last_funnel") != pl.col("funnel_name"))
    reached_at = pl.when(
        (pl.col("outcome") != "open") & (pl.col("last_at").is_null() | (pl.col("closed_at") >= pl.col("last_at")))
    ).then(pl.col("closed_at"))
    present = known.filter(
        pl.col("stage_name").is_not_null()
        & pl.when(no_history).then(elsewhere).otherwise(moved_on & (pl.col("rule") != "ever"))
    ).select("deal_id", "funnel_name", "stage_name", entered_at=reached_at, tie=pl.lit(1 << 60))
    implied = pl.concat([created.cast({"tie": pl.Int64}), present.cast({"tie": pl.Int64})]).with_columns(
        is_implied=pl.lit(True), manager_name=pl.lit(None, dtype=pl.String), told_by=pl.lit("implied"), **NEVER
    )
    return shaped(
        pl.concat([recorded, implied.select(list(RECORDED))])
        .join(stages, on=["funnel_name", "stage_name"], how="left")
        .with_columns(
            is_present=pl.col("tie") == 1 << 60,
            order=pl.when(pl.col("stage_type") == "open")
            .then(pl.col("stage_order"))
            .otherwise(10_000 + pl.col("stage_order")),
        )
        .sort("deal_id", "is_present", "entered_at", "order", "tie", nulls_last=True)
        .with_columns(change_number=pl.int_range(pl.len(), dtype=pl.Int64).over("deal_id") + 1),
        "stage_changes",
    )
