"""What a page shows as a file to keep: the table, and beside it the filter, the definition, n and the snapshot.

A CSV says them in lines that begin with ``#`` above the heading; a workbook on a sheet of its own, «О выгрузке».
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Answer, Column
from dashboard.exports.answers import heading, said
from dashboard.exports.tables import csv_text
from dashboard.exports.workbook import workbook
from dashboard.filters import Filter
from dashboard.i18n import N_, Locale

TYPED = ("count", "money", "share", "days", "minutes", "number", "day", "moment", "flag")


def about_answer(
    facts: Facts, filter: Filter, label: str, answer: Answer, locale: Locale, who: str = ""
) -> list[tuple[str, str]]:
    """List what must be known to read an answer rightly: (what, its text), one line each; ``who`` takes it away."""
    counted = f"{locale.number(answer.n)} {locale.text(answer.counted) if answer.counted else ''}".strip()
    lines = [
        (locale.text(N_("Table")), locale.text(label)),
        (locale.text(N_("Filter")), heading(facts, filter, locale)),
        (locale.text(N_("What is counted")), locale.text(answer.definition)),
    ]
    if answer.variant:
        lines.append((locale.text(N_("Definition used")), locale.text(answer.variant)))
    lines.append((locale.text(N_("Cases behind it")), counted))
    lines.append((locale.text(N_("Rows")), locale.number(answer.frame.height)))
    lines += [(locale.text(N_("Note")), said(one, locale)) for one in answer.sentences]
    return [*lines, (locale.text(N_("Made for")), who)] if who else lines


def labelled(frame: pl.DataFrame, columns: Sequence[Column], locale: Locale) -> pl.DataFrame:
    """Rename the shown columns as people read them; our own words are translated, names and numbers are kept."""
    shown: list[pl.Expr] = []
    used: set[str] = set()
    for column in columns:
        label = locale.text(column.label)
        while label in used:
            label += " "
        used.add(label)
        value = pl.col(column.name)
        if column.kind == "word":
            words = frame.get_column(column.name).cast(pl.String).drop_nulls().unique().to_list()
            value = value.cast(pl.String).replace({word: locale.text(word) for word in words})
        shown.append(value.alias(label))
    return frame.select(shown)


def answer_csv(facts: Facts, filter: Filter, label: str, answer: Answer, locale: Locale, who: str = "") -> bytes:
    """Write an answer as CSV that a spreadsheet opens, what it is about in lines above the heading."""
    lines = about_answer(facts, filter, label, answer, locale, who)
    above = "".join(f"# {what}: {' '.join(text.split())}\n" for what, text in lines)
    return (above + csv_text(labelled(answer.frame, answer.columns, locale))).encode("utf-8-sig")


def answer_workbook(facts: Facts, filter: Filter, label: str, answer: Answer, locale: Locale, who: str = "") -> bytes:
    """Write an answer as a workbook: the table, then the sheet that says what it is about."""
    lines = about_answer(facts, filter, label, answer, locale, who)
    about = pl.DataFrame(
        lines, schema={locale.text(N_("About")): pl.String, locale.text(N_("Value")): pl.String}, orient="row"
    )
    table = labelled(answer.frame, answer.columns, locale)
    return workbook([(locale.text(label), table), (locale.text(N_("About this file")), about)])
