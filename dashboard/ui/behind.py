"""A number of a table that is no metric of its own: the rows behind it, and how it is made of them again.

A metric names its rows by itself (``metrics.measure.rows_behind``). What a table counts besides, such as the plan of a month or the
clients of two products, says here which rows they are; tests make every such number again from nothing but its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Column
from dashboard.filters import Filter
from dashboard.metrics.measure import foundations, rows_behind, value_in
from dashboard.metrics.model import Metric, Unit
from dashboard.ui.row_columns import Listing

Cell = Mapping[str, str | None]
"""The columns that name the row of a table and the value each has there."""
Values = Mapping[str, float | None]


@dataclass(frozen=True, eq=False)
class Number:
    """A number that rows make: its label (N_), how it is written, how it is made of the rows."""

    label: str
    unit: Unit
    made: Callable[[pl.DataFrame], float | None]


@dataclass(frozen=True, eq=False)
class Part:
    """Rows of one kind behind a number, and the numbers they make, by name.

    ``listing``: how they are read, None: as deals, which have ``deal_id`` and the columns ``more`` beside it. A column
    ``is_counted`` says of each whether it counts in a share.
    """

    name: str
    rows: pl.DataFrame
    numbers: Mapping[str, Number]
    listing: Listing | None = None
    more: tuple[Column, ...] = ()


@dataclass(frozen=True, eq=False)
class OfMetric:
    """The rows of a metric as a part of another number: under a filter of its own, within a cell."""

    metric: Metric
    filter: Filter
    within: Cell


Parts = Sequence[Part | OfMetric]


@dataclass(frozen=True, eq=False)
class Behind:
    """What stands behind a column of numbers: its label and help (N_) and, given facts, filter and cell, its parts.

    ``value`` makes the number of what the parts make, by name; without it the number is the first of them.
    """

    label: str
    help: str
    parts: Callable[[Facts, Filter, Cell], Parts]
    value: Callable[[Values], float | None] | None = None


def values_of(facts: Facts, parts: Parts) -> dict[str, float | None]:
    """Make the numbers of the parts again from their rows, in order."""
    found: dict[str, float | None] = {}
    for part in parts:
        if isinstance(part, Part):
            found |= {name: number.made(part.rows) for name, number in part.numbers.items()}
        else:
            found |= value_of_metric(facts, part)
    return found


def value_of_metric(facts: Facts, part: OfMetric) -> dict[str, float | None]:
    """Make the value of a metric within a cell, composed of its own parts where it has some."""
    found = {one.name: value_in(facts, one, part.filter, part.within) for one in foundations(part.metric)}
    if part.metric.parts:
        whole = pl.DataFrame({name: [value] for name, value in found.items()}, strict=False)
        return {part.metric.name: whole.select(part.metric.value).item()}
    return found


def made(facts: Facts, filter: Filter, behind: Behind, cell: Cell) -> float | None:
    """Make the number of a cell again from nothing but its rows."""
    values = values_of(facts, behind.parts(facts, filter, cell))
    return next(iter(values.values())) if behind.value is None else behind.value(values)


def of_metric(facts: Facts, part: OfMetric) -> list[tuple[Metric, pl.DataFrame]]:
    """Take the rows of each metric on a fact that a part stands on."""
    return [(one, rows_behind(facts, one, part.filter, part.within)) for one in foundations(part.metric)]


def ratio_of(above: str, below: str) -> Callable[[Values], float | None]:
    """Divide one number of the parts by another; a share of nothing is unknown."""

    def divided(values: Values) -> float | None:
        top, bottom = values[above], values[below]
        return float(top) / float(bottom) if top is not None and bottom else None

    return divided


def count(rows: pl.DataFrame) -> float:
    """Count rows."""
    return rows.height


def total(column: str) -> Callable[[pl.DataFrame], float | None]:
    """Make what adds a column up; unknown where no row tells it."""

    def added(rows: pl.DataFrame) -> float | None:
        told = rows[column].drop_nulls()
        return float(told.sum()) if len(told) else None

    return added


def share_counted(rows: pl.DataFrame) -> float | None:
    """Take the share of rows that count."""
    return float(rows["is_counted"].sum()) / rows.height if rows.height else None
