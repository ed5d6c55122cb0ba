"""Whether the amounts of a column are in a small unit (millionths, kopecks) or in whole money, told by the values alone.

A file does not say how it was asked for. Scaled amounts are multiples of a step; where neither reading is impossible, nothing
is guessed.
"""

from __future__ import annotations

import polars as pl

from pipelines.errors import N_
from pipelines.parse import plain_number

UNCLEAR = N_(
    "it cannot be told whether amounts are in whole money or in millionths: say it in a mapping that extends this one"
)


def scale_told(text: pl.Series, decimal: str | None, scale: float, step: int) -> float | None:
    """Return the scale of a column of amounts: ``scale``, or 1 where they cannot be scaled; None when both are possible.

    A decimal sign, or an amount below ``step``, is never scaled. Multiples of ``step`` throughout are, unless all of them
    would come to less than 1. Zeros tell nothing.
    """
    has_fraction = text.str.contains(r"[.,]\d{1,2}\D*$").any()
    number = text.to_frame("text").select(plain_number(pl.col("text"), decimal).cast(pl.Float64, strict=False))
    amounts = number.to_series().drop_nulls().abs()
    amounts = amounts.filter(amounts > 0)
    if has_fraction or (amounts < step).any():
        return 1.0
    if amounts.is_empty():
        return scale
    return scale if (amounts % step == 0).all() and (amounts * scale >= 1).any() else None
