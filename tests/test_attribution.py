"""Credits of a sale under six rules, by hand; and that they add up to what was sold whatever the company."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from companies import companies, deals_of, facts_with, frame_of
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analyses.attribution import attribution, check_sums
from dashboard.filters import Filter
from dashboard.statistics.attribution import MODELS, apportioned, shares
from pipelines.schema import facts


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("first", [1, 0, 0, 0]),
        ("last", [0, 0, 0, 1]),
        ("last_non_direct", [0, 0, 1, 0]),
        ("linear", [0.25] * 4),
        ("position", [0.4, 0.1, 0.1, 0.4]),
        ("decay", [1 / 15, 2 / 15, 4 / 15, 8 / 15]),  # 21, 14, 7 and 0 days: 1/8, 1/4, 1/2, 1
    ],
)
def test_four_requests_a_week_apart(model: str, expected: list[float]) -> None:
    assert shares(model, [21, 14, 7, 0], [False, False, False, True]) == pytest.approx(expected)


def test_short_paths_and_direct_ones() -> None:
    assert shares("position", [3, 0], [False, False]) == [0.5, 0.5]
    assert shares("last_non_direct", [3, 0], [True, True]) == [0, 1]
    assert shares("decay", [9000, 8000], [False, False])[1] == pytest.approx(1)
    with pytest.raises(ValueError, match="at least one"):
        shares("first", [], [])


@given(st.integers(0, 10**15), st.lists(st.floats(0, 400), min_size=1, max_size=7), st.sampled_from(MODELS))
@settings(max_examples=15)
def test_not_a_kopeck_is_lost_or_made(whole: int, days: list[float], model: str) -> None:
    assert sum(apportioned(whole, shares(model, days, [False] * len(days)))) == whole


def at(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def deal(channel: str | None, created: int, won: int | None = None, amount: Any = None) -> dict[str, Any]:
    sold = {"outcome": "won", "closed_at": at(won), "first_won_at": at(won)} if won else {"outcome": "lost"}
    return {"client_id": "a", "channel_name": channel, "created_at": at(created), "amount": amount, **sold}


ROWS = [
    deal("Ads", 1),
    deal("Site", 8),
    deal("Direct", 15, 15, Decimal("100.00")),
    deal("Site", 16, 20, Decimal("0.01")),
]
FACTS = replace(
    facts_with(deals_of([{**row, "created_on": row["created_at"].date()} for row in ROWS])),
    costs=frame_of(
        facts.Costs,
        [
            {"cost_id": name, "channel_name": name, "spend": 30, "spent_on": date(2026, 1, 1)}
            for name in ("Ads", "Site")
        ],
    ),
)


def test_two_sales_of_one_client() -> None:
    """The first sale has Ads, Site and Direct behind it; the second only what came after the first."""
    answer = attribution(FACTS, Filter())
    got = {
        (row["channel"], row["model"]): (float(row["won_credit"]), float(row["revenue"]))
        for row in answer.frame.to_dicts()
    }
    assert got["Ads", "first"] == (1, 100)
    assert got["Site", "first"] == (1, 0.01)
    assert got["Direct", "last"] == (1, 100)
    assert got["Site", "last_non_direct"] == (2, 100.01)
    assert got["Ads", "linear"] == (0.333334, 33.34)
    assert got["Direct", "position"] == (0.4, 40)
    assert got["Site", "decay"] == (1.285714, 28.58)
    assert answer.n == 2
    flipping = set(answer.frame.filter("is_flipping")["channel"])
    assert flipping == {"Ads", "Site"}  # 30 spent on each: Ads got 100 by the first request, nothing by the last
    assert "Ads, Site" in str(answer.sentences[0])


def test_one_source_per_deal_is_said() -> None:
    answer = attribution(facts_with(deals_of([{**ROWS[2], "client_id": None}])), Filter())
    assert "one source per deal" in str(answer.sentences[0])


def test_credits_that_do_not_add_up_stop_the_answer() -> None:
    sales = pl.DataFrame({"kopecks": [100]})
    with pytest.raises(ArithmeticError, match="do not add up"):
        check_sums(pl.DataFrame({"model": ["first"], "units": [999_999], "kopecks": [100]}), sales)


@given(facts=companies(most_deals=10))
@settings(max_examples=8, deadline=None)
def test_credits_add_up_to_sales_and_revenue(facts: Any) -> None:
    won = facts.deals.filter((pl.col("outcome") == "won") & pl.col("is_sales").fill_null(True))
    frame = attribution(facts, Filter()).frame
    for model in MODELS if frame.height else ():
        of_model = frame.filter(pl.col("model") == model)
        assert of_model["won_credit"].sum() == won.height
        assert (of_model["revenue"].sum() or 0) == (won["amount"].sum() or 0)
