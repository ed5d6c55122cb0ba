"""The block that shows the answer of an analysis: its table, what it could not tell, its passport, its files.

Tables hold real numbers and days, so that a click on a heading sorts them; Streamlit writes them in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.analyses.catalogue import analysis as named_analysis
from dashboard.exports.answer_files import about_answer, answer_csv, answer_workbook
from dashboard.exports.answers import said
from dashboard.filters import Filter
from dashboard.periods import ALL_TIME
from dashboard.remember import remembered
from dashboard.ui import blocks
from dashboard.ui.context import Context
from dashboard.ui.safe_text import md

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_SHOWN = 12
ROW_HEIGHT = 35
DIGITS = {"share": 3, "days": 1, "minutes": 0, "number": 2, "money": 0}


def answered(here: Context, name: str, filter: Filter | None = None) -> Answer:
    """Ask an analysis of the catalogue under the page's filter (or another); the same question is counted once."""
    chosen, asked = here.filter if filter is None else filter, named_analysis(name)
    if asked.is_state:
        chosen = replace(chosen, period=ALL_TIME, preset=None, compare="none")
    return remembered(here.facts, (name, chosen), lambda: asked.run(here.facts, chosen))


def show(
    here: Context,
    name: str,
    *,
    key: str = "",
    shown: Sequence[str] = (),
    label: str = "",
    rows: pl.DataFrame | None = None,
    draw: Callable[[pl.DataFrame, Sequence[Column]], None] | None = None,
) -> Answer:
    """Show an analysis in a card: heading, sentences, table, passport, files. Returns its answer.

    ``shown`` picks columns of the answer (all that it shows else), ``rows`` some of its rows, ``label`` (N_) another heading,
    ``draw`` another way to show the table.
    """
    asked, answer = named_analysis(name), answered(here, name)
    key = key or name
    with st.container(border=True, key=f"card_{key}"):
        heading(here, asked, answer, label)
        sentences(here, answer)
        frame = answer.frame if rows is None else rows
        if frame.is_empty():
            if not answer.sentences:
                st.caption(here.say("Nothing of this kind in the data under this filter."))
        else:
            kept = [one for one in answer.columns if not shown or one.name in shown]
            table(here, frame, kept, key) if draw is None else draw(frame, kept)
            files(here, asked, answer, key)
    return answer


def heading(here: Context, asked: Analysis, answer: Answer, label: str = "") -> None:
    """Write the heading of a card with its passport beside it."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"## {here.say(label or asked.label)}", width="content")
        passport(here, asked, answer)


def passport(here: Context, asked: Analysis, answer: Answer) -> None:
    """Tell on demand what the number is: definition, variant, n, period and filter, snapshot."""
    with st.popover(here.say("How counted"), type="tertiary"):
        about = about_answer(here.facts, here.filter, asked.label, answer, here.locale)[1:]
        # In one piece: a browser puts each block of a page in its place by itself.
        st.markdown("\n\n".join([here.say(asked.help), *(f"**{md(what)}.** {md(text)}" for what, text in about)]))


def sentences(here: Context, answer: Answer) -> None:
    """Say what the data could not tell, and what was found."""
    for one in answer.sentences:
        st.caption(":material/info: " + md(said(one, here.locale)))


def table(here: Context, frame: pl.DataFrame, columns: Sequence[Column], key: str, **more: Any) -> Any:
    """Show the columns of a frame with real numbers and days; ``more`` goes to the table itself (``on_select``)."""
    settings = {column.name: setting(here, column, at) for at, column in enumerate(columns)}
    height = "content" if frame.height <= ROWS_SHOWN else ROW_HEIGHT * (ROWS_SHOWN + 1) + 2
    return st.dataframe(
        cells(here, frame, columns),
        hide_index=True,
        column_config=settings,
        height=height,
        placeholder="—",
        lazy=False,
        key=f"table_{key}",
        **more,
    )


def cells(here: Context, frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Make the cells: rounded numbers, our own words translated, a name nobody gave said so."""
    return frame.select(cell(here, frame, column) for column in columns)


def cell(here: Context, frame: pl.DataFrame, column: Column) -> pl.Expr:
    """Make one column of cells."""
    value, kind = pl.col(column.name), column.kind
    if kind in DIGITS:
        return value.cast(pl.Float64).round(DIGITS[kind])
    if kind == "text":
        return value.cast(pl.String).fill_null(here.locale.text("not given"))
    if kind == "flag":
        yes, no = here.locale.text("yes"), here.locale.text("no")
        return pl.when(value).then(pl.lit(yes)).when(value.is_not_null()).then(pl.lit(no)).alias(column.name)
    if kind == "word":
        words = frame.get_column(column.name).cast(pl.String).drop_nulls().unique().to_list()
        return value.cast(pl.String).replace({word: here.locale.text(word) for word in words})
    return value.dt.convert_time_zone(here.facts.zone) if kind == "moment" else value


def setting(here: Context, column: Column, at: int) -> Any:
    """Tell Streamlit how a column is written."""
    label, kind, config = here.locale.text(column.label), column.kind, st.column_config
    if kind == "money":
        sign = here.locale.currency_sign(here.facts.currency)
        return config.NumberColumn(f"{label}, {sign}", format="localized")
    if kind == "share":
        return config.NumberColumn(label, format="percent")
    if kind in ("count", "days", "minutes", "number"):
        return config.NumberColumn(label, format="localized")
    if kind == "day":
        return config.DateColumn(label, format="MM.YYYY" if column.name in ("month", "month_on") else "DD.MM.YYYY")
    if kind == "moment":
        return config.DatetimeColumn(label, format="DD.MM.YYYY HH:mm")
    return config.TextColumn(label, pinned=at == 0)


def files(here: Context, asked: Analysis, answer: Answer, key: str) -> None:
    """Offer the whole answer as CSV and XLSX, with the filter and the definition written in."""
    if not blocks.may_export(here):
        return
    given = (here.facts, here.filter, asked.label, answer, here.locale, here.viewer.name)
    stamp = f"{here.facts.snapshot}|{asked.name}|{here.filter}|{here.locale.code}|{here.viewer.name}"
    with st.container(horizontal=True):
        blocks.download(here, f"voronka-{key}", lambda: answer_csv(*given), stamp=stamp)
        blocks.download(here, f"voronka-{key}", lambda: answer_workbook(*given), ending="xlsx", mime=XLSX, stamp=stamp)
