"""Passages against five deals walked by hand, and against the same funnel counted from visits cut at a horizon."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from companies import companies, stages_of, walked
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from dashboard.analyses.funnel import funnel, stages_seen
from dashboard.analyses.passages import _passages, chosen, passages, passages_among, places, ways
from dashboard.analyses.reach import reached
from dashboard.analyses.selection import NEEDED, cohort, in_funnels, passages_within
from dashboard.filters import Filter
from dashboard.periods import Period
from dashboard.remember import is_prepared


def day(number: float) -> datetime:
    return datetime(2026, 1, 1, 9, 30, tzinfo=UTC) + timedelta(days=number)


COMPANY = walked(
    stages_of(("New", "open"), ("Offer", "open"), ("Won", "won"), ("Lost", "lost")),
    [
        {"walk": [("New", day(0)), ("Offer", day(1)), ("New", day(3)), ("Offer", day(4)), ("Won", day(10))]},
        {"walk": [("New", day(0)), ("Lost", day(2))], "amount": 50},
        {"walk": [("New", day(5))]},
    ],
    as_of=day(30),
)


def test_a_passage_is_all_that_a_deal_did_in_a_stage() -> None:
    rows = (
        passages(COMPANY).join(places(COMPANY).select("place", "stage_name"), on="place").sort("deal_at", "stage_name")
    )
    told = rows.select(
        "deal_at", "stage_name", "entered", "advanced", "moved_back", "lost", "still_there", "days", "is_over"
    )
    assert told.rows() == [
        (0, "New", 2, 2, 0, 0, 0, 2.0, True),
        (0, "Offer", 2, 1, 1, 0, 0, 8.0, True),
        (0, "Won", 1, 0, 0, 0, 1, None, True),
        (1, "Lost", 1, 0, 0, 0, 1, None, True),
        (1, "New", 1, 0, 0, 1, 0, 2.0, True),
        (2, "New", 1, 0, 0, 0, 1, 25.0, False),
    ]
    assert rows.filter("is_furthest").select("deal_at", "stage_name").rows() == [(0, "Won"), (1, "New"), (2, "New")]
    assert rows["first_after"].dt.total_days().to_list() == [0, 1, 10, 2, 0, 0]
    assert rows["lost_amount"].drop_nulls().len() == 1


def test_visits_of_a_deal_that_is_not_ours_are_kept_apart() -> None:
    facts = replace(COMPANY, deals=COMPANY.deals.head(1))
    assert sorted(set(ways(facts)["deal_at"].to_list())) == [0, 1, 2]
    assert set(cohort(facts, Filter(), None)[0]["deal_at"].to_list()) == {0}
    assert funnel(facts, Filter(), basis="snapshot").frame["entered"].sum() == 3
    assert set(NEEDED) <= set(ways(facts).columns)


@examples(60)
@given(
    facts=companies(),
    horizon=st.sampled_from([1, 10, 400]),
    period=st.sampled_from([Period(), Period(date(2025, 2, 1), date(2025, 6, 1))]),
)
def test_who_was_where_within_a_horizon_is_what_the_funnel_with_that_horizon_says(
    facts: Any, horizon: int, period: Period
) -> None:
    chosen = Filter(period=period)
    rows = passages_within(facts, chosen, horizon)
    found = reached(rows, stages_seen(facts, chosen, rows), "reached-or-later")
    told = funnel(facts, chosen, horizon=horizon).frame.select(
        pl.col("funnel").alias("funnel_name"), pl.col("stage").alias("stage_name"), "reached"
    )
    assert set(found.filter(pl.col("reached") > 0).rows()) == set(told.filter(pl.col("reached") > 0).rows())


@examples(15)
@given(facts=companies(), funnels=st.sampled_from([(), ("Sales",)]))
def test_few_deals_are_added_up_as_they_are_among_all(facts: Any, funnels: tuple[str, ...]) -> None:
    deals = pl.Series([at == 1 for at in range(facts.deals.height)], dtype=pl.Boolean)
    stages = in_funnels(Filter(funnels=funnels))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dashboard.analyses.passages.FEW", 1)
        alone = passages_among(facts, deals, stages)
    assert not is_prepared(facts, _passages)
    among = chosen(facts, passages(facts), deals, stages)
    order = ["deal_at", "place"]
    assert_frame_equal(alone.sort(order), among.sort(order))
    assert_frame_equal(passages_among(facts, deals, stages, *order).sort(order), among.select(order).sort(order))


def test_undated_visits_are_known_by_the_next_one_of_their_own_deal() -> None:
    walks = [[("New", None), ("Offer", day(4)), ("New", None)], [("New", None)], [("New", day(1)), ("Won", None)]]
    facts = walked(
        stages_of(("New", "open"), ("Offer", "open"), ("Won", "won")), [{"walk": one} for one in walks], as_of=day(30)
    )
    rows = ways(facts).with_columns(at=pl.coalesce("entered_at", "left_at"))
    for _, deal in rows.group_by("deal_at", maintain_order=True):
        known = deal["at"].backward_fill().fill_null(facts.as_of)
        assert deal["known_at"].to_list() == known.to_list()
        assert deal["left_known_at"].to_list() == [
            left or following for left, following in zip(deal["left_at"], [*known[1:], None], strict=True)
        ]
