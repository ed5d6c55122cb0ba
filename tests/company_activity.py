"""Invented companies whose managers call and promise: core tables of calls, tasks, deals and clients for the activity facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from companies import frame_of, stages_of
from hypothesis import strategies as st

from pipelines.facts import build_facts
from pipelines.schema import core
from pipelines.schema.facts import FACTS
from pipelines.settings import Settings

FIRST = datetime(2026, 3, 23, tzinfo=UTC)  # the last week of winter time in Berlin
TASK_KINDS = {
    "Перезвонить": "call",
    "Отправить КП": "letter",
    "Встреча в офисе": "meeting",
    "Уточнить решение": "other",
    "Согласовать встречу": "other",
    "Подготовить договор": None,
    "Отправить рассылку": None,
    "Разное": None,
}
"""Names of tasks, and the contact that each of them is by the rules of the settings."""
STAGES = stages_of(
    ("Новая", "open"), ("КП отправлено", "open"), ("Договор", "open"), ("Продажа", "won"), ("Отказ", "lost")
)


def core_of(**tables: Sequence[Mapping[str, Any]]) -> dict[str, pl.DataFrame]:
    """Make every core table from literal rows; those not named are empty."""
    defaults: dict[str, dict[str, Any]] = {
        "deals": {"funnel_name": "Sales", "outcome": "open", "history": "events"},
        "calls": {"is_internal": False, "is_answered": False, "direction": "in"},
        "tasks": {"moved_count": 0},
        "stage_changes": {"funnel_name": "Sales", "is_implied": False},
        "clients": {"is_listed": True, "joined_by": "id", "ids": 1},
    }
    return {
        name: frame_of(schema, tables.get(name, []), **defaults.get(name, {})) for name, schema in core.CORE.items()
    }


LITERAL_AS_OF = datetime(2026, 2, 20, 17, tzinfo=UTC)  # a Friday; working time is 09:00 to 18:00 from Monday to Friday
ANNA = {"manager_name": "Анна", "team_name": "North", "region_name": "East"}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of February 2026; the 2nd is a Monday."""
    return datetime(2026, 2, day, hour, minute, tzinfo=UTC)


def call(call_id: str, when: datetime, talk: float | None = 0.0, **more: Any) -> dict[str, Any]:
    """A row of the log: an incoming call of the client, missed unless ``talk`` says otherwise."""
    answered = talk is None or talk > 0
    own = {"call_id": call_id, "started_at": when, "talk_seconds": talk, "is_answered": answered, "client_id": "c1"}
    return own | {"phone": "+79990000001", "from_phone": "+79990000001", "to_phone": "100"} | more


def out(call_id: str, when: datetime, talk: float | None = 0.0, **more: Any) -> dict[str, Any]:
    """The same outwards."""
    return call(call_id, when, talk, **{"direction": "out", "manager_name": "Анна", **more})


def facts_of(
    settings: Settings | None = None, as_of: datetime = LITERAL_AS_OF, **tables: Any
) -> dict[str, pl.DataFrame]:
    """Build facts of core tables from literal rows, and hold each to its schema."""
    tables = {"stages": STAGES, "managers": [ANNA], "clients": [{"client_id": "c1", "client_name": "Ёлка"}], **tables}
    made = build_facts(core_of(**tables), as_of=as_of, zone="UTC", settings=settings)
    for name, schema in FACTS.items():
        schema.validate(made[name])
    return made


def deal(created: datetime | None, **more: Any) -> dict[str, Any]:
    """A deal of the client and of Anna."""
    return {"deal_id": "d1", "client_id": "c1", "manager_name": "Анна", "created_at": created, **more}


def response(settings: Settings | None = None, **tables: Any) -> dict[str, Any]:
    """The row of the first deal."""
    return facts_of(settings, **tables)["responses"].row(0, named=True)


