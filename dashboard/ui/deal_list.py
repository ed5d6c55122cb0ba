"""The rows behind a number: deals in a table that can be sorted, and the same rows as a file."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Column
from dashboard.exports.tables import csv_text
from dashboard.i18n import N_
from dashboard.ui.answers import cell, setting
from dashboard.ui.context import Context

COLUMNS = {
    "deal_id": N_("Number"),
    "deal_name": N_("Deal"),
    "client_name": N_("Client"),
    "manager_name": N_("Manager"),
    "amount": N_("Amount"),
    "stage_name": N_("Stage"),
    "outcome": N_("Outcome"),
    "created_on": N_("Created"),
    "closed_on": N_("Closed"),
    "refusal_reason": N_("Refusal reason"),
    "product_name": N_("Product"),
    "channel_name": N_("Channel"),
    "region_name": N_("Region"),
}
OUTCOMES = {"won": N_("won"), "lost": N_("lost"), "open": N_("open"), "junk": N_("junk")}


def listed(here: Context, deals: pl.DataFrame, more: Sequence[Column] = ()) -> pl.DataFrame:
    """Keep the columns of the list that hold anything, with the outcome in words; ``more``, of which the number is, come early."""
    words = {name: here.locale.text(word) for name, word in OUTCOMES.items()}
    outcome = pl.col("outcome").cast(pl.String).replace(words)
    first = ("deal_id", *(("deal_name", "client_name") if all(one.kind != "flag" for one in more) else ()))
    beside = [cell(here, deals, one) for one in more]
    rows = deals.select(*first, *beside, *(name for name in COLUMNS if name not in first)).with_columns(outcome)
    return rows.select([column.name for column in rows if column.null_count() < rows.height])


def show_deals(here: Context, deals: pl.DataFrame, more: Sequence[Column] = (), key: str = "deals") -> None:
    """Show deals, newest first; ``more`` are further columns. Cells are plain text, so names need no escape."""
    rows = listed(here, deals, more)
    labels = COLUMNS | {one.name: one.label for one in more}
    settings = {name: st.column_config.Column(here.locale.text(labels[name])) for name in rows.columns}
    settings |= {one.name: setting(here, one, 1) for one in more}
    if "amount" in rows.columns:
        label = f"{here.locale.text(COLUMNS['amount'])}, {here.locale.currency_sign(here.facts.currency)}"
        settings["amount"] = st.column_config.NumberColumn(label, format="localized")
    for name in {"created_on", "closed_on"} & set(rows.columns):
        settings[name] = st.column_config.DateColumn(here.locale.text(COLUMNS[name]), format="DD.MM.YYYY")
    st.dataframe(rows, hide_index=True, column_config=settings, height=420, placeholder="—", key=key)


def deals_csv(here: Context, deals: pl.DataFrame, more: Sequence[Column] = ()) -> bytes:
    """Write the listed deals as CSV that a spreadsheet opens: with a mark of UTF-8, and no cell that could be a formula."""
    return csv_text(listed(here, deals, more)).encode("utf-8-sig")
