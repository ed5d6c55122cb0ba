"""What stands behind the numbers of the base that are no metrics: classes, the base of each manager, what is bought together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.abc import SHARE as CLASS_SHARE
from dashboard.analyses.answer import Column
from dashboard.analyses.base_balance import payments
from dashboard.analyses.base_lists import chosen
from dashboard.analyses.cross_sales import ITEMS, bought
from dashboard.analyses.headings import HEADINGS
from dashboard.analyses.repeat_sales import first_buyers
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.care import CARD_COMPLETENESS, INCOMPLETE_CARDS
from dashboard.metrics.model import Unit
from dashboard.ui.behind import (
    Behind,
    Cell,
    Number,
    OfMetric,
    Part,
    Parts,
    Values,
    count,
    ratio_of,
    share_counted,
    total,
)
from dashboard.ui.cell_rows import Grid, Opens
from dashboard.ui.context import Context
from dashboard.ui.row_columns import LISTINGS

CLIENTS = replace(LISTINGS["client_base"], newest=("revenue", "client_id"))
BY_YEAR = LISTINGS["client_base"]
BROUGHT = Column("class_revenue", N_("Counts towards the class"), "money")
WHO, SINCE = ("client_name", "manager_name", "abc_class"), ("last_won_on", "last_contact_on", "revenue")
OF_CLASS = replace(
    BY_YEAR,
    columns=(
        *(one for one in BY_YEAR.columns if one.name in WHO),
        BROUGHT,
        *(one for one in BY_YEAR.columns if one.name in SINCE),
    ),
    newest=(BROUGHT.name, "client_id"),
)
CLASS_HELP = N_(
    "The clients of the class, each with what it brought in the last twelve months: the class is made of that."
)
BASE_HELP = N_("The clients owned, each with what it bought in the last twelve months.")
PAID_HELP = N_("Invoices and payments of own clients, by the day of the payment in the period, whoever led the deal.")
PAIR_HELP = N_(
    "Clients with deals won in the period, together or apart: who bought the first, and whether the other too."
)


def of_class(facts: Facts, filter: Filter, name: str | None = None) -> pl.DataFrame:
    """Take the clients who brought something in the year that classes are made of, of one class or of all."""
    rows = chosen(facts, filter).filter(pl.col("class_revenue").is_not_null())
    return rows if name is None else rows.filter(pl.col("abc_class") == name)


def class_revenue(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the clients whose revenue a class adds up."""
    number = Number(N_("Revenue of the class"), Unit.MONEY, total("class_revenue"))
    return [Part("class", of_class(facts, filter, cell["abc_class"]), {"class": number}, OF_CLASS)]


