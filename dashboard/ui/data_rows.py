"""Two lists: rows that are in no number, with why, to take away and mend; and every load there was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl
import streamlit as st

from dashboard.exports import accounting
from dashboard.exports.tables import csv_text
from dashboard.exports.workbook import workbook
from dashboard.i18n import N_
from dashboard.ui import blocks
from dashboard.ui.context import Context
from dashboard.ui.safe_text import md
from pipelines.audit import unusual
from pipelines.settings import Home

MOST_SHOWN = 1000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TAKEN = N_("{who} took out {files} on {day} ({size} MB). voronka audit list shows which.")
TAKEN_MORE = N_(
    "{who} took out {files} on {day} ({size} MB; {usual} MB on a usual day). voronka audit list shows which."
)
FILTERS = {"file": N_("File"), "reason": N_("Why put aside"), "column": N_("Heading")}


def put_aside(here: Context) -> None:
    """Show the rows that were put aside, under the reader's filter, and hand them out whole."""
    rows = accounting.put_aside(here.facts, here.locale)
    if rows.is_empty():
        st.success(
            here.say(N_("No row was put aside: every row that was read is counted.")), icon=":material/verified:"
        )
        return
    st.markdown(
        here.say(
            "These rows were read and are in no number, because a cell could not be understood. Take them away, mend them "
            "and load them again: rows that are in already are not counted twice."
        )
    )
    kept = _filtered(here, rows)
    many = here.locale.plural("{n} row", "{n} rows", kept.height)
    first = here.say(N_("the first {n} are shown"), n=here.locale.number(MOST_SHOWN))
    st.caption(f"{md(many)} · {first}" if kept.height > MOST_SHOWN else md(many))
    _table(here, accounting.readable(kept.head(MOST_SHOWN)), accounting.QUARANTINE, "quarantine")
    with st.container(horizontal=True):
        name = "voronka-quarantine"
        stamp = f"{here.facts.snapshot} {[st.session_state.get(f'aside_{key}') for key in FILTERS]}"
        blocks.download(here, name, lambda: accounting.put_aside_csv(kept, here.locale), stamp=stamp)
        blocks.download(
            here,
            name,
            lambda: accounting.put_aside_workbook(kept, here.locale),
            ending="xlsx",
            mime=XLSX,
            stamp=stamp,
        )


def _filtered(here: Context, rows: pl.DataFrame) -> pl.DataFrame:
    grid = st.grid(columns=3, min_column_width=220, key="aside_filters")
    for column, label in FILTERS.items():
        values = rows[column].drop_nulls().unique().sort().to_list()
        if not values:
            continue
        with grid.cell():
            chosen = st.multiselect(
                here.say(label), values, key=f"aside_{column}", placeholder=here.locale.text(N_("All"))
            )
        if chosen:
            rows = rows.filter(pl.col(column).is_in(chosen))
    return rows


def history(here: Context) -> None:
    """Show every sheet that was loaded: when, as what, how many rows, how far its data goes, and its hash."""
    rows = accounting.history(here.facts, here.locale)
    _table(here, rows, accounting.HISTORY, "history")
    st.caption(here.say(N_("The hash proves which file it was: the same bytes are never counted twice.")))
    titled = accounting.titled(rows, accounting.HISTORY, here.locale)
    with st.container(horizontal=True):
        blocks.download(here, "voronka-loads", lambda: csv_text(titled).encode("utf-8-sig"))
        blocks.download(
            here,
            "voronka-loads",
            lambda: workbook([(here.locale.text(N_("Loads")), titled)]),
            ending="xlsx",
            mime=XLSX,
            stamp=here.facts.snapshot,
        )


def much_taken(here: Context, home: Home) -> None:
    """Tell a head on which days of the last week somebody took out much more than usual."""
    if here.viewer.role != "head":
        return
    for one in unusual(home, datetime.now(UTC).date()):
        told = TAKEN if one.usual is None else TAKEN_MORE
        files = here.locale.plural("{n} file", "{n} files", one.files)
        sizes = {"size": megabytes(here, one.size), "usual": megabytes(here, one.usual or 0)}
        st.warning(
            here.say(told, who=one.who, day=here.locale.date(one.day), files=files, **sizes), icon=":material/output:"
        )


def megabytes(here: Context, size: int) -> str:
    """Write a number of bytes in megabytes."""
    return here.locale.number(size / 1_000_000, 1)


def _table(here: Context, rows: pl.DataFrame, words: Mapping[str, str], key: str) -> None:
    settings = {}
    for name, dtype in rows.schema.items():
        label = here.locale.text(words[name])
        if dtype == pl.Datetime:
            settings[name] = st.column_config.DatetimeColumn(label, format="DD.MM.YYYY HH:mm")
        elif dtype == pl.Date:
            settings[name] = st.column_config.DateColumn(label, format="DD.MM.YYYY")
        elif dtype.is_numeric():
            settings[name] = st.column_config.NumberColumn(label, format="localized" if name != "line" else "plain")
        else:
            settings[name] = st.column_config.TextColumn(label)
    height = "content" if rows.height <= 12 else 460
    st.dataframe(
        rows, hide_index=True, column_config=settings, key=f"table_{key}", height=height, placeholder="—", lazy=False
    )
