"""What the words of a command mean: lists, days, a horizon, two stages, and a filter checked against the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import access
from dashboard.access import Facts
from dashboard.filters import FIELDS, Filter, parse_day
from dashboard.periods import Period
from pipelines.errors import UnknownName
from pipelines.settings import Home


def words(given: Sequence[str]) -> list[str]:
    """Split ``manager,product`` and repeated options alike."""
    return [word.strip() for part in given for word in part.split(",") if word.strip()]


def filter_of(chosen: Mapping[str, Any]) -> Filter:
    """Make the filter of the options. Raises UnknownName for what is no date."""
    start, end = (parse_day(chosen[key]) if chosen[key] is not None else None for key in ("start", "end"))
    values: dict[str, Any] = {name: tuple(chosen[name]) for name in FIELDS.values()}
    return Filter(**values, period=Period(start, end))


def opened(home: Home, chosen: Mapping[str, Any]) -> tuple[Facts, Filter]:
    """Open the facts and make the filter of the options. Raises UnknownName for a value no deal has, or no date."""
    filter = filter_of(chosen)
    facts = access.open_facts(home)
    filter.check_known(facts.deals)
    return facts, filter


def horizon(word: str) -> int | None:
    """Read a horizon: days above zero or ``none``. Raises UnknownName."""
    if word == "none":
        return None
    if word.isascii() and word.isdigit() and int(word[:6]) > 0 and len(word) <= 5:
        return int(word)
    raise UnknownName('"{word}" is not a horizon. Write a number of days like 90, or none.', word=word)


def stage_pair(pair: str, known: Sequence[str]) -> tuple[str, str]:
    """Split "A,B" into two stages; a stage's own name may hold a comma. Raises UnknownName."""
    places = [place for place, letter in enumerate(pair) if letter == ","]
    splits = [(pair[:place].strip(), pair[place + 1 :].strip()) for place in places]
    found = [(one, two) for one, two in splits if one in known and two in known]
    if found or splits:
        return found[0] if found else splits[0]
    raise UnknownName('"{pair}" does not name two stages. Write them with a comma: --between "A,B".', pair=pair)
