"""Costs, invoices, plans, and the one currency everything is reported in; another currency is never taken for it.

An amount in another currency is converted at the last rate on or before its day, to the kopeck, halves to the even one. An
amount without a rate is unknown: it is kept as exported, counted, and the line that rates.csv lacks is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from pipelines.core.conform import Names, gathered, newest, shaped, tables_of
from pipelines.core.payments import joined_payments
from pipelines.currency import RATES, currency_code
from pipelines.schema.core import FOREIGN
from pipelines.schema.staging import TARGETS
from pipelines.settings import Settings
from pipelines.staged import FILE, LINE, LOAD, StagedTable

DEFAULT_CURRENCY = "RUB"
RATE_SCALE = 8
MONEY = pl.Decimal(18, 2)
MOST_MINOR = 10**18 - 1
"""The largest amount that Decimal(18, 2) holds, in hundredths."""


@dataclass(frozen=True)
class Exchange:
    """The reporting currency, the rates into it, and how old a rate may be."""

    currency: str
    rates: pl.DataFrame
    max_age_days: int

    @classmethod
    def of(cls, currency: str, rates: pl.DataFrame | None, settings: Settings) -> Exchange:
        """Stand on the rates a home keeps, or on none."""
        return cls(currency, pl.DataFrame(schema=RATES) if rates is None else rates, settings.rates.max_age_days)

    def converted(
        self, rows: pl.DataFrame, amounts: Sequence[str], day: pl.Expr, subject: str, aside: list[dict[str, object]]
    ) -> pl.DataFrame:
        """Bring ``amounts`` into the reporting currency at the rate of ``day``; each stays in ``{amount}_original``.

        Rows carry ``currency``, a three-letter code. What has no rate becomes null and is added to ``aside`` by currency.
        """
        rows = rows.with_columns(pl.col(name).cast(MONEY).alias(f"{name}_original") for name in amounts)
        foreign = pl.col("currency") != self.currency
        if not rows.select(foreign.any()).item():
            return rows
        told = rows.with_row_index("_row").with_columns(_day=day)
        abroad = told.filter(foreign).select("_row", "currency", "_day").sort("_day")
        rated = abroad.join_asof(
            self.rates.rename({"rated_on": "_day"}).sort("_day"),
            on="_day",
            by="currency",
            strategy="backward",
            tolerance=f"{self.max_age_days}d",
            check_sortedness=False,
        ).select("_row", "rate")
        told = told.join(rated, on="_row", how="left", maintain_order="left")
        told = told.with_columns(
            pl.when(foreign).then(exchanged(name, "rate")).otherwise(pl.col(name).cast(MONEY)).alias(name)
            for name in amounts
        )
        aside += without_rate(told, amounts, subject)
        return told.drop("_row", "_day", "rate")


def exchanged(amount: str, rate: str) -> pl.Expr:
    """Multiply an amount by a rate exactly, in whole numbers, and round to hundredths, halves to the even one."""
    unit = pl.lit(10**RATE_SCALE, dtype=pl.Int128)
    product = pl.col(amount).cast(MONEY).to_physical().cast(pl.Int128) * pl.col(rate).to_physical().cast(pl.Int128)
    whole, twice = product // unit, (product % unit) * 2
    up = (twice > unit) | ((twice == unit) & (whole % 2 == 1))
    minor = whole + up.cast(pl.Int128)
    fits = pl.when(minor.abs() <= MOST_MINOR).then(minor)
    return (fits.cast(pl.Decimal(38, 2)) / pl.lit(Decimal("100.00"))).cast(MONEY)


def without_rate(rows: pl.DataFrame, amounts: Sequence[str], subject: str) -> list[dict[str, object]]:
    """Count by currency the amounts that are unknown for want of a rate, with the line that would mend the first of them."""
    lines: list[dict[str, object]] = []
    lacking = [pl.col(name).is_null() & pl.col(f"{name}_original").is_not_null() for name in amounts]
    total = pl.sum_horizontal(
        pl.when(lacks).then(pl.col(f"{name}_original").cast(pl.Float64)).otherwise(0.0)
        for name, lacks in zip(amounts, lacking, strict=True)
    )
    found = rows.filter(pl.any_horizontal(lacking)).group_by("currency")
    for row in found.agg(rows=pl.len(), amount=total.sum(), day=pl.col("_day").min()).sort("currency").to_dicts():
        line = f"{row['day'] or 'YYYY-MM-DD'};{row['currency']};…"
        said = {"subject": subject, "rule": FOREIGN, "rows": row["rows"], "amount": row["amount"]}
        lines.append(said | {"currency": row["currency"], "rate_line": line})
    return lines


def with_currency(rows: pl.DataFrame, own: str) -> pl.DataFrame:
    """Name each row's currency by its three letters; a row that names none is in its source's."""
    if "currency" not in rows.columns:
        return rows.with_columns(currency=pl.lit(own))
    return rows.with_columns(currency=currency_code("currency").fill_null(own))


def reporting_currency(staged: Sequence[StagedTable], settings: Settings) -> str:
    """Return the settings' currency; without one, that of the deals' sources when they agree; else roubles."""
    if settings.currency is not None:
        return settings.currency
    known = {one.profile.currency for one in tables_of(staged, "deals") + tables_of(staged, "stages")} - {None}
    return str(known.pop()) if len(known) == 1 else DEFAULT_CURRENCY


def converted_deals(deals: pl.DataFrame, exchange: Exchange, zone: str, aside: list[dict[str, object]]) -> pl.DataFrame:
    """Convert the amounts of deals: at the day of closing, because revenue is dated by it; of open ones, of creation."""
    moment = pl.coalesce("closed_at", "created_at")
    day = moment.dt.convert_time_zone(zone).dt.date()
    return exchange.converted(deals, ["amount"], day, "deals", aside).select(deals.columns)


def conform_costs(
    staged: Sequence[StagedTable], names: Names, exchange: Exchange, aside: list[dict[str, object]]
) -> pl.DataFrame:
    """Return ``core.costs``. A later file replaces what an earlier one said of the same source, day and campaign."""
    parts = [
        with_currency(one.rows, one.profile.currency or exchange.currency).with_columns(source=pl.lit(one.name))
        for one in tables_of(staged, "costs")
    ]
    if not parts:
        return shaped(None, "costs")
    rows = pl.concat(parts, how="diagonal")
    same = ["source", "spent_on", "channel_name", "campaign_name"]
    rows = rows.filter(pl.col(LOAD) == pl.col(LOAD).max().over(same))
    rows = names.merged(rows).with_columns(
        cost_id=pl.concat_str("source", FILE, LINE, separator=":"),
    )
    amounts = [name for name in ("spend", "ad_revenue") if name in rows.columns]
    return shaped(exchange.converted(rows, amounts, pl.col("spent_on"), "costs", aside), "costs")


def conform_invoices(staged: Sequence[StagedTable], exchange: Exchange, aside: list[dict[str, object]]) -> pl.DataFrame:
    """Return invoices with the columns that tell who the client is; ``core.invoices`` is made of them."""
    told = [
        table.with_rows(with_currency(table.rows, table.profile.currency or exchange.currency))
        for table in (joined_payments(one, aside) for one in tables_of(staged, "invoices"))
    ]
    rows = gathered(told, "invoices", ["invoice_id"], Names({}))
    if rows is None:
        return shaped(None, "invoices")
    # What was paid came in at the rate of its day; the invoice is worth what it was when it was written.
    rows = exchange.converted(rows, ["amount"], pl.coalesce("issued_on", "paid_on"), "invoices", aside)
    return exchange.converted(rows, ["paid"], pl.coalesce("paid_on", "issued_on"), "payments", aside)


def planned_apart(rows: pl.DataFrame) -> pl.DataFrame:
    """Make one row per number that a row plans: its own metric, and those that stand beside it in columns of their own."""
    others = [rows.with_columns(metric_name=pl.lit(metric), target=column) for column, metric in TARGETS.items()]
    return pl.concat([rows, *others]).drop_nulls("target").drop(TARGETS)


def conform_plans(staged: Sequence[StagedTable], names: Names) -> pl.DataFrame:
    """Return ``core.plans``; a plan of the whole company has an empty manager."""
    parts = [planned_apart(one.rows) for one in tables_of(staged, "plans")]
    if not parts:
        return shaped(None, "plans")
    key = ["manager_name", "metric_name", "month_on"]
    rows = names.merged(newest(pl.concat(parts, how="diagonal"), key)).with_columns(
        pl.col("manager_name").fill_null(""), month_on=pl.col("month_on").dt.truncate("1mo")
    )
    return shaped(rows.unique(key, keep="last", maintain_order=True), "plans")
