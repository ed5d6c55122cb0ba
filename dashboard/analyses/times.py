"""How long a deal takes: its cycle, and what becomes of leads by age, with what is open kept as "not yet".

The chance of a win or a loss by age is the cumulative incidence, in
which a loss is a rival of a win and not a reason to stop watching.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import ceil

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import closed_in, created_in
from dashboard.analyses.headings import columns
from dashboard.analyses.reach import MICROSECONDS_A_DAY
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.model import ratio
from dashboard.periods import ALL_TIME
from dashboard.remember import remembered
from dashboard.statistics.maturity import matured_share, ripe_day
from dashboard.statistics.survival import Incidence
from dashboard.statistics.survival import incidence_of as of_numbered

WATCHED = ("outcome", "created_on", "created_at", "cycle_days", "age_days")
"""The columns of a deal that say what became of it by which age."""
AGES = (30, 60, 90, 120, 150, 180, 270, 365)

TO_WON, TO_END, FROM_TALK = N_("created to won"), N_("created to won or lost"), N_("first talk to won")
CYCLE = N_(
    "Real days from creation to the first win, to the win or loss, and from the first talk where it came "
    "earlier; deals by the day they were closed. Open deals are not in it."
)
BY_AGE = N_(
    "Of all leads created in the period, the share that was won, lost or junk by each age, and that was still "
    "open. An open deal counts as not yet, and a loss as a way a deal can end instead of a win."
)
COHORTS = N_(
    "Leads by the month they were created and what became of them so far. Old enough is a lead at least as old "
    "as the age by which 95 of 100 wins come, of all leads whenever created."
)
RIPE = N_("95 of 100 wins come by day {days} (all leads, whenever created): what is younger may still grow.")
AT_ONCE = N_("95 of 100 wins come on the day of the lead itself: no month is too young to judge.")
LEFT_OUT = N_("Left out because their dates are unknown or run backwards: {count} deals.")


def spread(days: pl.Expr) -> list[pl.Expr]:
    """Describe lengths that are over: n, quartiles, P90 and mean."""
    known = days.filter(days >= 0)
    levels = {"q25": 0.25, "median": 0.5, "q75": 0.75, "p90": 0.9}
    quantiles = [known.quantile(level, interpolation="linear").alias(name) for name, level in levels.items()]
    return [known.count().cast(pl.Int64).alias("n"), *quantiles, known.mean().alias("mean")]


def cycle(facts: Facts, filter: Filter) -> Answer:
    """Measure the cycle: one row per variant (created to won, created to closed, first talk to won): n, quantiles, mean."""
    both = ended(facts, filter)
    ways = lengths_of(facts, both)
    frame = pl.concat(
        days.select(pl.lit(name).alias("variant"), *spread(pl.col("days"))) for name, days in ways.items()
    )
    backwards = both.filter((pl.col("cycle_days") >= 0).fill_null(False).not_()).height
    return Answer(
        frame=frame,
        columns=columns("variant", "n", "q25", "median", "q75", "p90", "mean"),
        definition=CYCLE,
        n=both.height,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=(Notice(LEFT_OUT, {"count": backwards}),) if backwards else (),
    )


def ended(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the deals won or lost in the period, with what their lengths are made of."""
    needed = ("deal_id", "outcome", "cycle_days", "created_at", "first_won_at")
    return closed_in(facts, filter, "won", "lost", columns=needed)


