"""What the cells of a column look like: dates and their order, money and its sign, phones, mail, yes and no, identifiers.

A column is judged by all of its values together, never cell by cell: one day above 12 settles the order of day and month
for the whole table, and where no value settles it, it stays a question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from pipelines import parse
from pipelines.propose_model import Shape
from pipelines.propose_names import GIVEN_NAMES

MOST_UNIQUE = 4_000
"""So many different values are looked at in detail, spread over the whole file; whatever a column is, it shows within them."""
TIME = r"(?:(,? )(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?:( ?)([AaPp][Mm]))?)?"
NUMBERED_DATE = re.compile(r"^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})" + TIME + "$")
ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?$")
OTHER_DATES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^\d{4}/\d{1,2}/\d{1,2}$"), "%Y/%m/%d"),
    (re.compile(r"^\d{4}\.\d{1,2}\.\d{1,2}$"), "%Y.%m.%d"),
    (re.compile(r"^(0?[1-9]|1[0-2])[./](20\d{2})$"), "%m/%Y"),
    (re.compile(r"^20\d{2}-(0[1-9]|1[0-2])$"), "%Y-%m"),
    (re.compile(r"^[A-Za-z]{3} \d{1,2}, \d{4}$"), "%b %d, %Y"),
    (re.compile(r"^[A-Za-z]{4,9} \d{1,2}, \d{4}$"), "%B %d, %Y"),
    (re.compile(r"^\d{1,2} [A-Za-z]{3} \d{4}$"), "%d %b %Y"),
    (re.compile(r"^\d{1,2}-[A-Za-z]{3}-\d{4}$"), "%d-%b-%Y"),
    (re.compile(r"^\d{1,2}-[A-Za-z]{3}-\d{2}$"), "%d-%b-%y"),
    (re.compile(r"^[A-Za-z]{3,9} 20\d{2}$"), "%b %Y"),
)
CLOCK = re.compile(r"^\d{1,2}:\d{2}(:\d{2})?$")
DAYTIME = re.compile(r"^(0?[6-9]|1\d|2[0-3]):\d{2}:\d{2}$")
PHONE = re.compile(r"^\+?[\d\s()\u00a0.-]{7,22}$")
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
PERSON = re.compile(r"^[A-ZА-ЯЁ](?!\d)[\w'’-]*\.?( [A-ZА-ЯЁ][\w'’-]*\.?(\s?[A-ZА-ЯЁ]\.)?){0,2}$")
SURNAME = re.compile(r"(ов|ова|ев|ева|ёв|ёва|ин|ина|ын|ына|ский|ская|цкий|цкая|енко|ук|юк|ян|дзе|швили)$")
LETTER = re.compile(r"[^\W\d_]")
CURRENCIES: tuple[tuple[str, str], ...] = (
    ("RUB", r"(?i)₽|\bруб|\bр\.|\bр\b|\brub\b|\brur\b"),
    ("USD", r"(?i)\$|\busd\b|долл"),
    ("EUR", r"(?i)€|\beur\b|евро"),
    ("KZT", r"(?i)₸|\bkzt\b|тенге|\bтг\b"),
    ("UAH", r"(?i)₴|\buah\b|грн"),
    ("GBP", r"(?i)£|\bgbp\b"),
    ("BYN", r"(?i)\bbyn\b"),
)


def currencies_in(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the currencies whose signs or codes stand in a heading or in cells, in a fixed order."""
    return tuple(code for code, pattern in CURRENCIES if any(re.search(pattern, text) for text in texts))


