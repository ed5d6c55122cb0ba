"""What successive exports of the same list tell: a stage, a manager, an amount or an expected day that changed.

The moment of such a change is known only as an interval, from the last thing the earlier export knew to the last thing the
later one knew (product.md 3-12); an export without a column says nothing of it and stands between no two values. It is dated in
the middle, or at the closing where that falls inside: a moment, else the expected day of a deal that is closed, which
Bitrix24 makes the day of closing (formats.md 2.1). The versions of a deal stand in the order in which ``newest`` chooses among
them: by when each says it was changed where every one of them does, else by their load; never by the machine's clock. So exports
may be loaded late, or several at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from pipelines.core.conform import joined_lines, tables_of
from pipelines.core.last_known import Silences, silences
from pipelines.core.stages import StageDictionary, type_by_words
from pipelines.schema.core import CORE
from pipelines.staged import FILE, LINE, LOAD, StagedTable

FULL_EXPORT_SHARE = 0.9
"""A later export that holds at least this share of the deals of the one before is taken for a full one."""
CHANGED = ("stage_name", "manager_name", "amount", "expected_on")
MOMENTS = ("created_at", "updated_at", "closed_at")


def versions(
    staged: Sequence[StagedTable], deals: pl.DataFrame, dictionary: StageDictionary, loaded_at: datetime, zone: str
) -> pl.DataFrame:
    """Return every version of each deal whose list was loaded more than once, in the order of what they tell.

    One row per deal and file, with ``told_at``, the last moment that export knew of. Beside each column of ``CHANGED`` stands
    whether an export before has it too (``{name}_known``; false where this one has it not), what the last of these said,
    ``{name}_before``, and the last moment it knew of, ``{name}_since``. Deals of an event log, and deals whose number carries a
    system's name, have none.
    """
    parts = []
    tables = [one for one in tables_of(staged, "deals") if one.only(FILE)[FILE].n_unique() > 1]
    silent = silences(tables)
    for one in tables:
        rows = dictionary.named(joined_lines(one), fallback=one.profile.title)
        told = rows.group_by(LOAD, FILE).agg(told_at=latest_moment(loaded_at))
        parts.append(
            with_closing_day(rows, one, dictionary, zone)
            .join(told, on=[LOAD, FILE], how="left")
            .sort("deal_id", LOAD, FILE, LINE)
            .unique(["deal_id", FILE], keep="last", maintain_order=True)
            .select("deal_id", FILE, "funnel_name", *CHANGED, *MOMENTS, "told_at", "closing_day_at")
        )
    if not parts:
        return pl.DataFrame()
    known = deals.select("deal_id", "rule")
    says_when = pl.col("updated_at").is_not_null().all().over("deal_id")
    told = (
        pl.concat(parts)
        .join(known, on="deal_id", how="semi")
        .with_columns(pl.when(says_when).then(pl.col(name)).alias(f"_{name}") for name in ("updated_at", "told_at"))
        .sort("deal_id", "_updated_at", "_told_at", FILE)
        .drop("_updated_at", "_told_at")
        .with_columns(version=pl.int_range(pl.len()).over("deal_id"))
    )
    if "funnel_name" in silent:
        # Where only its stage is told, a deal is in the funnel that the exports around it name.
        known_funnel = pl.when(~silent["funnel_name"]).then("funnel_name")
        around = pl.coalesce(known_funnel.forward_fill().over("deal_id"), known_funnel.backward_fill().over("deal_id"))
        tellers = dictionary.funnel_tellers(told["stage_name"].unique())
        told = told.with_columns(
            funnel_name=pl.when(pl.col("stage_name").is_in(tellers))
            .then("funnel_name")
            .otherwise(pl.coalesce(around, "funnel_name"))
        )
    told = told.with_columns(before for name in CHANGED for before in before_it(name, silent))
    return told.with_columns(tells_stage=~silent["stage_name"] if "stage_name" in silent else pl.lit(True))


def before_it(name: str, silent: Silences) -> list[pl.Expr]:
    """Say what the export before told of a column, and when; of ``stage_name`` also in which funnel."""
    beside = {f"{name}_before": name, f"{name}_since": "told_at"}
    beside |= {"funnel_name_before": "funnel_name"} if name == "stage_name" else {}
    if name not in silent:
        known = (pl.col("version") > 0).alias(f"{name}_known")
        return [known, *(pl.col(column).shift(1).over("deal_id").alias(alias) for alias, column in beside.items())]
    tells = ~silent[name]
    last = pl.when(tells).then(pl.int_range(pl.len())).forward_fill().shift(1)  # a place among the deal's own rows
    return [
        (tells & last.is_not_null()).over("deal_id").alias(f"{name}_known"),
        *(
            pl.when(tells).then(pl.col(column).gather(last)).over("deal_id").alias(alias)
            for alias, column in beside.items()
        ),
    ]


def with_closing_day(rows: pl.DataFrame, one: StagedTable, dictionary: StageDictionary, zone: str) -> pl.DataFrame:
    """Add ``closing_day_at``: the beginning of the expected day of a deal that stands in a final stage."""
    words = one.profile.outcomes
    names = rows["stage_name"].drop_nulls().unique().to_list()
    final = [name for name in names if type_by_words(name, words.won, words.lost, words.junk)]
    declared = dictionary.frame.select("funnel_name", "stage_name", _final=pl.col("stage_type") != "open")
    begins = (
        pl.col("expected_on")
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    )
    is_final = pl.coalesce("_final", pl.col("stage_name").is_in(final))
    return (
        rows.join(declared, on=["funnel_name", "stage_name"], how="left", maintain_order="left")
        .with_columns(closing_day_at=pl.when(is_final).then(begins.dt.convert_time_zone("UTC")))
        .drop("_final")
    )


def latest_moment(loaded_at: datetime) -> pl.Expr:
    """Say the last moment that rows know of; a mistyped year in the future is none."""
    return pl.max_horizontal(pl.col(name).filter(pl.col(name) <= loaded_at).max() for name in MOMENTS)


def entries_between(told: pl.DataFrame, described: pl.Series) -> pl.DataFrame:
    """Return entries into stages that only a comparison of exports tells, of deals that no log or column of dates describes.

    ``described`` holds the numbers of the deals that one does.
    A deal enters history with the stage its first export showed; without any change of stage it has none of this kind.
    """
    if told.is_empty():
        return pl.DataFrame()
    moved = (pl.col("stage_name") != pl.col("stage_name_before")) | (
        pl.col("funnel_name") != pl.col("funnel_name_before")
    )
    of_interest = (
        told.filter("tells_stage")
        .join(described.to_frame("deal_id"), on="deal_id", how="anti")
        .drop_nulls("stage_name")
        .with_columns(moved=moved.fill_null(False))
        .filter(pl.col("moved").any().over("deal_id"))
    )
    first = of_interest.filter(~pl.col("stage_name_known")).with_columns(
        earliest_at=pl.col("created_at"), latest_at=pl.col("told_at")
    )
    later = of_interest.filter("moved").with_columns(
        earliest_at=pl.col("stage_name_since"),
        latest_at=pl.min_horizontal(
            "told_at", pl.when(pl.col("updated_at") > pl.col("stage_name_since")).then(pl.col("updated_at"))
        ),
    )
    middle = pl.col("earliest_at") + (pl.col("latest_at") - pl.col("earliest_at")) / 2
    closed_inside = pl.col("closed_at").is_between("earliest_at", "latest_at")
    day_at = pl.col("closing_day_at")
    day_inside = (day_at + pl.duration(days=1) > pl.col("earliest_at")) & (day_at <= pl.col("latest_at"))
    return (
        pl.concat([first, later])
        .with_columns(
            entered_at=pl.when(closed_inside)
            .then(pl.col("closed_at"))
            .when(day_inside)
            .then(day_at.clip(pl.col("earliest_at"), pl.col("latest_at")))
            .otherwise(pl.coalesce(middle, "latest_at", "earliest_at")),
            tie=pl.col("version"),
            told_by=pl.lit("exports"),
            is_implied=pl.lit(False),
            manager_name=pl.lit(None, dtype=pl.String),
        )
        .sort("deal_id", "version")
    )


def deal_changes(told: pl.DataFrame) -> pl.DataFrame:
    """Return ``core.deal_changes``: what changed between two exports of a deal, with the interval in which it did."""
    schema = CORE["deal_changes"]
    if told.is_empty():
        return schema.create_empty()
    parts = [
        told.filter(pl.col(f"{name}_known") & pl.col(name).ne_missing(pl.col(f"{name}_before"))).select(
            "deal_id",
            pl.lit(name).alias("column_name"),
            pl.col("version").cast(pl.Int64).alias("change_number"),
            pl.col(f"{name}_before").cast(pl.String).alias("before"),
            pl.col(name).cast(pl.String).alias("after"),
            pl.col(f"{name}_since").alias("earliest_at"),
            pl.col("told_at").alias("latest_at"),
        )
        for name in CHANGED
    ]
    return schema.cast(pl.concat(parts).sort("deal_id", "column_name", "change_number"))


def gone_deals(staged: Sequence[StagedTable], loaded_at: datetime) -> pl.Series:
    """Return the ids of deals that a newer full export of their list no longer holds; they are marked, not deleted.

    The newest load is the one that knows the latest moment: an export that was loaded late does not know what came after it.
    """
    gone: list[pl.Series] = []
    for one in tables_of(staged, "deals"):
        if one.only(LOAD)[LOAD].n_unique() < 2:
            continue
        rows = one.only("deal_id", LOAD, *MOMENTS)
        latest = rows.group_by(LOAD).agg(told_at=latest_moment(loaded_at)).sort("told_at", LOAD)[LOAD][-1]
        newest = rows.filter(pl.col(LOAD) == latest)["deal_id"].unique()
        before = rows.filter(pl.col(LOAD) != latest)["deal_id"].unique()
        kept = before.is_in(newest.implode())
        if kept.sum() >= FULL_EXPORT_SHARE * len(before):
            gone.append(before.filter(~kept))
    return pl.concat(gone).unique() if gone else pl.Series("deal_id", [], dtype=pl.String)