def moments(draw: st.DrawFn) -> datetime:
    """Draw one of a few moments around openings, closings, a weekend and the change of the clock, so that contacts meet."""
    day, hour, minute = draw(st.tuples(*map(st.sampled_from, ((0, 1, 4, 7), (0, 9, 10, 17), (0, 30)))))
    return FIRST + timedelta(days=day, hours=hour, minutes=minute)


@st.composite
def busy_companies(draw: st.DrawFn) -> dict[str, pl.DataFrame]:
    """Draw a company of a few clients with their calls, tasks and deals; some rows name no client, number or manager."""
    managers = ["Анна", "Boris", None]
    clients: list[str | None] = ["c1", "c2", "c3", None]
    deals, changes = [], []
    for number in range(draw(st.integers(0, 6))):
        created = moments(draw)
        outcome = draw(st.sampled_from(["open", "won", "lost"]))
        deal = {
            "deal_id": f"d{number}",
            "client_id": draw(st.sampled_from(clients)),
            "manager_name": draw(st.sampled_from(managers)),
            "product_name": draw(st.sampled_from(["GTX", None])),
            "outcome": outcome,
            "created_at": draw(st.sampled_from([created, created, created, None])),
            "closed_at": None if outcome == "open" else created + timedelta(hours=draw(st.integers(0, 300))),
            "amount": 100,
        }
        deals.append(deal)
        for step in range(draw(st.integers(0, 4))):
            stage = draw(st.sampled_from([stage["stage_name"] for stage in STAGES]))
            entered = draw(st.sampled_from([moments(draw), None]))
            changes.append(
                {"deal_id": deal["deal_id"], "change_number": step + 1, "stage_name": stage, "entered_at": entered}
            )
    calls = []
    for number in range(draw(st.integers(0, 14))):
        client = draw(st.sampled_from(clients))
        own = [deal["deal_id"] for deal in deals if client is not None and deal["client_id"] == client]
        answered = draw(st.booleans())
        stranger = draw(st.sampled_from(["+79990000000", None]))
        calls.append(
            {
                "call_id": f"k{number}",
                "client_id": client,
                "phone": f"+7999000000{client[1]}" if client else stranger,
                "deal_id": draw(st.sampled_from([*own, None])),
                "manager_name": draw(st.sampled_from(managers)),
                "direction": draw(st.sampled_from(["in", "in", "out", "out", None])),
                "started_at": moments(draw),
                "is_answered": answered,
                "talk_seconds": draw(st.sampled_from([None, 3.0, 5.0, 29.0, 30.0, 300.0])) if answered else 0.0,
            }
        )
    return core_of(
        deals=deals,
        stage_changes=changes,
        stages=STAGES,
        calls=calls,
        tasks=[drawn_task(draw, number, deals, clients) for number in range(draw(st.integers(0, 8)))],
        clients=[{"client_id": client, "client_name": f"Client {client}"} for client in clients if client],
        managers=[{"manager_name": "Анна", "team_name": "North", "region_name": "East"}],
    )


def drawn_task(
    draw: st.DrawFn, number: int, deals: Sequence[Mapping[str, Any]], clients: Sequence[str | None]
) -> dict[str, Any]:
    """Draw a task of a deal, of a client alone, or of nobody."""
    deal = draw(st.sampled_from([*deals, None]))
    due = moments(draw)
    return {
        "task_id": f"t{number}",
        "deal_id": deal["deal_id"] if deal else None,
        "client_id": deal["client_id"] if deal else draw(st.sampled_from(clients)),
        "manager_name": draw(st.sampled_from(["Анна", "Boris", None])),
        "task_name": draw(st.sampled_from([*TASK_KINDS, None])),
        "result": draw(st.sampled_from(["перенесли", None])),
        "created_at": draw(st.sampled_from([due - timedelta(days=2), due - timedelta(hours=1), None])),
        "due_at": draw(st.sampled_from([due, due, None])),
        "done_at": draw(st.sampled_from([None, moments(draw)])),
        "moved_count": draw(st.integers(0, 3)),
    }
