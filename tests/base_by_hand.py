"""The base of clients in literal rows for tests of its analyses, and their answers in short."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from companies import deals_of, facts_with, frame_of

from dashboard.access import Facts
from dashboard.analyses.catalogue import ANALYSES
from dashboard.filters import Filter
from pipelines.schema import facts as schema

AS_OF = datetime(2026, 3, 31, 9, tzinfo=UTC)
FLAGS: dict[str, Any] = dict.fromkeys(("is_unowned", "is_active", "has_open_deal"), False)


def client(client_id: str, manager: str | None = None, **more: Any) -> dict[str, Any]:
    rules = {"active_days": 60.0, "no_contact_days": 30.0, "class_basis": "paid", "deals_count": 0, "won_count": 0}
    owned = {"client_id": client_id, "client_name": client_id.upper(), "manager_name": manager}
    return {**FLAGS, **rules, **owned, "is_unowned": manager is None, **more}


def won(client_id: str, on: date, amount: int | None = 10, **more: Any) -> dict[str, Any]:
    return {
        "client_id": client_id, "outcome": "won", "amount": amount, "is_sales": True, "created_on": on, "closed_on": on,
        **more,
    }  # fmt: skip


def company(
    clients: list[dict[str, Any]], deals: list[dict[str, Any]] | None = None, **tables: list[dict[str, Any]]
) -> Facts:
    made = {name: frame_of(schema.FACTS[name], rows) for name, rows in tables.items()}
    return replace(facts_with(deals_of(deals or []), AS_OF), clients=frame_of(schema.Clients, clients), **made)


def told(name: str, facts: Facts, *columns: str, filter: Filter = Filter()) -> list[tuple[Any, ...]]:
    return ANALYSES[name].run(facts, filter).frame.select(columns).rows()


def said(name: str, facts: Facts) -> str:
    return " ".join(str(one) for one in ANALYSES[name].run(facts, Filter()).sentences)
