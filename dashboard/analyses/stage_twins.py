"""Stages that may be one and the same: by their names, or because deals only pass through; and the funnel were they merged."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import combinations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.choose import rows_count, times
from dashboard.analyses.stage_days import timed
from dashboard.metrics.model import ratio
from dashboard.remember import prepared

STAGE = ["funnel_name", "stage_name"]
ALIKE = 0.85
ALWAYS = 0.98
LEAST_COUNT = 30
SHORTEST_DAYS = 1 / 24
SHARE_OF_CYCLE = 0.02
RUSSIAN = "иями|ями|ами|ого|его|ому|ему|ыми|ими|ость|ение|ания|ании|ние|ния|нии|ции|ция|[аяоеуюыийь]+"
ENDING = re.compile(rf"(?<=\w{{4}})(?:{RUSSIAN}|ing|ies|ed|es|s)$")


@dataclass(frozen=True)
class Twins:
    """Two stages of one funnel that may be one: ``similarity`` of the names, or what the deals do between them."""

    funnel: str
    stage: str
    other_stage: str
    similarity: float | None = None
    next_share: float | None = None
    median_days: float | None = None
    count: int | None = None


def tokens(name: str) -> list[str]:
    """Split a name into words without case, ё and endings."""
    return [ENDING.sub("", word) for word in re.findall(r"\w+", name.casefold().replace("ё", "е"))]


def similarity(one: str, other: str) -> float:
    """Return how alike two names are, 0 to 1: their words in common (Jaccard), or the letters (Jaro-Winkler) if that is more.

    Names whose numbers differ ("Call 1", "Call 2") are not alike.
    """
    from rapidfuzz.distance import JaroWinkler

    mine, theirs = tokens(one), tokens(other)
    if not mine or not theirs or digits(mine) != digits(theirs):
        return 0.0
    common = len(set(mine) & set(theirs)) / len(set(mine) | set(theirs))
    return max(common, JaroWinkler.similarity(" ".join(sorted(mine)), " ".join(sorted(theirs))))


def digits(words: list[str]) -> list[str]:
    """Take the numbers among the words."""
    return sorted(word for word in words if word.isdigit())


def twins_by_name(stages: pl.DataFrame) -> list[Twins]:
    """Find pairs of open stages of one funnel whose names are nearly the same, in the order of the stages."""
    found = []
    for (funnel,), rows in stages.sort("funnel_name", "stage_order").group_by("funnel_name", maintain_order=True):
        for one, other in combinations(rows["stage_name"], 2):
            alike = similarity(one, other)
            if alike >= ALIKE:
                found.append(Twins(str(funnel), one, other, similarity=alike))
    return found


def twins_by_behaviour(facts: Facts, visits: pl.DataFrame) -> list[Twins]:
    """Find stages that deals only pass through: of thirty or more visits that ended, 98 of 100 go on to one and the same stage
    and as many move on, in less than an hour or 2 % of the cycle, whichever is longer.
    """
    ended = visits.filter((pl.col("exit") != "still_there") & (pl.col("stage_type") == "open"))
    ways = ended.group_by(*STAGE, "next_stage_name").agg(rows_count().alias("going"))
    busiest = (
        ways.sort("going", "next_stage_name", descending=[True, False]).group_by(STAGE, maintain_order=True).first()
    )
    counts = ended.group_by(STAGE).agg(rows_count().alias("n"), advanced=times(pl.col("exit") == "advanced"))
    median = timed(facts, visits).filter("is_over").group_by(STAGE).agg(median_days=pl.col("days").median())
    joined = busiest.join(counts, on=STAGE).join(median, on=STAGE)
    seen = joined.with_columns(
        next_share=ratio(pl.col("going"), pl.col("n")), step=ratio(pl.col("advanced"), pl.col("n"))
    )
    is_twin = (pl.col("n") >= LEAST_COUNT) & (pl.col("next_share") >= ALWAYS) & (pl.col("step") >= ALWAYS)
    is_short = pl.col("median_days") < shortest(facts)
    open_stages = facts.stages.filter(pl.col("stage_type") == "open").select(
        "funnel_name", next_stage_name="stage_name"
    )
    pairs = seen.filter(is_twin & is_short).join(open_stages, on=["funnel_name", "next_stage_name"], how="semi")
    return [
        Twins(
            row["funnel_name"],
            row["stage_name"],
            row["next_stage_name"],
            next_share=row["next_share"],
            median_days=row["median_days"],
            count=row["n"],
        )
        for row in pairs.sort(STAGE).to_dicts()
    ]


def shortest(facts: Facts) -> float:
    """Return the days below which a stay is no stage of its own: an hour, or 2 % of the median cycle if that is longer."""
    median = prepared(facts, median_cycle)
    return max(SHORTEST_DAYS, SHARE_OF_CYCLE * float(str(median))) if median is not None else SHORTEST_DAYS


def median_cycle(facts: Facts) -> float | None:
    """Return the median cycle of all won deals; None when there is none."""
    won = facts.deals.lazy().filter((pl.col("outcome") == "won") & (pl.col("cycle_days") >= 0))
    return won.select(pl.col("cycle_days").median()).collect().item()


def merged(facts: Facts, funnel: str, stage: str, into: str) -> Facts:
    """Preview the company with one stage of a funnel merged into another: neighbouring stays become one.

    Only visits and stages change; nothing is stored.
    """
    is_it = (pl.col("funnel_name") == funnel) & (pl.col("stage_name") == stage)
    kept = facts.stages.filter((pl.col("funnel_name") == funnel) & (pl.col("stage_name") == into))
    order = kept["stage_order"][0]
    renamed = facts.visits.with_columns(
        stage_name=pl.when(is_it).then(pl.lit(into)).otherwise("stage_name"),
        stage_order=pl.when(is_it).then(pl.lit(order)).otherwise("stage_order"),
    ).sort("deal_id", "visit_number")
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in ("deal_id", *STAGE)).fill_null(False)
    stay = renamed.with_columns(stay=(~same).cum_sum())
    ends = ["next_stage_name", "exit", "left_on", "left_at", "refusal_reason"]
    others = [name for name in facts.visits.columns if name not in (*ends, "days", "is_implied")]
    visits = stay.group_by("stay", maintain_order=True).agg(
        pl.col(others).first(), pl.col(ends).last(), pl.col("days").sum(), pl.col("is_implied").any()
    )
    return replace(facts, visits=visits.select(facts.visits.columns), stages=facts.stages.filter(~is_it))
