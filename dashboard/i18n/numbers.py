"""Numbers as a language writes them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from math import isfinite

from babel.numbers import format_decimal

Number = int | float | Decimal


def known(x: Number | None) -> Number | None:
    """Return a number; None for what is unknown or no number."""
    return None if x is None or not isfinite(x) else x


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


@lru_cache(maxsize=20_000)
def written(x: Number, digits: int, code: str) -> str:
    """Write a number; a page writes the same hundreds again and again."""
    return with_minus(format_decimal(x, format=_pattern(digits), locale=code))


def with_minus(written: str) -> str:
    """Put a true minus in place of the hyphen."""
    return written.replace("-", "−")
