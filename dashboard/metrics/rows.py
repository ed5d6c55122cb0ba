"""What the facts do not hold by row but a metric needs by row: visits beside the limit of their stage, deals beside their lead.

Each view is a function of whole facts: a limit is a property of the stage in all of the data, so that no filter moves it.
The witnesses join the fact tables on their own.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from weakref import WeakKeyDictionary

import polars as pl

from dashboard.access import Facts
from dashboard.looked_up import DEAL_AT, is_by_number, looking_up, told_by_deals
from dashboard.metrics import rows_money
from dashboard.metrics.activity_rows import answers, contacts, unbought
from dashboard.metrics.base_rows import CLIENT_COLUMNS, ORDER_COLUMNS, client_base, orders
from dashboard.metrics.limits import STAGE, limits
from dashboard.metrics.plan_rows import EXPECTED_COLUMNS, PLAN_COLUMNS, expected_deals, plan_months
from dashboard.remember import prepared
from pipelines.keys import places_of
from pipelines.lean import FEW_PLACES, alongside, by_number, numbered, texts_of
from pipelines.schema.facts import FACTS

MICROSECONDS_A_DAY = 86_400_000_000
LIMITS = ("norm_days", "limit_days")


def deal_places(facts: Facts) -> pl.Series:
    """Find the row in the deals that each visit is of; null where its deal is not there."""
    if is_by_number(facts.visits):
        return facts.visits.get_column(DEAL_AT)
    return places_of(facts.visits["deal_id"], facts.deals["deal_id"]).cast(pl.UInt32)


def stage_numbers(facts: Facts) -> tuple[dict[str, pl.Series], pl.Series]:
    """Number the funnel and stage of each visit, and name the texts they are numbered by (see ``lean.numbered``)."""
    names = stage_names(facts)
    return names, numbered(facts.visits, names)


def stage_names(facts: Facts) -> dict[str, pl.Series]:
    """Name the texts that funnels and stages of visits are numbered by."""
    return {name: texts_of(facts.visits.get_column(name)) for name in STAGE}


def of_stages(facts: Facts, side: pl.DataFrame) -> pl.DataFrame:
    """Take for each visit what a table tells of its stage (``STAGE``, different in each row); null where it tells nothing."""
    names, numbers = stage_numbers(facts) if is_by_number(facts.visits) else prepared(facts, stage_numbers)
    places, known = prod(map(len, names.values())), side.drop_nulls(STAGE)
    if not 0 < places <= FEW_PLACES:
        return alongside(facts.visits.select(STAGE), side, STAGE).drop(STAGE)
    return by_number(numbers, known.drop(STAGE), numbered(known, names), places)


def stays(facts: Facts) -> pl.DataFrame:
    """Put beside each visit its stage's norm, the days after which a deal is stuck in it, and whether it is.

    Adds ``norm_days`` and ``limit_days`` (see ``limits``), and ``is_stuck``: of deals standing in an open stage whether the
    visit is longer than the limit, null where that cannot be told and for every other visit. The length of a visit is unknown
    when only the present stage of its deal is known, or when it is negative.
    """
    visits = facts.visits.lazy().with_columns(days=known_days(facts))
    is_standing = (pl.col("exit") == "still_there") & (pl.col("stage_type") == "open") & (pl.col("outcome") == "open")
    is_stuck = pl.when(is_standing).then(pl.col("days") > pl.col("limit_days"))
    if is_by_number(facts.visits):  # what else is told is looked up, see ``lazily``
        told = told_by_deals(limited(facts, visits), facts.deals)
        return facts.visits.with_columns(told.select(is_stuck=is_stuck).collect())
    found = visits.collect()
    return found.with_columns(of_stages(facts, prepared(facts, limits_of))).with_columns(is_stuck=is_stuck)


def known_days(facts: Facts) -> pl.Expr:
    """Return the length of a visit; unknown when only the present stage of its deal is known, or when it is negative."""
    is_implied = facts.deals.get_column("history") == "implied"
    if is_by_number(facts.visits):
        is_guessed = looking_up(DEAL_AT, is_implied)
    else:
        is_guessed = pl.lit(is_implied.gather(prepared(facts, deal_places)))
    return pl.when((pl.col("days") >= 0) & ~is_guessed.fill_null(False)).then("days")


def limits_of(facts: Facts) -> pl.DataFrame:
    """Find the limit of each open stage in all of the data (see ``limits``)."""
    known = facts.visits.lazy().with_columns(days=known_days(facts))
    known = known.filter((pl.col("stage_type") == "open") & pl.col("days").is_not_null())
    return limits(known.select(*STAGE, "exit", "days").collect(), facts.stages)


def limited(facts: Facts, visits: pl.LazyFrame) -> pl.LazyFrame:
    """Look up the norm and the limit of the stage of visits by number."""
    names, found = stage_names(facts), prepared(facts, limits_of).drop_nulls(STAGE)
    places = prod(map(len, names.values()))
    side = by_number(
        pl.int_range(places, dtype=pl.UInt32, eager=True), found.drop(STAGE), numbered(found, names), places
    )
    funnel, stage = (pl.col(name).to_physical().cast(pl.UInt32) for name in STAGE)
    at = funnel * len(names["stage_name"]) + stage
    rows = visits.with_columns(_stage_at=at)
    return rows.with_columns(looking_up("_stage_at", side[name]).alias(name) for name in LIMITS).drop("_stage_at")


def lazily(facts: Facts, name: str) -> pl.LazyFrame:
    """Return the rows of ``rows_of``, what is looked up among their columns, so that only what is asked for is."""
    rows = rows_of(facts, name).lazy()
    if name not in ("visits", "stays") or not is_by_number(facts.visits):
        return rows
    if name == "stays":
        rows = limited(facts, rows.with_columns(days=known_days(facts)))
    return told_by_deals(rows, facts.deals)


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
