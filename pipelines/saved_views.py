"""Views that people gave a name: a page with its filters, shared by all readers of a home, in ``views.json``.

A view holds the query of an address and no rows, so it shows each reader no more than that reader may see. Two who save at the
same moment both keep theirs: the file is read again under a lock and put in place whole.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from pipelines.decisions import write_whole
from pipelines.errors import InputError, SettingsError
from pipelines.settings import Home

MOST_VIEWS = 200
LONGEST_NAME = 60
LARGEST_QUERY = 20_000
"""Letters of one view's query, far more than a browser's address bar holds."""


@dataclass(frozen=True)
class View:
    """A page (its file) and the query of its address under a name; ``by`` saved it."""

    name: str
    page: str
    query: Mapping[str, list[str]]
    by: str = ""
    saved_at: str = ""


def file_of(home: Home) -> Path:
    """Return where the views of a home are kept."""
    return home.path / "views.json"


def saved_views(home: Home) -> tuple[View, ...]:
    """Return the views by name. Raises SettingsError when the file is not what was written."""
    try:
        given = json.loads(file_of(home).read_text(encoding="utf-8"))
        views = [_view(one) for one in given]
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise SettingsError(
            "The saved views in {path} cannot be read ({fault}). Delete the file, or take it from a backup.",
            path=file_of(home),
            fault=type(fault).__name__,
        ) from None
    return tuple(sorted(views, key=lambda view: view.name.casefold()))


def save_view(home: Home, view: View, *, may_replace: bool = False) -> View:
    """Keep a view, in place of one's own of the same name; return it as it was kept.

    ``may_replace`` lets somebody else's go too. Raises InputError: no name, the name is taken or too long, too many views;
    SettingsError: the file cannot be read; HomeError: it cannot be written.
    """
    name = plain_name(view.name)
    if not name:
        raise InputError("Write a name for the view first.")
    if len(name) > LONGEST_NAME:
        raise InputError("The name of a view has at most {count} letters.", count=LONGEST_NAME)
    if len(json.dumps(dict(view.query))) > LARGEST_QUERY:
        raise InputError("This view holds too many chosen values to be saved. Choose fewer.")
    kept = View(name, view.page, dict(view.query), view.by, datetime.now(UTC).isoformat(timespec="seconds"))
    home.path.mkdir(parents=True, exist_ok=True)
    with _lock(home):
        others = []
        for one in saved_views(home):
            if one.name.casefold() != name.casefold():
                others.append(one)
            elif one.by != view.by and not may_replace:
                raise InputError('"{name}" is a view of {by}. Take another name.', name=one.name, by=one.by)
        if len(others) >= MOST_VIEWS:
            raise InputError("There are {count} saved views already. Delete one first.", count=MOST_VIEWS)
        _write(home, [*others, kept])
    return kept


def delete_view(home: Home, name: str, *, by: str, may_replace: bool = False) -> None:
    """Delete a view; one that is gone already is no error. Raises InputError when it is somebody else's."""
    with _lock(home):
        views = saved_views(home)
        for one in views:
            if one.name == name and one.by != by and not may_replace:
                raise InputError('"{name}" is a view of {by}. Take another name.', name=one.name, by=one.by)
        left = [one for one in views if one.name != name]
        if len(left) < len(views):
            _write(home, left)


def plain_name(name: str) -> str:
    """Leave of a name what can be read: no control signs, none that turn the line, no spaces at its ends."""
    seen = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in name)
    return " ".join(seen.split())


def _view(given: Mapping[str, object]) -> View:
    query = given["query"]
    if not isinstance(query, dict) or not all(isinstance(values, list) for values in query.values()):
        raise ValueError("query")
    texts = {key: [str(value) for value in values] for key, values in query.items()}
    told = [str(given.get(key, "")) for key in ("by", "saved_at")]
    return View(str(given["name"]), str(given["page"]), texts, *told)


def _write(home: Home, views: list[View]) -> None:
    write_whole(file_of(home), json.dumps([asdict(one) for one in views], ensure_ascii=False, indent=1) + "\n")


def _lock(home: Home) -> FileLock:
    return FileLock(home.path / ".views.lock")
