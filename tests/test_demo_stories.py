"""The stories that a head of sales may find in the invented company are really in its files, each with a margin."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from invented import read_changes, read_deals, read_sheet, spend_by_channel

from pipelines import demo_words as words
from pipelines.demo import write_company


@pytest.fixture(scope="module")
def folder(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    def make(inbox: Path) -> None:
        write_company(inbox)

    return once("invented", make)


@pytest.fixture(scope="module")
def deals(folder: Path) -> pl.DataFrame:
    return read_deals(folder)


@pytest.fixture(scope="module")
def changes(folder: Path) -> pl.DataFrame:
    return read_changes(folder)


def wilson_low(won: int, count: int) -> float:
    """Return the lower end of Wilson's 95 % interval (Wilson 1927)."""
    share, z = won / count, 1.96
    middle = share + z * z / (2 * count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (middle - half) / (1 + z * z / count)


def test_story_one_stage_is_slow_in_one_region(deals: pl.DataFrame, changes: pl.DataFrame) -> None:
    code = next(stage.code for stage in words.STAGES if stage.name == words.SLOW_STAGE)
    visits = changes.filter((pl.col("code") == code) & pl.col("days").is_not_null()).join(deals, on="deal_id")
    medians = visits.group_by("region").agg(pl.col("days").median(), pl.len()).sort("days")
    assert medians["region"].last() == words.SLOW_REGION
    assert medians["days"][-1] > 2 * medians["days"][-2]
    assert medians["len"].min() >= 30
    assert medians["days"][-1] > 1.5 * next(s.norm_days or 0 for s in words.STAGES if s.code == code)


def test_story_the_cheapest_lead_is_the_dearest_sale(folder: Path, deals: pl.DataFrame) -> None:
    paid = (
        deals.filter(pl.col("funnel") == words.NEW_SALES)
        .group_by("channel")
        .agg(pl.len().alias("leads"), (pl.col("outcome") == "won").sum().alias("won"))
        .join(spend_by_channel(folder), left_on="channel", right_on="Канал")
        .with_columns(
            (pl.col("Расход") / pl.col("leads")).alias("cpl"), (pl.col("Расход") / pl.col("won")).alias("cac")
        )
    )
    assert paid.height == 5
    by_lead, by_sale = paid.sort("cpl"), paid.sort("cac")
    assert by_lead["channel"][0] == by_sale["channel"][-1] == words.CHEAP_CHANNEL
    assert by_lead["cpl"][0] < 0.8 * by_lead["cpl"][1]
    assert by_sale["cac"][-1] > 1.4 * by_sale["cac"][-2]


def test_story_the_newcomers_win_rate_is_luck(deals: pl.DataFrame) -> None:
    closed = deals.filter(pl.col("outcome").is_in(["won", "lost"]))
    rates = closed.group_by("manager").agg((pl.col("outcome") == "won").sum().alias("won"), pl.len().alias("count"))
    rates = rates.with_columns((pl.col("won") / pl.col("count")).alias("rate")).sort("rate")
    assert rates["manager"].last() == words.NEWCOMER
    assert rates["rate"][-1] > rates["rate"][-2] + 0.05
    team_rate = float((closed["outcome"] == "won").mean() or 0)
    assert rates["count"][-1] < 30
    assert wilson_low(rates["won"][-1], rates["count"][-1]) < team_rate


def test_story_the_mix_changed_and_not_the_prices(deals: pl.DataFrame) -> None:
    won = deals.filter(
        (pl.col("outcome") == "won") & (pl.col("amount") > 0) & (pl.col("funnel") == words.NEW_SALES)
    ).with_columns((pl.col("product") == words.SHIFT_PRODUCT).alias("is_shift"))

    def quarter(first: int) -> pl.DataFrame:
        return won.filter(pl.col("closed_at").dt.date().is_between(date(2026, first, 1), date(2026, first + 2, 30)))

    before, after = quarter(1), quarter(4)
    assert after["is_shift"].mean() > 2.5 * before["is_shift"].mean()
    assert after["amount"].mean() < 0.88 * before["amount"].mean()
    prices = [rows.filter("is_shift")["amount"].mean() for rows in (before, after)]
    assert prices[1] > 0.9 * prices[0]


def test_story_stuck_deals_lie_with_one_manager(deals: pl.DataFrame, changes: pl.DataFrame) -> None:
    norms = {stage.code: stage.norm_days for stage in words.STAGES if stage.norm_days is not None}
    now = changes["entered_at"].max()
    waiting = (
        changes.filter(pl.col("left_at").is_null() & pl.col("code").is_in(list(norms)))
        .with_columns(((pl.lit(now) - pl.col("entered_at")).dt.total_seconds() / 86400).alias("age"))
        .with_columns(pl.col("code").replace_strict(norms).alias("norm"))
        .join(deals, on="deal_id")
    )
    stuck = waiting.filter(pl.col("age") > 3 * pl.col("norm"))
    young = waiting.filter(pl.col("age") <= pl.col("norm"))
    assert stuck.height > 100
    assert young.height > 100
    assert stuck["amount"].sum() > 20_000_000
    per_manager = stuck["manager"].value_counts(sort=True)
    assert per_manager["manager"][0] == words.KEEPER
    assert per_manager["count"][0] > 1.3 * per_manager["count"][1]


def test_story_one_manager_does_not_write_why_and_one_forgets(folder: Path, deals: pl.DataFrame) -> None:
    lost = deals.filter(pl.col("outcome") == "lost").group_by("manager").agg((pl.col("reason") == "").mean(), pl.len())
    lost = lost.filter(pl.col("len") > 50).sort("reason")
    assert lost["manager"].last() == words.SILENT
    assert lost["reason"][-1] > 2 * lost["reason"][-2]
    tasks = read_sheet(folder / "tasks.csv")
    never = tasks.group_by("Менеджер").agg(pl.col("Дата выполнения").is_null().mean().alias("never"), pl.len())
    never = never.filter(pl.col("len") > 100).sort("never")
    assert never["Менеджер"].last() == words.FORGETFUL
    assert never["never"][-1] > 2 * never["never"][-2]
