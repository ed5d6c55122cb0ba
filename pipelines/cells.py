"""Columns of millions of text cells: the usual spelling first, the careful parser for the cells that are spelt otherwise.

Every function gives exactly what the expressions of ``parse`` give for the same cells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from pipelines import parse

MANY = 10_000
LOOKED_AT = 2_000
FEW_VALUES = 500
NOTHING = (*parse.EMPTY_WORDS, *parse.NO_DATES)
PLAIN_COUNT = r"^-?[0-9]{1,15}$"
PLAIN_NUMBER = {
    ".": r"^-?[0-9]{1,15}(?:\.[0-9]*)?$",
    ",": r"^-?[0-9]{1,15}(?:,[0-9]*)?$",
    # "1.200" may be a thousand and more: three figures behind a sign are left to the careful parser.
    None: r"^-?[0-9]{1,15}(?:[.,](?:[0-9]{0,2}|[0-9]{4,}))?$",
}
Cells = Callable[[pl.Series], pl.Series]


def by_value(text: pl.Series, make: Cells) -> pl.Series:
    """Apply a function of single cells (null stays null) to each different value once, where there are few."""
    if len(text) < MANY or text.dtype != pl.String or text.head(LOOKED_AT).n_unique() > FEW_VALUES:
        return make(text)
    values = text.drop_nulls().unique(maintain_order=True)
    if len(values) * 10 > len(text):
        return make(text)
    return make(values).gather(text.cast(pl.Enum(values)).to_physical().cast(pl.UInt32)).alias(text.name)


def written(text: pl.Series, words: Sequence[str]) -> pl.Series:
    """Return null for the spellings of "nothing", as ``parse.empty_to_null`` does."""

    def exact(cells: pl.Series) -> pl.Series:
        return cells.to_frame("cell").select(parse.empty_to_null(pl.col("cell"), words).alias(text.name)).to_series()

    firsts = {word[:1].casefold() for word in (*NOTHING, *words)}
    if len(text) < MANY or not all(
        (first.isascii() and first not in "ik") or "а" <= first <= "я" or first in "—–" for first in firsts
    ):
        return by_value(text, exact)

    def noticed(cells: pl.Series) -> pl.Series:
        signs = "".join(sorted({sign for first in firsts for sign in (first, first.upper())}))
        escaped = "".join(f"\\{sign}" if not sign.isalnum() and sign.isascii() else sign for sign in signs)
        doubtful = cells.str.contains(f"^(?:$|[{escaped}])").fill_null(False)
        if not doubtful.any():
            return cells
        # scatter changes the series it is called on
        return cells.clone().scatter(doubtful.arg_true(), exact(cells.filter(doubtful)))

    return by_value(text, noticed)


def composed(text: pl.Series) -> pl.Series:
    """Return text in one form of its accents (NFC)."""
    if text.dtype != pl.String or all(some.str.contains(r"^[ -~]*$").all() for some in (text.head(LOOKED_AT), text)):
        return text
    return by_value(text, lambda cells: cells.str.normalize("NFC"))


def money(text: pl.Series, decimal: str | None, scale: float | None) -> pl.Series:
    """Parse amounts, as ``parse.as_money`` does."""

    def plainly(cells: pl.Series) -> pl.Series:
        number = pl.col("cell").str.replace(",", ".", literal=True) if decimal != "." else pl.col("cell")
        return cells.to_frame("cell").select(parse.rounded(number.cast(pl.Float64, strict=False), scale)).to_series()

    return _usual_first(text, PLAIN_NUMBER[decimal], plainly, parse.as_money(pl.col("cell"), decimal, scale))


def product(text: pl.Series, sign: str, decimal: str | None, scale: float | None) -> pl.Series:
    """Multiply the price before ``sign`` by the number of pieces behind it, to the kopeck, half away from zero."""
    parts = text.str.split(sign).list
    price, pieces = (parts.get(at, null_on_oob=True) for at in (0, 1))
    amount = money(price.set(parts.len() != 2, None), decimal or parse.decimal_sign(price), scale)
    counted = parse.as_quantity(pl.col("pieces"), decimal or parse.decimal_sign(pieces))
    found = pl.DataFrame({"amount": amount.cast(pl.Decimal(38, 2)), "pieces": pieces}).select(
        (pl.col("amount") * counted).round(2, mode="half_away_from_zero").cast(pl.Decimal(18, 2), strict=False)
    )
    return found.to_series().alias(text.name)


def seconds(text: pl.Series) -> pl.Series:
    """Parse lengths of time, as ``parse.as_seconds`` does."""
    return _usual_first(
        text, PLAIN_NUMBER["."], lambda cells: cells.cast(pl.Float64, strict=False), parse.as_seconds(pl.col("cell"))
    )


def count(text: pl.Series) -> pl.Series:
    """Parse whole numbers, as ``parse.as_count`` does."""
    return _usual_first(
        text, PLAIN_COUNT, lambda cells: cells.cast(pl.Int64, strict=False), parse.as_count(pl.col("cell"))
    )


def _usual_first(text: pl.Series, usual: str, plainly: Cells, carefully: pl.Expr) -> pl.Series:
    if text.dtype != pl.String:
        return text.to_frame("cell").select(carefully.alias(text.name)).to_series()
    is_usual = text.str.contains(usual)
    if is_usual.all():  # nulls aside
        return plainly(text).alias(text.name)
    others = (~is_usual).fill_null(False)
    found = plainly(text.to_frame("cell").select(pl.when(~others).then("cell")).to_series())
    careful = text.filter(others).to_frame("cell").select(carefully).to_series()
    return found.scatter(others.arg_true(), careful).alias(text.name)
