"""Puts beside each row's share its interval, its verdict among all rows, and the share with chance taken out."""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.statistics.groups import shrink
from dashboard.statistics.verdicts import judge

WORDS = {
    "above": N_("above the others"),
    "below": N_("below the others"),
    "indistinguishable": N_("cannot be told apart"),
    "too_few": N_("too few to say"),
}
REAL = pl.Float64()


def judged(frame: pl.DataFrame, wins: str, counts: str) -> pl.DataFrame:
    """Add share, low, high, verdict, p_value, shrunk, detectable, needed to rows of wins out of counts.

    The verdict is against all rows together and corrected for being one of several; a row of fewer than twenty gets no
    verdict. Rows of nothing have null.
    """
    won, count = frame.get_column(wins).to_list(), frame.get_column(counts).to_list()
    verdicts = judge(won, count)
    if not verdicts:
        names = ("share", "low", "high", "p_value", "shrunk", "detectable", "needed")
        word = pl.lit(WORDS["too_few"]).alias("verdict")
        return frame.with_columns(word, *(pl.lit(None, dtype=REAL).alias(name) for name in names))
    pulled = shrink(won, count)
    bounds = [one.interval or (None, None) for one in verdicts]
    return frame.with_columns(
        pl.Series("share", [one.share for one in verdicts], dtype=REAL),
        pl.Series("low", [low for low, _ in bounds], dtype=REAL),
        pl.Series("high", [high for _, high in bounds], dtype=REAL),
        pl.Series("verdict", [WORDS[one.word] for one in verdicts], dtype=pl.String),
        pl.Series("p_value", [one.p_value for one in verdicts], dtype=REAL),
        pl.Series("shrunk", pulled.shares if pulled else [None] * len(won), dtype=REAL),
        pl.Series("detectable", [one.detectable for one in verdicts], dtype=REAL),
        pl.Series("needed", [one.needed_count for one in verdicts], dtype=REAL),
    )
