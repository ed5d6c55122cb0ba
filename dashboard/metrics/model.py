"""What a metric is: one frozen value from which card, axis, table, export and glossary inherit everything.

A ratio is an expression over rows, so it is measured again at every grain and never averaged; 0/0 is null, not NaN. What
needs two facts (spend per lead) is an expression over other metrics, its ``parts``, each measured at the same grain.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class Unit(StrEnum):
    """How a value is written. The values are the words ``Locale.value`` understands."""

    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    DAYS = "days"
    MINUTES = "minutes"
    NUMBER = "number"


class Better(StrEnum):
    """Which way is good news."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True, eq=False)
class Metric:
    """One number: ``value`` is an aggregation over the rows of ``fact`` whose day ``dated_by`` is in the period.

    ``dated_by`` is None for a state at ``as_of``, whatever the period (clients nobody owns). ``is_stock``: a state at the end
    of the period (open deals), not what happened over it; ``value`` then sees the rows that were in that state. With
    ``parts`` the value is an expression over their names, and ``fact`` is empty. ``variant`` names which of several
    customary definitions this is; ``needs`` lists columns that an export must fill before the number means anything: where
    they are all empty, the value is unknown. ``behind`` picks the rows the number stands on (of those ``value`` sees), so that
    a reader can open them; a count is as many as they are. ``each`` names the column whose different values a count is of
    (clients who bought): there the newest row of each stands for it. ``of_them`` picks the rows that make a share, of those behind
    it: the share is how many of them there are.
    """

    name: str
    label: str
    help: str
    value: pl.Expr
    unit: Unit
    better: Better
    fact: str = ""
    dated_by: str | None = None
    is_stock: bool = False
    parts: tuple[Metric, ...] = ()
    needs: tuple[str, ...] = ()
    variant: str = ""
    behind: pl.Expr | None = None
    each: str = ""
    of_them: pl.Expr | None = None


def ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Divide two aggregates as Float64; a share of nothing is null (Polars gives NaN for 0/0)."""
    below = denominator.cast(pl.Float64)
    return pl.when(below != 0).then(numerator.cast(pl.Float64) / below)


def known_sum(amount: pl.Expr, rows: pl.Expr) -> pl.Expr:
    """Sum an amount over the rows a predicate picks: zero when there are none, null when none of them has an amount."""
    picked = amount.filter(rows)
    return pl.when((picked.len() == 0) | (picked.count() > 0)).then(picked.sum())


def known_count(column: pl.Expr, rows: pl.Expr) -> pl.Expr:
    """Count the different values over the rows a predicate picks: zero when there are none, null when none has a value."""
    picked = column.filter(rows)
    return pl.when((picked.len() == 0) | (picked.count() > 0)).then(picked.drop_nulls().n_unique())
