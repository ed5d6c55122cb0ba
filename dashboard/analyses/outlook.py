"""The chance of each open deal to be won by a day, by how earlier deals left its stage; as known on any day, so that it can be tested.

Nothing that came after the day is used: deals created later are not there, and those closed later are still open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from dashboard.access import Facts
from dashboard.filters import Filter
from dashboard.statistics.arrays import Floats, Whole, floats
from dashboard.statistics.forecast import Forecast, chance_within, simulate
from dashboard.statistics.survival import Incidence, cumulative_incidence, incidence_of, numbered

STAGE = ["funnel_name", "stage_name"]
LEAST_SEEN = 20
"""A chance is read off as many earlier visits that stayed in the stage as long; those that had moved on by then tell of others."""
INFLOW_DAYS = 90
LEAST_OF_PRODUCT = 5


@dataclass(frozen=True, eq=False)
class Outlook:
    """``deals``: open on the day, with chance, amount (of its like where unknown), is_imputed, is_judged. ``new_wins``: expected
    among deals to come. ``checks``: amounts won so far. ``closed``: won and lost deals that it was learnt from.
    """

    deals: pl.DataFrame
    new_wins: float
    checks: tuple[float, ...]
    closed: int

    @property
    def is_priced(self) -> bool:
        """Whether an amount is known of any deal won or open: without one, money is not known, which is not zero."""
        return bool(self.checks) or self.deals.get_column("weight").count() > 0

    def draw(self, plan: float | None = None, *, moving: bool = False, draws: int = 5000) -> Forecast:
        """Draw the sums; ``moving`` leaves the stuck deals out."""
        known = self.deals.filter("is_judged")
        known = known.filter(~pl.col("is_stuck")) if moving else known
        new = self.new_wins if self.checks else 0.0
        return simulate(
            known["chance"].to_list(),
            known["weight"].to_list(),
            new_wins=new,
            new_amounts=self.checks,
            plan=plan,
            draws=draws,
        )


def outlook(facts: Facts, filter: Filter, day: date, horizon: int) -> Outlook:
    """Judge the deals open at the end of ``day`` over the next ``horizon`` days. The period of the filter plays no part."""
    learnt = ends_by(facts, Filter(funnels=filter.funnels), day)
    deals = with_checks(learnt, ends_by(facts, filter, day).filter(pl.col("ended").is_null()))
    stages = visits_by(facts, learnt, day)
    by_stage = {place: Stays.of(rows) for place, rows in stages.group_by(STAGE) if rows.height >= LEAST_SEEN}
    whole = curve(learnt.select("days", "ended"))
    standing = deals.rename({"stage_name": "stage_now"}).join(
        last_visits(stages), on="deal_id", how="left", maintain_order="left"
    )
    told: dict[tuple, float | None] = {}
    chances = []
    for funnel, stage, stay, age in standing.select(*STAGE, "stay", "days").iter_rows():
        there = by_stage.get((funnel, stage))
        key = (funnel, stage, there.landmark(stay)) if there is not None and stay is not None else (age,)
        if key not in told:
            told[key] = chance(there, stay, whole, age, horizon)
        chances.append(told[key])
    standing = standing.with_columns(chance=pl.Series(chances, dtype=pl.Float64), is_stuck=pl.lit(False))
    is_judged = pl.col("chance").is_not_null() & pl.col("weight").is_not_null()
    mine = ends_by(facts, filter, day)
    came = mine.filter(pl.col("created_on") > day - pl.duration(days=INFLOW_DAYS)).height / INFLOW_DAYS
    shares = [whole.at("won", horizon - ahead) or 0.0 for ahead in range(horizon)]
    won = mine.filter((pl.col("ended") == "won") & (pl.col("amount") > 0))
    return Outlook(
        deals=standing.with_columns(is_judged=is_judged).sort("deal_id"),
        new_wins=came * sum(shares),
        checks=tuple(won["amount"].cast(pl.Float64).sort().to_list()),
        closed=learnt.filter(pl.col("ended").is_in(["won", "lost"])).height,
    )


def ends_by(facts: Facts, filter: Filter, day: date) -> pl.DataFrame:
    """Take the deals created by a day: ``days`` old at their end or on that day, ``ended`` how (null while open)."""
    is_over = (pl.col("outcome") != "open") & (pl.col("closed_on") <= day).fill_null(False)
    until = pl.when(is_over).then("closed_on").otherwise(pl.lit(day))
    undated = (pl.col("outcome") != "open") & pl.col("closed_on").is_null()
    return facts.deals.filter(filter.rows() & (pl.col("created_on") <= day).fill_null(False) & ~undated).with_columns(
        ended=pl.when(is_over).then(pl.col("outcome").cast(pl.String)),
        ended_on=until,
        days=(until - pl.col("created_on")).dt.total_days().cast(pl.Float64),
    )


def visits_by(facts: Facts, deals: pl.DataFrame, day: date) -> pl.DataFrame:
    """Take the visits to open stages begun by a day, known up to it.

    ``stay``: days spent there. ``since``: days from the entry to the end of the deal.
    """
    guessed = facts.visits.filter(pl.col("is_implied") | pl.col("entered_on").is_null()).select("deal_id")
    return (
        facts.visits.filter((pl.col("stage_type") == "open") & (pl.col("entered_on") <= day))
        .join(guessed, on="deal_id", how="anti")
        .join(deals.select("deal_id", "ended", "ended_on"), on="deal_id")
        .with_columns(
            since=(pl.col("ended_on") - pl.col("entered_on")).dt.total_days().cast(pl.Float64),
            stay=(pl.min_horizontal("left_on", "ended_on") - pl.col("entered_on")).dt.total_days().cast(pl.Float64),
        )
        .select("deal_id", "visit_number", *STAGE, "since", "stay", "ended")
        .sort("deal_id", "visit_number")
    )


def last_visits(stages: pl.DataFrame) -> pl.DataFrame:
    """Take the latest visit of each deal."""
    return stages.group_by("deal_id", maintain_order=True).agg(pl.col("stay", "stage_name").last())


def curve(rows: pl.DataFrame) -> Incidence:
    """Estimate how deals end by age."""
    return cumulative_incidence(rows.to_series(0).to_list(), rows.get_column("ended").to_list())


@dataclass(frozen=True, eq=False)
class Stays:
    """The visits to one stage, the longest stay first, so that those at least as long are the first so many."""

    stay: Floats
    since: Floats
    kind: Whole
    names: list[str]

    @classmethod
    def of(cls, visits: pl.DataFrame) -> Stays:
        """Put the visits in order and number how their deals ended."""
        rows = visits.sort("stay", descending=True)
        names, kind = numbered(rows.get_column("ended").to_list())
        return cls(floats(rows.get_column("stay").to_list()), floats(rows.get_column("since").to_list()), kind, names)

    def landmark(self, stay: float) -> float:
        """Return the stay to compare with: this one, or the longest that enough visits reached where it is longer."""
        return min(stay, float(self.stay[LEAST_SEEN - 1]))

    def after(self, landmark: float) -> Incidence:
        """Estimate how deals ended that stayed so long, by the days since then."""
        count = int(np.searchsorted(-self.stay, -landmark, side="right"))
        return incidence_of(self.since[:count] - landmark, self.kind[:count], self.names)


def chance(visits: Stays | None, stay: float | None, whole: Incidence, age: float, horizon: int) -> float | None:
    """Return the chance by earlier visits as long to the stage, where enough are known, else by the age of the deal."""
    if visits is None or stay is None:
        found = near(whole, age, horizon)
        return None if found is None else min(max(found, 0.0), 1.0)
    later = visits.after(visits.landmark(stay))
    return later.at("won", horizon if later.last_day is None else min(horizon, later.last_day))


def near(curve: Incidence, age: float, horizon: int) -> float | None:
    """Return the chance within as much of the horizon as was ever watched; None beyond the oldest age."""
    last = curve.last_day
    if last is None or age > last:
        return None
    watched = horizon if curve.is_all_over else min(horizon, last - age)
    return chance_within(curve, "won", age, watched)


def with_checks(learnt: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """Give each deal a ``weight``: its amount, else the mean check of its product (of five wins or more), else of all."""
    won = learnt.filter((pl.col("ended") == "won") & (pl.col("amount") > 0))
    checks = won.group_by("product_name").agg(usual=pl.col("amount").cast(pl.Float64).mean(), of=pl.len())
    mean = won["amount"].cast(pl.Float64).mean()
    known = (pl.col("amount") > 0).fill_null(False)
    return (
        deals.join(
            checks.filter(pl.col("of") >= LEAST_OF_PRODUCT), on="product_name", how="left", maintain_order="left"
        )
        .with_columns(
            weight=pl.when(known)
            .then(pl.col("amount").cast(pl.Float64))
            .otherwise(pl.coalesce("usual", pl.lit(mean, pl.Float64))),
            is_imputed=~known,
        )
        .drop("usual", "of")
    )
