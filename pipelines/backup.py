"""One file that brings a company back: the served snapshot, settings, rates, mappings, the log, reports; and the way back.

A snapshot is closed and never changes, so a backup needs no lock and stops nobody. It is read through before it is taken: a copy of
damage is no backup. A restore writes beside the new home, proves everything, and only then takes its name.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from pipelines.audit import record
from pipelines.duck import is_whole
from pipelines.errors import DamagedError, HomeError, InputError
from pipelines.repair import is_full
from pipelines.retention import backup_name, retire_backups
from pipelines.sealed import COST, PART, Opening, Sealing, is_encrypted, read_header
from pipelines.settings import Home, read_settings
from pipelines.snapshots import current_snapshot, point_to, sync

MEMBERS = re.compile(
    r"warehouse/s\d{6,}\.duckdb|settings\.toml|views\.json|[\w.-]+\.csv|(?:sent|scheduled)\.jsonl|mappings/[^/\\]+\.toml|"
    r"audit/\d{4}-\d{2}\.jsonl|reports/[\w-]+/[\w-]+\.(?:json|html|xlsx|pdf|png|zip|parquet)"
)
"""What a backup may hold; anything else in it is refused, so nothing is ever written outside the new home."""
LIST = "contents.json"
FORM = 1
LEAST_PASSPHRASE = 8


@dataclass(frozen=True)
class Backup:
    """A backup that was made: the file, its bytes, the snapshot in it, and older backups whose time was over."""

    path: Path
    size: int
    snapshot: str
    retired: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Restored:
    """What came out of a backup: the home, the snapshot it serves, when the backup was made."""

    home: Home
    snapshot: str
    made_at: datetime


def back_up(
    home: Home, folder: Path | None, passphrase: str | None, *, now: datetime | None = None, cost: int = COST
) -> Backup:
    """Write a backup into a folder (default: ``backups`` of the home) and delete those whose time is over.

    ``passphrase`` None writes it readable by everybody. Raises HomeError (nothing published, no room), DamagedError (the served
    snapshot is damaged), InputError (the passphrase is too short).
    """
    snapshot = current_snapshot(home)
    if snapshot is None:
        raise HomeError(
            "There is no data in {home} yet. Load an export first: voronka load FILE --home {home}", home=home.path
        )
    if passphrase is not None and len(passphrase) < LEAST_PASSPHRASE:
        raise InputError("A passphrase of a backup has at least {count} letters.", count=LEAST_PASSPHRASE)
    if not is_whole(snapshot):
        raise DamagedError(
            "The snapshot {path} is damaged. Run voronka doctor, or load the exports again.", path=snapshot
        )
    made_at = now or datetime.now(UTC)
    target = (folder or home.path / "backups") / backup_name(home, made_at, is_plain=passphrase is None)
    digest, size = _written(home, snapshot, target, passphrase, made_at, cost)
    record(
        home, "backup", file=str(target), size=size, sha256=digest, snapshot=snapshot.stem, made_at=made_at.isoformat()
    )
    return Backup(target, size, snapshot.stem, retire_backups(home, target.parent))


def _written(
    home: Home, snapshot: Path, target: Path, passphrase: str | None, made_at: datetime, cost: int
) -> tuple[str, int]:
    """Write the file under another name first: under its own there is a whole backup or none."""
    half = target.with_suffix(".tmp")
    mask = os.umask(0o077)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with half.open("wb") as file:
            stream = Sealing(file, passphrase, cost)
            _pack(home, snapshot, stream, made_at)
            stream.finish()
        with half.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        sync(half)
        os.replace(half, target)
        sync(target.parent)
        return digest, target.stat().st_size
    except OSError as fault:
        raise _no_room(target.parent, fault) from None
    finally:
        os.umask(mask)
        half.unlink(missing_ok=True)


def _no_room(folder: Path, fault: OSError) -> HomeError:
    if is_full(fault):
        return HomeError("There is no room for the backup in {folder}. Nothing was written; make room.", folder=folder)
    return HomeError("The folder {home} cannot be written to: {fault}.", home=folder, fault=fault.strerror or fault)


def _contents(home: Home, snapshot: Path) -> Iterator[tuple[str, Path]]:
    yield f"warehouse/{snapshot.name}", snapshot
    rates = home.path / read_settings(home).rates.file
    names = (home.settings_file.name, "views.json", "sent.jsonl", "scheduled.jsonl")
    yield from ((name, home.path / name) for name in names if (home.path / name).is_file())
    folders = ((home.path, rates.name), (home.mappings, "*.toml"), (home.path / "audit", "*.jsonl"))
    for folder, pattern in (*folders, (home.path / "reports", "*/*.*")):
        for path in sorted(folder.glob(pattern)) if folder.is_dir() else ():
            name = path.relative_to(home.path).as_posix()
            if path.is_file() and MEMBERS.fullmatch(name):
                yield name, path


def _pack(home: Home, snapshot: Path, stream: Sealing, made_at: datetime) -> None:
    hashes: dict[str, str] = {}
    with tarfile.open(fileobj=cast("BinaryIO", stream), mode="w|", bufsize=PART) as archive:
        for name, path in _contents(home, snapshot):
            with path.open("rb") as file:  # open, a file that is deleted meanwhile can still be read to its end
                about = tarfile.TarInfo(name)
                about.size = os.fstat(file.fileno()).st_size
                hashing = _Hashing(file)
                archive.addfile(about, cast("BinaryIO", hashing))
                hashes[name] = hashing.digest
        text = json.dumps({"form": FORM, "made_at": made_at.isoformat(), "snapshot": snapshot.name, "sha256": hashes})
        about = tarfile.TarInfo(LIST)
        about.size = len(text.encode())
        archive.addfile(about, io.BytesIO(text.encode()))


class _Hashing:
    """Hash what is read on its way."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def read(self, size: int) -> bytes:
        part = self._file.read(size)
        self._hash.update(part)
        return part

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def needs_passphrase(path: Path) -> bool:
    """Tell whether a backup is encrypted. Raises InputError when the file is none or is not there."""
    with _opened(path) as file:
        return is_encrypted(read_header(file, path.name))


