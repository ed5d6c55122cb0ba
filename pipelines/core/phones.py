"""Phone numbers and mail addresses as people and systems write them, brought to one spelling so that they can be joined.

A number becomes E.164 by Google's phone library, each distinct spelling once; the plain Russian spellings, which are nearly
all of a Russian company's, go through an expression that says the same as the library. What cannot be read, above all a
number that a spreadsheet turned into 7,9E+10, is unknown: it joins nothing and is counted, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers
import polars as pl
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

SIGNS = r"[\s\u00a0\u202f\u2009\u200b\u2060\u2010-\u2015\ufeff'’`\-().]"
FLOAT = r"^(\d{5,})[.,]0+$"
BROKEN = r"^\s*\+?\d([.,]\d+)?[eEеЕ]\+?\d+\s*$"
INTERNAL = r"^\d{3,5}$"
RUSSIAN = ("RU",)
EXTENSION = re.compile(r"(?i)\s*[,;]?\s*(?:доб\w*|вн\w*|ext\w*|extension|[xх#])[.:\s]*\d+\s*$")
ONLY_EXTENSION = re.compile(r"(?i)^\s*(?:доб\w*|вн\w*|ext\w*|[xх#])[.:\s]*\d+\s*$")
SEPARATORS = re.compile(r"[,;|\n]|\s/\s|\s+и\s+")
ADDRESS = re.compile(r"(?i)^\s*(?:tel:|sips?:|<)?\s*([^@>;]+)(?:[@>;].*)?$")
MAIL = r"[a-z0-9а-я.!#$%&*+/=?^_{|}~\-]{1,64}@(?:[a-z0-9а-я](?:[a-z0-9а-я\-]{0,61}[a-z0-9а-я])?\.)+[a-zа-я][a-z0-9а-я\-]{1,62}"


def read_phones(cells: pl.Series, region: str) -> pl.DataFrame:
    """Return one row per distinct cell: ``cell``, its ``phones`` in E.164, and what it is otherwise.

    ``is_internal``: a number of 3 to 5 digits, which stays inside the house. ``is_unreadable``: something is written and no
    number could be read from it; ``is_broken`` when a spreadsheet rounded it away.
    """
    distinct = cells.drop_nulls().unique().alias("cell").to_frame().filter(pl.col("cell").str.strip_chars() != "")
    bare = pl.col("cell").str.replace(FLOAT, "$1").str.replace_all(SIGNS, "")
    told = distinct.with_columns(_bare=bare).with_columns(
        is_internal=pl.col("cell").str.replace(FLOAT, "$1").str.strip_chars().str.contains(INTERNAL),
        is_broken=pl.col("cell").str.contains(BROKEN),
        _plain=plain_russian("_bare", region),
    )
    hard = told.filter(pl.col("_plain").is_null() & ~pl.col("is_internal") & ~pl.col("is_broken"))["cell"]
    read = pl.DataFrame(
        {"cell": hard, "_read": [phones_of(cell, region) for cell in hard.to_list()]},
        schema={"cell": pl.String(), "_read": pl.List(pl.String())},
    )
    return (
        told.join(read, on="cell", how="left")
        .with_columns(
            phones=pl.when(pl.col("_plain").is_not_null())
            .then(pl.concat_list("_plain"))
            .otherwise(pl.col("_read").fill_null([]))
        )
        .with_columns(is_unreadable=(pl.col("phones").list.len() == 0) & ~pl.col("is_internal"))
        .select("cell", "phones", "is_internal", "is_unreadable", "is_broken")
        .sort("cell")
    )


def plain_russian(column: str, region: str) -> pl.Expr:
    """Read +7, 7 or 8 and ten digits, or the ten digits alone, as E.164; without "+" only where Russia is at home."""
    number = pl.col(column)
    ways = [number.str.extract(r"^\+7(\d{10})$")]
    if region in RUSSIAN:
        ways += [number.str.extract(r"^[78](\d{10})$"), number.str.extract(r"^([3489]\d{9})$")]
    return "+7" + pl.coalesce(ways)


def plain_numbers(cells: pl.Series, region: str) -> pl.Series:
    """Read the cells that are nothing but a Russian number in digits, ``+7…``, or ``7…`` and ``8…`` where Russia is at home.

    They are nearly all of millions. Every other cell is null here, and for :func:`read_phones` to read.
    """
    cell = pl.col("cell")
    number, length = cell.cast(pl.Int64, strict=False), cell.str.len_bytes()
    # Eleven bytes that make such a number are eleven figures; twelve are a "+" before them.
    abroad = (length == 12) & number.is_between(70_000_000_000, 79_999_999_999) & cell.str.starts_with("+")
    at_home = (length == 11) & number.is_between(70_000_000_000, 89_999_999_999) & pl.lit(region in RUSSIAN)
    rows = cells.alias("cell").to_frame()
    return rows.select(phone=pl.when(abroad).then(cell).when(at_home).then("+7" + cell.str.slice(1))).to_series()


def phones_of(cell: str, region: str) -> list[str]:
    """Read the numbers of one cell with the library; an extension after a number is left off."""
    if re.match(BROKEN, cell):
        return []
    found = (phone_of(part, region) for part in _parts(cell))
    return list(dict.fromkeys(phone for phone in found if phone is not None))


def _parts(cell: str) -> Iterable[str]:
    for part in SEPARATORS.split(EXTENSION.sub("", cell)):
        if ONLY_EXTENSION.match(part):
            continue
        words = part.split()
        # Two whole numbers with nothing but a space between them.
        if len(words) > 1 and all(len(re.sub(r"\D", "", word)) >= 10 for word in words):
            yield from words
        else:
            yield part


def phone_of(text: str, region: str) -> str | None:
    """Return the E.164 of one number, or None.

    With its country's code a number must have a possible length; without one it must be valid in the region, or else valid
    with a "+" before it. So the ten digits of a tax number are no phone.
    """
    address = ADDRESS.match(EXTENSION.sub("", text))
    bare = re.sub(SIGNS, "", re.sub(FLOAT, r"\1", address[1].strip())) if address else ""
    if re.match(r"^00[1-9]\d{7,}$", bare):
        bare = f"+{bare[2:]}"
    if not re.match(r"^\+?\d{6,17}$", bare):
        return None
    if bare.startswith("+"):
        number = _parsed(bare, None)
        possible = number and phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
        return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number and possible else None
    if region in RUSSIAN and re.match(r"^[78]\d{10}$", bare):
        return f"+7{bare[1:]}"
    for number in (_parsed(bare, region), _parsed(f"+{bare}", None)):
        if number is not None and phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return None


def _parsed(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def read_mails(cells: pl.Series) -> pl.DataFrame:
    """Return one row per distinct cell with its ``mails`` in lower case; what is no address gives an empty list.

    The rule is a narrow one (a name, "@", a domain with a dot): an address that it does not know joins nothing.
    """
    distinct = cells.drop_nulls().unique().alias("cell").to_frame()
    words = pl.col("cell").str.to_lowercase().str.replace_all(r"[,;<>\s\"()\[\]]|mailto:", " ").str.split(" ")
    whole = words.list.eval(pl.element().filter(pl.element().str.contains(f"^{MAIL}$")))
    return distinct.with_columns(mails=whole.list.unique(maintain_order=True)).sort("cell")
