"""The whole story of a load: read → recognise → stage → conform → build facts → check → publish.

Everything is written in one transaction and acknowledged only after the snapshot is published: before, or after, never
between. A file that is already in is recognised by its content.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from pipelines.building import Fresh, build, is_stale
from pipelines.errors import N_, InputError, UnknownName, VoronkaError, suggest
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
    keep_raw,
    newest_of,
)
from pipelines.load_notes import load_notes
from pipelines.mending import mend_served
from pipelines.profile import LOADED_KINDS, SourceProfile, profiles_in, read_profile, shipped_profiles
from pipelines.rates import read_rates
from pipelines.repair import once_more
from pipelines.report import IGNORED, REJECT, FileReport, LoadReport, Progress, Silence, with_message
from pipelines.settings import Home, Settings, read_settings
from pipelines.shelf import Shelf, is_looked_up, shelf_in
from pipelines.staged import FILE, LINE, LOAD, staged_schema
from pipelines.warehouse import Store, open_store

STUMBLED = N_(
    "{name} could not be read: Voronka stumbled over it ({fault}). Save it as CSV or XLSX anew, and report this."
)
NO_NAME = N_("The name of {path} is in no known encoding. Rename the file and load it again.")
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
    if kind is not None and kind not in LOADED_KINDS:
        raise UnknownName('There is no kind "{kind}". {hint}', kind=kind, hint=suggest(kind, LOADED_KINDS))
    settings = read_settings(home)
    rates = read_rates(home, settings)
    profiles = candidates(home, mapping)
    files = files_of(paths)
    watcher = progress or Silence()
    watcher.start(len(files) + 3, "")
    with open_store(home) as store, shelf_in(home.warehouse) as shelf:
        known = store.read("ledger.files")
        known = pl.DataFrame(schema=FILES) if known is None else known
        parcels: list[Parcel] = []
        parcels += [Parcel(path, "", inner_folder(path)) for path in folders_inside(paths)]
        for path in files:
            watcher.step(0, path.name)
            parcels += take_in(path, known, parcels, profiles, kind, settings, shelf)
            watcher.step(1, path.name)
        fresh = [one for one in parcels if one.taken is not None and one.report.outcome != REJECT]
        again = is_stale(store, settings, rates) and any(one.report.outcome != REJECT for one in parcels)
        if not fresh and not again:
            watcher.done()
            return unchanged(parcels, store, home)
        watcher.step(0, "conform, build, check")
        store.incoming = sum(path.stat().st_size for path in files if path.exists())
        with store.transaction():
            changed, new_tables = write_parcels(store, parcels, known, shelf)
            build(store, settings, rates, new_tables)
            notes = load_notes(store.table("ledger.files"), store.table("checks.set_aside"), store.table, parcels)
            watcher.step(1, "publish")
            store.count_build()
        snapshot = store.publish()
        keep_raw(home, fresh)
        watcher.step(2, snapshot)
        watcher.done()
        reports = tuple(changed.get(at, one.report) for at, one in enumerate(parcels))
        report = LoadReport(files=reports, snapshot=snapshot, message="", mended=store.mended)
        report = replace(report, notes=clock_notes(known) + notes)
        return with_message(report) if fresh else replace(report, message=COUNTED_AGAIN, template=COUNTED_AGAIN)


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
    before: Sequence[Parcel],
    profiles: Sequence[SourceProfile],
    kind: str | None,
    settings: Settings,
    shelf: Shelf,
) -> list[Parcel]:
    """Read one file into parcels, put aside; whatever is wrong with it is said in its report."""
    if is_ignored(path, profiles):
        return [Parcel(path, "", FileReport(name=path.name, outcome=IGNORED, message=LEFT_OUT, template=LEFT_OUT))]
    if not is_text(path.name):
        error = InputError(NO_NAME, path=path.name.encode("utf-8", "replace").decode())
        return [Parcel(path, "", replace(refused_report(path, error), name=str(error.values["path"])))]
    try:
        content = read_once(path)
        digest = digest_of(content)
        parcels = list(parcels_of(path, content, digest, profiles, kind=kind, zone=settings.zone))
    except VoronkaError as error:
        return [Parcel(path, "", refused_report(path, error))]
    except (
        Exception,
        pl.exceptions.PanicException,
    ) as fault:  # a hole in our reading stops no other file, nor shows a traceback
        if "KeyboardInterrupt" in str(fault):
            raise  # somebody stopped the load just then
        error = InputError(STUMBLED, name=path.name, fault=type(fault).__name__)
        return [Parcel(path, "", refused_report(path, error))]
    in_this_load = [one.digest for one in before]
    fresh = [as_repeat(one, known, in_this_load) for one in parcels]
    return [shelf.put(at, one) for at, one in enumerate(fresh, start=len(before))]


def is_text(name: str) -> bool:
    """Tell whether a file's name is text: unpacked by an old archiver, it may be bytes of another encoding."""
    return name.encode("utf-8", "replace").decode() == name


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