def restore(path: Path, home: Home, passphrase: str | None) -> Restored:
    """Bring a backup back into a folder that is new or empty.

    Raises InputError: no such file, no backup, damaged, another passphrase; HomeError: the folder holds something, no room.
    """
    if home.path.exists() and (not home.path.is_dir() or any(home.path.iterdir())):
        raise HomeError("{home} is not empty, and a restore overwrites nothing. Name a new folder.", home=home.path)
    mask = os.umask(0o077)
    beside: Path | None = None
    try:
        with _opened(path) as file:
            stream = Opening(file, path.name, passphrase)
            home.path.parent.mkdir(parents=True, exist_ok=True)
            beside = Path(tempfile.mkdtemp(prefix=f".{home.path.name}-", dir=home.path.parent))
            about = _unpacked(stream, Home(beside), path)
        with suppress(FileNotFoundError):
            home.path.rmdir()
        os.replace(beside, home.path)
    except OSError as fault:
        raise _no_room(home.path, fault) from None
    finally:
        os.umask(mask)
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)
    made_at = datetime.fromisoformat(about["made_at"])
    record(home, "restore", file=str(path), snapshot=Path(about["snapshot"]).stem, made_at=about["made_at"])
    return Restored(home, Path(about["snapshot"]).stem, made_at)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise InputError("There is no file {path}. Check the name.", path=path) from None
    except OSError as fault:
        raise InputError("{path} cannot be read: {fault}.", path=path, fault=fault.strerror) from None


def _unpacked(stream: Opening, beside: Home, path: Path) -> dict[str, str]:
    """Write the files of a backup into a folder, compare each with its hash, and read the store through."""
    hashes: dict[str, str] = {}
    about: dict = {}
    try:
        with tarfile.open(fileobj=cast("BinaryIO", stream), mode="r|", bufsize=PART) as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is None or not (member.name == LIST or MEMBERS.fullmatch(member.name)):
                    raise _strange(path)
                if member.name == LIST:
                    about = json.loads(content.read())
                    continue
                hashes[member.name] = _put(cast("BinaryIO", content), beside.path / member.name)
        stream.drain()
    except (tarfile.TarError, ValueError):
        raise _strange(path) from None
    if about.get("form") != FORM or about["sha256"] != hashes or f"warehouse/{about['snapshot']}" not in hashes:
        raise _strange(path)
    snapshot = beside.warehouse / about["snapshot"]
    if not is_whole(snapshot):
        raise _strange(path)
    snapshot.chmod(0o444)
    point_to(beside, snapshot.name)
    return about


def _strange(path: Path) -> InputError:
    return InputError(
        "{path} does not hold what a backup of this version holds. Nothing was restored; take another backup.",
        path=path.name,
    )


def _put(content: BinaryIO, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    hashing = _Hashing(content)
    with target.open("wb") as file:
        shutil.copyfileobj(cast("BinaryIO", hashing), file, PART)
        file.flush()
        os.fsync(file.fileno())
    return hashing.digest
