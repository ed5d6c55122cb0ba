"""Loads the collection and says what each file came to, in how long and with how much memory.

``python -m badinput.running [PART OF A NAME…]`` (with ``tests`` and the project on PYTHONPATH) loads every file alone, the
soak ones too, and prints the table.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

import polars as pl
from badinput.case import Bad
from badinput.collection import ALL
from examples import THOROUGH

from pipelines.load import load
from pipelines.readers import apart
from pipelines.report import ACCEPT, IGNORED, PARTIAL, REJECT, FileReport
from pipelines.settings import Home
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import read_tables

GROUP = 80
EVERYDAY = [one for one in ALL if not one.soak][:: 1 if os.environ.get(THOROUGH) else 5]
"""Every fifth file in the everyday suite, all of them in `make soak`."""


@dataclass(frozen=True)
class Outcome:
    """What a file came to: its reports put together, what stands in the store of it, and what reading it took."""

    outcome: str
    rows_in: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    total: Decimal | None = None
    message: str = ""
    names: tuple[str | None, ...] = ()
    seconds: float = 0.0
    peak: int = 0
    """Most memory that this process or its child held while reading, in MB; 0 where the system does not tell."""


class Stopwatch:
    """Takes the time and the peak of memory of each file of a load, told by its progress."""

    def __init__(self) -> None:
        self.taken: dict[str, tuple[float, int]] = {}
        self.began = 0.0

    def start(self, total: int, text: str) -> None:
        """Begin."""

    def step(self, done: int, text: str) -> None:
        """Note the beginning (0) or the end (1) of a file."""
        if done == 0:
            self.began = time.monotonic()
            apart.HELPER.peak = 0
            with suppress(OSError):
                Path("/proc/self/clear_refs").write_text("5")  # from here on VmHWM is the peak of this file
        elif done == 1:
            self.taken.setdefault(text, (time.monotonic() - self.began, max(own_peak(), apart.HELPER.peak >> 20)))

    def done(self) -> None:
        """End."""


def own_peak() -> int:
    """Return the most memory this process held since the peak was set back, in MB."""
    with suppress(OSError):
        lines = Path("/proc/self/status").read_text().splitlines()
        return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM")), 0)
    return 0


def loaded(cases: list[Bad], folder: Path) -> dict[str, Outcome]:
    """Load files of one kind into a home of their own; a load that fails as a whole is tried again file by file."""
    folder.mkdir(parents=True)
    home = Home(folder / "home")
    paths = [one.write(folder) for one in cases]
    watch = Stopwatch()
    try:
        report = load(paths, home, kind=cases[0].kind, progress=watch)
    except Exception as fault:
        if len(cases) > 1:
            found: dict[str, Outcome] = {}
            for number, one in enumerate(cases):
                found |= loaded([one], folder / str(number))
            return found
        return {cases[0].name: Outcome("raised", message=f"{type(fault).__name__}: {fault}")}
    by_name: dict[str, list[FileReport]] = defaultdict(list)
    for one in report.files:
        by_name[one.name].append(one)
    stored = stored_of(home)
    return {
        name: outcome_of(reports, *stored.get(name, (None, ())), *watch.taken.get(name, (0.0, 0)))
        for name, reports in by_name.items()
    }


def outcome_of(
    reports: list[FileReport],
    total: Decimal | None,
    names: tuple[str | None, ...] = (),
    seconds: float = 0.0,
    peak: int = 0,
) -> Outcome:
    """Put the reports of a file together."""
    outcomes = {one.outcome for one in reports} - {IGNORED}
    whole = ACCEPT if outcomes == {ACCEPT} else PARTIAL if outcomes & {ACCEPT, PARTIAL} else REJECT
    sums = [sum(getattr(one, name) for one in reports) for name in ("rows_in", "accepted", "quarantined", "duplicates")]
    message = " ".join(one.message for one in reports if one.message)
    return Outcome(whole, *sums, total, message, names, seconds, peak)


def stored_of(home: Home) -> dict[str, tuple[Decimal, tuple[str | None, ...]]]:
    """Read what was staged of each file: the sum of its amounts and its managers."""
    snapshot = current_snapshot(home)
    if snapshot is None:
        return {}
    parts: list[pl.DataFrame] = []
    files = pl.DataFrame()
    for name in ("ledger.files", "staging.sheet__deals", "staging.voronka__deals"):
        with suppress(Exception):
            rows = read_tables(snapshot, [name])[name]
            if name == "ledger.files":
                files = rows.select("_file_id", "name")
            else:
                parts.append(rows.select("_file_id", "amount", "manager_name"))
    if not parts:
        return {}
    sums = (
        pl.concat(parts)
        .join(files, on="_file_id")
        .group_by("name")
        .agg(pl.col("amount").sum(), pl.col("manager_name").unique().sort())
    )
    return {name: (amount, tuple(managers)) for name, amount, managers in sums.iter_rows()}


def groups(cases: list[Bad]) -> list[list[Bad]]:
    """Part the files so that no group holds two kinds, two equal files or too many."""
    made: list[tuple[str, set[str], list[Bad]]] = []
    for one in cases:
        digest = hashlib.sha256(one.content).hexdigest() if isinstance(one.content, bytes) else one.name
        for kind, digests, members in made:
            room = len(members) < GROUP and not one.alone and not members[0].alone
            if kind == one.kind and digest not in digests and room:
                digests.add(digest)
                members.append(one)
                break
        else:
            made.append((one.kind, {digest}, [one]))
    return [members for _, _, members in made]


def all_loaded(folder: Path) -> dict[str, Outcome]:
    """Load the everyday files, in two processes at a time.

    They are given the bytes: workbooks hold the second they were made in, so another process would make and group others.
    """
    work = [
        ({one.name: one.content if isinstance(one.content, bytes) else None for one in group}, folder / str(number))
        for number, group in enumerate(groups(EVERYDAY))
    ]
    found: dict[str, Outcome] = {}
    with get_context("spawn").Pool(2) as pool:
        for part in pool.imap_unordered(_one_group, work):
            found |= part
    return found


def _one_group(work: tuple[dict[str, bytes | None], Path]) -> dict[str, Outcome]:
    contents, folder = work
    made = [one for one in ALL if one.name in contents]
    return loaded([replace(one, content=contents[one.name] or one.content) for one in made], folder)


def faults_of(case: Bad, found: Outcome) -> list[str]:
    """Say in what an outcome differs from what was expected."""
    wanted: dict[str, object] = {"outcome": case.outcome, "accepted": case.accepted}
    if case.rows_in is not None:
        wanted["rows_in"] = case.rows_in
    if case.total is not None and case.accepted:
        wanted["total"] = Decimal(case.total)
    if case.names and case.accepted:
        wanted["names"] = tuple(sorted(case.names))
    return [
        f"{name} {getattr(found, name)}, not {value}" for name, value in wanted.items() if getattr(found, name) != value
    ]


def main() -> None:
    """Print what every file whose name holds one of the words comes to."""
    words = sys.argv[1:]
    chosen = [one for one in ALL if not words or any(word in one.name for word in words)]
    with tempfile.TemporaryDirectory() as place:
        warm = next(one for one in ALL if one.name.endswith(".xlsx") and one.outcome == ACCEPT)
        loaded([warm], Path(place) / "warm")  # the child is there then: its start is no file's own
        rows = []
        for number, one in enumerate(chosen):
            found = loaded([one], Path(place) / str(number)).get(one.name, Outcome("lost"))
            rows.append((one, found, faults_of(one, found)))
            print(f"{found.outcome:8}{found.seconds:7.2f} s{found.peak:6} MB  {one.name!a}  {'; '.join(rows[-1][2])}")
    readable = [row for row in rows if row[0].outcome != REJECT]
    best = [row for row in readable if not row[2]]
    print(
        f"{len(rows)} files, {len(best)} of {len(readable)} readable ones come out best, {sum(bool(row[2]) for row in rows)} differ"
    )
    print(f"slowest {max(row[1].seconds for row in rows):.2f} s, most memory {max(row[1].peak for row in rows)} MB")


if __name__ == "__main__":
    main()
