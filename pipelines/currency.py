"""Currencies by their three letters, whatever people call them."""

from __future__ import annotations

import polars as pl

RATES = {"rated_on": pl.Date(), "currency": pl.String(), "rate": pl.Decimal(18, 8)}
"""One row per day and currency: what one unit costs in the reporting currency."""
CURRENCY_NAMES = {
    "российский рубль": "RUB",
    "рубль": "RUB",
    "руб.": "RUB",
    "руб": "RUB",
    "₽": "RUB",
    "rur": "RUB",
    "доллар сша": "USD",
    "$": "USD",
    "евро": "EUR",
    "€": "EUR",
    "russian ruble": "RUB",
    "us dollar": "USD",
    "euro": "EUR",
    "тенге": "KZT",
    "₸": "KZT",
    "р.": "RUB",
    "рубли": "RUB",
    "рубль рф": "RUB",
    "доллар": "USD",
    "доллары сша": "USD",
    "фунт стерлингов": "GBP",
    "£": "GBP",
    "белорусский рубль": "BYN",
    "казахстанский тенге": "KZT",
    "украинская гривна": "UAH",
    "гривна": "UAH",
    "₴": "UAH",
    "китайский юань": "CNY",
    "юань": "CNY",
    "узбекский сум": "UZS",
    "киргизский сом": "KGS",
    "армянский драм": "AMD",
    "азербайджанский манат": "AZN",
    "грузинский лари": "GEL",
    "турецкая лира": "TRY",
    "₺": "TRY",
    "швейцарский франк": "CHF",
    "дирхам оаэ": "AED",
}


def currency_code(column: str) -> pl.Expr:
    """Return the three-letter code of a currency given by code, sign or Russian name."""
    return pl.col(column).str.strip_chars().str.to_lowercase().replace(CURRENCY_NAMES).str.to_uppercase()
