"""The blocks of «the base of clients»: classes and contacts, who is forgotten, whose cards are empty, how the base is divided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Column
from dashboard.analyses.base_lists import chosen
from dashboard.analyses.headings import columns
from dashboard.charts import client_base as charts
from dashboard.exports.tables import csv_text
from dashboard.i18n import N_
from dashboard.metrics.base import (
    ACTIVE_CLIENTS,
    BASE_CLIENTS,
    BASE_GROWTH,
    INSIDE_GROWTH,
    LAPSED_CLIENTS,
    NEW_CLIENTS,
    REACTIVATED_CLIENTS,
    REPEAT_BUYERS,
    REPEAT_RATE,
    REVENUE_PER_ACTIVE_CLIENT,
    UNOWNED_CLIENTS,
    UNOWNED_REVENUE,
)
from dashboard.metrics.care import (
    CARD_COMPLETENESS,
    COMPLETE_CARDS_SHARE,
    CONTACT_ATTAINMENT,
    CONTACT_ON_TRACK,
    CONTACT_PLAN,
    CONTACT_PLAN_MET,
    CONTACTS_MADE,
    CONTACTS_PER_CONTACTED,
    INCOMPLETE_CARDS,
    WITHOUT_CONTACT,
)
from dashboard.metrics.deals import OPEN
from dashboard.metrics.measure import measure, rows_behind
from dashboard.metrics.orders import PROACTIVE_SHARE, REPEAT_ORDERS, SEVERAL_PRODUCTS_SHARE
from dashboard.periods import ALL_TIME
from dashboard.remember import remembered
from dashboard.ui import blocks, cards, cell_rows, number_rows
from dashboard.ui.answers import answered, show, table
from dashboard.ui.cell_rows import Grid
from dashboard.ui.client_cells import CLASS_MONEY, OWNED_MONEY, cards_opens
from dashboard.ui.context import Context
from dashboard.ui.lists import FIRST, MORE, MOST, listing, rest
from dashboard.ui.safe_text import md

SHOW = N_("Show")
PARTS = {
    "care": N_("Who needs a contact"),
    "growth": N_("Does the base grow"),
    "repeat": N_("Who buys again"),
    "share": N_("Who has which clients"),
}
NUMBERS = (BASE_CLIENTS, ACTIVE_CLIENTS, WITHOUT_CONTACT, UNOWNED_CLIENTS, COMPLETE_CARDS_SHARE)
MORE_NUMBERS = (
    *(NEW_CLIENTS, REACTIVATED_CLIENTS, LAPSED_CLIENTS, BASE_GROWTH, REPEAT_BUYERS, REPEAT_RATE, INSIDE_GROWTH),
    *(UNOWNED_REVENUE, REVENUE_PER_ACTIVE_CLIENT, CONTACTS_MADE, CONTACT_ATTAINMENT, CONTACTS_PER_CONTACTED),
    *(REPEAT_ORDERS, PROACTIVE_SHARE, SEVERAL_PRODUCTS_SHARE),
)
"""Numbers that the base is judged by and no card shows: they open from the list alone."""
CLASSES = {"none": N_("closed"), "A": "A", "B": "B", "C": "C", "N": "N"}
CLASSED = {
    "clients": BASE_CLIENTS,
    "plan": CONTACT_PLAN,
    "contacts": CONTACTS_MADE,
    "attained_share": CONTACT_ATTAINMENT,
    "met_share": CONTACT_PLAN_MET,
    "on_track_share": CONTACT_ON_TRACK,
}
PLANNED = {name: {"abc_class": "month_class"} for name in CLASSED if name != "clients"}
"""What is planned follows the class that a client had at the start of the month."""
OWNED = {"clients": BASE_CLIENTS, "active": ACTIVE_CLIENTS, "open": OPEN}
CARDED = {"clients": COMPLETE_CARDS_SHARE, "complete_cards": COMPLETE_CARDS_SHARE, "incomplete_cards": INCOMPLETE_CARDS}
BY_OWNER = {"manager": "manager_name"}
CARDS = {"none": N_("closed"), "empty": N_("cards to fill in")}
FILLING = (BASE_CLIENTS, CARD_COMPLETENESS, COMPLETE_CARDS_SHARE, INCOMPLETE_CARDS)


def has_clients(here: Context) -> bool:
    """Tell whether the exports name any client; say once which export would bring them when they do not."""
    if here.facts.clients.height:
        return True
    st.info(
        here.say(
            "No export tells one client from another: a name alone is not enough. Load a list of clients, or deals with the "
            "client's number, phone or mail in a column, and the base, its classes and who is forgotten will stand here."
        ),
        icon=":material/groups:",
    )
    return False


def only_named(here: Context) -> None:
    """Say how many deals name a client whom nothing but the name tells: the base without them looks whole."""
    deals = here.facts.deals
    count = deals.select((pl.col("client_name").is_not_null() & pl.col("client_id").is_null()).sum()).item()
    if count:
        st.caption(
            ":material/info: "
            + here.say(
                "Deals whose client is only named: {count} of {all}. They are not counted here: a name alone does not tell a "
                "client. Add the phone, the mail or the client's number to the export.",
                count=here.locale.number(count),
                all=here.locale.number(deals.height),
            )
        )


def rows(here: Context) -> None:
    """Let the reader open the clients behind a number of the head, or of the base as a whole: as many as the number."""
    number_rows.rows(here, (*NUMBERS, *MORE_NUMBERS), N_("Clients behind a number"))


def care(here: Context) -> None:
    """Show the classes with their contact plan, the cards, and the clients whom nobody calls or owns."""
    classes(here)
    listing(here, "no_contact")
    listing(here, "unowned")
    filling(here)
    opens = {**CARDED, **cards_opens(here.facts.thresholds.cards_a_day)}
    cell_rows.show(here, "cards_plan", Grid("cards_plan", BY_OWNER, opens), answered(here, "cards_plan").frame)


def classes(here: Context) -> None:
    """Show the classes and, of one of them, its clients."""
    answer = answered(here, "abc")
    opens = {**CLASSED, **CLASS_MONEY}

    def title(row: Sequence[str]) -> str:
        return here.locale.text("Class {name}", name=row[0])

    grid = Grid("abc", {"abc_class": "abc_class"}, opens, instead=PLANNED, title=title)
    if answer.n:
        with st.container(border=True, key="card_classes"):
            picture = charts.classes(answer.frame, here.locale, here.facts.currency)
            names = cell_rows.names_of(grid, answer.frame)
            blocks.figure(here, picture, "classes", cell_rows.clicked("classes", grid, "clients", names))
    cell_rows.show(here, "abc", grid, answer.frame)
    if (answer.frame["contacts"] > answer.frame["plan"]).any():
        st.caption(here.say(CONTACT_ATTAINMENT.help))
    if not answer.n:
        return
    name = blocks.choice(here, "class", N_("Clients of a class"), CLASSES)
    if name == "none":
        return
    rows = chosen(here.facts, here.filter).filter(pl.col("abc_class") == name)
    rows = rows.sort("year_amount", "client_id", descending=[True, False], nulls_last=True)
    clients(here, rows, f"class-{name}")


def clients(here: Context, rows: pl.DataFrame, key: str, more: Mapping[str, pl.Expr] | None = None) -> None:
    """Show clients in a table, as many as the number they stand behind, and offer them as a file."""
    named = {"client": pl.col("client_name"), "manager": pl.col("manager_name"), "abc_class": pl.col("abc_class"),
             "last_won_on": pl.col("last_won_on"), "last_contact_on": pl.col("last_contact_on"),
             "year_revenue": pl.col("year_amount"), "revenue": pl.col("revenue"), **(more or {})}  # fmt: skip
    frame = rows.select(**named)
    st.caption(md(here.locale.plural("{n} client", "{n} clients", frame.height)))
    if frame.is_empty():
        return
    is_open = key in here.query.get(MORE, ())
    table(here, frame.head(MOST if is_open else FIRST), columns(*frame.columns), key)
    rest(here, frame.height, key, FIRST)
    blocks.download(here, f"voronka-{key}", lambda: csv_text(frame).encode("utf-8-sig"), stamp=stamp(here, key))


def stamp(here: Context, key: str) -> str:
    """Say what a file will hold, for its name."""
    return f"{here.facts.snapshot}|{key}|{here.filter}|{here.locale.code}"


def filling(here: Context) -> None:
    """Show how full the cards of each manager's clients are, and the cards to fill in."""
    with st.container(border=True, key="card_filling"):
        st.markdown(f"## {here.say('Are the cards filled in?')}")
        people = remembered(
            here.facts, ("filling", here.filter), lambda: measure(here.facts, FILLING, here.filter, by=("manager",))
        )
        if people[CARD_COMPLETENESS.name].null_count() == people.height:
            cards.unknown(here, [CARD_COMPLETENESS])
            return
        kinds = [Column(one.name, one.label, "share" if one.unit == "share" else "count") for one in FILLING]
        grid = Grid("filling", BY_OWNER, {one.name: one for one in FILLING})
        people = people.rename({"manager_name": "manager"}, strict=False)
        cell_rows.table(here, grid, people, [*columns("manager"), *kinds])
        cell_rows.opened(here, grid, people)
        st.caption(here.say(CARD_COMPLETENESS.help))
        if blocks.choice(here, "cards", INCOMPLETE_CARDS.label, CARDS) == "none":
            return
        rows = rows_behind(here.facts, INCOMPLETE_CARDS, here.filter)
        rows = rows.sort("completeness_share", "revenue", "client_id", descending=[False, True, False], nulls_last=True)
        clients(here, rows, "cards")


def division(here: Context) -> None:
    """Show how the base is divided, who could take whom, and whose deals changed hands."""
    answer = answered(here, "base_balance")
    state = replace(here.filter, period=ALL_TIME, preset=None)
    grid = Grid("base_balance", BY_OWNER, {**OWNED, **OWNED_MONEY}, state)
    drawn = answer.frame.filter(pl.col("clients") > 0)
    if drawn.height:
        with st.container(border=True, key="card_balance"):
            select = cell_rows.clicked("balance", grid, "clients", cell_rows.names_of(grid, drawn))
            blocks.figure(here, charts.balance(answer.frame, here.locale), "balance", select)
            st.caption(
                here.say(
                    "Number: all clients, then active ones. The Gini index is 0 when all have as many, and near 1 when one has all."
                )
            )
    cell_rows.show(here, "base_balance", grid, answer.frame)
    listing(here, "redistribution")
    listing(here, "handovers")
    if answered(here, "handovers").frame.height:
        show(here, "cherry_picking")
