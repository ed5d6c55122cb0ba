"""Deals that stay in a stage too long: the "thinkers", what they weigh in the pipeline, and the pipeline without them.

The limit is the norm of the stage; without one it is the age by which nine of ten visits that moved on had done so, with
what is still there counted as not yet, so that a slow stage does not look fast.
"""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import rows_count, times, whole_sum
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.model import ratio
from dashboard.metrics.rows import lazily
from dashboard.metrics.visits import IS_STANDING
from pipelines.lean import alongside

NORM, USUAL, NO_LIMIT = N_("norm of the stage"), N_("nine of ten move on sooner"), N_("no limit is known")

DEFINITION = N_(
    "Open deals that are in their stage longer than its norm; without a norm, longer than nine of ten visits that moved on. "
    "Days run from the entry into the present stage to the last day of the data."
)
UNDATED = N_(
    "It is not known since when {count} open deals are in their stage; they are not called stuck. A history of stages would tell."
)
UNLIMITED = N_(
    "No norm and too few visits that moved on to call a deal stuck: {stages}. Set a norm on the Data page: “Names and stages”."
)


STANDING = [
    *("deal_id", "funnel_name", "stage_name", "manager_name", "amount", "days", "norm_days", "limit_days", "is_stuck")
]
"""Of each stay: a company has many open deals."""


