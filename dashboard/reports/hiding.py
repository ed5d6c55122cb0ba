"""What a report does not tell: phones and mails anywhere, and the names of managers where it was asked for.

It is done to the facts before anything is counted, so that no table, picture or hint can tell more than another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import polars as pl

from dashboard.access import Facts
from dashboard.filters import FIELDS, Filter
from dashboard.i18n import N_, Locale
from pipelines.schema.facts import FACTS

MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+")
PHONE = re.compile(r"(?<![\w])\+?\d[\d\s().\-]{8,}\d(?![\w])")
SUSPECT = r"@|\d[\d\s().\-]{8,}\d"
"""Whatever either finds holds this."""
PLAIN = r"^\+?[0-9]{10,}$"
"""A number and nothing else, as nearly every phone of a call is: millions of them are hidden at once."""
NUMBERS = ("phone", "line_phone")
TEXTS = (
    *("manager_name", "team_name", "product_name", "channel_name", "campaign_name", "region_name", "funnel_name"),
    *("stage_name", "next_stage_name", "refusal_reason", "client_name", "deal_name", "segment", "line_phone", "phone"),
)
"""Columns of facts that a report may show; a name of somebody may stand in any of them."""

HIDDEN = "•••"


def masked(text: str) -> str:
    """Hide every phone (but its last two digits) and every mail in a text; a date or an amount is left."""
    text = MAIL.sub(f"{HIDDEN}@{HIDDEN}", text)
    return PHONE.sub(lambda found: HIDDEN + found[0][-2:] if sum(map(str.isdigit, found[0])) >= 10 else found[0], text)


def without_contacts(facts: Facts) -> Facts:
    """Hide phones and mails in every fact."""
    return _rewritten(facts, TEXTS, masked)


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
    return _rewritten(facts, ("manager_name",), lambda name: named.get(name, name))


def rewritten_filter(filter: Filter, rewrite: Callable[[str], str], named: Mapping[str, str]) -> Filter:
    """Choose by the values as they stand in rewritten facts."""
    values = {name: tuple(rewrite(one) for one in getattr(filter, name)) for name in FIELDS.values()}
    values["managers"] = tuple(named.get(one, one) for one in values["managers"])
    return replace(filter, **values)


def _rewritten(facts: Facts, columns: Iterable[str], rewrite: Callable[[str], str]) -> Facts:
    changed = {}
    for name in FACTS:
        rows: pl.DataFrame = getattr(facts, name)
        told = [one for one in (_series(rows, column, rewrite) for column in columns) if one is not None]
        if told:
            changed[name] = rows.with_columns(told)
    return replace(facts, **changed) if changed else facts


def _series(rows: pl.DataFrame, column: str, rewrite: Callable[[str], str]) -> pl.Expr | None:
    if column not in rows.columns:
        return None
    values, told = rows[column].cast(pl.String), pl.col(column).cast(pl.String)
    is_plain = values.str.contains(PLAIN) if rewrite is masked and column in NUMBERS else None
    if is_plain is not None and is_plain.any():
        values = values.filter(~is_plain)
        told = pl.when(is_plain).then(pl.lit(HIDDEN) + told.str.tail(2)).otherwise(told).alias(column)
    values = values.unique().drop_nulls()
    if rewrite is masked:  # most names hold nothing like a phone or a mail, which is seen faster for all at once
        values = values.filter(values.str.contains(SUSPECT))
    changes = {value: new for value in values.to_list() if (new := rewrite(value)) != value}
    if changes:
        return told.replace(changes)
    return told if is_plain is not None and is_plain.any() else None
