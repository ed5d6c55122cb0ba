"""Who looks, and what they may do: told by settings and by the header of a login proxy. What they may see is cut in ``access``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipelines.errors import SettingsError
from pipelines.settings import Home, Settings, read_settings

MAY_LOAD = ("head",)


@dataclass(frozen=True)
class Viewer:
    """Who asks. Everything that is cached or computed for a viewer is keyed by this value."""

    name: str = "owner"
    role: str = "head"
    manager: str = ""
    team: str = ""
    may_export: bool = True


def viewer_of(home: Home, headers: Mapping[str, str]) -> Viewer | None:
    """Tell who asks by the header of a login proxy; without ``[[person]]`` in settings everybody is the owner.

    None is somebody the settings do not name: no row is shown to them. Raises SettingsError.
    """
    settings = _settings(home, _stamp(home.settings_file))
    if not settings.person:
        return Viewer()
    given = {name.casefold(): value for name, value in headers.items()}
    login = given.get(settings.server.identity_header.casefold(), "") if settings.server.identity_header else ""
    return viewer_named(settings, login)


def knows_nobody(home: Home) -> bool:
    """Tell whether settings name readers and no header by which to know them, so that the pages are closed to everybody."""
    settings = _settings(home, _stamp(home.settings_file))
    return bool(settings.person) and not settings.server.identity_header


@lru_cache(maxsize=4)
def _settings(home: Home, stamp: tuple[int, int]) -> Settings:
    """Read the settings again only when their file has changed: every run of a page asks who looks."""
    return read_settings(home)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
    except OSError:
        return (0, 0)
    return (about.st_mtime_ns, about.st_size)


def viewer_named(settings: Settings, login: str) -> Viewer | None:
    """Return what a person of settings may see, by the login; None when the settings name no such person."""
    for one in settings.person:
        if login and one.login.casefold() == login.casefold():
            return Viewer(one.login, one.role, one.manager, one.team, one.may_export or one.role == "head")
    return None


def may_load(viewer: Viewer, home: Home, *, is_local: bool) -> bool:
    """Tell whether a viewer may bring files and decide how they are read.

    ``is_local`` says that only this machine can have asked. Settings go before it: ``[server] allow_upload``. Settings
    that cannot be read allow nothing to others than the machine itself.
    """
    try:
        allowed = read_settings(home).server.allow_upload
    except SettingsError:
        allowed = None
    return viewer.role in MAY_LOAD and (is_local if allowed is None else allowed)
