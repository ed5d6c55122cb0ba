"""What if stages moved on as many as the reader sets: wins and revenue a month now and then.

The same chain of stages as in ``what_if`` (Kemeny & Snell 1960), with a share chosen by hand for any of the stages. It
supposes new deals of the same quality, and that what is left of a stage's moves keeps its proportions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from dashboard.access import Facts
from dashboard.analyses.passages import deals_in
from dashboard.analyses.selection import cohort
from dashboard.analyses.what_if import (
    DRAWS,
    ENDS,
    SEED,
    chance,
    deals_a_month,
    ended_visits,
    entries,
    mean_check,
    moved,
)
from dashboard.filters import Filter
from dashboard.statistics.chain import Chain, Moves, chain, draws

NEEDED = (
    *("deal_at", "deal_id", "visit_number", "funnel_name", "stage_name", "stage_type", "next_stage_name", "exit"),
    "deal_created_on",
)


@dataclass(frozen=True, eq=False)
class Model:
    """The chain of one funnel: where deals enter, how each stage moves on now, how many deals a month, the mean check.

    ``steps``: stage → the share of its finished visits that moved on now, in the order of the funnel; only the stages that
    can be better or worse. ``ways``: stage → where moving on leads. ``flow`` and ``check`` are None when unknown.
    """

    seen: Chain
    moves: Moves
    starts: dict[str, float]
    steps: dict[str, float]
    counts: dict[str, int]
    ways: dict[str, list[str]]
    flow: float | None
    check: float | None

    @cached_property
    def drawn(self) -> tuple[Chain, ...]:
        """The chains that the moves could as well have come from; drawn when somebody moves a stage."""
        return tuple(draws(self.moves, self.seen.stages, ENDS, DRAWS, SEED))


@dataclass(frozen=True)
class Outlook:
    """What a new deal's chance to be won is now and would be, and what that is a month; P10 to P90 of the gain.

    ``won`` and ``revenue`` are (now, then); None when the flow of deals or the check is unknown.
    """

    chance: tuple[float, float]
    won: tuple[float, float] | None
    revenue: tuple[float, float] | None
    gain_won: tuple[float, float] | None
    gain: tuple[float, float] | None


def model(facts: Facts, filter: Filter, funnel: str) -> Model | None:
    """Make the model of one funnel of the deals created in the period; None when no visit to an open stage has ended."""
    visits, _ = cohort(facts, filter, None)
    visits = visits.select(NEEDED).filter(pl.col("funnel_name") == funnel)
    if not visits.height:
        return None
    ended = ended_visits(visits)
    order = facts.stages.filter(pl.col("funnel_name") == funnel).sort("stage_order", nulls_last=True)["stage_name"]
    present = ended["stage_name"].unique(maintain_order=True).to_list()
    stages = [name for name in order if name in present] + [name for name in present if name not in set(order)]
    if not stages:
        return None
    going = (pl.col("exit") == "advanced").sum().cast(pl.Int64)
    counted = ended.group_by("stage_name", "to").agg(pl.len(), going=going).sort("stage_name", "to").rows()
    moves = {(start, to): float(n) for start, to, n, _ in counted}
    counts = {stage: sum(n for start, _, n, _ in counted if start == stage) for stage in stages}
    on = {stage: sum(n for start, _, _, n in counted if start == stage) for stage in stages}
    deals = facts.deals.select("outcome", "amount").filter(deals_in(facts, visits))
    return Model(
        seen=chain(moves, stages, ENDS),
        moves=moves,
        starts=entries(visits, stages),
        steps={stage: on[stage] / counts[stage] for stage in stages if 0 < on[stage] < counts[stage]},
        counts=counts,
        ways={stage: [to for start, to, _, n in counted if start == stage and n] for stage in stages},
        flow=deals_a_month(visits),
        check=mean_check(deals),
    )


def outlook(given: Model, wanted: Mapping[str, float]) -> Outlook:
    """Tell what follows when each stage of ``wanted`` moves on that share of its deals; names that are no stage are ignored."""

    def changed(one: Chain) -> Chain:
        for stage, share in wanted.items():
            if stage in given.steps:
                one = moved(one, stage, given.ways[stage], share)
        return one

    now, then = chance(given.seen, given.starts), chance(changed(given.seen), given.starts)
    if given.flow is None:
        return Outlook((now, then), None, None, None, None)
    won = (now * given.flow, then * given.flow)
    moved_at_all = any(stage in given.steps for stage in wanted)
    drawn = given.drawn if moved_at_all else (given.seen,)  # where nothing is moved, no chain gains anything
    gains = [chance(changed(one), given.starts) - chance(one, given.starts) for one in drawn]
    low, high = (float(one) * given.flow for one in np.quantile(gains, [0.1, 0.9]))
    if given.check is None:
        return Outlook((now, then), won, None, (low, high), None)
    revenue = (won[0] * given.check, won[1] * given.check)
    return Outlook((now, then), won, revenue, (low, high), (low * given.check, high * given.check))


def payback(cost: float, gain: tuple[float, float]) -> tuple[float, float | None] | None:
    """Return after how many months a cost comes back by a gain a month, at the soonest and at the latest (product.md D29).

    ``gain`` is its interval, low and high. The latest is None when the low end brings nothing; None when not even the high end
    does. Revenue is counted, and not what is left of it.
    """
    low, high = gain
    return None if high <= 0 else (cost / high, cost / low if low > 0 else None)
