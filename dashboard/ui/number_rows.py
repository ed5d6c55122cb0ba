"""The rows behind a number: each number of a page opens the rows it stands on, as many as it counts, and hands them out.

A ratio of two things, such as spend per lead, opens both: its parts are shown with their own values, so that it can be worked
out again by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Column
from dashboard.exports.tables import csv_text
from dashboard.i18n import N_
from dashboard.metrics.measure import foundations, measure, rows_behind
from dashboard.metrics.model import Metric, Unit
from dashboard.remember import remembered
from dashboard.ui import answers, blocks
from dashboard.ui.context import Context
from dashboard.ui.deal_list import deals_csv, show_deals
from dashboard.ui.safe_text import md

ROWS = "rows"
"""The key of the address that names the number opened."""
MOST = 1000
"""Rows of a table that are sent at the most: the file holds all of them."""

CALLS = (
    Column("phone", N_("Phone")),
    Column("started_at", N_("Called at"), "moment"),
    Column("manager_name", N_("Manager")),
    Column("client_name", N_("Client")),
    Column("line_phone", N_("Our number")),
    Column("wait_seconds", N_("Ringing, seconds"), "count"),
    Column("talk_seconds", N_("Talk, seconds"), "count"),
    Column("deal_id", N_("Deal")),
)
COSTS = (
    Column("spent_on", N_("Day"), "day"),
    Column("channel_name", N_("Channel")),
    Column("campaign_name", N_("Campaign")),
    Column("spend", N_("Ad spend"), "money"),
    Column("impressions", N_("Impressions"), "count"),
    Column("clicks", N_("Clicks"), "count"),
)
STAYS = (
    Column("deal_id", N_("Deal")),
    Column("manager_name", N_("Manager")),
    Column("stage_name", N_("Stage")),
    Column("entered_on", N_("Entered"), "day"),
    Column("left_on", N_("Left"), "day"),
    Column("days", N_("Days there"), "days"),
    Column("norm_days", N_("Norm, days"), "days"),
    Column("limit_days", N_("Limit, days"), "days"),
    Column("amount", N_("Amount"), "money"),
)
COLUMNS = {"calls": CALLS, "costs": COSTS, "stays": STAYS, "visits": STAYS}
NEWEST = {"calls": ("started_at", "call_id"), "costs": ("spent_on", "cost_id")}
OF_DEALS = ("deals", "sold_deals", "led_deals", "answers")
"""Facts and views with one row per deal: they are shown as deals, with what the number is made of beside them."""
PLURALS = {
    "calls": (N_("{n} call"), N_("{n} calls")),
    "costs": (N_("{n} row of spend"), N_("{n} rows of spend")),
    "stays": (N_("{n} stay in a stage"), N_("{n} stays in stages")),
}
DEALS = (N_("{n} deal"), N_("{n} deals"))


def rows(here: Context, metrics: Sequence[Metric], label: str = "", short: Mapping[Metric, str] | None = None) -> None:
    """Let the reader open the rows behind one of the numbers, under the same filter."""
    opened = {metric.name: metric for metric in metrics if foundations(metric)}
    is_deals = all(part.fact in OF_DEALS for metric in opened.values() for part in foundations(metric))
    called = label or (N_("Deals behind a number") if is_deals else N_("Rows behind a number"))
    words = {name: (short or {}).get(metric, metric.label) for name, metric in opened.items()}
    name = blocks.choice(here, ROWS, called, {"none": N_("closed"), **words})
    if name != "none":
        show(here, opened[name])


def show(here: Context, metric: Metric) -> None:
    """Show the rows of a number, of each of its parts where it is made of several."""
    parts = foundations(metric)
    if parts == [metric]:
        _part(here, metric, " · " + here.say(metric.help))
        return
    st.caption(here.say(metric.help))
    names = tuple(part.name for part in parts)
    values = remembered(here.facts, ("parts", names, here.filter), lambda: measure(here.facts, parts, here.filter))
    for part in parts:
        written = md(here.written(values[part.name].item(), part.unit))
        st.markdown(f"**{here.say(part.label)}: {written}**")
        _part(here, part, "")


def _part(here: Context, metric: Metric, told: str) -> None:
    found = rows_behind(here.facts, metric, here.filter)
    if metric.fact in OF_DEALS:
        more = beside(metric)
        kept = ["deal_id", *(one.name for one in more if one.name not in here.facts.deals.columns)]
        deals(here, here.facts.deals.join(found.select(kept), on="deal_id"), metric.name, told, more)
        return
    listed(here, found, metric, told)


def beside(metric: Metric) -> tuple[Column, ...]:
    """Name the column of deals that a number is made of, where the list of deals does not show it anyway."""
    if metric.fact == "answers":
        return (Column("response_minutes", N_("First answer, working minutes"), "minutes"),)
    if metric.unit == Unit.DAYS:
        known = {"led_deals": "lead_cycle_days", "deals": "cycle_days" if metric.dated_by else "age_days"}
        return (Column(known[metric.fact], N_("Days"), "days"),)
    return (Column("margin", N_("Margin"), "money"),) if "margin" in metric.needs else ()


def deals(here: Context, found: pl.DataFrame, name: str, told: str, more: Sequence[Column] = ()) -> None:
    """Show deals, newest first, with how many they are, and offer them as a file."""
    found = found.sort("created_at", "deal_id", descending=True, nulls_last=True)
    st.caption(md(here.locale.plural(*DEALS, found.height)) + told)
    if found.height:
        show_deals(here, found, more, key=f"deals_{name}")
        blocks.download(here, f"voronka-{name}", lambda: deals_csv(here, found, more))


def listed(here: Context, found: pl.DataFrame, metric: Metric, told: str) -> None:
    """Show rows of calls, spend or stays, the newest first."""
    fact = "stays" if metric.fact == "visits" else metric.fact
    found = found.sort(*NEWEST.get(fact, ("entered_on", "deal_id")), descending=True, nulls_last=True)
    table(here, found, COLUMNS[fact], f"{metric.name}-rows", PLURALS[fact], told)


def table(
    here: Context, found: pl.DataFrame, columns: Sequence[Column], name: str, plural: tuple[str, str], told: str = ""
) -> None:
    """Show rows in a table with how many they are, and offer all of them as a file."""
    count = md(here.locale.plural(*plural, found.height))
    if found.height > MOST:
        count += ". " + here.say(
            "Shown: {shown} of {all}. The file holds all of them.",
            shown=here.locale.number(MOST),
            all=here.locale.number(found.height),
        )
    st.caption(count + told)
    if found.height:
        shown = [one for one in columns if one.name in found.columns and found[one.name].null_count() < found.height]
        answers.table(here, found.head(MOST), shown, f"rows_{name}")
        kept = [one.name for one in shown]
        blocks.download(here, f"voronka-{name}", lambda: csv_text(found.select(kept)).encode("utf-8-sig"))
