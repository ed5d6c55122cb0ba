"""The funnel: how many deals reach each stage, how they leave it, and how long they stay, with its rules stated.

Three bases answer three questions. *Cohort*: of the deals created in the period, how many ever reached a stage (how good
is the process). *Period*: of the visits that ended in the period, how many advanced (what happened). *Snapshot*: where the
deals are now; a ratio of stocks is not a conversion, so it shows none. The exits of a stage sum to its entries, always.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import polars as pl

from dashboard.access import Facts
from dashboard.analyses import reach, selection
from dashboard.analyses.dwell import quantiles_of_sorted
from dashboard.analyses.passages import COUNTS, deals_in, places
from dashboard.analyses.restored import restored
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.periods import Period
from dashboard.remember import remembered
from pipelines.errors import CheckFailed, UnknownName, suggest
from pipelines.schema.columns import EXITS

Basis = Literal["cohort", "period", "snapshot"]
Skips = Literal["reached-or-later", "every-stage", "any-touch"]
BASES: tuple[Basis, ...] = ("cohort", "period", "snapshot")
SKIPS: tuple[Skips, ...] = ("reached-or-later", "every-stage", "any-touch")

STAGE = ["funnel_name", "stage_name"]
COLUMNS = [
    "funnel",
    "stage",
    "stage_type",
    "entered",
    "reached",
    "step",
    "cumulative",
    *EXITS,
    "junked",
    "lost_amount",
    "days_median",
    "days_p90",
    "norm_days",
]


PRESENT_ONLY = N_(
    "The exports hold only the present stage of each deal: the stages before it, and the days in them, are not known."
)


@dataclass(frozen=True, eq=False)
class FunnelAnswer:
    """A funnel and everything needed to read it rightly.

    ``frame``: one row per funnel and stage in order. ``deals_count``: deals behind it. ``matured_share``: share of the
    cohort at least as old as the horizon, null without one. ``undated_count``: deals left out of the cohort, or out of
    the horizon, because nobody knows when they were created.
    """

    frame: pl.DataFrame
    basis: Basis
    skips: Skips
    horizon: int | None
    period: Period
    as_of: datetime
    deals_count: int
    matured_share: float | None
    undated_count: int
    history: str
    sentences: tuple[Notice, ...]

    @property
    def is_told(self) -> bool:
        """Tell whether any export tells how deals left the stages, not only where they are now."""
        return self.history != "implied"


def funnel(
    facts: Facts,
    filter: Filter,
    *,
    basis: Basis = "cohort",
    skips: Skips = "reached-or-later",
    horizon: int | None = None,
) -> FunnelAnswer:
    """Count the funnel of the deals a filter keeps. Raises UnknownName for a rule that does not exist.

    ``entered`` and the exits count visits; ``reached`` counts deals, in a cohort under the rule for skipped stages and
    elsewhere as they are. ``horizon`` gives each deal of a cohort that many days from its creation, and what came later
    has not happened yet.
    """
    check_word("basis", basis, BASES)
    check_word("skip rule", skips, SKIPS)
    if horizon is not None and (basis != "cohort" or horizon <= 0):
        raise UnknownName("A horizon is a number of days above zero, and only a cohort has one.")
    same = replace(filter, preset=None, compare="none")  # what it is compared with does not change a funnel
    return remembered(facts, key := (same, basis, skips, horizon), lambda: counted(facts, *key))


def counted(facts: Facts, filter: Filter, basis: Basis, skips: Skips, horizon: int | None) -> FunnelAnswer:
    """Count the funnel; several analyses of one page ask for the same."""
    rows, undated = selection.passages_in(facts, filter, basis, horizon)
    stages = stages_seen(facts, filter, rows)
    counts = (
        stages.join(counts_of(rows), on="place", how="left")
        .join(reach.reached(rows, stages, skips if basis == "cohort" else "any-touch"), on=STAGE, how="left")
        .join(dwell_of(rows), on="place", how="left")
        .with_columns(pl.col("entered", "reached", "junked", *EXITS).fill_null(0))
        .sort("funnel_name", "stage_order", "stage_name", nulls_last=True)
    )
    check_exits(counts)
    frame = reach.conversions(counts, basis).rename({"funnel_name": "funnel", "stage_name": "stage"}).select(COLUMNS)
    deals = deals_of(facts, rows)
    answer = FunnelAnswer(
        frame,
        basis,
        skips,
        horizon,
        period=filter.period,
        as_of=facts.as_of,
        deals_count=deals.height,
        matured_share=matured_share(deals, facts.as_of, horizon),
        undated_count=undated,
        history=history_of(deals),
        sentences=(),
    )
    return replace(answer, sentences=tuple(degradations(facts, answer, filter, stages)))


def check_word(what: str, word: str, known: tuple[str, ...]) -> None:
    """Raise UnknownName for a rule that does not exist."""
    if word not in known:
        raise UnknownName('There is no {what} "{word}". {hint}', what=what, word=word, hint=suggest(word, known))


def stages_seen(facts: Facts, filter: Filter, rows: pl.DataFrame) -> pl.DataFrame:
    """List the stages to show: the dictionary's, and any other that the passages hold; none is dropped.

    Stages outside the dictionary (``is_unmapped``) have no order among the others and stand last. ``place`` is null where none
    of the deals was.
    """
    chosen = selection.in_funnels(filter)
    seen = places(facts).join(rows.select(pl.col("place").unique()), on="place", how="semi")
    dictionary = (
        facts.stages.filter(chosen)
        .select(
            *STAGE,
            pl.col("stage_type").cast(pl.String),
            pl.when(~pl.col("is_unmapped")).then(pl.col("stage_order")).alias("stage_order"),
            "is_optional",
            "is_ordered",
            "norm_days",
        )
        .join(seen.select(*STAGE, "place"), on=STAGE, how="left")
    )
    others = (
        seen.filter(chosen)
        .join(dictionary, on=STAGE, how="anti")
        .select(
            *STAGE,
            "stage_type",
            stage_order=pl.lit(None, dtype=pl.Int64),
            is_optional=pl.lit(False),
            is_ordered=pl.lit(False),
            norm_days=pl.lit(None, dtype=pl.Float64),
            place="place",
        )
    )
    return pl.concat([dictionary, others])


def deals_of(facts: Facts, rows: pl.DataFrame) -> pl.DataFrame:
    """Take of the deals of some passages what a funnel says of them: created_at, history."""
    return facts.deals.select("created_at", "history").filter(deals_in(facts, rows))


def counts_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Count the visits to each place, how they ended, and the amounts of the deals refused there that stayed refused.

    ``junked`` is the part of ``lost`` that was no target lead; money is unknown when no amount is.
    """
    amount = pl.when((pl.col("lost_amount") != 0).any()).then(pl.col("lost_amount").sum())
    return rows.group_by("place").agg(
        pl.col(COUNTS).cast(pl.Int64).sum(), amount.cast(pl.Decimal(18, 2)).alias("lost_amount")
    )


