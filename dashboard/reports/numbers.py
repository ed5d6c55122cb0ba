"""The numbers of a report: measured as the cards of the pages are, with the change where the data covers both periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.access import Facts
from dashboard.analyses.comparison import compare
from dashboard.exports.answers import said
from dashboard.filters import Filter
from dashboard.i18n import N_, Locale
from dashboard.metrics.model import Metric, Unit
from dashboard.metrics.unknown import why_unknown
from dashboard.reports.model import Number


def numbers(facts: Facts, metrics: Sequence[Metric], filter: Filter, locale: Locale) -> tuple[Number, ...]:
    """Measure metrics; a change is written where the data covers the whole period to compare with."""
    compared = compare(facts, metrics, filter)
    rows = {row["metric"]: row for row in compared.frame.to_dicts()}
    before = compared.before
    is_covered = before is not None and (before.start is None or first_day(facts) <= before.start)
    found = []
    for metric in metrics:
        row = rows[metric.name]
        is_dated = metric.dated_by is not None or metric.is_stock or bool(metric.parts)
        known = row["before"] if is_covered and is_dated else None
        found.append(
            Number(
                metric,
                row["value"],
                known,
                locale.value(row["value"], metric.unit, facts.currency),
                "" if known is None else changed(metric, row, facts, locale),
            )
        )
    return tuple(found)


def changed(metric: Metric, row: dict[str, float | None], facts: Facts, locale: Locale) -> str:
    """Write the change beside what it is compared with."""
    was = locale.value(row["before"], metric.unit, facts.currency, short=True)
    if row["change" if metric.unit == Unit.SHARE else "growth"] is None:
        return locale.text(N_("was {before}"), before=was)
    told = locale.points(row["change"]) if metric.unit == Unit.SHARE else locale.change(row["growth"])
    return locale.text(N_("{change}, was {before}"), change=told, before=was)


def first_day(facts: Facts) -> date:
    """Return the first day the deals tell of."""
    days = [facts.deals.get_column(name).drop_nulls().min() for name in ("created_on", "closed_on")]
    return min([day for day in days if isinstance(day, date)], default=facts.as_of_on)


def unknown(facts: Facts, found: Sequence[Number], filter: Filter, locale: Locale) -> list[str]:
    """Say of the numbers that are not known which export would bring them."""
    missing = [one.metric for one in found if one.value is None]
    return list(dict.fromkeys(said(notice, locale) for notice in why_unknown(facts, missing, filter, ())))
