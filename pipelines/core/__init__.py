"""Staged rows of every source in, conformed tables out: one deal is one row, one person has one name, one currency.

Nothing is dropped in silence: what finds no partner is counted as an orphan, what is set aside is listed with its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from pipelines.core.activities import conform_tasks
from pipelines.core.calls import conform_calls
from pipelines.core.conform import Core, Joins, Names, shaped, tables_of
from pipelines.core.deal_versions import SET_ASIDE
from pipelines.core.deals import base_deals, finished_deals
from pipelines.core.exports import deal_changes, gone_deals, versions
from pipelines.core.history import implied_changes, recorded_changes
from pipelines.core.money import (
    Exchange,
    conform_costs,
    conform_invoices,
    conform_plans,
    converted_deals,
    reporting_currency,
)
from pipelines.core.people import conform_managers, conform_products, known_clients, listed_clients
from pipelines.core.product_lines import product_lines
from pipelines.core.proposals import proposals
from pipelines.core.ratings import conform_scores, conform_transcripts
from pipelines.core.sources_apart import clients_apart
from pipelines.core.stages import StageDictionary
from pipelines.settings import Settings
from pipelines.staged import StagedTable

__all__ = ["Core", "build_core"]


Keep = Callable[[str, pl.DataFrame], None]
"""Store a core table by its name."""
WHEN = {
    "deals": ("created_at", "closed_at", "updated_at"),
    "stage_changes": ("entered_at",),
    "calls": ("started_at",),
    "tasks": ("created_at", "done_at"),
}
ON = {"invoices": ("issued_on", "paid_on"), "costs": ("spent_on",)}
"""Days that tell how far the data goes: a day is known to have begun."""


def build_core(
    staged: Sequence[StagedTable],
    settings: Settings,
    *,
    loaded_at: datetime,
    keep: Keep,
    rates: pl.DataFrame | None = None,
) -> Core:
    """Build every core table; ``loaded_at`` bounds ``as_of``, so that a mistyped year cannot move it into the future.

    ``rates`` (rated_on, currency, rate) convert amounts into the reporting currency; without them, foreign amounts are
    unknown. The long tables, stage changes (each with its deal's place among the deals) and calls, are handed to ``keep`` as
    soon as they are complete and are not in the result; staged rows are let go when they are no longer needed.
    """
    names = Names(settings.same, staged)
    proposed = proposals(staged, names)
    staged = clients_apart(names.applied(staged))
    joins = Joins(staged)
    exchange = Exchange.of(reporting_currency(staged, settings), rates, settings)
    declared = StageDictionary.declared(staged, settings)
    managers = conform_managers(staged, names)
    listed = listed_clients(staged, names, joins)
    products = conform_products(staged, names)
    base = base_deals(staged, declared, names, joins, exchange.currency, settings.zone)
    aside: list[dict[str, object]] = []
    tasks = conform_tasks(staged, names, base.deals, settings.zone)
    invoices = conform_invoices(staged, exchange, aside)
    joins.compare_tables("deals", base.deals, "client_id", "clients", listed["client_id"])
    clients, book, (of_clients, invoices, tasks) = known_clients(listed, base.deals, invoices, tasks, settings)
    base = replace(base, deals=of_clients)
    told = versions(staged, base.deals, declared, loaded_at, settings.zone)
    gone = gone_deals(staged, loaded_at)
    recorded, repeated = recorded_changes(staged, base.deals, declared, joins, told)
    latest = [newest_moment(one.only("entered_at"), ["entered_at"], loaded_at) for one in tables_of(staged, "stages")]
    lines = product_lines(staged, base.deals)
    for one in staged:
        one.let_go()
    dictionary = declared.completed(base.deals, recorded)
    changes = implied_changes(base.deals, recorded, dictionary)
    del recorded, of_clients
    deals = finished_deals(base.deals, changes, clients, managers, gone, settings.zone, dictionary.not_sales)
    set_aside = base.set_aside
    del base
    deals = converted_deals(deals, exchange, settings.zone, aside)
    latest.append(newest_moment(changes, WHEN["stage_changes"], loaded_at))
    keep("stage_changes", changes)
    del changes
    calls = conform_calls(staged, names, book, deals, settings, joins, aside)
    tables = {
        "deals": deals,
        "stages": dictionary.frame,
        "deal_changes": deal_changes(told),
        "deal_products": lines,
        "clients": clients,
        "client_contacts": book.contacts,
        "managers": managers,
        "products": products,
        "calls": calls,
        "costs": conform_costs(staged, names, exchange, aside),
        "tasks": tasks,
        "invoices": shaped(invoices, "invoices"),
        "plans": conform_plans(staged, names),
        "scores": conform_scores(staged, names, calls),
        "transcripts": conform_transcripts(staged, names, calls),
    }
    for one in staged:
        one.let_go()
    joins.compare_all(tables)
    latest += [newest_moment(rows, WHEN[name], loaded_at) for name, rows in tables.items() if name in WHEN]
    latest += [newest_day(tables[name], days, loaded_at, settings.zone) for name, days in ON.items()]
    keep("calls", tables.pop("calls"))
    known = [moment for moment in latest if moment is not None]
    return Core(
        tables=tables,
        joins=joins.frame,
        orphans=joins.orphan_frame,
        set_aside=pl.concat([set_aside, pl.DataFrame([*repeated, *book.set_aside, *aside], schema=SET_ASIDE)]),
        names=names.frame,
        name_proposals=proposed,
        currency=exchange.currency,
        as_of=max(known) if known else loaded_at,
    )


def newest_moment(rows: pl.DataFrame, columns: Sequence[str], loaded_at: datetime) -> datetime | None:
    """Return the last moment that rows describe and that is not after the load; None when they describe none."""
    moments = rows.select(pl.max_horizontal(pl.col(name).filter(pl.col(name) <= loaded_at).max() for name in columns))
    return moments.item()


def newest_day(rows: pl.DataFrame, columns: Sequence[str], loaded_at: datetime, zone: str) -> datetime | None:
    """Return the beginning of the last day that rows describe and that is not after the load; None when they describe none."""
    begins = [
        pl.col(name)
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
        .alias(name)
        for name in columns
    ]
    return newest_moment(rows.select(begins), columns, loaded_at)
