"""Files that wrap a file: gzip, and zip with one export inside; unpacked in memory under a cap."""

from __future__ import annotations

import io
import zipfile
import zlib

from pipelines.errors import InputError

MOST_BYTES = 4 * 1024**3
MOST_RATIO = 200


def unpack(content: bytes, name: str) -> bytes:
    """Return what a gzip or a zip holds, anything else as it is; raises InputError for a damaged or swollen one."""
    if content[:2] == b"\x1f\x8b":
        return _gunzip(content, name)
    if content[:4] == b"PK\x03\x04" and not _is_workbook(content):
        return _unzip(content, name)
    return content


def _cap(packed: int) -> int:
    return min(MOST_BYTES, max(packed * MOST_RATIO, 64 * 1024**2))


def _gunzip(content: bytes, name: str) -> bytes:
    cap, parts, total, rest = _cap(len(content)), [], 0, content
    try:
        while rest:
            unpacker = zlib.decompressobj(wbits=31)
            part = unpacker.decompress(rest, cap - total + 1)
            total += len(part)
            if total > cap or unpacker.unconsumed_tail:
                raise InputError("{name} unpacks to more than {limit} MB; it was not read.", name=name, limit=cap >> 20)
            if not unpacker.eof:
                raise InputError("{name} is cut short: the gzip does not end. Copy the file again.", name=name)
            parts.append(part)
            rest = unpacker.unused_data.lstrip(b"\0")
    except zlib.error:
        raise InputError("{name} is a damaged gzip file. Copy the file again.", name=name) from None
    return b"".join(parts)


def _is_workbook(content: bytes) -> bool:
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, OSError):
        return False
    return "[Content_Types].xml" in names


def _unzip(content: bytes, name: str) -> bytes:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        inside = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(inside) != 1:
            raise InputError("{name} holds {count} files; unpack it and load the folder.", name=name, count=len(inside))
        if inside[0].file_size > _cap(len(content)):
            raise InputError(
                "{name} unpacks to more than {limit} MB; it was not read.", name=name, limit=_cap(len(content)) >> 20
            )
        with archive.open(inside[0]) as member:
            return member.read(_cap(len(content)))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError):
        raise InputError(
            "{name} is a damaged or locked zip file. Unpack it and load what is inside.", name=name
        ) from None