def class_share(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the clients of a class, and those of all of them."""
    number = Number(N_("Revenue of all classes"), Unit.MONEY, total("class_revenue"))
    return [
        *class_revenue(facts, filter, cell),
        Part("all", of_class(facts, filter), {"all": number}, OF_CLASS),
    ]


def of_all_classes(values: Values) -> float | None:
    """Take the part of a class in the revenue of all; a class that brought nothing is zero of it."""
    return (values["class"] or 0.0) / values["all"] if values["all"] else None


CLASS_MONEY = {
    "revenue": Behind(HEADINGS["revenue"][0], CLASS_HELP, class_revenue),
    "amount_share": Behind(CLASS_SHARE.label, CLASS_HELP, class_share, of_all_classes),
}


def year_revenue(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the clients whose revenue of a year a manager's base adds up."""
    mine = chosen(facts, filter).filter(owned("manager_name", cell) & pl.col("year_amount").is_not_null())
    number = Number(HEADINGS["year_revenue"][0], Unit.MONEY, total("year_amount"))
    return [Part("year", mine, {"year": number}, BY_YEAR)]


def paid(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the payments of the clients a manager owns."""
    mine = payments(facts, filter).filter(owned("owner_name", cell) & pl.col("paid").is_not_null())
    number = Number(HEADINGS["paid"][0], Unit.MONEY, total("paid"))
    return [Part("payments", mine, {"paid": number}, LISTINGS["invoices"])]


def owned(column: str, cell: Cell) -> pl.Expr:
    """Make the predicate "of the owner of the row", where null is nobody."""
    return pl.col(column).eq_missing(pl.lit(cell["manager_name"], dtype=pl.String))


OWNED_MONEY = {
    "year_revenue": Behind(HEADINGS["year_revenue"][0], BASE_HELP, year_revenue),
    "paid": Behind(HEADINGS["paid"][0], PAID_HELP, paid),
}


def buyers(facts: Facts, filter: Filter, kind: str, item: str, other: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take the clients who bought a thing, and all who bought anything, with ``is_counted``: bought the other too."""
    lines = bought(facts, filter)
    things = pl.col(ITEMS[kind])
    told = lines.group_by("client_id").agg(
        has_item=(things == item).any().fill_null(False), is_counted=(things == other).any().fill_null(False)
    )
    base = facts.clients.select("client_id", "client_name", "manager_name", "abc_class", "last_won_on", "revenue")
    everybody = told.join(base, on="client_id", how="left")
    return everybody.filter("has_item"), everybody


def of_pair(column: str) -> Behind:
    """Say what stands behind a column of what is bought together."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        mine, everybody = buyers(facts, filter, *(str(cell[name]) for name in ("kind", "product", "other_product")))
        many = Number(N_("Clients"), Unit.COUNT, count)
        if column == "n":
            return [Part("buyers", mine, {"n": many}, CLIENTS)]
        if column == "both":
            return [Part("both", mine.filter("is_counted").drop("is_counted"), {"both": many}, CLIENTS)]
        attach = Part("buyers", mine, {"attach": Number(HEADINGS["attach"][0], Unit.SHARE, share_counted)}, CLIENTS)
        anyway = Number(N_("Share of all clients who bought the other"), Unit.SHARE, share_counted)
        return [attach, Part("anyway", everybody, {"anyway": anyway}, CLIENTS)] if column == "lift" else [attach]

    label = N_("Bought the product") if column == "n" else HEADINGS[column][0]
    return Behind(label, PAIR_HELP, parts, ratio_of("attach", "anyway") if column == "lift" else None)


def pair_grid(here: Context) -> Grid:
    """Make the table of what is bought together open: a row is of two products, or of two categories."""

    def title(row: Sequence[str]) -> str:
        return here.locale.text(N_("{one} and {other}"), one=here.name(row[1]), other=here.name(row[2]))

    names = ("kind", "product", "other_product")
    opens: dict[str, Behind] = {column: of_pair(column) for column in ("n", "both", "attach", "lift")}
    return Grid("cross_sales", {name: name for name in names}, opens, title=title)


FIRST_HELP = N_("Clients whose first purchase was in the month; of a share, which of them count.")


def of_month(column: str) -> Behind:
    """Say what stands behind a column of the months of first purchases."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        rows = first_buyers(facts, filter)
        if column == "clients":
            return [Part("first", rows, {column: Number(HEADINGS[column][0], Unit.COUNT, count)}, CLIENTS)]
        is_mature = pl.col("is_mature").fill_null(False)
        is_late = column == "within_window_share"
        rows = rows.filter(is_mature) if is_late else rows
        told = rows.with_columns(is_counted=pl.col("is_soon") if is_late else is_mature)
        return [
            Part(f"first-{column}", told, {column: Number(HEADINGS[column][0], Unit.SHARE, share_counted)}, CLIENTS)
        ]

    return Behind(HEADINGS[column][0], FIRST_HELP, parts)


FIRST = {column: of_month(column) for column in ("clients", "matured_share", "within_window_share")}
"""The numbers of the months of first purchases that no metric counts."""


def cards_opens(a_day: int) -> dict[str, Opens]:
    """Name what the numbers of the plan of cards open; ``a_day``: cards a manager and working day."""

    def days(values: Values) -> float | None:
        left = values[INCOMPLETE_CARDS.name]
        return None if left is None else ceil(left / a_day)

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        return [OfMetric(INCOMPLETE_CARDS, filter, cell)]

    needed = Behind(
        HEADINGS["workdays_needed"][0], N_("Cards to fill in: divided by the plan of a working day."), parts, days
    )
    return {"completeness": CARD_COMPLETENESS, "workdays_needed": needed}
