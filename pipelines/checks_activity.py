"""What must hold between the core tables and the facts of what managers did, at every build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from pipelines.errors import N_
from pipelines.schema.columns import PROMISE_OUTCOMES

Identity = tuple[str, str, int, int]


def activity_identities(core: Mapping[str, pl.DataFrame], facts: Mapping[str, pl.DataFrame]) -> Iterator[Identity]:
    """Yield subject, statement, what is expected and what was found; tables without rows say nothing."""
    calls, promises = facts["calls"], facts["promises"]
    if core["calls"].height:
        yield from call_identities(core["calls"], calls)
    if core["tasks"].height:
        yield "promises", N_("tasks with a due moment = promises"), core["tasks"]["due_at"].count(), promises.height
        sums = sum(promises.filter(pl.col("outcome") == word).height for word in PROMISE_OUTCOMES)
        yield "promises", N_("promises = kept + late + forgotten + not due yet"), promises.height, sums
    yield "deals", N_("deals = responses to leads"), core["deals"].height, facts["responses"]["deal_id"].n_unique()


def call_identities(told: pl.DataFrame, calls: pl.DataFrame) -> Iterator[Identity]:
    """Follow calls into the facts, and account for the missed ones."""
    yield "calls", N_("calls = calls in the facts"), told.height, calls.height
    missed = told.select(((pl.col("direction") == "in") & ~pl.col("is_answered")).fill_null(False).sum()).item()
    lost = calls.select((pl.col("is_missed") & ~pl.col("is_recovered")).sum()).item()
    yield "calls", N_("missed calls = recovered + lost"), missed, calls.filter("is_recovered").height + lost
    firsts = calls.filter("is_first_of_episode").height
    yield (
        "calls",
        N_("episodes of missed calls = first calls of an episode"),
        calls["episode_id"].drop_nulls().n_unique(),
        firsts,
    )
