"""The way of each deal through its stages, added up once per snapshot, so that a filter only picks deals.

A *passage* is all that a deal did in one stage: how many visits, how each ended, how long they lasted together. A funnel adds
up passages; what a filter keeps are whole deals, so the passages of all deals are made once and the funnel of any deals is a
choice among them. Deals and stages are numbers here, because comparing the names of millions of visits takes seconds.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from dashboard.access import Facts
from dashboard.analyses.reach import ON_THE_WAY
from dashboard.looked_up import is_by_number, told_by_deals
from dashboard.metrics.rows import deal_places, of_stages, stage_numbers
from dashboard.remember import is_prepared, prepared
from pipelines.keys import places_of
from pipelines.schema.columns import EXITS

STAGE = ["funnel_name", "stage_name"]
KEYS = ["deal_at", "place"]
PLACES = 2**16
"""More than there are of them."""
FEW = 0.25
"""Share of all deals."""
COUNTS = ("entered", "junked", *EXITS)


def places(facts: Facts) -> pl.DataFrame:
    """Number the stages that visits were made to: place, funnel_name, stage_name, stage_type (text), is_sales, way_order.

    ``way_order`` is the order of the stages that lie one after another, null for others (see ``reach.ON_THE_WAY``).
    """
    return prepared(facts, _places)


def _places(facts: Facts) -> pl.DataFrame:
    visits = facts.visits.select(*STAGE, "stage_type", "is_sales")
    _, numbers = stage_numbers(facts) if is_by_number(facts.visits) else prepared(facts, stage_numbers)
    found = visits[numbers.arg_unique()].with_columns(pl.col(*STAGE, "stage_type").cast(pl.String))
    known = facts.stages.filter(~pl.col("is_unmapped") & ON_THE_WAY).select(*STAGE, way_order="stage_order")
    return (
        found.join(known.unique(STAGE), on=STAGE, how="left")
        .sort(STAGE, nulls_last=True)
        .with_columns(place=pl.int_range(pl.len(), dtype=pl.UInt16))
    )


def ways(facts: Facts) -> pl.DataFrame:
    """Return the visits, those of a deal together and in order, with ``deal_at``, ``place`` and when they are known to be.

    ``deal_at`` is the row of the deal in ``facts.deals``; deals that are not there (a manager sees visits to a deal that is
    somebody else's now) have higher numbers. When they are known to be is told by ``dated``, which visits by number
    (``looked_up``) still need.
    """
    return prepared(facts, _ways)


def _ways(facts: Facts) -> pl.DataFrame:
    place = of_stages(facts, places(facts).select(*STAGE, "place"))
    if is_by_number(facts.visits):
        return facts.visits.with_columns(place)
    rows = facts.visits.with_columns(deals_at(facts)).with_columns(place)
    order = rows.select(pl.col("deal_at").cast(pl.Int64) * 2**32 + pl.col("visit_number")).to_series()
    if not order.is_sorted():  # those of a snapshot are; sorting would copy all of them
        rows = rows.sort("deal_at", "visit_number")
    return dated(facts, rows)


def dated(facts: Facts, rows: pl.DataFrame) -> pl.DataFrame:
    """Put beside visits (rows of ``ways``, all of their deals) when they are known to be, where that is not told yet.

    ``known_at``: a visit nobody dated happened no later than the next dated one of its deal; ``left_known_at`` is when the
    next one began.
    """
    if "known_at" in rows.columns:
        return rows
    moment = pl.coalesce("entered_at", "left_at")
    is_same = pl.when(moment.is_not_null()).then("deal_at").backward_fill() == pl.col("deal_at")
    known_at = pl.when(is_same).then(moment.backward_fill()).fill_null(facts.as_of)
    next_at = pl.when(pl.col("deal_at").shift(-1) == pl.col("deal_at")).then(pl.col("known_at").shift(-1))
    return rows.with_columns(known_at=known_at).with_columns(left_known_at=pl.coalesce("left_at", next_at))


def deals_at(facts: Facts) -> pl.Series:
    """Number the deal of each visit."""
    ids = facts.visits.get_column("deal_id")
    found = prepared(facts, deal_places)
    strange = ids.filter(found.is_null())
    if len(strange):
        more = places_of(ids, strange.unique(maintain_order=True)).cast(pl.UInt32)
        found = found.zip_with(found.is_not_null(), more + facts.deals.height)
    return found.alias("deal_at")


def passages_of(facts: Facts, visits: pl.DataFrame) -> pl.DataFrame:
    """Add visits (rows of ``ways``) up by deal and place.

    Columns: deal_at, place, ``COUNTS``, lost_amount (of a deal refused here that stayed refused), days (in an open stage,
    null where they cannot be told: a visit of unknown or negative length, or only the present stage of the deal is known),
    is_over (no visit to it still lasts), first_after (the creation of the deal: how long after it the deal was here first),
    is_furthest (the last of the stages that lie one after another in this funnel). Sorted by days, those that are over
    first, so that a curve of any choice of them needs no sorting.
    """
    is_open, is_lost = pl.col("stage_type") == "open", pl.col("exit") == "lost"
    told = visits.lazy().select(  # told by row, because conditions within groups take three times as long
        *KEYS,
        "deal_created_at",
        *((pl.col("exit") == name).alias(name) for name in EXITS),
        junked=is_lost & (pl.col("outcome") == "junk"),
        lost_amount=pl.when(is_lost & (pl.col("outcome") == "lost")).then("amount"),
        days=pl.when(is_open).then("days"),
        is_open=is_open,
        is_fine=~is_open | (pl.col("days") >= 0).fill_null(False),
        is_over=~is_open | (pl.col("exit") != "still_there"),
        known_at=pl.when(pl.col("known_at") <= facts.as_of).then("known_at"),
    )
    counts = (pl.col(name).sum().cast(pl.UInt16) for name in ("junked", *EXITS))
    rows = (
        told.group_by(KEYS)
        .agg(
            pl.len().cast(pl.UInt16).alias("entered"),
            *counts,
            lost_amount=pl.col("lost_amount").max(),  # all visits of a deal have one amount
            days=pl.col("days").sum(),
            is_told=pl.col("is_open").any() & pl.col("is_fine").all(),
            is_over=pl.col("is_over").all(),
            first_after=pl.col("known_at").min() - pl.col("deal_created_at").first(),
        )
        .collect()
    )
    is_guessed = (facts.deals.get_column("history") == "implied").extend_constant(False, strangers_count(facts))
    is_told = pl.col("is_told") & ~is_guessed.gather(rows["deal_at"])
    rows = rows.with_columns(days=pl.when(is_told).then("days")).drop("is_told")
    return furthest(facts, rows).sort("days", "is_over", descending=[False, True], nulls_last=True)


def furthest(facts: Facts, rows: pl.DataFrame) -> pl.DataFrame:
    """Mark of each deal and funnel the passage through the last stage on the way, one even where two have the same order."""
    order = places(facts).select("place", "way_order", funnel_at=pl.col("funnel_name").rank("dense"))
    last = (
        rows.lazy()
        .select(KEYS)
        .join(order.lazy().drop_nulls("way_order"), on="place")
        .group_by("deal_at", "funnel_at")
        .agg(last=(pl.col("way_order") * PLACES + pl.col("place")).max())
        .select("deal_at", place=(pl.col("last") % PLACES).cast(pl.UInt16), is_furthest=pl.lit(True))
        .collect()
    )
    marked = rows.drop("is_furthest", strict=False).join(last, on=KEYS, how="left", maintain_order="left")
    return marked.with_columns(pl.col("is_furthest").fill_null(False))


def strangers_count(facts: Facts) -> int:
    """Count the deals that visits name and the deals do not hold."""
    most = ways(facts).get_column("deal_at").max()
    return max(0, int(str(most)) + 1 - facts.deals.height) if most is not None else 0


def passages(facts: Facts) -> pl.DataFrame:
    """Return the passages of all deals, see ``passages_of``."""
    return prepared(facts, _passages)


def _passages(facts: Facts) -> pl.DataFrame:
    return passages_of(facts, told(facts, dated(facts, ways(facts))))


def told(facts: Facts, rows: pl.DataFrame) -> pl.DataFrame:
    """Put beside visits what their deals tell, where visits are by number."""
    return told_by_deals(rows.lazy(), facts.deals).collect() if is_by_number(facts.visits) else rows


def passages_among(facts: Facts, deals: pl.Series, stages: pl.Expr, *columns: str) -> pl.DataFrame:
    """Return the passages of marked deals through the stages that fit, whole funnels of them; all columns or those named.

    Few deals of which nobody asked before are added up by themselves: a report of one week does not wait for all years.
    """
    if is_prepared(facts, _passages) or deals.sum() > facts.deals.height * FEW:
        return chosen(facts, passages(facts).select(columns or pl.all()), deals, stages)
    return passages_of(facts, visits_of(facts, deals, stages)).select(columns or pl.all())


def visits_of(facts: Facts, deals: pl.Series, stages: pl.Expr, *columns: str) -> pl.DataFrame:
    """Keep the visits of marked deals to stages that fit; all columns or, of those named, the ones that are there."""
    rows = ways(facts)
    if is_by_number(facts.visits):
        rows = told(facts, dated(facts, of_deals(facts, rows, deals)))
    named = [one for one in columns if one in rows.columns]
    return chosen(facts, rows.select(named or pl.all()), deals, stages)


def deals_in(facts: Facts, rows: pl.DataFrame) -> pl.Series:
    """Mark the deals that rows with ``deal_at`` are of, one mark for each of ``facts.deals``."""
    marks = np.zeros(facts.deals.height + strangers_count(facts), dtype=np.bool_)
    marks[rows.get_column("deal_at").to_numpy()] = True
    return pl.Series(marks[: facts.deals.height])


def undated(facts: Facts) -> pl.Series:
    """Mark the deals with a visit that nobody recorded, or of which nobody knows when it began."""
    return prepared(facts, _undated)


def _undated(facts: Facts) -> pl.Series:
    is_guessed = pl.col("is_implied") | pl.col("entered_on").is_null()
    return deals_in(facts, ways(facts).lazy().filter(is_guessed).select("deal_at").collect())


def of_deals(facts: Facts, rows: pl.DataFrame, deals: pl.Series) -> pl.DataFrame:
    """Keep the rows with ``deal_at`` whose deal is marked; deals that are strange to us are never marked."""
    return rows.filter(deals.extend_constant(False, strangers_count(facts)).gather(rows["deal_at"]))


def chosen(facts: Facts, rows: pl.DataFrame, deals: pl.Series, stages: pl.Expr) -> pl.DataFrame:
    """Keep the rows with ``KEYS`` whose deal is marked and whose place fits; deals that are strange to us are never marked."""
    fits = places(facts).sort("place").select(stages).to_series()
    if not bool(fits.all()):
        rows = rows.filter(fits.gather(rows["place"]))
    if bool(deals.all()) and not strangers_count(facts):
        return rows
    return of_deals(facts, rows, deals)
