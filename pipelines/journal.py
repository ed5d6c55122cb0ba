"""Append-only lists of what happened, a JSON object a line: a line is on disk before anything else is done, or it is not there.

A crash may cut the last line off. Reading leaves it out, and the next line begins on its own, so that one cut line never takes
another with it. Who writes keeps others out: a journal has no lock of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

Line = dict[str, object]


def append(path: Path, line: Mapping[str, object]) -> str:
    """Write one line, synced to disk; returns its text without the end. Only the owner may read the file. Raises OSError."""
    text = json.dumps(line, ensure_ascii=False, default=str)
    rest = (text + "\n").encode()
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if _is_cut(handle):
            rest = b"\n" + rest
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    return text


def texts(path: Path) -> list[str]:
    """Return the lines as they were written, a cut one too; none when there is no file.

    Only our own ends of lines part them: what JSON leaves in a text as it is (U+2028, U+0085) does not.
    """
    with suppress(FileNotFoundError):
        written = path.read_bytes().decode("utf-8", errors="replace").split("\n")
        return written if written[-1] else written[:-1]
    return []


def lines(path: Path) -> list[Line]:
    """Return every line that can be read, oldest first; one cut off by a crash is left out."""
    found = []
    for text in texts(path):
        with suppress(ValueError):
            found.append(json.loads(text))
    return [one for one in found if isinstance(one, dict)]


def _is_cut(handle: int) -> bool:
    """Tell whether the last line has no end."""
    size = os.fstat(handle).st_size
    if size == 0:
        return False
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) != b"\n"
