"""Text that is odd as a whole: rows of two encodings in one file, and lines that somebody put into quotes once more.

Both come of files glued or saved again by hand. Found by a look at the lines, mended before anything is parsed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable

SAMPLE_LINES = 40
FEW_LETTERS = 4
MOST_BYTES = 64 << 20


HIGH = bytes(range(128, 256))
# What a byte may be in utf-8: the first of a letter, or one that goes on with it.
ROLES = bytes(ord("c") if 0x80 <= byte < 0xC0 else ord("l") if byte >= 0xC0 else 0 for byte in range(256))


def is_hardly_utf8(sample: bytes) -> bool:
    """Tell quickly of most texts that are no utf-8 that they are not: for ten letters there is more than one bad byte.

    A letter past ASCII has one first byte with one that goes on behind it; any other first byte is bad.
    """
    roles = sample.translate(ROLES)
    letters = roles.count(b"lc")
    return letters < (roles.count(b"l") - letters) * 10


def has_lines_of_utf8(content: bytes) -> bool:
    """Tell whether a text that is no utf-8 as a whole has lines that are: four bytes past ASCII do not fit by chance.

    Only lines where a first byte stands before one that goes on are looked at: in one-byte encodings few do.
    """
    content = content[:MOST_BYTES]
    roles = content.translate(ROLES)
    at = roles.find(b"lc")
    while at >= 0:
        start, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at)
        line = content[start : end if end >= 0 else len(content)]
        if len(line) - len(line.translate(None, HIGH)) >= FEW_LETTERS and _decoded(line) is not None:
            return True
        at = roles.find(b"lc", end) if end >= 0 else -1
    return False


def by_line(content: bytes, encoding_of_rest: Callable[[bytes], str]) -> bytes:
    """Return utf-8 of a text whose lines are utf-8 or something else.

    A line with more good letters than bad ones is utf-8 with a few wrong bytes, which become �; the other lines are read
    together in the encoding that ``encoding_of_rest`` finds for them.
    """
    lines = content.split(b"\n")
    wrong = {at: line for at, line in enumerate(lines) if not line.isascii() and _decoded(line) is None}
    foreign: list[int] = []
    for at, line in wrong.items():
        text = line.decode("utf-8", errors="replace")
        bad = text.count("�")
        good = sum(ord(sign) > 127 for sign in text) - bad
        if good >= bad:
            lines[at] = text.encode()
        else:
            foreign.append(at)
    if foreign:
        encoding = encoding_of_rest(b"\n".join(wrong[at] for at in foreign))
        for at in foreign:
            lines[at] = wrong[at].decode(encoding, errors="replace").encode()
    return b"\n".join(lines)


def _decoded(line: bytes) -> str | None:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return None


def unwrapped(text: bytes) -> bytes:
    """Take the outer quotes off lines that each are one cell with a whole row inside; other text stays as it is."""
    if text[:1] != b'"':
        return text
    lines = text.split(b"\n") if len(text) <= MOST_BYTES else []
    sample = [line for line in lines[:SAMPLE_LINES] if line.strip()]
    if len(sample) < 2 or not all(_is_wrapped(line) for line in sample):
        return text
    return b"\n".join(line[1:-1].replace(b'""', b'"') if _is_wrapped(line) else line for line in lines)


def _is_wrapped(line: bytes) -> bool:
    """Tell a line that is one quoted cell with delimiters in it."""
    if len(line) < 2 or line[:1] != b'"' or line[-1:] != b'"':
        return False
    inside = line[1:-1].replace(b'""', b"")
    if b'"' in inside:
        return False
    text = line[1:-1].replace(b'""', b'"').decode("utf-8", errors="replace")
    return any(len(next(csv.reader([text], delimiter=mark), [])) > 1 for mark in ",;\t|" if mark in text)
