"""The metrics of the base of clients: who is active, who came, came back or lapsed, who is nobody's.

What has no period is the state on the last day of the data. Months of the base are counted whole: a month belongs to the
period in which its first day falls.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, known_sum, ratio

NOW = N_("The state on the last day of the data, whatever the period.")
BY_MONTH = N_("By months: a month is in the period when its first day is. The running month counts so far.")

STATE = pl.col("state").cast(pl.String)
IS_ACTIVE = pl.col("is_active")
BOUGHT_AGAIN = ((pl.col("purchases_count") > 0) & STATE.is_in(["active", "reactivated"])) | (
    pl.col("purchases_count") > 1
)
IS_KEPT_YEAR = pl.col("prior_amount").is_not_null() & pl.col("year_amount").is_not_null()


def times(rows: pl.Expr) -> pl.Expr:
    """Count the rows a predicate picks."""
    return rows.fill_null(False).sum()


BASE_CLIENTS = Metric(
    name="base_clients",
    label=N_("Clients in the base"),
    help=N_("All clients that the exports know, with purchases or without; by manager, how large the base of each is."),
    variant=NOW,
    fact="client_base",
    value=pl.len(),
    unit=Unit.COUNT,
    better=Better.NEITHER,
    behind=pl.lit(True),
)
ACTIVE_CLIENTS = Metric(
    name="active_clients",
    label=N_("Active clients"),
    help=N_(
        "Clients whose latest purchase is within the active window: that of the settings, else the company's mean gap "
        "between purchases."
    ),
    variant=NOW,
    fact="client_base",
    value=times(IS_ACTIVE),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=IS_ACTIVE,
)
NEW_CLIENTS = Metric(
    name="new_clients",
    label=N_("New clients"),
    help=N_("Clients whose first purchase was in a month of the period."),
    variant=BY_MONTH,
    fact="client_months",
    dated_by="month_on",
    value=times(STATE == "new"),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=STATE == "new",
)
REACTIVATED_CLIENTS = Metric(
    name="reactivated_clients",
    label=N_("Clients who came back"),
    help=N_("Purchases of clients who had lapsed before: each return of a client in a month of the period counts."),
    variant=BY_MONTH,
    fact="client_months",
    dated_by="month_on",
    value=times(STATE == "reactivated"),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=STATE == "reactivated",
)
LAPSED_CLIENTS = Metric(
    name="lapsed_clients",
    label=N_("Lapsed clients"),
    help=N_(
        "Clients who went without a purchase for longer than the active window, in a month of the period; each time counts."
    ),
    variant=BY_MONTH,
    fact="client_months",
    dated_by="month_on",
    value=times(STATE == "lapsed"),
    unit=Unit.COUNT,
    better=Better.LOWER,
    behind=STATE == "lapsed",
)
BASE_GROWTH = Metric(
    name="base_growth",
    label=N_("Growth of the active base"),
    help=N_(
        "New clients and those who came back, less those who lapsed in the period: by how much the active base grew."
    ),
    variant=BY_MONTH,
    parts=(NEW_CLIENTS, REACTIVATED_CLIENTS, LAPSED_CLIENTS),
    value=pl.col("new_clients") + pl.col("reactivated_clients") - pl.col("lapsed_clients"),
    unit=Unit.COUNT,
    better=Better.HIGHER,
)
REPEAT_BUYERS = Metric(
    name="repeat_buyers",
    label=N_("Repeat clients"),
    help=N_(
        "Different clients who bought in a month of the period and had bought in an earlier month, or bought twice or more "
        "in their first."
    ),
    variant=BY_MONTH,
    fact="client_months",
    dated_by="month_on",
    value=pl.col("client_id").filter(BOUGHT_AGAIN).n_unique(),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=BOUGHT_AGAIN,
    each="client_id",
)
REPEAT_RATE = Metric(
    name="repeat_rate",
    label=N_("Share of clients who bought again"),
    help=N_(
        "Clients with two won deals or more, as a share of the clients whose first purchase was in the period and at least "
        "one active window before the last day of the data. Younger clients are left out: they have not had the time."
    ),
    variant=N_("By the day of the first purchase; grown cohorts only; a second purchase at any time counts."),
    fact="client_base",
    dated_by="first_won_on",
    value=ratio(times(pl.col("is_mature") & (pl.col("won_count") >= 2)), times(pl.col("is_mature"))),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=pl.col("is_mature"),
    of_them=pl.col("won_count") >= 2,
)
OWNED_CLIENTS = Metric(
    name="owned_clients",
    label=N_("Clients with a manager"),
    help=N_("Clients who have an owner that still works here."),
    variant=NOW,
    fact="client_base",
    value=times(~pl.col("is_unowned")),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=~pl.col("is_unowned"),
)
UNOWNED_CLIENTS = Metric(
    name="unowned_clients",
    label=N_("Clients nobody owns"),
    help=N_("Clients without an owner, or whose owner left the firm."),
    variant=NOW,
    fact="client_base",
    value=times(pl.col("is_unowned")),
    unit=Unit.COUNT,
    better=Better.LOWER,
    behind=pl.col("is_unowned"),
)
OWNED_REVENUE = Metric(
    name="owned_revenue",
    label=N_("Revenue of clients with a manager"),
    help=N_("All that clients with an owner ever bought: amounts of their won deals. Unknown when none has an amount."),
    variant=NOW,
    fact="client_base",
    value=known_sum(pl.col("revenue"), ~pl.col("is_unowned")),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=~pl.col("is_unowned"),
)
UNOWNED_REVENUE = Metric(
    name="unowned_revenue",
    label=N_("Revenue of clients nobody owns"),
    help=N_(
        "All that clients without an owner ever bought: amounts of their won deals. Unknown when none has an amount."
    ),
    variant=NOW,
    fact="client_base",
    value=known_sum(pl.col("revenue"), pl.col("is_unowned")),
    unit=Unit.MONEY,
    better=Better.LOWER,
    behind=pl.col("is_unowned"),
)
REVENUE_PER_ACTIVE_CLIENT = Metric(
    name="revenue_per_active_client",
    label=N_("Revenue per active client, year"),
    help=N_(
        "What active clients bought in the last twelve months, divided by their number. Clients none of whose purchases has "
        "an amount are left out."
    ),
    variant=NOW,
    fact="client_base",
    value=ratio(pl.col("year_amount").filter(IS_ACTIVE).sum(), times(IS_ACTIVE & pl.col("year_amount").is_not_null())),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=IS_ACTIVE & pl.col("year_amount").is_not_null(),
)
INSIDE_GROWTH = Metric(
    name="inside_growth",
    label=N_("Revenue of the same clients against a year ago"),
    help=N_(
        "What the clients of the twelve months before bought in the last twelve months, as a share of what they bought then: "
        "above 100% the base grows from within. Who stopped buying counts with nothing. Unknown unless the data reach "
        "back two years."
    ),
    variant=N_("The same clients, trailing twelve months against the twelve before; new clients are left out."),
    fact="client_base",
    value=ratio(pl.col("year_amount").filter(IS_KEPT_YEAR).sum(), pl.col("prior_amount").filter(IS_KEPT_YEAR).sum()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=IS_KEPT_YEAR,
)
