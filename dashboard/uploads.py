"""Files that come through the browser: kept aside under a cleaned name until they are loaded, and never run.

They lie in ``uploads`` of the home and not in its inbox, where ``voronka load --watch`` would take them before anybody
has looked at them. Only the owner of the server can read them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import unicodedata
from pathlib import Path

from pipelines.errors import HomeError, InputError
from pipelines.settings import Home

MOST_MEGABYTES = 25
"""The same as maxUploadSize in .streamlit/config.toml (a test compares)."""

KEPT_SECONDS = 24 * 3600
LONGEST_NAME = 100
HARMLESS = " ._-()[]№+,&"


def keep(home: Home, name: str, content: bytes) -> Path:
    """Put an uploaded file aside, whole or not at all; return where it lies. What was forgotten for a day goes.

    Raises InputError for a file that is too large or empty, HomeError when the folder cannot be written to.
    """
    shown = clean_name(name)
    if not content:
        raise InputError("{name} is empty. Export it again.", name=shown)
    if len(content) > MOST_MEGABYTES << 20:
        raise InputError(
            "{name} is larger than {limit} MB. Put it into the folder {inbox} and run: voronka load {inbox}",
            name=shown,
            limit=MOST_MEGABYTES,
            inbox=home.inbox,
        )
    sweep(home)
    folder = _folder(home) / hashlib.sha256(content).hexdigest()[:16]
    target = folder / shown
    try:
        home.path.mkdir(parents=True, exist_ok=True)
        for one in (_folder(home), folder):
            one.mkdir(mode=0o700, exist_ok=True)
        part = folder / f".{os.getpid()}-{time.monotonic_ns()}.part"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(part, target)
    except OSError as fault:
        raise HomeError(
            "The folder {home} cannot be written to: {fault}.", home=home.path, fault=fault.strerror or fault
        ) from None
    return target


def clean_name(name: str) -> str:
    """Make a name harmless: no folders, no control signs, no leading dot, at most a hundred letters, the ending kept."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    letters = "".join(sign if sign.isalnum() or sign in HARMLESS else "_" for sign in last).strip(" .")
    stem, dot, ending = letters.rpartition(".")
    if not dot:
        stem, ending = letters, ""
    ending = ending[:12]
    return f"{stem[: LONGEST_NAME - len(ending)].strip(' .') or 'export'}{dot}{ending}"


def discard(home: Home, path: Path) -> None:
    """Throw away a file that was put aside here; any other path is left alone."""
    if path.parent.parent == _folder(home):
        shutil.rmtree(path.parent, ignore_errors=True)


def sweep(home: Home) -> None:
    """Throw away what was put aside and forgotten."""
    oldest = time.time() - KEPT_SECONDS
    for folder in _folder(home).iterdir() if _folder(home).is_dir() else ():
        if folder.is_dir() and not folder.is_symlink() and folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def _folder(home: Home) -> Path:
    return home.path / "uploads"
