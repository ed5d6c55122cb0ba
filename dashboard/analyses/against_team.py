"""One manager against the colleagues: volume × the conversion of each stage × the average check, adding up exactly.

The factors are those of the cohort: leads, then of the leads those that reached each stage (a skipped one counts as passed),
then the wins, then the check. Their product is the revenue, so the effects add up to the difference to the last kopeck.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import created_in
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.statistics.products import shapley_of_product
from pipelines.errors import UnknownName, suggest

LEADS, WINS, CHECK = N_("leads"), N_("wins"), N_("average check")
DEFINITION = N_(
    "Leads created in the period, the conversion of each stage, and the average check of what was won: the manager beside "
    "the mean of the colleagues who had leads. The effects add up to the difference of the revenue."
)
ONE_FUNNEL = N_("Only the funnel “{funnel}” is compared; choose another in the filter.")
NO_AMOUNTS = N_("The won deals have no amounts: the difference is in deals won, not in money.")
NOBODY = N_("There are no colleagues with leads in the period.")


def manager_against_team(facts: Facts, filter: Filter, manager: str) -> Answer:
    """Split the difference between a manager and the mean colleague.

    One row per factor: manager, factor, stage (null but for a stage), own, team, effect (money, or deals won where no amount is
    known). The filter's managers play no part. Raises UnknownName for a manager without deals.
    """
    everyone = drop_managers(filter)
    names = facts.deals.get_column("manager_name").drop_nulls().unique().sort().to_list()
    if manager not in names:
        raise UnknownName('There is no manager "{name}". {hint}', name=manager, hint=suggest(manager, names))
    return against(facts, everyone, (manager,))


def drop_managers(filter: Filter) -> Filter:
    """Return the filter for all managers."""
    return replace(filter, managers=())


def against(facts: Facts, filter: Filter, chosen: tuple[str, ...]) -> Answer:
    """Compare some managers, one after another, each with all others."""
    cohort, funnel, several = one_funnel(created_in(facts, filter))
    has_money = cohort.filter(pl.col("outcome") == "won")["amount"].is_not_null().any()
    frames = [compared(facts, cohort, funnel, manager, bool(has_money)) for manager in chosen]
    wanted = {"manager": pl.String(), "factor": pl.String(), "stage": pl.String()}
    schema = {**wanted, **dict.fromkeys(("own", "team", "effect"), pl.Float64())}
    rows = [row for rows in frames for row in rows]
    sentences = [Notice(ONE_FUNNEL, {"funnel": funnel})] if several else []
    if cohort.height and not has_money:
        sentences.append(Notice(NO_AMOUNTS))
    if chosen and not rows:
        sentences.append(Notice(NOBODY))
    return Answer(
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=columns("manager", "factor", "stage", "own", "team", "effect"),
        definition=DEFINITION,
        variant=N_("Cohort; a skipped stage counts as passed."),
        n=cohort.height,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=tuple(sentences),
    )


def one_funnel(deals: pl.DataFrame) -> tuple[pl.DataFrame, str | None, bool]:
    """Keep the deals of the funnel that has most of them; stages of several funnels cannot be compared."""
    funnels = deals["funnel_name"].value_counts().sort("count", "funnel_name", descending=[True, False])
    if not funnels.height:
        return deals, None, False
    funnel = str(funnels["funnel_name"][0])
    return deals.filter(pl.col("funnel_name") == funnel), funnel, funnels.height > 1


def compared(
    facts: Facts, cohort: pl.DataFrame, funnel: str | None, manager: str, has_money: bool
) -> list[dict[str, object]]:
    """Make the rows of one manager; none when there is nobody to compare with."""
    is_own = (pl.col("manager_name") == manager).fill_null(False)
    own, others = cohort.filter(is_own), cohort.filter(~is_own & pl.col("manager_name").is_not_null())
    heads = others["manager_name"].n_unique()
    if not heads:
        return []
    stages = due_stages(facts, funnel)
    mine, theirs = factors(facts, own, stages, has_money), factors(facts, others, stages, has_money)
    theirs[(LEADS, None)] = (theirs[(LEADS, None)] or 0.0) / heads
    names = list(mine)
    before = {str(at): known(theirs[name], mine[name]) for at, name in enumerate(names)}
    after = {str(at): known(mine[name], theirs[name]) for at, name in enumerate(names)}
    effects = shapley_of_product(before, after)
    return [
        {
            "manager": manager,
            "factor": name[0],
            "stage": name[1],
            "own": mine[name],
            "team": theirs[name],
            "effect": part,
        }
        for name, part in zip(names, effects.values(), strict=True)
    ]


def known(value: float | None, other: float | None) -> float:
    """A conversion of nothing is unknown and explains nothing: it is taken to be the other side's."""
    return value if value is not None else other if other is not None else 0.0


def due_stages(facts: Facts, funnel: str | None) -> list[tuple[str, int]]:
    """List the stages of a funnel that a deal has to pass, with their order; optional ones and strangers left out."""
    due = facts.stages.filter(
        (pl.col("funnel_name") == funnel)
        & (pl.col("stage_type") == "open")
        & ~pl.col("is_optional")
        & ~pl.col("is_unmapped")
    )
    return list(due.sort("stage_order").select("stage_name", "stage_order").iter_rows())


def factors(
    facts: Facts, deals: pl.DataFrame, stages: list[tuple[str, int]], has_money: bool
) -> dict[tuple[str, str | None], float | None]:
    """Make the chain: leads, reached(1)/leads, reached(2)/reached(1) …, won/reached(last), revenue/won."""
    on_the_way = facts.visits.filter(pl.col("stage_type").is_in(["open", "won"]) & pl.col("stage_order").is_not_null())
    mine = on_the_way.join(deals.select("deal_id", "funnel_name"), on=["deal_id", "funnel_name"], how="semi")
    furthest = mine.group_by("deal_id").agg(pl.col("stage_order").max())["stage_order"].to_list()
    won = deals.filter(pl.col("outcome") == "won")
    found: dict[tuple[str, str | None], float | None] = {(LEADS, None): float(deals.height)}
    before = deals.height
    for name, order in stages:
        reached = sum(one >= order for one in furthest)
        found[(N_("reached the stage"), name)] = reached / before if before else None
        before = reached
    found[(WINS, None)] = won.height / before if before else None
    if has_money:
        found[(CHECK, None)] = float(won["amount"].sum() or 0) / won.height if won.height else None
    return found


def run(facts: Facts, filter: Filter) -> Answer:
    """Compare the managers of the filter, or all of them, each with the others."""
    names = filter.managers or tuple(
        created_in(facts, filter, "manager_name")["manager_name"].drop_nulls().unique().sort()
    )
    return against(facts, drop_managers(filter), tuple(name for name in names if name))


AGAINST_TEAM = Analysis(
    name="against_team",
    label=N_("Manager against the team"),
    help=N_("Where a manager's revenue differs from the colleagues': leads, each stage's conversion, average check."),
    run=run,
)
