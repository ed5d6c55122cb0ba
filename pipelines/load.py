"""The whole story of a load: read → recognise → stage → conform → build facts → check → publish.

Everything is written in one transaction and acknowledged only after the snapshot is published: before, or after, never
between. A file that is already in is recognised by its content.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipelines.checks import check_build
from pipelines.core import build_core
from pipelines.errors import N_, HomeError, UnknownName, VoronkaError, suggest
from pipelines.facts import build_facts
from pipelines.intake import (
    Parcel,
    Taken,
    digest_of,
    files_of,
    folders_inside,
    is_ignored,
    parcels_of,
    read_once,
    refused_report,
)
from pipelines.ledger import (
    FILES,
    PROFILES,
    QUARANTINED,
    as_repeat,
    clock_notes,
    counted_again,
    file_row,
    inner_folder,
    keep,
    newest_of,
)
from pipelines.mending import mend_served
from pipelines.profile import KINDS, SourceProfile, profiles_in, read_profile, shipped_profiles
from pipelines.rates import read_rates
from pipelines.repair import is_full, once_more
from pipelines.report import IGNORED, REJECT, FileReport, LoadReport, Progress, Silence
from pipelines.schema.facts import FACTS
from pipelines.settings import Home, Settings, read_settings
from pipelines.staged import FILE, LINE, LOAD, StagedTable, staged_schema
from pipelines.warehouse import Store, open_store

LEFT_OUT = N_("Left out, as the mapping says.")
COUNTED_AGAIN = N_("Nothing new in the files; counted again, because settings.toml or the rates have changed.")


@once_more
def load(
    paths: Sequence[Path],
    home: Home,
    *,
    kind: str | None = None,
    mapping: Path | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load files and folders into a home and publish a snapshot.

    A file that cannot be read or recognised is refused with one sentence in its report and does not refuse the others; when
    none is left, nothing is stored. Raises a VoronkaError for what concerns the load as a whole: a path that does not
    exist, a faulty mapping or settings file, another load at the same time, an identity that does not hold.
    """
    if kind is not None and kind not in KINDS:
        raise UnknownName('There is no kind "{kind}". {hint}', kind=kind, hint=suggest(kind, KINDS))
    settings = read_settings(home)
    rates = read_rates(home, settings)
    profiles = candidates(home, mapping)
    files = files_of(paths)
    watcher = progress or Silence()
    watcher.start(len(files) + 3, "")
    with open_store(home) as store:
        known = store.read("ledger.files")
        known = pl.DataFrame(schema=FILES) if known is None else known
        parcels: list[Parcel] = []
        parcels += [Parcel(path, "", inner_folder(path)) for path in folders_inside(paths)]
        for path in files:
            watcher.step(0, path.name)
            parcels += take_in(path, known, [one.digest for one in parcels], profiles, kind, settings)
            watcher.step(1, path.name)
        fresh = [one for one in parcels if one.taken is not None and one.report.outcome != REJECT]
        again = is_stale(store, settings, rates) and any(one.report.outcome != REJECT for one in parcels)
        if not fresh and not again:
            watcher.done()
            return unchanged(parcels, store, home)
        watcher.step(0, "conform, build, check")
        store.incoming = sum(path.stat().st_size for path in files if path.exists())
        with store.transaction():
            changed = write_parcels(store, parcels, known)
            build(store, settings, rates)
            watcher.step(1, "publish")
            store.count_build()
        snapshot = store.publish()
        keep_raw(home, fresh)
        watcher.step(2, snapshot)
        watcher.done()
        reports = tuple(changed.get(at, one.report) for at, one in enumerate(parcels))
        report = LoadReport(files=reports, snapshot=snapshot, message="", mended=store.mended)
        report = replace(report, notes=clock_notes(known))
        return with_message(report) if fresh else replace(report, message=COUNTED_AGAIN, template=COUNTED_AGAIN)


def digest_of_rules(settings: Settings, rates: pl.DataFrame) -> str:
    """Return the SHA-256 of everything besides the files that a build depends on."""
    return digest_of((settings.model_dump_json() + rates.write_csv()).encode())


def is_stale(store: Store, settings: Settings, rates: pl.DataFrame) -> bool:
    """Tell whether there is a build that was counted under other settings or rates, or before such was noted."""
    about = store.read("ledger.snapshot")
    if about is None:
        return False
    return "rules" not in about.columns or about["rules"].item() != digest_of_rules(settings, rates)


def candidates(home: Home, mapping: Path | None) -> list[SourceProfile]:
    """Return the profiles that may recognise a file: the given mapping first, then the home's own, then the shipped."""
    own = list(profiles_in(home.mappings)) if home.mappings.is_dir() else []
    given = [] if mapping is None else [read_profile(mapping, (*own, *shipped_profiles()))]
    chosen: dict[str, SourceProfile] = {}
    for profile in (*given, *own, *shipped_profiles()):
        chosen.setdefault(profile.name, profile)
    return list(chosen.values())


