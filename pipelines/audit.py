"""The log of what was taken out and brought in: append-only, one file a month, every line bound to the one before by its hash.

It lies beside the store and not in it, and holds no data of clients: who, when, what, under which filter, how many rows, and
the hash of the file that went out. An edited, removed or inserted line breaks the chain, and ``verify`` names the place.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from pipelines.settings import Home

FOLDER = "audit"
FIRST = "0" * 64
"""What the first line of all is bound to."""


def record(home: Home, event: str, **values: object) -> str:
    """Write one line; returns its hash. Values are plain (text, numbers, lists of them); never rows."""
    folder = home.path / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = datetime.now(UTC)
    with FileLock(folder / "lock"):
        line = {"at": now.isoformat(timespec="seconds"), "event": event, **values, "before": _last_hash(folder)}
        text = json.dumps(line, ensure_ascii=False, sort_keys=True, default=str)
        path = folder / f"{now:%Y-%m}.jsonl"
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, (text + "\n").encode())
            os.fsync(handle)
        finally:
            os.close(handle)
    return _hash(text)


def lines(home: Home) -> list[dict[str, object]]:
    """Return every line that can be read, oldest first."""
    found = []
    for path in _files(home.path / FOLDER):
        for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                one = json.loads(text)
            except ValueError:
                continue
            if isinstance(one, dict):
                found.append(one)
    return found


def verify(home: Home) -> tuple[int, str | None]:
    """Check the whole chain; returns how many lines hold, and where it breaks first ("2026-11.jsonl:7"), None when whole."""
    before, count = FIRST, 0
    for path in _files(home.path / FOLDER):
        for number, text in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            try:
                is_bound = json.loads(text)["before"] == before
            except (ValueError, KeyError, TypeError):
                is_bound = False
            if not is_bound:
                return count, f"{path.name}:{number}"
            before, count = _hash(text), count + 1
    return count, None


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("????-??.jsonl"))


def _last_hash(folder: Path) -> str:
    for path in reversed(_files(folder)):
        written = path.read_text(encoding="utf-8", errors="replace").splitlines()
        if written:
            return _hash(written[-1])
    return FIRST


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
