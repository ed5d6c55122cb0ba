"""Metrics of calls, answers, promises, touches, cards and scores, worked out by hand on one small company."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from companies import AS_OF, deals_of, facts_with, frame_of
from company_activity import LITERAL_AS_OF, at, call, deal, facts_of, out

from dashboard.access import Facts
from dashboard.filters import Filter
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period
from pipelines.schema import facts as schemas

DEALS = [
    deal(at(2, 10), deal_id="d1", client_id="c1", outcome="won", closed_at=at(10, 12), amount=100),
    deal(at(2, 10), deal_id="d2", client_id="c2"),
    deal(at(2, 10), deal_id="d3", client_id="c3", outcome="lost", closed_at=at(4, 12)),
    deal(at(3, 10), deal_id="d4", client_id="c4", amount=50),
    deal(at(3, 10), deal_id="d5", client_id="c5"),
]
CALLS = [
    out("k1", at(2, 10, 5), 60.0),  # c1: answered after 5 minutes and reached at once
    out("k2", at(2, 10, 30), client_id="c2", phone="+79990000002"),  # c2: answered after 30, not reached
    out("k3", at(2, 11), 120.0, client_id="c2", phone="+79990000002"),  # reached at the second attempt
    call("k4", at(3, 9, 30), 60.0, client_id="c4", phone="+79990000004", wait_seconds=20.0),  # led to d4
    call("k5", at(5, 12), client_id="c5", phone="+79990000005", wait_seconds=40.0),  # missed ...
    call("k6", at(5, 12, 10), client_id="c5", phone="+79990000005"),  # ... again: one episode
    out("k7", at(5, 12, 40), 30.0, client_id="c5", phone="+79990000005"),  # called back after 40 minutes
    call("k8", at(8, 20), phone="+79990000008", client_id=None),  # out of hours, a Sunday, lost
    call("k9", at(9, 10), 3.0, phone="+79990000009", client_id=None, wait_seconds=10.0),  # too short for a talk
    out("k10", at(20, 16), 0.0, client_id=None, phone=None),  # the log goes on to the last day
]
TASKS = [
    {
        "task_id": "t1",
        "deal_id": "d2",
        "client_id": "c2",
        "due_at": at(2, 12),
        "created_at": at(1, 9),
        "done_at": at(2, 11),
    },
    {"task_id": "t2", "deal_id": "d4", "client_id": "c4", "due_at": at(9, 12), "done_at": at(12, 12), "moved_count": 3},
    {"task_id": "t3", "deal_id": "d4", "client_id": "c4", "due_at": at(13, 12)},
    {"task_id": "t4", "deal_id": "d5", "client_id": "c5", "due_at": at(27, 12)},
    {"task_id": "t5", "deal_id": "d3", "client_id": "c3", "due_at": at(4, 15)},
]
CLIENTS = [{"client_id": f"c{number}", "client_name": f"Client {number}"} for number in range(1, 6)]
ANNA = {"manager_name": "Анна"}
SCORES = [
    {
        "score_id": "s1",
        "call_id": "k1",
        "criterion": "Greeting",
        "rater": "Ирина",
        "kind": "score",
        "score": 4.0,
        "top_score": 5.0,
    },
    {"score_id": "s2", "call_id": "k1", "criterion": "Product", "rater": "Ирина", "kind": "score", "score": 2.0},
    {
        "score_id": "s3",
        "call_id": "k3",
        "criterion": "Greeting",
        "rater": "Олег",
        "kind": "score",
        "score": 3.0,
        "top_score": 5.0,
    },
    {"score_id": "s4", "call_id": "k1", "criterion": "добрый день", "kind": "script", "score": 2.0},
    {"score_id": "s5", "call_id": "k3", "criterion": "добрый день", "kind": "script", "score": 0.0},
    {"score_id": "s6", "call_id": "k1", "criterion": "не знаю", "kind": "stop_word", "score": 3.0},
    {"score_id": "s7", "call_id": "k3", "criterion": "не знаю", "kind": "stop_word", "score": 0.0},
]


def made() -> Facts:
    """Build the company; scores and cards are written down as they are."""
    tasks = [{"task_name": "Перезвонить", **ANNA, **task} for task in TASKS]
    built = facts_of(deals=DEALS, calls=CALLS, tasks=tasks, clients=CLIENTS)
    shares = built["clients"].with_columns(completeness_share=pl.Series([1.0, 0.5, 0.75, None, 1.0]))
    built |= {"scores": frame_of(schemas.Scores, SCORES, scored_on=date(2026, 2, 3), **ANNA), "clients": shares}
    return Facts("s000001", LITERAL_AS_OF, "UTC", "RUB", **built)


@pytest.fixture(scope="module")
def facts() -> Facts:
    return made()


def value(facts: Facts, name: str, filter: Filter = Filter()) -> Any:
    return measure(facts, [METRICS[name]], filter).item()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("calls", 10),
        ("calls_in", 5),
        ("calls_out", 5),
        ("answered_in", 2),
        ("answered_share", 2 / 5),
        ("talks", 4),  # k1, k3, k4, k7; k9 is too short
        ("missed", 3),
        ("missed_episodes", 2),
        ("missed_after_hours", 1),
        ("recovered", 1),
        ("lost_calls", 1),
        ("recovered_share", 1 / 2),
        ("talk_minutes", 273 / 60),
        ("talk_minutes_mean", 273 / 60 / 5),
        ("talk_minutes_median", 1.0),
        ("wait_seconds_mean", 15.0),
        ("unique_numbers", 6),
        ("new_numbers", 6),
        ("unanswered", 1),  # d3 was closed and nobody ever called; d4 came out of a talk
        ("unanswered_share", 1 / 4),
        ("answered_before_share", 1 / 5),
        ("answered_within_5", 1 / 4),
        ("answered_within_60", 2 / 4),
        ("reach_rate", 3 / 4),
        ("attempts_to_reach", 4 / 3),
        ("attempts_unreached", 0.0),
        ("touches_to_win_median", 1.0),
        ("promises", 5),
        ("promises_kept", 1),
        ("promises_late", 1),
        ("promises_forgotten", 1),
        ("promises_not_due", 1),
        ("promises_fallen_away", 1),  # t5: its deal was lost that day
        ("promises_moved", 1),
        ("kept_share", 1 / 3),
        ("promise_late_days_median", 4.0),  # 3 after the 9th, 5 after the 13th
        ("forgotten_amount", Decimal(50)),
        ("next_step_coverage", 1 / 3),
        ("without_next_step", 2),
        ("score_share", 7 / 10),
        ("score_mean", 3.0),
        ("scored_calls", 2),
        ("raters", 2),
        ("script_share", 1 / 2),
        ("stop_words_per_100", 150.0),
    ],
)
def test_the_numbers_worked_out_by_hand(facts: Facts, name: str, expected: Any) -> None:
    assert (
        value(facts, name) == pytest.approx(expected) if isinstance(expected, float) else value(facts, name) == expected
    )


def test_promises_and_missed_callers_add_up(facts: Facts) -> None:
    parts = ("kept", "late", "forgotten", "not_due", "fallen_away")
    assert sum(value(facts, f"promises_{part}") for part in parts) == value(facts, "promises")
    assert value(facts, "recovered") + value(facts, "lost_calls") == value(facts, "missed_episodes")


def test_the_unanswered_keep_the_median_unknown_and_are_never_dropped(facts: Facts) -> None:
    assert value(facts, "response_minutes_median") == pytest.approx(
        (30 + 1240) / 2
    )  # 5, 30 | 1240 (d5, two days on), never
    asked = Filter(period=Period(date(2026, 2, 2), date(2026, 2, 3)))
    assert value(facts, "response_minutes_median", asked) == 30.0  # 5, 30, never: the middle one
    assert value(facts, "answered_within_15", asked) == pytest.approx(1 / 3)


NO_DATA = [name for name, metric in METRICS.items() if metric.fact in ("calls", "promises", "contacts", "scores")]


@pytest.mark.parametrize("name", [*NO_DATA, "unanswered", "response_minutes_median", "next_step_coverage"])
def test_what_no_export_tells_is_unknown_and_not_zero(name: str) -> None:
    nobody = facts_with(deals_of([{"manager_name": "Анна"}]), AS_OF)
    assert value(nobody, name) is None


def test_a_period_after_a_single_row_is_unknown_too(facts: Facts) -> None:
    one = replace(facts, promises=facts.promises.head(1))
    assert value(one, "promises", Filter(period=Period(date(2030, 1, 1), None))) is None