def take_in(
    path: Path,
    known: pl.DataFrame,
    in_this_load: Sequence[str],
    profiles: Sequence[SourceProfile],
    kind: str | None,
    settings: Settings,
) -> list[Parcel]:
    """Read one file into parcels; whatever is wrong with it is said in its report."""
    if is_ignored(path, profiles):
        return [Parcel(path, "", FileReport(name=path.name, outcome=IGNORED, message=LEFT_OUT, template=LEFT_OUT))]
    try:
        content = read_once(path)
        digest = digest_of(content)
        parcels = list(parcels_of(path, content, digest, profiles, kind=kind, zone=settings.zone))
    except VoronkaError as error:
        return [Parcel(path, "", refused_report(path, error))]
    return [as_repeat(one, known, in_this_load) for one in parcels]


def unchanged(parcels: Sequence[Parcel], store: Store, home: Home) -> LoadReport:
    """Report a load that stored nothing, because all was known or all was refused."""
    mended = store.mended or mend_served(store, home)
    keep_raw(home, [one for one in parcels if one.digest and one.report.outcome != REJECT])
    number = store.build_number()
    report = LoadReport(
        files=tuple(one.report for one in parcels),
        snapshot=f"s{number:06d}" if number else None,
        message="",
        mended=mended,
    )
    if report.outcome == REJECT:
        report = replace(report, snapshot=None)
    return with_message(report)


def with_message(report: LoadReport) -> LoadReport:
    """End a report with the one sentence that says how it went."""
    if report.outcome == REJECT:
        first = next((one for one in report.files if one.outcome == REJECT), None)
        template = first.template if first and first.template else N_("No row could be taken; nothing was stored.")
        values = first.values if first and first.template else {}
    elif report.rows_in == 0:
        template, values = N_("There are headings and no rows; nothing was stored."), {}
    elif report.accepted == 0:
        template, values = N_("Nothing new: every row was already loaded."), {}
    else:
        template = N_("{accepted} of {rows} rows loaded; {quarantined} in quarantine, {duplicates} duplicates.")
        values = {"accepted": report.accepted, "rows": report.rows_in}
        values |= {"quarantined": report.quarantined, "duplicates": report.duplicates}
    return replace(report, message=template.format(**values), template=template, values=values)


def write_parcels(store: Store, parcels: Sequence[Parcel], known: pl.DataFrame) -> dict[int, FileReport]:
    """Write the rows of the recognised sheets: as exported, staged, and quarantined.

    Returns, by place in ``parcels``, the reports that changed because a log held rows that were known before.
    """
    load_id = known.select(pl.col("load_id").max().fill_null(0)).item() + 1
    file_id = known.select(pl.col("_file_id").max().fill_null(0)).item()
    changed: dict[int, FileReport] = {}
    # Of one load, what knows the latest things is written last, whatever the files are called.
    in_time = sorted(enumerate(parcels), key=lambda one: newest_of(one[1]))
    for at, parcel in in_time:
        taken = parcel.taken
        if taken is None:
            continue
        file_id += 1
        place = [pl.lit(load_id).alias(LOAD), pl.lit(file_id).alias(FILE)]
        replace_earlier_mapping(store, known, parcel)
        good = unknown_rows(store, taken)
        if good.height < taken.good.height:
            parcel = replace(parcel, report=counted_again(parcel.report, good.height))
            changed[at] = parcel.report
        store.add(f"raw.{taken.name}", taken.cells.with_columns(place))
        store.add(f"staging.{taken.name}", good.with_columns(place))
        if taken.quarantine.height:
            sheet = [pl.lit(parcel.path.name).alias("file"), pl.lit(parcel.report.sheet).alias("sheet")]
            store.add("ledger.quarantine", taken.quarantine.with_columns(*place, *sheet))
        store.add("ledger.files", file_row(parcel, taken, load_id, file_id))
        write_profile(store, taken.profile)
    if "ledger.quarantine" not in store.tables():
        store.replace("ledger.quarantine", pl.DataFrame(schema=QUARANTINED))
    return changed


def write_profile(store: Store, profile: SourceProfile) -> None:
    """Keep the profile a table was last loaded under, so that later builds need no mapping file."""
    profiles = store.read("ledger.profiles")
    others = pl.DataFrame(schema=PROFILES) if profiles is None else profiles.filter(pl.col("name") != profile.name)
    own = pl.DataFrame({"name": [profile.name], "content": [profile.model_dump_json(by_alias=True)]}, schema=PROFILES)
    store.replace("ledger.profiles", pl.concat([others, own]))


