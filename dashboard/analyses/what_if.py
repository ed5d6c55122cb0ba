"""What if a stage were as good as in the best hands: the gain in wins and revenue a month, the worst stage first.

The funnel is an absorbing chain of stages; a stage's chance to move on is raised to the upper quartile of the managers'
own chances, with luck taken out of them, and its losses shrink in proportion. It supposes new deals of the same quality.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import rows_count, times
from dashboard.analyses.headings import columns
from dashboard.analyses.selection import cohort
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.statistics.chain import Chain, chain, draws
from dashboard.statistics.groups import shrink

STAGE = ["funnel_name", "stage_name"]
WON, NOT_WON, AWAY = "\0won", "\0lost", "\0away"
ENDS = (WON, NOT_WON, AWAY)
QUARTILE, DRAWS, SEED = 0.75, 200, 20170301
LEAST_COUNT, LEAST_MANAGERS = 30, 3
DAYS_A_MONTH = 365.25 / 12

DEFINITION = N_(
    "How many more deals a month would be won, and for how much, if the stage moved on as many as the best quarter of the "
    "managers does, luck taken out, and nothing else changed: if new deals are of the same quality. Of the deals created in "
    "the period, by their finished visits."
)
FEW_MANAGERS = N_("There are too few managers or visits for a best quarter at: {stages}.")
NO_CHECK = N_("No won deal has an amount: the gain is in deals only.")


def what_if(facts: Facts, filter: Filter) -> Answer:
    """Rank the open stages by what they would bring: one row per funnel and stage, the largest gain first.

    Columns: funnel, stage, n (finished visits), step (their share that moved on), target (best quarter, null when unknown),
    managers (how many it is taken from), win_now, win_then (chance of a new deal), slope (gain of that chance per unit of the
    step), gain_won and gain (a month), gain_low, gain_high (P10 and P90 of gain over chains the visits could come from).
    """
    visits, _ = cohort(facts, filter, None)
    rows: list[dict[str, object]] = []
    for (funnel,), of_funnel in visits.sort("deal_id", "visit_number").group_by("funnel_name", maintain_order=True):
        rows += funnel_rows(facts, str(funnel), of_funnel)
    names = ("step", "target", "win_now", "win_then", "slope", "gain_won", "gain", "gain_low", "gain_high")
    schema = {"funnel": pl.String(), "stage": pl.String(), "n": pl.Int64(), "managers": pl.Int64()}
    frame = pl.DataFrame(rows, schema={**schema, **dict.fromkeys(names, pl.Float64())}, orient="row")
    frame = frame.sort("gain", "gain_won", "funnel", "stage", descending=[True, True, False, False], nulls_last=True)
    unknown = frame.filter(pl.col("target").is_null())["stage"].unique().sort().to_list()
    sentences = [Notice(FEW_MANAGERS, {"stages": ", ".join(unknown)})] if unknown else []
    if frame.height and frame["gain"].null_count() == frame.height and frame["target"].is_not_null().any():
        sentences.append(Notice(NO_CHECK))
    return Answer(
        frame=frame,
        columns=columns("funnel", "stage", "n", "step", "target", "gain_won", "gain", "gain_low", "gain_high"),
        definition=DEFINITION,
        n=visits["deal_id"].n_unique(),
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=tuple(sentences),
    )


def funnel_rows(facts: Facts, funnel: str, visits: pl.DataFrame) -> list[dict[str, object]]:
    """Make the rows of one funnel."""
    ended = ended_visits(visits)
    stages = ended["stage_name"].unique(maintain_order=True).to_list()
    if not stages:
        return []
    moves = {
        (start, to): float(n)
        for start, to, n in ended.group_by("stage_name", "to").len().sort("stage_name", "to").iter_rows()
    }
    seen = chain(moves, stages, ENDS)
    drawn = draws(moves, stages, ENDS, DRAWS, SEED)
    starts = entries(visits, stages)
    deals = facts.deals.join(visits.select("deal_id").unique(), on="deal_id", how="semi")
    flow, check = deals_a_month(visits), mean_check(deals)
    usual = [chance(one, starts) for one in drawn]
    rows = []
    for stage in stages:
        of_stage = ended.filter(pl.col("stage_name") == stage)
        step = of_stage.filter(pl.col("exit") == "advanced").height / of_stage.height
        target, heads = best_quarter(of_stage)
        row: dict[str, object] = {
            "funnel": funnel,
            "stage": stage,
            "n": of_stage.height,
            "step": step,
            "managers": heads,
        }
        ways = of_stage.filter(pl.col("exit") == "advanced")["to"].unique().to_list()
        now = chance(seen, starts)
        row |= {"win_now": now, "slope": sum(part * slope(seen, start, stage, ways) for start, part in starts.items())}
        if target is not None:
            lifted = [chance(raised(one, stage, ways, target), starts) for one in drawn]
            gains = [new - old for new, old in zip(lifted, usual, strict=True)]
            then = chance(raised(seen, stage, ways, target), starts)
            won = None if flow is None else (then - now) * flow
            row |= {"target": target, "win_then": then, "gain_won": won}
            if won is not None and flow is not None and check is not None:
                low, high = (float(one) * flow * check for one in np.quantile(gains, [0.1, 0.9]))
                row |= {"gain": won * check, "gain_low": low, "gain_high": high}
        rows.append(row)
    return rows


def ended_visits(visits: pl.DataFrame) -> pl.DataFrame:
    """Say of each finished visit to an open stage where it led: ``to`` a stage, a win, a loss, or away to another funnel."""
    finals = visits.filter(pl.col("stage_type") == "won").select("funnel_name", "stage_name").unique()
    named = finals.select("funnel_name", next_stage_name="stage_name", is_win=pl.lit(True))
    to = (
        pl.when(pl.col("exit") == "lost")
        .then(pl.lit(NOT_WON))
        .when(pl.col("exit") == "handed_off")
        .then(pl.lit(AWAY))
        .when(pl.col("is_win").fill_null(False))
        .then(pl.lit(WON))
        .otherwise("next_stage_name")
    )
    ended = visits.filter((pl.col("stage_type") == "open") & (pl.col("exit") != "still_there"))
    led = ended.join(named, on=["funnel_name", "next_stage_name"], how="left").with_columns(to=to)
    # A stage that deals were only ever seen to stand in has no finished visit and no chances: what leads there is unknown.
    known = led["stage_name"].unique().to_list()
    return led.with_columns(to=pl.when(pl.col("to").is_in([*known, *ENDS])).then("to").otherwise(pl.lit(AWAY)))


def entries(visits: pl.DataFrame, stages: list[str]) -> dict[str, float]:
    """Return where deals enter the funnel: the share of each stage among first visits, the visits of a deal being in order."""
    first = visits.filter(pl.col("deal_id").is_first_distinct())
    counts = first.filter(pl.col("stage_name").is_in(stages))["stage_name"].value_counts().sort("stage_name")
    total = counts["count"].sum()
    return {stage: count / total for stage, count in counts.iter_rows()}


def chance(given: Chain, starts: dict[str, float]) -> float:
    """Return the chance that a new deal is won."""
    absorbed = given.absorbed()[:, given.ends.index(WON)]
    return float(sum(part * absorbed[given.stages.index(stage)] for stage, part in starts.items()))


def raised(given: Chain, stage: str, ways: list[str], target: float) -> Chain:
    """Return the chain in which the stage moves on with a chance of ``target``, if it is less; the rest shrinks in proportion."""
    return moved(given, stage, ways, target) if moving_on(given, stage, ways) < target else given


def moving_on(given: Chain, stage: str, ways: list[str]) -> float:
    """Return the chance that a deal in a stage goes one of these ways next."""
    names = (*given.stages, *given.ends)
    return float(given.steps[given.stages.index(stage), [name in ways for name in names]].sum())


def moved(given: Chain, stage: str, ways: list[str], target: float) -> Chain:
    """Return the chain in which the stage moves on with a chance of ``target``; all other moves change in proportion.

    Where no deal moves on, or every deal does, there is no proportion to keep: the chain stays as it is.
    """
    old = moving_on(given, stage, ways)
    if not 0 < old < 1:
        return given
    on = np.array([name in ways for name in (*given.stages, *given.ends)])
    row, steps = given.stages.index(stage), given.steps.copy()
    steps[row, on] *= target / old
    steps[row, ~on] *= (1 - target) / (1 - old)
    return Chain(given.stages, given.ends, steps)


def slope(given: Chain, start: str, stage: str, ways: list[str]) -> float:
    """Return the gain of the chance to win per unit of the step, shared among the ways on as they are now."""
    row = given.stages.index(stage)
    names = (*given.stages, *given.ends)
    on = np.array([name in ways for name in names])
    old = float(given.steps[row, on].sum())
    if old in (0.0, 1.0):
        return 0.0
    worth = np.concatenate((given.absorbed(), np.eye(len(given.ends))))[:, given.ends.index(WON)]
    ahead = float(given.steps[row, on] @ worth[on]) / old
    rest = float(given.steps[row, ~on] @ worth[~on]) / (1 - old)
    return float(given.visits()[given.stages.index(start), row] * (ahead - rest))


def best_quarter(visits: pl.DataFrame) -> tuple[float | None, int]:
    """Return the upper quartile of the managers' chances to move on, each pulled to the mean by as much as chance explains."""
    counts = visits.filter(pl.col("manager_name").is_not_null()).group_by("manager_name")
    rows = counts.agg(rows_count().alias("n"), going=times(pl.col("exit") == "advanced")).sort("manager_name")
    if rows.height < LEAST_MANAGERS or rows["n"].sum() < LEAST_COUNT:
        return None, rows.height
    pulled = shrink(rows["going"].to_list(), rows["n"].to_list())
    return (None if pulled is None else float(np.quantile(pulled.shares, QUARTILE))), rows.height


def deals_a_month(visits: pl.DataFrame) -> float | None:
    """Return how many deals are created a month between the first and the last of them; None when it cannot be told."""
    days = visits.select("deal_id", "deal_created_on").unique("deal_id")["deal_created_on"].drop_nulls()
    if days.len() < 2:
        return None
    span = (days.max() - days.min()).days + 1  # ty: ignore
    return days.len() / span * DAYS_A_MONTH


def mean_check(deals: pl.DataFrame) -> float | None:
    """Return the mean amount of the won deals that have one."""
    won = deals.filter((pl.col("outcome") == "won") & (pl.col("amount") > 0).fill_null(False))["amount"]
    return float(won.cast(pl.Float64).mean()) if won.len() else None  # ty: ignore


WHAT_IF = Analysis(
    name="what_if",
    label=N_("Where improving pays most"),
    help=N_(
        "For each stage: what it would bring a month if it moved on as many as the best quarter of the managers does."
    ),
    run=what_if,
)