def write_parcels(
    store: Store, parcels: Sequence[Parcel], known: pl.DataFrame, shelf: Shelf
) -> tuple[dict[int, FileReport], Fresh]:
    """Write the rows of the recognised sheets: as exported, staged, and quarantined.

    Returns, by place in ``parcels``, the reports that changed because a log held rows that were known before; and the staged
    rows of the tables that the store does not have yet, for the build to use and to write.
    """
    load_id = known.select(pl.col("load_id").max().fill_null(0)).item() + 1
    file_id = known.select(pl.col("_file_id").max().fill_null(0)).item()
    changed: dict[int, FileReport] = {}
    fresh: Fresh = {}
    there = store.tables()
    profiles = {one.taken.profile.name: one.taken.profile for one in parcels if one.taken is not None}
    for profile in profiles.values():
        write_profile(store, profile)
    # Of one load, what knows the latest things is written last, whatever the files are called.
    in_time = sorted(enumerate(parcels), key=lambda one: newest_of(one[1]))
    for at, parcel in in_time:
        if parcel.taken is None:
            continue
        taken = shelf.back(at, parcel.taken)
        file_id += 1
        place = [pl.lit(load_id).alias(LOAD), pl.lit(file_id).alias(FILE)]
        replace_earlier_mapping(store, known, parcel)
        name = f"staging.{taken.name}"
        good = unknown_rows(before_it(store, taken, fresh.get(name, [])), taken)
        if good.height < taken.good.height:
            parcel = replace(parcel, report=counted_again(parcel.report, good.height))
            changed[at] = parcel.report
        if is_looked_up(taken):
            store.add(f"raw.{taken.name}", taken.cells.with_columns(place))
        if name in there:
            store.add(name, good.with_columns(place))
        else:
            fresh.setdefault(name, []).append(good.with_columns(place))
        if taken.quarantine.height:
            sheet = [pl.lit(parcel.path.name).alias("file"), pl.lit(parcel.report.sheet).alias("sheet")]
            store.add("ledger.quarantine", taken.quarantine.with_columns(*place, *sheet))
        store.add("ledger.files", file_row(parcel, taken, load_id, file_id))
    if "ledger.quarantine" not in store.tables():
        store.replace("ledger.quarantine", pl.DataFrame(schema=QUARANTINED))
    return changed, fresh


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


def before_it(store: Store, taken: Taken, in_this_load: Sequence[pl.DataFrame]) -> pl.DataFrame | None:
    """Return the rows of a log that earlier files brought; other kinds are not asked."""
    if taken.table.kind not in ("stages", "calls"):
        return None
    return pl.concat(in_this_load, how="diagonal") if in_this_load else store.read(f"staging.{taken.name}")


def unknown_rows(before: pl.DataFrame | None, taken: Taken) -> pl.DataFrame:
    """Return the rows of a log that no earlier file held; other kinds keep all of theirs.

    Rows of stages and calls add up, so a later export that overlaps an earlier one must not count them twice.
    """
    if before is None or before.is_empty():
        return taken.good
    content = [column for column in staged_schema(taken.table) if column != LINE and column in before.columns]
    known = before.select(content).unique()
    return taken.good.join(known, on=content, how="anti", nulls_equal=True, maintain_order="left")
