"""The days in each open stage, against the norm: what is still there is kept as "not over yet"."""

from __future__ import annotations

from typing import Literal

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.headings import columns
from dashboard.analyses.restored import WITHIN, median_bounds, restored, with_bounds
from dashboard.analyses.selection import cohort
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.model import ratio
from dashboard.metrics.rows import rows_of
from dashboard.statistics.survival import kaplan_meier

STAGE = ["funnel_name", "stage_name"]
Per = Literal["visit", "deal"]

DWELL = N_(
    "Real days in each open stage, of the deals created in the period. What is still there counts as not over. "
    "The norm proposed is the time within which three of four finished visits of won deals were over."
)
VISITS_LEFT_OUT = N_("Visits left out because their length is not known: {count}.")
NO_HISTORY = N_("The days in stages are not known: the exports hold only the present stage of each deal.")


def dwell(facts: Facts, filter: Filter, *, per: Per = "visit") -> Answer:
    """Measure the days in each open stage, for the deals created in the period.

    One row per funnel and stage: funnel, stage, n, over (of them no longer there), q25, median, q75, p90 (null when too much
    is still there), median_low, median_high (between which the median surely lies, where moves are dated between two exports;
    null elsewhere, and where it has no end), norm_days, judged (over, or already longer than the norm), within_share (of the
    judged), norm_proposed.
    ``per``: one visit, or all visits of a deal to the stage together.
    """
    visits, _ = cohort(facts, filter, None)
    known = with_bounds(facts, timed(facts, visits))
    lengths = known if per == "visit" else together(known)
    rows = [stage_row(place, rows) for place, rows in lengths.group_by(*STAGE, maintain_order=True)]
    levels = dict.fromkeys(("q25", "median", "q75", "p90", "median_low", "median_high"), pl.Float64())
    schema = {"funnel_name": pl.String(), "stage_name": pl.String(), "n": pl.Int64(), "over": pl.Int64(), **levels}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    order = facts.stages.select(*STAGE, "norm_days", pl.when(~pl.col("is_unmapped")).then("stage_order").alias("order"))
    frame = (
        frame.join(order, on=STAGE, how="left")
        .join(against_norm(lengths, order), on=STAGE, how="left")
        .join(norms_proposed(known), on=STAGE, how="left")
        .sort("funnel_name", "order", "stage_name", nulls_last=True)
        .rename({"funnel_name": "funnel", "stage_name": "stage"})
        .drop("order")
    )
    left_out = visits.filter(pl.col("stage_type") == "open").height - known.height
    bounded = ("median_low", "median_high") if known["is_restored"].any() else ()
    sentences = [*restored(facts), Notice(WITHIN)] if bounded else []
    sentences += [Notice(VISITS_LEFT_OUT, {"count": left_out})] if left_out else []
    if not known.height and visits.height:
        sentences = [Notice(NO_HISTORY)]
    return Answer(
        frame=frame,
        columns=columns(
            *("funnel", "stage", "n", "over", "q25", "median", *bounded),
            *("q75", "p90", "norm_days", "within_share", "norm_proposed"),
        ),
        definition=DWELL,
        variant=N_("Each visit by itself.") if per == "visit" else N_("All visits of a deal to the stage together."),
        n=known.height,
        counted=N_("visits"),
        as_of=facts.as_of,
        sentences=tuple(sentences),
    )


def timed(facts: Facts, visits: pl.DataFrame) -> pl.DataFrame:
    """Keep the visits to open stages whose length is known; a deal known by its present stage alone tells none."""
    is_known = (pl.col("stage_type") == "open") & (pl.col("days") >= 0).fill_null(False)
    guessed = facts.deals.get_column("history") == "implied"
    rows = visits.filter(is_known)
    if guessed.any():
        implied = facts.deals.filter(guessed).select("deal_id")
        rows = rows.join(implied, on="deal_id", how="anti", maintain_order="left")
    return rows.with_columns(is_over=pl.col("exit") != "still_there")


