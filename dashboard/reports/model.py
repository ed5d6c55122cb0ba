"""What a report is before it is a file: sections in order, each a finding in words, numbers, tables and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Answer, Column
from dashboard.charts.theme import Chart
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.model import Metric
from pipelines.errors import VoronkaError


class MissingPart(VoronkaError):
    """A part of the system is missing for one format; the others do not need it."""


@dataclass(frozen=True)
class Number:
    """A metric over the period, over the period before it, and both as they are written; unknown is None and a dash."""

    metric: Metric
    value: float | None
    before: float | None
    written: str
    change: str = ""


@dataclass(frozen=True, eq=False)
class Table:
    """An answer as a table. ``name`` is stable and names its sheet and file; ``label`` is in the reader's language.

    ``columns`` are those people are shown; ``most`` is how many rows fit a page, files of tables hold all of them.
    """

    name: str
    label: str
    answer: Answer
    columns: tuple[Column, ...]
    most: int = 12

    @property
    def frame(self) -> pl.DataFrame:
        """All rows."""
        return self.answer.frame


@dataclass(frozen=True, eq=False)
class Section:
    """One part of the report: ``finding`` is a sentence also where the data tells nothing, and then it says why."""

    name: str
    title: str
    finding: str
    numbers: tuple[Number, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Report:
    """A whole report in one language, made from one snapshot under one filter. It knows no clock.

    ``about``: (what, its text) lines of the cover: period, filter, snapshot, as of, inputs. ``made_by``: for whom it was cut.
    """

    title: str
    finding: str
    locale: Locale
    filter: Filter
    snapshot: str
    as_of: datetime
    zone: str
    currency: str
    made_by: str
    sections: tuple[Section, ...]
    about: tuple[tuple[str, str], ...] = ()
    headline: tuple[Number, ...] = ()
    facts: Facts = field(default=None, repr=False)  # ty: ignore[invalid-assignment]

    @property
    def tables(self) -> list[Table]:
        """Every table, in order."""
        return [table for section in self.sections for table in section.tables]

    @property
    def numbers(self) -> list[tuple[Section, Number]]:
        """Every number with its section, in order."""
        return [(section, number) for section in self.sections for number in section.numbers]
