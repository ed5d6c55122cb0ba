"""Stages: how visits to them end, how long they last against the norm, and which deals are stuck in them (product.md D06, D08).

A visit is dated by the day it was left; what stands still is a state on the last day of the data. The days of a visit that is
not recorded but follows from the present stage are unknown.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, known_sum, ratio

IS_OPEN_STAGE = pl.col("stage_type") == "open"
HAS_ENDED = IS_OPEN_STAGE & (pl.col("exit") != "still_there")
DWELL = pl.col("days").filter(HAS_ENDED)
HAS_NORM = HAS_ENDED & pl.col("days").is_not_null() & pl.col("norm_days").is_not_null()
IS_STANDING = IS_OPEN_STAGE & (pl.col("exit") == "still_there") & (pl.col("outcome") == "open")
IS_STUCK = pl.col("is_stuck")
STUCK_ROWS = IS_STUCK.fill_null(False)
HAS_DAYS = HAS_ENDED & pl.col("days").is_not_null()
IS_BACK = pl.col("exit") == "moved_back"

COMPLETED_ONLY = N_(
    "Completed visits only: slow deals still in the stage are missing, so it is on the short side; the "
    "funnel and the analysis of dwell count them."
)
STUCK_RULE = N_(
    "Longer in its stage than the stage's norm; without a norm, longer than the days within which 90 of 100 of the visits that "
    "move on do so, what is still there counted as not yet, if 20 have."
)

STAGE_CONVERSION = Metric(
    name="stage_conversion",
    label=N_("Moved on from the stage"),
    help=N_(
        "Visits to open stages that ended in the period by moving on, as a share of all such visits that ended "
        "in it. By stage it is the conversion of each stage."
    ),
    variant=N_("Period flow: what happened in the period, whenever the deals were created."),
    fact="visits",
    dated_by="left_on",
    value=ratio((HAS_ENDED & (pl.col("exit") == "advanced")).sum(), HAS_ENDED.sum()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=HAS_ENDED,
    of_them=pl.col("exit") == "advanced",
)
BACK_MOVES = Metric(
    name="back_moves",
    label=N_("Moves back"),
    help=N_(
        "Moves in the period from an open stage to an earlier one, by the day of the move. Opening a closed "
        "deal again is counted apart."
    ),
    fact="visits",
    dated_by="left_on",
    value=(IS_OPEN_STAGE & IS_BACK).sum(),
    unit=Unit.COUNT,
    better=Better.LOWER,
    behind=IS_OPEN_STAGE & IS_BACK,
)
REOPENINGS = Metric(
    name="reopenings",
    label=N_("Re-openings"),
    help=N_("Times in the period that a closed deal was opened again, by that day."),
    fact="visits",
    dated_by="left_on",
    value=(~IS_OPEN_STAGE & IS_BACK).sum(),
    unit=Unit.COUNT,
    better=Better.LOWER,
    behind=~IS_OPEN_STAGE & IS_BACK,
)
STAGE_DAYS_MEDIAN = Metric(
    name="stage_days_median",
    label=N_("Days in the stage, median"),
    help=N_("Length of the visits to open stages that ended in the period: half of them were longer, half shorter."),
    variant=COMPLETED_ONLY,
    fact="stays",
    dated_by="left_on",
    value=DWELL.median(),
    unit=Unit.DAYS,
    better=Better.LOWER,
    behind=HAS_DAYS,
)
STAGE_DAYS_Q75 = Metric(
    name="stage_days_q75",
    label=N_("Days in the stage, slower quarter"),
    help=N_("Length of the visits to open stages that ended in the period: a quarter of them were longer."),
    variant=COMPLETED_ONLY,
    fact="stays",
    dated_by="left_on",
    value=DWELL.quantile(0.75, interpolation="linear"),
    unit=Unit.DAYS,
    better=Better.LOWER,
    behind=HAS_DAYS,
)
STAGE_DAYS_P90 = Metric(
    name="stage_days_p90",
    label=N_("Days in the stage, 90 of 100"),
    help=N_("Length of the visits to open stages that ended in the period: 90 of 100 were no longer."),
    variant=COMPLETED_ONLY,
    fact="stays",
    dated_by="left_on",
    value=DWELL.quantile(0.9, interpolation="linear"),
    unit=Unit.DAYS,
    better=Better.LOWER,
    behind=HAS_DAYS,
)
WITHIN_NORM_SHARE = Metric(
    name="within_norm_share",
    label=N_("Within the norm"),
    help=N_(
        "Visits to open stages that ended in the period and were no longer than the norm of their stage, as a "
        "share of those in stages with a norm."
    ),
    variant=N_("Completed visits only; what is over the norm and still lasts is stuck."),
    fact="stays",
    dated_by="left_on",
    value=ratio((HAS_NORM & (pl.col("days") <= pl.col("norm_days"))).sum(), HAS_NORM.sum()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=HAS_NORM,
    of_them=pl.col("days") <= pl.col("norm_days"),
)
STAGE_AGE_DAYS_MEDIAN = Metric(
    name="stage_age_days_median",
    label=N_("Days in the present stage, median"),
    help=N_(
        "Days that the deals open on the last day of the data have stood in their stage: half of them longer, "
        "half shorter."
    ),
    fact="stays",
    value=pl.col("days").filter(IS_STANDING).median(),
    unit=Unit.DAYS,
    better=Better.LOWER,
    behind=IS_STANDING & pl.col("days").is_not_null(),
)
STUCK = Metric(
    name="stuck",
    label=N_("Stuck deals"),
    help=N_(
        "Deals open on the last day of the data that have stood in their stage longer than its limit. Unknown "
        "when there is no limit, or no day of entry, for any of them."
    ),
    variant=STUCK_RULE,
    fact="stays",
    value=known_sum(IS_STUCK.cast(pl.Int64), IS_STANDING),
    unit=Unit.COUNT,
    better=Better.LOWER,
    behind=STUCK_ROWS,
)
STUCK_AMOUNT = Metric(
    name="stuck_amount",
    label=N_("Stuck amount"),
    help=N_(
        "Amounts of the stuck deals, added up: open on the last day of the data and longer in their stage than "
        "its limit. Unknown when none has an amount."
    ),
    variant=STUCK_RULE,
    fact="stays",
    value=pl.when((IS_STANDING.sum() == 0) | (IS_STUCK.count() > 0)).then(
        known_sum(pl.col("amount"), IS_STUCK.fill_null(False))
    ),
    unit=Unit.MONEY,
    better=Better.LOWER,
    behind=STUCK_ROWS,
)
STUCK_SHARE = Metric(
    name="stuck_share",
    label=N_("Share of stuck deals"),
    help=N_(
        "Stuck deals as a share of the open deals for which it can be told: with a limit of their stage and a "
        "known day of entry."
    ),
    variant=STUCK_RULE,
    fact="stays",
    value=ratio(IS_STUCK.sum(), IS_STUCK.count()),
    unit=Unit.SHARE,
    better=Better.LOWER,
    behind=IS_STUCK.is_not_null(),
    of_them=IS_STUCK,
)
STUCK_AMOUNT_SHARE = Metric(
    name="stuck_amount_share",
    label=N_("Share of the stuck amount"),
    help=N_(
        "Amount of the stuck deals as a share of the amount of the open deals for which it can be told whether "
        "they are stuck."
    ),
    variant=STUCK_RULE,
    fact="stays",
    value=ratio(
        pl.col("amount").filter(IS_STUCK.fill_null(False)).sum(), pl.col("amount").filter(IS_STUCK.is_not_null()).sum()
    ),
    unit=Unit.SHARE,
    better=Better.LOWER,
    behind=IS_STUCK.is_not_null(),
)
