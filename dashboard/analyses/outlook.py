"""The chance of each open deal to be won by a day, by how earlier deals left its stage; as known on any day, so that it can be tested.

Nothing that came after the day is used: deals created later are not there, and those closed later are still open. Deals of
one stage and stay are judged once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from dashboard.access import Facts
from dashboard.analyses.stays_then import STAGE, Place, Stays, by_stage, kinds, latest, visits_by
from dashboard.filters import Filter
from dashboard.statistics.arrays import few
from dashboard.statistics.forecast import Forecast, chance_within, simulate
from dashboard.statistics.survival import Incidence, incidence_of
from pipelines.lean import alongside
from pipelines.schema.columns import OUTCOMES

INFLOW_DAYS = 90
LEAST_OF_PRODUCT = 5
NEEDED = ("product_name", "outcome", "amount", "created_on", "closed_on")
"""Of each deal."""
NAMES = ("deal_id", "client_name", "manager_name", "funnel_name", "stage_name")
"""Of each open deal besides."""
TOLD = (
    *("deal_id", "client_name", "manager_name", "stage_now", "weight", "is_imputed", "chance", "is_judged", "is_stuck"),
    *("outcome", "closed_on"),
)
"""Of each open deal."""
ENDS = pl.Enum(OUTCOMES)


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
    still = mine.filter(pl.col("ended").is_null())
    still = still.with_columns(facts.deals.select(NAMES)[still["deal_at"]])
    deals = with_checks(learnt, still)
    visits = visits_by(facts, learnt, day)
    stages, whole = dict(by_stage(facts, visits)), curve(learnt)
    standing = deals.rename({"stage_name": "stage_now"}).with_columns(latest(facts, visits, deals["deal_at"]))
    standing = standing.with_columns(chances(standing, stages, whole, horizon), is_stuck=pl.lit(False))
    is_judged = pl.col("chance").is_not_null() & pl.col("weight").is_not_null()
    came = mine.filter(pl.col("created_on") > day - pl.duration(days=INFLOW_DAYS)).height / INFLOW_DAYS
    shares = [whole.at("won", horizon - ahead) or 0.0 for ahead in range(horizon)]
    won = mine.filter((pl.col("ended") == "won") & (pl.col("amount") > 0))
    return Outlook(
        deals=standing.with_columns(is_judged=is_judged).select(TOLD),
        new_wins=came * sum(shares),
        checks=tuple(won["amount"].cast(pl.Float64).sort().to_list()),
        closed=learnt.filter(pl.col("ended").is_in(["won", "lost"])).height,
    )


def ends_by(facts: Facts, filter: Filter, day: date) -> pl.DataFrame:
    """Take the deals created by a day: ``days`` old at their end or on that day, ``ended`` how (null while open).

    ``deal_at`` is the row of the deal in ``facts.deals``.
    """
    is_over = (pl.col("outcome") != "open") & (pl.col("closed_on") <= day).fill_null(False)
    until = pl.when(is_over).then("closed_on").otherwise(pl.lit(day))
    undated = (pl.col("outcome") != "open") & pl.col("closed_on").is_null()
    return (
        facts.deals.lazy()
        .with_row_index("deal_at")
        .filter(filter.rows() & (pl.col("created_on") <= day).fill_null(False) & ~undated)
        .select(
            "deal_at",
            *NEEDED,
            ended=pl.when(is_over).then(pl.col("outcome").cast(ENDS)),
            ended_on=until,
            days=(until - pl.col("created_on")).dt.total_days().cast(pl.Float64),
        )
        .collect()
    )


def curve(deals: pl.DataFrame) -> Incidence:
    """Estimate how deals end by age."""
    return incidence_of(deals.get_column("days").to_numpy(), kinds(deals), OUTCOMES)


def chances(standing: pl.DataFrame, stages: Mapping[Place, Stays], whole: Incidence, horizon: int) -> pl.Series:
    """Tell the chance of each deal: by earlier visits as long to its stage, where enough are known, else by its age."""
    watched = [(*place, number, there.longest) for number, (place, there) in enumerate(stages.items())]
    texts, numbers = dict.fromkeys(STAGE, pl.String), {"number": pl.UInt16, "longest": pl.Float64}
    known = pl.DataFrame(watched, {**texts, **numbers}, orient="row")
    is_watched = pl.col("stay").is_not_null() & pl.col("longest").is_not_null()
    asked = alongside(standing.select(*STAGE, "stay", age="days"), known, STAGE).select(
        "number", "age", stay=pl.when(is_watched).then(pl.min_horizontal("stay", "longest"))
    )
    numbers, ages = asked["number"].cast(pl.Int64).fill_null(-1).to_numpy(), asked["age"].to_numpy()
    stays = asked["stay"].cast(pl.Int64).fill_null(0).to_numpy()
    is_by_stay = asked["stay"].is_not_null().to_numpy()
    found = np.full(asked.height, np.nan)
    for number, there in enumerate(stages.values()):
        rows = np.flatnonzero(is_by_stay & (numbers == number))
        found[rows] = there.chances(stays[rows], horizon)
    rows = np.flatnonzero(~is_by_stay)
    if len(rows):
        known_ages, place = few(ages[rows].astype(np.int64))
        found[rows] = np.array([near(whole, age, horizon) for age in known_ages.tolist()], dtype=np.float64)[place]
    return pl.Series("chance", found, nan_to_null=True)


def near(curve: Incidence, age: float, horizon: int) -> float | None:
    """Return the chance within as much of the horizon as was ever watched; None beyond the oldest age."""
    last = curve.last_day
    if last is None or age > last:
        return None
    watched = horizon if curve.is_all_over else min(horizon, last - age)
    found = chance_within(curve, "won", age, watched)
    return None if found is None else min(max(found, 0.0), 1.0)


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
