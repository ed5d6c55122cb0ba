"""What stands behind the figures of a stored report: the deals as that report knew them, which it keeps beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Column
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.deals import REVENUE, WON
from dashboard.metrics.model import Unit
from dashboard.reports import restated
from dashboard.reports.kept import Kept
from dashboard.ui.behind import Behind, Cell, Number, Part, Parts, count, total
from dashboard.ui.cell_rows import Grid, capital
from dashboard.ui.context import Context
from dashboard.ui.row_columns import Listing

OF_DEALS = (N_("{n} deal"), N_("{n} deals"))
WHOSE = (Column("deal_id", N_("Number")), Column("client_name", N_("Client")))
NAME = Column("deal_name", N_("Deal"))
KNOWN = Listing(
    "deals",
    (
        *WHOSE,
        Column("amount", N_("Amount"), "money"),
        Column("closed_on", N_("Closed"), "day"),
        Column("manager_name", N_("Manager")),
        NAME,
        Column("product_name", N_("Product")),
        Column("channel_name", N_("Channel")),
    ),
    OF_DEALS,
    ("closed_on", "deal_id"),
)
CHANGED = Listing(
    "deals",
    (
        *WHOSE,
        Column("amount", N_("Change"), "money"),
        Column("before", N_("Amount before"), "money"),
        Column("after", N_("Amount after"), "money"),
        Column("closed_on", N_("Closed, before"), "day"),
        Column("closed_on_2", N_("Closed, after"), "day"),
        Column("manager_name", N_("Manager before"), "text"),
        Column("manager_name_2", N_("Manager after"), "text"),
        NAME,
    ),
    OF_DEALS,
    ("amount", "deal_id"),
)
STORED_HELP = N_(
    "The deals of the report as they were known when it was made: managers, sums and days may be others today. Names of deals and "
    "clients are those of today; a deal deleted since has none."
)
CHANGED_HELP = N_("The deals of this cause: what the earlier report knew of each and what the later one does.")


def called_today(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Put the names that deals and clients have today beside the deals of a report."""
    return rows.join(facts.deals.select("deal_id", "deal_name", "client_name"), on="deal_id", how="left")


def stored(found: Mapping[str, Kept], name: str) -> Behind:
    """Say what stands behind a figure of a stored report."""
    metric = {"won": WON, "revenue": REVENUE}[name]

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        counted = restated.read(found[str(cell["name"])]).filter("counted")
        made = count if name == "won" else total("amount")
        number = Number(metric.label, Unit.COUNT if name == "won" else Unit.MONEY, made)
        return [Part("report", called_today(counted, facts), {name: number}, KNOWN)]

    return Behind(metric.label, STORED_HELP, parts)


def archive_grid(here: Context, found: Sequence[Kept], titles: Mapping[str, str]) -> Grid:
    """Make the list of reports open; ``titles``: name of a report → what a reader calls it."""
    by_name = {one.name: one for one in found}
    opens = {name: stored(by_name, name) for name in ("won", "revenue")}
    return Grid("reports", {"name": "name"}, opens, title=lambda row: titles[row[0]])


def of_cause(first: Kept, second: Kept, name: str, label: str) -> Behind:
    """Say what stands behind a column of the difference of two reports."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        steps = restated.steps(restated.read(first), restated.read(second)).filter(pl.col("cause") == cell["cause"])
        rows = called_today(steps.with_columns(pl.col("amount").cast(pl.Float64)), facts)
        numbers = {
            "deals": Number(label, Unit.COUNT, count),
            "count": Number(label, Unit.COUNT, total("count")),
            "amount": Number(label, Unit.MONEY, total("amount")),
        }
        return [Part("cause", rows, {name: numbers[name]}, CHANGED)]

    return Behind(label, CHANGED_HELP, parts)


def bridge_grid(here: Context, first: Kept, second: Kept, columns: Sequence[Column]) -> Grid:
    """Make the difference of two reports open; a change of the definition has no deals of its own."""
    opens = {one.name: of_cause(first, second, one.name, one.label) for one in columns if one.name != "cause"}
    return Grid(
        "bridge",
        {"cause": "cause"},
        opens,
        mute=((restated.DEFINITION,),),
        title=lambda row: capital(here.locale.text(row[0])),
    )
