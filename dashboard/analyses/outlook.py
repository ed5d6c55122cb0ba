"""The chance of each open deal to be won by a day, by how earlier deals left its stage; as known on any day, so that it can be tested.

Nothing that came after the day is used: deals created later are not there, and those closed later are still open. Deals of
one stage and stay are judged once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from dashboard.access import Facts
from dashboard.analyses.passages import places
from dashboard.analyses.stays_then import STILL, Known, Place, by_stage, latest, visits_by
from dashboard.filters import Filter
from dashboard.remember import prepared
from dashboard.statistics.arrays import Whole, few
from dashboard.statistics.forecast import Forecast, chance_within, simulate
from dashboard.statistics.survival import Incidence, incidence_of
from pipelines.lean import alongside, as_numbers, texts_of
from pipelines.schema.columns import OUTCOMES

INFLOW_DAYS = 90
LEAST_OF_PRODUCT = 5
OF_OPEN = ("outcome", "closed_on", "amount", "product_name")
"""Of each open deal."""
TOLD = ("deal_at", "weight", "is_imputed", "chance", "is_judged", "is_stuck", "outcome", "closed_on")
ENDS = pl.Enum(OUTCOMES)


@dataclass(frozen=True, eq=False)
class Outlook:
    """``deals``: open on the day (``TOLD``), with chance, amount (of its like where unknown), is_imputed, is_judged; ``deal_at`` is
    the row in ``facts.deals``. ``new_wins``: expected among deals to come. ``checks``: amounts won so far. ``closed``: won and lost
    deals that it was learnt from.
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
        known = self.deals.lazy().filter("is_judged")
        known = (known.filter(~pl.col("is_stuck")) if moving else known).select("chance", "weight").collect()
        new = self.new_wins if self.checks else 0.0
        return simulate(
            known["chance"].to_numpy(),
            known["weight"].to_numpy(),
            new_wins=new,
            new_amounts=self.checks,
            plan=plan,
            draws=draws,
        )


def outlook(facts: Facts, filter: Filter, day: date, horizon: int) -> Outlook:
    """Judge the deals open at the end of ``day`` over the next ``horizon`` days. The period of the filter plays no part."""
    learnt = ends_by(facts, Filter(funnels=filter.funnels), day)
    is_all = filter.chosen() == Filter(funnels=filter.funnels).chosen()
    mine = learnt if is_all else ends_by(facts, filter, day)
    won = won_of(facts, learnt)
    still = mine.lazy().filter(pl.col("kind") == STILL).select("deal_at", age="days").collect()
    deals = with_checks(won, still.with_columns(facts.deals.select(OF_OPEN)[still["deal_at"]]))
    visits = visits_by(facts, learnt, day)
    whole = curve(learnt)
    found = chances(facts, deals.with_columns(latest(facts, visits, deals["deal_at"])), visits, whole, horizon)
    standing = deals.with_columns(found, is_stuck=pl.lit(False))
    is_judged = pl.col("chance").is_not_null() & pl.col("weight").is_not_null()
    came = mine.filter(pl.col("created_on") > day - pl.duration(days=INFLOW_DAYS)).height / INFLOW_DAYS
    shares = [whole.at("won", horizon - ahead) or 0.0 for ahead in range(horizon)]
    of_mine = won if is_all else won_of(facts, mine)
    return Outlook(
        deals=standing.with_columns(is_judged=is_judged).select(TOLD),
        new_wins=came * sum(shares),
        checks=tuple(of_mine["amount"].sort().to_list()),
        closed=int(learnt["kind"].is_in([OUTCOMES.index(one) for one in ("won", "lost")]).sum()),
    )


def ends_by(facts: Facts, filter: Filter, day: date) -> pl.DataFrame:
    """Take the deals created by a day: ``days`` old at their end (``ended_on``) or on that day, and how they ended.

    ``deal_at`` is the row of the deal in ``facts.deals``; ``kind`` its outcome among ``OUTCOMES``, ``STILL`` while it was open.
    """
    is_over = (pl.col("outcome") != "open") & (pl.col("closed_on") <= day).fill_null(False)
    until = pl.when(is_over).then("closed_on").otherwise(pl.lit(day))
    undated = (pl.col("outcome") != "open") & pl.col("closed_on").is_null()
    outcome = pl.col("outcome").cast(ENDS).to_physical().cast(pl.Int8)
    return (
        facts.deals.lazy()
        .with_row_index("deal_at")
        .filter(filter.rows() & (pl.col("created_on") <= day).fill_null(False) & ~undated)
        .select(
            "deal_at",
            "created_on",
            kind=pl.when(is_over).then(outcome).otherwise(pl.lit(STILL, pl.Int8)),
            ended_on=until,
            days=(until - pl.col("created_on")).dt.total_days().cast(pl.Float64),
        )
        .collect()
    )


