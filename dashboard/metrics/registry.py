"""All metrics by name. A metric on a column that the facts do not have stops the import, so it can never start the app."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.metrics import (
    ad_report,
    base,
    calls,
    care,
    conversion,
    deals,
    invoices,
    money,
    orders,
    planned,
    plans,
    promises,
    proposals,
    requests,
    returns,
    scores,
    speed,
    spend,
    times,
    velocity,
    visits,
)
from dashboard.metrics.model import Metric
from dashboard.metrics.rows import COLUMNS
from pipelines.errors import UnknownName, suggest


def collect(modules: Iterable[object]) -> dict[str, Metric]:
    """Gather the metrics written in some modules, in the order they are written. Raises TypeError on a bad one."""
    found: dict[str, Metric] = {}
    for module in modules:
        for metric in vars(module).values():
            if isinstance(metric, Metric):
                check_metric(metric)
                if found.get(metric.name, metric) is not metric:
                    raise TypeError(f"two metrics are called {metric.name}")
                found[metric.name] = metric
    return found


def check_metric(metric: Metric) -> None:
    """Raise TypeError if a metric stands on a table, a column or a part that is not there."""
    if metric.parts:
        strange = sorted({*metric.value.meta.root_names()} - {part.name for part in metric.parts})
        if strange or metric.fact:
            raise TypeError(
                f"metric {metric.name} is made of other metrics and cannot use {', '.join(strange) or 'a fact'}"
            )
        return
    if metric.fact not in COLUMNS:
        raise TypeError(f"metric {metric.name} stands on {metric.fact}, which is not a fact")
    columns = COLUMNS[metric.fact]
    named = {*metric.value.meta.root_names(), *metric.needs, *filter(None, [metric.dated_by, metric.each])}
    named |= {name for rows in (metric.behind, metric.of_them) if rows is not None for name in rows.meta.root_names()}
    missing = sorted(named - columns)
    if missing:
        raise TypeError(f"metric {metric.name} needs {', '.join(missing)}, which facts.{metric.fact} does not have")


METRICS: dict[str, Metric] = collect(
    [
        deals,
        money,
        conversion,
        times,
        visits,
        velocity,
        base,
        care,
        orders,
        plans,
        calls,
        speed,
        promises,
        scores,
        spend,
        returns,
        ad_report,
        invoices,
        proposals,
        requests,
        planned,
    ]
)


def metric(name: str) -> Metric:
    """Return a metric by its name. Raises UnknownName with the nearest one."""
    if name not in METRICS:
        raise UnknownName('There is no metric "{name}". {hint}', name=name, hint=suggest(name, METRICS))
    return METRICS[name]
