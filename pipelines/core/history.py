"""``core.stage_changes``: every entry of a deal into a stage, recorded or implied.

Where no export tells the history, a deal is known to have been created and to stand where it stands, and nothing else is
made up: those two entries are marked as implied (product.md 4.1, 4.10).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import Joins, tables_of
from pipelines.core.entries import (
    NEVER,
    ONCE,
    RECORDED,
    STANDING,
    TELLER,
    as_numbered,
    dated_entries,
    placed,
    standing_entries,
)
from pipelines.core.exports import entries_between
from pipelines.core.near import near_keys
from pipelines.core.shape import shaped_in_order
from pipelines.core.stages import StageDictionary
from pipelines.headings import fold_heading
from pipelines.keys import begins, ends, in_order, number_in_run, packed, unique_first
from pipelines.schema.core import REPEATED
from pipelines.staged import FILE, IS_STAGE, LINE, LOAD, StagedTable

EVENT = ("deal_id", *list(RECORDED)[1:5], "amount", IS_STAGE, LOAD, FILE, LINE)
PRESENT = 1 << 60
"""The place of what follows from a deal's present stage: after everything a file tells."""


def recorded_changes(
    staged: Sequence[StagedTable],
    deals: pl.DataFrame,
    dictionary: StageDictionary,
    joins: Joins,
    told: pl.DataFrame,
) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    """Return the stage entries that exports record, of deals that exist, each once; and how many were told again.

    Entries of deals that do not exist are counted as orphans. ``told`` holds the versions of deals in successive exports.
    ``deals`` stand in the order of their numbers; the entries carry a deal's place there as ``deal``.
    """
    parts = []
    for one in tables_of(staged, "stages"):
        events = placed(numbered_as(one, deals), deals)
        if one.profile.event_log is None:
            account_for(joins, f"{one.name}.deal_id → deals", events, deals)
        events = events.drop("deal_id", "amount", IS_STAGE)
        events = events if events["deal"].null_count() == 0 else events.drop_nulls("deal")
        events = in_order(events, [LOAD, FILE, LINE]).drop(LOAD, FILE, LINE).with_row_index("tie")
        events = in_order(events, ["deal", "entered_at"])
        if one.profile.event_log is None:
            events = by_agreement(events, deals, dictionary)
        parts.append(
            dictionary.named(events, fallback=pl.col("deal_funnel")).select(
                *(pl.col(name).cast(dtype) for name, dtype in list(RECORDED.items())[:6]),
                is_implied=pl.lit(False),
                told_by=pl.lit("events", dtype=TELLER),
                **NEVER,
            )
        )
        del events
    events = pl.concat([pl.DataFrame(schema=RECORDED), *parts])
    parts.clear()
    once = unique_first(events, ONCE, in_order_of=["deal", "entered_at"])
    wide = [one for one in tables_of(staged, "deals") if one.table.stage_dates or one.table.stage_dates_pattern]
    dated = [dated_entries(one, deals, dictionary) for one in wide]
    both = unique_first(pl.concat([once, *dated]), ONCE) if dated else once
    standing = standing_entries(staged, deals, dictionary, both)
    both = both if standing.is_empty() else pl.concat([both, standing])
    described = deals["deal_id"].gather(both["deal"].unique())
    between = entries_between(told, described)
    if not between.is_empty():
        between = placed(between, deals).drop_nulls("deal")
        both = pl.concat([both, between.select(pl.col(name).cast(dtype) for name, dtype in RECORDED.items())])
    repeated = events.height - once.height
    return both, [{"subject": "stage changes", "rule": REPEATED, "rows": repeated, "amount": None}] if repeated else []


def account_for(joins: Joins, join_name: str, events: pl.DataFrame, deals: pl.DataFrame) -> None:
    """Account for the join of a log's entries with the deals, whose places they carry: few names are left to look at."""
    lost = events.filter(pl.col("deal").is_null()).drop_nulls("deal_id").group_by(value="deal_id")
    found = lost.agg(rows=pl.len().cast(pl.Int64), amount=pl.col("amount").cast(pl.Float64).sum())
    used = events["deal"].drop_nulls()
    joins.account(join_name, len(used), found, deals.select(value="deal_id"), used.n_unique(), near_keys)


def by_agreement(events: pl.DataFrame, deals: pl.DataFrame, dictionary: StageDictionary) -> pl.DataFrame:
    """Learn what a log's codes mean from the deals that stand where their last event left them.

    A log may say ``0`` and ``C1:NEW`` where the deals' export says «Общая» and «Новая». A code that no dictionary knows gets
    the name that at least four in five of those deals carry, from two deals on; any other stays as it is. The events stand in
    the order of deals and of time.
    """
    met = None
    for code, name, known in (
        ("funnel_name", "there_funnel", set(dictionary.funnel_codes)),
        ("stage_name", "there_stage", {stage for _, stage in dictionary.stage_codes}),
    ):
        standing = deals[code]
        names = set(standing.drop_nulls().unique().to_list())
        codes = events[code].drop_nulls().unique().to_list()
        unknown = [one for one in codes if one not in names and fold_heading(one) not in known]
        if not unknown:
            continue
        if met is None:
            met = events.filter(ends("deal")).select("deal", "funnel_name", "stage_name")
            met = met.with_columns(
                there_funnel=deals["funnel_name"].gather(met["deal"]),
                there_stage=deals["stage_name"].gather(met["deal"]),
            ).drop_nulls("there_stage")
        votes = (
            met.drop_nulls(code)
            .group_by(code, name)
            .len()
            .with_columns(share=pl.col("len") / pl.col("len").sum().over(code))
            .filter((pl.col("share") >= 0.8) & (pl.col("len") >= 2))
        )
        learned = {row[code]: row[name] for row in votes.iter_rows(named=True) if row[code] in unknown}
        if learned:
            events = events.with_columns(pl.col(code).replace(learned))
    return events


