"""The deals behind a bar of the funnel, and which of them are old enough to be judged.

A list counts as its bar does: under the same basis, rule for skipped stages and horizon.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

import polars as pl

from dashboard.access import Facts
from dashboard.analyses import reach, selection
from dashboard.analyses.funnel import Basis, Skips, stages_seen
from dashboard.analyses.times import ripe_age
from dashboard.filters import Filter
from dashboard.periods import Period

STAGE = ["funnel_name", "stage_name"]


def stage_deals(
    facts: Facts,
    filter: Filter,
    stage: tuple[str, str],
    *,
    basis: Basis = "cohort",
    skips: Skips = "reached-or-later",
    horizon: int | None = None,
    exit: str | None = None,
) -> pl.DataFrame:
    """Return the deals that reached a stage of a funnel, as many as ``reached`` of the funnel says, newest first.

    With ``exit`` those with a visit to the stage that ended so; a deal sent back and in again has more visits than one.
    """
    here = (pl.col("funnel_name") == stage[0]) & (pl.col("stage_name") == stage[1])
    if exit is None:
        passed, _ = selection.passages_in(facts, filter, basis, horizon)
        rule = skips if basis == "cohort" else "any-touch"
        found = reach.reaching(passed, stages_seen(facts, filter, passed), rule).filter(here)
    else:
        visits, _ = selection.BY_BASIS[basis](facts, filter, horizon)
        found = visits.filter(here & (pl.col("exit") == exit))
    numbers = found.get_column("deal_at").unique()
    deals = facts.deals[numbers.filter(numbers < facts.deals.height)]
    return deals.sort("created_at", "deal_id", descending=[True, False], nulls_last=True)


@dataclass(frozen=True)
class Ripening:
    """By which age nearly all wins have come (``days``), and the same choice over the deals that old (None: there are none)."""

    days: int
    filter: Filter | None


def ripening(facts: Facts, filter: Filter, horizon: int | None = None) -> Ripening | None:
    """Tell which deals of the period are old enough: the horizon, else the age by which 95 of 100 wins come.

    That age is learnt from all deals under the filter, whenever created, for a short period has only quick wins. None when
    no deal was won, or when every deal of the period is old enough.
    """
    days = ripe_age(facts, filter) if horizon is None else float(horizon)
    if not days:
        return None
    until = facts.as_of_on - timedelta(days=ceil(days)) + timedelta(days=1)
    period = filter.period
    if period.end is not None and period.end <= until:
        return None
    is_empty = period.start is not None and until <= period.start
    older = None if is_empty else replace(filter, period=Period(period.start, until), preset=None)
    return Ripening(ceil(days), older)
