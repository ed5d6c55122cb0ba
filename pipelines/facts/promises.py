"""``facts.promises``: tasks with a due moment, and whether they were kept (product.md D34).

A promise is kept by an outgoing contact with the client (a call counts whether or not anybody took it) from some hours
before it is due, or by the task being done, until the end of the due day and of the working days of grace. After that it is
late, and forgotten when neither ever came.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.facts.calendar import Calendar
from pipelines.facts.clock import local_day
from pipelines.facts.sides import Sides, contact_key
from pipelines.schema.facts import FACTS
from pipelines.settings import Promises

INSTANT = pl.duration(microseconds=1)


def promise_facts(
    tasks: pl.DataFrame,
    contacts: pl.DataFrame,
    sides: Sides,
    calendar: Calendar,
    *,
    as_of: datetime,
    rules: Promises,
) -> pl.DataFrame:
    """Build one row per task with a due moment, sorted by its key."""
    schema = FACTS["promises"].columns()
    due = tasks.filter(pl.col("due_at").is_not_null()).with_columns(due_on=local_day("due_at", calendar.zone))
    due = due.with_columns(last_on=calendar.plus_days(due["due_on"], rules.grace_days))
    rows = sides.beside(kept(due, contacts, as_of, rules).lazy()).with_columns(
        kept_on=local_day("kept_at", calendar.zone), as_of_on=local_day("as_of", calendar.zone)
    )
    told = rows.with_columns(outcome=outcome()).collect()
    until = told.select(pl.coalesce("kept_on", "as_of_on")).to_series()
    late = calendar.days(told["due_on"], until)
    return (
        told.with_columns(
            promise_id=pl.lit("task ") + pl.col("task_id"),
            promise_name="task_name",
            is_overtaken=(local_day("_closed_at", calendar.zone) <= pl.col("last_on")).fill_null(False),
            late_days=pl.when(pl.col("outcome").is_in(["late", "forgotten"])).then(late.clip(0)),
        )
        .select(pl.col(name).cast(column.dtype) for name, column in schema.items())
        .sort("promise_id")
    )


def kept(due: pl.DataFrame, contacts: pl.DataFrame, as_of: datetime, rules: Promises) -> pl.DataFrame:
    """Add ``as_of`` and ``kept_at``: the first outgoing contact from the window on, or the completion if that was earlier."""
    early = pl.col("due_at") - pl.duration(microseconds=int(rules.early_hours * 3_600_000_000))
    # What was said when the promise was made does not keep it.
    made = pl.col("created_at") + INSTANT
    asked = due.with_columns(contact_key(), window_at=pl.max_horizontal(early, made)).sort("key", "window_at")
    outgoing = contacts.filter(pl.col("is_outgoing").fill_null(False)).select("key", contact_at="at")
    met = asked.join_asof(
        outgoing, left_on="window_at", right_on="contact_at", by="key", strategy="forward", check_sortedness=False
    )
    done = pl.when(pl.col("done_at") <= as_of).then(pl.col("done_at"))
    return met.with_columns(kept_at=pl.min_horizontal("contact_at", done), as_of=pl.lit(as_of))


def outcome() -> pl.Expr:
    """Say what became of a promise; one that may still be kept today is not due yet."""
    return (
        pl.when(pl.col("kept_on") <= pl.col("last_on"))
        .then(pl.lit("kept"))
        .when(pl.col("kept_on").is_not_null())
        .then(pl.lit("late"))
        .when(pl.col("last_on") < pl.col("as_of_on"))
        .then(pl.lit("forgotten"))
        .otherwise(pl.lit("not_due"))
    )
