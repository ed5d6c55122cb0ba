"""What the facts do not hold by row but a metric needs by row: visits beside the limit of their stage, deals beside their lead.

Each view is a function of whole facts: a limit is a property of the stage in all of the data, so that no filter moves it.
The witnesses join the fact tables on their own.
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

import polars as pl

from dashboard.access import Facts
from dashboard.metrics import rows_money
from dashboard.metrics.activity_rows import answers, contacts, unbought
from dashboard.metrics.base_rows import CLIENT_COLUMNS, ORDER_COLUMNS, client_base, orders
from dashboard.metrics.limits import STAGE, limits
from dashboard.metrics.plan_rows import EXPECTED_COLUMNS, PLAN_COLUMNS, expected_deals, plan_months
from dashboard.remember import prepared
from pipelines.keys import places_of
from pipelines.lean import alongside
from pipelines.schema.facts import FACTS

MICROSECONDS_A_DAY = 86_400_000_000


def deal_places(facts: Facts) -> pl.Series:
    """Find the row in the deals that each visit is of; null where its deal is not there."""
    return places_of(facts.visits["deal_id"], facts.deals["deal_id"]).cast(pl.UInt32)


def stays(facts: Facts) -> pl.DataFrame:
    """Put beside each visit its stage's norm, the days after which a deal is stuck in it, and whether it is.

    Adds ``norm_days`` and ``limit_days`` (see ``limits``), and ``is_stuck``: of deals standing in an open stage whether the
    visit is longer than the limit, null where that cannot be told and for every other visit. The length of a visit is unknown
    when only the present stage of its deal is known, or when it is negative.
    """
    is_implied = facts.deals.get_column("history") == "implied"
    is_guessed = is_implied.gather(prepared(facts, deal_places)).fill_null(False)
    visits = facts.visits.with_columns(days=pl.when((pl.col("days") >= 0) & ~is_guessed).then("days"))
    known = visits.lazy().filter((pl.col("stage_type") == "open") & pl.col("days").is_not_null())
    is_standing = (pl.col("exit") == "still_there") & (pl.col("stage_type") == "open") & (pl.col("outcome") == "open")
    return alongside(visits, limits(known.select(*STAGE, "exit", "days").collect(), facts.stages), STAGE).with_columns(
        is_stuck=pl.when(is_standing).then(pl.col("days") > pl.col("limit_days"))
    )


def led_deals(facts: Facts) -> pl.DataFrame:
    """Put beside each deal ``lead_cycle_days``: from its lead's creation to its first win or closing, real days.

    The lead is the client's latest deal in a funnel that sells nothing by itself, created not after the deal; without one
    the deal's own creation counts. Null while the deal is open, where its creation is unknown, and for leads themselves.
    """
    is_lead = (~pl.col("is_sales")).fill_null(False)
    known = facts.deals.filter(pl.col("created_at").is_not_null())
    leads = (
        known.filter(is_lead & pl.col("client_id").is_not_null())
        .select("client_id", lead_created_at="created_at", moment="created_at")
        .sort("moment")
    )
    found = (
        known.filter(~is_lead)
        .select("deal_id", "client_id", moment="created_at")
        .sort("moment")
        .join_asof(leads, on="moment", by="client_id", strategy="backward", check_sortedness=False)
        .select("deal_id", earlier=(pl.col("moment") - pl.col("lead_created_at")).dt.total_microseconds())
    )
    return (
        alongside(facts.deals, found, "deal_id")
        .with_columns(
            lead_cycle_days=pl.when(~is_lead).then(
                pl.col("cycle_days") + pl.col("earlier").fill_null(0) / MICROSECONDS_A_DAY
            )
        )
        .drop("earlier")
    )


VIEWS: dict[str, Callable[[Facts], pl.DataFrame]] = {
    "stays": stays,
    "led_deals": led_deals,
    "client_base": client_base,
    "orders": orders,
    "plan_months": plan_months,
    "expected_deals": expected_deals,
    "answers": answers,
    "contacts": contacts,
    "unbought": unbought,
    **rows_money.VIEWS,
}
COLUMNS: dict[str, frozenset[str]] = {
    **{name: frozenset(schema.column_names()) for name, schema in FACTS.items()},
    "stays": frozenset({*FACTS["visits"].column_names(), "norm_days", "limit_days", "is_stuck"}),
    "led_deals": frozenset({*FACTS["deals"].column_names(), "lead_cycle_days"}),
    "client_base": frozenset({*FACTS["clients"].column_names(), *CLIENT_COLUMNS}),
    "orders": frozenset({*FACTS["deals"].column_names(), *ORDER_COLUMNS}),
    "plan_months": PLAN_COLUMNS,
    "expected_deals": EXPECTED_COLUMNS,
    "answers": frozenset(
        {*FACTS["responses"].column_names(), "closed_on", "closed_at", "is_sales", "wait_minutes", "is_planned"}
    ),
    "unbought": frozenset({*FACTS["deals"].column_names(), "planned_on", "is_dated"}),
    "contacts": frozenset({*FACTS["touches"].column_names(), "is_without_result"}),
    **rows_money.COLUMNS,
}
"""What a metric may stand on: the columns of each fact and of each view."""
MADE: WeakKeyDictionary[Facts, dict[str, pl.DataFrame]] = WeakKeyDictionary()
"""Views of facts that somebody still holds, so that each is made once for all who look at the same snapshot."""


def rows_of(facts: Facts, name: str) -> pl.DataFrame:
    """Return the rows a metric stands on: a fact, or a view of several."""
    if name not in VIEWS:
        rows: pl.DataFrame = getattr(facts, name)
        return rows
    made = MADE.setdefault(facts, {})
    if name not in made:
        made[name] = VIEWS[name](facts)
    return made[name]
