"""What stands out in the funnel, with possible causes and what to open: the rules are data, see ``diagnosis_rules``."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import closed_in, created_in
from dashboard.analyses.diagnosis_rules import CONDITIONS, Place, places, rules_for
from dashboard.analyses.exits import exits
from dashboard.analyses.funnel import STAGE, funnel, stages_seen
from dashboard.analyses.headings import columns
from dashboard.analyses.reach import conversions, reached
from dashboard.analyses.selection import passages_within
from dashboard.analyses.stage_days import within_norm
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.remember import prepared
from dashboard.statistics.intervals import newcombe

LEAST_COUNT = 30
LEAST_WITHIN, MOST_BACK, MOST_MISSING = 0.5, 0.1, 0.2
KEY = ["funnel", "stage"]

DEFINITION = N_(
    "What stands out at the stages of the deals created in the period, with possible causes, which the data do not prove, "
    "and what to open to find out. A stage takes part from 30 deals on."
)


@dataclass(frozen=True)
class Finding:
    """Something seen: at which stage (None for all leads), its share, what it is compared with, out of how many."""

    seen: str
    funnel: str | None
    stage: str | None
    value: float
    reference: float
    count: int


def diagnosis(facts: Facts, filter: Filter) -> Answer:
    """List what stands out: funnel, stage, condition, value, reference, n, hypotheses, check; no rows when nothing does."""
    told = funnel(facts, filter)
    line = told.frame.filter((pl.col("stage_type") == "open") & pl.col("step").is_not_null())
    found = [
        *unreached(facts, filter),
        *narrowest(line),
        *fallen(facts, filter, line),
        *slow(facts, filter),
        *going_back(facts, filter),
        *unexplained(facts, filter),
    ]
    rows = [row for one in found for row in ruled(one, stage_places(told.frame))]
    text, real = pl.String(), pl.Float64()
    schema = {"funnel": text, "stage": text, "condition": text, "value": real, "reference": real, "n": pl.Int64()}
    return Answer(
        frame=pl.DataFrame(rows, schema={**schema, "hypotheses": text, "check": text}, orient="row"),
        columns=columns("funnel", "stage", "condition", "value", "reference", "n", "hypotheses", "check"),
        definition=DEFINITION,
        variant=N_("Cohort; a skipped stage counts as passed."),
        n=told.deals_count,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=told.sentences,
    )


def stage_places(frame: pl.DataFrame) -> dict[tuple[str, str], tuple[Place, ...]]:
    """Say which kinds of place the open stages of each funnel are."""
    found = {}
    for (name,), rows in frame.filter(pl.col("stage_type") == "open").group_by("funnel", maintain_order=True):
        stages = rows["stage"].to_list()
        found |= {(name, stage): kinds for stage, kinds in zip(stages, places(stages), strict=True)}
    return found


def ruled(one: Finding, kinds: dict[tuple[str, str], tuple[Place, ...]]) -> list[dict[str, object]]:
    """Put the rule that speaks of a finding beside it."""
    place: tuple[Place, ...] = ("leads",) if one.stage is None else kinds.get((one.funnel or "", one.stage), ("any",))
    rule = rules_for(one.seen, place)
    if rule is None:
        return []
    told = {"value": one.value, "reference": one.reference, "n": one.count}
    where = {"funnel": one.funnel, "stage": one.stage, "condition": CONDITIONS[one.seen]}
    return [where | told | {"hypotheses": rule.hypotheses, "check": rule.check}]


def unreached(facts: Facts, filter: Filter) -> list[Finding]:
    """Compare the leads somebody talked to with all leads; nothing without a call log that knows deals."""
    talks = prepared(facts, talked_deals)
    leads = created_in(facts, filter, "deal_id")
    talked = leads.join(talks, on="deal_id", how="semi").height
    if not talks.height or leads.height < LEAST_COUNT or talked == leads.height:
        return []
    return [Finding("unreached", None, None, talked / leads.height, 1.0, leads.height)]


def talked_deals(facts: Facts) -> pl.DataFrame:
    """List the deals somebody talked to."""
    rows = facts.calls.lazy().filter(pl.col("is_talk") & pl.col("deal_id").is_not_null())
    return rows.select("deal_id").unique().collect()


def narrowest(line: pl.DataFrame) -> list[Finding]:
    """Find the lowest step of each funnel, beside the mean of its other steps."""
    found = []
    enough = line.filter(pl.col("reached") >= LEAST_COUNT)
    for (name,), rows in enough.group_by("funnel", maintain_order=True):
        if rows.height > 1:
            low = rows.sort("step", maintain_order=True).row(0, named=True)
            others = (rows["step"].sum() - low["step"]) / (rows.height - 1)
            found.append(Finding("narrowest", str(name), low["stage"], low["step"], others, low["reached"]))
    return found


def fallen(facts: Facts, filter: Filter, line: pl.DataFrame) -> list[Finding]:
    """Find steps lower than in the compare period by more than chance; both cohorts get as many days as the younger has."""
    earlier = filter.compared(facts.as_of_on)
    if earlier is None:
        return []
    ages = (
        created_in(facts, filter, "created_at")
        .select((pl.lit(facts.as_of) - pl.col("created_at")).dt.total_days().min())
        .item()
    )
    if not ages:
        return []
    now, before = (passing(facts, one, int(ages)) for one in (filter, earlier))
    found = []
    for key in line.select(KEY).rows():
        if key in now and key in before and min(now[key][1], before[key][1]) >= LEAST_COUNT:
            (wins, count), (old_wins, old_count) = now[key], before[key]
            interval = newcombe(wins, count, old_wins, old_count)
            if interval is not None and interval.high < 0:
                found.append(Finding("fell", *key, wins / count, old_wins / old_count, count))
    return found


def passing(facts: Facts, filter: Filter, horizon: int) -> dict[tuple[str, str], tuple[int, int]]:
    """Count by stage who got to the next one, of those who reached it, within so many days of creation."""
    passed = passages_within(facts, filter, horizon)
    stages = stages_seen(facts, filter, passed)
    counts = stages.join(reached(passed, stages, "reached-or-later"), on=STAGE, how="left")
    ordered = counts.sort("funnel_name", "stage_order", "stage_name", nulls_last=True)
    steps = conversions(ordered.with_columns(pl.col("reached").fill_null(0)), "cohort").drop_nulls("step")
    rows = steps.select(*STAGE, "reached", "step").rows()
    return {(name, stage): (round(reached * step), reached) for name, stage, reached, step in rows}


def slow(facts: Facts, filter: Filter) -> list[Finding]:
    """Find stages in which fewer than half of the judged visits stay within the norm."""
    rows = within_norm(facts, filter).filter(
        (pl.col("judged") >= LEAST_COUNT) & (pl.col("within_share") < LEAST_WITHIN)
    )
    shares = rows.select(*STAGE, "within_share", "judged").rows()
    return [Finding("slow", name, stage, share, LEAST_WITHIN, count) for name, stage, share, count in shares]


def going_back(facts: Facts, filter: Filter) -> list[Finding]:
    """Find stages from which more than one of ten finished visits goes back."""
    frame = exits(facts, filter).frame
    often = (pl.col("ended") >= LEAST_COUNT) & (pl.col("moved_back_share") > MOST_BACK)
    rows = frame.filter(often & (pl.col("stage_type") == "open"))  # out of a final stage a deal is opened again
    shares = rows.select(*KEY, "moved_back_share", "ended").rows()
    return [Finding("goes_back", name, stage, share, MOST_BACK, count) for name, stage, share, count in shares]


def unexplained(facts: Facts, filter: Filter) -> list[Finding]:
    """Find stages at which more than one of five losses has no reason, unless no loss has any."""
    lost = closed_in(facts, filter, "lost", columns=("funnel_name", "lost_stage_name", "refusal_reason")).filter(
        pl.col("lost_stage_name").is_not_null()
    )
    if not lost["refusal_reason"].is_not_null().any():
        return []
    missing = pl.col("refusal_reason").is_null()
    counts = lost.group_by("funnel_name", "lost_stage_name").agg(pl.len(), share=missing.mean())
    rows = counts.filter((pl.col("len") >= LEAST_COUNT) & (pl.col("share") > MOST_MISSING))
    told = rows.sort("funnel_name", "lost_stage_name").select("funnel_name", "lost_stage_name", "share", "len").rows()
    return [Finding("no_reason", name, stage, share, MOST_MISSING, count) for name, stage, share, count in told]


DIAGNOSIS = Analysis(
    name="diagnosis",
    label=N_("What stands out and why it may be"),
    help=N_("For each stage that stands out: what is seen, possible causes, and what to open to find out."),
    run=diagnosis,
)
