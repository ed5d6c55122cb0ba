"""``facts.costs``: one row per day, channel and campaign; spend without leads stays a row like any other."""

from __future__ import annotations

import polars as pl

from pipelines.schema.facts import Costs


def cost_facts(costs: pl.DataFrame) -> pl.DataFrame:
    """Take the costs as core tells them, in the reporting currency."""
    return costs.select(list(Costs.columns())).sort("cost_id")
