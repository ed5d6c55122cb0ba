"""Which visits a funnel is made of, under each basis, and how many deals had to be left out for want of a date."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.reach import until_horizon
from dashboard.filters import Filter, is_any


def cohort(facts: Facts, filter: Filter, horizon: int | None) -> tuple[pl.DataFrame, int]:
    """Take the visits of the deals created in the period, as they were at the horizon; and count the undated deals.

    The funnel of a filter is the funnel of the visit: a deal handed over belongs to both.
    """
    every = facts.deals.filter(replace(filter, funnels=()).rows(any_funnel=True))
    undated = every.filter(pl.col("created_at").is_null())
    deals = every.filter(filter.period.contains("created_on"))
    visits = facts.visits.join(deals.select("deal_id"), on="deal_id", how="semi")
    if horizon is not None:
        visits = until_horizon(visits, facts.as_of, horizon)
    visits = visits.filter(in_funnels(filter))
    is_bounded = horizon is not None or not filter.period.is_all_time
    return visits, undated.height if is_bounded else 0


def ended(facts: Facts, filter: Filter, horizon: int | None) -> tuple[pl.DataFrame, int]:
    """Take the visits that ended in the period; and count the deals with a visit that ended on an unknown day.

    A final stage is not left: there the visits that began in the period count, and they are still there.
    """
    is_end = (pl.col("stage_type") != "open") & (pl.col("exit") == "still_there")
    whole = facts.visits.filter(filter.rows())
    over = whole.filter(pl.col("exit") != "still_there")
    ends = whole.filter(is_end & filter.period.contains("entered_on"))
    undated = over.filter(pl.col("left_on").is_null()).get_column("deal_id").n_unique()
    both = pl.concat([over.filter(filter.period.contains("left_on")), ends])
    return both, 0 if filter.period.is_all_time else undated


def standing(facts: Facts, filter: Filter, horizon: int | None) -> tuple[pl.DataFrame, int]:
    """Take the visit each deal is in at ``as_of``; the period plays no part."""
    return facts.visits.filter(filter.rows() & (pl.col("exit") == "still_there")), 0


def in_funnels(filter: Filter) -> pl.Expr:
    """Make the predicate of the chosen funnels alone; without any, of those that sell."""
    return is_any("funnel_name", filter.funnels) if filter.funnels else pl.col("is_sales").fill_null(True)


BY_BASIS = {"cohort": cohort, "period": ended, "snapshot": standing}
