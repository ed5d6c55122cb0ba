"""The log of what was taken out and brought in: append-only, one file a month, every line bound to the one before by its hash.

It lies beside the store and not in it, and holds no data of clients: who, when, what, under which filter, how many rows, and
the hash of the file that went out. An edited, removed or inserted line breaks the chain, and ``verify`` names the place.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from filelock import FileLock

from pipelines import journal
from pipelines.settings import Home

FOLDER = "audit"
FIRST = "0" * 64
"""What the first line of all is bound to."""
WEEK, KNOWN, MANY, TIMES, LEAST_SIZE = 7, 5, 30, 5, 1_000_000
"""From which on a day is told: files a day, times the usual bytes, and bytes at all."""


def record(home: Home, event: str, **values: object) -> str:
    """Write one line; returns its hash. Values are plain (text, numbers, lists of them); never rows."""
    folder = home.path / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = datetime.now(UTC)
    with FileLock(folder / "lock"):
        line = {"at": now.isoformat(timespec="seconds"), "event": event, **values, "before": _last_hash(folder)}
        text = journal.append(folder / f"{now:%Y-%m}.jsonl", dict(sorted(line.items())))
    return _hash(text)


def lines(home: Home) -> list[dict[str, object]]:
    """Return every line that can be read, oldest first."""
    return [one for path in _files(home.path / FOLDER) for one in journal.lines(path)]


@dataclass(frozen=True)
class Unusual:
    """A day on which somebody took out much more than on other days: how many files and bytes, and the usual bytes."""

    day: date
    who: str
    files: int
    size: int
    usual: int | None


def unusual(home: Home, today: date) -> list[Unusual]:
    """List the days of the last week on which somebody took out much more than usual, the newest first (product.md D61).

    Much is ``MANY`` files, or over a megabyte and ``TIMES`` the median day of the same person, once that is known from
    ``KNOWN`` earlier days. Days are those of UTC.
    """
    taken: dict[str, dict[date, list[int]]] = {}
    for one in lines(home):
        if one.get("event") == "export" and isinstance(at := one.get("at"), str):
            day = datetime.fromisoformat(at).date()
            size = one.get("size")
            taken.setdefault(str(one.get("who", "")), {}).setdefault(day, []).append(
                size if isinstance(size, int) else 0
            )
    found = []
    for who, days in taken.items():
        for day, sizes in days.items():
            if not 0 <= (today - day).days < WEEK:
                continue
            before = [sum(earlier) for at, earlier in days.items() if at < day]
            usual = round(median(before)) if len(before) >= KNOWN else None
            is_large = usual is not None and sum(sizes) > max(LEAST_SIZE, TIMES * usual)
            if len(sizes) >= MANY or is_large:
                found.append(Unusual(day, who, len(sizes), sum(sizes), usual))
    return sorted(found, key=lambda one: (one.day, one.who), reverse=True)


def verify(home: Home) -> tuple[int, str | None]:
    """Check the whole chain; returns how many lines hold, and where it breaks first ("2026-11.jsonl:7"), None when whole."""
    before, count = FIRST, 0
    for path in _files(home.path / FOLDER):
        for number, text in enumerate(journal.texts(path), 1):
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
        if written := journal.texts(path):
            return _hash(written[-1])
    return FIRST


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
