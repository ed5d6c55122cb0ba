"""Checked, frozen values read from TOML: an unknown key is refused with the nearest known one, never passed over."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import VoronkaError, suggest


class Frozen(BaseModel):
    """A value whose keys are all known and which never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


Model = TypeVar("Model", bound=Frozen)


def read_toml(path: Path, error: type[VoronkaError]) -> dict[str, Any]:
    """Read a TOML file; a missing or malformed one raises ``error`` with the line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise error("There is no file {path}. Check the name.", path=path) from None
    except UnicodeDecodeError:
        raise error("{path} is not saved as UTF-8. Save it as UTF-8 and try again.", path=path) from None
    except tomllib.TOMLDecodeError as fault:
        raise error("{path} is not valid TOML: {fault}.", path=path, fault=fault) from None
    except OSError as fault:
        raise error("{path} cannot be read: {fault}.", path=path, fault=fault.strerror) from None


def checked(model: type[Model], content: dict[str, Any], path: Path, error: type[VoronkaError]) -> Model:
    """Turn parsed TOML into ``model``; the first fault is raised as ``error`` with its place and what to do."""
    try:
        return model.model_validate(content)
    except ValidationError as fault:
        faults = fault.errors()
        first = next((one for one in faults if one["type"] == "extra_forbidden"), faults[0])
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        if first["type"] == "extra_forbidden":
            known = _known_keys(model, first["loc"][:-1])
            raise error(
                'Unknown key "{key}" in {path}. {hint}',
                key=place,
                path=path,
                hint=suggest(str(first["loc"][-1]), known),
            ) from None
        raise error(
            "{path}: {place} is not as it should be: {reason}.",
            path=path,
            place=place,
            reason=first["msg"].removeprefix("Value error, "),
        ) from None


def _known_keys(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """Return the keys a nested table may have, following the place of a fault down the model."""
    here: type[BaseModel] = model
    for step in place:
        field = here.model_fields.get(str(step)) if isinstance(step, str) else None
        if field is None:
            field = next((f for f in here.model_fields.values() if f.alias == step), None)
        if field is not None:
            here = _inner_model(field.annotation) or here
    return [field.alias or name for name, field in here.model_fields.items()]


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None


def known_zone(zone: str) -> str:
    """Return the name of a time zone. Raises ValueError with the nearest known one when there is none of that name.

    The machine's list of zones is a search through its files, so it is made for the message only.
    """
    try:
        return ZoneInfo(zone).key
    except (KeyError, ValueError, OSError):
        raise ValueError(f'there is no time zone "{zone}". {suggest(zone, available_timezones())}') from None
