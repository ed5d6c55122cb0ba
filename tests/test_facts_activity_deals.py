"""Responses and promises by literal rows: each number is worked out by hand beside it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from company_activity import at, call, deal, facts_of, out, response

from pipelines.settings import Funnel, Promises, Settings, Stage


@pytest.mark.parametrize(
    ("created", "calls", "minutes", "attempts", "reached"),
    [
        (at(3, 10), [out("a", at(3, 10, 7), 40)], 7, 1, at(3, 10, 7)),
        (at(3, 10), [out("a", at(3, 10), 40)], 0, 1, at(3, 10)),  # in the very minute
        (at(3, 10), [out("a", at(3, 10, 7)), out("b", at(3, 12), 4), out("c", at(4, 9), 60)], 7, 3, at(4, 9)),
        (
            at(3, 10),
            [call("a", at(3, 10, 30)), call("b", at(3, 11), 60)],
            60,
            0,
            at(3, 11),
        ),  # a missed call answers none
        (at(3, 22), [out("a", at(4, 9, 15), 60)], 15, 1, at(4, 9, 15)),  # a lead at night starts at the opening
        (at(3, 22), [out("a", at(3, 23), 60)], 0, 1, at(3, 23)),  # answered before the opening
        (at(6, 17, 30), [out("a", at(9, 9, 30), 60)], 60, 1, at(9, 9, 30)),  # over a weekend
        (at(3, 10), [call("a", at(3, 9), 60)], 0, 0, None),  # the talk led to the deal
        (at(5, 10), [call("a", at(3, 9), 60), out("b", at(5, 10, 5))], 5, 1, None),  # too long before
    ],
)
def test_responses(
    created: datetime, calls: list[Any], minutes: float, attempts: int, reached: datetime | None
) -> None:
    log = [out("first", at(2, 9), phone="+7", client_id=None), out("last", at(12, 9), phone="+7", client_id=None)]
    found = response(deals=[deal(created)], calls=[*calls, *log])
    assert found["is_answered"]
    assert (found["response_minutes"], found["attempts_count"], found["reached_at"]) == (minutes, attempts, reached)
    assert found["is_answered_before"] == (minutes == 0 and attempts == 0)
    assert found["waited_minutes"] is None


def test_the_unanswered_are_kept_and_wait_until_the_log_ends() -> None:
    other = [out("a", at(2, 9), phone="+7", client_id=None), out("b", at(4, 11), phone="+7", client_id=None)]
    found = response(deals=[deal(at(4, 9, 30))], calls=[*other, call("c", at(4, 10))])
    assert (found["is_answered"], found["answered_at"], found["response_minutes"]) == (False, None, None)
    assert (found["waited_minutes"], found["attempts_count"], found["touches_count"]) == (90, 0, 0)
    late = response(deals=[deal(at(9, 9))], calls=other)  # nobody knows what happened after the log ended
    assert (late["has_telephony"], late["waited_minutes"], late["attempts_count"]) == (False, None, None)


def test_without_telephony_nothing_is_zero() -> None:
    found = response(
        deals=[deal(at(4, 9), manager_name="Boris")], calls=[out("a", at(4, 9), phone="+7", client_id=None)]
    )
    unknown = ("attempts_count", "touches_count", "waited_minutes", "response_minutes", "reached_at")
    assert not found["has_telephony"]
    assert [found[name] for name in unknown] == [None] * 5
    assert response(deals=[deal(at(4, 9))])["attempts_count"] is None


def test_a_creation_without_a_time_measures_nothing() -> None:
    found = response(deals=[deal(at(4, 0))], calls=[out("a", at(4, 15), 60)])
    assert (found["is_answered"], found["response_minutes"]) == (True, None)


def test_a_call_long_after_the_closing_answers_nothing() -> None:
    lost = deal(at(3, 9), outcome="lost", closed_at=at(5, 9))
    found = response(deals=[lost], calls=[out("z", at(2, 9), phone="+7", client_id=None), out("a", at(7, 9), 60)])
    assert not found["is_answered"]
    assert (
        found["waited_minutes"] == 3 * 540
    )  # the rest of the 3rd, the 4th, the 5th; from 09:00 of the 6th it is closed


def test_first_and_last_touch_and_how_many() -> None:
    found = response(
        deals=[deal(at(4, 9), outcome="won", closed_at=at(6, 12))],
        calls=[
            call("a", at(3, 17), 40),  # led to the deal
            call("b", at(2, 9), 40),  # more than a day before
            out("c", at(5, 9), 40),
            out("d", at(6, 15), 40),  # after the win
        ],
        tasks=[{"task_id": "1", "client_id": "c1", "task_name": "Отправить КП", "done_at": at(5, 10), "deal_id": "d1"}],
    )
    assert (found["first_touch_at"], found["last_touch_at"]) == (at(3, 17), at(6, 15))
    assert (found["touches_count"], found["proposals_count"]) == (3, 1)


@pytest.mark.parametrize(
    ("entries", "tasks", "count"),
    [
        ([], [], 0),
        ([("КП отправлено", at(3, 9))], [], 1),
        ([("КП отправлено", at(3, 9)), ("Договор", at(3, 10)), ("КП отправлено", at(4, 9))], [], 1),  # resent in a day
        ([("КП отправлено", at(3, 9)), ("Договор", at(3, 10)), ("КП отправлено", at(4, 10))], [], 2),
        ([("КП отправлено", at(3, 9)), ("КП отправлено", at(8, 9))], [], 1),  # told twice, entered once
        ([("КП отправлено", None)], [], 1),
        ([("КП отправлено", at(3, 9))], [at(3, 12)], 1),
        ([("КП отправлено", at(3, 9))], [at(6, 12)], 2),
        ([("Договор", at(3, 9))], [at(6, 12)], 1),
    ],
)
def test_proposals(entries: list[Any], tasks: list[datetime], count: int) -> None:
    changes = [
        {"deal_id": "d1", "change_number": number, "stage_name": name, "entered_at": entered}
        for number, (name, entered) in enumerate(entries)
    ]
    done = [
        {
            "task_id": str(when),
            "deal_id": "d1",
            "client_id": "c1",
            "task_name": "Отправить предложение",
            "done_at": when,
        }
        for when in tasks
    ]
    assert response(deals=[deal(at(2, 9))], stage_changes=changes, tasks=done)["proposals_count"] == count


def test_each_proposal_has_its_day_in_the_zone_of_the_company() -> None:
    moments = [at(3, 23, 30), at(5, 9), at(5, 12)]
    changes = [
        {"deal_id": "d1", "change_number": number, "stage_name": name, "entered_at": when}
        for number, (name, when) in enumerate([("КП отправлено", moments[0]), ("Договор", at(4, 9)), ("КП отправлено", moments[1])])
    ]  # fmt: skip
    done = [{"task_id": "1", "deal_id": "d1", "task_name": "Отправить предложение", "done_at": moments[2]}]
    made = facts_of(Settings(), deals=[deal(at(2, 9))], stage_changes=changes, tasks=done)["proposals"]
    rows = made.select("deal_id", "proposal_number", "made_at", "manager_name").rows()
    assert rows == [("d1", 1, moments[0], "Анна"), ("d1", 2, moments[1], "Анна")]
    assert made["made_on"].to_list() == [(moments[0]).date(), moments[1].date()]


def test_settings_say_which_stage_is_a_proposal() -> None:
    stages = (Stage(name="КП отправлено", proposal=False), Stage(name="Договор", proposal=True))
    rules = Settings(funnel=(Funnel(name="Sales", stage=stages),))
    changes = [
        {"deal_id": "d1", "change_number": number, "stage_name": name, "entered_at": at(2 + 3 * number, 9)}
        for number, name in enumerate(["КП отправлено", "Договор", "КП отправлено", "Договор"])
    ]
    assert response(rules, deals=[deal(at(2, 9))], stage_changes=changes)["proposals_count"] == 2


def test_the_next_step_is_the_earliest_promise_ahead() -> None:
    tasks = [
        {"task_id": "1", "deal_id": "d1", "client_id": "c1", "due_at": at(18, 9)},  # forgotten
        {"task_id": "2", "deal_id": "d1", "client_id": "c1", "due_at": at(25, 9)},
        {"task_id": "3", "client_id": "c1", "due_at": at(24, 9)},  # of the client: of any of its open deals
        {"task_id": "4", "deal_id": "d1", "client_id": "c1", "due_at": at(21, 9), "done_at": at(19, 9)},
    ]
    found = response(deals=[deal(at(2, 9))], tasks=tasks)
    assert (found["next_step_on"], found["has_next_step"]) == (date(2026, 2, 24), True)
    closed = response(deals=[deal(at(2, 9), outcome="lost", closed_at=at(3, 9))], tasks=tasks)
    assert (closed["next_step_on"], closed["has_next_step"]) == (None, False)


@pytest.mark.parametrize(
    ("contact", "done", "outcome", "late_days"),
    [
        (out("a", at(5, 20)), None, "kept", None),  # due on the 5th at noon: until its midnight; nobody took the call
        (out("a", at(4, 12)), None, "kept", None),  # 24 hours before
        (out("a", at(4, 11, 59)), None, "forgotten", 11),  # too early, and never again
        (call("a", at(5, 12), 60), None, "forgotten", 11),  # they called us
        (out("a", at(6, 9)), None, "late", 1),
        (out("a", at(9, 9)), None, "late", 2),  # over a weekend
        (out("a", at(7, 9)), None, "late", 1),  # on Saturday
        (None, at(2, 9), "kept", None),  # done long before
        (None, at(5, 23), "kept", None),
        (out("a", at(10, 9)), at(6, 9), "late", 1),
        (None, None, "forgotten", 11),
        (None, at(21, 9), "forgotten", 11),  # after as_of
    ],
)
def test_promises(contact: Any, done: datetime | None, outcome: str, late_days: float | None) -> None:
    task = {"task_id": "1", "deal_id": "d1", "client_id": "c1", "due_at": at(5, 12), "done_at": done}
    promise = facts_of(deals=[deal(at(2, 9), amount=500)], calls=[contact] if contact else [], tasks=[task])["promises"]
    found = promise.row(0, named=True)
    assert (found["outcome"], found["late_days"]) == (outcome, late_days)
    assert (found["due_on"], found["amount"], found["client_name"]) == (date(2026, 2, 5), 500, "Ёлка")


def test_promises_ahead_grace_and_the_talk_in_which_they_were_made() -> None:
    today = {"task_id": "1", "client_id": "c1", "due_at": at(20, 9)}
    made = {"task_id": "2", "client_id": "c1", "created_at": at(18, 9), "due_at": at(18, 17)}
    calls = [out("a", at(18, 9), 60)]
    found = facts_of(tasks=[today, made], calls=calls)["promises"]
    assert found["outcome"].to_list() == ["not_due", "forgotten"]
    rules = Settings(promises=Promises(grace_days=2, early_hours=0))
    found = facts_of(rules, tasks=[today, made], calls=[*calls, out("b", at(20, 16))])["promises"]
    assert found["outcome"].to_list() == ["kept", "kept"]


def test_a_promise_is_overtaken_by_the_closing_of_its_deal() -> None:
    task = {"task_id": "1", "deal_id": "d1", "client_id": "c1", "due_at": at(5, 12), "moved_count": 3}
    for closed, overtaken in ((at(5, 18), True), (at(6, 9), False)):
        made = facts_of(deals=[deal(at(2, 9), outcome="lost", closed_at=closed)], tasks=[task])["promises"]
        assert made.select("is_overtaken", "moved_count").row(0) == (overtaken, 3)