def check_exits(counts: pl.DataFrame) -> None:
    """Raise CheckFailed if the exits of a stage do not sum to its entries."""
    wrong = counts.filter(pl.sum_horizontal(EXITS) != pl.col("entered"))
    if wrong.height:
        raise CheckFailed(
            'Visits to the stage "{stage}" were lost: {entered} began and {ended} are accounted for. Load the files again.',
            stage=wrong["stage_name"][0],
            entered=wrong["entered"][0],
            ended=sum(wrong[way][0] for way in EXITS),
        )


def dwell_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Estimate the days a deal spends in each open stage, all its visits together; what still lasts is censored.

    A deal with a visit of unknown or negative length says nothing, nor does one of which only the present stage is known:
    its way between creation and closing may have led anywhere. Final stages are not left, so they have no length.
    """
    lengths = rows.lazy().filter(pl.col("days").is_not_null()).select("place", "days", "is_over").collect()
    return quantiles_of_sorted(lengths, ["place"], {"days_median": 0.5, "days_p90": 0.9})


def history_of(deals: pl.DataFrame) -> str:
    """Say where the stage history of these deals comes from: events, dates, implied, or mixed."""
    kinds = deals.get_column("history").cast(pl.String).unique().to_list()
    return kinds[0] if len(kinds) == 1 else "mixed" if kinds else "implied"


def matured_share(deals: pl.DataFrame, as_of: datetime, horizon: int | None) -> float | None:
    """Return the share of deals that have had the whole horizon."""
    if horizon is None or not deals.height:
        return None
    is_old = pl.lit(as_of) - pl.col("created_at") >= pl.duration(days=horizon)
    return float(deals.select(is_old.cast(pl.Float64).mean()).item())


def degradations(facts: Facts, answer: FunnelAnswer, filter: Filter, stages: pl.DataFrame) -> list[Notice]:
    """Say in sentences what the data could not tell and what that does to the numbers."""
    found = []
    if not answer.deals_count:
        found.append(Notice(N_("No deals match the filter.")))
    elif answer.history == "implied":
        found.append(Notice(PRESENT_ONLY))
    elif answer.history == "exports":
        found += restored(facts)
    elif answer.history == "mixed":
        found.append(
            Notice(N_("The stage history of some deals is not recorded in full; their earlier stages may be missing."))
        )
    if answer.undated_count:
        found.append(
            Notice(N_("Left out because their dates are unknown: {count} deals."), {"count": answer.undated_count})
        )
    if answer.basis == "snapshot" and not filter.period.is_all_time:
        found.append(
            Notice(N_("The snapshot shows where deals are on the last day of the data; the period is not used."))
        )
    if answer.matured_share is not None and answer.matured_share < 1:
        found.append(Notice(N_("Some deals are younger than the horizon, so the last stages may still grow.")))
    known = stages.filter(pl.col("place").is_not_null())
    strangers = known.filter(pl.col("stage_order").is_null()).get_column("stage_name").unique().sort().to_list()
    if strangers:
        found.append(
            Notice(
                N_("Stages outside the dictionary stand last, without conversions: {stages}."),
                {"stages": ", ".join(strangers)},
            )
        )
    if known.filter(~pl.col("is_ordered") & pl.col("stage_order").is_not_null()).height:
        found.append(
            Notice(N_("The order of the stages was guessed. Set it right on the Data page: “Names and stages”."))
        )
    return found


def between(facts: Facts, filter: Filter, first_stage: str, second_stage: str) -> dict[str, float | int | None]:
    """Measure the days from a deal's first entry into one stage to its first entry, not earlier, into another.

    Takes the cohort of the filter. Returns ``n``, ``median_days`` and ``mean_days`` (None when no deal went that way).
    Raises UnknownName for a stage that does not exist.
    """
    names = facts.stages.get_column("stage_name").unique().sort().to_list()
    for name in (first_stage, second_stage):
        check_word("stage", name, tuple(names))
    visits, _ = selection.cohort(facts, filter, None)
    firsts = (
        visits.filter(pl.col("stage_name") == first_stage)
        .group_by("deal_id")
        .agg(pl.col("entered_at").min().alias("first_at"))
    )
    ways = (
        visits.filter(pl.col("stage_name") == second_stage)
        .join(firsts, on="deal_id")
        .filter(pl.col("entered_at") >= pl.col("first_at"))
        .group_by("deal_id")
        .agg((pl.col("entered_at").min() - pl.col("first_at").first()).dt.total_microseconds().alias("length"))
        .select(days=pl.col("length") / reach.MICROSECONDS_A_DAY)
    )
    return ways.select(
        n=pl.len().cast(pl.Int64), median_days=pl.col("days").median(), mean_days=pl.col("days").mean()
    ).row(0, named=True)
