"""The analyses of the process give the golden numbers of the public Maven set, to the last digit that is told of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from real.sets import loaded

from dashboard.access import Facts
from dashboard.analyses.managers import managers
from dashboard.analyses.revenue_change import check_split, revenue_change
from dashboard.analyses.times import cycle, cycle_by_age
from dashboard.filters import Filter
from dashboard.periods import Period

QUARTERS = {
    "Q3": Filter(period=Period(date(2017, 7, 1), date(2017, 10, 1))),
    "Q4": Filter(period=Period(date(2017, 10, 1), date(2018, 1, 1))),
}


@pytest.fixture(scope="module")
def maven(once: Any, real_data: Path) -> Facts:
    return loaded(once, real_data, "maven_crm", "maven_crm_agents")[0]


@pytest.mark.parametrize(
    ("quarter", "effects"), [("Q3", [22317, -15066, -111107]), ("Q4", [-88927, -54907, -35925])], ids=str
)
def test_why_revenue_changed(maven: Facts, quarter: str, effects: list[int]) -> None:
    assert revenue_change(maven, QUARTERS[quarter]).frame["effect"].round(0).to_list() == effects


@pytest.mark.parametrize(("quarter", "rate", "mix"), [("Q3", -13.36, -75.14), ("Q4", 15.35, -44.64)])
def test_why_the_check_changed(maven: Facts, quarter: str, rate: float, mix: float) -> None:
    frame = check_split(maven, QUARTERS[quarter]).frame
    assert (round(frame["rate_effect"].sum(), 2), round(frame["mix_effect"].sum(), 2)) == (rate, mix)


def test_the_agents_cannot_be_told_apart(maven: Facts) -> None:
    told = managers(maven, Filter())
    assert "p = 0.26" in str(told.sentences[0])
    assert set(told.frame.filter(pl.col("closed") > 0)["verdict"]) == {"cannot be told apart"}
    agents = {row["manager"]: row for row in told.frame.to_dicts()}
    neloms, vencill = agents["Hayden Neloms"], agents["Lajuana Vencill"]
    assert (neloms["closed"], round(neloms["win_rate"], 3), round(neloms["shrunk"], 3)) == (152, 0.704, 0.638)
    assert (vencill["closed"], round(vencill["win_rate"], 3), round(vencill["shrunk"], 3)) == (231, 0.55, 0.62)


def test_what_becomes_of_deals_by_age(maven: Facts) -> None:
    dated = cycle_by_age(maven, Filter()).frame.filter(pl.col("day") <= 150)
    assert dated["won_by"].round(3).to_list() == [0.219, 0.265, 0.397, 0.5, 0.519]
    assert dated["lost_by"].round(3).to_list() == [0.162, 0.186, 0.252, 0.295, 0.302]
    late = cycle_by_age(maven, Filter(), closed_from=date(2017, 3, 1)).frame.filter(pl.col("day") <= 150)
    assert late["won_by"].round(3).to_list() == [0.247, 0.293, 0.419, 0.512, 0.529]
    assert late["lost_by"].round(3).to_list() == [0.184, 0.207, 0.271, 0.31, 0.315]


def test_the_won_cycle(maven: Facts) -> None:
    row = cycle(maven, Filter()).frame.row(0, named=True)
    assert (row["n"], round(row["mean"], 1), row["median"], row["p90"]) == (4238, 51.8, 57.0, 106.0)
