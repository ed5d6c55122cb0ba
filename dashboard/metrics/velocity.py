"""Sales velocity: how much money a day the funnel brings, as the product of four factors that each stand on their own."""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.deals import AVERAGE_CHECK, CYCLE_DAYS_MEAN, OPEN, WIN_RATE
from dashboard.metrics.model import Better, Metric, Unit

DAYS = pl.col("cycle_days_mean")

SALES_VELOCITY = Metric(
    name="sales_velocity",
    label=N_("Sales velocity, per day"),
    help=N_(
        "Open deals at the end of the period, times the average check, times the win rate, divided by the mean "
        "days to a win: money a day. Its four factors are metrics of their own; unknown when one of them is."
    ),
    variant=N_(
        "Open now, not entering in the period; win rate by number; mean check and mean cycle of the deals won "
        "in the period."
    ),
    parts=(OPEN, AVERAGE_CHECK, WIN_RATE, CYCLE_DAYS_MEAN),
    value=pl.when(DAYS > 0).then(pl.col("open") * pl.col("average_check") * pl.col("win_rate") / DAYS),
    unit=Unit.MONEY,
    better=Better.HIGHER,
)
