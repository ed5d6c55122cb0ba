"""A table as a person keeps it, with the mapping a person would make of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ByHand:
    """One table: its text, its kind, and which heading each of our columns has."""

    name: str
    text: str
    kind: str
    columns: dict[str, str]
    asked: tuple[str, ...] = ()
    """Keys of questions that must be asked."""
    settled: dict[str, object] = field(default_factory=dict)
    """Attributes of ``Proposal.settings`` that must have been found."""
    key: tuple[str, ...] = ()
    refused: int = 0
    fine: tuple[tuple[str, str], ...] = ()
    """Pairs of a column and a heading that are no mistake either."""
