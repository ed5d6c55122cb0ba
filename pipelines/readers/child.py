"""The process in which hostile files are parsed: started once, it makes a short-lived copy of itself for every file.

Importing the parsers takes about half a second, a copy (fork) five milliseconds; the copy has limits of memory, time and file
size, and dies with what it was given. Where there is no fork (Windows) the process parses one file itself and ends.

Speaks in lines of JSON: a request ``{"folder", "name", "memory", "seconds", "clock"}`` on stdin
(seconds of the processor, and how many of the clock each may take); ``{"ended": reason, "peak": bytes}`` on stdout,
with ``done``, ``memory``, ``time`` or ``crash``. The content stands in the folder as ``content``; what was found is put
beside it: ``found.json`` and an Arrow or text file per sheet.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from pipelines.errors import InputError
from pipelines.readers.forms import parse
from pipelines.readers.grid import Grid

SPARE_ADDRESSES = 1 << 29
"""Address space is taken in larger pieces than memory; what is really held is watched beside it."""
MOST_WRITTEN = 4 << 30


def parse_into(folder: Path, name: str) -> None:
    """Parse ``folder/content`` and write what it holds into the folder."""
    found: list[dict[str, Any]] = []
    answer: dict[str, Any] = {"sheets": found}
    try:
        for number, (member, part) in enumerate(parse((folder / "content").read_bytes(), name)):
            entry: dict[str, Any] = {"member": member, "file": f"sheet{number}"}
            if isinstance(part, InputError):
                entry["fault"] = [part.template, part.values]
            elif isinstance(part, Grid):
                kept = ("name", "form", "ragged", "records", "hidden", "no_records", "preview", "merged")
                entry["grid"] = {key: getattr(part, key) for key in kept}
                part.cells.write_ipc(folder / entry["file"])
            else:
                (folder / entry["file"]).write_bytes(part)
            found.append(entry)
    except InputError as fault:
        answer = {"fault": [fault.template, fault.values]}
    (folder / "found.json").write_text(json.dumps(answer), encoding="utf-8")


def limit_self(memory: int, seconds: float) -> None:
    """Take the limits on: address space, processor time, size of files, and no core dumps."""
    import resource

    in_use = (
        int(Path("/proc/self/statm").read_text().split()[0]) * 4096 if Path("/proc/self/statm").exists() else 1 << 30
    )
    for limit, most in (
        (resource.RLIMIT_AS, in_use + memory + SPARE_ADDRESSES),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (most, hard))


def watched(pid: int, memory: int, seconds: float) -> tuple[str, int]:
    """Wait for a copy to end; end it when it takes too much memory or time. Returns how it ended and its peak in bytes."""
    until = time.monotonic() + seconds
    nap = 0.001
    resident = Path(f"/proc/{pid}/statm")
    reason = ""
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            break
        if not reason:
            try:
                if int(resident.read_text().split()[1]) * 4096 > memory:
                    reason = "memory"
            except (OSError, IndexError):
                pass
            if time.monotonic() > until:
                reason = "time"
            if reason:
                os.kill(pid, signal.SIGKILL)
        time.sleep(nap)
        nap = min(nap * 1.5, 0.005)
    code = os.waitstatus_to_exitcode(status)
    if not reason and code:
        reason = "time" if code == -signal.SIGXCPU else "memory" if code in (MEMORY, -signal.SIGABRT) else "crash"
    return reason or "done", usage.ru_maxrss << 10


MEMORY = 77


def copy_for(request: dict[str, Any]) -> tuple[str, int]:
    """Parse one file in a copy of this process; returns how it ended and its peak of memory in bytes."""
    pid = os.fork()
    if pid:
        return watched(pid, request["memory"], request["seconds"] * request["clock"])
    code = 1
    try:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        limit_self(request["memory"], request["seconds"])
        parse_into(Path(request["folder"]), request["name"])
        code = 0
    except MemoryError:
        code = MEMORY
    finally:
        os._exit(code)


def main() -> None:
    """Serve requests until stdin ends."""
    for line in sys.stdin:
        request = json.loads(line)
        if hasattr(os, "fork"):
            ended, peak = copy_for(request)
        else:
            parse_into(Path(request["folder"]), request["name"])
            ended, peak = "done", 0
        sys.stdout.write(json.dumps({"ended": ended, "peak": peak}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
