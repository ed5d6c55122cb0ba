"""Hand a file to the child process and take its sheets back; whatever happens there is one sentence here.

Memory: 600 MB, and for a file of more than 20 MB thirty times its size, because a real workbook grows twentyfold (measured:
22 times). Time: 18 s of the processor, and for a file of more than 18 MB a second for each MB; of the clock three times as
much, because a busy machine is no fault of the file. The cells come back as Arrow files in a temporary folder that goes when
the last of its sheets does.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

import pipelines
from pipelines.errors import InputError
from pipelines.readers.grid import sheet_on_call
from pipelines.readers.sheet import Sheet, faulty

MEMORY, MEMORY_PER_BYTE, MOST_MEMORY = 600 << 20, 30, 3 << 30
SECONDS, SECONDS_PER_BYTE, MOST_SECONDS = 18.0, 1e-6, 600.0
CLOCK = 3.0
"""How many seconds of the clock a second of the processor may take."""
GRACE = 20.0


class Helper:
    """The running child process; one file at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[str] | None = None
        self.peak = 0
        """The most memory that the last file took there, in bytes; 0 where it is not known."""

    def ask(self, request: dict[str, Any]) -> str:
        """Have a file parsed; returns how that ended. A helper that does not answer is ended, and that is a timeout."""
        with self.lock:
            process = self._running()
            assert process.stdin is not None and process.stdout is not None
            watch = threading.Timer(request["seconds"] * request["clock"] + GRACE, process.kill)
            watch.start()
            try:
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
                answer = process.stdout.readline()
            except OSError:
                answer = ""
            finally:
                watch.cancel()
            if answer:
                told = json.loads(answer)
                self.peak = told["peak"]
                return told["ended"]
            self.peak = 0
            self._end()
            return "crash"

    def _running(self) -> subprocess.Popen[str]:
        if self.process is None or self.process.poll() is not None:
            self._end()
            root = str(Path(pipelines.__file__).parents[1])
            path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
            # One thread each: a copy must find no threads, and two would need twice the memory.
            threads = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "pipelines.readers.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={**os.environ, **threads, "PYTHONPATH": path},
            )
        return self.process

    def _end(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if stream is not None:
                        stream.close()
            process.kill()
            process.wait()

    def close(self) -> None:
        """End the child process, if there is one."""
        with self.lock:
            self._end()


HELPER = Helper()
atexit.register(HELPER.close)
if hasattr(os, "register_at_fork"):
    # A copy of this process must not speak on its parent's pipes.
    os.register_at_fork(after_in_child=lambda: HELPER.__init__())


def read_apart(content: bytes, name: str) -> list[Sheet]:
    """Parse a file in the child process; raises InputError when it cannot be read there within its limits."""
    memory = min(max(MEMORY, MEMORY_PER_BYTE * len(content)), MOST_MEMORY)
    seconds = min(max(SECONDS, SECONDS_PER_BYTE * len(content)), MOST_SECONDS)
    try:
        folder = tempfile.TemporaryDirectory(prefix="voronka-", ignore_cleanup_errors=True)
        (Path(folder.name) / "content").write_bytes(content)
    except OSError as fault:
        raise InputError(
            "{name} cannot be unpacked in {folder}: {fault}. Free some space there.",
            name=name,
            folder=tempfile.gettempdir(),
            fault=fault.strerror,
        ) from None
    ended = HELPER.ask({"folder": folder.name, "name": name, "memory": memory, "seconds": seconds, "clock": CLOCK})
    if ended == "memory":
        raise InputError(
            "{name} needs more than {limit} MB of memory to be read. Export it in parts.", name=name, limit=memory >> 20
        )
    if ended == "time":
        raise InputError(
            "{name} takes longer than {limit} s to be read. Export it in parts.", name=name, limit=int(seconds)
        )
    answer_file = Path(folder.name) / "found.json"
    if ended != "done" or not answer_file.exists():
        raise InputError("{name} is damaged or not what it seems: reading it fails. Export it again.", name=name)
    answer = json.loads(answer_file.read_text(encoding="utf-8"))
    if "fault" in answer:
        raise _fault(answer["fault"])
    (Path(folder.name) / "content").unlink(missing_ok=True)
    return [_sheet(entry, folder) for entry in answer["sheets"]]


def _fault(told: list[Any]) -> InputError:
    template, values = told
    return InputError(template, **values)


def _sheet(entry: dict[str, Any], folder: tempfile.TemporaryDirectory[str]) -> Sheet:
    """Make the sheet of what the child found; one of an archive is named by its member."""
    from pipelines.readers.csv import open_csv  # not above: the child imports this module's package and needs no numpy

    member, path = entry["member"], Path(folder.name) / entry["file"]
    if "fault" in entry:
        return faulty(member, _fault(entry["fault"]))
    if "grid" not in entry:
        try:
            sheet = open_csv(path.read_bytes(), member or "x")
        except InputError as fault:
            if not member:
                raise
            return faulty(member, fault)
        path.unlink()
        return replace(sheet, name=member, member=member)
    told = entry["grid"]
    sheet = sheet_on_call(
        partial(_cells, path, folder),
        name="/".join(filter(None, (member, told["name"]))),
        form=told["form"],
        preview=tuple(tuple(row) for row in told["preview"]),
        ragged=told["ragged"],
        records=told["records"],
        hidden=told["hidden"],
        no_records=tuple(told["no_records"]),
        merged=tuple((first, last, column) for first, last, column in told["merged"]),
    )
    return replace(sheet, member=member)


def _cells(path: Path, folder: tempfile.TemporaryDirectory[str]) -> pl.DataFrame:
    """Fetch the cells of a sheet; the folder is an argument so that it lives as long as the sheet."""
    return pl.read_ipc(path)
