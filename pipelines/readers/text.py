"""Bytes to text: whatever the encoding, utf-8 with ``\\n`` line ends comes out.

A byte-order mark decides. Without one: two-byte text shows by its zero bytes; strict utf-8 is utf-8, also when a few bytes
are wrong (they become �); else cp1251, cp866, koi8-r and cp1252 are told apart by how the letters fall. That is done here
for the four encodings Russian systems write, which a short table tells better than a choice among dozens.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from itertools import pairwise

import polars as pl

from pipelines.errors import InputError
from pipelines.readers.odd_text import by_line, has_lines_of_utf8, is_hardly_utf8

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
BLOCK = 1 << 24
SMALL_BLOCK = 1 << 20
SAMPLE = 1 << 16
NO_TEXT = (b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"%PDF", b"\x7fELF", b"SQLite format 3", b"Rar!", b"7z\xbc\xaf")
NO_TEXT += (b"{\\rtf", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"BZh91AY", b"ID;PWXL;")
ODD_SIGNS = bytes({*range(1, 32)} - {*b"\t\n\r\f\v\x1a\x1b"})
COMMON = "оеаинтсрвлкмдпу"
RARE = "ъщэфЪЬЫЁ"
HIGH_RUN = re.compile(rb"[\x80-\xff]+")


def as_utf8(content: bytes, name: str) -> bytes:
    """Return utf-8 text with ``\\n`` line ends and no NULs; raises InputError when it is empty or no text."""
    encoding, content, is_whole = _encoding_of(content, name)
    if encoding == "utf-8":
        content = content if is_whole else by_line(content, _single_byte)
    else:
        content = _recoded(content, encoding)
    content = content.rstrip(b"\x1a").replace(b"\0", b"")
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
        lone = content.count(b"\r")
        if lone and lone > content.count(b"\n"):
            content = content.replace(b"\r", b"\n")
        elif lone:  # inside cells: no parser takes one for anything but the end of a row
            content = content.replace(b"\r", b" ")
    if not (content[:SAMPLE].strip() or content.strip()):
        raise InputError("{name} is empty. Export it again.", name=name)
    return content


def encoding_of(content: bytes, name: str) -> tuple[str, bytes]:
    """Find the encoding; returns it and the content without its mark."""
    return _encoding_of(content, name)[:2]


def _encoding_of(content: bytes, name: str) -> tuple[str, bytes, bool]:
    """Find the same, and whether the content is utf-8 from its first byte to its last."""
    nothing = b"\0 \t\r\n\x1a"
    if not (content[:SAMPLE].strip(nothing) or content.strip(nothing)):
        raise InputError("{name} is empty. Export it again.", name=name)
    for mark, encoding in BOMS:
        if content.startswith(mark) and (encoding != "utf-32-le" or len(content) % 4 == 0):
            unit = int(encoding[4:6]) // 8 if encoding != "utf-8" else 1
            content = content[len(mark) :].removeprefix(mark)
            is_whole = encoding == "utf-8" and _is_utf8(content)
            if encoding == "utf-8" and not (is_whole or _is_nearly_utf8(content)):
                break  # the mark is there and the text is of another encoding
            return encoding, content[: len(content) // unit * unit], is_whole
    sample = content[:SAMPLE]
    wide = _wide(sample)
    if wide:
        return wide, content[: len(content) // 2 * 2], False
    odd = len(sample) - len(sample.translate(None, ODD_SIGNS))
    nulls = sample.rstrip(b"\0").count(b"\0")
    if content.startswith(NO_TEXT) or odd * 50 > len(sample) or nulls * 5 > len(sample):
        raise InputError("{name} is not a table of text, a workbook or JSON. Export it as CSV or XLSX.", name=name)
    is_whole = _is_utf8(content)
    if is_whole or _is_nearly_utf8(content) or has_lines_of_utf8(content):
        return "utf-8", content, is_whole
    return _single_byte(content), content, False


def _wide(sample: bytes) -> str | None:
    """Tell two-byte text without a mark: the high byte of nearly every letter is 0, 4 (Cyrillic) or 32 (№, —)."""
    even, odd = sample[0::2], sample[1::2]
    if len(even) < 4 or 0 not in sample:
        return None

    def share(part: bytes) -> float:
        return sum(part.count(byte) for byte in (0, 4, 0x20, 0x21)) / len(part)

    if share(odd) > 0.9 and odd.count(0) > 0 and share(even) < 0.6:
        return "utf-16-le"
    if share(even) > 0.9 and even.count(0) > 0 and share(odd) < 0.6:
        return "utf-16-be"
    return None


def _is_utf8(content: bytes) -> bool:
    """Check strictly, block by block, so that no second copy of a large file is made."""
    start = 0
    while start < len(content):
        end = start + BLOCK
        # A block ends before a letter, never within one; four bytes that all go on with one belong to none.
        while start + BLOCK - 4 < end < len(content) and content[end] & 0xC0 == 0x80:
            end -= 1
        block = content[start:end]
        try:
            if not block.isascii():
                pl.Series([block], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.PolarsError:
            return False
        start = end
    return True


def _is_nearly_utf8(content: bytes) -> bool:
    """Tell utf-8 with a few wrong bytes, such as a letter cut in half: ten good letters for each bad byte."""
    sample = content[: 1 << 22]
    if is_hardly_utf8(sample):
        return False
    text = sample.decode("utf-8", errors="replace")
    bad = text.count("�")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    return good >= bad * 10


def _single_byte(content: bytes) -> str:
    """Choose among the one-byte encodings by the letters they make of the sample."""
    high = b" ".join(match.group() for match in HIGH_RUN.finditer(content[: 1 << 20]))[:SAMPLE]
    runs = high.split(b" ")
    if sum(map(len, runs)) / len(runs) < 1.4 and _western(content[: 1 << 20]):
        return "cp1252"
    return max(("cp1251", "cp866", "koi8-r"), key=lambda encoding: _russian(high, encoding))


def _western(sample: bytes) -> bool:
    """Tell accents inside Latin words: most high bytes have a Latin letter beside them."""
    beside = len(re.findall(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]", sample))
    return beside * 2 > len(HIGH_RUN.findall(sample))


def _russian(high: bytes, encoding: str) -> float:
    """Score how Russian a text looks: common letters count for, rare ones, signs and capitals inside words against."""
    text = high.decode(encoding, errors="replace")
    score = 0.0
    for sign, times in Counter(text).items():
        if sign.lower() in COMMON:
            score += 1.0 * times
        elif sign in RARE:
            score -= 0.5 * times
        elif not (sign == " " or "а" <= sign.lower() <= "я" or sign in "ё№«»—–\xa0"):
            score -= 2.0 * times
    inside = sum(times for (one, next_), times in Counter(pairwise(text)).items() if next_.isupper() and one.islower())
    return score - 1.5 * inside


def _recoded(content: bytes, encoding: str) -> bytes:
    """Turn text of another encoding into utf-8, block by block; of one-byte encodings, ASCII is utf-8 already."""
    if not encoding.startswith("utf"):
        blocks = (content[start : start + SMALL_BLOCK] for start in range(0, len(content), SMALL_BLOCK))
        return b"".join(one if one.isascii() else one.decode(encoding, "replace").encode() for one in blocks)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    parts = [
        decoder.decode(content[start : start + BLOCK], final=start + BLOCK >= len(content)).encode("utf-8", "replace")
        for start in range(0, len(content), BLOCK)
    ]
    return b"".join(parts)
