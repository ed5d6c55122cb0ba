"""Which visits a funnel is made of, under each basis, and how many deals had to be left out for want of a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.passages import furthest, passages_among, passages_of, told, visits_of, ways
from dashboard.analyses.reach import until_horizon
from dashboard.filters import Filter, is_any
from dashboard.remember import lately

NEEDED = (
    *(
        "deal_at",
        "place",
        "deal_id",
        "visit_number",
        "funnel_name",
        "stage_name",
        "stage_type",
        "next_stage_name",
        "exit",
    ),
    *("manager_name", "outcome", "amount", "entered_at", "days", "deal_created_on", "deal_created_at"),
    *("known_at", "left_known_at"),
)
"""Of each visit of a cohort, as far as they were read: half the columns, half the time."""


def cohort(facts: Facts, filter: Filter, horizon: int | None) -> tuple[pl.DataFrame, int]:
    """Take the visits of the deals created in the period, as they were at the horizon; and count the undated deals.

    The funnel of a filter is the funnel of the visit: a deal handed over belongs to both.
    """
    created, undated = created_deals(facts, filter)

    def visits() -> pl.DataFrame:
        rows = visits_of(facts, created, in_funnels(filter), *NEEDED)
        return rows if horizon is None else until_horizon(rows, facts.as_of, horizon)

    key = ("cohort", replace(filter, preset=None, compare="none"), horizon)
    is_bounded = horizon is not None or not filter.period.is_all_time
    return lately(facts, key, visits), undated if is_bounded else 0


def created_deals(facts: Facts, filter: Filter) -> tuple[pl.Series, int]:
    """Mark the deals created in the period, whatever their funnel; and count those of nobody knows when."""
    kept = replace(filter, funnels=()).rows(any_funnel=True)
    marks = facts.deals.lazy().select(
        deal=kept & filter.period.contains("created_on"),
        undated=kept & pl.col("created_at").is_null(),
    )
    found = marks.collect()
    return found["deal"], int(found["undated"].sum())


def ended(facts: Facts, filter: Filter, horizon: int | None) -> tuple[pl.DataFrame, int]:
    """Take the visits that ended in the period; and count the deals with a visit that ended on an unknown day.

    A final stage is not left: there the visits that began in the period count, and they are still there.
    """
    is_end = (pl.col("stage_type") != "open") & (pl.col("exit") == "still_there")
    is_over = pl.col("exit") != "still_there"
    whole = told(facts, ways(facts)).lazy().filter(filter.rows())
    undated = whole.filter(is_over & pl.col("left_on").is_null()).select(pl.col("deal_id").n_unique())
    within = (is_over & filter.period.contains("left_on")) | (is_end & filter.period.contains("entered_on"))
    return whole.filter(within).collect(), 0 if filter.period.is_all_time else int(undated.collect().item())


def standing(facts: Facts, filter: Filter, horizon: int | None) -> tuple[pl.DataFrame, int]:
    """Take the visit each deal is in at ``as_of``; the period plays no part."""
    return told(facts, ways(facts)).filter(filter.rows() & (pl.col("exit") == "still_there")), 0


def in_funnels(filter: Filter) -> pl.Expr:
    """Make the predicate of the chosen funnels alone; without any, of those that sell."""
    return is_any("funnel_name", filter.funnels) if filter.funnels else pl.col("is_sales").fill_null(True)


BY_BASIS = {"cohort": cohort, "period": ended, "snapshot": standing}


def passages_in(facts: Facts, filter: Filter, basis: str, horizon: int | None) -> tuple[pl.DataFrame, int]:
    """Take the passages a funnel is made of (see ``passages``), and count the deals left out."""
    if basis == "cohort" and horizon is None:
        created, undated = created_deals(facts, filter)
        rows = passages_among(facts, created, in_funnels(filter))
        return rows, 0 if filter.period.is_all_time else undated
    visits, undated = BY_BASIS[basis](facts, filter, horizon)
    return passages_of(facts, visits), undated


def passages_within(facts: Facts, filter: Filter, horizon: int) -> pl.DataFrame:
    """Take the passages that the deals created in the period began within so many days of creation.

    Which deal was where by then, and no more: how their visits ended is told by ``passages_in`` with a horizon.
    """
    created, _ = created_deals(facts, filter)
    rows = passages_among(facts, created, in_funnels(filter), "deal_at", "place", "first_after")
    return furthest(facts, rows.filter(pl.col("first_after") <= timedelta(days=horizon)))
