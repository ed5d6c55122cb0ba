"""Why the revenue changed between two periods: volume, conversion and check, adding up exactly; mix against rate.

By the day of closing the factors are closed deals × win rate × check. Leads enter only as cohorts of the same age: each lead
gets the same number of days, and both periods must be that old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import closed_in, created_in
from dashboard.analyses.headings import columns
from dashboard.filters import DIMENSIONS, Filter, Notice
from dashboard.i18n import N_
from dashboard.statistics.arrays import Floats
from dashboard.statistics.decomposition import MixAndRate, mix_and_rate, shapley, shapley_of_draws
from dashboard.statistics.intervals import LEVEL
from dashboard.statistics.resampling import resampled_sums

Basis = Literal["closed", "leads"]
VOLUMES = {"closed": N_("closed deals"), "leads": N_("leads")}
RATE, CHECK = N_("win rate"), N_("revenue per sale")
DRAWS = 200
NEEDED = ("deal_id", "outcome", "amount", "cycle_days", "created_at")

DEFINITION = N_(
    "The change of revenue between the period and the one it is compared with, split among volume, win rate and revenue "
    "per sale: each the mean over all orders of changing them one by one. The three add up to the change."
)
SPLIT = N_(
    "The change of the average check, split by product: because its own check changed, and because its share of the wins "
    "did. All parts add up to the change; a product sold in one of the periods only is all share."
)
NO_COMPARE = N_("There is no period to compare with: choose one with a beginning.")
NO_AMOUNTS = N_("No won deal has an amount, so the revenue is not known.")
NOTHING = N_("One of the two periods has no closed deals.")
REVERSED = N_("The whole moved against every product: only the shares of the products changed it.")
YOUNG = N_("Not every lead of the period is {days} days old yet: the comparison is not fair before that.")


def revenue_change(facts: Facts, filter: Filter, *, basis: Basis = "closed", horizon: int = 90) -> Answer:
    """Split the change of revenue: factor, before, after, effect, effect_low, effect_high (95 % over deals drawn again).

    ``basis`` "leads": leads created in each period × won within ``horizon`` days × check of those.
    """
    earlier = filter.compared(facts.as_of_on)
    sides = [] if earlier is None else [rows_of(facts, one, basis, horizon) for one in (earlier, filter)]
    sentences = problems(facts, filter, sides, basis, horizon)
    rows: list[dict[str, object]] = []
    if sides and all(side.height for side in sides) and has_amounts(sides):
        rows = split(sides, VOLUMES[basis])
    names = ("before", "after", "effect", "effect_low", "effect_high")
    schema = {"factor": pl.String(), **dict.fromkeys(names, pl.Float64())}
    by_lead = N_("Leads by the day they were created, won within the same number of days.")
    return Answer(
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=columns("factor", *names),
        definition=DEFINITION,
        variant=N_("Deals by the day they were closed, junk left out.") if basis == "closed" else by_lead,
        n=sum(side.height for side in sides),
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=tuple(sentences),
    )


def has_amounts(sides: list[pl.DataFrame]) -> bool:
    """Tell that a won deal of either side has an amount."""
    return any(side.filter("is_won")["amount"].is_not_null().any() for side in sides)


def problems(facts: Facts, filter: Filter, sides: list[pl.DataFrame], basis: Basis, horizon: int) -> list[Notice]:
    """Say why there is no split, or why it is not fair."""
    if not sides:
        return [Notice(NO_COMPARE)]
    if not all(side.height for side in sides):
        return [Notice(NOTHING)]
    if not has_amounts(sides):
        return [Notice(NO_AMOUNTS)]
    age = (pl.lit(facts.as_of) - pl.col("created_at")).dt.total_days()
    if basis == "leads" and sides[1].filter(age < horizon).height:
        return [Notice(YOUNG, {"days": horizon})]
    return []


def rows_of(facts: Facts, filter: Filter, basis: Basis, horizon: int) -> pl.DataFrame:
    """Take the deals of one side with ``is_won`` and ``money`` (0 for what is not won or has no amount)."""
    if basis == "closed":
        deals, is_won = closed_in(facts, filter, "won", "lost", columns=NEEDED), pl.col("outcome") == "won"
    else:
        deals = created_in(facts, filter, *NEEDED)
        is_won = (pl.col("outcome") == "won") & (pl.col("cycle_days") <= horizon).fill_null(False)
    return (
        deals.select("deal_id", "amount", "created_at", is_won=is_won)
        .sort("deal_id")
        .with_columns(money=pl.when("is_won").then(pl.col("amount").cast(pl.Float64)).fill_null(0.0))
    )


def split(sides: list[pl.DataFrame], volume: str) -> list[dict[str, object]]:
    """Split the change, with an interval of each part from deals drawn again."""
    columns = [[side["is_won"].cast(pl.Float64).to_numpy(), side["money"].to_numpy()] for side in sides]
    whole = [measured(len(won), float(won.sum()), float(money.sum())) for won, money in columns]
    effects = parts(*whole)
    drawn = shapley_of_draws(
        *both(
            *(
                factors(side.height, *sums)
                for side, sums in zip(sides, resampled_sums(columns, draws=DRAWS), strict=True)
            )
        )
    )
    ends = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    intervals = {key: [float(end) for end in np.quantile(drawn[key], ends)] for key in effects}
    names = {"volume": volume, "rate": RATE, "check": CHECK}
    return [
        {
            "factor": names[key],
            "before": whole[0][key],
            "after": whole[1][key],
            "effect": effects[key],
            "effect_low": intervals[key][0],
            "effect_high": intervals[key][1],
        }
        for key in names
    ]


def measured(count: int, won: float, money: float) -> dict[str, float | None]:
    """Make the three factors; their product is the revenue. The check of no win is unknown."""
    return {"volume": float(count), "rate": won / count, "check": money / won if won else None}


def factors(count: int, won: Floats, money: Floats) -> dict[str, Floats]:
    """Make the three factors of every draw; the check of no win is NaN."""
    check = np.divide(money, won, out=np.full(len(won), np.nan), where=won > 0)
    return {"volume": np.full(len(won), float(count)), "rate": won / count, "check": check}


def both(before: dict[str, Floats], after: dict[str, Floats]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Take a check unknown on one side to be the other's, and 0 where neither is known, as ``parts`` does."""
    first, second = (
        np.nan_to_num(np.where(np.isnan(mine["check"]), other["check"], mine["check"]))
        for mine, other in ((before, after), (after, before))
    )
    return {**before, "check": first}, {**after, "check": second}


