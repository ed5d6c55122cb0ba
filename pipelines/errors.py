"""The one exception family: every message is a sentence that says what, where, and what now.

Whatever else goes wrong is a defect of ours; the command line turns these, and only these, into one line and exit code 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class VoronkaError(Exception):
    """Something the user can mend. ``str(error)`` is what is shown; it is complete without a traceback.

    Takes an English template and its values, so that whoever shows the message can translate the template first:
    ``InputError("There is no file {path}.", path=path)``.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format(**values) if values else template)
        self.template = template
        self.values = values


class InputError(VoronkaError):
    """A file or folder that cannot be read as it is: missing, empty, not a table, of an unknown kind."""


class MappingError(VoronkaError):
    """A mapping (TOML) that cannot be used: bad grammar, an unknown column, a heading that is not there."""


class SettingsError(VoronkaError):
    """A settings file with an unknown key or a value of the wrong kind."""


class HomeError(VoronkaError):
    """The home folder holds no published snapshot, or cannot be written to."""


class DamagedError(HomeError):
    """The working store or a snapshot cannot be read: bits have changed, or an end is missing."""


class BusyError(VoronkaError):
    """Another load holds the lock of this home."""


class CheckFailed(VoronkaError):
    """An identity that must hold does not (rows or sums were lost): the build was not published."""


class UnknownName(VoronkaError):
    """A metric, dimension, stage or kind that does not exist; the message carries the nearest one."""


def N_(text: str) -> str:
    """Mark a text that people are shown, so that the catalogue of translations knows it; return it as it is."""
    return text


@dataclass(frozen=True)
class Suggestion:
    """The nearest known name and how near it is (0…100)."""

    name: str
    score: float


def nearest(word: str, known: Iterable[str], *, at_least: float = 70.0) -> Suggestion | None:
    """Find the known name nearest to ``word``, ignoring case and spaces; None when nothing is near."""
    from rapidfuzz import fuzz, process  # nobody waits for it who makes no mistake

    squeezed = {name: "".join(name.casefold().split()) for name in known}
    found = process.extractOne("".join(word.casefold().split()), squeezed, scorer=fuzz.WRatio)
    if found is None or found[1] < at_least:
        return None
    return Suggestion(name=found[2], score=float(found[1]))


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean "x"?`` or a list of what there is, ready to end an error message."""
    names = list(known)
    match = nearest(word, names)
    if match is not None:
        return f'Did you mean "{match.name}"?'
    return f"There are: {', '.join(sorted(names))}." if names else "There are none yet."