def won_of(facts: Facts, deals: pl.DataFrame) -> pl.DataFrame:
    """Take what those of some deals (rows of ``ends_by``) that were won brought, where it is known: product_name, amount."""
    rows = deals.get_column("deal_at").filter(deals["kind"] == OUTCOMES.index("won"))
    won = facts.deals.select("product_name", "amount")[rows].filter(pl.col("amount") > 0)
    return won.with_columns(pl.col("amount").cast(pl.Float64))


def curve(deals: pl.DataFrame) -> Incidence:
    """Estimate how deals end by age."""
    return incidence_of(deals.get_column("days").to_numpy(), deals.get_column("kind").to_numpy(), OUTCOMES)


def chances(facts: Facts, deals: pl.DataFrame, visits: Known, whole: Incidence, horizon: int) -> pl.Series:
    """Tell the chance of each deal: by earlier visits as long to its stage, where enough are known, else by its age.

    ``deals``: deal_at, age, and of the latest visit ``place`` and ``stay``; the funnel is that of the deal.
    """
    stages = list(by_stage(facts, visits))
    number = numbers_of(facts, [place for place, _ in stages], deals)
    ages, stays = (deals.get_column(name).fill_null(0).cast(pl.Int64).to_numpy() for name in ("age", "stay"))
    found = np.full(deals.height, np.nan)
    for at, (_, there) in enumerate(stages):
        rows = np.flatnonzero(number == at)
        found[rows] = there.chances(np.minimum(stays[rows], there.longest), horizon)
    rows = np.flatnonzero(number < 0)
    if len(rows):
        known_ages, place = few(ages[rows])
        found[rows] = np.array([near(whole, age, horizon) for age in known_ages.tolist()], dtype=np.float64)[place]
    return pl.Series("chance", found, nan_to_null=True)


def numbers_of(facts: Facts, known: Sequence[Place], deals: pl.DataFrame) -> Whole:
    """Number deals by the stage they are in, as it stands among the known ones; -1 where it is none of them."""
    funnels = prepared(facts, funnels_of)
    texts = texts_of(funnels)
    names = places(facts).sort("place").get_column("stage_name").to_list()
    numbers = {place: number for number, place in enumerate(known)}
    table = np.full((len(texts) + 1, len(names) + 1), -1)  # the last of each: no funnel, no visit
    for funnel, name in enumerate(texts):
        table[funnel, :-1] = [numbers.get((name, stage), -1) for stage in names]
    at = (funnels.to_physical().gather(deals["deal_at"]), deals.get_column("place"))
    return table[tuple(one.cast(pl.Int64).fill_null(-1).to_numpy() for one in at)]


def funnels_of(facts: Facts) -> pl.Series:
    """Hold the funnels of all deals as numbers."""
    return as_numbers(facts.deals.get_column("funnel_name"))


def near(curve: Incidence, age: float, horizon: int) -> float | None:
    """Return the chance within as much of the horizon as was ever watched; None beyond the oldest age."""
    last = curve.last_day
    if last is None or age > last:
        return None
    watched = horizon if curve.is_all_over else min(horizon, last - age)
    found = chance_within(curve, "won", age, watched)
    return None if found is None else min(max(found, 0.0), 1.0)


def with_checks(won: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """Give each deal a ``weight``: its amount, else the mean check of its product (of five wins or more), else of all."""
    checks = won.group_by("product_name").agg(usual=pl.col("amount").mean(), of=pl.len())
    known = (pl.col("amount") > 0).fill_null(False)
    mean = pl.lit(won["amount"].mean(), pl.Float64)
    usual = checks.filter(pl.col("of") >= LEAST_OF_PRODUCT).drop("of")
    return (
        alongside(deals, usual, "product_name")
        .with_columns(
            weight=pl.when(known).then(pl.col("amount").cast(pl.Float64)).otherwise(pl.coalesce("usual", mean)),
            is_imputed=~known,
        )
        .drop("usual")
    )
