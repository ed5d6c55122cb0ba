"""``facts.calls``: one row per call; missed calls gathered into episodes, and which of them were recovered.

An episode is the missed calls of one number, each within the window of the one before and without a talk between them. A
missed call is recovered when the number was talked with afterwards, whoever called, within the window of working minutes:
the clock of a call missed at night starts at the opening.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.facts.calendar import Calendar
from pipelines.facts.sides import Sides
from pipelines.keys import in_order
from pipelines.schema.facts import FACTS
from pipelines.settings import Calls

FOUND = ("is_talk", "is_missed", "is_new_number", "recovered_at", "episode_id", "is_first_of_episode")
MOMENT = pl.Datetime("us", "UTC")
AT_ONCE = 2 * 122_880
"""Calls that are put together at a time: whole groups of rows of the store."""


def call_facts(calls: pl.DataFrame, sides: Sides, calendar: Calendar, rules: Calls) -> pl.DataFrame:
    """Build one row per core call, in the order of time; of one moment, talks go first."""
    return pl.concat(call_parts(calls, sides, calendar, rules))


def call_parts(calls: pl.DataFrame, sides: Sides, calendar: Calendar, rules: Calls) -> Iterator[pl.DataFrame]:
    """Build the same rows some at a time: what calls tell of each other is found from few columns, the rest is put beside it."""
    found = found_of(calls, calendar, rules)
    local = pl.col("started_at").dt.convert_time_zone(calendar.zone).dt.replace_time_zone(None)
    is_in, is_out = (pl.col("direction") == word for word in ("in", "out"))
    schema = FACTS["calls"].columns()
    for at in range(0, max(calls.height, 1), AT_ONCE):
        beside = found.slice(at, AT_ONCE)
        rows = calls[beside["row"]].hstack(beside.select(FOUND))
        rows = rows.with_columns(_local=local, is_working_time=calendar.is_open(rows["started_at"]))
        yield (
            sides.of(rows)
            .beside(rows.lazy())
            .with_columns(
                line_phone=pl.when(is_in).then(pl.col("to_phone")).when(is_out).then(pl.col("from_phone")),
                is_recovered=pl.col("recovered_at").is_not_null(),
                started_on=pl.col("_local").dt.date(),
                hour=pl.col("_local").dt.hour().cast(pl.Int64),
                weekday=pl.col("_local").dt.weekday().cast(pl.Int64),
            )
            .select(pl.col(name).cast(column.dtype) for name, column in schema.items())
            .collect()
        )


def found_of(calls: pl.DataFrame, calendar: Calendar, rules: Calls) -> pl.DataFrame:
    """Return the row of each call, in the order of the facts, with what it is and what other calls tell of it (``FOUND``)."""
    # A talk of the same second goes before a missed call, so that it neither recovers nor splits it by chance.
    told = calls.select(
        "call_id",
        "started_at",
        number=number_codes(calls["phone"]),
        is_talk=is_talk(rules.talk_seconds),
        is_missed=((pl.col("direction") == "in") & ~pl.col("is_answered")).fill_null(False),
    ).with_columns(_moment=pl.col("started_at").dt.epoch("us") * 2 + (~pl.col("is_talk")).cast(pl.Int64))
    told = in_order(told.drop("started_at").with_row_index("row"), ["_moment", "call_id"]).with_row_index("at")
    told = told.with_columns(started_at=pl.col("_moment").floordiv(2).cast(MOMENT)).drop("_moment")
    told = told.with_columns(
        is_new_number=pl.col("number").is_first_distinct() & pl.col("number").is_not_null(),
        episode_id=pl.lit(None, dtype=pl.String),
        recovered_at=pl.lit(None, dtype=MOMENT),
        is_first_of_episode=pl.lit(False),
    )
    asked = told.filter("is_missed").select("number").drop_nulls().unique()
    same = told.filter(pl.col("number").is_in(asked["number"].implode())).sort("number", maintain_order=True)
    alone = told.filter(pl.col("is_missed") & pl.col("number").is_null())
    alone = alone.select("at", recovered_at="recovered_at", episode_id="call_id", is_first_of_episode=pl.lit(True))
    missed = pl.concat([with_talks(same, calendar, rules).select(alone.columns), alone])
    if missed.is_empty():
        return told.select("row", *FOUND)
    places = missed["at"]
    return told.select(
        "row",
        *FOUND[:3],
        *(told[name].scatter(places, missed[name]) for name in FOUND[3:]),
    )


def number_codes(phones: pl.Series) -> pl.Series:
    """Number the phones: whole numbers that are equal where the phones are."""
    codes = phones.cast(pl.Int64, strict=False)
    # With a sign and without a leading zero, every number has one spelling.
    has_sign = phones.str.starts_with("+").all() and not phones.str.starts_with("+0").any()
    if has_sign and codes.null_count() == phones.null_count():
        return codes
    return phones.cast(pl.Categorical).to_physical().cast(pl.Int64)


def is_talk(least_seconds: float) -> pl.Expr:
    """Tell a talk with the outside: answered, and not shorter than the border; of an unknown length it counts as one."""
    long_enough = (pl.col("talk_seconds") >= least_seconds).fill_null(True)
    return pl.col("is_answered") & long_enough & ~pl.col("is_internal")


def with_talks(calls: pl.DataFrame, calendar: Calendar, rules: Calls) -> pl.DataFrame:
    """Return the missed ones of calls in the order of number and time, with their episode and the talk that recovered them."""
    talk = pl.when("is_talk")
    calls = calls.with_columns(
        _next_talk=talk.then(pl.col("started_at")).shift(-1).backward_fill(),
        _next_number=talk.then(pl.col("number")).shift(-1).backward_fill(),
        _talks=pl.col("is_talk").cum_sum(),
    )
    missed = episodes(calls.filter("is_missed"), rules.episode_minutes).with_columns(
        _next_talk=pl.when(pl.col("_next_number") == pl.col("number")).then(pl.col("_next_talk"))
    )
    wait = calendar.minutes(missed["started_at"], missed["_next_talk"])
    return missed.with_columns(recovered_at=pl.when(wait <= rules.recover_minutes).then(pl.col("_next_talk")))


def episodes(missed: pl.DataFrame, window_minutes: float) -> pl.DataFrame:
    """Add ``episode_id``, the first call's, to missed calls in the order of number and time."""
    gap = (pl.col("started_at") - pl.col("started_at").shift(1)).dt.total_microseconds()
    goes_on = (
        (pl.col("number") == pl.col("number").shift(1))
        & (pl.col("_talks") == pl.col("_talks").shift(1))
        & (gap <= window_minutes * 60_000_000)
    )
    return missed.with_columns(is_first_of_episode=~goes_on.fill_null(False)).with_columns(
        episode_id=pl.when("is_first_of_episode").then(pl.col("call_id")).forward_fill()
    )