def numbered_as(one: StagedTable, deals: pl.DataFrame) -> pl.DataFrame:
    """Return a log's stage entries under the deals' own numbers, where several systems share a number."""
    events = one.only(*EVENT)
    events = events if events[IS_STAGE].all() else events.filter(pl.col(IS_STAGE))
    return as_numbered(events, one.profile.system, deals)


def implied_changes(deals: pl.DataFrame, recorded: pl.DataFrame, dictionary: StageDictionary) -> pl.DataFrame:
    """Add what follows from the deals themselves, and number each deal's changes by time, stage order, place in the file.

    Returns ``core.stage_changes`` with the deal's place among ``deals`` as ``deal``.
    """
    stages = dictionary.frame.select("funnel_name", "stage_name", "stage_order", "stage_type")
    first = (
        stages.filter(pl.col("stage_type") == "open")
        .sort("stage_order")
        .unique("funnel_name", keep="first", maintain_order=True)
        .select("funnel_name", first_stage="stage_name")
    )
    ordered = in_order_of_time(recorded, ["deal"], stages=None)
    begun = ordered.filter(begins("deal")).select("deal", begins_by="told_by", begins_with="stage_name")
    last = ordered.filter(ends("deal")).select(
        "deal", last_funnel="funnel_name", last_stage="stage_name", last_at="entered_at"
    )
    known = (
        deals.select("funnel_name", "stage_name", "outcome", "created_at", "closed_at", "rule")
        .with_row_index("deal")
        .join(last, on="deal", how="left")
        .join(begun, on="deal", how="left")
        .join(first, on="funnel_name", how="left")
    )
    no_history = pl.col("last_stage").is_null()
    elsewhere = (pl.col("stage_name") != pl.col("first_stage")).fill_null(True)
    # Exports begin with the stage they first showed; the creation before it follows as for a deal without history.
    starts_later = pl.col("begins_by").is_in(["exports", STANDING]) & (pl.col("begins_with") != pl.col("first_stage"))
    starts_later &= pl.col("created_at").is_not_null()  # a creation without a day would stand after what has one
    created = known.filter((no_history | starts_later) & pl.col("first_stage").is_not_null()).select(
        "deal", "funnel_name", stage_name="first_stage", entered_at="created_at", tie=pl.lit(0)
    )
    moved_on = (pl.col("last_stage") != pl.col("stage_name")) | (pl.col("last_funnel") != pl.col("funnel_name"))
    reached_at = pl.when(
        (pl.col("outcome") != "open") & (pl.col("last_at").is_null() | (pl.col("closed_at") >= pl.col("last_at")))
    ).then(pl.col("closed_at"))
    present = known.filter(
        pl.col("stage_name").is_not_null()
        & pl.when(no_history).then(elsewhere).otherwise(moved_on & (pl.col("rule") != "ever"))
    ).select("deal", "funnel_name", "stage_name", entered_at=reached_at, tie=pl.lit(PRESENT))
    implied = pl.concat([created.cast({"tie": pl.Int64}), present.cast({"tie": pl.Int64})]).with_columns(
        is_implied=pl.lit(True),
        manager_name=pl.lit(None, dtype=pl.String),
        told_by=pl.lit("implied", dtype=TELLER),
        **NEVER,
    )
    every = pl.concat([ordered, implied.select(list(RECORDED))])
    del ordered, known, implied
    numbered = in_order_of_time(every, ["deal", "tie"], stages)
    del every
    numbered = numbered.with_columns(
        deal_id=deals["deal_id"].gather(numbered["deal"]), change_number=number_in_run("deal")
    )
    return shaped_in_order(numbered, "stage_changes", "deal")


def in_order_of_time(changes: pl.DataFrame, by: Sequence[str], stages: pl.DataFrame | None) -> pl.DataFrame:
    """Sort changes by deal and time, those of one moment by the order of their stages (if told) and place in the file.

    With ``tie`` in ``by``, what follows from the present stage stands last and unknown moments after known ones; without,
    unknown moments stand first. Few changes of a deal share a moment, so only those are sorted by everything.
    """
    to_end = "tie" in by
    number = pl.col("deal").cast(pl.Int64)
    number = number * 2 + (pl.col("tie") == PRESENT).cast(pl.Int64) if to_end else number
    keys = changes.select(key=packed(number, pl.col("entered_at"), nulls_last=to_end)).with_row_index("at")
    keys = in_order(keys, ["key"])
    same = keys.select((begins("key") & ends("key")).not_()).to_series()
    order = keys["at"]
    if same.any():
        doubtful = keys.filter(same)
        told = changes.select("funnel_name", "stage_name", "tie")[doubtful["at"]].with_columns(doubtful)
        if stages is not None:
            place = pl.when(pl.col("stage_type") == "open").then(pl.col("stage_order"))
            told = told.join(stages, on=["funnel_name", "stage_name"], how="left").with_columns(
                order=place.otherwise(10_000 + pl.col("stage_order"))
            )
        columns = ["key", *(["order"] if stages is not None else []), "tie", "at"]
        order = order.scatter(same.arg_true(), told.sort(columns, nulls_last=to_end)["at"])
    return changes if order.is_sorted() else changes[order]
