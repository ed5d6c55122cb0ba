"""Facts of a small invented company, made from literal rows without any file, for tests of pages and charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from dashboard.access import Facts
from pipelines.schema.facts import Deals, Stages, Visits

STAGES = ("Новая заявка", "Квалификация", "КП отправлено", "Договор")
MANAGERS = ("Иванов Иван", "Петрова Анна", "Ёлкин Олег")
AS_OF = datetime(2026, 6, 18, 15, 0, tzinfo=UTC)
FUNNEL = "Новые продажи"


def tiny_facts(
    managers: Sequence[str] = MANAGERS,
    deals: int = 240,
    *,
    history: bool = True,
    first_stage: str = STAGES[0],
    funnel: str = FUNNEL,
) -> Facts:
    """Make facts: deal k is created every other day, walks k % 5 stages of four, and is then won, lost, junk or open."""
    stages = (first_stage, *STAGES[1:])
    deal_rows: list[dict[str, Any]] = []
    visit_rows: list[dict[str, Any]] = []
    for k in range(deals):
        deal, visits = _deal(k, deals, managers, stages, funnel, history)
        deal_rows.append(deal)
        visit_rows += visits
    return Facts(
        snapshot="s000001",
        as_of=AS_OF,
        zone="Europe/Moscow",
        currency="RUB",
        deals=_frame(Deals, deal_rows),
        visits=_frame(Visits, visit_rows),
        stages=_frame(Stages, _stages(stages, funnel)),
    )


def _deal(
    k: int, deals: int, managers: Sequence[str], stages: Sequence[str], funnel: str, history: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    created = AS_OF.date() - timedelta(days=400 * (deals - k) // max(deals, 1))
    depth = min(k % 5 + 1, len(stages))
    outcome = ("lost", "won", "lost", "open", "won", "junk", "open")[k % 7]
    if outcome == "won":
        depth = len(stages)
    closed = created + timedelta(days=depth * 4) if outcome != "open" else None
    if closed is not None and closed > AS_OF.date():
        outcome, closed = "open", None
    last = {"won": "Продажа", "lost": "Отказ", "junk": "Нецелевой", "open": stages[depth - 1]}[outcome]
    amount = Decimal(10_000 + 137 * k)
    shared = {
        "manager_name": managers[k % len(managers)],
        "team_name": "Отдел",
        "product_name": ("Окна", "Двери", None)[k % 3],
        "channel_name": ("Сайт", "Реклама")[k % 2],
        "region_name": ("Москва", "Казань", "Омск")[k % 3],
    }
    deal = {
        **shared,
        "deal_id": str(k + 1),
        "deal_name": f"Сделка {k + 1}",
        "client_id": str(k % 50),
        "client_name": f"Клиент {k % 50}",
        "funnel_name": funnel,
        "stage_name": last,
        "lost_stage_name": stages[depth - 1] if outcome == "lost" else None,
        "refusal_reason": "Дорого" if outcome == "lost" and k % 3 else None,
        "outcome": outcome,
        "history": "events" if history else "implied",
        "amount": amount,
        "created_on": created,
        "closed_on": closed,
        "created_at": _at(created),
        "closed_at": _at(closed),
        "first_won_at": _at(closed) if outcome == "won" else None,
        "cycle_days": float(depth * 4) if closed else None,
        "age_days": None if closed else float((AS_OF.date() - created).days),
        "stage_order": depth,
        "furthest_order": 5 if outcome == "won" else depth,
        "visits_count": depth,
        "reopens_count": 0,
        "back_moves_count": 0,
        "skips_count": 0,
    }
    walk = [*stages[:depth], *([last] if outcome != "open" else [])]
    if not history:
        walk = walk[-1:]
    visits = []
    for number, stage in enumerate(walk):
        is_last = number == len(walk) - 1
        entered = created + timedelta(days=4 * number)
        type_ = {"Продажа": "won", "Отказ": "lost", "Нецелевой": "junk"}.get(stage, "open")
        following = None if is_last else walk[number + 1]
        exit_ = "still_there" if is_last else "lost" if following in ("Отказ", "Нецелевой") else "advanced"
        visits.append(
            {
                **shared,
                "deal_id": str(k + 1),
                "visit_number": number + 1,
                "funnel_name": funnel,
                "stage_name": stage,
                "stage_type": type_,
                "next_stage_name": following,
                "refusal_reason": deal["refusal_reason"] if exit_ == "lost" else None,
                "outcome": outcome,
                "exit": exit_,
                "entered_on": entered if history else None,
                "left_on": None if is_last or not history else entered + timedelta(days=4),
                "deal_created_on": created,
                "deal_closed_on": closed,
                "entered_at": _at(entered) if history else None,
                "left_at": None if is_last or not history else _at(entered + timedelta(days=4)),
                "deal_created_at": _at(created),
                "amount": amount,
                "days": 4.0 if history and not is_last else None,
                "stage_order": {"won": 5, "lost": 6, "junk": 7}.get(type_, number + 1 if history else depth),
                "is_implied": not history,
            }
        )
    return deal, visits


def _stages(stages: Sequence[str], funnel: str) -> list[dict[str, Any]]:
    named = [(name, "open") for name in stages] + [("Продажа", "won"), ("Отказ", "lost"), ("Нецелевой", "junk")]
    return [
        {
            "funnel_name": funnel,
            "stage_name": name,
            "stage_type": type_,
            "norm_days": 3.0 if type_ == "open" else None,
            "stage_order": number,
            "is_optional": False,
            "is_unmapped": False,
            "is_ordered": True,
        }
        for number, (name, type_) in enumerate(named, start=1)
    ]


def _at(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(9), UTC)


def _frame(schema: Any, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema.create_empty().schema)
