"""When calls come: weekday by hour, with what was missed and what was reached (product.md D30 to D32)."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import rows_count, times
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.calls import IS_IN, IS_OUT, IS_OUTSIDE
from dashboard.metrics.model import ratio

WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))
DEFINITION = N_(
    "Calls with the outside in the period by weekday and hour of their start in the company's zone; an "
    "hour without calls "
    "between the first and the last of the day is a row of zeros. Missed: incoming and not answered. "
    "Reached: outgoing with a talk."
)
NO_CALLS = N_("No export holds calls, so nothing is known of them.")


COUNTED = {"missed": pl.col("is_missed"), "reached": IS_OUT & pl.col("is_talk"), "calls": pl.lit(True)}
"""Columns of the answer that count calls → which of the calls of the hour."""


def calls_at(facts: Facts, filter: Filter, weekday: int, hour: int, what: str = "calls") -> pl.DataFrame:
    """Return the calls that a number of the answer counts, newest first; ``what`` is a key of ``COUNTED``."""
    is_there = (pl.col("weekday") == weekday) & (pl.col("hour") == hour) & COUNTED[what]
    rows = facts.calls.filter(filter.rows("started_on", any_funnel=True) & IS_OUTSIDE & is_there)
    return rows.sort("started_at", "call_id", descending=True)


def calls_by_hour(facts: Facts, filter: Filter) -> Answer:
    """Count calls per weekday and hour, Monday first.

    Columns: weekday (1 to 7), weekday_name, hour, calls, calls_in, missed, missed_share, calls_out, reached, reached_share.
    """
    chosen = facts.calls.filter(filter.rows("started_on", any_funnel=True) & IS_OUTSIDE)
    counted = chosen.group_by("weekday", "hour").agg(
        rows_count().alias("calls"),
        times(IS_IN).alias("calls_in"),
        times(COUNTED["missed"]).alias("missed"),
        times(IS_OUT).alias("calls_out"),
        times(COUNTED["reached"]).alias("reached"),
    )
    first, last = (getattr(chosen.get_column("hour"), end)() for end in ("min", "max"))
    hours = range(first, last + 1) if first is not None else range(0)
    cells = [(day, name, hour) for day, name in enumerate(WEEKDAYS, 1) for hour in hours]
    grid = pl.DataFrame(cells, schema={"weekday": pl.Int64, "weekday_name": pl.String, "hour": pl.Int64}, orient="row")
    frame = (
        grid.join(counted, on=["weekday", "hour"], how="left", maintain_order="left")
        .with_columns(pl.col("calls", "calls_in", "missed", "calls_out", "reached").fill_null(0))
        .with_columns(
            missed_share=ratio(pl.col("missed"), pl.col("calls_in")),
            reached_share=ratio(pl.col("reached"), pl.col("calls_out")),
        )
    )
    return Answer(
        frame=frame,
        columns=columns(
            "weekday_name", "hour", "calls", "calls_in", "missed", "missed_share", "calls_out", "reached_share"
        ),
        definition=DEFINITION,
        n=chosen.height,
        counted=N_("calls"),
        as_of=facts.as_of,
        sentences=() if facts.calls.height else (Notice(NO_CALLS),),
    )


CALLS_BY_HOUR = Analysis(
    name="calls_by_hour",
    label=N_("Calls by weekday and hour"),
    help=N_("When calls come, when they are missed and when outgoing ones reach somebody."),
    run=calls_by_hour,
)
