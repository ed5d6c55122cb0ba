"""What the processes of the fault tests do. Each deed gets ``say`` first, and says what a user would be told.

Imported once by the server that forks them: nothing here may open a store or start a thread at import.
"""

from __future__ import annotations

import ctypes
import io
import os
import resource
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import dashboard.cli
import dashboard.exports.loads
import dashboard.exports.reconciliation
import pipelines.doctor
import pipelines.watch  # noqa: F401
from dashboard.access import open_facts
from pipelines.errors import VoronkaError
from pipelines.load import load
from pipelines.settings import Home

Say = Callable[[Any], None]


def load_files(say: Say, home: Path, paths: Sequence[Path], kind: str | None = "deals") -> None:
    """Load; say ``("loaded", report)`` once it is acknowledged, or ``("refused", class, sentence)``."""
    try:
        report = load(list(paths), Home(home), kind=kind)
    except VoronkaError as fault:
        say(("refused", type(fault).__name__, str(fault)))
    else:
        say(("loaded", report.to_json()))


def load_in_little_room(say: Say, home: Path, paths: Sequence[Path], most_bytes: int) -> None:
    """Load where no file may grow beyond ``most_bytes``: a full disk for those who may not make a small one."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))
    load_files(say, home, paths)


def load_one_by_one(say: Say, home: Path, paths: Sequence[Path], pause: float) -> None:
    """Load each file by itself, again for as long as another load is running; say the name of each that is in."""
    for path in paths:
        while True:
            try:
                load([path], Home(home), kind="deals")
                say(("loaded", path.name))
                break
            except VoronkaError as fault:
                say((type(fault).__name__, str(fault)))
                time.sleep(pause)


def load_recorded(say: Say, home: Path, paths: Sequence[Path], states: Path) -> None:
    """Load, and before each fsync and rename of ours keep a copy of the warehouse; say what was done in which order."""
    warehouse, calls = home / "warehouse", []

    def kept(name: str, honest: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            state = states / f"{len(calls):03}"
            state.mkdir(parents=True)
            for path in warehouse.iterdir():
                if path.is_file():
                    shutil.copyfile(path, state / f"{path.stat().st_ino}={path.name}")
            inode = os.fstat(given[0]).st_ino if name == "fsync" else 0
            known = {one.stat().st_ino: one.name for one in (warehouse, *warehouse.iterdir())}
            calls.append((name, inode, known.get(inode, "") if inode else Path(given[1]).name))
            return honest(*given)

        return call

    os.fsync, os.replace = kept("fsync", os.fsync), kept("replace", os.replace)
    load_files(say, home, paths)
    os.fsync(os.open(warehouse, os.O_RDONLY))  # the state once it is acknowledged
    say(calls)


def read_on(say: Say, home: Path, until: Path, pause: float) -> None:
    """Ask the pages' door for the facts over and over until a file appears; say what did not fit, and how many reads."""
    import dashboard.access as door

    reads, faults, last, slowest = 0, [], 0, 0.0
    seen = set()
    while not until.exists() and len(faults) < 20:
        began = time.perf_counter()
        try:
            facts = open_facts(Home(home))
        except Exception as fault:
            faults.append(f"error: {type(fault).__name__}: {fault}")
            continue
        slowest = max(slowest, time.perf_counter() - began)
        reads += 1
        number = int(facts.snapshot[1:])
        seen.add(number)
        # Every load of this test brings one file with one deal, so all tables of one build have as many rows as its number.
        counts = {"deals": facts.deals.height, "files": facts.files.height, "stages": facts.deals["deal_id"].n_unique()}
        if set(counts.values()) != {number}:
            faults.append(f"mixed: build {number} has {counts}")
        if number < last:
            faults.append(f"backwards: {number} after {last}")
        last = number
        time.sleep(pause)
        door._facts.cache_clear()
    say({"reads": reads, "faults": faults, "seen": len(seen), "slowest": slowest})


def command(say: Say, arguments: Sequence[str], *, own_rights: bool = False) -> None:
    """Run the command line as ``voronka`` does; say its exit code, output, errors and how long it took."""
    if own_rights:
        without_roots_rights()
    out, err = io.StringIO(), io.StringIO()
    began, code = time.perf_counter(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            dashboard.cli.main(list(arguments))
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0
    say((code, out.getvalue(), err.getvalue(), time.perf_counter() - began))


def load_with_own_rights(say: Say, home: Path, paths: Sequence[Path]) -> None:
    """Load as somebody who may write only where the file modes say so, root or not."""
    without_roots_rights()
    load_files(say, home, paths)


def without_roots_rights() -> None:
    """Give up root's power to write where the mode forbids it (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH)."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.capget(header, sets) == 0
    for place in (0, 1, 2):
        sets[place] &= ~0b110
    assert libc.capset(header, sets) == 0
