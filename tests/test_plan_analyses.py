"""Plan and pace, coverage, waterfall, forecast, noted changes, the manager's card and several reasons: by hand, and as exact sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from companies import companies, deals_of, facts_with, frame_of
from hypothesis import given, settings
from test_metrics_plans import AS_OF, DEALS, JUNE, facts_of, plan

from dashboard.analyses.before_after import noted_changes
from dashboard.analyses.coverage import coverage
from dashboard.analyses.forecast import deals_behind, forecast, record
from dashboard.analyses.outlook import outlook
from dashboard.analyses.plan_pace import plan_pace
from dashboard.analyses.refusals import reasons
from dashboard.analyses.scorecard import scorecard
from dashboard.analyses.waterfall import check_closed, of_month, waterfall
from dashboard.charts.fan_days import summed
from dashboard.filters import Filter
from dashboard.periods import Period
from pipelines.errors import CheckFailed
from pipelines.schema.facts import DealChanges, Visits
from pipelines.thresholds import Note, Thresholds

IN_JUNE = Filter(period=Period(JUNE, date(2026, 6, 16)))


def test_plan_and_pace_by_hand() -> None:
    told = plan_pace(facts_of(plan(None, JUNE, 1500, (20, 10))), Filter())
    revenue = told.frame.filter(pl.col("metric") == "Revenue")
    assert revenue.select("scope", "manager", "planned", "done", "expected", "gap", "per_day", "verdict").rows() == [
        ("whole team", None, 1500, 650, 750, 850, 85, "behind the plan"),
        ("manager", "Anna", 1000, 300, 500, 700, 70, "behind the plan"),
        ("manager", "Boris", 400, 300, 200, 100, 20, "ahead of the plan"),
        ("manager", "Clara", None, 50, None, None, None, "no plan"),
    ]
    assert [str(one) for one in told.sentences] == [
        "Revenue: the plan of the team is ₽1,500, and the plans of its people add up to ₽1,400."
    ]


def test_a_month_that_is_over_is_met_or_missed_and_one_just_begun_is_too_early() -> None:
    may = plan_pace(facts_of(), Filter(period=Period(date(2026, 5, 1), JUNE))).frame
    assert may["verdict"].to_list() == ["plan missed"] * 2
    early = replace(facts_of(), plans=facts_of(plan("Anna", JUNE, 1000, (20, 2))).plans.tail(1))
    assert plan_pace(early, Filter()).frame["verdict"].to_list()[:2] == ["too early to tell"] * 2
    none = plan_pace(facts_with(deals_of(DEALS), AS_OF), Filter())
    assert (none.frame.height, str(none.sentences[0])) == (0, "There is no plan for this month.")


def test_coverage_by_hand() -> None:
    """Left 800 of June; of the open 790, 700 are expected in June; won 1450 by value of 1450 + 1450 lost: twice is needed."""
    lost = {"outcome": "lost", "amount": 1450, "closed_on": date(2026, 6, 9), "is_sales": True}
    rows = coverage(facts_of(deals=[*DEALS, lost]), Filter()).frame.select("count", "amount", "coverage", "needed")
    assert rows.row(0) == (1, 700, 0.875, 2) and rows.row(2) == (2, 790, pytest.approx(0.9875), 2)


def opened(amount: int | None, created: date, **more: Any) -> dict[str, Any]:
    return {
        "outcome": "open",
        "amount": amount,
        "created_on": created,
        "manager_name": "Anna",
        "is_sales": True,
        "is_gone": False,
    } | more


def changed(deal: str, column: str, before: str, after: str, day: date) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    row = {"deal_id": deal, "column_name": column, "change_number": 2, "before": before, "after": after}
    return row | {"earliest_at": at, "latest_at": at}


OLD, NEW, END = date(2026, 4, 1), date(2026, 6, 5), date(2026, 6, 30)


def test_the_parts_of_the_open_deals_by_hand() -> None:
    """Deal 1 grew by 50 and was won; 2 shrank by 30; 3 came; 4 came and was lost; 5 was deleted; 6 came over to Anna."""
    deals = [
        opened(150, OLD, outcome="won", closed_on=NEW),
        opened(70, OLD),
        opened(10, NEW),
        opened(20, NEW, outcome="lost", closed_on=date(2026, 6, 9)),
        opened(5, OLD, is_gone=True),
        opened(7, OLD),
    ]
    changes = [
        changed("1", "amount", "100.00", "150.00", NEW),
        changed("2", "amount", "100.00", "70.00", NEW),
        changed("6", "manager_name", "Boris", "Anna", NEW),
    ]
    facts = replace(facts_with(deals_of(deals), AS_OF), deal_changes=frame_of(DealChanges, changes))
    rows = {row[0]: row[1:] for row in waterfall(facts, IN_JUNE).frame.iter_rows()}
    assert rows == {
        "open at the start": (4, Decimal(212)),
        "new": (2, Decimal(30)),
        "amount raised": (1, Decimal(50)),
        "amount lowered": (1, Decimal(-30)),
        "won": (1, Decimal(-150)),
        "lost": (1, Decimal(-20)),
        "deleted": (1, Decimal(-5)),
        "open at the end": (3, Decimal(87)),
    }
    hers = {row[0]: row[2] for row in waterfall(facts, replace(IN_JUNE, managers=("Anna",))).frame.iter_rows()}
    assert (hers["open at the start"], hers["taken over"], hers["open at the end"]) == (205, 7, 87)
    his = {row[0]: row[2] for row in waterfall(facts, replace(IN_JUNE, managers=("Boris",))).frame.iter_rows()}
    assert his == {"open at the start": 7, "handed to others": -7, "open at the end": 0}


def test_a_moved_date_is_a_part_of_the_month() -> None:
    deals = [opened(100, OLD, expected_on=date(2026, 8, 1)), opened(30, OLD, expected_on=END)]
    changes = [
        changed("1", "expected_on", "2026-06-20", "2026-08-01", NEW),
        changed("2", "expected_on", "2026-09-01", "2026-06-30", NEW),
    ]
    facts = replace(facts_with(deals_of(deals), AS_OF), deal_changes=frame_of(DealChanges, changes))
    rows = {row[0]: row[2] for row in of_month(facts, IN_JUNE).frame.iter_rows()}
    assert rows == {"open at the start": 100, "expected sooner": 30, "expected later": -100, "open at the end": 30}


def test_parts_that_do_not_add_up_are_refused() -> None:
    rows = pl.DataFrame(
        {"part": ["open at the start", "open at the end"], "count": [1, 1], "amount": [Decimal(1), Decimal(2)]}
    )
    with pytest.raises(CheckFailed, match="do not add up"):
        check_closed(rows)


@settings(max_examples=10, deadline=None)
@given(facts=companies(most_deals=10))
def test_the_waterfall_closes_on_any_company(facts: Any) -> None:
    for filter in (Filter(period=Period(date(2025, 3, 1), date(2025, 9, 1))), Filter(period=Period(date(2025, 6, 1)))):
        frame = waterfall(facts, filter).frame
        counts = dict(frame.select("part", "count").iter_rows())
        came = sum(counts.get(part, 0) for part in ("new", "opened again", "taken over", "no date tells when"))
        went = sum(counts.get(part, 0) for part in ("won", "lost", "junk", "deleted", "handed to others"))
        if not counts.get("no date tells when"):
            assert counts["open at the start"] + came - went == counts["open at the end"]


def stayed(deal: int, days: int, left: int | None) -> dict[str, Any]:
    start = date(2026, 1, 1)
    return {
        "deal_id": str(deal), "visit_number": 1, "funnel_name": "Sales", "stage_name": "Talk", "stage_type": "open", "is_sales": True,
        "is_implied": False, "entered_on": start + timedelta(days=days), "outcome": "open", "exit": "still_there",
        "left_on": None if left is None else start + timedelta(days=days + left),
    }  # fmt: skip


def history() -> Any:
    """Forty deals begun on 1 January: twenty won after ten days, twenty lost after twenty; one open since 15 June, of ten days."""
    start = date(2026, 1, 1)
    deals = [
        opened(100, start, outcome="won" if k < 20 else "lost", closed_on=start + timedelta(days=10 if k < 20 else 20))
        for k in range(40)
    ]
    now = (date(2026, 6, 10) - start).days
    visits = [stayed(k + 1, 0, 10 if k < 20 else 20) for k in range(40)] + [
        stayed(41, now, None),
        stayed(42, now - 10, None),
    ]
    deals += [opened(500, date(2026, 6, 10)), opened(None, date(2026, 5, 31), manager_name="Boris")]
    made = facts_with(deals_of(deals), AS_OF)
    return replace(made, visits=frame_of(Visits, visits), thresholds=Thresholds(least_closed=40))


def test_the_chance_is_that_of_deals_as_long_in_the_stage() -> None:
    """Forty and deal 42 stayed 5 days, and 20 of the 41 are won by day 10; nobody is after 15: those who won had left."""
    deals = deals_behind(history(), Filter()).frame
    assert deals.select("deal_id", "amount", "is_imputed", "chance", "expected").rows() == [
        ("41", 500, False, pytest.approx(20 / 41), pytest.approx(10000 / 41)),
        ("42", 100, True, 0, 0),
    ]
    told = forecast(history(), Filter()).frame.row(0, named=True)
    assert (told["open"], told["done"], told["until"], told["planned"]) == (2, 0, END, None)
    assert told["p10"] <= told["p50"] <= told["p90"]


def test_too_little_history_forecasts_nothing() -> None:
    bare = replace(history(), thresholds=Thresholds())
    assert forecast(bare, Filter()).frame.height == deals_behind(bare, Filter()).frame.height == 0
    assert str(forecast(bare, Filter()).sentences[0]) == "Only 40 deals are won or lost so far; a forecast needs 50."


def test_a_past_forecast_knows_nothing_of_what_came_later() -> None:
    then = outlook(history(), Filter(), date(2026, 1, 5), 30)
    assert (then.closed, then.deals.height, then.checks) == (0, 40, ())
    rows = record(history(), Filter()).frame
    assert rows["month"].to_list() == [date(2026, month, 1) for month in (2, 3, 4, 5)]
    assert rows["came"].to_list() == [0] * 4


def test_the_days_of_a_month_add_up_exactly() -> None:
    """Ten kopecks three times a day: floats make 0.30000000000000004 of that, in an order that threads choose."""
    won = {"outcome": "won", "amount": Decimal("0.10"), "closed_on": date(2026, 6, 1)}
    deals = [opened(None, JUNE) | won | {"closed_on": date(2026, 6, 1 + number // 3)} for number in range(9)]
    found = summed(facts_with(deals_of(deals), AS_OF), Filter(), Period(date(2026, 6, 1), date(2026, 6, 4)))
    assert found == [(date(2026, 6, 1), 0.3), (date(2026, 6, 2), 0.6), (date(2026, 6, 3), 0.9)]


def test_every_noted_change_is_judged_by_those_it_concerns() -> None:
    def lead(manager: str, day: date, is_won: bool) -> dict[str, Any]:
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return opened(1, day, manager_name=manager, outcome="won" if is_won else "lost", cycle_days=5.0, created_at=at)

    deals = [
        lead("Anna", date(2026, 2, 1), False),
        lead("Anna", date(2026, 3, 5), True),
        lead("Boris", date(2026, 3, 5), False),
    ]
    facts = replace(
        facts_with(deals_of(deals), AS_OF), notes=(Note(date(2026, 3, 1), "Script", {"manager": ("Anna",)}),)
    )
    rows = noted_changes(facts, Filter()).frame
    assert rows.select("text", "leads", "won").rows() == [("Script", 1, 0), ("Script", 1, 1), ("Script", None, None)]
    assert "No change is noted" in str(noted_changes(replace(facts, notes=()), Filter()).sentences[0])


def test_the_card_holds_what_is_known_and_says_what_is_not() -> None:
    told = scorecard(facts_of(), IN_JUNE)
    rows = {row["manager"]: row for row in told.frame.to_dicts() if row["scope"] == "manager"}
    assert (rows["Anna"]["revenue"], rows["Anna"]["plan_attainment"], rows["Clara"]["plan_attainment"]) == (
        300,
        0.3,
        None,
    )
    assert "cycle_days_median" not in told.frame.columns and [one.name for one in told.columns] == told.frame.columns


def test_a_deal_with_several_reasons_counts_under_each() -> None:
    lost = [{"outcome": "lost", "closed_on": NEW, "amount": 10, "is_sales": True, "refusal_reason": reason}
            for reason in ("Price; Term", "Price", None, "Other|Price|Price")]  # fmt: skip
    told = reasons(facts_with(deals_of(lost), AS_OF), Filter())
    assert told.frame.rows() == [
        ("Price", 3, Decimal(30), 0.75), ("Other", 1, Decimal(10), 0.25), ("Term", 1, Decimal(10), 0.25), (None, 1, Decimal(10), 0.25)
    ]  # fmt: skip
    assert [str(one)[:12] for one in told.sentences][-2:] == ["Some deals h", '"Other" is t']
