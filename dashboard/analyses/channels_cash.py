"""Channels on cash basis: the spend of a period beside what was won in it, whenever the lead came (product.md 4.8)."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.channels import LOSES, PAYS, UNSURE, intervals, sentences
from dashboard.analyses.choose import rows_count
from dashboard.analyses.headings import columns
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics import deals, returns, spend
from dashboard.metrics.measure import measure
from dashboard.metrics.returns import BY_CASH
from dashboard.metrics.rows import rows_of
from dashboard.statistics.verdicts import LEAST_COUNT

CARD = (
    *(spend.SPEND, spend.IMPRESSIONS, spend.CLICKS, deals.LEADS, deals.TARGET_LEADS, deals.WON, returns.ACQUIRED_CASH),
    *(deals.REVENUE, returns.MARGIN, spend.CPL, spend.CPQL, returns.CAC_CASH, returns.CPO_CASH, returns.DRR_CASH),
    *(returns.ROAS_CASH, returns.ROMI_CASH, returns.ROMI_REVENUE_CASH),
)
TOO_FEW = N_("too few closed deals to say")
DEFINITION = N_(
    "Ad spend of the period beside the deals won in it, by channel, whenever their leads came: old leads repay the spend of "
    "today, so a channel that was just begun looks worse than it is and one just stopped looks better. The interval of the "
    "return shows how far chance alone may carry it."
)


def channels_cash(facts: Facts, filter: Filter) -> Answer:
    """Put spend beside what was won in the period: one row per channel, the largest spend first.

    Columns: channel, the metrics of ``CARD``, closed (won, lost and junk deals closed in the period), romi_shown (by margin
    where settings give one, else by revenue), romi_low and romi_high (95 %, closed deals drawn again), channel_verdict.
    """
    by = ("channel",)
    worth = pl.col("margin") if facts.margins.height else pl.col("amount").cast(pl.Float64)
    closed = (
        rows_of(facts, "sold_deals")
        .filter(filter.rows("closed_on") & (pl.col("outcome") != "open"))
        .with_columns(channel="channel_name", worth=pl.when(pl.col("outcome") == "won").then(worth).otherwise(0.0))
    )
    frame = measure(facts, CARD, filter, by=by)
    frame = (
        frame.join(closed.group_by(by).agg(rows_count().alias("closed")), on=by, how="left", nulls_equal=True)
        .join(intervals(closed, frame, by), on=by, how="left", nulls_equal=True)
        .with_columns(
            pl.col("closed").fill_null(0),
            romi_shown=pl.col("romi_cash") if facts.margins.height else pl.col("romi_revenue_cash"),
        )
        .with_columns(verdict())
        .sort("spend", *by, descending=[True, False], nulls_last=True)
    )
    return Answer(
        frame=frame,
        columns=columns("channel", "spend", "leads", "target_leads", "won", "revenue", "cpl", "cpql", "cac_cash")
        + columns("romi_shown", "channel_verdict", "romi_low", "romi_high"),
        definition=DEFINITION,
        variant=BY_CASH,
        n=closed.height,
        counted=N_("closed deals"),
        as_of=facts.as_of,
        sentences=tuple(sentences(facts, filter, frame.clear().with_columns(matured_share=pl.lit(1.0)), by, None)),
    )


def verdict() -> pl.Expr:
    """Say whether it pays; money that came does not ripen, so only chance is asked."""
    return (
        pl.when(pl.col("romi_shown").is_null())
        .then(None)
        .when(pl.col("closed") < LEAST_COUNT)
        .then(pl.lit(TOO_FEW))
        .when(pl.col("romi_low") > 0)
        .then(pl.lit(PAYS))
        .when(pl.col("romi_high") < 0)
        .then(pl.lit(LOSES))
        .when(pl.col("romi_low").is_not_null())
        .then(pl.lit(UNSURE))
    ).alias("channel_verdict")


CHANNELS_CASH = Analysis(
    name="channels_cash",
    label=N_("Channels on cash basis"),
    help=N_(
        "For each channel: spend of the period beside sales and revenue of the period, CAC and ROMI with its interval."
    ),
    run=channels_cash,
)
