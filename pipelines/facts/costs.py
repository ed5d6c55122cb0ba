"""``facts.costs``: one row per day, channel and campaign; spend without leads stays a row like any other.

``facts.margins``: what settings say remains of a product's amount, so that a return can be counted by margin.
"""

from __future__ import annotations

import polars as pl

from pipelines.schema.facts import Costs, Margins
from pipelines.settings import Margin


def cost_facts(costs: pl.DataFrame) -> pl.DataFrame:
    """Take the costs as core tells them, in the reporting currency."""
    return costs.select(list(Costs.columns())).sort("cost_id")


def margin_facts(margin: Margin) -> pl.DataFrame:
    """Take the margins of settings; no row where they give none."""
    told = dict(margin.products) | ({} if margin.share is None else {"": margin.share})
    dtypes = {name: column.dtype for name, column in Margins.columns().items()}
    return pl.DataFrame({"product_name": list(told), "share": list(told.values())}, schema=dtypes).sort("product_name")
