"""The active base month by month: who was active, came, came back and lapsed, so that it closes exactly."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.base_lists import chosen
from dashboard.analyses.choose import times
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_, Told

DEFINITION = N_(
    "Each month: active before + new + came back − lapsed = active at its end. A client is active for a time after a "
    "purchase. The running month counts so far; a filter chooses clients by what they are today."
)
NO_PURCHASES = N_("No purchase of a known client is dated, so there is no active base to tell of.")
WINDOW = N_("The active window is {days} days after a purchase.")


def base_bridge(facts: Facts, filter: Filter) -> Answer:
    """Bridge the active base over the months of the period.

    Columns: month, active_before, new, returned, lapsed, active (at the month's end), bought_again (active before and bought
    in the month), revenue (of the month's purchases). Months in which nothing happened are rows too.
    """
    clients = chosen(facts, filter)
    rows = facts.client_months.join(clients.select("client_id"), on="client_id", how="semi")
    state = pl.col("state").cast(pl.String)
    amount = pl.col("revenue").filter(pl.col("purchases_count") > 0)
    told = rows.group_by(month="month_on").agg(
        new=times(state == "new"),
        returned=times(state == "reactivated"),
        lapsed=times(state == "lapsed"),
        active=times(pl.col("is_active")),
        bought_again=times((state == "active") & (pl.col("purchases_count") > 0)),
        revenue=pl.when((amount.len() == 0) | (amount.count() > 0)).then(amount.sum()).cast(pl.Decimal(18, 2)),
    )
    months = every_month(told, facts)
    frame = (
        months.join(told, on="month", how="left")
        .sort("month")
        .with_columns(pl.col("new", "returned", "lapsed", "active", "bought_again").fill_null(0))
        # A month without rows bought nothing: it is a zero that is known.
        .with_columns(
            revenue=pl.when(pl.col("month").is_in(told["month"].implode()))
            .then("revenue")
            .otherwise(0)
            .cast(pl.Decimal(18, 2))
        )
        .with_columns(active_before=pl.col("active").shift(1, fill_value=0))
        .filter(filter.period.contains("month"))
        .select("month", "active_before", "new", "returned", "lapsed", "active", "bought_again", "revenue")
    )
    days = facts.clients["active_days"].max() if facts.clients.height else None
    found = [Notice(NO_PURCHASES)] if not rows.height else [Notice(WINDOW, {"days": Told(days)})]
    return Answer(
        frame=frame,
        columns=columns("month", "active_before", "new", "returned", "lapsed", "active", "bought_again", "revenue"),
        definition=DEFINITION,
        n=rows["client_id"].n_unique(),
        counted=N_("clients who bought"),
        as_of=facts.as_of,
        sentences=tuple(found),
    )


def every_month(told: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """List the months from the first purchase to the last day of the data."""
    if not told.height:
        return pl.DataFrame(schema={"month": pl.Date})
    first = told["month"].min()
    last = facts.as_of_on.replace(day=1)
    return pl.select(month=pl.date_range(pl.lit(first), pl.lit(last), "1mo"))


BASE_BRIDGE = Analysis(
    name="base_bridge",
    label=N_("The base month by month"),
    help=N_(
        "Whether the base grows or is only renewed: active before, new, came back, lapsed, active after, every month."
    ),
    run=base_bridge,
)
