"""``facts.deal_changes``: what successive exports of a deal told differently."""

from __future__ import annotations

import polars as pl

from pipelines.schema.facts import DealChanges


def deal_change_facts(changes: pl.DataFrame) -> pl.DataFrame:
    """Take the changes as core tells them."""
    return changes.select(list(DealChanges.columns())).sort(DealChanges.primary_key())
