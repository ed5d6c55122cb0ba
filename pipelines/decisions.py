"""What people decide about a home, written into its files: a mapping, names that mean the same, stages, single settings.

``settings.toml`` keeps its comments and whatever it holds besides. A file is written whole or not at all, readable by its
owner only, and never when the result would not be read back as settings. Two writers wait for each other, and none undoes
a value that the other has written and this one has not seen.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit
from filelock import FileLock, Timeout
from tomlkit.exceptions import ParseError
from tomlkit.items import Array, Table

from pipelines.errors import BusyError, HomeError, SettingsError
from pipelines.model import checked
from pipelines.settings import Home, Settings, StageType

WAIT_SECONDS = 10
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True)
class StageLine:
    """One stage of a funnel as somebody describes it; the place in the list is its order."""

    name: str
    type: StageType = "open"
    norm_days: float | None = None
    optional: bool = False


@dataclass(frozen=True)
class Edit:
    """A setting as somebody saw it, and as it shall be; None takes it out of the file, so that its default holds."""

    before: object
    after: object


def write_mapping(home: Home, name: str, content: str) -> Path:
    """Keep a mapping in the home, in place of one of the same name; return its path. Raises HomeError."""
    target = home.mappings / f"{name}.toml"
    write_whole(target, content)
    return target


def accept_same(home: Home, thing: str, name: str, other: str) -> None:
    """Let ``other`` count as ``name`` from the next build on (``[same.manager]`` and so on).

    Names that ``other`` stood for come along. Raises SettingsError when the settings cannot be read or would not hold.
    """
    with _open(home) as document:
        same = document.setdefault("same", tomlkit.table(is_super_table=True))
        names = same.setdefault(thing, tomlkit.table())
        keeper = next((kept for kept, others in names.items() if name in others), name)
        if keeper == other:
            return
        joined = [*names.get(keeper, []), other, *names.pop(other, [])]
        names[keeper] = list(dict.fromkeys(one for one in joined if one != keeper))
        _save(home, document)


def write_stages(home: Home, funnel: str, stages: Sequence[StageLine]) -> None:
    """Write the stages of a funnel in their order; codes and other keys of a stage that was described before stay.

    Raises SettingsError when the settings cannot be read or would not hold.
    """
    with _open(home) as document:
        funnels = document.setdefault("funnel", tomlkit.aot())
        place = next((at for at, one in enumerate(funnels) if one.get("name") == funnel), None)
        if place is None:
            table = tomlkit.table()
            table["name"] = funnel
            funnels.append(table)
            place = len(funnels) - 1
        known = {one["name"]: one for one in funnels[place].get("stage", [])}
        ordered = tomlkit.aot()
        for stage in stages:
            ordered.append(_described(known.get(stage.name), stage))
        funnels[place]["stage"] = ordered
        _save(home, document)


def value_at(settings: Settings, name: str) -> Any:
    """Return a setting by its dotted name as the file spells it, such as ``working_time.from``."""
    here: Any = settings
    for step in name.split("."):
        fields = type(here).model_fields
        here = getattr(here, next(own for own, field in fields.items() if step in (own, field.alias)))
    return here


def write_values(home: Home, edits: Mapping[str, Edit]) -> None:
    """Write single settings by their dotted names, all of them or none; the rest of the file stays as it is.

    Raises SettingsError when one of them is no longer what ``before`` says, because somebody else changed it meanwhile, or
    when the result would not be read back as settings.
    """
    with _open(home) as document:
        now = checked(Settings, document.unwrap(), home.settings_file, SettingsError)
        for name, edit in edits.items():
            if value_at(now, name) != edit.before:
                raise SettingsError(
                    "{key} was changed meanwhile and is now {value}. Look at it, and save again.",
                    key=name,
                    value=value_at(now, name),
                )
        for name in [name for name, edit in edits.items() if "." not in name and name not in document]:
            document = _with_first_key(document, name, edits[name].after)
        for name, edit in edits.items():
            _put(document, name.split("."), edit.after)
        _save(home, document)


def _with_first_key(document: Any, name: str, value: object) -> Any:
    """Put a new key of no table before the first line that is no comment; tomlkit parts a table from its comment."""
    if value is None:
        return document
    lines = tomlkit.dumps(document).splitlines(keepends=True)
    at = next((place for place, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), None)
    if at is None:
        lines.append("" if not lines or lines[-1].endswith("\n") else "\n")
        at = len(lines)
    elif lines[at].lstrip().startswith("["):
        while at and lines[at - 1].strip():
            at -= 1
    key = tomlkit.item(value).as_string()
    return tomlkit.parse("".join([*lines[:at], f"{name} = {key}\n", *lines[at:]]))


def _put(table: Any, path: Sequence[str], value: object) -> None:
    """Set, change or remove one value below a table; an array or table that is there is changed in place."""
    name, *rest = path
    if rest:
        if value is None and name not in table:
            return
        _put(table.setdefault(name, tomlkit.table()), rest, value)
    elif value is None:
        table.pop(name, None)
    elif isinstance(value, Mapping):
        inner = table.setdefault(name, tomlkit.table())
        for key in [key for key in inner if key not in value]:
            inner.pop(key)
        for key, one in value.items():
            if inner.get(key) != one:
                inner[key] = one
    elif isinstance(value, (list, tuple)) and isinstance(table.get(name), Array):
        _put_items(table[name], value)
    elif table.get(name) != value:
        table[name] = list(value) if isinstance(value, tuple) else value


def _put_items(array: Array, values: Sequence[object]) -> None:
    """Make an array hold these values and keep those that stay as they are written, with their comments."""
    as_text = any(isinstance(one, str) for one in array.unwrap())
    wanted = [one.isoformat() if isinstance(one, date) and as_text else one for one in values]
    for at in reversed(range(len(array))):
        if array.unwrap()[at] not in wanted:
            del array[at]
    there = array.unwrap()
    for one in wanted:
        if one not in there:
            array.append(one)


def _described(before: Table | None, stage: StageLine) -> Table:
    table = tomlkit.table() if before is None else before
    table["name"] = stage.name
    table["type"] = stage.type
    if stage.norm_days is not None:
        whole = float(stage.norm_days).is_integer()
        table["norm_days"] = int(stage.norm_days) if whole else stage.norm_days
    elif "norm_days" in table:
        table.remove("norm_days")
    if stage.optional:
        table["optional"] = True
    elif "optional" in table:
        table.remove("optional")
    return table


@contextmanager
def _open(home: Home) -> Generator[Any]:
    """Read the settings to be changed; nobody else changes them meanwhile."""
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(home.path / ".settings.lock", timeout=WAIT_SECONDS, mode=0o600):
            yield _document(home)
    except Timeout:
        raise BusyError("Somebody else is writing {path}. Try again.", path=home.settings_file) from None
    except OSError as fault:
        raise HomeError(
            "The folder {home} cannot be written to: {fault}.", home=home.path, fault=fault.strerror or fault
        ) from None


def _document(home: Home) -> Any:
    """Read the settings with their comments; an empty document when there are none."""
    try:
        return tomlkit.parse(home.settings_file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return tomlkit.document()
    except (ParseError, UnicodeDecodeError) as fault:
        raise SettingsError("{path} is not valid TOML: {fault}.", path=home.settings_file, fault=fault) from None
    except OSError as fault:
        raise SettingsError("{path} cannot be read: {fault}.", path=home.settings_file, fault=fault.strerror) from None


def _save(home: Home, document: Any) -> None:
    content = tomlkit.dumps(document)
    if '"""' not in content and "'''" not in content:
        content = BLANK_LINES.sub("\n\n", content)  # moved tables bring theirs along
    checked(Settings, tomlkit.parse(content).unwrap(), home.settings_file, SettingsError)
    write_whole(home.settings_file, content)


def write_whole(path: Path, content: str) -> None:
    """Put a file in place whole, flushed to disk, for its owner only. Raises HomeError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise HomeError(
            "The folder {home} cannot be written to: {fault}.", home=path.parent, fault=fault.strerror or fault
        ) from None
