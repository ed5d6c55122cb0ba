"""A bad file: its bytes, and what loading it must come to."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HEADING = ("ID", "Название", "Этап", "Ответственный", "Сумма", "Дата создания", "Дата закрытия", "Источник")
STAGES = ("ID сделки", "Этап", "Дата перехода")
CALLS = ("ID звонка", "Откуда", "Куда", "Дата звонка", "Длительность разговора", "Отвечен")
ROW = ("1", "Ромашка", "Продажа", "Иванова Анна", "100,50", "01.02.2026", "05.02.2026", "Сайт")
Content = bytes | Callable[[Path], None]


def later(make: Callable[[], bytes]) -> Content:
    """Content that takes long to make: only when its file is written, not in every process that knows the collection."""

    def write(path: Path) -> None:
        path.write_bytes(make())

    return write


@dataclass(frozen=True)
class Bad:
    """``content`` is bytes, or makes the file itself; ``rows_in`` None where it does not matter, ``total`` is Σ amount."""

    name: str
    content: Content
    outcome: str
    rows_in: int | None = None
    accepted: int = 0
    total: str | None = None
    kind: str = "deals"
    soak: bool = False
    alone: bool = False
    """True for a file that makes every later load into its home slow."""
    names: tuple[str, ...] = ()
    """Where told, exactly these managers must stand in the rows that were taken."""

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        if callable(self.content):
            self.content(path)
        else:
            path.write_bytes(self.content)
        return path


def rows(count: int, **changes: str) -> list[list[str]]:
    """Invent deals 1…count of 100.50 each; ``changes`` sets cells of every row by heading."""
    made = []
    for number in range(1, count + 1):
        row = dict(zip(HEADING, ROW, strict=True)) | {"ID": str(number)} | changes
        made.append(list(row.values()))
    return made


def changed(count: int, at: int, **changes: str) -> list[list[str]]:
    """Invent deals of which only the ``at``-th (from 1) has other cells."""
    made = rows(count)
    made[at - 1] = list((dict(zip(HEADING, made[at - 1], strict=True)) | changes).values())
    return made


def table(
    body: Sequence[Sequence[str]],
    heading: Sequence[str] = HEADING,
    *,
    delimiter: str = ";",
    encoding: str = "utf-8",
    end: str = "\n",
    quoting: int = csv.QUOTE_MINIMAL,
) -> bytes:
    """Write a table as delimited text."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([heading, *body])
    return text.getvalue().encode(encoding)
