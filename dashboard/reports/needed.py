"""What of the largest facts a report looks at: a process that makes one report reads no other columns, and no other calls.

What is left out here is not there, and a section that asks for it fails with its name; then the report is made of whole facts.
Small snapshots are read whole, and so are those of a reader who sees a part of them and of pages, which ask for everything.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from importlib import import_module
from typing import TypeVar

import polars as pl

from dashboard import access, looked_up
from dashboard.access import Facts, Viewer
from dashboard.client_types import COLUMN
from dashboard.filters import DIMENSIONS, Filter
from dashboard.looked_up import WHOLE, Part
from dashboard.metrics.measure import simple_parts
from dashboard.metrics.model import Metric
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period
from pipelines.calls_read import Days
from pipelines.errors import DamagedError
from pipelines.schema.facts import FACTS
from pipelines.settings import Home
from pipelines.snapshots import current_snapshot

Made = TypeVar("Made")
LARGE = 100_000_000
"""Bytes of a snapshot from which on it pays: some 200,000 deals with their stays and calls."""
OF_DEAL = ("team_name", "product_name", "channel_name", "region_name")
"""What stands beside a row for filters alone."""
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "deals": (
        *("stage_entered_at", "stage_order", "furthest_order"),
        *("visits_count", "reopens_count", "back_moves_count", "skips_count"),
    ),
    "visits": (
        "next_stage_name",
        "refusal_reason",
        "entered_within_days",
        "stage_order",
        "visit_number",
        *looked_up.OF_DEAL,
    ),
    "calls": (*OF_DEAL, "funnel_name", "call_id", "episode_id", "recovered_at", "wait_seconds"),
    "touches": (*OF_DEAL, "funnel_name", "client_name", "touch_id"),
    "responses": (*OF_DEAL, "client_name", "first_touch_at", "last_touch_at", "next_step_on"),
    "proposals": (*OF_DEAL, "funnel_name", "client_name", "client_id", "manager_name", "made_on", "made_at"),
}
"""Columns that no section looks at, unless a filter or a plan asks for them."""
USED = ("dashboard.reports.kept", "scipy.special")
MADE_BY = {
    one: f"dashboard.reports.{name}"
    for one, name in {"html": "html", "xlsx": "book", "pdf": "pdf", "png": "card", "parquet": "tables"}.items()
}
"""Modules that take long to start."""


def needed(dimensions: Iterable[str], planned: Iterable[str], days: Days | None = None) -> Part:
    """Choose what to read for a report that is filtered by some dimensions, of a company with plans of these metrics.

    ``days``: those that the report and what it compares with are of; None reads all calls.
    """
    chosen = {DIMENSIONS[key] for key in dimensions}
    asked: dict[str, set[str]] = {name: set(chosen) for name in LEFT_OUT}
    for metric in simple_parts(METRICS[name] for name in planned if name in METRICS):
        if metric.fact not in FACTS:  # a view of several facts
            return WHOLE
        if metric.fact == "calls":  # a plan is of months
            days = None
        asked.setdefault(metric.fact, set()).update(named_by(metric))
    found = []
    for name, columns in LEFT_OUT.items():
        if name == "visits":  # what their deals tell is looked up when it is asked for
            asked[name] -= {*looked_up.OF_DEAL}
        kept = {*FACTS[name].column_names()} - ({*columns} - asked[name])
        found.append((name, frozenset(kept | ({looked_up.DEAL_AT} if name == "visits" else {COLUMN} & chosen))))
    return Part(tuple(found), days)


def days_of(period: Period, as_of_on: date) -> Days | None:
    """Tell which days a report of a period, and what it compares with, are of; None is all of them."""
    if period.start is None:
        return None
    before = Filter(period=period).compared(as_of_on)
    starts = [period.start, *([] if before is None or before.period.start is None else [before.period.start])]
    return min(starts), period.end


def named_by(metric: Metric) -> set[str]:
    """List the columns that a metric names."""
    told = [one for one in (metric.value, metric.behind, metric.of_them) if one is not None]
    names = {name for one in told for name in one.meta.root_names()}
    return names | {*metric.needs, *filter(None, (metric.dated_by, metric.each))}


def start(modules: Iterable[str]) -> None:
    """Import what a report will ask for while its rows are read; a fault is left to whoever asks."""
    for name in modules:
        with suppress(Exception):
            import_module(name)


def made_of_needed(
    home: Home,
    viewer: Viewer | None,
    dimensions: Iterable[str],
    make: Callable[[Facts], Made],
    period: Callable[[Facts], Period],
    formats: Iterable[str] = (),
) -> Made:
    """Open the facts of the newest snapshot for a report and make it; of whole facts where it asks for what was left out.

    ``period`` tells of which days the report is, by facts that hold the plans and files alone; ``formats`` it will have.
    """
    snapshot = current_snapshot(home)
    if snapshot is None or snapshot.stat().st_size < LARGE:
        return make(access.open_facts(home, viewer))
    threading.Thread(
        target=start, args=([*USED, *(MADE_BY[one] for one in formats if one in MADE_BY)],), daemon=True
    ).start()
    try:
        told = access.outline(snapshot)
        planned = told.plans.get_column("metric_name").unique().to_list()
        days = days_of(period(told), told.as_of_on)
        return make(access.open_facts(home, viewer, needed(dimensions, planned, days)))
    except (DamagedError, pl.exceptions.PolarsError):
        return make(access.open_facts(home, viewer))
