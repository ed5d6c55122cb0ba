"""Refusals: five losses by hand, the sums, a DuckDB witness, and what is not told."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest
from companies import companies, deals_of, facts_with
from examples import examples
from hypothesis import given

from dashboard.analyses.refusals import by_cohort, filling, reasons, refusals, trend
from dashboard.filters import Filter
from dashboard.periods import Period

MARCH = date(2026, 3, 10)


def loss(manager: str, stage: str | None, reason: str | None, amount: int | None, **more: Any) -> dict[str, Any]:
    base = {"outcome": "lost", "created_on": date(2026, 1, 5), "closed_on": MARCH, "cycle_days": 64.0, "is_sales": True}
    told = {"manager_name": manager, "lost_stage_name": stage, "refusal_reason": reason, "amount": amount}
    return base | told | more


LOSSES = facts_with(
    deals_of(
        [
            loss("Anna", "Offer", "Price", 100),
            loss("Anna", "Offer", "Price", None),
            loss("Anna", "Offer", None, 50),
            loss("Boris", "Contract", "Terms", None),
            loss("Boris", None, "Price", 10, closed_on=date(2026, 2, 1)),
            loss("Boris", "Offer", "Spam", 1, outcome="junk"),
            loss("Boris", None, None, 900, outcome="won"),
        ]
    )
)


def test_stage_by_reason_by_hand() -> None:
    told = refusals(LOSSES, Filter())
    assert told.n == 5
    assert told.frame.select("stage", "reason", "count", "amount", "row_share").rows() == [
        ("Contract", "Terms", 1, None, 1.0),
        ("Offer", "Price", 2, 100, pytest.approx(2 / 3)),
        ("Offer", None, 1, 50, pytest.approx(1 / 3)),
        (None, "Price", 1, 10, 1.0),
    ]
    # Of the three with stage and reason known: E(Contract, Terms) = 1·1/3, residual (1−1/3)/√(1/3·2/3·2/3) = √3.
    assert told.frame["residual"].to_list()[0] == pytest.approx(3**0.5)
    assert told.frame["expected"].to_list() == [pytest.approx(1 / 3), pytest.approx(4 / 3), None, None]
    assert [str(one) for one in told.sentences] == [
        "The stage before the loss is unknown for 1 of 5 losses: the history does not tell."
    ]


def test_reasons_and_how_they_are_filled_in() -> None:
    assert reasons(LOSSES, Filter()).frame.rows() == [
        ("Price", 3, 110, pytest.approx(0.6)),
        ("Terms", 1, None, pytest.approx(0.2)),
        (None, 1, 50, pytest.approx(0.2)),
    ]
    rows = filling(LOSSES, Filter()).frame.select(
        "manager", "lost", "missing", "missing_share", "entropy", "is_default"
    )
    assert rows.rows() == [("Anna", 3, 1, pytest.approx(1 / 3), 0.0, False), ("Boris", 2, 0, 0.0, 1.0, False)]


def test_one_reason_given_always_is_a_habit() -> None:
    many = facts_with(deals_of([loss("Anna", "Offer", "Other", 1)] * 18 + [loss("Anna", "Offer", "Price", 1)] * 2))
    (row,) = filling(many, Filter()).frame.to_dicts()
    assert (row["main_reason"], row["main_share"], row["is_default"]) == ("Other", 0.9, True)


def test_the_trend_is_dated_by_the_loss_and_the_cohort_by_the_lead() -> None:
    rows = trend(LOSSES, Filter()).frame.select("month", "reason", "count", "of", "share").rows()
    assert rows == [
        (date(2026, 2, 1), "Price", 1, 1, 1.0),
        (date(2026, 3, 1), "Price", 2, 4, 0.5),
        (date(2026, 3, 1), "Terms", 1, 4, 0.25),
        (date(2026, 3, 1), None, 1, 4, 0.25),
    ]
    created = by_cohort(LOSSES, Filter()).frame.select("reason", "count", "of").rows()
    assert created == [("Price", 3, 7), ("Terms", 1, 7), (None, 1, 7)]
    assert refusals(LOSSES, Filter(period=Period(date(2026, 2, 1), date(2026, 3, 1)))).n == 1


def test_without_any_reason_only_the_missing_share_is_shown() -> None:
    blank = facts_with(deals_of([loss("Anna", "Offer", None, 5)]))
    told = refusals(blank, Filter())
    assert "No refusal reason" in str(told.sentences[0])
    assert told.frame.select("residual", "row_share").rows() == [(None, 1.0)]


WITNESS = """
select lost_stage_name, refusal_reason, count(*), sum(nullif(amount, 0)), count(*) / sum(count(*)) over (partition by lost_stage_name)
from deals where outcome = 'lost' and coalesce(is_sales, true) and closed_on >= $start and closed_on < $end
group by 1, 2
"""


@examples(40)
@given(facts=companies())
def test_the_witness_counts_the_same_cells(facts: Any) -> None:
    deals = facts.deals.with_columns(pl.col(pl.Enum).cast(pl.String))  # noqa: F841 read by DuckDB
    start, end = date(2025, 2, 1), date(2025, 9, 1)
    said = duckdb.connect().sql(WITNESS, params={"start": start, "end": end})
    told = refusals(facts, Filter(period=Period(start, end)))
    key = lambda row: (row[0] or "", row[1] or "")  # noqa: E731
    ours = sorted(told.frame.select("stage", "reason", "count", "amount", "row_share").rows(), key=key)
    theirs = sorted(said.fetchall(), key=key)
    assert [row[:4] for row in ours] == [row[:4] for row in theirs]
    assert [row[4] for row in ours] == pytest.approx([row[4] for row in theirs])


@examples(40)
@given(facts=companies())
def test_every_loss_is_in_one_cell_and_one_reason(facts: Any) -> None:
    told = refusals(facts, Filter())
    assert told.frame["count"].sum() == told.n == reasons(facts, Filter()).frame["count"].sum()
    assert filling(facts, Filter()).frame["lost"].sum() == told.n
    by_month = trend(facts, Filter()).frame.group_by("month").agg(pl.col("count").sum(), pl.col("of").first())
    assert by_month["count"].to_list() == by_month["of"].to_list()
