"""Text to money, moment, day, count, seconds, yes or no, as Polars expressions.

Every parser gives null for what it cannot read, and never a guess: an amount whose dot may be a decimal sign or a
thousands sign is refused unless the other amounts of its column settle it. Day and month are never swapped cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import polars as pl

from pipelines.parse_days import rewritten

EMPTY_WORDS = ("", "-", "—", "–", "null", "none", "nan", "n/a", "#n/a", "не указано", "не указан", "(пусто)")
# What 1C and MySQL write for "no date".
NO_DATES = ("0001-01-01", "0001-01-01 00:00:00", "01.01.0001", "01.01.0001 0:00:00", "01.01.0001 00:00:00")
NO_DATES += ("0000-00-00", "0000-00-00 00:00:00", "00.00.0000", "00.00.0000 00:00:00")
YES_WORDS = ("да", "yes", "y", "true", "истина", "1", "+", "answered")
NO_WORDS = ("нет", "no", "n", "false", "ложь", "0", "")
DOT_DATES = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")
ISO = "iso"
EXCEL = "excel"
EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel counts days from here, in no zone
ISO_SPELLINGS = (
    "%Y-%m-%d %H:%M:%S",  # a case of a later one, and four times as fast
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
)
MOMENT = pl.Datetime("us", "UTC")
FIRST = 1000
SPACES = r"[\s\u00a0\u202f\u2009'’]"
CURRENCY_AFTER = r"(?i)(₽|руб(лей|ля|ль|\.)?|р\.?|[$€₸₴£]|rub|rur|usd|eur|kzt|byn|uah|uzs|kgs|gbp|cny|тг\.?|тенге)$"
# A thousands sign has groups of two or three digits after it and three in the last: "01.02.2026" is no amount.
ILL_GROUPED = {sign: rf"^[^{sign}]*[{sign}](?:\d{{2,3}}[{sign}])*(?:\d{{0,2}}|\d{{4,}})(?:\D|$)" for sign in ".,"}
ONE_THOUSAND = r"^-?\d{1,3}[.,]\d{3}$"


UNTIDY = r'^\s|\s$|\s\s|[\t\r\n\u00a0\u202f\u200b\u200e\u200f\u2060\ufeff\x00]|^="'


def tidy(cells: pl.Series) -> pl.Series:
    """Return cells with outer and repeated spaces (also no-break ones) and zero-width signs removed."""
    if not cells.str.contains(UNTIDY).any():
        return cells
    return (
        cells.str.replace_all(r"[\u200b\u200e\u200f\u2060\ufeff\x00]", "")
        .str.replace_all(r"[\s\u00a0\u202f]+", " ")
        .str.strip_chars(" ")
        .str.replace(r'^="(.*)"$', "${1}")  # how a text is kept from becoming a number in Excel
    )


def empty_to_null(text: pl.Expr, words: Iterable[str] = ()) -> pl.Expr:
    """Return null for the spellings of "nothing": the usual ones and the profile's own."""
    nothing = [*EMPTY_WORDS, *NO_DATES, *(word.casefold() for word in words)]
    longest = max(len(word.encode()) for word in nothing)
    is_nothing = (text.str.len_bytes() <= longest) & text.str.to_lowercase().is_in(nothing)
    return pl.when(~is_nothing).then(text)


def decimal_sign(cells: pl.Series) -> str | None:
    """Find out from a whole column which sign its decimals use; None when no amount tells.

    An amount tells when both signs stand in it, when a sign is repeated, or when other than three digits follow it.
    """
    bare = cells.drop_nulls().str.replace_all(SPACES, "")
    dot_decimal = bare.str.contains(r",\d{3}\.\d+|^\D*\d*\.(\d{1,2}|\d{4,})\D*$|,\d{3},").any()
    comma_decimal = bare.str.contains(r"\.\d{3},\d+|^\D*\d*,(\d{1,2}|\d{4,})\D*$|\.\d{3}\.").any()
    if dot_decimal == comma_decimal:
        return None
    return "." if dot_decimal else ","


