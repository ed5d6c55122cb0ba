"""Lists of clients that somebody must take care of: nobody has called them, or nobody owns them."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.rows import rows_of

NO_TOUCHES = N_("No export tells of calls, meetings or letters with clients, so nobody knows who is without contact.")
LIMIT = N_("The limit is {days} days without contact ({never} clients were never contacted).")
UNOWNED_WEIGHT = N_("{count} of {of} clients have no owner.")
COUNTED = N_("clients")


def chosen(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the clients that a filter keeps, with what ``client_base`` puts beside them; the period plays no part."""
    return rows_of(facts, "client_base").filter(filter.rows(any_funnel=True))


def named() -> list[pl.Expr]:
    """Name the client and its owner as the lists show them."""
    return [pl.col("client_name").alias("client"), pl.col("manager_name").alias("manager")]


def no_contact(facts: Facts, filter: Filter) -> Answer:
    """List the clients without contact, the largest revenue of a year first.

    Columns: client_id, client, manager, abc_class, last_contact_on (null: never), silent_days, limit_days, year_revenue,
    revenue, has_open_deal.
    """
    base = chosen(facts, filter)
    late = base.filter(pl.col("is_without_contact"))
    frame = late.sort("year_amount", "revenue", "client_id", descending=[True, True, False], nulls_last=True).select(
        "client_id",
        *named(),
        "abc_class",
        "last_contact_on",
        (pl.lit(facts.as_of_on) - pl.col("last_contact_on")).dt.total_days().alias("silent_days"),
        pl.col("no_contact_days").alias("limit_days"),
        pl.col("year_amount").alias("year_revenue"),
        "revenue",
        "has_open_deal",
    )
    is_told = base["is_without_contact"].is_not_null().any()
    limit = base["no_contact_days"].drop_nulls().to_list()[:1]
    found = [] if is_told or not base.height else [Notice(NO_TOUCHES)]
    if late.height and limit:  # a sentence without a row would say that something is not known
        found.append(Notice(LIMIT, {"days": round(limit[0]), "never": late["last_contact_on"].null_count()}))
    return Answer(
        frame=frame,
        columns=columns("client", "manager", "abc_class", "last_contact_on", "silent_days", "year_revenue", "revenue"),
        definition=N_(
            "Clients with no call with a talk, meeting or letter for longer than the settings allow, or never. It is the state on "
            "the last day of the data, whatever the period."
        ),
        n=base.height,
        counted=COUNTED,
        as_of=facts.as_of,
        sentences=tuple(found),
    )


def unowned(facts: Facts, filter: Filter) -> Answer:
    """List the clients nobody owns, the largest revenue first.

    Columns: client_id, client, abc_class, last_won_on, last_contact_on, year_revenue, revenue, has_open_deal.
    """
    base = chosen(facts, filter)
    frame = (
        base.filter("is_unowned")
        .sort("revenue", "client_id", descending=[True, False], nulls_last=True)
        .select(
            "client_id",
            pl.col("client_name").alias("client"),
            "abc_class",
            "last_won_on",
            "last_contact_on",
            pl.col("year_amount").alias("year_revenue"),
            "revenue",
            "has_open_deal",
        )
    )
    return Answer(
        frame=frame,
        columns=columns("client", "abc_class", "last_won_on", "last_contact_on", "year_revenue", "revenue"),
        definition=N_(
            "Clients without an owner, or whose owner left the firm, on the last day of the data. Revenue: all they ever bought."
        ),
        n=base.height,
        counted=COUNTED,
        as_of=facts.as_of,
        sentences=(Notice(UNOWNED_WEIGHT, {"count": frame.height, "of": base.height}),) if frame.height else (),
    )


NO_CONTACT = Analysis(
    name="no_contact",
    label=N_("Clients without contacts"),
    help=N_("Clients nobody has contacted for longer than the settings allow, with manager, class and revenue."),
    run=no_contact,
    is_state=True,
)
UNOWNED = Analysis(
    name="unowned",
    label=N_("Clients nobody owns (list)"),
    help=N_("Clients without an owner, or whose owner left the firm, the largest revenue first."),
    run=unowned,
    is_state=True,
)
