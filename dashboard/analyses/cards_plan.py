"""When the cards of clients will all be filled in, if each manager fills so many a working day as planned (product.md D43).

How many were filled yesterday no export tells: a card holds no day of its filling. The plan and the day are told instead.
"""

from __future__ import annotations

from math import ceil

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.rows import rows_of

DEFINITION = N_(
    "Clients by their owner on the last day of the data: whose cards have every required field filled and valid, and by which "
    "working day the rest will be, at the number of cards a day that settings plan. Cards nobody owns have no such day. The "
    "period plays no part."
)
PLAN = N_("The plan is {count} cards a manager and working day.")
UNTOLD = N_("No export holds the required fields of client cards.")


def cards_plan(facts: Facts, filter: Filter) -> Answer:
    """Plan the filling of cards: one row per manager, the fullest desk of empty cards first, nobody's cards last.

    Columns: manager, clients (whose card is told), complete_cards, incomplete_cards, completeness (mean share of the required
    fields), workdays_needed, filled_on (the working day when the last is filled; as_of where none is left, null for nobody's).
    """
    filled = pl.col("completeness_share")
    base = rows_of(facts, "client_base").filter(filter.rows(any_funnel=True) & filled.is_not_null())
    frame = (
        base.group_by(manager="manager_name")
        .agg(
            clients=pl.len().cast(pl.Int64),
            complete_cards=(filled >= 1).sum().cast(pl.Int64),
            incomplete_cards=(filled < 1).sum().cast(pl.Int64),
            completeness=filled.mean(),
        )
        .with_columns(is_nobodys=pl.col("manager").is_null())
        .sort("is_nobodys", "incomplete_cards", "manager", descending=[False, True, False])
        .drop("is_nobodys")
    )
    a_day, working = facts.thresholds.cards_a_day, facts.thresholds.working
    days = [
        None if manager is None else ceil(left / a_day)
        for manager, left in frame.select("manager", "incomplete_cards").iter_rows()
    ]
    ends = [None if count is None else working.after(facts.as_of_on, count) for count in days]
    shown = (
        *("manager", "clients", "complete_cards", "incomplete_cards", "completeness", "workdays_needed", "filled_on"),
    )
    return Answer(
        frame=frame.with_columns(
            workdays_needed=pl.Series(days, dtype=pl.Int64), filled_on=pl.Series(ends, dtype=pl.Date)
        ),
        columns=columns(*shown),
        definition=DEFINITION,
        n=base.height,
        counted=N_("clients"),
        as_of=facts.as_of,
        sentences=(Notice(PLAN, {"count": a_day}) if base.height else Notice(UNTOLD),),
    )


CARDS_PLAN = Analysis(
    name="cards_plan",
    label=N_("When all client cards are filled in"),
    help=N_(
        "For each manager: cards filled in, cards left, and the working day by which all are, at the planned number a day."
    ),
    run=cards_plan,
    is_state=True,
)