def plain_number(text: pl.Expr, decimal: str | None) -> pl.Expr:
    """Rewrite an amount as digits with a dot: spaces, currency and thousands signs go; null when it is no amount.

    ``decimal`` None means that the column does not tell: then an amount such as ``1.200`` is refused.
    """
    bare = (
        text.str.replace_all(SPACES, "")
        .str.replace(r"\|[A-Za-z]{3}$", "")
        .str.replace(r"^[−–]", "-")
        .str.replace(r"^\((.*)\)$", "-${1}")
        .str.replace(r"^([-+]?)(R\$|[₽$€₸₴£]|[A-Za-z]{3})", "${1}")
        .str.replace(CURRENCY_AFTER, "")
        .str.replace(r"^\((.*)\)$|^([\d.,]+)-$", "-${1}${2}")
        .str.replace(r"^\+(\d)", "${1}")
    )
    if decimal == ".":
        number = pl.when(~bare.str.contains(ILL_GROUPED[","])).then(bare.str.replace_all(",", "", literal=True))
    elif decimal == ",":
        whole = pl.when(~bare.str.contains(ILL_GROUPED["."])).then(bare.str.replace_all(".", "", literal=True))
        number = whole.str.replace(",", ".", literal=True)
    else:
        number = pl.when(~bare.str.contains(ONE_THOUSAND)).then(bare.str.replace(",", ".", literal=True))
    return pl.when(number.str.contains(r"^-?\d{1,15}(\.\d*)?$|^-?\.\d+$")).then(number)


def as_money(text: pl.Expr, decimal: str | None, scale: float | None = None) -> pl.Expr:
    """Parse an amount into Decimal(18, 2), rounded half away from zero; ``scale`` turns micros or kopecks into money."""
    return rounded(plain_number(text, decimal).cast(pl.Float64, strict=False), scale)


def rounded(number: pl.Expr, scale: float | None = None) -> pl.Expr:
    """Turn numbers into money: scaled, and rounded half away from zero."""
    if scale is not None:
        # Micros and kopecks are whole numbers; a fraction means that the file was saved in whole money after all.
        number = pl.when(number == number.floor()).then(number * scale)
    return number.round(2, mode="half_away_from_zero").cast(pl.Decimal(18, 2), strict=False)


def as_quantity(text: pl.Expr, decimal: str | None) -> pl.Expr:
    """Parse a number of pieces into Decimal(38, 6): whole or not, with a unit behind it or not («3 шт.», "1.5 kg")."""
    bare = text.str.replace(r"\s*[^\W\d_]+[²³\d]?\.?$", "")
    return plain_number(bare, decimal).cast(pl.Decimal(38, 6), strict=False)


def as_seconds(text: pl.Expr) -> pl.Expr:
    """Parse a length of time: seconds, ``MM:SS`` or ``HH:MM:SS``."""
    parts = text.str.extract_groups(r"^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)$")
    clock = (
        parts.struct.field("1").cast(pl.Float64, strict=False).fill_null(0) * 3600
        + parts.struct.field("2").cast(pl.Float64, strict=False) * 60
        + parts.struct.field("3").cast(pl.Float64, strict=False)
    )
    seconds = text.str.replace(r"^(\d+),(\d{1,2})$", "${1}.${2}")
    return pl.coalesce(plain_number(seconds, ".").cast(pl.Float64, strict=False), clock)


def as_count(text: pl.Expr) -> pl.Expr:
    """Parse a whole number, thousands apart or not; a fraction is refused."""
    is_grouped = text.str.contains(r"^\d{1,3}([,.]\d{3})+$")
    whole = text.str.replace(r"[.,]0{1,2}$", "")
    joined = pl.when(is_grouped).then(text.str.replace_all(r"[,.]", "")).otherwise(whole)
    return plain_number(joined, ".").cast(pl.Int64, strict=False)


