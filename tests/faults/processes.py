"""Real processes for the fault tests, forked from one that has everything imported, so that a load begins at once.

What a process does is a function of ``faults.deeds``; what it says (before and after) comes back through a pipe, which
outlives a kill.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["faults.deeds"])
PATIENCE = 120.0
"""Seconds after which a process that says nothing counts as hung."""


class Running:
    """A process at work on a home."""

    def __init__(self, deed: Callable[..., Any], *given: Any) -> None:
        # Set for the server that forks: this tree is imported, and two cores are not asked to do the work of twenty.
        os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        os.environ["POLARS_MAX_THREADS"] = "1"
        self.heard, said = FORKS.Pipe(duplex=False)
        self.process = FORKS.Process(target=_act, args=(said, deed, given), daemon=True)
        with _no_main():
            self.process.start()
        said.close()
        self.words: list[Any] = []
        assert self.next_word() == "began"

    def next_word(self) -> Any:
        """Wait for the next thing the process says; None when it ended without another word."""
        assert self.heard.poll(PATIENCE), "the process hangs"
        try:
            self.words.append(self.heard.recv())
        except EOFError:
            return None
        return self.words[-1]

    def kill_after(self, seconds: float) -> None:
        """Let it work for a time, then kill -9; a process that ended earlier is left as it is."""
        time.sleep(seconds)
        self.process.kill()

    def ended(self) -> list[Any]:
        """Wait until it is gone; return all it said."""
        while self.next_word() is not None:
            pass
        self.process.join(PATIENCE)
        self.heard.close()
        return self.words[1:]

    @property
    def was_killed(self) -> bool:
        return self.process.exitcode == -9


@contextmanager
def _no_main() -> Iterator[None]:
    """Keep the new process from running this one's main module: a page tested here before leaves itself in its place."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def run(deed: Callable[..., Any], *given: Any) -> Any:
    """Let a process do one thing to its end; return the last thing it said. A crash is an AssertionError."""
    running = Running(deed, *given)
    words = running.ended()
    assert running.process.exitcode == 0, f"exit code {running.process.exitcode} after {words}"
    return words[-1]


def here(deed: Callable[..., Any], *given: Any) -> Any:
    """Do a thing in this process, which is warm: what is done again after a fault need not be quick to die."""
    words: list[Any] = []
    deed(words.append, *given)
    return words[-1]


def _act(said: Connection, deed: Callable[..., Any], given: tuple) -> None:
    said.send("began")
    deed(said.send, *given)
