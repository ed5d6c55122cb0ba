"""The result of one manager with the clients that manager was given: observed against expected wins.

What is expected of a deal is how the *other* managers' deals of the same kind ended, the kind known when it was handed
over (source, product, size …), never later. A kind with few deals leans on the wider kind above it.
Source: indirect standardisation, Breslow & Day 1987, chapter 2; Spiegelhalter 2005.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard.statistics.intervals import LEVEL, byar_interval

STRENGTH = 20.0
ENOUGH_OTHERS = 10
LEAST_OVERLAP = 0.7
OWN, ALL, OTHERS = ("own_count", "own_wins"), ("all_count", "all_wins"), ("others_count", "others_wins")


def expected_by_cell(
    deals: pl.DataFrame, unit: str, cells: Sequence[str], win: str, *, strength: float = STRENGTH
) -> pl.DataFrame:
    """Count what each unit's deals of each cell brought and what the others' deals of that cell let expect.

    ``deals``: one row per closed deal with ``unit`` (who is judged), ``cells`` from the widest to the narrowest (a null is
    a kind of its own) and ``win`` (yes or no). Returns a row per unit and cell: ``own_count``, ``own_wins``,
    ``others_count``, ``others_wins``, ``expected_share``. A cell's share is (k + strength·parent)/(n + strength) over the
    others, its parent the cell without its last column; the widest parent is all their deals. Null where there are no others.
    """
    cells = list(cells)
    found = tally(deals, [unit, *cells], win, OWN)
    parent = pl.lit(None, dtype=pl.Float64)
    for depth in range(len(cells) + 1):
        keys = cells[:depth]
        found = with_others(found, deals, unit, keys, win)
        share = pl.when(pl.col(OTHERS[0]) + strength > 0).then(
            (pl.col(OTHERS[1]) + strength * pl.col("parent")) / (pl.col(OTHERS[0]) + strength)
        )
        plain = pl.when(pl.col(OTHERS[0]) > 0).then(pl.col(OTHERS[1]) / pl.col(OTHERS[0]))
        found = found.with_columns(parent.alias("parent") if depth == 0 else pl.col("expected_share").alias("parent"))
        found = found.with_columns(expected_share=plain if depth == 0 else share.otherwise(pl.col("parent")))
    return found.select(unit, *cells, *OWN, *OTHERS, "expected_share").sort(unit, *cells, nulls_last=True)


def tally(deals: pl.DataFrame, keys: list[str], win: str, names: tuple[str, str]) -> pl.DataFrame:
    """Count deals and wins per key, or of all of them, as ``names``."""
    counts = [pl.len().cast(pl.Int64).alias(names[0]), pl.col(win).cast(pl.Int64).sum().alias(names[1])]
    return deals.group_by(keys).agg(counts) if keys else deals.select(counts)


def with_others(found: pl.DataFrame, deals: pl.DataFrame, unit: str, keys: list[str], win: str) -> pl.DataFrame:
    """Put beside each row how many deals and wins all units but its own have in its cell of ``keys``."""
    mine = tally(deals, [unit, *keys], win, ("mine_count", "mine_wins"))
    every = tally(deals, keys, win, ALL)
    joined = found.drop(OTHERS, strict=False).join(mine, on=[unit, *keys], how="left", nulls_equal=True)
    joined = joined.join(every, on=keys, how="left", nulls_equal=True) if keys else joined.join(every, how="cross")
    return joined.with_columns(
        (pl.col("all_count") - pl.col("mine_count")).alias(OTHERS[0]),
        (pl.col("all_wins") - pl.col("mine_wins")).alias(OTHERS[1]),
    ).drop("mine_count", "mine_wins", *ALL)


def adjusted(
    deals: pl.DataFrame,
    unit: str,
    cells: Sequence[str],
    win: str,
    *,
    strength: float = STRENGTH,
    level: float = LEVEL,
) -> pl.DataFrame:
    """Judge each unit by what its own kinds of deals let expect: one row per unit, sorted by it.

    ``deals_count``, ``wins``, ``raw_share``, ``expected`` (wins), ``ratio`` = wins/expected with Byar's interval
    (``ratio_low``, ``ratio_high``; wide, as a Poisson count is), ``adjusted_share`` = share of all × ratio, ``overlap_share``
    of its deals in cells where others have at least ten, ``is_comparable``: that is at least 0.7. Null where nothing is expected.
    """
    by_cell = expected_by_cell(deals, unit, cells, win, strength=strength)
    share = deals.get_column(win).cast(pl.Float64).mean()
    known = pl.col("expected_share").is_not_null().all()
    count, wins = pl.col("own_count").sum(), pl.col("own_wins").sum()
    expected = (pl.col("own_count") * pl.col("expected_share")).sum()
    is_shared = pl.col("others_count") >= ENOUGH_OTHERS
    found = by_cell.group_by(unit).agg(
        count.alias("deals_count"),
        wins.alias("wins"),
        (wins / count).alias("raw_share"),
        pl.when(known & (expected > 0)).then(expected).alias("expected"),
        (pl.col("own_count").filter(is_shared).sum() / count).alias("overlap_share"),
    )
    limits = [byar_interval(one, level) for one in found.get_column("wins").to_list()]
    return (
        found.with_columns(
            ratio=pl.col("wins") / pl.col("expected"),
            ratio_low=pl.Series([one.low for one in limits], dtype=pl.Float64) / pl.col("expected"),
            ratio_high=pl.Series([one.high for one in limits], dtype=pl.Float64) / pl.col("expected"),
        )
        .with_columns(
            adjusted_share=share * pl.col("ratio"),
            is_comparable=pl.col("expected").is_not_null() & (pl.col("overlap_share") >= LEAST_OVERLAP),
        )
        .sort(unit, nulls_last=True)
    )


def what_drives(by_cell: pl.DataFrame, unit: str) -> pl.DataFrame:
    """Say which cells made a unit's expectation differ from the others' share won: ``effect`` in wins per deal, largest first.

    ``(own share of the cell − the others' share of it) × (expected share − share won by the others)``: positive where the
    unit was given more of what sells well. Takes the rows of ``expected_by_cell``. Cells that only others have are not
    rows, so the effects need not sum to the whole difference.
    """
    own, own_won = pl.col("own_count").sum().over(unit), pl.col("own_wins").sum().over(unit)
    rest, rest_won = pl.col("own_count").sum() - own, pl.col("own_wins").sum() - own_won
    extra = pl.col("own_count") / own - pl.col("others_count") / rest
    effect = pl.when(rest > 0).then(extra * (pl.col("expected_share") - rest_won / rest))
    found = by_cell.with_columns(effect=effect)
    return found.sort(unit, pl.col("effect").abs(), descending=[False, True], nulls_last=True)
