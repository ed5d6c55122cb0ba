"""What the reader chose to look at: one immutable value, written to a URL and read back without loss.

The empty string as a value means "not given" (null in the data). Reading a link never raises: what cannot be understood
becomes a notice to show, and the rest of the link still counts. Keys that belong to other things on a page are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from dashboard.i18n import N_, Locale
from dashboard.periods import ALL_TIME, COMPARES, Compare, Period, compare_period, presets
from pipelines.errors import UnknownName, VoronkaError, nearest, suggest

DIMENSIONS: dict[str, str] = {
    "manager": "manager_name",
    "team": "team_name",
    "product": "product_name",
    "channel": "channel_name",
    "campaign": "campaign_name",
    "region": "region_name",
    "funnel": "funnel_name",
    "reason": "refusal_reason",
    "stage": "stage_name",
    "client": "client_name",
    "client_type": "client_type",
}
"""What a number can be cut by: the word of the user → the column of the facts."""

TIME_DIMENSIONS: dict[str, str] = {"week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
"""Cuts by the metric's own date → the step of ``dt.truncate``."""

FIELDS: dict[str, str] = {
    "manager": "managers",
    "team": "teams",
    "product": "products",
    "channel": "channels",
    "region": "regions",
    "funnel": "funnels",
    "client_type": "client_types",
}
"""Key in a URL or option of a command → field of :class:`Filter`."""

VALUE_LABELS: dict[str, dict[str, str]] = {"client_type": {"new": N_("new client"), "repeat": N_("repeat client")}}
"""Dimensions whose values are words of ours, not names from data: value → how it is read."""

KEYS = (*FIELDS, "period", "from", "to", "compare")
MOST_VALUES = 200
LONGEST_VALUE = 500


@dataclass(frozen=True)
class Notice:
    """A sentence to show beside the answer: an English template and its values, so that it can be translated."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.said(Locale("en"))

    def said(self, locale: Locale) -> str:
        """Write the sentence in a reader's language, its numbers and days too."""
        return locale.text(self.template, **{name: locale.told(value) for name, value in self.values.items()})


@dataclass(frozen=True)
class Filter:
    """Which deals, which period, compared with what. Empty tuples leave everything in; several values mean any of them."""

    managers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    funnels: tuple[str, ...] = ()
    client_types: tuple[str, ...] = ()
    period: Period = ALL_TIME
    preset: str | None = None
    compare: Compare = "previous"

    def __post_init__(self) -> None:
        for name in FIELDS.values():
            object.__setattr__(self, name, tuple(dict.fromkeys(getattr(self, name))))

    def with_preset(self, name: str, as_of_on: date) -> Filter:
        """Return this filter over a named period. Raises UnknownName."""
        known = presets(as_of_on)
        if name not in known:
            raise UnknownName('There is no period "{name}". {hint}', name=name, hint=suggest(name, known))
        return replace(self, preset=name, period=known[name])

    def compared(self, as_of_on: date) -> Filter | None:
        """Return the same choice over the compare period; None when there is nothing to compare with."""
        before = compare_period(self.period, self.compare, as_of_on, self.preset)
        return None if before is None else replace(self, period=before, preset=None)

    def to_query(self) -> dict[str, list[str]]:
        """Write the filter as the query of a URL; what is at its default leaves no key."""
        query = {key: list(getattr(self, name)) for key, name in FIELDS.items() if getattr(self, name)}
        if self.preset is not None:
            query["period"] = [self.preset]
        else:
            if self.period.start is not None:
                query["from"] = [self.period.start.isoformat()]
            if self.period.end is not None:
                query["to"] = [self.period.end.isoformat()]
        if self.compare != "previous":
            query["compare"] = [self.compare]
        return query

    def chosen(self) -> list[str]:
        """List the dimensions that the filter narrows."""
        return [key for key, name in FIELDS.items() if getattr(self, name)]

    def rows(self, dated_by: str | None = None, *, any_funnel: bool = False) -> pl.Expr:
        """Make the predicate over deals or visits; ``dated_by`` names the day column that puts a row in the period.

        Funnels that sell nothing by themselves (leads) take part when they are chosen, and else only with ``any_funnel``.
        """
        predicate = pl.lit(True) if self.funnels or any_funnel else pl.col("is_sales").fill_null(True)
        for key, name in FIELDS.items():
            chosen = getattr(self, name)
            if chosen:
                predicate = predicate & is_any(DIMENSIONS[key], chosen)
        if dated_by is not None:
            predicate = predicate & self.period.contains(dated_by)
        return predicate

    def unknown(self, deals: pl.DataFrame) -> list[tuple[str, str, list[str]]]:
        """List the chosen values no deal has: (key, value, the values there are)."""
        found = []
        for key, name in FIELDS.items():
            chosen = [value for value in getattr(self, name) if value]
            if not chosen:
                continue
            there = deals.get_column(DIMENSIONS[key]).drop_nulls().unique().sort().to_list()
            found += [(key, value, there) for value in chosen if value not in set(there)]
        return found

    def check_known(self, deals: pl.DataFrame) -> None:
        """Raise UnknownName for the first chosen value no deal has."""
        for key, value, there in self.unknown(deals):
            hint = suggest(value, there if nearest(value, there) else there[:10])
            raise UnknownName('No deal has the {key} "{value}". {hint}', key=key, value=value, hint=hint)

    def known(self, deals: pl.DataFrame) -> tuple[Filter, tuple[Notice, ...]]:
        """Drop the values no deal has (an old link, another company) and say so; a page goes on with what is left."""
        dropped: dict[str, list[str]] = {}
        notices = []
        for key, value, there in self.unknown(deals):
            dropped.setdefault(FIELDS[key], []).append(value)
            hint = suggest(value, there if nearest(value, there) else there[:10])
            notices.append(
                Notice(
                    N_('No deal has the {key} "{value}", so it was left out. {hint}'),
                    {"key": key, "value": value, "hint": hint},
                )
            )
        kept = {name: tuple(v for v in getattr(self, name) if v not in gone) for name, gone in dropped.items()}
        return replace(self, **kept), tuple(notices)

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]], as_of_on: date) -> tuple[Filter, tuple[Notice, ...]]:
        """Read a filter from the query of a URL: never raises, and tells what it could not understand."""
        notices: list[Notice] = []
        given: dict[str, list[str]] = {}
        for key, values in dict(query).items():
            if key in KEYS:
                given[key] = read_values(key, values, notices)
            elif (meant := misspelt(key)) is not None:
                notices.append(
                    Notice(
                        N_('The link asks for "{key}", which is not a filter. Did you mean "{meant}"?'),
                        {"key": key, "meant": meant},
                    )
                )
        chosen = {name: tuple(given.get(key, ())) for key, name in FIELDS.items()}
        period, preset = read_period(given, as_of_on, notices)
        compare: Compare = "previous"
        for word in given.get("compare", [])[:1]:
            if word in COMPARES:
                compare = next(known for known in COMPARES if known == word)
            else:
                notices.append(Notice(N_('The link compares with "{value}", which is not known.'), {"value": word}))
        return cls(**chosen, period=period, preset=preset, compare=compare), tuple(notices)


