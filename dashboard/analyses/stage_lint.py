"""What is wrong with the stages themselves: too few, twins, useless, outside the dictionary, half described.

Hints, not rules: the texts give the number seen, and what it is compared with. One source asks for at least seven stages,
another calls four to seven ideal; whether a stage separates deals is what the data can say.
"""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import rows_count, times
from dashboard.analyses.conformance import all_beyond
from dashboard.analyses.headings import columns
from dashboard.analyses.passages import deals_in, of_deals
from dashboard.analyses.selection import cohort, in_funnels
from dashboard.analyses.stage_twins import ALWAYS, LEAST_COUNT, twins_by_behaviour, twins_by_name
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.model import ratio

STAGE = ["funnel_name", "stage_name"]
FIELDS = ("exit_result", "required_action", "norm_days")

FEW = N_("few stages: the fewer, the less exactly they show where deals are lost; some hold 4 to 7 for ideal")
SAME_NAME = N_("two stages may be one: their names are nearly the same")
SAME_WAY = N_("two stages may be one: deals only pass through the first")
LOSES_NOBODY = N_("the stage separates nobody: nearly all deals move on")
UNUSED = N_("nearly nobody uses the stage: deals pass it over")
INCOMPLETE = N_("the dictionary of stages is not complete: result, action and norm")
UNMAPPED = N_("the stage is in the data and not in the dictionary")
UNORDERED = N_("the order of the stages was guessed from their names and the ways of the deals")

DEFINITION = N_(
    "Hints about the stages: the value seen and what it is compared with. Twins by behaviour and useless stages need "
    "at least 30 finished visits (deals) of the deals created in the period."
)


def stage_lint(facts: Facts, filter: Filter) -> Answer:
    """List what is doubtful: rule, funnel, stage, other_stage, value, reference, n.

    ``value`` is a count for few stages, unmapped stages (visits) and else a share or a similarity, 0 to 1. Ordered by funnel,
    rule and stage; no rows when nothing is doubtful.
    """
    visits, _ = cohort(facts, filter, None)
    stages = facts.stages.filter(in_funnels(filter))
    open_stages = stages.filter((pl.col("stage_type") == "open") & ~pl.col("is_unmapped"))
    rows = [
        *few(open_stages, facts.thresholds.least_stages),
        *twins(facts, open_stages, visits),
        *useless(facts, open_stages, visits),
        *incomplete(open_stages),
        *strangers(stages, visits),
    ]
    text, real = pl.String(), pl.Float64()
    schema = {
        "rule": text,
        "funnel": text,
        "stage": text,
        "other_stage": text,
        "value": real,
        "reference": real,
        "n": pl.Int64(),
    }
    return Answer(
        frame=pl.DataFrame(rows, schema=schema, orient="row").sort("funnel", maintain_order=True),
        columns=columns("funnel", "rule", "stage", "other_stage", "value", "reference", "n"),
        definition=DEFINITION,
        n=visits["deal_id"].n_unique(),
        counted=N_("deals"),
        as_of=facts.as_of,
    )


Row = dict[str, object]


def hint(rule: str, funnel: object, stage: object = None, **more: object) -> Row:
    """Make one row."""
    empty: Row = dict.fromkeys(("other_stage", "value", "reference", "n"))
    return {"rule": rule, "funnel": funnel, "stage": stage, **empty, **more}


def few(stages: pl.DataFrame, least: int) -> list[Row]:
    """Find funnels with fewer open stages than wished, and those whose order is a guess."""
    counts = stages.group_by("funnel_name").agg(rows_count().alias("count"), is_ordered=pl.col("is_ordered").all())
    found = []
    for funnel, count, is_ordered in counts.sort("funnel_name").iter_rows():
        if count < least:
            found.append(hint(FEW, funnel, value=float(count), reference=float(least), n=count))
        if not is_ordered:
            found.append(hint(UNORDERED, funnel, n=count))
    return found


def twins(facts: Facts, stages: pl.DataFrame, visits: pl.DataFrame) -> list[Row]:
    """Find pairs that may be one stage."""
    named = [
        hint(SAME_NAME, one.funnel, one.stage, other_stage=one.other_stage, value=one.similarity)
        for one in twins_by_name(stages)
    ]
    alike = [
        hint(
            SAME_WAY,
            one.funnel,
            one.stage,
            other_stage=one.other_stage,
            value=one.next_share,
            reference=ALWAYS,
            n=one.count,
        )
        for one in twins_by_behaviour(facts, visits)
    ]
    return named + alike


def useless(facts: Facts, stages: pl.DataFrame, visits: pl.DataFrame) -> list[Row]:
    """Find stages that lose nobody, and stages that nearly everybody passes over."""
    due = stages.filter(~pl.col("is_optional")).select(STAGE)
    ended = visits.filter(pl.col("exit") != "still_there").join(due, on=STAGE, how="semi")
    moved = ended.group_by(STAGE).agg(rows_count().alias("n"), going=times(pl.col("exit") == "advanced"))
    traced = deals_in(facts, visits) & (facts.deals["history"] != "implied")
    passed = (
        of_deals(facts, all_beyond(facts), traced)
        .group_by(STAGE)
        .agg(rows_count().alias("n"), going=times(pl.col("is_skip")))
    )
    rows = []
    for rule, counts in ((LOSES_NOBODY, moved), (UNUSED, passed.join(due, on=STAGE, how="semi"))):
        share = ratio(pl.col("going"), pl.col("n"))
        seen = counts.with_columns(share=share).filter((pl.col("n") >= LEAST_COUNT) & (pl.col("share") >= ALWAYS))
        for row in seen.sort(STAGE).to_dicts():
            place = (row["funnel_name"], row["stage_name"])
            rows.append(hint(rule, *place, value=row["share"], reference=ALWAYS, n=row["n"]))
    return rows


def incomplete(stages: pl.DataFrame) -> list[Row]:
    """Measure how much of the dictionary is filled: cells of result, action and norm out of all, per funnel."""
    filled = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in FIELDS).sum()
    shares = stages.group_by("funnel_name").agg(ratio(filled, pl.len() * len(FIELDS)).alias("share"), n=rows_count())
    return [
        hint(INCOMPLETE, funnel, value=share, reference=1.0, n=count)
        for funnel, share, count in shares.sort("funnel_name").iter_rows()
        if share < 1
    ]


def strangers(stages: pl.DataFrame, visits: pl.DataFrame) -> list[Row]:
    """Find the stages the dictionary does not have, with how many visits they hold."""
    known = stages.filter(~pl.col("is_unmapped")).select(STAGE)
    counts = visits.join(known, on=STAGE, how="anti").group_by(STAGE).agg(rows_count().alias("n"))
    return [hint(UNMAPPED, funnel, stage, n=count) for funnel, stage, count in counts.sort(STAGE).iter_rows()]


STAGE_LINT = Analysis(
    name="stage_lint",
    label=N_("Check of the stages"),
    help=N_("Too few stages, twins by name and by behaviour, useless ones, those outside the dictionary, gaps in it."),
    run=stage_lint,
)
