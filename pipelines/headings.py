"""Headings as people and systems spell them, folded so that two spellings of one heading meet.

Folding is for matching only; what is shown and stored is the heading as exported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

# Latin letters that look like Russian ones: Bitrix24 itself writes «Cчёт» with a Latin C (formats.md 2.1).
LOOK_ALIKES = str.maketrans("abcehkmoptxy3", "авсенкмортхуз")
CURRENCY_TAIL = re.compile(r"(,?\s*(₽|руб\.?|р\.)|\s*\((руб\.?|₽|rub|usd|eur|\$|€)\))\s*$", re.IGNORECASE)
PLACE = "_line"
"""The name under which every row carries its place; a heading of that name is numbered."""
NO_SIGNS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff\xad]")
SPACES = re.compile(r"[\s\u00a0\u202f\u200b\ufeff]+")


@lru_cache(maxsize=65_536)
def fold_heading(heading: str) -> str:
    """Fold a heading for comparison: spaces, case, ё, currency tail, and Latin look-alikes in a Russian word."""
    heading = NO_SIGNS.sub("", heading).rstrip(" :*")  # zero-width signs; «Сумма:», «Сумма *»
    folded = SPACES.sub(" ", unicodedata.normalize("NFC", heading)).strip().casefold().replace("ё", "е")
    folded = CURRENCY_TAIL.sub("", folded).strip()
    if re.search("[а-я]", folded):
        folded = " ".join(
            word.translate(LOOK_ALIKES) if re.search("[а-я]", word) else word for word in folded.split(" ")
        )
    return folded


def unique_headings(headings: Sequence[str | None]) -> list[str]:
    """Name every column once: an empty heading becomes ``column N``, a repeated one is numbered.

    Names that differ only in case count as repeats, because the warehouse compares them so.
    """
    seen: dict[str, int] = {PLACE: 0}
    named: list[str] = []
    for position, heading in enumerate(headings, start=1):
        name = SPACES.sub(" ", NO_SIGNS.sub("", heading or "")).strip() or f"column {position}"
        base, turn = name, 1
        while name.casefold() in seen:
            turn += 1
            name = f"{base} ({turn})"
        seen[name.casefold()] = position
        named.append(name)
    return named


def find_heading(wanted: str, headings: Iterable[str]) -> str | None:
    """Return the first heading that folds to the same as ``wanted``; None when there is none."""
    folded = fold_heading(wanted)
    return next((heading for heading in headings if fold_heading(heading) == folded), None)
