"""What stands behind the numbers of the forecast's tables: deals that cover the plan, steps of the open deals, leads of a change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Column
from dashboard.analyses.before_after import DIFFERENCE, leads_of_note
from dashboard.analyses.coverage import covering, last_year, running_month
from dashboard.analyses.forecast import MOVING, judged
from dashboard.analyses.headings import HEADINGS
from dashboard.analyses.waterfall import expected_before, parts_of
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.conversion import WIN_RATE_VALUE
from dashboard.metrics.model import Unit
from dashboard.metrics.plans import PLAN_LEFT
from dashboard.ui.behind import (
    Behind,
    Cell,
    Number,
    OfMetric,
    Part,
    Parts,
    Values,
    count,
    ratio_of,
    share_counted,
    total,
)
from dashboard.ui.cell_rows import Grid, capital
from dashboard.ui.context import Context

COVER_HELP = N_("The open deals of the row, and below them what else the number is made of.")


def cover(column: str) -> Behind:
    """Say what stands behind a column of the coverage."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        found = covering(facts, filter)[str(cell["variant"])]
        numbers = {
            "count": Number(N_("Deals"), Unit.COUNT, count),
            "amount": Number(N_("Amount"), Unit.MONEY, whole("amount")),
        }
        deals = Part("cover", found, {"amount": numbers["amount"]} if column != "count" else numbers)
        left = OfMetric(PLAN_LEFT, running_month(facts, filter), {})
        needed = OfMetric(WIN_RATE_VALUE, last_year(facts, filter), {})
        return {"left": [left], "needed": [needed], "coverage": [deals, left]}.get(column, [deals])

    values: dict[str, Callable[[Values], float | None]] = {
        "coverage": ratio_of("amount", PLAN_LEFT.name),
        "needed": lambda values: 1 / rate if (rate := values[WIN_RATE_VALUE.name]) else None,
    }
    return Behind(HEADINGS[column][0], COVER_HELP, parts, values.get(column))


def whole(column: str) -> Callable[[pl.DataFrame], float | None]:
    """Make what adds a column up; nothing of no deals, unknown where none tells it."""
    return lambda deals: total(column)(deals) if deals.height else 0.0


COVERED = {column: cover(column) for column in ("count", "amount", "left", "coverage", "needed")}


def coverage_grid(here: Context) -> Grid:
    """Make the table of the coverage open: a row is of some of the open deals."""
    return Grid("coverage", {"variant": "variant"}, COVERED, title=lambda row: capital(here.locale.text(row[0])))


STEP = Column("moved", N_("Amount of the step"), "money")
STEP_HELP = N_("The deals of the step: each with what it adds to the open amount or takes from it.")


def step(column: str, name: str) -> Behind:
    """Say what stands behind a column of the changes in the open deals; ``name`` is the analysis."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        rows = parts_of(facts, filter, expected_before(facts, filter) if name == "waterfall_month" else None).filter(
            pl.col("part") == cell["part"]
        )
        numbers = {
            "count": Number(N_("Deals"), Unit.COUNT, count),
            "amount": Number(N_("Amount"), Unit.MONEY, whole("moved")),
        }
        return [Part("step", rows.rename({"amount": "moved"}), {column: numbers[column]}, more=(STEP,))]

    return Behind(HEADINGS[column][0], STEP_HELP, parts)


STEPS = {
    name: {column: step(column, name) for column in ("count", "amount")} for name in ("waterfall", "waterfall_month")
}
COHORT_HELP = N_("The leads of one side of the change that are old enough, and of each whether it was won in time.")


def cohort(column: str) -> Behind:
    """Say what stands behind a column of the leads before and after a change."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        day, text, variant = date.fromisoformat(str(cell["day"])), str(cell["text"]), str(cell["variant"])
        rows = leads_of_note(facts, filter, day, text, variant)
        if column == "won":
            rows = rows.filter("is_counted")
        number = {
            "leads": Number(N_("Leads"), Unit.COUNT, count),
            "won": Number(N_("Won"), Unit.COUNT, count),
            "won_share": Number(N_("Won, share"), Unit.SHARE, share_counted),
        }[column]
        return [Part(f"change-{column}", rows, {column: number})]

    return Behind(HEADINGS[column][0], COHORT_HELP, parts)


COHORTS = {column: cohort(column) for column in ("leads", "won", "won_share")}


def changes_grid(here: Context, frame: pl.DataFrame) -> Grid:
    """Make the table of noted changes open; a difference of two sides has no rows of its own."""

    def title(row: Sequence[str]) -> str:
        day = here.locale.date(date.fromisoformat(row[0]))
        return f"{day} · {row[1]} · {here.locale.text(row[2])}"

    mute = tuple(
        row
        for row in frame.select(pl.col("day_of_change").cast(pl.String), "text", "variant").rows()
        if row[2] == DIFFERENCE
    )
    return Grid(
        "before_after",
        {"day_of_change": "day", "text": "text", "variant": "variant"},
        COHORTS,
        mute=mute,
        title=title,
    )


def judged_deals(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the open deals that a row of the forecast stands on."""
    deals = judged(facts, filter).deals
    kept = deals.filter(~pl.col("is_stuck")) if cell["variant"] == MOVING else deals
    return [Part("judged", kept.select("deal_id"), {"open": Number(HEADINGS["open"][0], Unit.COUNT, count)})]


OPEN_JUDGED = Behind(HEADINGS["open"][0], N_("The open deals that the forecast counts on."), judged_deals)
