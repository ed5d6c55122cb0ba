"""What a report does not tell: phones and mails anywhere, and the names of managers where it was asked for.

Contacts are hidden in every answer before a section sees it, so that no table, picture or sentence can tell more than another;
what is counted is counted of the whole numbers. Managers get their codes in the facts, so that they are in the codes' order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Answer
from dashboard.filters import FIELDS, Filter, Notice
from dashboard.i18n import N_, Locale
from pipelines.schema.facts import FACTS
from pipelines.thresholds import Note

MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+")
PHONE = re.compile(r"(?<![\w])\+?\d[\d\s().\-]{8,}\d(?![\w])")
SUSPECT = r"@|\d[\d\s().\-]{8,}\d"
"""Whatever either finds holds this."""
PLAIN = r"^\+?[0-9]{10,}$"
"""A number and nothing else, as nearly every phone of a call is: all of them are hidden at once."""

HIDDEN = "•••"


def masked(text: str) -> str:
    """Hide every phone (but its last two digits) and every mail in a text; a date or an amount is left."""
    text = MAIL.sub(f"{HIDDEN}@{HIDDEN}", text)
    return PHONE.sub(lambda found: HIDDEN + found[0][-2:] if sum(map(str.isdigit, found[0])) >= 10 else found[0], text)


def without_contacts(rows: pl.DataFrame) -> pl.DataFrame:
    """Hide phones and mails in every text of a frame."""
    texts = (rows.get_column(name) for name, dtype in rows.schema.items() if dtype == pl.String)
    return rows.with_columns(told for one in texts if (told := _hidden(one)) is not None)


def _hidden(texts: pl.Series) -> pl.Series | None:
    """Hide what one column holds; None where there is nothing to hide, which is seen for all rows at once."""
    is_suspect = texts.str.contains(SUSPECT)
    if not is_suspect.any():
        return None
    is_plain = texts.str.contains(PLAIN)
    rest = texts.filter(is_suspect & ~is_plain).unique().to_list()
    number = pl.lit(HIDDEN) + pl.col(texts.name).str.tail(2)
    told = pl.col(texts.name).replace({text: masked(text) for text in rest})
    return texts.to_frame().select(pl.when(is_plain).then(number).otherwise(told).alias(texts.name)).to_series()


def discreet(answer: Answer) -> Answer:
    """Hide phones and mails in an answer and in what it says."""
    return replace(answer, frame=without_contacts(answer.frame), sentences=tuple(map(_discreet, answer.sentences)))


def _discreet(notice: Notice) -> Notice:
    told = {name: masked(one) if isinstance(one, str) else one for name, one in notice.values.items()}
    return Notice(notice.template, told)


def notes(given: Sequence[Note], named: Mapping[str, str]) -> tuple[Note, ...]:
    """Hide phones and mails in the notes of the settings, and the names of managers where they have codes."""
    return tuple(_note(one, named) for one in given)


def _note(note: Note, named: Mapping[str, str]) -> Note:
    text = masked(note.text)
    for name in sorted(named, key=len, reverse=True):
        text = text.replace(name, named[name])
    only = {key: tuple(masked(named.get(one, one)) for one in values) for key, values in note.only.items()}
    return replace(note, text=text, only=only)


def codes(facts: Facts, locale: Locale) -> dict[str, str]:
    """Give each manager a number in the order of the alphabet, the same for the same facts."""
    found: set[str] = set()
    for name in FACTS:
        rows: pl.DataFrame = getattr(facts, name)
        if "manager_name" in rows.columns:
            found |= set(rows["manager_name"].drop_nulls().unique().to_list())
    return {name: locale.text(N_("Manager {n}"), n=number) for number, name in enumerate(sorted(found), 1)}


def without_names(facts: Facts, named: Mapping[str, str]) -> Facts:
    """Put the codes of managers in the place of their names."""
    changed = {}
    for name in FACTS:
        rows: pl.DataFrame = getattr(facts, name)
        if "manager_name" in rows.columns:
            changed[name] = rows.with_columns(pl.col("manager_name").replace(dict(named)))
    return replace(facts, **changed)


def rewritten_filter(filter: Filter, rewrite: Callable[[str], str], named: Mapping[str, str]) -> Filter:
    """Choose by the values as they stand in rewritten facts."""
    values = {name: tuple(rewrite(one) for one in getattr(filter, name)) for name in FIELDS.values()}
    values["managers"] = tuple(named.get(one, one) for one in values["managers"])
    return replace(filter, **values)
