"""Writing while the next thing is computed: one thread does what it is given, in order, and what fails is told at the next wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

MOST = 3
"""How many writes may wait: the rows of each are held in memory until it is done."""


class Behind:
    """Work that is done in the order it was given, behind the one who gives it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="write")
        self._waiting: deque[Future[None]] = deque()

    def do(self, work: Callable[[], None]) -> None:
        """Give work and go on. Raises what earlier work raised."""
        while len(self._waiting) >= MOST:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(work))

    def settle(self) -> None:
        """Wait until all is done. Raises what the first of it that failed raised; the rest is not done then."""
        while self._waiting:
            self._waiting.popleft().result()

    def give_up(self) -> None:
        """Wait until nothing is under way any more, whatever became of it."""
        while self._waiting:
            with suppress(Exception):
                self._waiting.popleft().result()

    def close(self) -> None:
        """Give up, and end the thread."""
        self.give_up()
        self._thread.shutdown()
