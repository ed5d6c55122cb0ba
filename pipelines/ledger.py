"""The ledger of loads: which sheets are in, under which mapping, with how many rows; how a repeat is noticed."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from pipelines.errors import N_, HomeError
from pipelines.intake import Parcel, Taken
from pipelines.profile import SourceProfile
from pipelines.repair import is_full
from pipelines.report import ACCEPT, IGNORED, FileReport
from pipelines.settings import Home, Settings

INNER = N_("A folder inside a folder is not loaded; name it by itself.")
ALREADY_IN = N_("Already loaded as {file}; nothing changed.")
FILES = {
    "_file_id": pl.Int64(), "load_id": pl.Int64(), "name": pl.String(), "sheet": pl.String(), "sha256": pl.String(),
    "profile": pl.String(), "kind": pl.String(), "staging_table": pl.String(), "fingerprint": pl.String(),
    "rows_in": pl.Int64(), "accepted": pl.Int64(), "quarantined": pl.Int64(), "duplicates": pl.Int64(),
    "outcome": pl.String(), "message": pl.String(), "loaded_at": pl.Datetime("us", "UTC"), "newest_on": pl.Date(),
    "told_columns": pl.String(),
}  # fmt: skip
QUARANTINED = {
    "_line": pl.Int64(), "column": pl.String(), "value": pl.String(), "reason": pl.String(), "row": pl.String(),
    "_load_id": pl.Int64(), "_file_id": pl.Int64(), "file": pl.String(), "sheet": pl.String(),
}  # fmt: skip
CLOCK = N_(
    "This machine's clock shows {now}, but the last load was at {last} (UTC). Set the clock: dates after today count as typing errors."
)
CLOCKS_MAY_DIFFER = timedelta(minutes=5)
PROFILES = {"name": pl.String(), "content": pl.String()}


def fingerprint(profile: SourceProfile, zone: str) -> str:
    """Return a hash of everything a file was read under, to notice that it was mapped otherwise or in another zone before."""
    said = profile.model_dump_json()
    # The usual zone is left out, so that files of an earlier version are known again.
    read_in = "" if profile.timezone or zone == Settings().zone else zone
    return hashlib.sha256((said + read_in).encode()).hexdigest()[:16]


def as_repeat(parcel: Parcel, known: pl.DataFrame, in_this_load: Sequence[str]) -> Parcel:
    """Turn a sheet that is already in, under the same mapping, into a report of duplicates."""
    if parcel.taken is None:
        return parcel
    before = known.filter(
        (pl.col("sha256") == parcel.digest)
        & (pl.col("sheet") == parcel.report.sheet)
        & (pl.col("fingerprint") == fingerprint(parcel.taken.profile, parcel.taken.zone))
    )
    if before.is_empty() and parcel.digest not in in_this_load:
        return parcel
    first = before.row(0, named=True)["name"] if before.height else parcel.path.name
    rows = parcel.report.rows_in
    return Parcel(
        parcel.path,
        parcel.digest,
        replace(
            parcel.report,
            accepted=0,
            quarantined=0,
            duplicates=rows,
            reasons={},
            outcome=ACCEPT,
            message=ALREADY_IN.format(file=first),
            template=ALREADY_IN,
            values={"file": first},
        ),
    )


def clock_notes(files: pl.DataFrame) -> tuple[tuple[str, dict[str, object]], ...]:
    """Say so when the clock has gone back since the last load. Loads are in the order of their numbers all the same."""
    last, now = files["loaded_at"].max(), datetime.now(UTC)
    if not isinstance(last, datetime) or last <= now + CLOCKS_MAY_DIFFER:
        return ()
    return ((CLOCK, {"now": f"{now:%d.%m.%Y %H:%M}", "last": f"{last:%d.%m.%Y %H:%M}"}),)


def newest_of(parcel: Parcel) -> datetime:
    """Return the last moment a sheet knows of, to write the sheets of one load in the order of what they tell."""
    if parcel.taken is None:
        return datetime.min.replace(tzinfo=UTC)
    moments = [parcel.taken.newest.get(name) for name in ("created_at", "updated_at", "closed_at")]
    known = [moment for moment in moments if isinstance(moment, datetime) and moment <= datetime.now(UTC)]
    return max(known, default=datetime.min.replace(tzinfo=UTC))


def inner_folder(path: Path) -> FileReport:
    """Report a folder inside a loaded folder, which is left out."""
    return FileReport(name=f"{path.name}/", outcome=IGNORED, message=INNER, template=INNER)


def counted_again(report: FileReport, accepted: int) -> FileReport:
    """Count the rows of a log that were known before as duplicates."""
    return replace(report, accepted=accepted, duplicates=report.duplicates + report.accepted - accepted)


def file_row(parcel: Parcel, taken: Taken, load_id: int, file_id: int) -> pl.DataFrame:
    """Return the ledger's line for a sheet; ``newest_on`` is the last day anything in it happened, in UTC."""
    moments = [moment for name, moment in taken.newest.items() if name != "due_at"]
    newest = max((moment for moment in moments if isinstance(moment, datetime)), default=None)
    report = parcel.report
    row = {
        "_file_id": file_id,
        "load_id": load_id,
        "name": report.name,
        "sheet": report.sheet,
        "sha256": parcel.digest,
        "profile": report.profile,
        "kind": report.kind,
        "staging_table": taken.name,
        "fingerprint": fingerprint(taken.profile, taken.zone),
        "rows_in": report.rows_in,
        "accepted": report.accepted,
        "quarantined": report.quarantined,
        "duplicates": report.duplicates,
        "outcome": report.outcome,
        "message": report.message,
        "loaded_at": datetime.now(UTC),
        "newest_on": newest.date() if newest is not None else None,
        "told_columns": "\n".join(taken.told),
    }
    return pl.DataFrame([row], schema=FILES)


def keep(path: Path, digest: str, kept: Path) -> None:
    """Copy a file that was loaded, whole or not at all; one that has changed since it was read is not kept."""
    copy = kept.parent.parent / f"{kept.name}.tmp"
    shutil.copyfile(path, copy)
    with copy.open("rb") as file:
        is_same = hashlib.file_digest(file, "sha256").hexdigest() == digest
    if is_same:
        os.replace(copy, kept)
    else:
        copy.unlink()


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
