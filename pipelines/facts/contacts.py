"""Contacts with clients, one by one: calls of the log, and done tasks whose name tells a meeting, a letter or another contact.

Where the log covers a manager, tasks about calls are left out: the log tells better. Automatic mailings and preparations are
no contacts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from pipelines.facts.calls import is_talk
from pipelines.facts.clock import local_day
from pipelines.facts.sides import contact_key
from pipelines.settings import Settings, Touches

WHOLE_WORD = 3
"""A word of settings no longer than this must be the whole word: «кп» is not «кпп»."""

ABOUT_A_DAY = timedelta(hours=26)


@dataclass(frozen=True)
class Telephony:
    """Whose calls the log holds, and the days it covers: there, no call means no call."""

    managers: pl.Series
    first_on: date | None
    last_on: date | None
    last_at: datetime | None

    @classmethod
    def of(cls, calls: pl.DataFrame, as_of: datetime, zone: str) -> Telephony:
        """Read it off the calls with the outside up to ``as_of``."""
        outside = calls.lazy().filter(~pl.col("is_internal") & (pl.col("started_at") <= as_of))
        moment = pl.col("started_at")
        # The first and the last day are those of moments near the ends, whatever the clocks of the zone did there.
        ends = outside.filter((moment <= moment.min() + ABOUT_A_DAY) | (moment >= moment.max() - ABOUT_A_DAY))
        days = ends.select(local_day("started_at", zone)).collect().to_series()
        first, last, at = days.min(), days.max(), outside.select(moment.max()).collect().item()
        return cls(
            managers=outside.select(pl.col("manager_name").drop_nulls().unique().sort()).collect().to_series(),
            first_on=first if isinstance(first, date) else None,
            last_on=last if isinstance(last, date) else None,
            last_at=at if isinstance(at, datetime) else None,
        )

    def covers(self, day: pl.Expr) -> pl.Expr:
        """Tell whether the log covers the row's manager on a day; a row without a manager, whether it covers the day."""
        is_known = pl.col("manager_name").is_in(self.managers.implode()) | pl.col("manager_name").is_null()
        return (is_known & day.is_between(pl.lit(self.first_on), pl.lit(self.last_on))).fill_null(False)


def contacts_of(
    calls: pl.DataFrame, tasks: pl.DataFrame, telephony: Telephony, *, as_of: datetime, zone: str, settings: Settings
) -> pl.DataFrame:
    """Return every contact up to ``as_of`` with a known client or deal, in the order of ``key``, moment and id.

    Columns: key, contact_id, client_id, deal_id, manager_name, at, kind, result, is_call, is_outgoing (null when unknown),
    is_talk, is_touch (with content).
    """
    is_known = pl.col("client_id").is_not_null() | pl.col("deal_id").is_not_null()
    outside = calls.lazy().filter(is_known & ~pl.col("is_internal"))
    of_calls = outside.select(
        contact_key(),
        contact_id=pl.lit("call ") + pl.col("call_id"),
        client_id="client_id",
        deal_id="deal_id",
        manager_name="manager_name",
        at="started_at",
        kind=pl.lit("call"),
        result=pl.lit(None, dtype=pl.String),
        is_call=pl.lit(True),
        is_outgoing=pl.col("direction").cast(pl.String) == "out",
        is_talk=is_talk(settings.calls.talk_seconds),
        is_touch=is_talk(settings.calls.touch_seconds),
    )
    rows = pl.concat([of_calls.collect(), contacts_of_tasks(tasks, telephony, zone, settings.touches)])
    return rows.filter(pl.col("key").is_not_null() & (pl.col("at") <= as_of)).sort("key", "at", "contact_id")


def contacts_of_tasks(tasks: pl.DataFrame, telephony: Telephony, zone: str, words: Touches) -> pl.DataFrame:
    """Return the done tasks that were contacts."""
    logged = (pl.col("kind") == "call") & telephony.covers(local_day("done_at", zone))
    done = tasks.filter(pl.col("done_at").is_not_null()).with_columns(kind=kind_of_task(words))
    return done.filter(pl.col("kind").is_not_null() & ~logged).select(
        contact_key(),
        contact_id=pl.lit("task ") + pl.col("task_id"),
        client_id="client_id",
        deal_id="deal_id",
        manager_name="manager_name",
        at="done_at",
        kind="kind",
        result="result",
        is_call=pl.lit(False),
        is_outgoing=pl.when(pl.col("kind") != "meeting").then(pl.lit(True)),
        is_talk=pl.lit(False),
        is_touch=pl.lit(True),
    )


def kind_of_task(words: Touches) -> pl.Expr:
    """Return the kind of contact that the name of a task tells; null where it tells none."""
    name = folded(pl.col("task_name"))
    is_meeting = says(name, words.meeting) & ~says(name, words.arranged)
    return (
        pl.when(says(name, words.left_out))
        .then(pl.lit(None, dtype=pl.String))
        .when(says(name, words.call))
        .then(pl.lit("call"))
        .when(says(name, words.letter))
        .then(pl.lit("letter"))
        .when(is_meeting)
        .then(pl.lit("meeting"))
        .when(says(name, words.other))
        .then(pl.lit("other"))
    )


def folded(text: pl.Expr) -> pl.Expr:
    """Fold text for the search of words: case and ё."""
    return text.str.to_lowercase().str.replace_all("ё", "е", literal=True)


def says(text: pl.Expr, words: Sequence[str]) -> pl.Expr:
    """Tell whether a word of folded text begins with one of ``words``; short ones must be the whole word."""
    wanted = [word.casefold().replace("ё", "е").strip() for word in words]
    parts = [re.escape(word) + (r"\b" if len(word) <= WHOLE_WORD else "") for word in wanted if word]
    if not parts:
        return pl.lit(False)
    return text.str.contains(r"\b(?:" + "|".join(parts) + ")").fill_null(False)
