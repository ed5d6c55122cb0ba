"""What a load says at its end: a line per file and sheet, and sums in which every row is accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from pipelines.errors import CheckFailed

ACCEPT, PARTIAL, REJECT, IGNORED = "accept", "partial", "reject", "ignored"
Note = tuple[str, dict[str, object]]
"""A sentence as an English template and its values, so that it can be translated."""


class Progress(Protocol):
    """Somebody who watches a load: the command line draws a bar, a page draws another."""

    def start(self, total: int, text: str) -> None: ...

    def step(self, n: int, text: str) -> None: ...

    def done(self) -> None: ...


class Silence:
    """A progress that shows nothing."""

    def start(self, total: int, text: str) -> None:
        return

    def step(self, n: int, text: str) -> None:
        return

    def done(self) -> None:
        return


@dataclass(frozen=True)
class FileReport:
    """One sheet of one file. ``rows_in = accepted + quarantined + duplicates``, or it cannot be made (CheckFailed)."""

    name: str
    sheet: str = ""
    profile: str = ""
    kind: str = ""
    rows_in: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    outcome: str = ACCEPT
    examples: tuple[tuple[int, str | None, str | None, str], ...] = ()
    """The first quarantined rows: line, heading, value, reason."""
    message: str = ""
    template: str = ""
    values: dict[str, object] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    """Sentences to show beside the counts; a report has these or, when it was refused or left out, the one template."""

    def __post_init__(self) -> None:
        if self.rows_in != self.accepted + self.quarantined + self.duplicates:
            raise CheckFailed(
                "{file}: {rows} rows were read, but {sum} are accounted for.",
                file=self.name,
                rows=self.rows_in,
                sum=self.accepted + self.quarantined + self.duplicates,
            )

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        hidden = ("template", "values", "notes")
        return {name: value for name, value in self.__dict__.items() if name not in hidden}


@dataclass(frozen=True)
class LoadReport:
    """A whole load: ``accept`` when every row of every file found its place, ``reject`` when nothing was stored."""

    files: tuple[FileReport, ...]
    snapshot: str | None
    message: str
    template: str = ""
    values: dict[str, object] = field(default_factory=dict)
    mended: str = ""
    notes: tuple[tuple[str, dict[str, object]], ...] = ()
    """Sentences about the load as a whole, each a template with its values."""

    @property
    def outcome(self) -> str:
        outcomes = {one.outcome for one in self.files} - {IGNORED}
        if outcomes == {ACCEPT}:
            return ACCEPT
        return PARTIAL if outcomes & {ACCEPT, PARTIAL} else REJECT

    @property
    def rows_in(self) -> int:
        return sum(one.rows_in for one in self.files)

    @property
    def accepted(self) -> int:
        return sum(one.accepted for one in self.files)

    @property
    def quarantined(self) -> int:
        return sum(one.quarantined for one in self.files)

    @property
    def duplicates(self) -> int:
        return sum(one.duplicates for one in self.files)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values, in the order that the command line promises."""
        return {
            "outcome": self.outcome,
            "rows_in": self.rows_in,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "duplicates": self.duplicates,
            "message": self.message,
            "files": [one.to_json() for one in self.files],
            "snapshot": self.snapshot,
        }
