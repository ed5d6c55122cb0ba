"""The long core tables of a company, conformed anew from what its home has staged: no store keeps them."""

from datetime import UTC, datetime

import polars as pl

from pipelines.building import staged_tables
from pipelines.core import build_core
from pipelines.rates import read_rates
from pipelines.settings import Home, read_settings
from pipelines.warehouse import open_store


def long_table(home: Home, name: str) -> pl.DataFrame:
    """Return ``stage_changes`` or ``calls``."""
    kept: dict[str, pl.DataFrame] = {}
    settings = read_settings(home)
    rates = read_rates(home, settings)
    with open_store(home) as store:
        build_core(staged_tables(store), settings, loaded_at=datetime.now(UTC), keep=kept.__setitem__, rates=rates)
    return kept[name]
