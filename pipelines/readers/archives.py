"""Files that wrap files: gzip with one inside, zip with any number; unpacked in memory under a cap.

Nothing is ever written under a member's name. An archive with a name that climbs out of its folder, with a locked member, or
that swells beyond the cap is refused whole; an archive inside an archive, or a damaged member, is refused alone.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from pipelines.errors import InputError
from pipelines.readers.marks import GZIP

USUAL_RATIO, USUAL_BYTES = 50, 256 * 1024**2
MOST_BYTES = 4 * 1024**3
MOST_RATIO = 100
SMALL = 64 * 1024**2
MOST_MEMBERS = 1000
LOCKED = 1


def cap_of(packed: int) -> int:
    """Return the most bytes that a file of this size may unpack to: exports shrink ten- to fiftyfold, bombs a thousandfold."""
    return min(MOST_BYTES, max(packed * MOST_RATIO, SMALL))


def unpacked_text(content: bytes) -> bytes | None:
    """Unpack a gzip that is whole and of a usual size; None for any other, which is to be looked at with more care."""
    cap = min(USUAL_BYTES, len(content) * USUAL_RATIO)
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(content, cap)
    except zlib.error:
        return None
    whole = unpacker.eof and not unpacker.unconsumed_tail and not unpacker.unused_data
    return unpacked if whole else None


def gunzip(content: bytes, name: str) -> bytes:
    """Return what a gzip holds; raises InputError for a damaged or swollen one."""
    cap, whole, total, rest = cap_of(len(content)), io.BytesIO(), 0, content
    try:
        while rest.startswith(GZIP):
            unpacker = zlib.decompressobj(wbits=31)
            part = unpacker.decompress(rest, cap - total + 1)
            total += len(part)
            if total > cap or unpacker.unconsumed_tail:
                raise _swollen(name, cap)
            if not unpacker.eof:
                raise InputError("{name} is cut short: the gzip does not end. Copy the file again.", name=name)
            whole.write(part)
            rest = unpacker.unused_data.lstrip(b"\0")
    except zlib.error:
        raise InputError("{name} is a damaged gzip file. Copy the file again.", name=name) from None
    return whole.getvalue()


def members_of(content: bytes, name: str) -> Iterator[tuple[str, bytes | InputError]]:
    """Yield the files in a zip by name, or what is wrong with one; raises InputError when the archive is not to be trusted."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise InputError("{name} is a damaged zip file. Copy the file again.", name=name) from None
    inside = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_clutter(entry.filename)]
    cap = cap_of(len(content))
    if not inside:
        raise InputError("{name} is a zip with no files in it. Export it again.", name=name)
    if len(inside) > MOST_MEMBERS:
        raise InputError("{name} holds {count} files; unpack it and load the folder.", name=name, count=len(inside))
    for entry in inside:
        if _climbs(entry.filename):
            raise InputError("{name} holds a file whose name leads out of its folder; it was not read.", name=name)
        if entry.flag_bits & LOCKED:
            raise InputError("{name} is locked with a password. Unpack it and load what is inside.", name=name)
    if sum(entry.file_size for entry in inside) > cap:
        raise _swollen(name, cap)
    for entry in inside:
        try:
            with archive.open(entry) as member:
                unpacked = member.read(cap + 1)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, OSError):
            yield (
                entry.filename,
                InputError("{name} is damaged inside its zip. Copy the file again.", name=entry.filename),
            )
            continue
        cap -= len(unpacked)
        if cap < 0:
            raise _swollen(name, cap_of(len(content)))
        yield entry.filename, unpacked


def nested(name: str) -> InputError:
    """Say that an archive inside an archive is not read."""
    return InputError("{name} is an archive inside an archive. Unpack it and load what is inside.", name=name)


def _swollen(name: str, cap: int) -> InputError:
    return InputError("{name} unpacks to more than {limit} MB; it was not read.", name=name, limit=cap >> 20)


def _is_clutter(member: str) -> bool:
    """Tell what systems add to archives by themselves."""
    last = member.rsplit("/", 1)[-1]
    return member.startswith("__MACOSX/") or last in (".DS_Store", "Thumbs.db", "desktop.ini")


def _climbs(member: str) -> bool:
    path = member.replace("\\", "/")
    return path.startswith("/") or ".." in path.split("/") or path[1:3] == ":/"
