"""Readers come first: whose page is being answered, and what was asked last, for whoever counts ahead while they read."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from dashboard.ui.context import Context

RUN_FOR: ContextVar[Context | None] = ContextVar("run_for", default=None)
"""For whom and for what a page is run that no browser asked for; none where a reader did."""


@dataclass(eq=False)
class Turns:
    """``asked``: the page opened last, as long as somebody is to count what may be asked next (``is_watched``)."""

    is_watched: bool = False
    asked: Context | None = None
    answering: int = 0
    answered_at: float = float("-inf")
    lock: Lock = field(default_factory=Lock)

    @contextmanager
    def answer(self) -> Generator[None]:
        """Say that a reader's page is being answered, until it is."""
        with self.lock:
            self.answering += 1
        try:
            yield
        finally:
            with self.lock:
                self.answering -= 1
                self.answered_at = monotonic()

    def note(self, here: Context) -> None:
        """Remember what was asked last."""
        if self.is_watched:
            self.asked = here

    def done(self, here: Context) -> None:
        """Forget what was asked, unless something else was since: its facts may go then."""
        with self.lock:
            if self.asked is here:
                self.asked = None

    def is_quiet(self, seconds: float = 0.0) -> bool:
        """Tell whether nobody waits for a page, and nobody did so long."""
        with self.lock:
            return not self.answering and monotonic() - self.answered_at >= seconds


TURNS = Turns()
"""The readers of this server."""
