"""The golden numbers of the public Maven set, to the last digit given: what honest statistics say about a real company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from dashboard.statistics.decomposition import MixAndRate, lmdi, mix_and_rate, shapley
from dashboard.statistics.groups import homogeneity, shrink
from dashboard.statistics.intervals import wilson
from dashboard.statistics.maturity import ripe_day
from dashboard.statistics.survival import Incidence, cumulative_incidence, kaplan_meier
from dashboard.statistics.verdicts import judge

AS_OF, SINCE = date(2017, 12, 31), date(2017, 3, 1)
AGES = (30, 60, 90, 120, 150)


@pytest.fixture(scope="module")
def deals(real_data: Path) -> pl.DataFrame:
    return pl.read_csv(real_data / "maven_crm" / "sales_pipeline.csv", try_parse_dates=True)


@pytest.fixture(scope="module")
def agents(deals: pl.DataFrame) -> pl.DataFrame:
    closed = deals.filter(pl.col("close_date").is_not_null())
    counts = [pl.len().alias("count"), (pl.col("deal_stage") == "Won").sum().alias("wins")]
    return closed.group_by("sales_agent").agg(counts).sort("sales_agent")


@pytest.fixture(scope="module")
def engaged(deals: pl.DataFrame) -> pl.DataFrame:
    """Clock: engaged to closed, or to the end of the data. ``entry``: its age when the file begins to see closes."""
    begun = pl.col("engage_date")
    return deals.filter(begun.is_not_null()).with_columns(
        days=(pl.coalesce("close_date", AS_OF) - begun).dt.total_days(),
        entry=(SINCE - begun).dt.total_days().clip(lower_bound=0),
        end=pl.when(pl.col("deal_stage") != "Engaging").then("deal_stage"),
    )


def incidence(rows: pl.DataFrame, *, is_delayed: bool = False) -> Incidence:
    entry = rows["entry"].to_numpy() if is_delayed else None
    return cumulative_incidence(rows["days"].to_numpy(), rows["end"].to_list(), entry)


def rounded(found: Incidence, end: str, digits: int = 3) -> list[float]:
    return [round(share, digits) for age in AGES if (share := found.at(end, age)) is not None]


def test_thirty_agents_are_one(agents: pl.DataFrame) -> None:
    found = homogeneity(agents["wins"], agents["count"])
    assert found is not None
    assert (round(found.value, 2), found.freedom, round(found.p_value, 3)) == (33.35, 29, 0.264)


def test_the_league_table_shrinks_to_two_points(agents: pl.DataFrame) -> None:
    found = shrink(agents["wins"], agents["count"])
    assert found is not None
    assert (round(found.tau * 100, 2), round(found.raw_spread * 100, 1)) == (1.25, 3.6)
    shares = dict(zip(agents["sales_agent"], found.shares, strict=True))
    raw = dict(zip(agents["sales_agent"], agents["wins"] / agents["count"], strict=True))
    assert (round(raw["Hayden Neloms"], 3), round(shares["Hayden Neloms"], 3)) == (0.704, 0.638)
    assert (round(raw["Lajuana Vencill"], 3), round(shares["Lajuana Vencill"], 3)) == (0.550, 0.620)
    assert (round(min(shares.values()), 3), round(max(shares.values()), 3)) == (0.620, 0.640)
    assert max(raw, key=lambda name: raw[name]) == "Hayden Neloms" != max(shares, key=lambda name: shares[name])


def test_two_of_thirty_intervals_leave_the_mean_out_and_none_after_the_correction(agents: pl.DataFrame) -> None:
    base = agents["wins"].sum() / agents["count"].sum()
    intervals = [wilson(*row) for row in agents.select("wins", "count").iter_rows()]
    assert sum(not one.holds(base) for one in intervals if one) == 2
    assert {one.word for one in judge(agents["wins"], agents["count"])} == {"indistinguishable"}


def test_wins_and_losses_by_age(engaged: pl.DataFrame) -> None:
    found = incidence(engaged)
    assert rounded(found, "Won") == [0.219, 0.265, 0.397, 0.500, 0.519]
    assert rounded(found, "Lost") == [0.162, 0.186, 0.252, 0.295, 0.302]


def test_what_kaplan_meier_alone_would_promise(engaged: pl.DataFrame) -> None:
    found = kaplan_meier(engaged["days"].to_numpy(), (engaged["end"] == "Won").fill_null(False).to_numpy())
    assert rounded(found, "over") == [0.242, 0.299, 0.480, 0.644, 0.678]


def test_wins_and_losses_by_age_of_what_the_file_could_see(engaged: pl.DataFrame) -> None:
    found = incidence(engaged, is_delayed=True)
    assert rounded(found, "Won") == [0.247, 0.293, 0.419, 0.512, 0.529]
    assert rounded(found, "Lost") == [0.184, 0.207, 0.271, 0.310, 0.315]
    young = incidence(engaged.filter(pl.col("engage_date") >= SINCE))
    assert rounded(young, "Won") == [0.248, 0.294, 0.415, 0.495, 0.505]


def test_without_the_first_day_of_the_file_the_golden_numbers_do_not_come_out(engaged: pl.DataFrame) -> None:
    """The deals closed on the day the file begins belong to it: a risk set open on the left loses all 24 of them."""
    open_left = engaged.with_columns(entry=pl.col("entry") + (pl.col("entry") > 0))
    assert cumulative_incidence(open_left["days"], open_left["end"].to_list(), open_left["entry"]).left_out_count == 24
    assert rounded(incidence(open_left, is_delayed=True), "Won")[3:] == [0.511, 0.528]


def test_long_cycles_and_the_thinkers(engaged: pl.DataFrame) -> None:
    won, still = engaged.filter(end="Won")["days"], engaged.filter(pl.col("end").is_null())["days"]
    assert (round(float(won.to_numpy().mean()), 1), won.median(), won.quantile(0.9), won.max()) == (51.8, 57, 106, 138)
    assert (still.len(), still.median(), still.quantile(0.9), int((still > 138).sum())) == (1589, 165, 319, 1291)
    found = incidence(engaged)
    assert found.day_among("Won", 0.5) == 59
    assert ripe_day(found, "Won") == 117
    assert found.day_of("Won", 0.6) is None


@dataclass(frozen=True)
class Quarter:
    """The closed deals of three months: their factors, and (count, sum) of the won by product."""

    factors: dict[str, float]
    revenue: float
    products: dict[str, tuple[float, float]]


@pytest.fixture(scope="module")
def quarters(deals: pl.DataFrame) -> list[Quarter]:
    starts = [date(2017, 1, 1), date(2017, 4, 1), date(2017, 7, 1), date(2017, 10, 1), date(2018, 1, 1)]
    found = []
    for start, end in pairwise(starts):
        closed = deals.filter(pl.col("close_date").is_between(start, end, closed="left"))
        won = closed.filter(deal_stage="Won")
        revenue = float(won["close_value"].sum())
        factors = {"deals": closed.height, "win_rate": won.height / closed.height, "check": revenue / won.height}
        products = won.group_by("product").agg(pl.len(), pl.col("close_value").sum())
        found.append(Quarter(factors, revenue, {name: (n, total) for name, n, total in products.iter_rows()}))
    return found


def test_quarters(quarters: list[Quarter]) -> None:
    found = [
        (each.factors["deals"], round(each.factors["win_rate"], 4), round(each.factors["check"], 2), each.revenue)
        for each in quarters
    ]
    assert found == [
        (647, 0.8207, 2136.86, 1_134_672),
        (2032, 0.6171, 2461.01, 3_086_111),
        (2047, 0.6141, 2372.52, 2_982_255),
        (1985, 0.6025, 2343.22, 2_802_496),
    ]


@pytest.mark.parametrize(
    ("before", "parts", "rate", "mix"),
    [(1, [22_317, -15_066, -111_107], -13.36, -75.14), (2, [-88_927, -54_907, -35_925], 15.35, -44.64)],
)
def test_why_revenue_changed(quarters: list[Quarter], before: int, parts: list[int], rate: float, mix: float) -> None:
    first, second = quarters[before], quarters[before + 1]
    found = shapley(first.factors, second.factors)
    assert [round(found[name]) for name in ("deals", "win_rate", "check")] == parts
    assert sum(found.values()) == pytest.approx(second.revenue - first.revenue, rel=1e-12)
    logarithmic = lmdi(first.factors, second.factors)
    assert logarithmic is not None
    assert sum(logarithmic.values()) == pytest.approx(second.revenue - first.revenue, rel=1e-12)
    check = mix_and_rate(first.products, second.products)
    assert isinstance(check, MixAndRate)
    assert (round(check.rate, 2), round(check.mix, 2)) == (rate, mix)
    assert check.rate + check.mix == pytest.approx(second.factors["check"] - first.factors["check"], rel=1e-12)
