"""Entries into stages that a list of deals tells by days: a column for each stage, or the day of entry into the present one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.core.conform import newest, tables_of
from pipelines.core.stages import StageDictionary
from pipelines.keys import places_of, unique_first
from pipelines.schema.facts import HISTORIES
from pipelines.staged import FILE, LINE, LOAD, STAGE_DATES, StagedTable

TELLER = pl.Enum([*HISTORIES, "current_stage"])
RECORDED = {
    "deal": pl.UInt32(),
    "funnel_name": pl.String(),
    "stage_name": pl.String(),
    "manager_name": pl.String(),
    "entered_at": pl.Datetime("us", "UTC"),
    "tie": pl.Int64(),
    "is_implied": pl.Boolean(),
    "told_by": TELLER,
    "earliest_at": pl.Datetime("us", "UTC"),
    "latest_at": pl.Datetime("us", "UTC"),
}
STANDING = "current_stage"
NEVER = {name: pl.lit(None, dtype=RECORDED[name]) for name in ("earliest_at", "latest_at")}
ONCE = ["deal", "funnel_name", "stage_name", "entered_at"]


def dated_entries(one: StagedTable, deals: pl.DataFrame, dictionary: StageDictionary) -> pl.DataFrame:
    """Return the entries that columns of dates tell, of the newest row of each deal; a later date replaces an earlier one."""
    entries = pl.concat(
        newest(rows, ["deal_id"])
        .select("deal_id", told=pl.col(STAGE_DATES))
        .explode("told", empty_as_null=False)
        .drop_nulls("told")
        .select("deal_id", pl.col("told").struct.unnest())
        .filter(of_stages)
        for rows, of_stages in dated_alike(one)
    )
    entries = as_numbered(entries, one.profile.system, deals)
    entries = placed(entries, deals).drop_nulls("deal")
    entries = dictionary.named(entries, fallback=pl.col("deal_funnel")).with_row_index("tie")
    return entries.with_columns(
        told_by=pl.lit("dates", dtype=TELLER),
        is_implied=pl.lit(False),
        manager_name=pl.lit(None, dtype=pl.String),
        **NEVER,
    ).select(pl.col(name).cast(dtype) for name, dtype in RECORDED.items())


def dated_alike(one: StagedTable) -> Iterator[tuple[pl.DataFrame, pl.Expr]]:
    """Pair the rows of a table with the stages of whose entry each of their files has a column: all, or stage by stage."""
    stages = {file: {name for name in told if name.startswith(STAGE_DATES)} for file, told in one.told.items()}
    every = set().union(*stages.values())
    if all(told == every for told in stages.values()):
        yield one.rows, pl.lit(True)
        return
    name = pl.concat_str(pl.lit(f"{STAGE_DATES} "), pl.col("funnel_name").fill_null(""), pl.lit(": "), "stage_name")
    for stage in sorted(every):
        files = [file for file, told in stages.items() if stage in told]
        yield one.rows.filter(pl.col(FILE).is_in(files)), name == stage


def standing_entries(
    staged: Sequence[StagedTable], deals: pl.DataFrame, dictionary: StageDictionary, recorded: pl.DataFrame
) -> pl.DataFrame:
    """Return the entries into the stage a deal stands in, where its list tells their day and no log tells it already.

    Every export of the list counts, so successive ones add up to a history. What came before the first stays unknown.
    """
    parts = [pl.DataFrame(schema=RECORDED)]
    for one in tables_of(staged, "deals"):
        told = one.only("stage_entered_at")["stage_entered_at"]
        if told.is_null().all():
            continue
        rows = one.rows.sort(LOAD, FILE, LINE).drop_nulls(["stage_name", "stage_entered_at"])
        entries = rows.select("deal_id", "funnel_name", "stage_name", entered_at="stage_entered_at")
        entries = placed(as_numbered(entries, one.profile.system, deals), deals).drop_nulls("deal")
        entries = dictionary.named(entries, fallback=pl.col("deal_funnel")).with_row_index("tie")
        entries = entries.with_columns(
            told_by=pl.lit(STANDING, dtype=TELLER),
            is_implied=pl.lit(False),
            manager_name=pl.lit(None, dtype=pl.String),
            **NEVER,
        )
        parts.append(entries.select(pl.col(name).cast(dtype) for name, dtype in RECORDED.items()))
    if len(parts) == 1:
        return parts[0]
    last = (
        recorded.sort("deal", "entered_at", "tie")
        .group_by("deal", maintain_order=True)
        .agg(last_at=pl.col("entered_at").last(), last_stage=pl.col("stage_name").last())
    )
    is_news = (pl.col("entered_at") > pl.col("last_at")) & (pl.col("stage_name") != pl.col("last_stage"))
    return (
        unique_first(pl.concat(parts), ONCE)
        .join(last, on="deal", how="left", maintain_order="left")
        .filter(pl.col("last_at").is_null() | is_news)
        .select(list(RECORDED))
    )


def as_numbered(entries: pl.DataFrame, system: str, deals: pl.DataFrame) -> pl.DataFrame:
    """Put the system's name before the numbers that it shares with another system."""
    own = pl.lit(f"{system}:") + pl.col("deal_id")
    known = deals.filter(pl.col("deal_id").str.starts_with(f"{system}:"))["deal_id"]
    if known.is_empty():
        return entries
    return entries.with_columns(deal_id=pl.when(own.is_in(known.implode())).then(own).otherwise(pl.col("deal_id")))


def placed(entries: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """Put the place of an entry's deal beside it, null when there is no such deal, and the funnel the deal is in."""
    deal = places_of(entries["deal_id"], deals["deal_id"]).cast(pl.UInt32)
    return entries.with_columns(deal=deal, deal_funnel=deals["funnel_name"].gather(deal))
