"""The progress bar of a load, on a terminal only; it is drawn on stderr so that stdout stays clean for answers."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Bar:
    """A ``pipelines.load.Progress`` drawn with rich."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
        self.drawn = Progress(*columns, console=Console(stderr=True), transient=True)
        self.task: TaskID | None = None

    def start(self, total: int, text: str) -> None:
        """Begin with the number of steps to come."""
        if self.task is None:
            self.drawn.start()
            self.task = self.drawn.add_task(text, total=total)
        else:
            self.drawn.update(self.task, total=total, completed=0, description=text)

    def step(self, n: int, text: str) -> None:
        """Go on by some steps."""
        if self.task is not None:
            self.drawn.update(self.task, advance=n, description=text)

    def done(self) -> None:
        """Take the bar away."""
        self.drawn.stop()
        self.task = None
