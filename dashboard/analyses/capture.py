"""Who asked and is not recorded: calls of new numbers without a deal, and leads that nobody was given.

A manager who writes down only those who buy has a win rate near 100 % for the wrong reason, so a high win rate beside a low
capture rate is marked as a choice of deals, not as skill. Exports hold no log of forms and letters: those requests cannot be
compared with the CRM.
"""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import closed_in, created_in, rows_count, times
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.model import ratio
from dashboard.metrics.rows import rows_of
from dashboard.remember import prepared
from dashboard.statistics.intervals import wilson
from dashboard.statistics.verdicts import LEAST_COUNT

HIGH_WIN_RATE = 0.9
LOW_CAPTURE = 0.5
REAL = pl.Float64()
DEFINITION = N_(
    "Outside numbers whose first call ever came in during the period, by the manager and the line it came to, and how many had "
    "a deal in any funnel not later than 24 hours after it. A win rate of 90 % and more beside a capture of less than half is "
    "marked: only those who buy are written down."
)
NO_CALLS = N_("No calls in the exports: it is not known who asked by phone.")
NO_FORMS = N_("Exports hold no log of forms and letters: what was lost there cannot be told.")
NOBODY = N_("Deals created in the period that nobody was given: {count}.")


def capture(facts: Facts, filter: Filter) -> Answer:
    """Count the requests: one row per manager and line, the fewest captured first.

    Columns: manager, line, requests, captured, capture_rate, low, high (95 %), win_rate (won of won and lost of the manager's
    deals closed in the period), is_selection (null where fewer than twenty requests or closed deals tell).
    """
    asked = rows_of(facts, "requests").filter(filter.rows("started_on", any_funnel=True))
    by = [pl.col("manager_name").alias("manager"), pl.col("line_phone").alias("line")]
    frame = asked.group_by(by).agg(
        rows_count().alias("requests"),
        captured=pl.when(pl.col("is_captured").count() > 0).then(times(pl.col("is_captured"))),
    )
    closed = closed_in(facts, filter, "won", "lost", columns=("manager_name", "outcome"))
    rates = closed.group_by(manager="manager_name").agg(
        rows_count().alias("closed"), ratio(times(pl.col("outcome") == "won"), pl.len()).alias("win_rate")
    )
    whole = frame.group_by("manager").agg(
        _asked=pl.col("requests").sum(), _rate=ratio(pl.col("captured").sum(), pl.col("requests").sum())
    )
    frame = frame.join(rates, on="manager", how="left").join(whole, on="manager", how="left", nulls_equal=True)
    is_enough = (pl.col("_asked") >= LEAST_COUNT) & (pl.col("closed") >= LEAST_COUNT)
    bounds = [
        wilson(won, count) if won is not None else None for won, count in frame.select("captured", "requests").rows()
    ]
    frame = frame.with_columns(
        capture_rate=ratio(pl.col("captured"), pl.col("requests")),
        low=pl.Series([one.low if one else None for one in bounds], dtype=REAL),
        high=pl.Series([one.high if one else None for one in bounds], dtype=REAL),
        is_selection=pl.when(is_enough).then((pl.col("win_rate") >= HIGH_WIN_RATE) & (pl.col("_rate") < LOW_CAPTURE)),
    ).sort("capture_rate", "manager", "line", nulls_last=True)
    return Answer(
        frame=frame.select(
            *("manager", "line", "requests", "captured", "capture_rate", "low", "high", "win_rate", "is_selection")
        ),
        columns=columns(
            *("manager", "line", "requests", "captured", "capture_rate", "low", "high", "win_rate", "is_selection")
        ),
        definition=DEFINITION,
        n=asked.height,
        counted=N_("numbers that called for the first time"),
        as_of=facts.as_of,
        sentences=told(facts, filter),
    )


def told(facts: Facts, filter: Filter) -> tuple[Notice, ...]:
    """Say what no export tells, and how many leads nobody was given."""
    unowned = created_in(facts, filter, "manager_name")["manager_name"].null_count()
    found = [Notice(NO_FORMS)] if facts.calls.height else [Notice(NO_CALLS), Notice(NO_FORMS)]
    return (*found, *([Notice(NOBODY, {"count": unowned})] if unowned else []))


def incoming(facts: Facts) -> pl.DataFrame:
    """Count the incoming calls of each number, and those that were answered: phone, calls, answered."""
    return (
        facts.calls.lazy()
        .filter(pl.col("direction") == "in")
        .group_by("phone")
        .agg(rows_count().alias("calls"), times(pl.col("is_answered")).alias("answered"))
        .collect()
    )


def missed_requests(facts: Facts, filter: Filter) -> Answer:
    """List the numbers that asked and have no deal, the latest first: phone, called_on, calls, answered, manager, line, client.

    ``calls`` and ``answered`` count every incoming call of the number so far.
    """
    asked = rows_of(facts, "requests").filter(filter.rows("started_on", any_funnel=True))
    frame = (
        asked.filter(~pl.col("is_captured"))
        .join(prepared(facts, incoming), on="phone", how="left")
        .sort("started_at", "phone", descending=[True, False])
        .select(
            "phone",
            "calls",
            "answered",
            called_on="started_on",
            manager="manager_name",
            line="line_phone",
            client="client_name",
        )
    )
    return Answer(
        frame=frame,
        columns=columns("phone", "called_on", "calls", "answered", "manager", "line", "client"),
        definition=N_(
            "Outside numbers whose first call ever came in during the period and that had no deal in any funnel 24 hours later."
        ),
        n=asked.height,
        counted=N_("numbers that called for the first time"),
        as_of=facts.as_of,
        sentences=told(facts, filter),
    )


CAPTURE = Analysis(
    name="capture",
    label=N_("Who asked and is recorded"),
    help=N_(
        "Calls of new numbers that became a deal within a day, by manager and line, and where only buyers are written down."
    ),
    run=capture,
)
MISSED_REQUESTS = Analysis(
    name="missed_requests",
    label=N_("Requests without a deal"),
    help=N_("The list of numbers that called for the first time and are not in the CRM a day later."),
    run=missed_requests,
)
