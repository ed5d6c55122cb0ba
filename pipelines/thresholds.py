"""Rules of thumb that answers are held against, as the company set them: carried with each snapshot to the dashboard.

The dashboard never reads settings for a number: what an answer was held against is part of the snapshot, as its rows are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date

from pipelines.settings import Settings


@dataclass(frozen=True)
class Thresholds:
    """Reference values, none of them a fact; every one has its key in ``settings.toml``.

    ``least_stages``: open stages a funnel should have. ``no_contact_days``: days without a contact after which a client is
    neglected. ``other_share``: share of losses above which the reasons called "other" hide something. ``least_closed``: won
    and lost deals below which nothing is forecast.
    """

    least_stages: int = 7
    no_contact_days: int = 30
    other_share: float = 0.1
    least_closed: int = 50


@dataclass(frozen=True)
class Note:
    """Something that was changed on a day, and for whom: a hypothesis to be judged, or a mark on a trend.

    ``only`` maps dimensions (manager, channel, product …) to the values it concerns; empty, it concerns everybody.
    """

    day: date
    text: str
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def thresholds_of(settings: Settings) -> Thresholds:
    """Gather the reference values from where the settings have them."""
    return Thresholds(**settings.thresholds.model_dump(), no_contact_days=settings.clients.no_contact_days)


def written(settings: Settings) -> str:
    """Write thresholds and notes as the JSON that a snapshot holds."""
    notes = [one.model_dump(mode="json") for one in settings.note]
    return json.dumps({"thresholds": asdict(thresholds_of(settings)), "notes": notes}, ensure_ascii=False)


def read_back(text: str | None) -> tuple[Thresholds, tuple[Note, ...]]:
    """Read what a snapshot holds; one that was made before it held any says the defaults and no notes."""
    held = json.loads(text) if text else {}
    known = {one.name for one in fields(Thresholds)}
    values = {name: value for name, value in held.get("thresholds", {}).items() if name in known}
    notes = [
        Note(
            date.fromisoformat(one["day"]),
            one["text"],
            {name: tuple(chosen) for name, chosen in one["only"].items()},
        )
        for one in held.get("notes", [])
    ]
    return Thresholds(**values), tuple(sorted(notes, key=lambda note: (note.day, note.text)))
