"""Measure metrics: one row per group, one column per metric, the same road for pages, exports and the command line.

Metrics dated by different days (created, closed) are measured apart and joined, so ``by=("month",)`` puts a lead in the
month it came and a win in the month it was closed. A group with no rows gets what the metric says of no rows: a count is
0 and a ratio is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from dashboard.access import Facts
from dashboard.filters import DIMENSIONS, TIME_DIMENSIONS, Filter
from dashboard.looked_up import OF_DEAL, is_by_number
from dashboard.metrics.model import Metric
from dashboard.metrics.rows import COLUMNS, lazily, rows_of
from dashboard.periods import DAY, step_unit, unit_start
from dashboard.remember import remembered
from pipelines.errors import UnknownName, suggest


def measure(facts: Facts, metrics: Iterable[Metric], filter: Filter, by: Sequence[str] = ()) -> pl.DataFrame:
    """Measure metrics over the rows a filter keeps.

    One row per group, sorted by the dimensions with nulls last; exactly one row without ``by``. Columns: the dimensions
    by their words, then the metrics by their names. Time dimensions hold the first day of the week, month, quarter or
    year. Raises UnknownName for a dimension that does not exist or two cuts of time at once.
    """
    wanted = list(dict.fromkeys(metrics))
    if not wanted:
        raise UnknownName("Name at least one metric to measure.")
    cuts = check_cuts(by)
    answer = measure_simple(facts, simple_parts(wanted), filter, cuts)
    for metric in composed(wanted):
        answer = answer.with_columns(metric.value.alias(metric.name))
    answer = answer.select(*cuts, *(m.name for m in wanted))
    return answer.sort(cuts, nulls_last=True) if cuts else answer


def composed(metrics: Iterable[Metric]) -> list[Metric]:
    """List the metrics made of others, parts before what they are part of."""
    found: dict[Metric, None] = {}
    for metric in metrics:
        if metric.parts:
            found |= dict.fromkeys(composed(metric.parts))
            found[metric] = None
    return list(found)


def simple_parts(metrics: Iterable[Metric]) -> list[Metric]:
    """List the metrics on facts that the given ones are or are made of."""
    found: dict[Metric, None] = {}
    for metric in metrics:
        found |= dict.fromkeys(simple_parts(metric.parts)) if metric.parts else {metric: None}
    return list(found)


def measure_simple(facts: Facts, wanted: Sequence[Metric], filter: Filter, cuts: Sequence[str]) -> pl.DataFrame:
    """Measure metrics that stand on facts, those of alike rows together, and join them by the cuts."""
    groups = alike(wanted)
    parts = [measure_alike(facts, same, filter, cuts) for same in groups]
    if not cuts:
        return pl.concat(parts, how="horizontal") if len(parts) > 1 else parts[0]
    if len(parts) == 1:
        return parts[0]
    answer = parts[0].with_columns(pl.lit(True).alias("_here_0"))
    for number, part in enumerate(parts[1:], 1):
        here = part.with_columns(pl.lit(True).alias(f"_here_{number}"))
        answer = answer.join(here, on=list(cuts), how="full", nulls_equal=True, coalesce=True)
    filled = []
    for number, same in enumerate(groups):
        absent = pl.col(f"_here_{number}").is_null()
        empty = nothing(facts, same, filter, cuts)
        filled += [
            pl.when(absent)
            .then(pl.lit(empty[m.name], dtype=answer.schema[m.name]))
            .otherwise(pl.col(m.name))
            .alias(m.name)
            for m in same
        ]
    return answer.with_columns(filled)


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
    together: dict[tuple[str, str | None, bool], list[Metric]] = {}
    for metric in metrics:
        together.setdefault((metric.fact, metric.dated_by, metric.is_stock), []).append(metric)
    return list(together.values())


def measure_alike(facts: Facts, metrics: Sequence[Metric], filter: Filter, cuts: Sequence[str]) -> pl.DataFrame:
    """Measure metrics that look at the same rows. Order of the rows is arbitrary."""
    whole = rows_of(facts, metrics[0].fact)
    dated_by = metrics[0].dated_by
    times = [name for name in cuts if name in TIME_DIMENSIONS]
    if lacking(whole, metrics[0], filter, cuts):
        return unknown(facts, metrics, cuts)
    rows = lazily(facts, metrics[0].fact)  # so that only the columns the metrics name are looked at
    if not metrics[0].is_stock:
        kept = rows.filter(filter.rows(dated_by, any_funnel="is_sales" not in whole.columns))
        keys = [
            pl.col(dated_by or "").dt.truncate(TIME_DIMENSIONS[name]).alias(name)
            if name in times
            else pl.col(DIMENSIONS[name]).alias(name)
            for name in cuts
        ]
        return aggregate(kept, metrics, keys).collect()
    kept = rows.filter(filter.rows())
    keys = [pl.col(DIMENSIONS[name]).alias(name) for name in cuts if name not in times]
    if not times:
        return aggregate(kept.filter(was_open(filter.period.end, facts.as_of_on)), metrics, keys).collect()
    parts = [
        aggregate(kept.filter(was_open(end, facts.as_of_on)), metrics, [*keys, pl.lit(start).alias(times[0])])
        for start, end in spans(times[0], kept, filter, facts.as_of_on)
    ]
    if not parts:
        parts = [aggregate(rows.clear(), metrics, [*keys, pl.col("created_on").alias(times[0])])]
    return pl.concat(pl.collect_all(parts))


def rows_behind(
    facts: Facts, metric: Metric, filter: Filter, within: Mapping[str, str | None] | None = None
) -> pl.DataFrame:
    """Return the rows of the metric's fact that its number over a filter stands on; none where the metric names none.

    A count is as many as they are; a sum, a share or a median is made of them and of no others. A count of different things
    has one row of each, the newest, with ``rows_count``: how many it stands for. ``within``: column → the value it must have
    (null is nobody), as in one cell of a table; none where the fact does not have the column.
    """
    rows = rows_of(facts, metric.fact) if metric.fact else facts.deals
    cell = within or {}
    if metric.behind is None or lacking(rows, metric, filter, ()) or not cell.keys() <= set(rows.columns):
        return rows.clear()
    found = rows.filter(behind(facts, rows, metric, filter), *in_cell(cell))
    if not metric.each:
        return found
    ordered = found.with_columns(rows_count=pl.len().over(metric.each)).sort(metric.dated_by or metric.each)
    return ordered.unique(metric.each, keep="last", maintain_order=True)


def value_in(facts: Facts, metric: Metric, filter: Filter, within: Mapping[str, str | None]) -> float | None:
    """Measure one metric on a fact in one cell of a table (see ``rows_behind``); null where the fact does not have its columns."""
    rows = rows_of(facts, metric.fact)
    if lacking(rows, metric, filter, ()) or not within.keys() <= set(rows.columns):
        return None
    every = replace(metric, behind=pl.lit(True))
    value: float | None = (
        rows.filter(behind(facts, rows, every, filter), *in_cell(within)).select(counted(metric)).item()
    )
    return value


def in_cell(within: Mapping[str, str | None]) -> list[pl.Expr]:
    """Make the predicates "this column holds this value", where null is nobody."""
    return [pl.col(column).eq_missing(pl.lit(value, dtype=pl.String)) for column, value in within.items()]


def values_behind(facts: Facts, metric: Metric, filter: Filter, *wanted: pl.Expr) -> pl.DataFrame:
    """Return columns of the rows behind a metric (see ``rows_behind``), or what they add up to, and nothing else of them."""
    rows = rows_of(facts, metric.fact) if metric.fact else facts.deals
    if metric.behind is None or lacking(rows, metric, filter, ()):
        return rows.clear().select(wanted)
    there = lazily(facts, metric.fact) if metric.fact else rows.lazy()
    return there.filter(behind(facts, rows, metric, filter)).select(wanted).collect()


def behind(facts: Facts, rows: pl.DataFrame, metric: Metric, filter: Filter) -> pl.Expr:
    """Make the predicate of the rows behind a metric that names them."""
    picked = pl.lit(True) if metric.behind is None else metric.behind
    if metric.is_stock:
        return filter.rows() & was_open(filter.period.end, facts.as_of_on) & picked
    return filter.rows(metric.dated_by, any_funnel="is_sales" not in rows.columns) & picked


def foundations(metric: Metric) -> list[Metric]:
    """List the metrics on facts whose rows a number stands on: itself or its parts; none when one of them names no rows."""
    parts = simple_parts([metric])
    return parts if all(part.behind is not None for part in parts) else []


def lacking(rows: pl.DataFrame, metric: Metric, filter: Filter, cuts: Sequence[str]) -> list[str]:
    """List what is asked and the fact does not have: spend is not known by manager, a state at as_of not by month."""
    asked = dict.fromkeys([*cuts, *filter.chosen()])
    # A column that the fact has and that was not read is no column it lacks: asking for it must fail, and not be answered.
    known = {*rows.columns, *COLUMNS.get(metric.fact, ()), *(OF_DEAL if is_by_number(rows) else ())}
    missing = [name for name in asked if name in DIMENSIONS and DIMENSIONS[name] not in known]
    return missing + [name for name in cuts if name in TIME_DIMENSIONS and metric.dated_by is None]


def unknown(facts: Facts, metrics: Sequence[Metric], cuts: Sequence[str]) -> pl.DataFrame:
    """Answer what cannot be known: no group at all, or one row of nulls without cuts."""
    typed = aggregate(lazily(facts, metrics[0].fact).clear(), metrics, []).collect().schema
    keys = {name: pl.Date() if name in TIME_DIMENSIONS else pl.String() for name in cuts}
    frame = pl.DataFrame(schema={**keys, **typed})
    return frame if cuts else frame.clear(1)


def aggregate(rows: pl.LazyFrame, metrics: Sequence[Metric], keys: Sequence[pl.Expr]) -> pl.LazyFrame:
    """Take the values of the metrics, per group when there are keys."""
    values = [counted(metric) for metric in metrics]
    return rows.group_by(list(keys)).agg(values) if keys else rows.select(values)


def counted(metric: Metric) -> pl.Expr:
    """Give the metric's value its name; unknown where no row has what it needs.

    Counts leave Polars' unsigned integers, whose differences wrap around.
    """
    value = metric.value
    if metric.needs:
        # Counted, because "any" over no rows of what was one row is that row's answer (Polars 2.1).
        told = pl.all_horizontal(pl.col(name).count() > 0 for name in metric.needs)
        value = pl.when(told).then(value)
    value = value.alias(metric.name)
    return value.cast(pl.Int64) if metric.unit == "count" else value


def nothing(facts: Facts, metrics: Sequence[Metric], filter: Filter, cuts: Sequence[str]) -> dict[str, object]:
    """Say what the metrics are over no rows at all; null where the fact cannot be asked so."""
    rows = rows_of(facts, metrics[0].fact)
    if lacking(rows, metrics[0], filter, cuts):
        return dict.fromkeys(metric.name for metric in metrics)
    empty = lazily(facts, metrics[0].fact).clear()
    key = ("nothing", *(metric.name for metric in metrics))
    return remembered(facts, key, lambda: aggregate(empty, metrics, []).collect().row(0, named=True))


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


def spans(unit: str, rows: pl.LazyFrame, filter: Filter, as_of_on: date) -> list[tuple[date, date]]:
    """List the units of time a stock is taken at the end of: (first day of the unit, the day after it is taken)."""
    first = filter.period.start
    if first is None:
        earliest = rows.select(pl.col("created_on").min()).collect().item()
        first = earliest if isinstance(earliest, date) else as_of_on
    stop = min(filter.period.end or as_of_on + DAY, as_of_on + DAY)
    found = []
    start = unit_start(unit, first)
    while start < stop:
        following = step_unit(unit, start, 1)
        found.append((start, min(following, stop)))
        start = following
    return found
