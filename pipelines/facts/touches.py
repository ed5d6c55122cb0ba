"""``facts.touches``: contacts with content, one per client (deal, where no client is known), day and kind.

A task that does not tell its channel («уточнить решение») is a touch of its own only on a day without another one.
"""

from __future__ import annotations

import polars as pl

from pipelines.facts.clock import local_day
from pipelines.facts.sides import Sides
from pipelines.schema.facts import FACTS


def touch_facts(contacts: pl.DataFrame, sides: Sides, *, zone: str) -> pl.DataFrame:
    """Build one row per client, day and kind, in the order of time; the first contact of the day tells whose it is."""
    schema = FACTS["touches"].columns()
    days = (
        contacts.lazy()
        .filter("is_touch")
        .with_columns(touched_on=local_day("at", zone))
        .sort("key", "touched_on", "kind", "at", "contact_id")
        .group_by("key", "touched_on", "kind", maintain_order=True)
        .agg(
            pl.col("client_id", "manager_name", "is_outgoing", "at").first(),
            pl.col("deal_id", "result").drop_nulls().first(),
        )
        .filter((pl.col("kind") != "other") | (pl.len().over("key", "touched_on") == 1))
        .rename({"at": "touched_at"})
    )
    before_win = (pl.col("touched_at") < pl.col("first_won_at")).fill_null(True)
    return (
        sides.beside(days)
        .with_columns(touch_id=pl.format("{} {} {}", "key", "touched_on", "kind"), is_before_win=before_win)
        .select(pl.col(name).cast(column.dtype) for name, column in schema.items())
        .sort("touched_at", "touch_id")
        .collect()
    )
