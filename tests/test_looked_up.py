"""Visits by the number of their deal tell what visits tell that have all of their columns."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dashboard import access
from dashboard.access import Facts
from dashboard.analyses.passages import passages, ways
from dashboard.analyses.stays_then import latest, visits_by
from dashboard.filters import Filter
from dashboard.looked_up import DEAL_AT, OF_DEAL, is_by_number, numbered_visits, told_by_deals
from dashboard.metrics.rows import lazily, rows_of
from dashboard.reports.needed import needed
from pipelines.settings import find_home


@pytest.fixture(scope="module")
def whole(demo_home: Path) -> Facts:
    return access.open_facts(find_home(demo_home))


@pytest.fixture(scope="module")
def few(demo_home: Path) -> Facts:
    return access.open_facts(find_home(demo_home), None, needed((), ()))


def test_what_was_left_out_is_looked_up(whole: Facts, few: Facts) -> None:
    assert is_by_number(few.visits)
    assert not {*OF_DEAL} & {*few.visits.columns}
    told = told_by_deals(few.visits.lazy(), few.deals).collect()
    names = [name for name in whole.visits.columns if name in told.columns]
    assert {*OF_DEAL, "funnel_name", "stage_name"} <= {*names}
    assert_frame_equal(told.select(names), whole.visits.select(names))


def test_only_what_is_asked_for_is_looked_up(few: Facts) -> None:
    """Rows are left out before anything is looked up for them."""
    plan = (
        told_by_deals(few.visits.lazy(), few.deals).filter(pl.col("exit") == "still_there").select("amount").explain()
    )
    assert plan.count("python_udf") == 1
    assert plan.index("python_udf") < plan.index("FILTER")


def test_stays_have_the_same_limits(whole: Facts, few: Facts) -> None:
    names = [
        "deal_id",
        "stage_name",
        "days",
        "norm_days",
        "limit_days",
        "is_stuck",
        "manager_name",
        "amount",
        "outcome",
    ]
    assert rows_of(whole, "stays")["is_stuck"].any()
    assert_frame_equal(lazily(few, "stays").select(names).collect(), lazily(whole, "stays").select(names).collect())


def test_passages_are_the_same(whole: Facts, few: Facts) -> None:
    keys = ["deal_at", "place"]
    assert_frame_equal(passages(few).sort(keys), passages(whole).sort(keys))


def test_visits_that_cannot_be_numbered_are_left_as_they_are() -> None:
    deals = pl.DataFrame({"deal_id": ["1", "2", "10"]})
    about = {"funnel_name": ["f"] * 3, "stage_name": ["b", "a", "b"], "visit_number": [1, 2, 1]}
    visits = pl.DataFrame({"deal_id": ["1", "1", "10"], **about})
    made = numbered_visits(visits, deals)
    assert made[DEAL_AT].to_list() == [0, 0, 2]
    assert (made["stage_name"].to_list(), made["stage_name"].to_physical().to_list()) == (["b", "a", "b"], [1, 0, 1])
    strange = visits.with_columns(deal_id=pl.Series(["1", "1", "7"]))
    for unfit in (strange, visits.reverse()):
        assert numbered_visits(unfit, deals) is unfit


@pytest.mark.parametrize("back", [0, 40, 200])
def test_visits_of_a_day_are_cut_as_was_known_then(few: Facts, whole: Facts, back: int) -> None:
    """The same asked of whole rows by Polars: what began by the day, how long it had lasted, the end of the deal as far as known."""
    day = whole.as_of_on - timedelta(days=back)
    is_over = (pl.col("outcome") != "open") & (pl.col("closed_on") <= day)
    deals = whole.deals.with_row_index("deal_at").filter(pl.col("created_on") <= day, Filter().rows())
    deals = deals.select(
        "deal_at",
        kind=pl.when(is_over).then(pl.col("outcome").to_physical().cast(pl.Int8)).otherwise(pl.lit(-1, pl.Int8)),
        ended_on=pl.when(is_over).then("closed_on").otherwise(pl.lit(day)),
    )
    rows = (
        ways(whole).filter((pl.col("stage_type") == "open") & (pl.col("entered_on") <= day)).join(deals, on="deal_at")
    )
    until = pl.min_horizontal("left_on", "ended_on")
    expected = rows.select(
        "deal_at", "place", stay=days_from_entry(until), since=days_from_entry(pl.col("ended_on")), kind="kind"
    )
    for facts in (few, whole):
        found = visits_by(facts, deals, day)
        made = pl.DataFrame({name: getattr(found, name) for name in expected.columns})
        assert_frame_equal(made, expected.sort("deal_at", maintain_order=True), check_dtypes=False)
        last = expected.group_by("deal_at", maintain_order=True).last().select("deal_at", "stay", "place")
        told = deals.select("deal_at").with_columns(latest(facts, found, deals["deal_at"]))
        assert_frame_equal(told.drop_nulls("stay"), last, check_dtypes=False, check_row_order=False)


def days_from_entry(until: pl.Expr) -> pl.Expr:
    return (until - pl.col("entered_on")).dt.total_days()
