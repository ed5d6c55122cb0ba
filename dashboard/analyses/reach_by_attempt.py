"""Whom calls reach: at which attempt, after which delay, and from which of our numbers (product.md D32).

A number from which hardly anybody picks up may be marked as spam; a late first call reaches fewer.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.calls_by_hour import NO_CALLS
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.calls import IS_OUT
from dashboard.metrics.rows import rows_of
from dashboard.metrics.speed import COVERED, IS_COVERED, IS_REACHED
from dashboard.statistics.intervals import wilson

BY_ATTEMPT, BY_DELAY, BY_NUMBER = N_("attempt"), N_("minutes to the first answer"), N_("our own number")
MOST_ATTEMPTS = 7
DELAYS = ((0, 5), (5, 15), (15, 60), (60, 240), (240, 1440), (1440, None))
DEFINITION = N_(
    "Leads created in the period. By attempt: of the leads called so many times, those reached at that "
    "very call. By minutes to "
    "the first answer (working time): of the leads answered so soon, those reached so far. By our own "
    "number: of the outgoing "
    "calls of the period from it, those with a talk."
)


def reach_by_attempt(facts: Facts, filter: Filter) -> Answer:
    """Count who was reached: rows by attempt, then by delay of the first answer, then by outgoing number.

    Columns: rule (which cut), segment, n, reached, share, low, high.
    """
    leads = rows_of(facts, "answers").filter(filter.rows("created_on") & IS_COVERED)
    out = facts.calls.filter(filter.rows("started_on", any_funnel=True) & IS_OUT & pl.col("line_phone").is_not_null())
    rows = [*by_attempt(leads), *by_delay(leads), *by_number(out)]
    schema = {"rule": pl.String, "segment": pl.String, "n": pl.Int64, "reached": pl.Int64, "share": pl.Float64}
    frame = pl.DataFrame(rows, schema={**schema, "low": pl.Float64, "high": pl.Float64}, orient="row")
    return Answer(
        frame=frame,
        columns=columns("rule", "segment", "n", "reached", "share", "low", "high"),
        definition=DEFINITION,
        variant=COVERED,
        n=leads.height,
        counted=N_("leads"),
        as_of=facts.as_of,
        sentences=() if facts.calls.height else (Notice(NO_CALLS),),
    )


Row = tuple[str, str, int, int, float | None, float | None, float | None]


def by_attempt(leads: pl.DataFrame) -> Iterable[Row]:
    """Give each attempt's chance; a lead that was reached gets no further attempt."""
    made, is_reached = leads.get_column("attempts_count"), leads.get_column("reached_at").is_not_null()
    for number in range(1, MOST_ATTEMPTS + 1):
        tried = int((made >= number).sum())
        if tried:
            yield row(BY_ATTEMPT, str(number), tried, int(((made == number) & is_reached).sum()))


def by_delay(leads: pl.DataFrame) -> Iterable[Row]:
    """Give the share reached by how soon the first answer came."""
    for low, high in DELAYS:
        inside = pl.col("response_minutes") >= low
        chosen = leads.filter(inside & (pl.col("response_minutes") < high) if high else inside)
        if chosen.height:
            name = f"{low}-{high}" if high else f"{low}+"
            yield row(BY_DELAY, name, chosen.height, chosen.filter(IS_REACHED).height)


def by_number(out: pl.DataFrame) -> Iterable[Row]:
    """Give the share of talks among the outgoing calls from each of our numbers, by number."""
    counted = out.group_by("line_phone").agg(n=pl.len(), reached=pl.col("is_talk").sum()).sort("line_phone")
    for line, n, reached in counted.iter_rows():
        yield row(BY_NUMBER, line, n, reached)


def row(rule: str, segment: str, n: int, reached: int) -> Row:
    """Put the share and its interval beside two counts."""
    interval = wilson(reached, n)
    low, high = interval if interval else (None, None)
    return rule, segment, n, reached, reached / n, low, high


REACH_BY_ATTEMPT = Analysis(
    name="reach_by_attempt",
    label=N_("Reach by attempt"),
    help=N_("At which attempt, after which delay and from which of our numbers calls reach people."),
    run=reach_by_attempt,
)
