"""Stage history restored from successive exports: how exactly its moves are dated, and how long a visit lasted at least and at most.

A move is dated in the middle between what two exports knew, or at the closing, and stages passed in between are not seen: a visit
has two inexact ends. Turnbull's estimate
is for lengths of which one end is known: of both it puts the bounds beside the true quantile. What surely holds does not
need it: no visit was shorter than its least or longer than its most, so neither are their quantiles.
"""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.reach import MICROSECONDS_A_DAY
from dashboard.filters import Notice
from dashboard.i18n import N_, Told
from dashboard.remember import prepared
from dashboard.statistics.between_snapshots import sure_bounds

RESTORED = N_(
    "The stage history is restored from successive exports, to ±{days} days: half of the moves are dated at least so exactly."
)
WITHIN = N_("The median of a stage surely lies between “from” and “to”, whenever between two exports its deals moved.")
VISIT = ["deal_id", "visit_number"]


def restored(facts: Facts) -> list[Notice]:
    """Say how exactly the moves are dated that only a comparison of exports tells; nothing where none are."""
    days = prepared(facts, half_width)
    return [] if days is None else [Notice(RESTORED, {"days": Told(days, digits=int(round(days, 1) % 1 > 0))})]


def half_width(facts: Facts) -> float | None:
    """Return half of the usual width of the intervals in which deals moved; None where no move has one."""
    if not is_restored(facts):
        return None
    moves = facts.visits.lazy().filter(pl.col("visit_number") > 1)
    width = moves.select(pl.col("entered_within_days").median()).collect().item()
    return None if width is None else float(width) / 2


def is_restored(facts: Facts) -> bool:
    """Tell whether the history of any deal comes from a comparison of exports."""
    return bool((facts.deals.get_column("history") == "exports").any())


def lasting(facts: Facts) -> pl.DataFrame:
    """Measure how long each visit of known length lasted at least and at most: deal_id, visit_number, least_days, most_days.

    One row per visit of a deal whose history is restored. ``most_days`` is infinite while the deal is still there, and where
    nobody knows when it was created.
    """
    named = facts.deals.lazy().filter(pl.col("history") == "exports").select("deal_id")
    visits = facts.visits.lazy().join(named, on="deal_id", how="semi").sort(VISIT)
    first, last = pl.col("entered_after"), pl.col("entered_before")
    left_after, left_before = first.shift(-1).over("deal_id"), last.shift(-1).over("deal_id")
    is_there = pl.col("exit") == "still_there"
    least = (
        pl.when(is_there).then(pl.col("days") - days(last - pl.col("entered_at"))).otherwise(days(left_after - last))
    )
    is_endless = is_there | first.is_null()
    return (
        with_entries(visits, facts)
        .sort(VISIT)
        .with_columns(least_days=least.clip(lower_bound=0.0), most_days=days(left_before - first))
        .filter(pl.col("days").is_not_null() & pl.col("least_days").is_not_null())
        .select(*VISIT, "least_days", pl.when(is_endless).then(float("inf")).otherwise("most_days").alias("most_days"))
        .collect()
    )


def with_entries(visits: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Put beside visits, in order, after and before which moment each was entered; both are the entry where it is known.

    A move lies between what two exports knew, the first stage an export showed between the creation and what that one knew. The
    width of the interval is the visit's own: it may end sooner, when the deal was edited last.
    """
    told = facts.deal_changes.lazy().filter(pl.col("column_name") == "stage_name")
    between = (pl.col("earliest_at") <= pl.col("entered_at")) & (pl.col("entered_at") <= pl.col("latest_at"))
    moves = (
        visits.filter(pl.col("entered_within_days").is_not_null())
        .select(*VISIT, "stage_name", "entered_at")
        .join(told.select("deal_id", "earliest_at", "latest_at", stage_name="after"), on=["deal_id", "stage_name"])
        .filter(between)
        .group_by(VISIT)
        .agg(pl.col("earliest_at").max())
    )
    entered, created = pl.col("entered_at"), pl.col("deal_created_at")
    width = pl.duration(microseconds=pl.col("entered_within_days") * MICROSECONDS_A_DAY)
    is_first_seen = (pl.col("stage_name") != pl.col("stage_name").shift(1).over("deal_id")).fill_null(True)
    is_first_seen &= (created <= entered) & (entered <= created + width)
    is_unknown = (pl.col("visit_number") == 1) & (entered != created).fill_null(True)
    start = pl.coalesce("earliest_at", pl.when(is_first_seen).then(created))
    is_exact = pl.col("entered_within_days").is_null()
    return visits.join(moves, on=VISIT, how="left", maintain_order="left").with_columns(
        entered_after=pl.when(is_exact & ~is_unknown)
        .then(entered)
        .when(~is_exact)
        .then(start.fill_null(entered - width)),
        entered_before=pl.when(is_exact).then(entered).otherwise(start.fill_null(entered) + width),
    )


def days(length: pl.Expr) -> pl.Expr:
    """Measure a length of time in days."""
    return length.dt.total_microseconds() / MICROSECONDS_A_DAY


def with_bounds(facts: Facts, visits: pl.DataFrame) -> pl.DataFrame:
    """Put beside visits with ``days`` and ``is_over`` how long they lasted at least and at most, and ``is_restored``.

    Other visits lasted as long as is known, and those that are not over have no most.
    """
    known = pl.when("is_over").then("days").otherwise(float("inf"))
    if not is_restored(facts):
        return visits.with_columns(least_days="days", most_days=known, is_restored=pl.lit(False))
    return visits.join(prepared(facts, lasting), on=VISIT, how="left", maintain_order="left").with_columns(
        pl.col("least_days").fill_null(pl.col("days")),
        pl.col("most_days").fill_null(known),
        is_restored=pl.col("least_days").is_not_null(),
    )


def median_bounds(lengths: pl.DataFrame) -> tuple[float | None, float | None]:
    """Return between which lengths the median of visits ``with_bounds`` lies; None where none is restored, or it has no end."""
    if not lengths["is_restored"].any():
        return None, None
    return sure_bounds(lengths["least_days"].to_numpy(), lengths["most_days"].to_numpy(), 0.5)
