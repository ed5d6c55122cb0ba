"""Which calls a report of some days looks at, so that the rest of a long log is not read.

Those of the days, those of deals that are open or were created in the days, all incoming ones (a week is held against those of
a year, a new number against all of its calls), and as many more as tell what the whole log tells: its last call, one of each
manager, one that fills each column, one talk about a deal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

CALLS = "facts.calls"
Days = tuple[date, date | None]
"""The first day, and the day after the last."""
Ask = Callable[[str], list[tuple]]
"""What answers a question (SQL) with its rows."""


def calls_of(ask: Ask, days: Days, columns: Iterable[str]) -> str:
    """Write the condition that such calls meet (SQL); ``columns`` are those that are read."""
    first, end = days
    within = f"BETWEEN DATE '{first}' AND " + (f"DATE '{end}' - 1" if end else "DATE 'infinity'")
    deals = f"SELECT deal_id FROM facts.deals WHERE outcome = 'open' OR created_on {within}"  # noqa: S608 - days
    tied = [f"started_on {within}", f"deal_id IN ({deals})", "direction = 'in'"]
    told = ", ".join(map(str, sorted(telling(ask, columns))))
    return " OR ".join([*tied, f"rowid IN ({told})"] if told else tied)


def telling(ask: Ask, columns: Iterable[str]) -> set[int]:
    """Find one call that fills each column, one of each manager, and the last one: rows of the table."""
    filled = (f"(SELECT rowid FROM {CALLS} WHERE {name} IS NOT NULL LIMIT 1)" for name in columns)  # noqa: S608 - our names
    asked = (
        f"SELECT unnest([{', '.join(filled)}])",
        f"SELECT min(rowid) FROM {CALLS} GROUP BY manager_name",  # noqa: S608
        f"SELECT arg_max(rowid, started_at) FROM {CALLS}",  # noqa: S608
        f"SELECT rowid FROM {CALLS} WHERE is_talk AND deal_id IS NOT NULL LIMIT 1",  # noqa: S608
    )
    found = (row for one in asked for (row,) in ask(one))
    return {int(row) for row in found if row is not None}
