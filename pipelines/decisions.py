"""What people decide about a home, written into its files: a mapping, names that mean the same, the dictionary of stages.

``settings.toml`` keeps its comments and whatever it holds besides. A file is written whole or not at all, readable by its
owner only, and never when the result would not be read back as settings.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError
from tomlkit.items import Table

from pipelines.errors import HomeError, SettingsError
from pipelines.model import checked
from pipelines.settings import Home, Settings, StageType

BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True)
class StageLine:
    """One stage of a funnel as somebody describes it; the place in the list is its order."""

    name: str
    type: StageType = "open"
    norm_days: float | None = None
    optional: bool = False


def write_mapping(home: Home, name: str, content: str) -> Path:
    """Keep a mapping in the home, in place of one of the same name; return its path. Raises HomeError."""
    target = home.mappings / f"{name}.toml"
    write_whole(target, content)
    return target


def accept_same(home: Home, thing: str, name: str, other: str) -> None:
    """Let ``other`` count as ``name`` from the next build on (``[same.manager]`` and so on).

    Names that ``other`` stood for come along. Raises SettingsError when the settings cannot be read or would not hold.
    """
    document = _document(home)
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
    document = _document(home)
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
