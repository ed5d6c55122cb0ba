"""From everything staged to facts: conform, build, check, and write beside it. The checks read what was written.

A build is made within a load's transaction, or anew when settings or rates have changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import dataframely as dy
import polars as pl

from pipelines.aside import Aside, Fetched, aside_in
from pipelines.checks import check_build
from pipelines.core import build_core
from pipelines.facts import other_facts, process_facts
from pipelines.intake import digest_of
from pipelines.keys import is_key
from pipelines.ledger import FILES
from pipelines.profile import SourceProfile, Table
from pipelines.schema.facts import FACTS
from pipelines.settings import Server, Settings
from pipelines.staged import FILE, LINE, LOAD, StagedTable, Told, staged_schema
from pipelines.thresholds import written as written_thresholds
from pipelines.warehouse import Store

DEALS_AT_ONCE = 100_000
CHECKED = {
    "core.deals": ("amount", "amount_original", "currency", "outcome"),
    "core.costs": ("spend", "spend_original", "currency"),
    "core.invoices": ("amount", "amount_original", "paid", "paid_original", "currency"),
    "facts.deals": ("deal_id", "client_id", "amount", "outcome", "closed_on", "visits_count", "is_sales"),
    "facts.visits": ("exit",),
    "facts.calls": ("is_missed", "is_recovered", "is_first_of_episode", "episode_id"),
}
"""The columns that the identities of a build look at."""
LONG = {
    "stage_changes": ("deal_id", "change_number", "funnel_name", "stage_name", "told_by"),
    "calls": ("client_id", "phone", "direction", "is_answered"),
}
"""Core tables that wait beside the store and never go into it, with the columns that the identities look at."""
OF_ENTRIES = ("deal_id", "change_number", "funnel_name", "stage_name", "entered_at")
"""The columns of stage changes that the facts of all deals together are made from."""


Fresh = dict[str, list[pl.DataFrame]]
"""Staged rows that are not in the store yet, by the table they go to, in the order of their files."""


def build(store: Store, settings: Settings, rates: pl.DataFrame, fresh: Fresh | None = None) -> None:
    """Build core and facts from everything staged, check them, and write them beside it.

    ``fresh`` rows are written while core is made from them; nothing waits to read them from the store again but the checks.
    """
    with aside_in(store.folder) as aside:
        _build(store, aside, settings, rates, fresh or {})


def _build(store: Store, aside: Aside, settings: Settings, rates: pl.DataFrame, fresh: Fresh) -> None:
    staged = staged_tables(store, fresh)
    for table, parts in fresh.items():
        for rows in parts:
            store.add(table, rows)
    for name in LONG:
        store.drop(f"core.{name}")  # an earlier version kept them there

    def keep(name: str, rows: pl.DataFrame) -> None:
        if name in LONG:
            aside.put(name, rows)
        else:
            store.replace(f"core.{name}", rows)

    core = build_core(staged, settings, loaded_at=datetime.now(UTC), keep=keep, rates=rates)
    for name, rows in core.tables.items():
        keep(name, rows)
    write_process(store, core.tables, aside, core.as_of, settings.zone)
    others = write_others(store, core.tables, aside, core.as_of, settings)
    files = store.read("ledger.files")
    files = pl.DataFrame(schema=FILES) if files is None else files
    logs = [one.name for one in staged if one.table.kind == "stages"]
    of_events = core.joins.filter(pl.col("left_table").is_in([f"{name}.deal_id" for name in logs]))
    # Of the long tables, what is checked is what was written, read again.
    written = {
        name: {
            table.partition(".")[2]: store.table(table, columns) for table, columns in CHECKED.items() if name in table
        }
        for name in ("core.", "facts.")
    }
    del staged
    fresh.clear()
    identities = check_build(
        files,
        staged_tables(store),
        core.tables | written["core."] | {name: aside.table(name, LONG[name]) for name in LONG},
        core.set_aside,
        int(of_events["orphans"].sum()),
        others | written["facts."],
        core.currency,
        core.as_of.astimezone(settings.time_zone).date(),
    )
    store.replace("checks.identities", identities)
    store.replace("checks.joins", core.joins)
    store.replace("checks.orphans", core.orphans)
    store.replace("checks.set_aside", core.set_aside)
    store.replace("checks.names", core.names)
    store.replace("checks.name_proposals", core.name_proposals)
    facts_of = {"as_of": [core.as_of], "zone": [settings.zone], "currency": [core.currency]}
    facts_of["rules"] = [digest_of_rules(settings, rates)]
    facts_of["held_against"] = [written_thresholds(settings)]
    store.replace("ledger.snapshot", pl.DataFrame(facts_of, schema_overrides={"as_of": pl.Datetime("us", "UTC")}))


def write_process(store: Store, tables: Mapping[str, pl.DataFrame], aside: Aside, as_of: datetime, zone: str) -> None:
    """Build deals and visits of some deals at a time, in the order of their numbers, and write them; the stages once."""
    deals, stages, changes = tables["deals"], tables["stages"], aside.table("stage_changes")

    def place(deal: int) -> int:
        return int(changes["deal"].search_sorted(deal))

    for at in range(0, max(deals.height, 1), DEALS_AT_ONCE):
        some = deals.slice(at, DEALS_AT_ONCE)
        first, last = (place(at + step) for step in (0, DEALS_AT_ONCE))
        core = {"deals": some, "stage_changes": changes.slice(first, last - first), "stages": stages}
        facts = process_facts(core, as_of=as_of, zone=zone)
        for name, rows in facts.items():
            check(name, rows)
            if at == 0:
                store.replace(f"facts.{name}", rows)
            elif name != "stages":
                store.add(f"facts.{name}", rows)


def write_others(
    store: Store, tables: Mapping[str, pl.DataFrame], aside: Aside, as_of: datetime, settings: Settings
) -> dict[str, pl.DataFrame]:
    """Build and write the facts that stand on all deals together, and return them; those of calls are only written."""

    def entries() -> pl.DataFrame:
        names = pl.col("funnel_name", "stage_name").cast(pl.Categorical)
        return aside.table("stage_changes", OF_ENTRIES).with_columns(names)

    core = Fetched(tables, {"stage_changes": entries, "calls": partial(aside.table, "calls")})
    store.drop("facts.calls")

    def keep_calls(rows: pl.DataFrame) -> None:
        check("calls", rows)
        store.add("facts.calls", rows)

    deals = partial(store.table, "facts.deals")
    facts = other_facts(core, deals, as_of=as_of, zone=settings.zone, settings=settings, keep_calls=keep_calls)
    for name, rows in facts.items():
        check(name, rows)
        store.replace(f"facts.{name}", rows)
    return facts


def check(name: str, rows: pl.DataFrame) -> None:
    """Hold facts to their schema; of a table without rows there are only columns to hold."""
    schema = FACTS[name]
    if rows.is_empty():
        schema.cast(rows)
    elif not is_held(rows, schema):
        schema.validate(rows, cast=True)  # says what is wrong


def is_held(rows: pl.DataFrame, schema: type[dy.Schema]) -> bool:
    """Tell whether rows surely are what their schema says: types, rules of columns, and a key of which none comes twice.

    The same as ``validate``, which looks for the rows that break a rule and costs three times as much.
    """
    columns = schema.columns()
    if rows.schema != pl.Schema({name: column.dtype for name, column in columns.items()}):
        return False
    rules = [rule.all() for name, column in columns.items() for rule in column.validation_rules(pl.col(name)).values()]
    return bool(rows.select(pl.all_horizontal(rules)).item()) and is_key(rows, schema.primary_key())


def staged_tables(store: Store, fresh: Fresh | None = None) -> list[StagedTable]:
    """List everything staged so far, each table with the profile it was last loaded under; its rows are read when asked for.

    Those of ``fresh`` tables, which the store does not have yet, are taken from there.
    """
    fresh = fresh or {}
    profiles = store.read("ledger.profiles")
    files = store.read("ledger.files")
    tables = store.tables() | fresh.keys()
    staged: list[StagedTable] = []
    for content in [] if profiles is None else profiles.sort("name")["content"].to_list():
        profile = SourceProfile.model_validate(json.loads(content))
        looked_up = {lookup.table for table in profile.table for lookup in table.join}
        for table in profile.table:
            name = f"{profile.name}__{table.name}"
            address = f"staging.{name}"
            if address not in tables:
                continue
            cells = store.read(f"raw.{name}") if table.name in looked_up else None
            newest = pl.DataFrame() if cells is None else cells.filter(pl.col(FILE) == pl.col(FILE).max())
            parts = fresh.get(address)
            fetch = partial(staged_rows, store, address, table) if parts is None else partial(fresh_rows, parts, table)
            height = store.count(address) if parts is None else sum(part.height for part in parts)
            staged.append(StagedTable(profile, table, height, fetch, newest, told_in(files, name, table)))
    return staged


def told_in(files: pl.DataFrame | None, name: str, table: Table) -> Told:
    """Return the columns that each file of a staged table has; one loaded by an earlier version has all that there are."""
    if files is None:
        return {}
    of_table = files.filter(staging_table=name)
    lists = of_table["told_columns"].to_list() if "told_columns" in of_table.columns else [None] * of_table.height
    every = {*table.columns, "currency", *(column for lookup in table.join for column in lookup.take)}
    every.update(column for told in lists if told is not None for column in told.split("\n"))
    return {
        file: frozenset(every if told is None else told.split("\n"))
        for file, told in zip(of_table[FILE], lists, strict=True)
    }


def staged_rows(store: Store, name: str, table: Table, columns: Sequence[str] | None) -> pl.DataFrame:
    """Read staged rows with the columns the profile of today gives them; one that is not there is null."""
    wanted = staged_columns(table, columns)
    there = set(store.columns(name))
    return shown(store.table(name, [column for column in wanted if column in there] or [LINE]), wanted)


def fresh_rows(parts: Sequence[pl.DataFrame], table: Table, columns: Sequence[str] | None) -> pl.DataFrame:
    """Return the same of rows that are not in the store yet."""
    wanted = staged_columns(table, columns)
    return pl.concat(shown(part, wanted) for part in parts)


def staged_columns(table: Table, columns: Sequence[str] | None) -> dict[str, pl.DataType]:
    """Return the type of some (or all) columns of staged rows, in the order asked for."""
    all_of_it = {**staged_schema(table), LOAD: pl.Int64(), FILE: pl.Int64()}
    return {column: all_of_it[column] for column in columns or all_of_it}


def shown(rows: pl.DataFrame, wanted: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return rows with these columns; one that is not there is null."""
    return rows.select(
        (pl.col(column) if column in rows.columns else pl.lit(None)).cast(dtype).alias(column)
        for column, dtype in wanted.items()
    )


def digest_of_rules(settings: Settings, rates: pl.DataFrame) -> str:
    """Return the SHA-256 of everything besides the files that a build depends on: settings, rates, the columns of the facts."""
    columns = json.dumps({name: schema.column_names() for name, schema in FACTS.items()})
    # Who reads the pages and who gets a report changes no number.
    counted = settings.model_copy(update={"server": Server(), "person": ()}).model_dump_json(
        exclude={"mail", "recipient"}
    )
    return digest_of((counted + rates.write_csv() + columns).encode())


def is_stale(store: Store, settings: Settings, rates: pl.DataFrame) -> bool:
    """Tell whether there is a build that was counted under other settings or rates, or before such was noted."""
    about = store.read("ledger.snapshot")
    if about is None:
        return False
    return "rules" not in about.columns or about["rules"].item() != digest_of_rules(settings, rates)
