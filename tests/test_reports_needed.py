"""A report is made of a part of the columns, and is to the last byte the report that all of them make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import dashboard.reports.needed as needed_module
from dashboard import access
from dashboard.access import Facts
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.calls import CALLS
from dashboard.metrics.measure import measure
from dashboard.periods import Period
from dashboard.reports.contents import report
from dashboard.reports.html import html
from dashboard.reports.needed import LEFT_OUT, made_of_needed, needed
from dashboard.reports.tables import archive
from pipelines.schema.facts import FACTS
from pipelines.settings import find_home

OCTOBER = Filter(period=Period(date(2026, 10, 1), date(2026, 11, 1)))


@pytest.fixture(scope="module")
def whole(demo_home: Path) -> Facts:
    return access.open_facts(find_home(demo_home))


@pytest.mark.parametrize("is_filtered", [False, True])
def test_a_report_of_the_needed_columns_is_that_of_all(demo_home: Path, whole: Facts, is_filtered: bool) -> None:
    """The demo has plans, calls, contacts, costs, invoices and promises, so that each section has something to say."""
    home, filter = find_home(demo_home), OCTOBER
    if is_filtered:
        regions = whole.deals["region_name"].drop_nulls().unique().sort().to_list()
        filter = replace(filter, regions=tuple(regions[:2]), client_types=("repeat",))
    few = access.open_facts(home, None, needed(filter.chosen(), access.planned(home)))
    assert few.visits.width < whole.visits.width
    one, two = (report(facts, filter, Locale("ru"), with_names=not is_filtered) for facts in (whole, few))
    assert html(one) == html(two)
    assert archive(one) == archive(two)


def test_what_was_not_read_is_asked_for_in_vain(demo_home: Path) -> None:
    """It is told by name, and never answered as if the exports did not hold it."""
    few = access.open_facts(find_home(demo_home), None, needed((), ()))
    for filter, by in ((replace(OCTOBER, regions=("Москва",)), ()), (OCTOBER, ("region",))):
        with pytest.raises(pl.exceptions.ColumnNotFoundError, match="region_name"):
            measure(few, [CALLS], filter, by)


def test_a_filter_and_a_plan_are_read_for() -> None:
    assert {name for name, _ in needed((), ())} == set(LEFT_OUT)
    read = dict(needed(("region", "client_type"), ()))
    assert all({"client_type"} <= columns for columns in read.values())
    assert "region_name" in read["visits"]
    assert "team_name" not in read["visits"]
    assert needed((), ["won"]) == needed((), [])
    assert "wait_seconds" in dict(needed((), ["wait_seconds_median"]))["calls"]
    assert needed((), ["proposals"]) == ()
    assert all({*columns} <= {*FACTS[name].column_names()} for name, columns in LEFT_OUT.items())


def test_a_report_that_asks_for_more_is_made_of_whole_facts(
    demo_home: Path, whole: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needed_module, "LARGE", 0)
    asked = made_of_needed(find_home(demo_home), None, (), lambda facts: facts.visits.select("region_name").height)
    assert asked == whole.visits.height


def test_who_sees_a_part_sees_it_of_whole_facts(demo_home: Path) -> None:
    viewer = access.Viewer(role="lead", team="Отдел продаж")
    assert (
        access.open_facts(find_home(demo_home), viewer, needed((), ())).visits.width
        == len(FACTS["visits"].column_names()) + 1
    )
