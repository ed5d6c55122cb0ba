"""Where a value stands in a drawing: numbers, days and words of an axis as places in pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashboard.i18n import NBSP

PAD = 0.05


@dataclass
class Axis:
    """One axis of a figure: what it says, and the pixels it runs between."""

    given: dict[str, Any]
    begin: float = 0.0
    end: float = 1.0
    low: float = 0.0
    high: float = 1.0
    words: list[str] = field(default_factory=list)

    @property
    def is_shown(self) -> bool:
        """Whether its ticks are drawn."""
        return self.given.get("visible", True) is not False

    def number(self, value: object) -> float | None:
        """Turn a value into a number: days of a date, the place of a word; None for what is unknown."""
        if value is None or isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return float(value) if value == value else None
        text = str(value)
        if self.given.get("type") != "category":
            try:
                return datetime.fromisoformat(text).toordinal() + datetime.fromisoformat(text).hour / 24
            except ValueError:
                pass
        if text not in self.words:
            self.words.append(text)
        return float(self.words.index(text))

    def fit(self, values: Iterable[float]) -> None:
        """Choose the span: the one the figure asks for, else that of the values with a little room."""
        asked = [self.number(one) for one in self.given.get("range") or ()]
        if len(asked) == 2 and asked[0] is not None and asked[1] is not None:
            self.low, self.high = asked[0], asked[1]
        else:
            known = list(values) or [0.0, 1.0]
            room = (max(known) - min(known)) * PAD or 0.5
            self.low, self.high = min(known) - room, max(known) + room
            if self.given.get("autorange") == "reversed":
                self.low, self.high = self.high, self.low
        if self.low == self.high:
            self.high = self.low + 1.0

    def at(self, value: float) -> float:
        """Return the pixel of a number."""
        return self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin)

    def place(self, value: object, ref: str | None) -> float:
        """Return the pixel of a value of a shape or note, which may be a part of the whole drawing."""
        if ref == "paper":
            return self.begin + float(str(value)) * (self.end - self.begin)
        return self.at(self.number(value) or 0.0)

    def ticks(self) -> list[tuple[float, str]]:
        """Return what is written along the axis and where."""
        at, texts = self.given.get("tickvals"), self.given.get("ticktext")
        if at is not None and texts is not None:
            placed = [(self.number(one), str(text)) for one, text in zip(at, texts, strict=False)]
            return [(one, text) for one, text in placed if one is not None and self._holds(one)]
        if self.words:
            return [(float(place), word) for place, word in enumerate(self.words)]
        step = nice(abs(self.high - self.low) / 5)
        first = -(-min(self.low, self.high) // step) * step
        counted = [first + step * number for number in range(8)]
        return [
            (one, f"{one:,.0f}".replace(",", NBSP) if step >= 1 else f"{one:g}") for one in counted if self._holds(one)
        ]

    def _holds(self, value: float) -> bool:
        low, high = sorted((self.low, self.high))
        return low - 1e-9 <= value <= high + 1e-9


def nice(size: float) -> float:
    """Round a step up to 1, 2 or 5 times a power of ten."""
    power = 1.0
    while power > size > 0:
        power /= 10
    while power * 10 <= size:
        power *= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= size)


def each(value: Any, count: int, default: Any = None) -> Sequence[Any]:
    """Return one value per point of what a figure gives once for all, or per point."""
    if value is None:
        return [default] * count
    if isinstance(value, list | tuple):
        return list(value) + [default] * (count - len(value))
    return [value] * count