def replace_earlier_mapping(store: Store, known: pl.DataFrame, parcel: Parcel) -> None:
    """Take out what the same sheet left behind when it was loaded under another mapping."""
    before = known.filter((pl.col("sha256") == parcel.digest) & (pl.col("sheet") == parcel.report.sheet))
    for row in before.iter_rows(named=True):
        table = row["staging_table"]
        for name in (f"raw.{table}", f"staging.{table}", "ledger.quarantine", "ledger.files"):
            store.drop_file(name, row["_file_id"])


def unknown_rows(store: Store, taken: Taken) -> pl.DataFrame:
    """Return the rows of a log that no earlier file held; other kinds keep all of theirs.

    Rows of stages and calls add up, so a later export that overlaps an earlier one must not count them twice.
    """
    before = store.read(f"staging.{taken.name}") if taken.table.kind in ("stages", "calls") else None
    if before is None or before.is_empty():
        return taken.good
    content = [column for column in staged_schema(taken.table) if column != LINE and column in before.columns]
    known = before.select(content).unique()
    return taken.good.join(known, on=content, how="anti", nulls_equal=True, maintain_order="left")


def build(store: Store, settings: Settings, rates: pl.DataFrame) -> None:
    """Build core and facts from everything staged, check them, and write them beside it."""
    staged = staged_tables(store)
    core = build_core(staged, settings, loaded_at=datetime.now(UTC), rates=rates)
    facts = build_facts(core.tables, as_of=core.as_of, zone=settings.zone, settings=settings)
    for name, schema in FACTS.items():
        schema.validate(facts[name], cast=True)
    files = store.read("ledger.files")
    files = pl.DataFrame(schema=FILES) if files is None else files
    logs = [one.name for one in staged if one.table.kind == "stages"]
    of_events = core.joins.filter(pl.col("left_table").is_in([f"{name}.deal_id" for name in logs]))
    orphaned = int(of_events["orphans"].sum())
    today = core.as_of.astimezone(settings.time_zone).date()
    identities = check_build(files, staged, core.tables, core.set_aside, orphaned, facts, core.currency, today)
    for name, rows in core.tables.items():
        store.replace(f"core.{name}", rows)
    for name, rows in facts.items():
        store.replace(f"facts.{name}", rows)
    store.replace("checks.identities", identities)
    store.replace("checks.joins", core.joins)
    store.replace("checks.orphans", core.orphans)
    store.replace("checks.set_aside", core.set_aside)
    store.replace("checks.names", core.names)
    store.replace("checks.name_proposals", core.name_proposals)
    facts_of = {"as_of": [core.as_of], "zone": [settings.zone], "currency": [core.currency]}
    facts_of["rules"] = [digest_of_rules(settings, rates)]
    store.replace("ledger.snapshot", pl.DataFrame(facts_of, schema_overrides={"as_of": pl.Datetime("us", "UTC")}))


def staged_tables(store: Store) -> list[StagedTable]:
    """Read everything staged so far, each table with the profile it was last loaded under."""
    profiles = store.read("ledger.profiles")
    staged: list[StagedTable] = []
    for content in [] if profiles is None else profiles.sort("name")["content"].to_list():
        profile = SourceProfile.model_validate(json.loads(content))
        looked_up = {lookup.table for table in profile.table for lookup in table.join}
        for table in profile.table:
            name = f"{profile.name}__{table.name}"
            rows = store.read(f"staging.{name}")
            if rows is None:
                continue
            cells = store.read(f"raw.{name}") if table.name in looked_up else None
            wanted = {**staged_schema(table), LOAD: pl.Int64(), FILE: pl.Int64()}
            rows = rows.select(
                (pl.col(column) if column in rows.columns else pl.lit(None)).cast(dtype).alias(column)
                for column, dtype in wanted.items()
            )
            newest = pl.DataFrame() if cells is None else cells.filter(pl.col(FILE) == pl.col(FILE).max())
            staged.append(StagedTable(profile, table, rows, newest))
    return staged


def keep_raw(home: Home, parcels: Sequence[Parcel]) -> None:
    """Keep a copy of each file that was loaded, under its hash; a copy that cannot be made does not undo the load."""
    folder = home.warehouse / "files"
    try:
        folder.mkdir(exist_ok=True)
        for path, digest in {(one.path, one.digest) for one in parcels}:
            kept = folder / f"{digest[:16]}-{path.name}"
            if not kept.exists():
                keep(path, digest, kept)
    except OSError as fault:
        if is_full(fault):
            raise
        raise HomeError(
            "The load is in, but a copy of its files could not be kept in {folder}: {fault}.",
            folder=folder,
            fault=fault.strerror,
        ) from None
