"""Calls with the outside: how many, missed and called back, how long, with whom (product.md D30, D31).

A call is dated by its start. Nothing is known where the log holds no call at all: a manager without telephony has no
"0 calls" (product.md 4.9).
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, known_sum, ratio

IS_OUTSIDE = (pl.col("direction") != "internal").fill_null(True)
IS_IN = (pl.col("direction") == "in").fill_null(False)
IS_OUT = (pl.col("direction") == "out").fill_null(False)
IS_ANSWERED = pl.col("is_answered")
IS_EPISODE = pl.col("is_first_of_episode")
TALKED = IS_OUTSIDE & IS_ANSWERED
HAS_LENGTH = pl.col("talk_seconds").is_not_null()
TALK_MINUTES = pl.col("talk_seconds").filter(TALKED) / 60
WAIT = pl.col("wait_seconds").filter(IS_IN & IS_ANSWERED)
EPISODES = N_(
    "By episodes: missed calls of one number that follow each other within half an hour (settings.toml) are one, on "
    "the day of the first."
)
RECOVERY = N_(
    "Talked with the number within an hour of working time (settings.toml) after the first missed call, whoever "
    "called; a hidden number cannot be called back and is lost."
)


def of_calls(
    name: str,
    label: str,
    help: str,
    value: pl.Expr,
    unit: Unit = Unit.COUNT,
    better: Better = Better.HIGHER,
    needs: str = "call_id",
    variant: str = "",
    behind: pl.Expr | None = None,
    each: str = "",
    of_them: pl.Expr | None = None,
) -> Metric:
    """Make a metric of calls by the day of their start."""
    return Metric(
        name=name,
        label=label,
        help=help,
        value=value,
        unit=unit,
        better=better,
        needs=(needs,),
        variant=variant,
        fact="calls",
        dated_by="started_on",
        behind=behind,
        each=each,
        of_them=of_them,
    )


CALLS = of_calls(
    "calls",
    N_("Calls"),
    N_(
        "Calls with the outside in the period, answered or not. Transfers of one call are one call; calls "
        "within the house are left out."
    ),
    IS_OUTSIDE.sum(),
    better=Better.NEITHER,
    behind=IS_OUTSIDE,
)
CALLS_IN = of_calls(
    "calls_in",
    N_("Incoming calls"),
    N_("Calls from the outside in the period, answered or missed."),
    IS_IN.sum(),
    needs="direction",
    better=Better.NEITHER,
    behind=IS_IN,
)
CALLS_OUT = of_calls(
    "calls_out",
    N_("Outgoing calls"),
    N_("Calls to the outside in the period, answered or not."),
    IS_OUT.sum(),
    needs="direction",
    behind=IS_OUT,
)
TALKS = of_calls(
    "talks",
    N_("Talks"),
    N_(
        "Calls with the outside in the period that were answered and lasted at least 5 seconds "
        "(settings.toml); shorter ones are attempts."
    ),
    pl.col("is_talk").sum(),
    behind=pl.col("is_talk"),
)
ANSWERED_IN = of_calls(
    "answered_in",
    N_("Answered incoming calls"),
    N_("Incoming calls of the period that somebody answered."),
    (IS_IN & IS_ANSWERED).sum(),
    needs="direction",
    behind=IS_IN & IS_ANSWERED,
)
ANSWERED_SHARE = of_calls(
    "answered_share",
    N_("Answered, share"),
    N_("Answered incoming calls as a share of all incoming calls of the period."),
    ratio((IS_IN & IS_ANSWERED).sum(), IS_IN.sum()),
    Unit.SHARE,
    needs="direction",
    behind=IS_IN,
    of_them=IS_ANSWERED,
)
MISSED = of_calls(
    "missed",
    N_("Missed calls"),
    N_("Incoming calls of the period that nobody answered, each call counted."),
    pl.col("is_missed").sum(),
    better=Better.LOWER,
    needs="direction",
    behind=pl.col("is_missed"),
)
MISSED_EPISODES = of_calls(
    "missed_episodes",
    N_("Missed callers"),
    N_("Times in the period that somebody called and did not get through, repeated attempts taken together."),
    IS_EPISODE.sum(),
    better=Better.LOWER,
    needs="direction",
    variant=EPISODES,
    behind=IS_EPISODE,
)
MISSED_AFTER_HOURS = of_calls(
    "missed_after_hours",
    N_("Missed callers out of hours"),
    N_("Missed callers of the period whose first call came outside working hours."),
    (IS_EPISODE & ~pl.col("is_working_time")).sum(),
    better=Better.LOWER,
    needs="direction",
    variant=EPISODES,
    behind=IS_EPISODE & ~pl.col("is_working_time"),
)
RECOVERED = of_calls(
    "recovered",
    N_("Missed and called back"),
    N_("Missed callers of the period with whom somebody talked soon afterwards."),
    (IS_EPISODE & pl.col("is_recovered")).sum(),
    needs="direction",
    variant=RECOVERY,
    behind=IS_EPISODE & pl.col("is_recovered"),
)
LOST_CALLS = of_calls(
    "lost_calls",
    N_("Lost callers"),
    N_("Missed callers of the period with whom nobody talked soon afterwards: missed callers less those called back."),
    (IS_EPISODE & ~pl.col("is_recovered")).sum(),
    better=Better.LOWER,
    needs="direction",
    variant=RECOVERY,
    behind=IS_EPISODE & ~pl.col("is_recovered"),
)
RECOVERED_SHARE = of_calls(
    "recovered_share",
    N_("Called back, share"),
    N_("Missed callers that were talked with soon afterwards, as a share of all missed callers of the period."),
    ratio((IS_EPISODE & pl.col("is_recovered")).sum(), IS_EPISODE.sum()),
    Unit.SHARE,
    needs="direction",
    variant=RECOVERY,
    behind=IS_EPISODE,
    of_them=pl.col("is_recovered"),
)
TALK_TIME = of_calls(
    "talk_minutes",
    N_("Minutes of talk"),
    N_(
        "Minutes of the answered calls with the outside in the period, added up. Unknown when the log tells no lengths."
    ),
    known_sum(pl.col("talk_seconds"), TALKED) / 60,
    Unit.MINUTES,
    Better.NEITHER,
    behind=TALKED,
)
TALK_MINUTES_MEAN = of_calls(
    "talk_minutes_mean",
    N_("Length of a talk, mean"),
    N_("Mean minutes of the answered calls with the outside in the period."),
    TALK_MINUTES.mean(),
    Unit.MINUTES,
    Better.NEITHER,
    behind=TALKED & HAS_LENGTH,
)
TALK_MINUTES_MEDIAN = of_calls(
    "talk_minutes_median",
    N_("Length of a talk, median"),
    N_("Minutes of the answered calls with the outside in the period: half of them were longer, half shorter."),
    TALK_MINUTES.median(),
    Unit.MINUTES,
    Better.NEITHER,
    behind=TALKED & HAS_LENGTH,
)
TALK_MINUTES_PER_DAY = of_calls(
    "talk_minutes_per_day",
    N_("Minutes of talk a day"),
    N_("Minutes of talk in the period divided by the days on which there were calls."),
    ratio(known_sum(pl.col("talk_seconds"), TALKED) / 60, pl.col("started_on").filter(IS_OUTSIDE).n_unique()),
    Unit.MINUTES,
    variant=N_("Of days with calls; idle days are told by the analysis of load."),
    behind=IS_OUTSIDE,
)
WAIT_SECONDS_MEAN = of_calls(
    "wait_seconds_mean",
    N_("Seconds to pick up, mean"),
    N_("Mean seconds of ringing or waiting before an incoming call of the period was answered."),
    WAIT.mean(),
    Unit.NUMBER,
    Better.LOWER,
    behind=IS_IN & IS_ANSWERED & pl.col("wait_seconds").is_not_null(),
)
WAIT_SECONDS_MEDIAN = of_calls(
    "wait_seconds_median",
    N_("Seconds to pick up, median"),
    N_(
        "Seconds of ringing or waiting before an incoming call of the period was answered: half waited "
        "longer, half less."
    ),
    WAIT.median(),
    Unit.NUMBER,
    Better.LOWER,
    behind=IS_IN & IS_ANSWERED & pl.col("wait_seconds").is_not_null(),
)
UNIQUE_NUMBERS = of_calls(
    "unique_numbers",
    N_("Different numbers"),
    N_("Different outside numbers with a call in the period, either way; hidden numbers are not counted."),
    pl.col("phone").filter(IS_OUTSIDE).drop_nulls().n_unique(),
    needs="phone",
    behind=IS_OUTSIDE & pl.col("phone").is_not_null(),
    each="phone",
)
NEW_NUMBERS = of_calls(
    "new_numbers",
    N_("New numbers"),
    N_("Outside numbers whose first call in the whole log was in the period."),
    pl.col("is_new_number").sum(),
    needs="phone",
    variant=N_("New to the log: at its beginning nearly every number is new."),
    behind=pl.col("is_new_number"),
)
