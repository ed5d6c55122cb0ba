"""What stands behind the numbers of managers that are no metrics: the load, refusal reasons, kinds of deals that were given."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Column
from dashboard.analyses.choose import whole_sum
from dashboard.analyses.headings import HEADINGS
from dashboard.analyses.load import due_soon, each_day, load
from dashboard.analyses.managers import kind_deals
from dashboard.analyses.refusals import GIVEN, each_reason, lost_in
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.deals import OPEN
from dashboard.metrics.measure import in_cell
from dashboard.metrics.model import Unit
from dashboard.periods import ALL_TIME
from dashboard.ui.behind import Behind, Cell, Number, OfMetric, Part, Parts, count, ratio_of, share_counted, total
from dashboard.ui.cell_rows import Grid
from dashboard.ui.row_columns import LISTINGS, Listing

DAYS = Listing(
    "calls",
    (
        Column("day", N_("Day"), "day"),
        Column("talks_count", N_("Talks"), "count"),
        Column("minutes", N_("Talk, minutes"), "minutes"),
        Column("touches_count", N_("Touches"), "count"),
        Column("is_working", N_("Working day"), "flag"),
        Column("is_idle", N_("Idle"), "flag"),
    ),
    (N_("{n} day"), N_("{n} days")),
    ("day",),
)
TEAM = Listing(
    "deals",
    (Column("manager", N_("Manager")), Column("open", N_("Open deals"), "count")),
    (N_("{n} manager"), N_("{n} managers")),
    ("open", "manager"),
)
DAYS_HELP = N_(
    "The days from the manager's first call in the period to the last, with the talk of each. A working day is one on which "
    "anybody of the company called within working hours; idle is one without a call or touch of the manager."
)
DUE_HELP = N_("Promises not due yet that fall due within 7 days of the last day of the data, their deals still open.")
MEDIAN_HELP = N_("The open deals of the manager, and below them how many each has: the median is of these.")
REFUSED_HELP = N_(
    "Deals lost in the period, by the day they were closed. A deal with several reasons counts under each."
)
KIND_HELP = N_("Closed deals of the manager of this channel, product, region, and new or returning client.")


def days_of(facts: Facts, filter: Filter, cell: Cell) -> pl.DataFrame:
    """Take the days of one manager."""
    return each_day(facts, filter).filter(pl.col("manager") == cell["manager_name"])


def minutes_a_day(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the days with the talk of each."""
    numbers = {
        "minutes": Number(N_("Talk in all"), Unit.MINUTES, total("minutes")),
        "days": Number(N_("Working days"), Unit.COUNT, lambda rows: int(rows["is_working"].sum())),
    }
    return [Part("days", days_of(facts, filter, cell), numbers, DAYS)]


