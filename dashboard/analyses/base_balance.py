"""How evenly the base is divided among managers: clients, open deals, revenue, with what each would be paid for."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.base_lists import COUNTED, chosen
from dashboard.analyses.choose import rows_count, times, whole_sum
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_, Told
from dashboard.statistics.concentration import gini, largest_to_smallest

UNEVEN = {
    "clients": N_("Clients: Gini {gini}, the largest base is {times} times the smallest."),
    "open": N_("Open deals: Gini {gini}, the most are {times} times the fewest."),
    "year_revenue": N_("Revenue of a year: Gini {gini}, the largest is {times} times the smallest."),
}
ONE_MANAGER = N_("There are fewer than two managers with clients, so nothing is divided.")
OWNERS_TODAY = N_("What was paid is told by the owner of today: the exports do not tell who owned a client on the day.")


def base_balance(facts: Facts, filter: Filter) -> Answer:
    """Put the bases of the managers side by side, by name; the clients nobody owns are the row without a manager.

    Columns: manager, clients, active, open, open_amount, year_revenue, paid (what own clients paid in the period; null
    without payments).
    """
    base = chosen(facts, filter)
    owned = base.group_by(manager="manager_name").agg(
        clients=rows_count(), active=times(pl.col("is_active")), year_revenue=whole_sum(pl.col("year_amount"))
    )
    is_open = pl.col("outcome") == "open"
    opened = (
        facts.deals.filter(filter.rows() & is_open)
        .group_by(manager="manager_name")
        .agg(open=rows_count(), open_amount=whole_sum(pl.col("amount")))
    )
    paid = payments(facts, filter).group_by(manager="owner_name").agg(paid=whole_sum(pl.col("paid")))
    frame = (
        owned.join(opened, on="manager", how="full", coalesce=True, nulls_equal=True)
        .join(paid, on="manager", how="left", nulls_equal=True)
        .with_columns(pl.col("clients", "active", "open").fill_null(0))
        .sort("manager", nulls_last=True)
        .select("manager", "clients", "active", "open", "open_amount", "year_revenue", "paid")
    )
    return Answer(
        frame=frame,
        columns=columns("manager", "clients", "active", "open", "year_revenue", "paid"),
        definition=N_(
            "Clients by their owner and open deals by their manager on the last day of the data; revenue: won in the last twelve "
            "months by the clients owned. Paid: payments of own clients in the period, the base of the managers' pay."
        ),
        n=base.height,
        counted=COUNTED,
        as_of=facts.as_of,
        sentences=tuple(unevenness(frame)) + ((Notice(OWNERS_TODAY),) if paid.height else ()),
    )


def payments(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the invoices and payments of the period, by the day of the payment, with the owner of the client: ``owner_name``."""
    owners = chosen(facts, filter).select("client_id", owner_name="manager_name")
    dated = facts.invoices.with_columns(day=pl.coalesce("paid_on", "issued_on"))
    return dated.filter(filter.period.contains("day")).drop("day").join(owners, on="client_id")


def unevenness(frame: pl.DataFrame) -> list[Notice]:
    """Say how uneven the division is among the managers who have any of it; nobody's clients are no manager's."""
    people = frame.filter(pl.col("manager").is_not_null())
    found = []
    for name, template in UNEVEN.items():
        # Who left, or does not own clients, has no base to be compared with.
        among = people.filter(pl.col("open" if name == "open" else "clients") > 0)
        values = among.get_column(name).cast(pl.Float64).fill_null(0.0)
        if name == "clients" and among.height < 2:
            found.append(Notice(ONE_MANAGER))
        if among.height < 2 or (values < 0).any():
            continue
        unequal = gini(values.to_list())
        if unequal is not None:
            ratio = largest_to_smallest(values.to_list())
            found.append(
                Notice(
                    template,
                    {
                        "gini": Told(unequal, digits=2),
                        "times": "∞" if ratio is None else Told(ratio, digits=1 if ratio < 10 else 0),
                    },
                )
            )
    return found


BASE_BALANCE = Analysis(
    name="base_balance",
    label=N_("How the base is divided"),
    help=N_(
        "For each manager: clients, active ones, open deals, revenue and payments of own clients; and how uneven it is."
    ),
    run=base_balance,
)