def within_norm(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Tell of each stage how many of the visits of ``dwell`` were judged by its norm, and which share stayed within it."""
    visits, _ = cohort(facts, filter, None)
    lengths = timed(facts, visits.select("deal_id", *STAGE, "stage_type", "exit", "days"))
    order = facts.stages.select(*STAGE, "norm_days", pl.when(~pl.col("is_unmapped")).then("stage_order").alias("order"))
    told = against_norm(lengths, order).join(order.drop("norm_days"), on=STAGE, how="left")
    return told.sort("funnel_name", "order", "stage_name", nulls_last=True)


def stays_behind(facts: Facts, filter: Filter, funnel: str, stage: str, column: str) -> pl.DataFrame:
    """Take the visits to one stage that a column of ``dwell`` stands on, each by itself.

    ``p90``: all of known length. ``norm_proposed``: those of won deals that are over. ``within_share``: those that the norm
    judges, with ``is_counted``: no longer than it.
    """
    visits, _ = cohort(facts, filter, None)
    rows = timed(facts, visits).filter((pl.col("funnel_name") == funnel) & (pl.col("stage_name") == stage))
    known = rows_of(facts, "stays").select(
        "deal_id", "visit_number", "entered_on", "left_on", "norm_days", "limit_days"
    )
    rows = rows.drop("norm_days", strict=False).join(known, on=["deal_id", "visit_number"], how="left")
    if column == "norm_proposed":
        return rows.filter((pl.col("outcome") == "won") & pl.col("is_over"))
    if column == "within_share":
        is_beyond = pl.col("days") > pl.col("norm_days")
        judged = rows.filter(pl.col("norm_days").is_not_null() & (pl.col("is_over") | is_beyond))
        return judged.with_columns(is_counted=~is_beyond)
    return rows


def together(known: pl.DataFrame) -> pl.DataFrame:
    """Add the visits of a deal to one stage up."""
    return known.group_by("deal_id", *STAGE, maintain_order=True).agg(
        pl.col("days", "least_days", "most_days").sum(), pl.col("is_over").all(), pl.col("is_restored").any()
    )


def stage_row(place: tuple[object, ...], rows: pl.DataFrame) -> dict[str, object]:
    """Estimate the quantiles of one stage."""
    curve = kaplan_meier(rows.get_column("days").to_list(), rows.get_column("is_over").to_list())
    levels = {"q25": 0.25, "median": 0.5, "q75": 0.75, "p90": 0.9}
    found = {name: curve.over_by(level) for name, level in levels.items()} if rows["is_over"].any() else {}
    found |= zip(("median_low", "median_high"), median_bounds(rows), strict=True)
    counts = {"n": rows.height, "over": int(rows["is_over"].sum())}
    return {"funnel_name": place[0], "stage_name": place[1], **counts, **found}


def against_norm(lengths: pl.DataFrame, norms: pl.DataFrame) -> pl.DataFrame:
    """Count who stayed within the norm; what is still there and younger than the norm cannot be judged yet."""
    is_beyond = pl.col("days") > pl.col("norm_days")
    is_judged = pl.col("norm_days").is_not_null() & (pl.col("is_over") | is_beyond)
    return (
        lengths.join(norms.select(*STAGE, "norm_days"), on=STAGE)
        .group_by(STAGE)
        .agg(
            is_judged.sum().cast(pl.Int64).alias("judged"),
            ratio((is_judged & ~is_beyond).sum(), is_judged.sum()).alias("within_share"),
        )
    )


def norms_proposed(known: pl.DataFrame) -> pl.DataFrame:
    """Propose as a norm of each stage the upper quartile of the visits of won deals that are over."""
    won = known.filter((pl.col("outcome") == "won") & pl.col("is_over"))
    return won.group_by(STAGE).agg(norm_proposed=pl.col("days").quantile(0.75, interpolation="linear"))


DWELL_TIME = Analysis(
    name="dwell",
    label=N_("Days in stages"),
    help=N_(
        "For each open stage: quartiles and P90 of the days there, the share within the norm, and a norm proposed."
    ),
    run=dwell,
)