def lengths_of(facts: Facts, both: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Measure each deal in the ways of ``cycle``: variant → deal_id, days (null or below zero where its dates do not tell)."""
    won = both.filter(pl.col("outcome") == "won")
    return {
        TO_WON: won.select("deal_id", days="cycle_days"),
        TO_END: both.select("deal_id", days="cycle_days"),
        FROM_TALK: from_talk(facts, won),
    }


def cycle_by_age(facts: Facts, filter: Filter, *, closed_from: date | None = None) -> Answer:
    """Estimate what becomes of a lead by age: day, won_by, lost_by, junk_by, open_by (sum to 1), low and high of won_by.

    A share is null beyond what was watched. ``closed_from``: the export holds no deal closed before that day, so a deal is
    watched from then on only (delayed entry).
    """
    if closed_from is None:
        incidence = cohort_incidence(facts, filter)
    else:
        incidence = incidence_of(watched(facts, created_in(facts, filter, *WATCHED), closed_from))
    left_out = incidence.left_out_count
    return Answer(
        frame=by_age(incidence),
        columns=columns("day", "won_by", "low", "high", "lost_by", "junk_by", "open_by"),
        definition=BY_AGE,
        variant="" if closed_from is None else N_("A deal is watched only from the day since when closings are known."),
        n=incidence.count,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=(Notice(LEFT_OUT, {"count": left_out}),) if left_out else (),
    )


def cohorts(facts: Facts, filter: Filter) -> Answer:
    """Count each month's leads: month, leads, won, lost, open, won_share, matured_share, is_mature (all old enough)."""
    leads = watched(facts, created_in(facts, filter, *WATCHED), None)
    ripe = ripe_age(facts, filter)
    return Answer(
        frame=months_of(leads, ripe),
        columns=columns("month", "leads", "won", "lost", "open", "won_share", "matured_share"),
        definition=COHORTS,
        n=leads.filter(pl.col("created_on").is_not_null()).height,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=tuple(ripeness(ripe)),
    )


def ripe_age(facts: Facts, filter: Filter) -> float | None:
    """Return the age in days by which 95 of 100 wins come: one for all pages; None when no deal was won.

    It is learnt from all leads under the filter, whenever created: those of a short period were watched for as many days only,
    so that it would have quick wins and nothing else.
    """
    whole = replace(filter, period=ALL_TIME, preset=None, compare="none")
    return ripe_day(cohort_incidence(facts, whole), "won")


def ripeness(ripe: float | None) -> list[Notice]:
    """Say by which age wins have come."""
    if ripe is None:
        return []
    return [Notice(RIPE, {"days": ceil(ripe)})] if ceil(ripe) else [Notice(AT_ONCE)]


def from_talk(facts: Facts, deals: pl.DataFrame) -> pl.DataFrame:
    """Measure won deals from their first talk or their creation, whichever came first; none without any call log."""
    if not facts.calls.height:
        return deals.select("deal_id", days=pl.lit(None, dtype=pl.Float64)).clear()
    is_of_deal = pl.col("is_talk") & pl.col("deal_id").is_not_null()
    talks = (
        facts.calls.lazy().filter(is_of_deal).group_by("deal_id").agg(touched_at=pl.col("started_at").min()).collect()
    )
    begun = pl.min_horizontal("created_at", "touched_at")
    length = (pl.col("first_won_at") - begun).dt.total_microseconds() / MICROSECONDS_A_DAY
    return deals.join(talks, on="deal_id", how="left").select("deal_id", days=length)


def watched(facts: Facts, deals: pl.DataFrame, closed_from: date | None) -> pl.DataFrame:
    """Put beside each deal its age at the end or so far, its end (null while open) and the age it is watched from."""
    end = pl.when(pl.col("outcome") != "open").then(pl.col("outcome").cast(pl.String))
    entry = pl.lit(0.0)
    if closed_from is not None:
        entry = pl.max_horizontal((pl.lit(closed_from) - pl.col("created_on")).dt.total_days(), 0).cast(pl.Float64)
    since = (pl.lit(facts.as_of) - pl.col("created_at")).dt.total_microseconds() / MICROSECONDS_A_DAY
    return deals.with_columns(days=pl.coalesce("cycle_days", "age_days"), end=end, entry=entry, since=since)


def incidence_of(deals: pl.DataFrame) -> Incidence:
    """Estimate the chance of each end by age."""
    names = deals["end"].drop_nulls().unique().sort().to_list()
    kind = deals["end"].cast(pl.Enum(names)).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    return of_numbered(deals["days"].to_numpy(), kind, names, deals["entry"].to_numpy())


def cohort_incidence(facts: Facts, filter: Filter) -> Incidence:
    """Estimate the same of the deals created in the period; several answers of a page stand on it."""
    same = replace(filter, preset=None, compare="none")
    return remembered(facts, same, lambda: incidence_of(watched(facts, created_in(facts, same, *WATCHED), None)))


def curves(facts: Facts, filter: Filter, most_days: int = 365) -> tuple[pl.DataFrame, int]:
    """Read the curves of ``cycle_by_age`` off at every day from 0 to the oldest age watched; and count the leads."""
    incidence = cohort_incidence(facts, filter)
    if incidence.last_day is None:
        return by_age(incidence, ()), incidence.count
    days = range(min(int(incidence.last_day), most_days) + 1)
    return by_age(incidence, days, with_intervals=False), incidence.count


def by_age(incidence: Incidence, ages: Sequence[int] = AGES, *, with_intervals: bool = True) -> pl.DataFrame:
    """Read the curves off at some ages; the intervals of wins cost the most and are left null where nobody asks for them."""
    rows = []
    for day in ages:
        open_share = incidence.open_at(day)
        nothing = None if open_share is None else 0.0
        ends = {
            f"{end}_by": incidence.at(end, day) if end in incidence.shares else nothing
            for end in ("won", "lost", "junk")
        }
        is_told = with_intervals and "won" in incidence.shares
        low, high = (incidence.interval("won", day) if is_told else None) or (None, None)
        rows.append({"day": day, **ends, "open_by": open_share, "low": low, "high": high})
    names = ("won_by", "lost_by", "junk_by", "open_by", "low", "high")
    return pl.DataFrame(rows, schema={"day": pl.Int64(), **dict.fromkeys(names, pl.Float64())}, orient="row")


def months_of(leads: pl.DataFrame, ripe: float | None) -> pl.DataFrame:
    """Count each month's cohort, and the share of it that is old enough for nearly all its wins to have come."""
    rows = []
    for (month,), cohort_of in leads.group_by(pl.col("created_on").dt.truncate("1mo"), maintain_order=True):
        if month is not None:
            count = {end: cohort_of.filter(pl.col("outcome") == end).height for end in ("won", "lost", "open")}
            matured = None if ripe is None else matured_share(cohort_of.get_column("since").to_list(), ripe)
            rows.append({"month": month, "leads": cohort_of.height, **count, "matured_share": matured})
    counts = dict.fromkeys(("leads", "won", "lost", "open"), pl.Int64())
    schema = {"month": pl.Date(), **counts, "matured_share": pl.Float64()}
    frame = pl.DataFrame(rows, schema=schema, orient="row").sort("month")
    return frame.with_columns(won_share=ratio(pl.col("won"), pl.col("leads")))


CYCLE_TIME = Analysis(
    name="cycle",
    label=N_("Cycle of a deal"),
    help=N_("How many days deals take from creation, or from the first talk, to the end: quartiles, P90 and mean."),
    run=cycle,
)
CYCLE_BY_AGE = Analysis(
    name="cycle_by_age",
    label=N_("What becomes of leads by age"),
    help=N_("The share of leads won, lost and still open by 30, 60, 90 … days, with young leads counted as not yet."),
    run=cycle_by_age,
)
COHORTS_BY_MONTH = Analysis(
    name="cohorts",
    label=N_("Leads by month"),
    help=N_("Each month's leads, what became of them, and how many are old enough to compare."),
    run=cohorts,
)
