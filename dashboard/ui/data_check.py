"""The reconciliation: one sentence, the way of the rows from file to page, and each sum and join that proves it."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard.analyses.accounting import KIND_WORDS, Flow, flows, identities, unrated
from dashboard.charts.accounting import rows_to_pages
from dashboard.exports.reconciliation import cell, identities_fail, label
from dashboard.exports.tables import csv_text
from dashboard.i18n import N_
from dashboard.ui import blocks
from dashboard.ui.context import Context
from dashboard.ui.safe_text import md
from pipelines.propose_labels import COLUMNS
from pipelines.settings import Home

SECTIONS = {
    "files": N_("By file: what was read = what became of it"),
    "facts": N_("By page: what was taken = what is counted"),
    "amounts": N_("By amount: money that came in = money that is counted"),
}
ORPHANS = ("join_name", "value", "rows", "amount", "suggestion")
SET_ASIDE = ("subject", "rule", "rows", "amount", "currency", "rate_line")
TEXTS = ("subject", "statement", "join_name", "left_table", "right_table", "value", "suggestion", "rule", "holds")
PLACES = ("subject", "join_name", "left_table", "right_table")
"""Columns that name tables and their columns."""

MOST_SHOWN = 15


def show(here: Context) -> None:
    """Show whether everything adds up, and what that is said of."""
    failed = identities_fail(here.facts)
    if failed:
        st.error(md(here.locale.plural("{n} identity does not hold.", "{n} identities do not hold.", failed)))
    else:
        count = here.locale.number(here.facts.identities.height)
        st.success(
            here.say(N_("Every row is accounted for: all {count} checks hold."), count=count),
            icon=":material/verified:",
        )
    found = flows(here.facts)
    _totals(here, found)
    with st.container(border=True, key="card_rows"):
        blocks.figure(here, rows_to_pages(found, here.locale), "rows_to_pages")
        st.caption(
            here.say(
                ":blue[■] accepted · :gray[■] duplicates · :red[■] put aside. Numbers: rows read → accepted → counted on the "
                "pages (deals, stays in stages)."
            )
        )
    for section, title in SECTIONS.items():
        _identities(here, section, title)
    _joins(here)
    _set_aside(here)


def without_rates(here: Context, home: Home) -> None:
    """Say what no sum holds for want of a rate, on whatever part of the page is shown: revenue without it looks whole."""
    for row in unrated(here.facts).to_dicts():
        st.warning(
            here.say(
                N_(
                    "{amount} {currency} in {rows} rows stand in no sum: there is no rate for their days. Write lines "
                    "“day;currency;rate” into {file}, say “{line}”, and count again."
                ),
                amount=here.locale.number(row["amount"], 2),
                currency=row["currency"],
                rows=here.locale.number(row["rows"]),
                file=home.path / "rates.csv",
                line=row["rate_line"],
            ),
            icon=":material/currency_exchange:",
        )


def _totals(here: Context, found: list[Flow]) -> None:
    sums = {
        N_("Rows read"): sum(flow.rows_in for flow in found),
        N_("Accepted"): sum(flow.accepted for flow in found),
        N_("Put aside"): sum(flow.quarantined for flow in found),
        N_("Duplicates"): sum(flow.duplicates for flow in found),
    }
    grid = st.grid(columns=4, min_column_width=150, key="data_totals")
    for name, count in sums.items():
        with grid.cell():
            st.metric(here.say(name), here.locale.number(count), border=True, height="stretch")


def _identities(here: Context, section: str, title: str) -> None:
    rows = identities(here.facts, section)
    if rows.is_empty():
        return
    holding = int(rows["holds"].sum())
    sign = ":material/check_circle:" if holding == rows.height else ":material/error:"
    count = here.say(N_("{holding} of {count}"), holding=holding, count=rows.height)
    with st.expander(f"{sign} {here.say(title)} · {count}", expanded=holding < rows.height):
        shown = rows.select("subject", "statement", "expected", "found", "holds").sort("holds", maintain_order=True)
        _written(here, shown, f"identities_{section}")


def _joins(here: Context) -> None:
    joins, orphans = here.facts.joins, here.facts.orphans
    if not joins.height:
        return
    lost = int(joins["orphans"].sum())
    sign = ":material/link_off:" if lost else ":material/check_circle:"
    found = here.locale.plural("{n} row without a partner", "{n} rows without a partner", lost)
    title = here.say(N_("By join: names and numbers that must meet"))
    with st.expander(f"{sign} {title} · {md(found)}", expanded=bool(lost)):
        _written(here, joins.select("left_table", "right_table", "matched", "orphans", "unused"), "joins")
        if not orphans.height:
            return
        st.markdown(f"**{here.say(N_('Without a partner: the row counts, its look-up does not'))}**")
        shown = orphans.select(name for name in ORPHANS if name in orphans.columns).sort("rows", descending=True)
        _written(here, shown.head(MOST_SHOWN), "orphans")
        if shown.height > MOST_SHOWN:
            numbers = {"shown": here.locale.number(MOST_SHOWN), "all": here.locale.number(shown.height)}
            st.caption(here.say("Shown: {shown} of {all}. The file holds all of them.", **numbers))
        st.caption(
            here.say(
                "Perhaps: the nearest known name. Write the two as one under [same] in settings.toml, or mend it where the "
                "export comes from."
            )
        )
        blocks.download(here, "voronka-orphans", lambda: csv_text(shown).encode("utf-8-sig"))


def _set_aside(here: Context) -> None:
    rows = here.facts.set_aside
    if not rows.height:
        return
    title = here.say(N_("Taken, and counted otherwise"))
    with st.expander(f":material/low_priority: {title} · {md(here.locale.number(rows.height))}"):
        _written(here, rows.select(name for name in SET_ASIDE if name in rows.columns), "set_aside")


def _written(here: Context, frame: pl.DataFrame, key: str) -> None:
    """Show a frame of the reconciliation in words and numbers of the locale."""
    rows = [
        {name: cell(_named(here, value) if name in PLACES else value, here.locale, name) for name, value in row.items()}
        for row in frame.to_dicts()
    ]
    written = pl.DataFrame(rows, schema=dict.fromkeys(frame.columns, pl.String))
    heads = {name: label(name, here.locale) for name in frame.columns}
    blocks.table(here, written, heads, key=key, left=[name for name in frame.columns if name in TEXTS])


def _named(here: Context, place: str) -> str:
    """Call a table and its column as people do: ``deals.manager_name → managers`` is "Deals: the manager → Managers"."""
    return " → ".join(_table(here, one) for one in place.split(" → "))


def _table(here: Context, place: str) -> str:
    table, dot, column = place.partition(".")
    profile, _, short = table.rpartition("__")
    word = here.locale.text(KIND_WORDS[short]) if short in KIND_WORDS else short
    if profile:
        word = f"{word} ({profile})"
    if not dot or " " in place:
        return place if dot else word
    label = here.locale.text(COLUMNS[column]) if column in COLUMNS else column
    return f"{word}: {label}" if profile or short in KIND_WORDS else place
