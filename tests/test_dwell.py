"""Kaplan-Meier quantiles: what still lasts is censored, and without it the median is the usual one."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analyses.dwell import quantiles


@pytest.mark.parametrize(
    ("days", "is_over", "median", "p90"),
    [
        ([1.0, 2.0, 3.0], [True] * 3, 2.0, 3.0),
        ([1.0, 2.0, 3.0, 10.0], [True] * 4, 2.5, 10.0),
        ([5.0], [False], None, None),
        ([1.0, 9.0], [True, False], 1.0, None),
        ([2.0, 2.0, 2.0, 7.0], [True, True, False, False], 2.0, None),
        ([float(n) for n in range(1, 11)], [True] * 10, 5.5, 9.5),
        # Freireich's 6-MP group (R survfit: median 23)
        (
            [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35],
            [True] * 9 + [False] * 12,
            23.0,
            None,
        ),
    ],
)
def test_quantiles_with_what_is_not_over(days: list[float], is_over: list[bool], median: Any, p90: Any) -> None:
    rows = pl.DataFrame({"stage": "x", "days": [float(one) for one in days], "is_over": is_over})
    found = quantiles(rows, ["stage"], {"median": 0.5, "p90": 0.9})
    assert found.rows() == [("x", median, p90)]


@examples(100)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_without_censoring_the_median_is_the_usual_one(days: list[int]) -> None:
    rows = pl.DataFrame({"stage": "x", "days": [float(one) for one in days], "is_over": True})
    assert quantiles(rows, ["stage"], {"median": 0.5}).item(0, "median") == rows.get_column("days").median()
