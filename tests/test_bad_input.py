"""Whatever file arrives: no traceback, no hang, no abort, and never a row lost in silence.

The files are made by the modules in ``badinput/``. They are loaded in groups, one home each; a group that fails as a whole is
loaded file by file, so that one bad outcome does not hide the others.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from badinput.case import Bad
from badinput.collection import ALL, KNOWN

from pipelines.load import load
from pipelines.readers import apart, open_export
from pipelines.report import ACCEPT, IGNORED, PARTIAL, REJECT, FileReport
from pipelines.settings import Home
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import read_tables

GROUP = 20
EVERYDAY = [one for one in ALL if not one.soak]
BEST = 0.94


@dataclass(frozen=True)
class Outcome:
    """What a file came to: its reports put together, and the sum of the amounts that were taken from it."""

    outcome: str
    rows_in: int
    accepted: int
    quarantined: int
    duplicates: int
    total: Decimal | None
    message: str


def outcome_of(reports: list[FileReport], total: Decimal | None) -> Outcome:
    outcomes = {one.outcome for one in reports} - {IGNORED}
    whole = ACCEPT if outcomes == {ACCEPT} else PARTIAL if outcomes & {ACCEPT, PARTIAL} else REJECT
    sums = [sum(getattr(one, name) for one in reports) for name in ("rows_in", "accepted", "quarantined", "duplicates")]
    return Outcome(whole, *sums, total, " ".join(one.message for one in reports if one.message))


def loaded(cases: list[Bad], folder: Path) -> dict[str, Outcome]:
    """Load files of one kind into a home of their own."""
    folder.mkdir(parents=True)
    home = Home(folder / "home")
    paths = [one.write(folder) for one in cases]
    try:
        report = load(paths, home, kind=cases[0].kind)
    except Exception as fault:
        if len(cases) > 1:
            found: dict[str, Outcome] = {}
            for number, one in enumerate(cases):
                found |= loaded([one], folder / str(number))
            return found
        return {cases[0].name: Outcome("raised", 0, 0, 0, 0, None, f"{type(fault).__name__}: {fault}")}
    by_name = defaultdict(list)
    for one in report.files:
        by_name[one.name].append(one)
    totals = amounts(home)
    return {name: outcome_of(reports, totals.get(name)) for name, reports in by_name.items()}


def amounts(home: Home) -> dict[str, Decimal]:
    """Sum the amounts staged from each file."""
    snapshot = current_snapshot(home)
    if snapshot is None:
        return {}
    names = ["ledger.files", "staging.sheet__deals", "staging.voronka__deals"]
    tables = {name: rows for name in names if (rows := optional(snapshot, name)) is not None}
    parts = [rows.select("_file_id", "amount") for name, rows in tables.items() if name.startswith("staging")]
    if not parts:
        return {}
    files = tables["ledger.files"].select("_file_id", "name")
    sums = pl.concat(parts).join(files, on="_file_id").group_by("name").agg(pl.col("amount").sum())
    return dict(sums.iter_rows())


def optional(snapshot: Path, name: str) -> pl.DataFrame | None:
    try:
        return read_tables(snapshot, [name])[name]
    except Exception:
        return None


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


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    folder = tmp_path_factory.mktemp("bad")
    found: dict[str, Outcome] = {}
    for number, group in enumerate(groups(EVERYDAY)):
        found |= loaded(group, folder / str(number))
    return found


def faults_of(case: Bad, found: Outcome) -> list[str]:
    """Say in what an outcome differs from what was expected."""
    wanted = {"outcome": case.outcome, "accepted": case.accepted}
    if case.rows_in is not None:
        wanted["rows_in"] = case.rows_in
    if case.total is not None and case.accepted:
        wanted["total"] = Decimal(case.total)
    return [
        f"{name} {getattr(found, name)}, not {value}" for name, value in wanted.items() if getattr(found, name) != value
    ]


@pytest.mark.parametrize("case", EVERYDAY, ids=lambda case: case.name)
def test_a_bad_file_comes_to_what_is_expected_of_it(case: Bad, outcomes: dict[str, Outcome]) -> None:
    found = outcomes[case.name]
    assert found.outcome in (ACCEPT, PARTIAL, REJECT), found.message
    assert found.rows_in == found.accepted + found.quarantined + found.duplicates
    assert "\n" not in found.message and "Traceback" not in found.message
    if found.outcome == REJECT and not found.rows_in:
        assert found.message.endswith(".")
    faults = faults_of(case, found)
    if case.name in KNOWN:
        assert faults, f"{case.name} comes out now: take it out of KNOWN"
    else:
        assert not faults, f"{'; '.join(faults)} ({found.message})"


def test_the_collection_is_large_and_nearly_all_that_can_be_read_comes_out_best(outcomes: dict[str, Outcome]) -> None:
    assert len(ALL) >= 120
    assert len({one.name for one in ALL}) == len(ALL)
    readable = [one for one in EVERYDAY if one.outcome != REJECT]
    best = [one for one in readable if not faults_of(one, outcomes[one.name])]
    assert len(best) >= BEST * len(readable), [one.name for one in readable if one not in best]
    assert set(KNOWN) <= {one.name for one in ALL}
    print(f"{len(ALL)} files, {len(best)} of {len(readable)} readable ones come out best, {len(KNOWN)} known defects")


@pytest.mark.soak
@pytest.mark.parametrize("case", [one for one in ALL if one.soak], ids=lambda case: case.name)
def test_a_bomb_is_refused_in_time(case: Bad, tmp_path: Path) -> None:
    started = time.monotonic()
    found = loaded([case], tmp_path / "x")[case.name]
    assert not faults_of(case, found), found
    assert time.monotonic() - started < 90


def test_a_child_that_hangs_or_eats_memory_is_ended_and_the_next_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from badinput.workbooks import LIST, plain

    book = plain([*LIST, *([n, "x" * 30] for n in range(60_000))])
    monkeypatch.setattr(apart, "MEMORY", 70 << 20)
    monkeypatch.setattr(apart, "MEMORY_PER_BYTE", 0)
    with pytest.raises(apart.InputError, match="MB of memory"):
        open_export(book, "big.xlsx")
    monkeypatch.undo()
    monkeypatch.setattr(apart, "SECONDS", 0.05)
    monkeypatch.setattr(apart, "SECONDS_PER_BYTE", 0)
    with pytest.raises(apart.InputError, match="takes longer than"):
        open_export(book, "slow.xlsx")
    monkeypatch.undo()
    helper = apart.HELPER.process
    assert helper is not None
    helper.kill()
    helper.wait()
    assert open_export(book, "again.xlsx")[0].read(0, (), ()).count == 60_003


def test_the_child_ends_with_its_parent(tmp_path: Path) -> None:
    import subprocess
    import sys

    from badinput.workbooks import LIST, plain

    (tmp_path / "a.xlsx").write_bytes(plain(LIST))
    program = (
        "import sys, os, signal; from pathlib import Path; from pipelines.readers import apart, open_export\n"
        "open_export(Path(sys.argv[1]).read_bytes(), 'a'); print(apart.HELPER.process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = str(Path(__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.xlsx")],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        check=False,
    )
    pid = int(done.stdout)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]:
            return
        time.sleep(0.05)
    pytest.fail("the child lives on")
