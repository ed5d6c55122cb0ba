"""What stands behind the numbers of the cycle's tables: the deals of each way to measure it, the stays in a stage."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Column
from dashboard.analyses.headings import HEADINGS
from dashboard.analyses.stage_days import stays_behind
from dashboard.analyses.times import ended, lengths_of
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.measure import in_cell
from dashboard.metrics.model import Unit
from dashboard.metrics.rows import rows_of
from dashboard.metrics.visits import IS_STANDING
from dashboard.statistics.survival import kaplan_meier
from dashboard.ui.behind import Behind, Cell, Number, Part, Parts, count, share_counted
from dashboard.ui.cell_rows import Grid, capital
from dashboard.ui.context import Context
from dashboard.ui.row_columns import LISTINGS

LEVELS = {"q25": 0.25, "median": 0.5, "q75": 0.75, "p90": 0.9}
LENGTH = Column("length_days", N_("Days"), "days")
CYCLE_HELP = N_("The deals closed in the period with the days of each, those of unknown dates left out.")
STAYS_HELP = N_(
    "Stays of the deals created in the period in this stage whose length is known. What is still there counts as not over, so "
    "that half and nine of ten are estimates."
)
NORM_HELP = N_("Stays that are over of won deals in this stage: three of four were no longer than the norm proposed.")


def quantile(column: str, level: float) -> Callable[[pl.DataFrame], float | None]:
    """Make what takes a quantile of a column."""
    return lambda rows: rows[column].quantile(level, interpolation="linear")


def cycle_level(column: str) -> Behind:
    """Say what stands behind a quantile of the cycle."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        days = lengths_of(facts, ended(facts, filter))[str(cell["variant"])]
        rows = days.filter(pl.col("days") >= 0).rename({"days": LENGTH.name})
        number = Number(HEADINGS[column][0], Unit.DAYS, quantile(LENGTH.name, LEVELS[column]))
        return [Part("cycle", rows, {column: number}, more=(LENGTH,))]

    return Behind(HEADINGS[column][0], CYCLE_HELP, parts)


def cycle_grid(here: Context) -> Grid:
    """Make the table of the cycle open: a row is a way to measure it."""
    opens = {column: cycle_level(column) for column in LEVELS}
    return Grid("cycle", {"variant": "variant"}, opens, title=lambda row: capital(here.locale.text(row[0])))


def ninth(rows: pl.DataFrame) -> float | None:
    """Estimate the days after which nine of ten have left; what is still there counts as not over."""
    if not rows["is_over"].any():
        return None
    return kaplan_meier(rows["days"].to_list(), rows["is_over"].to_list()).over_by(LEVELS["p90"])


def stage_level(column: str) -> Behind:
    """Say what stands behind a number of the days in a stage."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        rows = stays_behind(facts, filter, str(cell["funnel_name"]), str(cell["stage_name"]), column)
        number = {
            "p90": Number(HEADINGS["p90"][0], Unit.DAYS, ninth),
            "within_share": Number(HEADINGS["within_share"][0], Unit.SHARE, share_counted),
            "norm_proposed": Number(HEADINGS["norm_proposed"][0], Unit.DAYS, quantile("days", 0.75)),
        }[column]
        return [Part(f"stays-{column}", rows, {column: number}, LISTINGS["stays"])]

    return Behind(HEADINGS[column][0], NORM_HELP if column == "norm_proposed" else STAYS_HELP, parts)


STAGES = Grid(
    "dwell",
    {"funnel": "funnel_name", "stage": "stage_name"},
    {column: stage_level(column) for column in ("p90", "within_share", "norm_proposed")},
)
"""The numbers of the days in stages that open."""


def standing(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the stays of the open deals in a stage, or in all of them."""
    there = rows_of(facts, "stays").filter(filter.rows() & IS_STANDING, *in_cell(cell))
    return [Part("standing", there, {"open": Number(HEADINGS["open"][0], Unit.COUNT, count)}, LISTINGS["stays"])]


OPEN_IN_STAGES = Behind(
    HEADINGS["open"][0], N_("Deals that stand in an open stage on the last day of the data."), standing
)
