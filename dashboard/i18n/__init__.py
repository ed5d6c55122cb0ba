"""Everything a reader's language decides: words, plural forms, numbers, money, dates. English is the source text.

A ``Locale`` is a plain frozen value that is passed down; nothing here knows who is looking. Unknown (None, NaN) is
written as a dash, never as a zero. Russian keeps numbers and their units together with a no-break space.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from gettext import c2py
from typing import Literal, Protocol

from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import (
    get_currency_symbol,
)

from dashboard.i18n.numbers import Number, compact, known, rounded, written
from dashboard.languages import LANGUAGES, WORDS

NOTHING = "—"
NBSP = "\u00a0"
Day = date


class DatedPeriod(Protocol):
    """What a period must tell to be written: its first and last day, None where it has no end."""

    @property
    def first_day(self) -> date | None: ...

    @property
    def last_day(self) -> date | None: ...


def N_(text: str) -> str:
    """Mark a constant as text to translate later; returns it unchanged."""
    return text


@dataclass(frozen=True)
class Told:
    """A value of a sentence whose kind does not show: a share, money, a number with decimals, a text of our own (``word``).

    ``days``: the first and the last of some days of late, told without their year. ``is_short``: money in millions.
    """

    x: object
    kind: Literal["number", "share", "money", "word", "days"] = "number"
    digits: int = 0
    currency: str = ""
    is_short: bool = False


HINTS = (
    (re.compile(r'Did you mean "(?P<name>.*)"\?', re.DOTALL), N_('Did you mean "{name}"?')),
    (re.compile(r"There are: (?P<names>.*)\.", re.DOTALL), N_("There are: {names}.")),
    (re.compile(r"There are none yet\."), N_("There are none yet.")),
)
"""How suggestions are worded in English, so that they can be said in another language."""


@cache
def catalogue(code: str) -> Catalog | None:
    """Read the translations of a language; None for English, which is the source."""
    path = WORDS / f"{code}.po"
    if not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=code)


@dataclass(frozen=True)
class Locale:
    """A language and all it decides; ``code`` is one of ``LANGUAGES``."""

    code: str

    def text(self, template: str, **values: object) -> str:
        """Translate an English template and fill in its values; a text without translation stays English.

        A value named ``hint`` is a sentence of ``pipelines.errors.suggest`` and is translated too.
        """
        message = self._messages().get(template)
        translated = message if isinstance(message, str) and message else template
        if isinstance(values.get("hint"), str):
            values["hint"] = self.hint(str(values["hint"]))
        return translated.format(**values) if values else translated

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """Translate a text that depends on a number, which stands in it as ``{n}``."""
        forms = self._messages().get(one)
        words = catalogue(self.code)
        template = one if n == 1 else many
        if isinstance(forms, tuple) and words is not None:
            chosen = forms[_plural_form(words.plural_expr)(n)]
            template = chosen or template
        return template.format(n=self.number(n), **values)

    def told(self, value: object) -> object:
        """Write a value of a sentence: numbers and days as the language writes them, a text from data as it is."""
        if isinstance(value, Told):
            return self._told(value)
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.date(value)
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            return self.number(value, 0 if value == int(value) else 1)
        return value

    def _told(self, value: Told) -> str:
        if value.kind == "word":
            return self.text(str(value.x))
        if value.kind == "days" and isinstance(value.x, tuple):
            return self._days(*value.x)
        x = value.x if isinstance(value.x, (int, float, Decimal)) else None
        if value.kind == "money":
            return self.money(x, value.currency, value.is_short)
        return self.share(x, value.digits) if value.kind == "share" else self.number(x, value.digits)

    def number(self, x: Number | None, digits: int = 0) -> str:
        """Write a number with that many decimals: ``1 234,5``."""
        x = known(x)
        if x is None:
            return NOTHING
        return written(x, digits, self.code)

    def short(self, x: Number | None) -> str:
        """Write a number in at most four figures: ``1,2 тыс.``."""
        x = known(x)
        if x is None:
            return NOTHING
        digits = 0 if 1000 <= abs(x) < 999_500 else 1
        return compact(rounded(x, digits), digits, self.code)

    def money(self, x: Number | None, currency: str, short: bool = False) -> str:
        """Write an amount; kopecks only below a hundred, where they matter. ``short`` gives ``1,2 млн ₽``."""
        x = known(x)
        if x is None:
            return NOTHING
        if short and abs(x) >= 10_000:
            written = self.short(abs(x))
        else:
            written = self.number(abs(x), 2 if abs(x) < 100 and x != int(x) else 0)
        sign, minus = self.currency_sign(currency), "−" if x < 0 else ""
        return f"{minus}{written}{NBSP}{sign}" if self.code == "ru" else f"{minus}{sign}{written}"

    def currency_sign(self, currency: str) -> str:
        """Return the sign of a currency (``₽``), in English too, where CLDR would write RUB."""
        sign = get_currency_symbol(currency, locale=self.code)
        return get_currency_symbol(currency, locale="ru") if sign == currency else sign

    def share(self, x: Number | None, digits: int = 1) -> str:
        """Write a share of 0…1 as a percentage: ``49,7 %``."""
        x = known(x)
        if x is None:
            return NOTHING
        return self.number(float(x) * 100, digits) + self._percent()

    def points(self, x: Number | None, digits: int = 1) -> str:
        """Write the difference of two shares in percentage points, with its sign."""
        x = known(x)
        if x is None:
            return NOTHING
        return self.text("{points} pp", points=self.signed(float(x) * 100, digits))

    def change(self, x: Number | None, digits: int = 1) -> str:
        """Write a relative change (0.12 is +12 %), with its sign."""
        x = known(x)
        if x is None:
            return NOTHING
        return self.signed(float(x) * 100, digits) + self._percent()

    def signed(self, x: Number | None, digits: int = 0) -> str:
        """Write a number with its sign; what rounds to nothing has none."""
        x = known(x)
        written = self.number(x, digits)
        if x is None or round(float(x), digits) == 0:
            return written.lstrip("−")
        return f"+{written}" if x > 0 else written

    def days(self, x: Number | None) -> str:
        """Write a length in days, one decimal below a hundred when there is one: ``14,4 дн.``."""
        x = known(x)
        if x is None:
            return NOTHING
        rounded = round(float(x), 1)
        digits = 0 if rounded == int(rounded) or abs(rounded) >= 100 else 1
        return self.text("{days} d", days=self.number(rounded, digits))

    def date(self, d: Day | None) -> str:
        """Write a day: ``31 мар. 2026``."""
        return NOTHING if d is None else format_date(d, "d MMM y", locale=self.code)

    def _days(self, first: Day, last: Day) -> str:
        start, end = (format_date(one, f"d'{NBSP}'MMMM", locale=self.code) for one in (first, last))
        return f"{first.day}–{end}" if (first.year, first.month) == (last.year, last.month) else f"{start} – {end}"

    def moment(self, at: datetime | None) -> str:
        """Write a moment to the minute, in the zone it carries."""
        return NOTHING if at is None else format_datetime(at, "d MMM y, HH:mm", locale=self.code)

    def month(self, d: Day, short: bool = False) -> str:
        """Write a month with its year: ``март 2026``; short without it: ``мар``."""
        if short:
            return format_date(d, "LLL", locale=self.code).rstrip(".")
        return format_date(d, "LLLL y", locale=self.code)

    def period(self, period: DatedPeriod) -> str:
        """Write a period by its first and last day, both included: ``1 янв. – 31 мар. 2026``."""
        first, last = period.first_day, period.last_day
        if first is None and last is None:
            return self.text("all time")
        if first is None:
            return self.text("up to {day}", day=self.date(last))
        if last is None:
            return self.text("from {day}", day=self.date(first))
        if first == last:
            return self.date(first)
        if first.year == last.year:
            return f"{format_date(first, 'd MMM', locale=self.code)} – {self.date(last)}"
        return f"{self.date(first)} – {self.date(last)}"

    def value(self, x: object, unit: object, currency: str = "RUB", short: bool = False) -> str:
        """Write a metric's value by the name of its unit (count, money, share, days, minutes, number)."""
        number = x if isinstance(x, (int, float, Decimal)) else None
        match str(getattr(unit, "value", unit)).lower():
            case "money":
                return self.money(number, currency, short)
            case "share":
                return self.share(number)
            case "days":
                return self.days(number)
            case "minutes":
                return NOTHING if known(number) is None else self.text("{minutes} min", minutes=self.number(number, 1))
            case "number":
                return self.number(number, 2)
        return self.number(number)

    def hint(self, sentence: str) -> str:
        """Translate what ``pipelines.errors.suggest`` says."""
        for pattern, template in HINTS:
            found = pattern.fullmatch(sentence)
            if found:
                return self.text(template, **found.groupdict())
        return sentence

    def _messages(self) -> Mapping[str, str | tuple[str, ...]]:
        return _messages(self.code)

    def _percent(self) -> str:
        return f"{NBSP}%" if self.code == "ru" else "%"


def pick_locale(header_or_code: str | None) -> Locale:
    """Choose the language from a code (``ru``), a tag (``ru-RU``) or an Accept-Language header; English if unknown.

    The neighbours of Russian whose readers mostly know it (be, kk, uk …) get Russian where their own is not there.
    """
    for part in (header_or_code or "").split(","):
        tag = part.split(";")[0].strip().lower().replace("_", "-").split("-")[0]
        if tag in LANGUAGES:
            return Locale(tag)
        if tag in ("be", "kk", "ky", "uk"):
            return Locale("ru")
    return Locale("en")


@cache
def _messages(code: str) -> dict[str, str | tuple[str, ...]]:
    words = catalogue(code)
    if words is None:
        return {}
    found: dict[str, str | tuple[str, ...]] = {}
    for message in words:
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key and message.string:
            found[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return found


@cache
def _plural_form(expression: str) -> Callable[[int], int]:
    """Return the rule that the head of a .po file gives: which form belongs to a number."""
    return c2py(expression)
