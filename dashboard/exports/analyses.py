"""The answer of an analysis as a table, CSV or JSON, with its definition, variant, n and ``as_of``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.exports.answers import envelope, heading, json_line, said
from dashboard.exports.tables import csv_text, records, text_table
from dashboard.filters import Filter
from dashboard.i18n import N_, Locale

LEFT = ("text", "word", "day", "moment", "flag")


def analysed(facts: Facts, filter: Filter, analysis: Analysis, answer: Answer, form: str, locale: Locale) -> str:
    """Write an answer in one of the formats; one without rows says so in a sentence."""
    if form == "csv":
        return csv_text(answer.frame)
    if form == "json":
        stated = {
            "analysis": analysis.name,
            "definition": answer.definition,
            "variant": answer.variant,
            "n": answer.n,
            "notes": [said(notice, Locale("en")) for notice in answer.sentences],
        }
        return json_line({**envelope(facts, filter), **stated, "rows": records(answer.frame)})
    lines = [locale.text(analysis.label), heading(facts, filter, locale), stated_definition(answer, locale)]
    if answer.frame.height:
        lines += ["", table(facts, answer, locale)]
    elif not answer.sentences:
        lines += ["", locale.text("Nothing of this kind in the data under this filter.")]
    lines += ["", *(said(notice, locale) for notice in answer.sentences)]
    return "\n".join(lines).rstrip() + "\n"


def stated_definition(answer: Answer, locale: Locale) -> str:
    """Write what was counted, by which definition, and how many things stand behind it."""
    lines = [locale.text(answer.definition)]
    if answer.variant:
        lines.append(locale.text("Definition: {variant}", variant=locale.text(answer.variant)))
    lines.append(f"n = {locale.number(answer.n)}" + (f" ({locale.text(answer.counted)})" if answer.counted else ""))
    return "\n".join(lines)


def table(facts: Facts, answer: Answer, locale: Locale) -> str:
    """Lay out the columns that people are shown."""
    heads = [locale.text(column.label) for column in answer.columns]
    rows = [
        [cell(row[column.name], column, facts, locale) for column in answer.columns] for row in answer.frame.to_dicts()
    ]
    left = {place: True for place, column in enumerate(answer.columns) if column.kind in LEFT}
    return text_table(heads, rows, left=left or {-1: True})


def cell(value: object, column: Column, facts: Facts, locale: Locale) -> str:
    """Write a cell as its column says; unknown is a dash, a name nobody gave says so."""
    if column.kind == "text":
        return locale.text("not given") if value is None else str(value)
    if value is None:
        return "—"
    if column.kind == "word":
        return locale.text(str(value))
    if column.kind == "flag":
        return locale.text(N_("yes")) if value else locale.text(N_("no"))
    if isinstance(value, datetime):
        return locale.moment(value.astimezone(ZoneInfo(facts.zone)))
    if isinstance(value, date):
        return locale.date(value)
    return locale.value(value, column.kind, facts.currency)


def listed(analyses: Iterable[Analysis], locale: Locale) -> str:
    """Name the analyses there are."""
    return "".join(f"{one.name} · {locale.text(one.label)}\n    {locale.text(one.help)}\n" for one in analyses)
