"""A report is made of a part of the columns and calls, and is to the last byte the report that all of them make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import dashboard.reports.needed as needed_module
from dashboard import access
from dashboard.access import Facts
from dashboard.client_types import COLUMN
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.looked_up import WHOLE
from dashboard.metrics.calls import CALLS
from dashboard.metrics.measure import measure
from dashboard.periods import Period
from dashboard.reports.contents import report
from dashboard.reports.html import html
from dashboard.reports.needed import LEFT_OUT, days_of, made_of_needed, needed
from dashboard.reports.tables import archive
from pipelines.schema.facts import FACTS
from pipelines.settings import Home, find_home
from pipelines.snapshots import current_snapshot

OCTOBER = Filter(period=Period(date(2026, 10, 1), date(2026, 11, 1)))
WEEK = Filter(period=Period(date(2026, 10, 19), date(2026, 10, 26)))


def part_of(home: Home, filter: Filter) -> Facts:
    """Open the facts as a report of a large snapshot does."""
    told = access.outline(current_snapshot(home))
    planned = told.plans["metric_name"].to_list()
    return access.open_facts(home, None, needed(filter.chosen(), planned, days_of(filter.period, told.as_of_on)))


@pytest.fixture(scope="module")
def whole(demo_home: Path) -> Facts:
    return access.open_facts(find_home(demo_home))


@pytest.mark.parametrize("filter", [OCTOBER, WEEK, None], ids=["month", "week", "filtered"])
def test_a_report_of_the_needed_part_is_that_of_all(demo_home: Path, whole: Facts, filter: Filter | None) -> None:
    """The demo has plans, calls, contacts, costs, invoices and promises, so that each section has something to say."""
    home, is_filtered = find_home(demo_home), filter is None
    if filter is None:
        regions, managers = (whole.deals[name].drop_nulls().unique().sort() for name in ("region_name", "manager_name"))
        chosen = {"regions": tuple(regions[:2]), "managers": tuple(managers[:5])}
        filter = replace(OCTOBER, **chosen, client_types=("repeat",))
    few = part_of(home, filter)
    assert few.visits.width < whole.visits.width / 2 + 1
    assert 0 < few.calls.height < whole.calls.height
    one, two = (report(facts, filter, Locale("ru"), with_names=not is_filtered) for facts in (whole, few))
    assert html(one) == html(two)
    assert archive(one) == archive(two)


def test_the_calls_that_are_read_tell_what_all_of_them_tell(demo_home: Path, whole: Facts) -> None:
    few, every = part_of(find_home(demo_home), WEEK).calls, whole.calls.drop("client_type")
    every = every.select(few.columns)
    days = pl.col("started_on").is_between(date(2026, 10, 12), date(2026, 10, 26), closed="left")
    open_ones = whole.deals.filter(pl.col("outcome") == "open")["deal_id"].implode()
    for kept in (days, pl.col("deal_id").is_in(open_ones), pl.col("direction") == "in"):
        assert every.filter(kept).height
        assert_frame_equal(few.filter(kept), every.filter(kept))
    for calls in (few, every):
        told = {name for name in calls.columns if calls[name].count()}
        assert told == {name for name in every.columns if every[name].count()}
        assert calls["started_at"].max() == every["started_at"].max()
        assert {*calls["manager_name"]} == {*every["manager_name"]}
        assert calls.filter(pl.col("is_talk") & pl.col("deal_id").is_not_null()).height


def test_the_days_of_a_report_are_its_own_and_those_it_compares_with() -> None:
    assert days_of(WEEK.period, date(2026, 10, 31)) == (date(2026, 10, 12), date(2026, 10, 26))
    assert days_of(OCTOBER.period, date(2026, 10, 31)) == (date(2026, 7, 1), date(2026, 11, 1))
    assert days_of(Period(None, date(2026, 10, 31)), date(2026, 10, 31)) is None
    assert needed((), ["won"], (date(2026, 10, 12), None)).days == (date(2026, 10, 12), None)
    assert needed((), ["calls"], (date(2026, 10, 12), None)).days is None


def test_what_was_not_read_is_asked_for_in_vain(demo_home: Path) -> None:
    """It is told by name, and never answered as if the exports did not hold it."""
    few = access.open_facts(find_home(demo_home), None, needed((), ()))
    for filter, by in ((replace(OCTOBER, regions=("Москва",)), ()), (OCTOBER, ("region",))):
        with pytest.raises(pl.exceptions.ColumnNotFoundError, match="region_name"):
            measure(few, [CALLS], filter, by)


def test_a_filter_and_a_plan_are_read_for() -> None:
    assert {name for name, _ in needed((), ()).columns} == set(LEFT_OUT)
    read = dict(needed(("region", "client_type"), ()).columns)
    assert all({"client_type"} <= columns for name, columns in read.items() if name != "visits")
    assert "region_name" in read["responses"]
    assert "team_name" not in read["responses"]
    assert "region_name" not in read["visits"], "it is looked up in the deals"
    assert needed((), ["won"]) == needed((), [])
    assert "wait_seconds" in dict(needed((), ["wait_seconds_median"]).columns)["calls"]
    assert needed((), ["proposals"]) == WHOLE
    assert all({*columns} <= {*FACTS[name].column_names(), COLUMN} for name, columns in LEFT_OUT.items())


def test_a_report_that_asks_for_more_is_made_of_whole_facts(
    demo_home: Path, whole: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needed_module, "LARGE", 0)
    home = find_home(demo_home)
    asked = made_of_needed(
        home, None, (), lambda facts: facts.visits.select("region_name").height, lambda told: WEEK.period, ["html"]
    )
    assert asked == whole.visits.height


def test_who_sees_a_part_sees_it_of_whole_facts(demo_home: Path) -> None:
    viewer = access.Viewer(role="lead", team="Отдел продаж")
    assert (
        access.open_facts(find_home(demo_home), viewer, needed((), ())).visits.width
        == len(FACTS["visits"].column_names()) + 1
    )