def shape_of(heading: str, place: int, cells: pl.Series) -> Shape:
    """Describe the cells of one heading."""
    text = parse.tidy(cells.cast(pl.String)).to_frame("cell").select(parse.empty_to_null(pl.col("cell"))).to_series()
    filled = text.drop_nulls()
    unique = filled.unique(maintain_order=True)
    if not len(filled):
        return Shape(heading, place, rows=len(cells), filled=0, unique=0)
    some = unique.gather_every(-(-len(unique) // MOST_UNIQUE))
    values: list[str] = some.to_list()
    share = len(values)
    formats, order, dated, timed = dates_of(values)
    numbers = parse_numbers(some)
    has_date = dated / share
    money = 0.0 if has_date > 0.5 else float(numbers.is_not_null().sum()) / share
    odd = odd_words(values, numbers) if 0.6 <= max(has_date, money) < 1 else ()
    counts: tuple[tuple[str, int], ...] = ()
    if len(unique) <= 400:
        table = filled.value_counts().rename({filled.name: "value"}).sort("count", "value", descending=[True, False])
        counts = tuple((str(value), int(count)) for value, count in table.head(60).iter_rows())
    folded = [value.casefold() for value in values]
    return Shape(
        heading=heading,
        place=place,
        rows=len(cells),
        filled=len(filled),
        unique=len(unique),
        samples=tuple(unique.head(3).to_list()),
        counts=counts,
        date=has_date,
        formats=formats,
        order=order,
        with_time=timed / dated if dated else 0.0,
        clock=part(values, CLOCK),
        daytime=part(values, DAYTIME),
        money=money,
        whole=float(some.str.contains(r"^\d{1,15}$").sum()) / share,
        decimal=decimal_of(unique) if money > 0.5 else None,
        currencies=currencies_in(values[:200]) if money > 0.5 else (),
        phone=sum(is_phone(value) for value in values) / share,
        email=part(values, EMAIL),
        flag=sum(word in parse.YES_WORDS or word in parse.NO_WORDS for word in folded) / share,
        person=sum(is_person(value) for value in values) / share,
        letters=part(values, LETTER),
        length=sum(map(len, values)) / share,
        middle=middle_of(numbers) if money > 0.5 else 0.0,
        identifier=sum(" " not in value and any(sign.isdigit() for sign in value) for value in values) / share,
        running=is_running(filled),
        odd_words=odd,
    )


def part(values: Sequence[str], pattern: re.Pattern[str]) -> float:
    """Return the share of the values in which a pattern is found."""
    return sum(pattern.search(value) is not None for value in values) / len(values)


def is_phone(value: str) -> bool:
    """Tell a phone number: 10 to 15 digits, or fewer with the signs that only phones have; dates and sums are none."""
    if not PHONE.match(value) or NUMBERED_DATE.match(value) or ISO_DATE.match(value[:10]):
        return False
    digits = sum(sign.isdigit() for sign in value)
    dressed = value.startswith("+") or "(" in value or (value.count("-") >= 2)
    return (10 <= digits <= 15 and (dressed or digits in (10, 11, 12))) or (dressed and digits >= 6)


def is_person(value: str) -> bool:
    """Tell what reads like a person's name."""
    if not PERSON.match(value):
        return False
    words = value.split(" ")
    return words[0].casefold() in GIVEN_NAMES or any(
        SURNAME.search(word.casefold()) is not None or word.casefold() in GIVEN_NAMES for word in words
    )


def parse_numbers(values: pl.Series) -> pl.Series:
    """Read amounts as staging will, with whichever sign reads more of them."""
    frame = values.to_frame("cell")
    return frame.select(
        pl.coalesce(parse.plain_number(pl.col("cell"), "."), parse.plain_number(pl.col("cell"), ","))
    ).to_series()


def middle_of(numbers: pl.Series) -> float:
    """Return the middle one of amounts."""
    middle = numbers.cast(pl.Float64, strict=False).median()
    return float(middle) if isinstance(middle, int | float) else 0.0


def decimal_of(values: pl.Series) -> str | None:
    """Return the decimal sign that a column shows; see ``Shape.decimal``."""
    bare = values.str.replace_all(parse.SPACES, "").str.replace_all(r"[^\d.,]+", "").str.strip_chars(".,")
    sign = parse.decimal_sign(bare)
    if sign is not None:
        return sign
    doubtful = bare.str.contains(r"^\d{1,3}[.,]\d{3}$").any()
    fractions = bare.str.contains(r"[.,]").any()
    if not fractions:
        return None
    settled = bare.str.contains(r"[.,](\d{1,2}|\d{4,})$").any() or bare.str.contains(r"[.,]\d{3}[.,]").any()
    return "both" if settled else ("?" if doubtful else None)


def odd_words(values: Sequence[str], numbers: pl.Series) -> tuple[str, ...]:
    """Return the few words without digits that stand among dates or numbers."""
    words = [
        value
        for value, number in zip(values, numbers.to_list(), strict=True)
        if number is None and not any(sign.isdigit() for sign in value)
    ]
    return tuple(words) if len(words) <= 3 else ()


def is_running(filled: pl.Series) -> bool:
    """Tell whether the cells count 1, 2, 3 … downwards."""
    head = filled.head(1000).str.replace(r"\.0*$", "").cast(pl.Int64, strict=False)
    if len(head) < 3 or head.null_count():
        return False
    return head[0] in (0, 1) and bool((head.diff().drop_nulls() == 1).all())


def dates_of(values: Sequence[str]) -> tuple[tuple[str, ...], str | None, int, int]:
    """Find the formats of a column of dates: formats, order of day and month, how many are dates, how many carry a time.

    Two digits of a year go before four, because ``%Y`` would read ``26`` as the year 26.
    """
    spelt: dict[tuple[str, str, str], None] = {}
    others: dict[str, None] = {}
    first, second, dated, timed, dotted = 0, 0, 0, 0, True
    for value in values:
        match = NUMBERED_DATE.match(value)
        if match is None:
            form = other_format(value)
            if form is not None:
                others[form] = None
                dated += 1
                timed += ":" in value
            continue
        one, two = int(match[1]), int(match[3])
        if min(one, two) < 1 or max(one, two) > 31 or min(one, two) > 12:
            continue
        first, second = max(first, one), max(second, two)
        dotted &= match[2] == "."
        dated += 1
        timed += match[5] is not None
        spelt[(match[2], "%y" if len(match[4]) == 2 else "%Y", time_format(match))] = None
    order = None
    if spelt:
        if first > 12 and second > 12:
            return (), None, 0, 0
        order = "dmy" if first > 12 or (dotted and second <= 12) else "mdy" if second > 12 else "?"
    ordered = sorted(spelt, key=lambda one: (one[1] != "%y", -len(one[2]), one))
    numbered = tuple(ordered_format(sign, year, time, order) for sign, year, time in ordered)
    return (*sorted(others, key=lambda form: form != parse.ISO), *numbered), order, dated, timed


def ordered_format(sign: str, year: str, time: str, order: str | None) -> str:
    """Spell a format of a numbered date in the given order of day and month."""
    days = ("%m", "%d") if order == "mdy" else ("%d", "%m")
    return sign.join((*days, year)) + time


def other_format(value: str) -> str | None:
    """Return the format of a date that names its parts by itself; None for what is no such date."""
    if ISO_DATE.match(value):
        return parse.ISO
    for pattern, form in OTHER_DATES:
        if pattern.match(value):
            if form == "%b %Y" and not value.split(" ")[0].casefold().startswith(MONTHS):
                return None
            return form.replace("/", ".") if form == "%m/%Y" and "." in value else form
    if re.fullmatch(r"1[0-9]{9}", value) and not value.startswith("10"):
        return "unix"
    return "unix_ms" if re.fullmatch(r"1[0-9]{12}", value) else None


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def time_format(match: re.Match[str]) -> str:
    """Spell the format of the time of day in a matched date, with what parts it from the day."""
    before, time, gap, half = match[5], match[6], match[7], match[8]
    if time is None:
        return ""
    seconds = ":%S" if time.count(":") == 2 else ""
    if "." in time:
        seconds += "%.f"
    return f"{before}{'%I' if half else '%H'}:%M{seconds}" + (f"{gap}%p" if half else "")


def swapped(form: str) -> str:
    """Return a numbered format with day and month exchanged."""
    return form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m") if "%b" not in form else form
