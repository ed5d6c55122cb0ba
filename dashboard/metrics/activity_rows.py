"""What answers, next steps and touches need by row and the facts do not hold: how long a lead waited, whether steps are told."""

from __future__ import annotations

from math import inf

import polars as pl

from dashboard.access import Facts
from pipelines.lean import alongside

IS_OPEN = pl.col("outcome") == "open"


def answers(facts: Facts) -> pl.DataFrame:
    """Put beside each deal's response what a curve of answers and the coverage by next steps stand on.

    Adds ``closed_on``, ``is_sales`` and ``closed_at`` of the deal; ``wait_minutes``: working minutes to the answer, or waited
    so far, of deals that nobody had talked about before, where the log of calls covers them: infinite when the deal was
    closed unanswered while the log still ran, because nothing can come any more; ``is_planned``: of open deals whether a
    promise lies ahead, null where no export tells of promises. A log whose calls name no number, client or deal answers
    nobody: no lead counts as covered by it.
    """
    deals = facts.deals.select("deal_id", "closed_on", "closed_at", "is_sales")
    calls = facts.calls
    is_tied = pl.any_horizontal(pl.col("deal_id", "client_id", "phone").is_not_null()).any()
    is_telling = bool(calls.select(is_tied).item()) if calls.height else True
    last = calls.get_column("started_at").max()
    is_final = ~IS_OPEN & (pl.col("closed_at") <= last if last is not None else pl.lit(False)).fill_null(False)
    waited = pl.when(is_final & pl.col("waited_minutes").is_not_null()).then(inf).otherwise("waited_minutes")
    is_watched = pl.col("has_telephony") & ~pl.col("is_answered_before")
    responses = facts.responses.with_columns(pl.col("has_telephony") & pl.lit(is_telling))
    return alongside(responses, deals, "deal_id").with_columns(
        wait_minutes=pl.when(is_watched).then(pl.when("is_answered").then("response_minutes").otherwise(waited)),
        is_planned=pl.when(IS_OPEN & pl.lit(facts.promises.height > 0)).then("has_next_step"),
    )


def unbought(facts: Facts) -> pl.DataFrame:
    """Take the deals that are open or lost with the day a purchase is planned for.

    Adds ``planned_on``: the expected day of closing; of lost deals the latest such day or promise, which must lie after the
    loss. ``is_dated``: whether there is one; null where no export tells of such days (promises tell only of lost deals).
    """
    promised = facts.promises.drop_nulls("deal_id").group_by("deal_id").agg(_promised=pl.col("due_on").max())
    rows = facts.deals.filter(pl.col("outcome").is_in(["open", "lost"])).join(
        promised, on="deal_id", how="left", maintain_order="left"
    )
    has_days = facts.deals.get_column("expected_on").count() > 0
    has_promises = facts.promises.height > 0
    later = pl.max_horizontal(
        pl.when(pl.col(name) > pl.col("closed_on")).then(pl.col(name)) for name in ("expected_on", "_promised")
    )
    is_told = pl.when(IS_OPEN).then(pl.lit(has_days)).otherwise(pl.lit(has_days or has_promises))
    planned = pl.when(IS_OPEN).then("expected_on").otherwise(later)
    return rows.with_columns(planned_on=planned, is_dated=pl.when(is_told).then(planned.is_not_null())).drop(
        "_promised"
    )


def contacts(facts: Facts) -> pl.DataFrame:
    """Put ``is_without_result`` beside each touch; null when no touch at all has a result, so that none is recorded."""
    is_told = facts.touches.get_column("result").is_not_null().any()
    return facts.touches.with_columns(is_without_result=pl.when(pl.lit(is_told)).then(pl.col("result").is_null()))
