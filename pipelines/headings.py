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
CURRENCY_SIGNS = {"₽": "RUB", "руб": "RUB", "р": "RUB", "$": "USD", "€": "EUR", "₸": "KZT", "тг": "KZT", "£": "GBP"}
CURRENCY_SIGNS |= {"₴": "UAH", "RUR": "RUB"}
CODES = "RUB|RUR|USD|EUR|KZT|BYN|UAH|UZS|KGS|TJS|AMD|AZN|GEL|MDL|TRY|AED|ILS|GBP|CHF|PLN|CZK|RSD|CNY|JPY|INR|BRL|MXN"
CODES += (
    "|CAD|AUD|NZD|SEK|NOK|DKK|HUF|RON|BGN|HKD|SGD|THB|IDR|MYR|PHP|VND|KRW|TWD|ZAR|EGP|NGN|SAR|QAR|KWD|ARS|CLP|COP|PEN"
)
# A code of three letters counts in capitals or in brackets only: "First try" is no heading in liras.
CURRENCY_TAIL = re.compile(
    rf"(?:(?:,\s*|\s+)(?P<word>(?i:руб\.?|р\.|тг\.?)|{CODES})|,?\s*(?P<sign>[₽$€₸£₴])|\s*\((?P<inside>(?i:руб\.?|р\.|тг\.?|{CODES})|[₽$€₸£₴])\))\s*$"
)
NO_SIGNS = re.compile(r"[\u200b-\u200f\u2060\ufeff\xad]")
SPACES = re.compile(r"[\s\u00a0\u202f\u200b\ufeff]+")


@lru_cache(maxsize=65_536)
def fold_heading(heading: str) -> str:
    """Fold a heading for comparison: spaces, case, ё, currency tail, and Latin look-alikes in a Russian word."""
    folded = CURRENCY_TAIL.sub("", spelt_plainly(heading)).strip().casefold().replace("ё", "е")
    if re.search("[а-я]", folded):
        folded = " ".join(
            word.translate(LOOK_ALIKES) if re.search("[а-я]", word) else word for word in folded.split(" ")
        )
    return folded


def spelt_plainly(heading: str) -> str:
    """Return a heading with its spaces in order and its letters in one form."""
    heading = NO_SIGNS.sub("", heading).rstrip(" :*")  # zero-width signs; «Сумма:», «Сумма *»
    return SPACES.sub(" ", unicodedata.normalize("NFC", heading)).strip()


@lru_cache(maxsize=65_536)
def currency_in(heading: str) -> str | None:
    """Return the code of the currency that a heading ends with ("Cost (USD)", "Расход, ₽"); None when it names none."""
    found = CURRENCY_TAIL.search(spelt_plainly(heading))
    if found is None:
        return None
    word = (found["word"] or found["sign"] or found["inside"]).rstrip(".")
    return CURRENCY_SIGNS.get(word.casefold()) or CURRENCY_SIGNS.get(word.upper(), word.upper())


def unique_headings(headings: Sequence[str | None]) -> list[str]:
    """Name every column once: an empty heading becomes ``column N``, a repeated one is numbered.

    Names that differ only in case count as repeats, because the warehouse compares them so.
    """
    seen: dict[str, int] = {}
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
    """Return the first heading that folds to the same as ``wanted``; None when there is none.

    Of "Amount" and "Amount (USD)" the one with the currency that is asked for goes first.
    """
    folded, currency = fold_heading(wanted), currency_in(wanted)
    found = [heading for heading in headings if fold_heading(heading) == folded]
    return next((heading for heading in found if currency_in(heading) == currency), found[0] if found else None)
