"""The funnel of one manager beside that of all colleagues: each step's difference with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import created_in
from dashboard.analyses.comparison import compare_funnels
from dashboard.analyses.headings import columns
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.statistics.intervals import Interval, newcombe

LEAST_COUNT = 20
WORDS = {
    "higher": N_("above the others"),
    "lower": N_("below the others"),
    "same": N_("cannot be told apart"),
    "few": N_("too few to say"),
}
GROUP_WORDS = {
    "higher": N_("the first is higher"),
    "lower": N_("the first is lower"),
    "same": N_("cannot be told apart"),
    "few": N_("too few to say"),
}
DEFINITION = N_(
    "Deals created in the period: the conversion of each stage of a manager beside that of all colleagues together. The "
    "verdict is of the difference; under 20 deals on either side there is none."
)


def funnel_pair(facts: Facts, filter: Filter) -> Answer:
    """Compare the managers of the filter, or each of them, with all others, stage by stage.

    Columns: manager, funnel, stage, reached (own), step_own, reached_team, step_team, difference, low, high, verdict; open stages
    with a next one only.
    """
    leads = created_in(facts, replace(filter, managers=()))
    everyone = leads["manager_name"].unique().sort(nulls_last=True).to_list()
    chosen = [name for name in (filter.managers or everyone) if name]
    rows = [row for name in chosen for row in pair_rows(facts, filter, name, everyone)]
    text, real, whole = pl.String(), pl.Float64(), pl.Int64()
    schema = {"manager": text, "funnel": text, "stage": text, "reached": whole, "step_own": real, "reached_team": whole}
    schema = {**schema, "step_team": real, "difference": real, "low": real, "high": real, "verdict": text}
    return Answer(
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=columns(
            "manager",
            "stage",
            "reached",
            "step_own",
            "reached_team",
            "step_team",
            "difference",
            "low",
            "high",
            "verdict",
        ),
        definition=DEFINITION,
        variant=N_("Cohort; a skipped stage counts as passed."),
        n=leads.height,
        counted=N_("deals"),
        as_of=facts.as_of,
    )


def pair_rows(facts: Facts, filter: Filter, name: str, everyone: list[str | None]) -> list[dict[str, object]]:
    """Make the rows of one manager; none without colleagues."""
    others = tuple(other or "" for other in everyone if other != name)
    if not others:
        return []
    pair = compare_funnels(facts, replace(filter, managers=(name,)), replace(filter, managers=others))
    steps = pair.frame.filter(
        (pl.col("stage_type") == "open") & (pl.col("step_1").is_not_null() | pl.col("step_2").is_not_null())
    )
    rows = []
    for row in steps.to_dicts():
        own, team = ((row[f"reached_{side}"] or 0, row[f"step_{side}"]) for side in (1, 2))
        interval = step_interval(own, team)
        low, high = interval or (None, None)
        rows.append(
            {
                "manager": name,
                "funnel": row["funnel"],
                "stage": row["stage"],
                "reached": own[0],
                "step_own": own[1],
                "reached_team": team[0],
                "step_team": team[1],
                "difference": None if interval is None else own[1] - team[1],
                "low": low,
                "high": high,
                "verdict": word(interval, min(own[0], team[0])),
            }
        )
    return rows


def step_interval(one: tuple[int, float | None], other: tuple[int, float | None]) -> Interval | None:
    """Return the interval of the difference of two steps, each given as (deals that reached the stage, share that went on)."""
    if one[1] is None or other[1] is None:
        return None
    return newcombe(round(one[0] * one[1]), one[0], round(other[0] * other[1]), other[0])


def word(interval: Interval | None, count: int, words: Mapping[str, str] = WORDS) -> str:
    """Put the difference into a word."""
    if interval is None or count < LEAST_COUNT:
        return words["few"]
    return words["higher"] if interval.low > 0 else words["lower"] if interval.high < 0 else words["same"]


def steps_compared(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Compare two groups through one funnel, step by step: both are ``FunnelAnswer.frame`` of a cohort.

    Columns: funnel, stage, reached (first group), step_own, reached_team (second), step_team, difference, low, high (95 %,
    Newcombe), verdict; the open stages of the first that have a next one and that the second knows too.
    """
    others = {(row["funnel"], row["stage"]): row for row in second.to_dicts()}
    rows = []
    for row in first.filter((pl.col("stage_type") == "open") & pl.col("step").is_not_null()).to_dicts():
        other = others.get((row["funnel"], row["stage"]))
        if other is None:
            continue
        one, two = (row["reached"] or 0, row["step"]), (other["reached"] or 0, other["step"])
        interval = step_interval(one, two)
        low, high = interval or (None, None)
        rows.append(
            {
                "funnel": row["funnel"],
                "stage": row["stage"],
                "reached": one[0],
                "step_own": one[1],
                "reached_team": two[0],
                "step_team": two[1],
                "difference": None if interval is None or one[1] is None or two[1] is None else one[1] - two[1],
                "low": low,
                "high": high,
                "verdict": word(interval, min(one[0], two[0]), GROUP_WORDS),
            }
        )
    real, whole, text = pl.Float64(), pl.Int64(), pl.String()
    schema = {"funnel": text, "stage": text, "reached": whole, "step_own": real, "reached_team": whole}
    more = {"step_team": real, "difference": real, "low": real, "high": real, "verdict": text}
    return pl.DataFrame(rows, schema={**schema, **more}, orient="row")


FUNNEL_PAIR = Analysis(
    name="funnel_pair",
    label=N_("Funnel of a manager and of the team"),
    help=N_(
        "For each manager and stage: the conversion beside the colleagues', the difference, its interval, a verdict."
    ),
    run=funnel_pair,
)
