"""What every section is made with: the facts, the filter, the language, and answers that are counted once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Answer
from dashboard.analyses.catalogue import analysis
from dashboard.charts.notes import noted
from dashboard.charts.theme import Chart
from dashboard.charts.trend import trend, trend_period
from dashboard.exports.answers import said
from dashboard.filters import Filter
from dashboard.i18n import N_, Locale
from dashboard.metrics.measure import measure
from dashboard.metrics.model import Metric
from dashboard.periods import Period
from dashboard.reports.hiding import discreet, masked, rewritten_filter
from dashboard.reports.model import Number, Section, Table
from dashboard.reports.numbers import numbers, unknown
from pipelines.thresholds import Note

WORDS = ("text", "word", "flag", "day")
"""Kinds of columns that are no numbers."""

NOTHING = N_("Nothing of this kind in the data under this filter.")


@dataclass(eq=False)
class Making:
    """One report being made. ``notes``: those of the settings, with nothing in them that a report does not tell."""

    facts: Facts
    filter: Filter
    locale: Locale
    notes: tuple[Note, ...] = ()
    answers: dict[str, Answer] = field(default_factory=dict)

    def answer(self, name: str, filter: Filter | None = None) -> Answer:
        """Ask an analysis of the catalogue, once under the report's own filter; phones and mails are hidden in what it tells."""
        if filter is not None:
            return discreet(analysis(name).run(self.facts, filter))
        if name not in self.answers:
            self.answers[name] = discreet(analysis(name).run(self.facts, self.filter))
        return self.answers[name]

    def say(self, template: str, **values: object) -> str:
        """Translate a sentence."""
        return self.locale.text(template, **values)

    def written(self, value: object, unit: object, *, short: bool = True) -> str:
        """Write a value in the company's currency."""
        return self.locale.value(value, unit, self.facts.currency, short)

    def over(self, period: Period) -> Filter:
        """The same choice over another period."""
        return replace(self.filter, period=period, preset=None)

    def table(self, name: str, shown: Sequence[str] = (), most: int = 12, answer: Answer | None = None) -> Table:
        """Take an answer as a table, all of its columns or those that are named, without those that hold nothing.

        The first says what a row is about, and stays where it is a name that nobody gave.
        """
        told = self.answer(name) if answer is None else answer
        asked = [column for column in told.columns if not shown or column.name in shown]
        columns = tuple(
            column
            for number, column in enumerate(asked)
            if told.frame[column.name].null_count() < told.frame.height or (not number and column.kind == "text")
        )
        return Table(name, self.say(analysis(name).label), told, columns or told.columns, most)

    def section(
        self,
        name: str,
        title: str,
        *,
        metrics: Sequence[Metric] = (),
        charts: Sequence[Chart] = (),
        tables: Sequence[Table] = (),
        finding: str = "",
        notes: Sequence[str] = (),
    ) -> Section:
        """Put a section together: the finding is the one given, else what the first picture says, else why there is none.

        A table of nothing but zeros is left out: what the data lacks is said in words.
        """
        kept = tuple(one for one in tables if tells(one))
        found = numbers(self.facts, metrics, self.filter, self.locale) if metrics else ()
        why = unknown(self.facts, found, self.filter, self.locale)
        told = [said(one, self.locale) for table in tables for one in table.answer.sentences]
        reasons = [*dict.fromkeys([*told, *why])]
        first = finding or next((chart.title for chart in charts if chart.title), "")
        if not first:
            first = reasons[0] if reasons else self.number(found) or self.say(NOTHING)
        marked = [line for chart in charts for line in chart.notes]
        rest = [one for one in dict.fromkeys([*marked, *notes, *reasons]) if one != first]
        return Section(name, self.say(title), first, found, tuple(charts), kept, tuple(rest))

    def number(self, found: Sequence[Number]) -> str:
        """Say the first number that is known and not zero as a sentence; empty where there is none."""
        one = next((one for one in found if one.value), None)
        if one is None:
            return ""
        told = f"{self.say(one.metric.label)}: {one.written}"
        return f"{told} ({one.change})" if one.change else told

    def months(self, metric: Metric) -> Chart | None:
        """Draw a metric month by month; None where no row has a date."""
        span = trend_period(self.filter.period, self.facts.as_of_on)
        months = measure(self.facts, [metric], self.over(span), by=("month",)).drop_nulls("month")
        if months.is_empty() or months[metric.name].is_null().all():
            return None
        period, day = self.filter.period, self.facts.as_of_on
        drawn = trend(months, metric, period, day, self.locale, self.facts.currency, height=260)
        return self.noted(drawn, months["month"].to_list(), self.filter)

    def noted(self, chart: Chart, months: Sequence[date], filter: Filter) -> Chart:
        """Draw the notes that concern somebody a filter keeps, its values hidden as theirs are."""
        return noted(chart, months, self.notes, rewritten_filter(filter, masked, {}), self.locale)


def tells(table: Table) -> bool:
    """Tell whether a table has rows, and where it has numbers, one that is not zero."""
    counted = table.frame.select(table.frame[one.name] for one in table.columns if one.kind not in WORDS)
    numeric = counted.select(pl.selectors.numeric())
    if not numeric.width:
        return table.frame.height > 0
    return bool(numeric.select(pl.any_horizontal((pl.all() != 0).any())).item())


def drawn(*pictures: Callable[[], Chart | None] | None) -> list[Chart]:
    """Draw what can be drawn."""
    made = [picture() for picture in pictures if picture is not None]
    return [one for one in made if one is not None]
