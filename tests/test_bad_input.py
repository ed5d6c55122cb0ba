"""Whatever file arrives: no traceback, no hang, no abort, and never a row lost in silence.

The files are made by the modules in ``badinput/``. They are loaded in groups, one home each, in two processes at a time; a
group that fails as a whole is loaded file by file, so that one bad outcome does not hide the others.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from badinput.case import Bad
from badinput.collection import ALL, KNOWN
from badinput.running import EVERYDAY, Outcome, all_loaded, faults_of, loaded
from examples import THOROUGH

from pipelines.readers import apart, open_export
from pipelines.report import ACCEPT, PARTIAL, REJECT

BEST = 0.94
MOST_MEGABYTES = 700
HANG = 60.0
"""Seconds after which reading one file counts as a hang on the busiest machine; the figure that is promised is 20."""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return all_loaded(tmp_path_factory.mktemp("bad"))


@pytest.mark.parametrize("case", EVERYDAY, ids=lambda case: ascii(case.name))
def test_a_bad_file_comes_to_what_is_expected_of_it(case: Bad, outcomes: dict[str, Outcome]) -> None:
    found = outcomes[case.name]
    assert found.outcome in (ACCEPT, PARTIAL, REJECT), found.message
    assert found.rows_in == found.accepted + found.quarantined + found.duplicates
    assert "\n" not in found.message and "Traceback" not in found.message
    if found.outcome == REJECT and not found.rows_in:
        assert found.message.endswith(".")
    assert found.peak <= MOST_MEGABYTES
    assert found.seconds < HANG
    faults = faults_of(case, found)
    if case.name in KNOWN:
        assert faults, f"{case.name} comes out now: take it out of KNOWN"
    else:
        assert not faults, f"{'; '.join(faults)} ({found.message})"


def test_the_collection_is_large_and_nearly_all_that_can_be_read_comes_out_best(outcomes: dict[str, Outcome]) -> None:
    assert len(ALL) >= 700
    assert len({one.name for one in ALL}) == len(ALL)
    readable = [one for one in EVERYDAY if one.outcome != REJECT]
    best = [one for one in readable if not faults_of(one, outcomes[one.name])]
    assert len(best) >= BEST * len(readable), [one.name for one in readable if one not in best]
    assert set(KNOWN) <= {one.name for one in ALL}
    print(f"{len(ALL)} files, {len(best)} of {len(readable)} readable ones come out best, {len(KNOWN)} known defects")
    print(
        f"most memory {max(one.peak for one in outcomes.values())} MB, slowest {max(one.seconds for one in outcomes.values()):.1f} s"
    )


@pytest.mark.soak
def test_all_of_them_come_to_what_is_expected(tmp_path: Path) -> None:
    assert os.environ.get(THOROUGH), f"set {THOROUGH}=1, as make soak does"
    found = all_loaded(tmp_path)
    assert [
        name for case in EVERYDAY for name in [case.name] if faults_of(case, found[name]) and name not in KNOWN
    ] == []


@pytest.mark.soak
@pytest.mark.parametrize("case", [one for one in ALL if one.soak], ids=lambda case: ascii(case.name))
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
