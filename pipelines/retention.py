"""Names of backups, how long they are kept, and how old the last one is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipelines.audit import lines
from pipelines.settings import Home

WEEKS, MONTHS = 8, 12
OLD_DAYS = 7
STAMP = "%Y%m%dT%H%M%SZ"


def backup_name(home: Home, made_at: datetime, *, is_plain: bool) -> str:
    """Name a backup: of which home, when (UTC), and whether anybody can read it."""
    return f"{_series(home)}-{made_at.astimezone(UTC):{STAMP}}{'-plain' if is_plain else ''}.backup"


def _series(home: Home) -> str:
    """Begin the names of one home's backups: two homes may use one folder, and neither deletes the other's."""
    told = re.sub(r"[^\w-]+", "_", home.path.name) or "home"
    return f"voronka-{told}-{hashlib.sha256(str(home.path).encode()).hexdigest()[:6]}"


def backups(home: Home, folder: Path) -> list[tuple[datetime, Path]]:
    """List the backups of a home in a folder with their times, newest first."""
    name = re.compile(re.escape(_series(home)) + r"-(\d{8}T\d{6}Z)(?:-plain)?\.backup")
    found = [
        (datetime.strptime(told[1], STAMP).replace(tzinfo=UTC), path)
        for path in folder.iterdir()
        if (told := name.fullmatch(path.name))
    ]
    return sorted(found, reverse=True)


def kept(times: Sequence[datetime]) -> set[datetime]:
    """Choose what stays: the newest of each of the last 8 weeks that have one, and of each of the last 12 such months."""

    def newest(period: Callable[[datetime], tuple[int, int]], count: int) -> list[datetime]:
        first: dict[tuple[int, int], datetime] = {}
        for one in sorted(times, reverse=True):
            first.setdefault(period(one), one)
        return list(first.values())[:count]

    return {*newest(lambda one: one.isocalendar()[:2], WEEKS), *newest(lambda one: (one.year, one.month), MONTHS)}


def retire_backups(home: Home, folder: Path) -> tuple[Path, ...]:
    """Delete the backups of this home in a folder whose time is over; returns them."""
    there = backups(home, folder)
    stay = kept([at for at, _ in there])
    over = tuple(path for at, path in there if at not in stay)
    for path in over:
        path.unlink(missing_ok=True)
    return over


def last_backup(home: Home) -> datetime | None:
    """Return when the newest backup of a home's data was made, as its log tells; None when backups are not used."""
    told = [one.get("made_at") for one in lines(home) if one.get("event") in ("backup", "restore")]
    found = [datetime.fromisoformat(one) for one in told if isinstance(one, str)]
    return max(found, default=None)
