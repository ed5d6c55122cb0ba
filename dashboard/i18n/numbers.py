"""Numbers as a language writes them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from math import isfinite

from babel.numbers import format_compact_decimal, get_decimal_symbol, get_group_symbol

Number = int | float | Decimal


def known(x: Number | None) -> Number | None:
    """Return a number; None for what is unknown or no number."""
    return None if x is None or not isfinite(x) else x


@lru_cache
def _signs(code: str) -> dict[int, str]:
    """Say what a language writes for the comma between thousands and for the point."""
    return str.maketrans({",": get_group_symbol(code), ".": get_decimal_symbol(code)})


@lru_cache(maxsize=20_000)
def written(x: Number, digits: int, code: str) -> str:
    """Write a number; a page writes the same hundreds again and again.

    The same text as Babel's ``format_decimal`` of ``#,##0.00``, a half to the even digit, at a fiftieth of its time.
    """
    return with_minus(f"{Decimal(str(x or 0)):,.{digits}f}".translate(_signs(code)))


@lru_cache(maxsize=20_000)
def compact(x: Number, digits: int, code: str) -> str:
    """Write a number in short, with the word for thousands or millions."""
    return with_minus(format_compact_decimal(x, locale=code, fraction_digits=digits))


def rounded(x: Number, digits: int) -> Number:
    """Round a number as ``compact`` does, so that it need not write each of a thousand amounts anew."""
    exact = Decimal(str(x))
    if abs(exact) < 1000:
        return x
    step = Decimal((0, (1,), exact.adjusted() // 3 * 3 - digits))
    near = exact.quantize(step) if exact.adjusted() < 15 else exact
    return near if near.adjusted() == exact.adjusted() else x


def with_minus(written: str) -> str:
    """Put a true minus in place of the hyphen."""
    return written.replace("-", "−")
