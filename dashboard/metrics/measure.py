"""Measure metrics: one row per group, one column per metric, the same road for pages, exports and the command line.

Metrics dated by different days (created, closed) are measured apart and joined, so ``by=("month",)`` puts a lead in the
month it came and a win in the month it was closed. A group with no rows gets what the metric says of no rows: a count is
0 and a ratio is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from dashboard.access import Facts
from dashboard.filters import DIMENSIONS, TIME_DIMENSIONS, Filter
from dashboard.metrics.model import Metric
from dashboard.periods import DAY, step_unit, unit_start
from pipelines.errors import UnknownName, suggest


def measure(facts: Facts, metrics: Iterable[Metric], filter: Filter, by: Sequence[str] = ()) -> pl.DataFrame:
    """Measure metrics over the rows a filter keeps.

    One row per group, sorted by the dimensions with nulls last; exactly one row without ``by``. Columns: the dimensions
    by their words, then the metrics by their names. Time dimensions hold the first day of the week, month, quarter or
    year. Raises UnknownName for a dimension that does not exist or two cuts of time at once.
    """
    wanted = list(dict.fromkeys(metrics))
    cuts = check_cuts(by)
    answer: pl.DataFrame | None = None
    for number, same in enumerate(alike(wanted)):
        here = f"_here_{number}"
        part = measure_alike(facts, same, filter, cuts).with_columns(pl.lit(True).alias(here))
        if answer is None:
            answer = part
        elif cuts:
            answer = answer.join(part, on=cuts, how="full", nulls_equal=True, coalesce=True)
        else:
            answer = pl.concat([answer, part], how="horizontal")
    if answer is None:
        raise UnknownName("Name at least one metric to measure.")
    for number, same in enumerate(alike(wanted)):
        absent = pl.col(f"_here_{number}").is_null()
        empty = nothing(facts, same)
        answer = answer.with_columns(
            pl.when(absent)
            .then(pl.lit(empty[m.name], dtype=answer.schema[m.name]))
            .otherwise(pl.col(m.name))
            .alias(m.name)
            for m in same
        )
    answer = answer.select(*cuts, *(m.name for m in wanted))
    return answer.sort(cuts, nulls_last=True) if cuts else answer


def check_cuts(by: Sequence[str]) -> list[str]:
    """Check the names of dimensions. Raises UnknownName."""
    cuts = list(dict.fromkeys(by))
    known = [*DIMENSIONS, *TIME_DIMENSIONS]
    for name in cuts:
        if name not in known:
            raise UnknownName('There is no dimension "{name}". {hint}', name=name, hint=suggest(name, known))
    times = [name for name in cuts if name in TIME_DIMENSIONS]
    if len(times) > 1:
        raise UnknownName("{first} and {second} both cut the time. Take one of them.", first=times[0], second=times[1])
    return cuts


def alike(metrics: Sequence[Metric]) -> list[list[Metric]]:
    """Put together the metrics that look at the same rows, in the order they were asked for."""
    together: dict[tuple[str, str, bool], list[Metric]] = {}
    for metric in metrics:
        together.setdefault((metric.fact, metric.dated_by, metric.is_stock), []).append(metric)
    return list(together.values())


def measure_alike(facts: Facts, metrics: Sequence[Metric], filter: Filter, cuts: Sequence[str]) -> pl.DataFrame:
    """Measure metrics that look at the same rows. Order of the rows is arbitrary."""
    rows: pl.DataFrame = getattr(facts, metrics[0].fact)
    dated_by = metrics[0].dated_by
    times = [name for name in cuts if name in TIME_DIMENSIONS]
    if not metrics[0].is_stock:
        kept = rows.filter(filter.rows(dated_by))
        keys = [
            pl.col(dated_by).dt.truncate(TIME_DIMENSIONS[name]).alias(name)
            if name in times
            else pl.col(DIMENSIONS[name]).alias(name)
            for name in cuts
        ]
        return aggregate(kept, metrics, keys)
    kept = rows.filter(filter.rows())
    keys = [pl.col(DIMENSIONS[name]).alias(name) for name in cuts if name not in times]
    if not times:
        return aggregate(kept.filter(was_open(filter.period.end, facts.as_of_on)), metrics, keys)
    parts = [
        aggregate(kept.filter(was_open(end, facts.as_of_on)), metrics, [*keys, pl.lit(start).alias(times[0])])
        for start, end in spans(times[0], kept, filter, facts.as_of_on)
    ]
    if not parts:
        parts = [aggregate(kept, metrics, [*keys, pl.col("created_on").alias(times[0])]).clear()]
    return pl.concat(parts)


def aggregate(rows: pl.DataFrame, metrics: Sequence[Metric], keys: Sequence[pl.Expr]) -> pl.DataFrame:
    """Take the values of the metrics, per group when there are keys."""
    values = [counted(metric) for metric in metrics]
    return rows.group_by(list(keys)).agg(values) if keys else rows.select(values)


def counted(metric: Metric) -> pl.Expr:
    """Give the metric's value its name; counts leave Polars' unsigned integers, whose differences wrap around."""
    value = metric.value.alias(metric.name)
    return value.cast(pl.Int64) if metric.unit == "count" else value


def nothing(facts: Facts, metrics: Sequence[Metric]) -> dict[str, object]:
    """Say what the metrics are over no rows at all."""
    rows: pl.DataFrame = getattr(facts, metrics[0].fact)
    return aggregate(rows.clear(), metrics, []).row(0, named=True)


def was_open(end: date | None, as_of_on: date) -> pl.Expr:
    """Make the predicate "open when the day before ``end`` was over".

    At the end of the data that is the outcome itself, and a deal without a date of creation counts. Earlier it needs
    dates: a deal closed on a day nobody wrote down is not counted, and a deal is taken as open from its creation to its
    present closing.
    """
    if end is None or end > as_of_on:
        return pl.col("outcome") == "open"
    is_closed_later = (pl.col("closed_on") >= end).fill_null(False)
    return (pl.col("created_on") < end).fill_null(False) & ((pl.col("outcome") == "open") | is_closed_later)


def spans(unit: str, rows: pl.DataFrame, filter: Filter, as_of_on: date) -> list[tuple[date, date]]:
    """List the units of time a stock is taken at the end of: (first day of the unit, the day after it is taken)."""
    earliest = rows.get_column("created_on").drop_nulls().min()
    first = filter.period.start or (earliest if isinstance(earliest, date) else as_of_on)
    stop = min(filter.period.end or as_of_on + DAY, as_of_on + DAY)
    found = []
    start = unit_start(unit, first)
    while start < stop:
        following = step_unit(unit, start, 1)
        found.append((start, min(following, stop)))
        start = following
    return found
