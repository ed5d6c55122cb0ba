"""How soon leads are answered and reached, and how many touches a win takes (product.md D32, D33, D37, 4.9).

A lead that nobody answered is not left out: it counts as still waiting, or as never answered once its deal is closed, so the
slowest managers do not look fast (Kaplan & Meier 1958). Only leads that the log of calls covers are judged, and leads that a
talk before their creation led to are apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, ratio
from dashboard.statistics.survival import OVER, Incidence, kaplan_meier

IS_COVERED = pl.col("has_telephony") & ~pl.col("is_answered_before")
IS_UNANSWERED = IS_COVERED & ~pl.col("is_answered")
IS_REACHED = pl.col("reached_at").is_not_null()
IS_WATCHED = pl.col("wait_minutes").is_not_null()
HAS_TOUCHES = (pl.col("outcome") == "won") & pl.col("touches_count").is_not_null()
TOUCHES_TO_WIN = pl.col("touches_count").filter(HAS_TOUCHES)

CENSORED = N_(
    "Working minutes; unanswered leads count as still waiting, as never answered once closed (Kaplan-Meier). Leads "
    "that came from a talk, and leads of managers without a log of calls, are left out."
)
COVERED = N_("Of leads that the log of calls covers and that no earlier talk led to.")


def curve(columns: Sequence[pl.Series]) -> Incidence:
    """Estimate the curve of answers from the minutes and whether the answer came."""
    minutes, answered = columns
    is_known = minutes.is_not_null()
    return kaplan_meier(minutes.filter(is_known).to_numpy(), answered.filter(is_known).to_numpy())


def median(columns: Sequence[pl.Series]) -> pl.Series:
    """Return the minutes by which half are answered; null while fewer than half are."""
    return pl.Series([curve(columns).over_by(0.5)], dtype=pl.Float64)


def within(minutes: float) -> pl.Expr:
    """Return the share answered within so many minutes; null when nothing was watched for so long."""

    def share(columns: Sequence[pl.Series]) -> pl.Series:
        return pl.Series([curve(columns).at(OVER, minutes) if len(columns[0]) else None], dtype=pl.Float64)

    return pl.map_groups(WATCHED, share, return_dtype=pl.Float64, returns_scalar=True)


WATCHED = [pl.col("wait_minutes"), pl.col("is_answered")]


def of_leads(
    name: str,
    label: str,
    help: str,
    value: pl.Expr,
    unit: Unit,
    better: Better,
    variant: str = COVERED,
    behind: pl.Expr | None = None,
    of_them: pl.Expr | None = None,
) -> Metric:
    """Make a metric of leads by the day of their creation."""
    return Metric(
        name,
        label,
        help,
        value,
        unit,
        better,
        fact="answers",
        dated_by="created_on",
        variant=variant,
        behind=behind,
        of_them=of_them,
    )


RESPONSE_MINUTES_MEDIAN = of_leads(
    "response_minutes_median",
    N_("First answer, median"),
    N_(
        "Working minutes from the creation of a lead to the first action of ours: half of the leads "
        "created in the period were answered sooner. Unknown while fewer than half are answered."
    ),
    pl.map_groups(WATCHED, median, return_dtype=pl.Float64, returns_scalar=True),
    Unit.MINUTES,
    Better.LOWER,
    CENSORED,
    behind=IS_WATCHED,
)
ANSWERED_WITHIN_5 = of_leads(
    "answered_within_5",
    N_("Answered within 5 minutes"),
    N_("Share of the leads created in the period that were answered within 5 working minutes."),
    within(5),
    Unit.SHARE,
    Better.HIGHER,
    CENSORED,
    behind=IS_WATCHED,
)
ANSWERED_WITHIN_15 = of_leads(
    "answered_within_15",
    N_("Answered within 15 minutes"),
    N_("Share of the leads created in the period that were answered within 15 working minutes."),
    within(15),
    Unit.SHARE,
    Better.HIGHER,
    CENSORED,
    behind=IS_WATCHED,
)
ANSWERED_WITHIN_60 = of_leads(
    "answered_within_60",
    N_("Answered within an hour"),
    N_("Share of the leads created in the period that were answered within 60 working minutes."),
    within(60),
    Unit.SHARE,
    Better.HIGHER,
    CENSORED,
    behind=IS_WATCHED,
)
UNANSWERED = of_leads(
    "unanswered",
    N_("Unanswered leads"),
    N_(
        "Leads created in the period on which nobody of ours acted so far. Unknown where the log of calls "
        "covers none of them."
    ),
    pl.when(IS_COVERED.sum() > 0).then(IS_UNANSWERED.sum()),
    Unit.COUNT,
    Better.LOWER,
    behind=IS_UNANSWERED,
)
UNANSWERED_SHARE = of_leads(
    "unanswered_share",
    N_("Unanswered, share"),
    N_("Unanswered leads as a share of the leads created in the period."),
    ratio(IS_UNANSWERED.sum(), IS_COVERED.sum()),
    Unit.SHARE,
    Better.LOWER,
    behind=IS_COVERED,
    of_them=IS_UNANSWERED,
)
ANSWERED_BEFORE_SHARE = of_leads(
    "answered_before_share",
    N_("Leads out of a talk"),
    N_(
        "Leads created in the period that a talk shortly before led to, as a share of those the log of "
        "calls covers. Their answer took no time, and the other numbers of speed leave them out."
    ),
    ratio((pl.col("has_telephony") & pl.col("is_answered_before")).sum(), pl.col("has_telephony").sum()),
    Unit.SHARE,
    Better.NEITHER,
    "",
    behind=pl.col("has_telephony"),
    of_them=pl.col("is_answered_before"),
)
REACH_RATE = of_leads(
    "reach_rate",
    N_("Reached by phone"),
    N_("Leads created in the period with a talk afterwards, as a share of the leads created in it."),
    ratio((IS_COVERED & IS_REACHED).sum(), IS_COVERED.sum()),
    Unit.SHARE,
    Better.HIGHER,
    behind=IS_COVERED,
    of_them=IS_REACHED,
)
ATTEMPTS_TO_REACH = of_leads(
    "attempts_to_reach",
    N_("Calls until reached"),
    N_(
        "Mean number of outgoing calls up to and with the first talk, of the leads created in the period "
        "that were reached by calling them."
    ),
    pl.col("attempts_count").filter(IS_COVERED & IS_REACHED & (pl.col("attempts_count") > 0)).mean(),
    Unit.NUMBER,
    Better.LOWER,
    behind=IS_COVERED & IS_REACHED & (pl.col("attempts_count") > 0).fill_null(False),
)
ATTEMPTS_UNREACHED = of_leads(
    "attempts_unreached",
    N_("Calls to the unreached"),
    N_("Mean number of outgoing calls to the leads created in the period that were not reached, none included."),
    pl.col("attempts_count").filter(IS_COVERED & ~IS_REACHED).mean(),
    Unit.NUMBER,
    Better.NEITHER,
    behind=IS_COVERED & ~IS_REACHED,
)
TOUCHES_TO_WIN_MEDIAN = Metric(
    name="touches_to_win_median",
    label=N_("Touches to a win, median"),
    help=N_(
        "Touches up to the first win of the deals won in the period: half of them took more, half fewer. A"
        " touch is a talk of half a minute, a meeting or a letter, one a day of each kind."
    ),
    variant=N_("Won deals only; they live longer and so gather more touches: the analysis of touches corrects for it."),
    fact="answers",
    dated_by="closed_on",
    value=TOUCHES_TO_WIN.cast(pl.Float64).median(),
    unit=Unit.NUMBER,
    better=Better.NEITHER,
    behind=HAS_TOUCHES,
)
TOUCHES_TO_WIN_MEAN = Metric(
    name="touches_to_win_mean",
    label=N_("Touches to a win, mean"),
    help=N_("Mean number of touches up to the first win of the deals won in the period."),
    fact="answers",
    dated_by="closed_on",
    value=TOUCHES_TO_WIN.mean(),
    unit=Unit.NUMBER,
    better=Better.NEITHER,
    behind=HAS_TOUCHES,
)
