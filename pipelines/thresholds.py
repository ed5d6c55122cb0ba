"""Rules of thumb that answers are held against, as the company set them: carried with each snapshot to the dashboard.

The dashboard never reads settings for a number: what an answer was held against is part of the snapshot, as its rows are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta

from pipelines.settings import Settings

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class WorkingDays:
    """The days on which the company works: days of the week, without the days off."""

    days: tuple[str, ...] = WEEK[:5]
    days_off: tuple[date, ...] = ()

    def is_working(self, day: date) -> bool:
        """Tell whether a day is worked."""
        return WEEK[day.weekday()] in self.days and day not in self.days_off

    def after(self, day: date, count: int = 1) -> date:
        """Return the working day that comes ``count`` working days after a day; 0 is the day itself."""
        while count:
            day += timedelta(days=1)
            count -= self.is_working(day)
        return day


@dataclass(frozen=True)
class Thresholds:
    """Reference values, none of them a fact; every one has its key in ``settings.toml``.

    ``least_stages``: open stages a funnel should have. ``no_contact_days``: days without a contact after which a client is
    neglected. ``usual_touches``: touches said to be needed before a sale. ``cards_a_day``: cards of clients that a manager
    should fill in a working day. ``working``: the company's days. ``other_share``: share of losses above which the reasons
    called "other" hide something. ``least_closed``: won and lost deals below which nothing is forecast.
    """

    least_stages: int = 7
    no_contact_days: int = 30
    other_share: float = 0.1
    least_closed: int = 50
    usual_touches: int = 5
    cards_a_day: int = 5
    working: WorkingDays = WorkingDays()


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
    return Thresholds(
        **settings.thresholds.model_dump(),
        no_contact_days=settings.clients.no_contact_days,
        working=WorkingDays(settings.working_time.days, settings.working_time.days_off),
    )


def written(settings: Settings) -> str:
    """Write thresholds and notes as the JSON that a snapshot holds."""
    notes = [one.model_dump(mode="json") for one in settings.note]
    return json.dumps({"thresholds": asdict(thresholds_of(settings)), "notes": notes}, ensure_ascii=False, default=str)


def read_back(text: str | None) -> tuple[Thresholds, tuple[Note, ...]]:
    """Read what a snapshot holds; one that was made before it held any says the defaults and no notes."""
    held = json.loads(text) if text else {}
    known = {one.name for one in fields(Thresholds)}
    values = {name: value for name, value in held.get("thresholds", {}).items() if name in known}
    if "working" in values:
        days = values["working"]
        values["working"] = WorkingDays(tuple(days["days"]), tuple(date.fromisoformat(day) for day in days["days_off"]))
    notes = [
        Note(
            date.fromisoformat(one["day"]),
            one["text"],
            {name: tuple(chosen) for name, chosen in one["only"].items()},
        )
        for one in held.get("notes", [])
    ]
    return Thresholds(**values), tuple(sorted(notes, key=lambda note: (note.day, note.text)))
