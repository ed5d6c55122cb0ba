"""``facts.calls``: one row per call; missed calls gathered into episodes, and which of them were recovered.

An episode is the missed calls of one number, each within the window of the one before and without a talk between them. A
missed call is recovered when the number was talked with afterwards, whoever called, within the window of working minutes:
the clock of a call missed at night starts at the opening.
"""

from __future__ import annotations

import polars as pl

from pipelines.facts.calendar import Calendar
from pipelines.facts.clock import local_day
from pipelines.facts.sides import Sides
from pipelines.schema.facts import FACTS
from pipelines.settings import Calls

FOUND = ("recovered_at", "episode_id", "is_first_of_episode", "is_new_number")


def call_facts(calls: pl.DataFrame, sides: Sides, calendar: Calendar, rules: Calls) -> pl.DataFrame:
    """Build one row per core call, in the order of time."""
    told = calls.with_columns(
        is_talk=is_talk(rules.talk_seconds),
        is_missed=((pl.col("direction") == "in") & ~pl.col("is_answered")).fill_null(False),
        line_phone=pl.when(pl.col("direction") == "in")
        .then(pl.col("to_phone"))
        .when(pl.col("direction") == "out")
        .then(pl.col("from_phone")),
        is_working_time=calendar.is_open(calls["started_at"]),
    )
    has_number = pl.col("phone").is_not_null()
    alone = told.filter(~has_number).with_columns(
        recovered_at=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
        episode_id=pl.when("is_missed").then(pl.col("call_id")),
        is_first_of_episode=pl.col("is_missed"),
        is_new_number=pl.lit(False),
    )
    rows = pl.concat([by_number(told.filter(has_number), calendar, rules), alone], how="diagonal")
    local = pl.col("started_at").dt.convert_time_zone(calendar.zone)
    schema = FACTS["calls"].columns()
    return (
        sides.beside(rows.lazy())
        .with_columns(
            is_recovered=pl.col("recovered_at").is_not_null(),
            started_on=local_day("started_at", calendar.zone),
            hour=local.dt.hour().cast(pl.Int64),
            weekday=local.dt.weekday().cast(pl.Int64),
        )
        .select(pl.col(name).cast(column.dtype) for name, column in schema.items())
        .sort("started_at", "call_id")
        .collect()
    )


def is_talk(least_seconds: float) -> pl.Expr:
    """Tell a talk with the outside: answered, and not shorter than the border; of an unknown length it counts as one."""
    long_enough = (pl.col("talk_seconds") >= least_seconds).fill_null(True)
    return pl.col("is_answered") & long_enough & ~pl.col("is_internal")


def by_number(calls: pl.DataFrame, calendar: Calendar, rules: Calls) -> pl.DataFrame:
    """Add to calls with a number what follows from the other calls of that number (``FOUND``)."""
    # A talk of the same second goes before a missed call, so that it neither recovers nor splits it by chance.
    numbers = calls.select(pl.col("phone").unique()).with_row_index("_number")
    calls = calls.join(numbers, on="phone").with_columns(_talk=~pl.col("is_talk"))
    talk = pl.when("is_talk")
    calls = calls.sort("_number", "started_at", "_talk", "call_id").with_columns(
        _next_talk=talk.then(pl.col("started_at")).shift(-1).backward_fill(),
        _next_number=talk.then(pl.col("_number")).shift(-1).backward_fill(),
        _talks=pl.col("is_talk").cum_sum(),
        is_new_number=(pl.col("_number") != pl.col("_number").shift(1)).fill_null(True),
    )
    missed = episodes(calls.filter("is_missed"), rules.episode_minutes).with_columns(
        _next_talk=pl.when(pl.col("_next_number") == pl.col("_number")).then(pl.col("_next_talk"))
    )
    wait = calendar.minutes(missed["started_at"], missed["_next_talk"])
    missed = missed.with_columns(recovered_at=pl.when(wait <= rules.recover_minutes).then(pl.col("_next_talk")))
    others = calls.filter(~pl.col("is_missed")).with_columns(is_first_of_episode=pl.lit(False))
    return pl.concat([others, missed], how="diagonal").drop("_number", "_talk", "_next_talk", "_next_number", "_talks")


def episodes(missed: pl.DataFrame, window_minutes: float) -> pl.DataFrame:
    """Add ``episode_id``, the first call's, to missed calls in the order of number and time."""
    gap = (pl.col("started_at") - pl.col("started_at").shift(1)).dt.total_microseconds()
    goes_on = (
        (pl.col("_number") == pl.col("_number").shift(1))
        & (pl.col("_talks") == pl.col("_talks").shift(1))
        & (gap <= window_minutes * 60_000_000)
    )
    return missed.with_columns(is_first_of_episode=~goes_on.fill_null(False)).with_columns(
        episode_id=pl.when("is_first_of_episode").then(pl.col("call_id")).forward_fill()
    )
