"""Costs, invoices, plans, and the one currency everything is reported in; another currency is never taken for it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import Names, gathered, shaped, tables_of
from pipelines.settings import Settings
from pipelines.staged import FILE, LINE, LOAD, StagedTable

DEFAULT_CURRENCY = "RUB"
CURRENCY_NAMES = {
    "российский рубль": "RUB",
    "рубль": "RUB",
    "руб.": "RUB",
    "руб": "RUB",
    "₽": "RUB",
    "rur": "RUB",
    "доллар сша": "USD",
    "$": "USD",
    "евро": "EUR",
    "€": "EUR",
    "russian ruble": "RUB",
    "us dollar": "USD",
    "euro": "EUR",
    "тенге": "KZT",
    "₸": "KZT",
}


def reporting_currency(staged: Sequence[StagedTable], settings: Settings) -> str:
    """Return the settings' currency; without one, that of the deals' sources when they agree; else roubles."""
    if settings.currency is not None:
        return settings.currency
    known = {one.profile.currency for one in tables_of(staged, "deals") + tables_of(staged, "stages")} - {None}
    return str(known.pop()) if len(known) == 1 else DEFAULT_CURRENCY


def currency_code(column: str) -> pl.Expr:
    """Return the three-letter code of a currency given by code, sign or Russian name."""
    return pl.col(column).str.to_lowercase().replace(CURRENCY_NAMES).str.to_uppercase()


def conform_costs(staged: Sequence[StagedTable], names: Names) -> pl.DataFrame:
    """Return ``core.costs``. A later file replaces what an earlier one said of the same source, day and campaign."""
    parts = [one.rows.with_columns(source=pl.lit(one.name)) for one in tables_of(staged, "costs")]
    if not parts:
        return shaped(None, "costs")
    rows = pl.concat(parts, how="diagonal")
    same = ["source", "spent_on", "channel_name", "campaign_name"]
    rows = rows.filter(pl.col(LOAD) == pl.col(LOAD).max().over(same))
    rows = names.merged(rows).with_columns(
        cost_id=pl.concat_str("source", FILE, LINE, separator=":"),
    )
    return shaped(rows, "costs")


def conform_invoices(staged: Sequence[StagedTable]) -> pl.DataFrame:
    """Return ``core.invoices``."""
    return shaped(gathered(staged, "invoices", ["invoice_id"], Names({})), "invoices")


def conform_plans(staged: Sequence[StagedTable], names: Names) -> pl.DataFrame:
    """Return ``core.plans``; a plan of the whole company has an empty manager."""
    rows = gathered(staged, "plans", ["manager_name", "metric_name", "month_on"], names)
    if rows is not None:
        rows = rows.with_columns(
            pl.col("manager_name").fill_null(""), month_on=pl.col("month_on").dt.truncate("1mo")
        ).unique(["manager_name", "metric_name", "month_on"], keep="last", maintain_order=True)
    return shaped(rows, "plans")