def idle_days(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the working days without a call or touch."""
    idle = days_of(facts, filter, cell).filter(pl.col("is_working") & pl.col("is_idle"))
    return [Part("idle", idle, {"idle": Number(HEADINGS["idle_days"][0], Unit.COUNT, count)}, DAYS)]


def idle_share(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the working days, and of each whether it was idle."""
    rows = days_of(facts, filter, cell).filter("is_working").with_columns(is_counted="is_idle")
    return [Part("idle-share", rows, {"share": Number(HEADINGS["idle_share"][0], Unit.SHARE, share_counted)}, DAYS)]


def due(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the promises of one manager that fall due within a week."""
    mine = facts.promises.filter(filter.rows(any_funnel=True) & (pl.col("manager_name") == cell["manager_name"]))
    return [
        Part("due", due_soon(facts, mine), {"due": Number(HEADINGS["due"][0], Unit.COUNT, count)}, LISTINGS["promises"])
    ]


def to_median(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the open deals of one manager, and how many each of the team has."""
    state = replace(filter, period=ALL_TIME, preset=None)
    team = load(facts, filter).frame.filter(pl.col("rule").is_null()).select("manager", "open")
    median = Number(
        N_("Open deals, median of the team"), Unit.NUMBER, lambda rows: rows.select(pl.col("open").median()).item()
    )
    return [OfMetric(OPEN, state, cell), Part("team", team, {"median": median}, TEAM)]


LOADED = {
    "due": Behind(HEADINGS["due"][0], DUE_HELP, due),
    "minutes_a_day": Behind(HEADINGS["minutes_a_day"][0], DAYS_HELP, minutes_a_day, ratio_of("minutes", "days")),
    "idle_days": Behind(HEADINGS["idle_days"][0], DAYS_HELP, idle_days),
    "idle_share": Behind(HEADINGS["idle_share"][0], DAYS_HELP, idle_share),
    "open_to_median": Behind(HEADINGS["open_to_median"][0], MEDIAN_HELP, to_median, ratio_of(OPEN.name, "median")),
}
"""The numbers of the load that no metric counts."""


def given_for(reason: str | None) -> pl.Expr:
    """Make the predicate "refused for this reason", where null is none given."""
    return pl.col("reason").eq_missing(pl.lit(reason, dtype=pl.String))


def refused(column: str) -> Behind:
    """Say what stands behind a column of refusals by reason."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        mine = each_reason(lost_in(facts, filter)).filter(given_for(cell["reason"]))
        number = {
            "count": Number(N_("Deals"), Unit.COUNT, count),
            "amount": Number(N_("Amount"), Unit.MONEY, lambda rows: rows.select(whole_sum(GIVEN)).item()),
        }[column]
        return [Part("refused", mine, {column: number})]

    return Behind(HEADINGS[column][0], REFUSED_HELP, parts)


def refused_share(label: str, chosen: Filter | None = None) -> Behind:
    """Say what stands behind the share of a reason: all refusals, and of each whether it was for this reason."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        lost = lost_in(facts, filter if chosen is None else chosen)
        mine = each_reason(lost).filter(given_for(cell["reason"]))["deal_id"].implode()
        rows = lost.with_columns(is_counted=pl.col("deal_id").is_in(mine))
        return [Part("refused-share", rows, {"share": Number(label, Unit.SHARE, share_counted)})]

    return Behind(label, REFUSED_HELP, parts)


REFUSED = {"count": refused("count"), "amount": refused("amount"), "share": refused_share(N_("Share of refusals"))}


def kind(who: str, chosen: Filter) -> Behind:
    """Say what stands behind the number of deals of a kind that a manager was given, under the filter for all managers."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        rows = kind_deals(facts, chosen, who, str(cell["segment"]), cell["client_kind"])
        return [Part("kind", rows, {"n": Number(N_("Deals"), Unit.COUNT, count)})]

    return Behind(N_("Deals"), KIND_HELP, parts)


def main_reason(facts: Facts, filter: Filter, cell: Cell) -> Parts:
    """Take the refusals of a manager that have a reason, and of each whether it is the most frequent one."""
    lost = lost_in(facts, filter).filter(pl.col("reason").is_not_null(), *in_cell(cell))
    names = lost["reason"].value_counts().sort("count", "reason", descending=[True, False])["reason"].to_list()
    rows = lost.with_columns(is_counted=pl.col("reason") == names[0] if names else pl.lit(False))
    return [Part("main-reason", rows, {"share": Number(HEADINGS["main_share"][0], Unit.SHARE, share_counted)})]


MAIN_REASON = Behind(
    HEADINGS["main_share"][0], N_("Refusals that have a reason, and which of them have the main one."), main_reason
)


def keys_of(phones: pl.Series) -> pl.Series:
    """Make a short key of each phone: no phone stands in an address, which is kept and passed on."""
    made = [None if one is None else hashlib.sha256(one.encode()).hexdigest()[:12] for one in phones.to_list()]
    return pl.Series("key", made, dtype=pl.String)


def asked_grid(rows: pl.DataFrame) -> Grid:
    """Make the list of numbers without a deal open; ``rows`` have the ``key`` of each phone beside it."""

    def phone(row: Sequence[str]) -> str:
        return next(iter(rows.filter(pl.col("key") == row[0])["phone"]), None) or ""

    return Grid("missed_requests", {"key": "key"}, OF_NUMBER, title=phone)


def calls_of_number(column: str) -> Behind:
    """Say what stands behind the calls of a number that has no deal: those that came in, or those answered."""

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        phones = facts.calls["phone"].drop_nulls().unique()
        mine = phones.filter(keys_of(phones) == cell["key"])
        rows = facts.calls.filter((pl.col("direction") == "in") & pl.col("phone").is_in(mine.implode()))
        rows = rows.filter(pl.col("is_answered")) if column == "answered" else rows
        return [
            Part(f"number-{column}", rows, {column: Number(HEADINGS[column][0], Unit.COUNT, count)}, LISTINGS["calls"])
        ]

    return Behind(HEADINGS[column][0], N_("All incoming calls of the number so far, whatever the period."), parts)


OF_NUMBER = {column: calls_of_number(column) for column in ("calls", "answered")}
"""The numbers of who asked and has no deal."""