def standing(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the stay of each open deal in an open stage with the rule, and ``is_stuck`` (null where days or limit are unknown)."""
    rule = pl.when(pl.col("norm_days").is_not_null()).then(pl.lit(NORM)).when(pl.col("limit_days").is_null())
    there = lazily(facts, "stays").filter(filter.rows() & IS_STANDING)
    return there.select(*STANDING, rule=rule.then(pl.lit(NO_LIMIT)).otherwise(pl.lit(USUAL))).collect()


def stuck_ids(facts: Facts, filter: Filter) -> pl.DataFrame:
    """List the stuck deals (``deal_id``), to leave them out of a forecast or of the coverage."""
    return standing(facts, filter).filter(pl.col("is_stuck")).select("deal_id")


def stuck(facts: Facts, filter: Filter) -> Answer:
    """List the stuck deals, the largest amount first.

    Columns: deal_id, deal_name, client, manager, funnel, stage, days, limit_days, over_days, rule, amount. The period plays no
    part: it is the state on the last day of the data.
    """
    there = standing(facts, filter)
    titles = facts.deals.select("deal_id", "deal_name", "client_name")
    frame = (
        alongside(there.filter(pl.col("is_stuck")), titles, "deal_id")
        .sort("amount", "days", "deal_id", descending=[True, True, False], nulls_last=True)
        .select(
            "deal_id",
            "deal_name",
            pl.col("client_name").alias("client"),
            pl.col("manager_name").alias("manager"),
            pl.col("funnel_name").alias("funnel"),
            pl.col("stage_name").alias("stage"),
            "days",
            "limit_days",
            (pl.col("days") - pl.col("limit_days")).alias("over_days"),
            "rule",
            "amount",
        )
    )
    shown = columns("deal_id", "client", "manager", "stage", "days", "limit_days", "rule", "amount")
    return answer(facts, there, frame, shown)


def answer(facts: Facts, there: pl.DataFrame, frame: pl.DataFrame, shown: tuple) -> Answer:
    """Put a frame of stuck deals together with what could not be judged."""
    sentences = []
    if undated := there["days"].null_count():
        sentences.append(Notice(UNDATED, {"count": undated}))
    unlimited = there.filter(pl.col("limit_days").is_null())["stage_name"].unique().sort().to_list()
    if unlimited:
        sentences.append(Notice(UNLIMITED, {"stages": ", ".join(unlimited)}))
    return Answer(
        frame=frame,
        columns=shown,
        definition=DEFINITION,
        n=there.height,
        counted=N_("open deals"),
        as_of=facts.as_of,
        sentences=tuple(sentences),
    )


def pipeline(facts: Facts, filter: Filter) -> Answer:
    """Weigh the stuck deals: one row per funnel and stage, and a last row (funnel and stage null) for all together.

    Columns: funnel, stage, open, stuck, stuck_share and amount_share (of those that can be judged), open_amount, stuck_amount,
    moving (open − stuck), moving_amount, calls and talk_minutes with stuck deals, and their share of those with open deals
    (null without a call log).
    """
    there = with_calls(facts, standing(facts, filter))
    by_stage = weigh(there, [pl.col("funnel_name").alias("funnel"), pl.col("stage_name").alias("stage")])
    whole = weigh(there, [pl.lit(None, dtype=pl.String).alias("funnel"), pl.lit(None, dtype=pl.String).alias("stage")])
    frame = pl.concat([by_stage.sort("funnel", "stage"), whole])
    shown = columns("funnel", "stage", "open", "stuck", "stuck_share", "stuck_amount", "amount_share", "calls")
    return answer(facts, there, frame, (*shown, *columns("talk_minutes")))


def with_calls(facts: Facts, there: pl.DataFrame) -> pl.DataFrame:
    """Put the calls of each deal and their minutes beside it; unknown without a call log."""
    if not facts.calls.height:
        return there.with_columns(calls=pl.lit(None, dtype=pl.Int64), minutes=pl.lit(None, dtype=pl.Float64))
    of_deals = facts.calls.lazy().filter(pl.col("deal_id").is_not_null()).group_by("deal_id")
    counted = of_deals.agg(rows_count().alias("calls"), (pl.col("talk_seconds").sum() / 60).alias("minutes")).collect()
    return there.join(counted, on="deal_id", how="left").with_columns(pl.col("calls", "minutes").fill_null(0))


def weigh(there: pl.DataFrame, keys: list[pl.Expr]) -> pl.DataFrame:
    """Count and sum what is open, what is stuck and what is left without it; unknown where no deal could be judged."""
    is_stuck = pl.col("is_stuck").fill_null(False)
    is_judged = pl.col("is_stuck").count() > 0
    counts = [
        rows_count().alias("open"),
        pl.col("is_stuck").count().alias("judged"),
        whole_sum(pl.col("amount").filter(pl.col("is_stuck").is_not_null())).alias("judged_amount"),
        pl.when(is_judged).then(times(is_stuck)).alias("stuck"),
        whole_sum(pl.col("amount")).alias("open_amount"),
        pl.when(is_judged).then(known(pl.col("amount"), is_stuck, pl.Decimal(18, 2))).alias("stuck_amount"),
        pl.when(is_judged).then(known(pl.col("amount"), ~is_stuck, pl.Decimal(18, 2))).alias("moving_amount"),
        known(pl.col("calls"), is_stuck, pl.Int64()).alias("calls"),
        known(pl.col("minutes"), is_stuck, pl.Float64()).alias("talk_minutes"),
        ratio(pl.col("minutes").filter(is_stuck).sum(), pl.col("minutes").sum()).alias("minutes_share"),
    ]
    return (
        there.group_by(keys)
        .agg(counts)
        .with_columns(
            moving=pl.col("open") - pl.col("stuck"),
            stuck_share=ratio(pl.col("stuck"), pl.col("judged")),
            amount_share=ratio(pl.col("stuck_amount"), pl.col("judged_amount")),
        )
        .drop("judged", "judged_amount")
    )


def known(value: pl.Expr, rows: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Sum over some rows; null when the value is known of none of all the rows, zero when there are none to sum."""
    return pl.when(value.count() > 0).then(value.filter(rows).sum()).cast(dtype)


STUCK = Analysis(
    name="stuck",
    label=N_("Stuck deals"),
    help=N_(
        "Open deals longer in their stage than its norm, or than nine of ten that moved on: since when, money, rule."
    ),
    run=stuck,
    is_state=True,
)
PIPELINE = Analysis(
    name="pipeline",
    label=N_("Pipeline without thinkers"),
    help=N_(
        "For each stage: open deals and money, how much of it is stuck, and calls and minutes spent on what is stuck."
    ),
    run=pipeline,
    is_state=True,
)