def as_flag(text: pl.Expr) -> pl.Expr:
    """Parse yes or no in Russian or English; anything else is null."""
    word = text.str.to_lowercase()
    return pl.when(word.is_in(list(YES_WORDS))).then(True).when(word.is_in(list(NO_WORDS))).then(False)


def as_moment(text: pl.Series, formats: Sequence[str], zone: str) -> pl.Series:
    """Parse moments into UTC; text without an offset is local time of ``zone``.

    Each format is tried on what the ones before it could not read. An hour that summer time skips is refused, one that it
    repeats is taken as the first.
    """
    spelt = [each for one in formats or (ISO, *DOT_DATES) for each in (ISO_SPELLINGS if one == ISO else (one,))]
    parsed = _by_formats(text, spelt, zone)
    left = text.is_not_null() & parsed.is_null()
    if not left.any():
        return parsed
    plain = rewritten(text.filter(left))
    changed = plain.set(plain == text.filter(left).str.to_lowercase(), None)
    found = _by_formats(changed, [*spelt, *(form for form in ISO_SPELLINGS if form not in spelt)], zone)
    return parsed.scatter(left.arg_true(), found) if found.is_not_null().any() else parsed


def _by_formats(text: pl.Series, spelt: Sequence[str], zone: str) -> pl.Series:
    """Try each format on what the ones before it could not read."""
    parsed = pl.Series(text.name, [None], dtype=MOMENT).new_from_index(0, len(text))
    there: dict[str, bool] = {}
    for form in spelt:
        signs = set(re.sub(r"%\.?[a-zA-Z]", "", form)) if "%" in form else set()
        for sign in signs - there.keys():
            # What the first cells have, the column has; only a sign that they lack is looked for in all of it.
            there[sign] = any(bool(some.str.contains(sign, literal=True).any()) for some in (text.head(FIRST), text))
        if not all(there[sign] for sign in signs):
            continue  # no text has the signs that stand between the parts of this format
        left = text.is_not_null() & parsed.is_null()
        if not left.any():
            break
        if left.all():
            parsed = _moment(text, form, zone)
            continue
        found = _moment(text.filter(left), form, zone)
        if found.is_not_null().any():
            parsed = parsed.scatter(left.arg_true(), found)
    return parsed


def _moment(text: pl.Series, form: str, zone: str) -> pl.Series:
    if form == EXCEL:
        days = text.str.extract(r"^(\d{4,6}(?:\.\d+)?)$", 1).cast(pl.Float64, strict=False)
        seconds = (days * 86_400).round().cast(pl.Int64, strict=False)
        local = pl.Series([EXCEL_DAY_ZERO]).dt.cast_time_unit("us").new_from_index(0, len(text)) + (
            seconds * 1_000_000
        ).cast(pl.Duration("us"))
        return local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    if form in ("unix", "unix_ms"):
        scale = 1_000_000 if form == "unix" else 1_000
        number = text.str.extract(r"^(\d{9,14})(?:\.0+)?$", 1).cast(pl.Int64, strict=False)
        return (number * scale).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if "%z" in form:
        offset = text.str.replace(r"\s*(Z|UTC)$", "+00:00")
        return offset.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False).cast(MOMENT)
    if "%Y" in form:
        # "01.02.26" would be read as the year 26; two figures of a year are a format of their own (%y).
        short = ~text.str.contains(r"(?:^|[^0-9])(?:19|20|21)[0-9][0-9](?:[^0-9]|$)").fill_null(True)
        text = text.set(short, None) if short.any() else text
    if "%H" in form or "%I" in form:
        local = text.str.to_datetime(form, time_unit="us", strict=False)
    else:
        local = text.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    return local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")


def as_day(text: pl.Series, formats: Sequence[str], zone: str) -> pl.Series:
    """Parse days; of a moment with an offset, the day in ``zone``."""
    return as_moment(text, formats, zone).dt.convert_time_zone(zone).dt.date()
