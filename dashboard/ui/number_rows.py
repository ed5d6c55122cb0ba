"""The rows behind a number: each number of a page opens the rows it stands on, as many as it counts, and hands them out.

A ratio of two things, such as spend per lead, opens both: its parts are shown with their own values, so that it can be worked
out again by hand. A share tells of each row whether it counts. A plan opens the deals that count towards it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Column
from dashboard.exports.tables import csv_text
from dashboard.i18n import N_
from dashboard.metrics.measure import foundations, measure, rows_behind, value_in
from dashboard.metrics.model import Metric
from dashboard.metrics.plan_rows import deals_towards
from dashboard.remember import remembered
from dashboard.ui import answers, blocks
from dashboard.ui.behind import Behind, Cell, OfMetric, Part, of_metric
from dashboard.ui.context import Context
from dashboard.ui.deal_list import deals_csv, show_deals
from dashboard.ui.row_columns import COUNTED, DEALS_OF_CLIENT, EACH, Listing, beside, is_told, listing_of
from dashboard.ui.safe_text import md

ROWS = "rows"
"""The key of the address that names the number opened."""
MOST = 1000
"""Rows of a table that are sent at the most: the file holds all of them."""
FEW = 8
"""So many numbers are chosen from side by side; more from a list."""
DEALS = (N_("{n} deal"), N_("{n} deals"))
TOWARDS = N_("Deals that count towards the plan")
REST = N_("the rest of the team")
OF_THEM = N_("of them counted in the share: {n}")


def rows(here: Context, metrics: Sequence[Metric], label: str = "", short: Mapping[Metric, str] | None = None) -> None:
    """Let the reader open the rows behind one of the numbers, under the same filter; what no export tells of is left out."""
    opened = {one.name: one for one in metrics if all(is_told(here.facts, part) for part in foundations(one))}
    is_deals = all(listing_of(part) is None for metric in opened.values() for part in foundations(metric))
    called = label or (N_("Deals behind a number") if is_deals else N_("Rows behind a number"))
    words = {name: (short or {}).get(metric, metric.label) for name, metric in opened.items()}
    if opened:
        options = {"none": N_("closed"), **words}
        with st.container(width=420 if len(options) > FEW else "stretch"):
            name = blocks.choice(here, ROWS, called, options, listed=len(options) > FEW)
        if name != "none":
            show(here, opened[name])


def show(here: Context, metric: Metric, within: Cell | None = None) -> None:
    """Show the rows of a number, of each of its parts where it is made of several; ``within``: of one cell of a table."""
    st.caption(here.say(metric.help))
    for part in foundations(metric):
        found = rows_behind(here.facts, part, here.filter, within)
        written = md(here.written(value_of(here, part, within), part.unit))
        st.markdown(f"**{here.say(part.label)}: {written}**")
        _part(here, part, found)


def show_behind(here: Context, behind: Behind, cell: Cell) -> None:
    """Show the rows of a number that is no metric, each part with the numbers it makes."""
    st.caption(here.say(behind.help))
    for part in behind.parts(here.facts, here.filter, cell):
        if isinstance(part, OfMetric):
            own = replace(here, filter=part.filter)
            for metric, found in of_metric(here.facts, part):
                written = md(here.written(value_of(own, metric, part.within), metric.unit))
                st.markdown(f"**{here.say(metric.label)}: {written}**")
                _part(own, metric, found)
        else:
            numbers = [(one, one.made(part.rows)) for one in part.numbers.values()]
            told = [f"{here.say(one.label)}: {md(here.written(value, one.unit))}" for one, value in numbers]
            st.markdown(f"**{' · '.join(told)}**")
            part_rows(here, part)


def part_rows(here: Context, part: Part) -> None:
    """Show the rows of a part, with how many of them count where it is a share."""
    told, more = "", part.more
    if COUNTED.name in part.rows.columns:
        told = here.say(OF_THEM, n=here.locale.number(part.rows[COUNTED.name].sum()))
        more = (COUNTED, *more)
    if part.listing is None:
        beside_deals = [one.name for one in more if one.name not in here.facts.deals.columns]
        deals(
            here, here.facts.deals.join(part.rows.select("deal_id", *beside_deals), on="deal_id"), part.name, told, more
        )
    else:
        found = part.rows.sort(
            part.listing.newest, descending=[True, *[False] * (len(part.listing.newest) - 1)], nulls_last=True
        )
        table(here, found, beside_first(part.listing.columns, more), f"{part.name}-rows", part.listing, told)


def value_of(here: Context, metric: Metric, within: Cell | None) -> float | None:
    """Return the number that rows stand behind: that of the page, or of a cell."""
    if within:
        return value_in(here.facts, metric, here.filter, within)
    key = ("behind", metric.name, here.filter)
    return remembered(here.facts, key, lambda: measure(here.facts, [metric], here.filter).item())


def _part(here: Context, metric: Metric, found: pl.DataFrame) -> None:
    listing, told = listing_of(metric), ""
    more = list(beside(metric))
    if metric.of_them is not None:
        found = found.with_columns(metric.of_them.fill_null(False).alias(COUNTED.name))
        told = here.say(OF_THEM, n=here.locale.number(found[COUNTED.name].sum()))
        more.insert(0, COUNTED)
    if metric.each:
        more.append(Column("rows_count", listing.same if listing else DEALS_OF_CLIENT, "count"))
    if listing is None:
        kept = ["deal_id", *(one.name for one in more if one.name not in here.facts.deals.columns)]
        rows = here.facts.deals.join(found.select(kept), on="deal_id")
        deals(here, rows, metric.name, told, more, EACH.get(metric.each, DEALS))
        return
    listing = replace(listing, plural=EACH.get(metric.each, listing.plural))
    listed(here, found, metric, listing, told, more)
    if metric.fact == "plan_months" and found.height and metric.name != "plan_days_left":
        st.markdown(f"**{here.say(TOWARDS)}**")
        name = "won" if metric.name.startswith("plan_won") else "revenue"
        deals(here, deals_towards(here.facts, found, name), f"{metric.name}-done")


def deals(
    here: Context,
    found: pl.DataFrame,
    name: str,
    told: str = "",
    more: Sequence[Column] = (),
    plural: tuple[str, str] = DEALS,
    *,
    by: str = "created_at",
) -> None:
    """Show deals, newest first (or the largest ``by``), with how many they are, and offer them as a file."""
    found = found.sort(by, "deal_id", descending=True, nulls_last=True)
    heading(here, found, plural, told)
    if found.height:
        show_deals(here, found.head(MOST), more, key=f"deals_{name}")
        stamp = stamp_of(here, name, found)
        blocks.download(here, f"voronka-{name}", lambda: deals_csv(here, found, more), stamp=stamp)


def listed(
    here: Context, found: pl.DataFrame, metric: Metric, listing: Listing, told: str = "", more: Sequence[Column] = ()
) -> None:
    """Show rows that are no deals, the newest first, their states in words."""
    found = found.sort(*listing.newest, descending=[True, *[False] * (len(listing.newest) - 1)], nulls_last=True)
    if metric.fact == "plan_months":
        found = found.with_columns(pl.col("manager_name").fill_null(here.locale.text(REST)))
    table(here, found, beside_first(listing.columns, more), f"{metric.name}-rows", listing, told)


def beside_first(columns: Sequence[Column], more: Sequence[Column]) -> tuple[Column, ...]:
    """Put what a number is made of beside the name of a row, where it is seen without a scroll."""
    return (columns[0], *more, *columns[1:])


def table(
    here: Context, found: pl.DataFrame, columns: Sequence[Column], name: str, listing: Listing, told: str = ""
) -> None:
    """Show rows in a table with how many they are, and offer all of them as a file."""
    heading(here, found, listing.plural, told)
    if found.height:
        in_words = (
            pl.col(name).cast(pl.String).replace({state: here.locale.text(word) for state, word in words.items()})
            for name, words in listing.words.items()
        )
        found = found.with_columns(in_words)
        shown = [one for one in columns if one.name in found.columns and found[one.name].null_count() < found.height]
        answers.table(here, found.head(MOST), shown, f"rows_{name}")
        kept, stamp = [one.name for one in shown], stamp_of(here, name, found)
        blocks.download(here, f"voronka-{name}", lambda: csv_text(found.select(kept)).encode("utf-8-sig"), stamp=stamp)


def heading(here: Context, found: pl.DataFrame, plural: tuple[str, str], told: str) -> None:
    """Say how many rows there are, and how many of them the table holds where that is not all."""
    count = md(here.locale.plural(*plural, found.height))
    if found.height > MOST:
        count += ". " + here.say(
            "Shown: {shown} of {all}. The file holds all of them.",
            shown=here.locale.number(MOST),
            all=here.locale.number(found.height),
        )
    st.caption(" · ".join(filter(None, (count, told))))


def stamp_of(here: Context, name: str, found: pl.DataFrame) -> str:
    """Say what a file will hold, for its name; the bytes are made at the click."""
    chosen = sorted((key, tuple(values)) for key, values in here.query.items())
    return f"{here.facts.snapshot}|{name}|{here.filter}|{here.locale.code}|{here.viewer}|{chosen}|{found.height}"
