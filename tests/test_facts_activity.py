"""Calls, touches and what the names of tasks tell, by literal rows: each number is worked out by hand beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from company_activity import TASK_KINDS, at, call, deal, facts_of, out

from pipelines.facts.contacts import kind_of_task
from pipelines.settings import Calls, Settings, Touches


def test_missed_calls_are_gathered_and_recovered() -> None:
    calls = facts_of(
        calls=[
            call("a", at(2, 10)),
            call("b", at(2, 10, 30)),  # half an hour after a: one episode
            call("c", at(2, 11, 1)),  # 31 minutes after b: another
            out("d", at(2, 11, 5), 4),  # shorter than a talk: an attempt
            out("e", at(2, 11, 30), 5),
            call("f", at(2, 11, 40)),  # a talk lies between: another episode, lost
            call("g", at(3, 20)),  # at night; 09:59 on the next day is within an hour of work
            out("h", at(4, 9, 59), 60),
            call("i", at(5, 10), phone="+79990000002", client_id=None),  # talked with another number only
            call("j", at(5, 11), phone=None, client_id=None),
        ]
    )["calls"]
    missed = calls.filter("is_missed").sort("call_id")
    assert missed.select("call_id", "episode_id", "is_first_of_episode", "recovered_at").rows() == [
        ("a", "a", True, None),  # 90 minutes until the talk
        ("b", "a", False, at(2, 11, 30)),  # sixty minutes are still in time
        ("c", "c", True, at(2, 11, 30)),
        ("f", "f", True, None),
        ("g", "g", True, at(4, 9, 59)),
        ("i", "i", True, None),
        ("j", "j", True, None),
    ]
    assert calls.filter("is_talk")["call_id"].to_list() == ["e", "h"]
    assert calls.filter("is_new_number")["call_id"].to_list() == ["a", "i"]
    assert calls.filter(~pl.col("is_working_time"))["call_id"].to_list() == ["g"]


def test_what_stands_beside_a_call() -> None:
    made = facts_of(
        deals=[deal(at(2, 9), product_name="Окна", channel_name="Сайт")],
        calls=[
            out("a", at(8, 22, 30), None, deal_id="d1", from_phone="100", wait_seconds=7),
            call("b", at(9, 9), 20, direction="internal", is_internal=True, phone=None, client_id=None),
        ],
    )["calls"]
    first = made.row(0, named=True)
    wanted: dict[str, Any] = {
        "client_name": "Ёлка",
        "team_name": "North",
        "product_name": "Окна",
        "channel_name": "Сайт",
    }
    wanted |= {"region_name": "East", "line_phone": "100", "hour": 22, "weekday": 7, "is_talk": True}
    wanted |= {"started_on": date(2026, 2, 8), "wait_seconds": 7.0, "talk_seconds": None}
    assert {name: first[name] for name in wanted} == wanted
    assert not made["is_talk"][1]  # within the house


def test_the_hours_and_windows_are_the_settings() -> None:
    rules = Settings(calls=Calls(talk_seconds=1, episode_minutes=5, recover_minutes=200))
    calls = facts_of(rules, calls=[call("a", at(2, 10)), call("b", at(2, 10, 6)), out("c", at(2, 13), 2)])["calls"]
    assert calls["is_first_of_episode"].to_list() == [True, True, False]
    assert calls["is_recovered"].to_list() == [True, True, False]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *TASK_KINDS.items(),
        ("КП клиенту", "letter"),
        ("Осмотр КПП", None),
        ("ОТПРАВИТЬ письмо", "letter"),
        ("Send the quote", "letter"),
        ("Follow-up", "other"),
        ("Meeting with the board", "meeting"),
        ("Назначить встречу", "other"),
        ("Отправить приглашение на встречу", "letter"),
        ("Call back", "call"),
        ("Подготовить КП", None),
        (None, None),
    ],
)
def test_the_name_of_a_task_tells_the_contact(name: str | None, kind: str | None) -> None:
    frame = pl.DataFrame({"task_name": [name]}, schema={"task_name": pl.String})
    assert frame.select(kind_of_task(Touches())).item() == kind


def test_touches_are_one_a_day_and_kind() -> None:
    touches = facts_of(
        deals=[deal(at(2, 9), outcome="won", closed_at=at(3, 12))],
        calls=[
            out("a", at(2, 10), 29),  # too short to have content
            out("b", at(2, 11), 30, deal_id="d1"),
            call("c", at(2, 12), 600),
            call("d", at(4, 12), 600, deal_id="d1"),  # after the win
            call("e", at(4, 12), 600, client_id=None),  # of nobody
        ],
        tasks=[
            {"task_id": "1", "client_id": "c1", "task_name": "Отправить КП", "done_at": at(2, 13)},
            {"task_id": "2", "client_id": "c1", "task_name": "Отправить счёт", "done_at": at(2, 14), "result": "ждут"},
            {"task_id": "3", "client_id": "c1", "task_name": "Встреча", "done_at": at(3, 11)},
            {"task_id": "4", "client_id": "c1", "task_name": "Уточнить решение", "done_at": at(3, 12)},
            {"task_id": "5", "client_id": "c1", "task_name": "Уточнить решение", "done_at": at(5, 12)},
            {"task_id": "6", "client_id": "c1", "task_name": "Отправить рассылку", "done_at": at(6, 12)},
            {"task_id": "7", "client_id": "c1", "task_name": "Позвонить", "done_at": at(3, 12)},  # the log tells better
            {"task_id": "8", "deal_id": "d9", "task_name": "Отправить КП", "done_at": at(2, 13)},
        ],
    )["touches"]
    mine = touches.filter(pl.col("client_id") == "c1").sort("touched_at", "kind")
    columns = ("touched_on", "kind", "touched_at", "deal_id", "result", "is_outgoing", "is_before_win")
    assert mine.select(columns).rows() == [
        (date(2026, 2, 2), "call", at(2, 11), "d1", None, True, True),
        (date(2026, 2, 2), "letter", at(2, 13), None, "ждут", True, True),
        (date(2026, 2, 3), "meeting", at(3, 11), None, None, None, True),
        (date(2026, 2, 4), "call", at(4, 12), "d1", None, False, False),
        (date(2026, 2, 5), "other", at(5, 12), None, None, True, True),
    ]
    assert touches.filter(pl.col("client_id").is_null()).select("deal_id", "kind").rows() == [("d9", "letter")]


def test_a_call_task_is_a_call_where_no_log_covers_the_manager() -> None:
    task = {"task_id": "1", "client_id": "c1", "task_name": "Позвонить", "done_at": at(3, 12), "manager_name": "Boris"}
    assert facts_of(tasks=[task], calls=[out("a", at(3, 9))])["touches"]["kind"].to_list() == ["call"]
    assert facts_of(tasks=[{**task, "manager_name": "Анна"}], calls=[out("a", at(3, 9))])["touches"].is_empty()