def parts(before: Mapping[str, float | None], after: Mapping[str, float | None]) -> dict[str, float]:
    """Split the change; a check unknown on one side is taken to be the other's, and explains nothing."""
    sides = ((before, after), (after, before))
    one, two = ({key: filled(mine[key], other[key]) for key in mine} for mine, other in sides)
    return shapley(one, two)


def filled(value: float | None, other: float | None) -> float:
    """Return the value, else the other side's, else zero."""
    return value if value is not None else other if other is not None else 0.0


def check_split(facts: Facts, filter: Filter, *, by: str = "product") -> Answer:
    """Split the change of the average check by segments: segment, before, after, rate_effect, mix_effect.

    ``by`` is a word of ``DIMENSIONS``. Deals with no amount, or zero, are left out, as in the average check.
    """
    earlier = filter.compared(facts.as_of_on)
    sides = [] if earlier is None else [segments(facts, one, by) for one in (earlier, filter)]
    told = mix_and_rate(sides[0], sides[1]) if sides else None
    sentences = [Notice(NO_COMPARE)] if earlier is None else [Notice(NOTHING)] if told is None else []
    if told is not None and told.is_reversed:
        sentences.append(Notice(REVERSED))
    names = ("before", "after", "rate_effect", "mix_effect")
    schema = {"segment": pl.String(), **dict.fromkeys(names, pl.Float64())}
    rows = [] if told is None else by_segment(told, *sides)
    return Answer(
        frame=pl.DataFrame(rows, schema=schema, orient="row").sort("segment", nulls_last=True),
        columns=tuple(replace(one, kind="money") if one.name in names else one for one in columns("segment", *names)),
        definition=SPLIT,
        n=int(sum(count for side in sides for count, _ in side.values())),
        counted=N_("won deals"),
        as_of=facts.as_of,
        sentences=tuple(sentences),
    )


def segments(facts: Facts, filter: Filter, by: str) -> dict[str, tuple[float, float]]:
    """Count the won deals with an amount and add the amounts up by segment; "" is what is not given."""
    won = closed_in(facts, filter, "won", columns=("amount", DIMENSIONS[by]))
    won = won.filter((pl.col("amount") > 0).fill_null(False))
    grouped = won.group_by(pl.col(DIMENSIONS[by]).fill_null("").alias("segment"))
    sums = grouped.agg(pl.len(), pl.col("amount").cast(pl.Float64).sum()).sort("segment")
    return {segment: (float(count), total) for segment, count, total in sums.iter_rows()}


def by_segment(
    told: MixAndRate, before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]
) -> list[dict[str, object]]:
    """Make the rows of a split mean."""
    means = [{name: total / count for name, (count, total) in side.items() if count} for side in (before, after)]
    return [
        {
            "segment": name or None,
            "before": means[0].get(name),
            "after": means[1].get(name),
            "rate_effect": told.rates[name],
            "mix_effect": told.mixes[name],
        }
        for name in told.rates
    ]


REVENUE_CHANGE = Analysis(
    name="revenue_change",
    label=N_("Why revenue changed"),
    help=N_(
        "The change of revenue against the period before: volume, win rate and revenue per sale, adding up exactly."
    ),
    run=revenue_change,
)
CHECK_SPLIT = Analysis(
    name="check_split",
    label=N_("Why the check changed"),
    help=N_("The change of the average check by product: dearer or cheaper by itself, or another mix of products."),
    run=check_split,
)
