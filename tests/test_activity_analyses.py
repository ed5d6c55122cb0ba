"""Analyses of calls and promises on the small company of tests/test_metrics_activity.py, by hand, and what must always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from companies import AS_OF, deals_of, facts_with
from test_metrics_activity import made

from dashboard.access import Facts, open_facts
from dashboard.analyses.catalogue import ANALYSES
from dashboard.analyses.contact_list import LAPSED, PROMISED, QUOTA
from dashboard.filters import Filter
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from pipelines.settings import find_home
from pipelines.thresholds import WorkingDays

NAMES = (
    "promises", "contact_list", "calls_by_hour", "reach_by_attempt", "response_speed", "touches_and_wins", "load",
)  # fmt: skip


@pytest.fixture(scope="module")
def facts() -> Facts:
    return made()


def frame(facts: Facts, name: str) -> pl.DataFrame:
    answer = ANALYSES[name].run(facts, Filter())
    assert {column.name for column in answer.columns} <= set(answer.frame.columns)
    return answer.frame


def test_the_forgotten_promise_with_its_amount(facts: Facts) -> None:
    found = frame(facts, "promises").select("client", "due_on", "late_days", "amount").rows()
    assert found == [("Client 4", date(2026, 2, 13), 5.0, Decimal(50))]


def test_calls_by_hour_hold_every_call_once(facts: Facts) -> None:
    found = frame(facts, "calls_by_hour")
    assert found.height == 7 * len(range(9, 21))
    assert found["calls"].sum() == measure(facts, [METRICS["calls"]], Filter()).item()
    noon = found.filter((pl.col("weekday") == 4) & (pl.col("hour") == 12)).row(0, named=True)
    assert (noon["calls"], noon["calls_in"], noon["missed"], noon["reached"]) == (3, 2, 2, 1)


def test_reach_by_attempt_by_delay_and_by_number(facts: Facts) -> None:
    found = frame(facts, "reach_by_attempt").select("rule", "segment", "n", "reached").rows()
    assert found[:2] == [("attempt", "1", 3, 2), ("attempt", "2", 1, 1)]
    assert [row[1:] for row in found[2:5]] == [("5-15", 1, 1), ("15-60", 1, 1), ("240-1440", 1, 1)]


def test_load_of_the_only_manager_is_the_median(facts: Facts) -> None:
    own, median = frame(facts, "load").to_dicts()
    # Days with calls in working time: 2, 3, 5, 9, 20. Anna called on 2, 5, 20; from the 2nd to the 20th 3 and 9 are idle.
    assert (own["open"], own["due"], own["working_days"]) == (3, 1, 5)
    assert own["minutes_a_day"] == pytest.approx((60 + 120 + 30) / 60 / 5)
    assert own["open_to_median"] == 1.0
    assert median["open"] == own["open"]


def test_the_contact_list_is_for_the_next_day_the_company_works(facts: Facts) -> None:
    # As of Friday the 20th of February; nothing is due on the days up to the 24th but what was due before them.
    def asked(working: WorkingDays) -> set[date]:
        known = replace(facts, thresholds=replace(facts.thresholds, working=working))
        return set(ANALYSES["contact_list"].run(known, Filter()).frame["due_on"].drop_nulls())

    later = {day for day in facts.promises["due_on"] if day > date(2026, 2, 20)}
    off = WorkingDays(days_off=tuple(date(2026, 2, day) for day in range(21, 29)))
    assert asked(off) - asked(WorkingDays()) == {day for day in later if date(2026, 2, 23) < day <= date(2026, 3, 2)}
    assert asked(off) > asked(WorkingDays())


def test_the_contact_list_names_each_client_once_with_its_first_reason(facts: Facts) -> None:
    found = frame(facts, "contact_list")
    assert found["client_id"].drop_nulls().is_unique().all()
    first = found.row(0, named=True)
    assert (first["client"], first["reason_to_call"], first["due_on"]) == ("Client 4", PROMISED, date(2026, 2, 13))


def test_the_contact_list_of_the_invented_company_is_ranked_and_whole(demo_home: object) -> None:
    demo = open_facts(find_home(demo_home))  # type: ignore[arg-type]
    found = frame(demo, "contact_list")
    assert found["client_id"].drop_nulls().is_unique().all()
    assert set(found["reason_to_call"]) >= {PROMISED, QUOTA, LAPSED}
    ranks = found.with_columns(
        rank=pl.col("reason_to_call").replace_strict({PROMISED: 0, QUOTA: 1, LAPSED: 3}, default=2)
    )
    assert ranks.group_by("manager").agg((pl.col("rank").diff() >= 0).all())["rank"].all()
    places = found.group_by("manager").agg(pl.col("place").max(), n=pl.len())
    assert (places["place"] == places["n"]).all()


def test_faster_answers_and_more_touches_go_with_wins_in_the_invented_company(demo_home: object) -> None:
    demo = open_facts(find_home(demo_home))  # type: ignore[arg-type]
    speed = frame(demo, "response_speed")
    assert speed["n"].sum() == ANALYSES["response_speed"].run(demo, Filter()).n
    assert speed["share"][0] > speed["share"][-1]
    assert speed["difference"].null_count() == 1


@pytest.mark.parametrize("name", NAMES)
def test_nothing_at_all_is_an_empty_answer(name: str) -> None:
    assert frame(facts_with(deals_of([]), AS_OF), name).filter(pl.any_horizontal(pl.all().is_not_null())).height in (
        0,
        5,
    )
