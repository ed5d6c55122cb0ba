"""Several rows of one deal become one: the newest, with what older ones tell and it has no column for.

Amounts are accounted for: what was replaced, and what stayed although its row was replaced.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.conform import newest
from pipelines.core.last_known import RUN, RUN_OF, Silences, silences
from pipelines.core.stages import StageDictionary
from pipelines.keys import last_of_each
from pipelines.profile import Outcomes
from pipelines.schema.core import KEPT, REPLACED
from pipelines.staged import FILE, StagedTable

SET_ASIDE = {"subject": pl.String(), "rule": pl.String(), "rows": pl.Int64(), "amount": pl.Float64()}
SET_ASIDE |= {"currency": pl.String(), "rate_line": pl.String()}
Versions = tuple[StagedTable, list[pl.DataFrame]]
"""A table with the newest row of each deal among its files that have the same columns."""


def newest_deals(
    of_system: Sequence[Versions], dictionary: StageDictionary, aside: list[dict[str, object]]
) -> list[tuple[StagedTable, pl.DataFrame]]:
    """Make one row per deal of a system, the newest with what is known of the rest; return them by the table it stands in."""
    tables = [one for one, _ in of_system]
    parts = [part for _, versions in of_system for part in versions]
    if len(parts) == 1:
        return [(tables[0], parts[0])]
    subject = tables[0].name if len(tables) == 1 else "deals of one system"
    rows = pl.concat(parts, how="diagonal_relaxed")
    silent = silences(tables)
    if "funnel_name" in silent:
        tellers = dictionary.funnel_tellers(rows["stage_name"].unique())
        silent["funnel_name"] &= ~pl.col("stage_name").is_in(tellers).fill_null(False)
    rows = newer_rows(rows, ["deal_id"], subject, aside, silent).drop(RUN, RUN_OF, strict=False)
    return [(one, rows.filter(pl.col(FILE).is_in(list(one.told)))) for one in tables]


def newer_rows(
    rows: pl.DataFrame,
    key: Sequence[str],
    subject: str,
    aside: list[dict[str, object]],
    silent: Silences | None = None,
) -> pl.DataFrame:
    """Keep the newest row of each deal, and say how many rows, with what amount, it replaced, and what amounts stayed."""
    if last_of_each(rows, key) is None:
        return rows
    kept = newest(rows, key)
    if kept.height < rows.height:
        sums = [pl.len().alias("rows"), pl.col("amount").sum().alias("amount")]
        before, after = (one.group_by("currency").agg(sums) for one in (rows, kept))
        both = before.join(after, on="currency", how="left", suffix="_kept", nulls_equal=True).with_columns(
            pl.col("rows_kept", "amount_kept").fill_null(0)
        )
        for one in both.sort("currency").to_dicts():
            gone, amount = one["rows"] - one["rows_kept"], one["amount"] - one["amount_kept"]
            if gone or amount:
                aside.append(line_aside(subject, REPLACED, gone, float(amount)) | {"currency": one["currency"]})
    if not silent:
        return kept
    filled = newest(rows, key, silent, traced=("product_name", "amount"))
    aside += amounts_kept(subject, kept.select("amount", "currency"), filled.select("amount", "currency"))
    return filled


def amounts_kept(subject: str, before: pl.DataFrame, after: pl.DataFrame) -> list[dict[str, object]]:
    """Say, by currency, in how many deals an amount or its currency is known from an older row alone, and how much that adds.

    Where only the currency is, the amount is taken from the one it would else be in.
    """
    both = pl.concat([before.rename(lambda name: f"_{name}"), after], how="horizontal")
    told_anew = pl.col("amount").ne_missing(pl.col("_amount")) | (
        pl.col("amount").is_not_null() & (pl.col("currency") != pl.col("_currency"))
    )
    both = both.filter(told_anew)
    came = both.select("currency", "amount", rows=pl.lit(1, dtype=pl.Int64))
    went = both.select(currency="_currency", amount=-pl.col("_amount"), rows=pl.lit(0, dtype=pl.Int64))
    sums = pl.concat([came, went], how="vertical_relaxed").group_by("currency").agg(pl.col("rows", "amount").sum())
    return [
        line_aside(subject, KEPT, row["rows"], float(row["amount"])) | {"currency": row["currency"]}
        for row in sums.sort("currency").to_dicts()
        if row["rows"] or row["amount"]
    ]


def with_words(own: Outcomes, others: Sequence[Outcomes]) -> Outcomes:
    """Add the words that other exports of a system close deals with: a stage may be known from one of them."""
    words = {name: [*getattr(own, name)] for name in ("won", "lost", "junk", "open", "junk_reasons")}
    for other in others:
        for name, known in words.items():
            known += [word for word in getattr(other, name) if all(word not in some for some in words.values())]
    return own.model_copy(update={name: tuple(known) for name, known in words.items()}) if others else own


def line_aside(subject: str, rule: str, rows: int, amount: float | None = None) -> dict[str, object]:
    return {"subject": subject, "rule": rule, "rows": rows, "amount": amount}