def is_any(column: str, chosen: Iterable[str]) -> pl.Expr:
    """Make the predicate "this column holds one of these", where the empty string stands for null."""
    named = [value for value in chosen if value != ""]
    within = pl.col(column).is_in(named).fill_null(False)
    return within | pl.col(column).is_null() if "" in set(chosen) else within


def misspelt(key: object) -> str | None:
    """Find the filter key a strange key was probably meant to be; the keys of other pages are not near any."""
    if not isinstance(key, str) or len(key) < 4:
        return None
    from rapidfuzz import fuzz

    near = max(KEYS, key=lambda known: fuzz.ratio(key.casefold(), known))
    return near if fuzz.ratio(key.casefold(), near) >= 85 else None


def read_values(key: str, values: object, notices: list[Notice]) -> list[str]:
    """Take the texts out of what a URL held under one key, with a bound on how many and how long."""
    listed = [values] if isinstance(values, str) else list(values) if isinstance(values, Iterable) else []
    kept = [value for value in listed if isinstance(value, str) and len(value) <= LONGEST_VALUE][:MOST_VALUES]
    if len(kept) < len(listed) or (not listed and values is not None and not isinstance(values, Iterable)):
        notices.append(Notice(N_('Some values of "{key}" in the link could not be used.'), {"key": key}))
    return kept


def read_day(key: str, given: Mapping[str, Sequence[str]], notices: list[Notice]) -> date | None:
    """Read one ISO day between the years 1900 and 2200."""
    for word in given.get(key, ())[:1]:
        try:
            return parse_day(word)
        except VoronkaError:
            notices.append(Notice(N_('"{value}" in the link is not a date like 2026-01-31.'), {"value": word}))
    return None


def parse_day(word: str) -> date:
    """Turn 2026-01-31 into a day. Raises UnknownName for anything else."""
    if re.fullmatch(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", word, re.ASCII):
        try:
            return date.fromisoformat(word)
        except ValueError:
            pass
    raise UnknownName('"{word}" is not a date. Write the year, month and day like 2026-01-31.', word=word)


def read_period(given: Mapping[str, Sequence[str]], as_of_on: date, notices: list[Notice]) -> tuple[Period, str | None]:
    """Read the period: a preset by its name, or the days from … to; the days win when both are there."""
    start, end = read_day("from", given, notices), read_day("to", given, notices)
    if start is not None and end is not None and start >= end:
        notices.append(
            Notice(
                N_("The link asks for a period that ends ({end}) before it begins ({start})."),
                {"start": start, "end": end},
            )
        )
        start = end = None
    if start is not None or end is not None:
        if given.get("period"):
            notices.append(Notice(N_("The link holds a named period and dates; the dates were taken.")))
        return Period(start, end), None
    for word in given.get("period", ())[:1]:
        known = presets(as_of_on)
        if word in known:
            return known[word], word
        notices.append(Notice(N_('The link asks for the period "{value}", which is not known.'), {"value": word}))
    return ALL_TIME, None
