"""Calls, ad costs, payments and stage history in overlapping files: counted again in plain Python from the rows alone."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any

import pytest
from raw_firms import CUTS, IN_SHEET, Firm, amo, invent, moment, sheet
from test_from_raw_files import IN_SEPTEMBER, SEPTEMBER, Row, ask, counted_deals, load, money, when

START = datetime.fromisoformat("2026-08-28")
DAY = timedelta(days=1)
CALLS = "Тип;Статус;Время;Схема;Откуда;Куда;Кто ответил;Длительность звонка, сек;Длительность разговора, сек"
CALLS += ";Время ответа, сек;Оценка;ID записи;Метка;Теги;ID заказа звонка;Запись существует;Новый клиент"
COSTS = "Дата;Кампания;№ Кампании;Группа;№ Группы;№ Объявления;Показы;Клики;Расход (руб.)"
INVOICES = "Номер счёта;Номер сделки;Дата счёта;Дата оплаты;Сумма счёта;Оплачено"
OURS = "78000000000"


def written(
    path: Path, heads: str, rows: list[Row], encoding: str = "utf-8", before: str = "", after: str = ""
) -> Path:
    lines = [heads, *(";".join(row.get(name, "") for name in heads.split(";")) for row in rows)]
    path.write_bytes((before + "\n".join(lines) + "\n" + after).encode(encoding))
    return path


def some_calls(dice: random.Random, firm: Firm) -> list[Row]:
    """Invent calls with clients, now answered and now not, some again within minutes."""
    rows, at = [], START
    for number in range(150):
        at += timedelta(seconds=dice.choice([dice.randint(60, 2500), dice.randint(3000, 60_000)]))
        outside, is_in = f"7900000{dice.randint(1, 12):04}", dice.random() < 0.6
        talk = dice.choice([0, 0, dice.randint(1, 4), dice.randint(5, 600)])
        wait = dice.randint(2, 40)
        rows.append(
            {"Тип": "Входящий" if is_in else "Исходящий", "Статус": "x", "Время": moment(at), "ID записи": f"r{number}"}
            | {"Откуда": outside if is_in else OURS, "Куда": OURS if is_in else outside}
            | {"Кто ответил": "" if is_in and not talk else dice.choice(["Анна Ким", "анна  ким", "Пётр Семёнов"])}
            | {"Длительность звонка, сек": str(talk + wait), "Длительность разговора, сек": str(talk)}
            | {"Время ответа, сек": str(wait if talk else 0)}
        )
    return rows


def working_minutes(start: datetime, end: datetime) -> float:
    """Count the minutes of Monday to Friday, nine to eighteen, between two moments."""
    total, day = timedelta(), start.replace(hour=0, minute=0, second=0)
    while day <= end:
        if day.weekday() < 5:
            total += max(min(end, day.replace(hour=18)) - max(start, day.replace(hour=9)), timedelta())
        day += DAY
    return total.total_seconds() / 60


def of_calls(rows: list[Row]) -> dict[str, Any]:
    """Count the calls of September, and the episodes of missed ones with who was talked with soon afterwards."""
    calls: list[dict[str, Any]] = []
    for row in rows:
        is_in = row["Тип"] == "Входящий"
        talk, wait = int(row["Длительность разговора, сек"]), int(row["Время ответа, сек"])
        outside = row["Откуда"] if is_in else row["Куда"]
        calls.append({"at": when(row["Время"]) or START, "in": is_in, "talk": talk, "wait": wait, "number": outside})
    episodes = []
    for number in {call["number"] for call in calls}:
        last = None
        for call in sorted((one for one in calls if one["number"] == number), key=lambda one: one["at"]):
            if call["talk"] >= 5:
                last = None
            elif call["in"] and not call["talk"]:
                if last is None or call["at"] - last > timedelta(minutes=30):
                    episodes.append((number, call["at"]))
                last = call["at"]
    here = [one for one in calls if SEPTEMBER[0] <= one["at"] < SEPTEMBER[1]]
    missed = [one for one in episodes if SEPTEMBER[0] <= one[1] < SEPTEMBER[1]]
    saved = [
        1
        for number, at in missed
        if any(
            one["number"] == number and one["talk"] >= 5 and one["at"] > at and working_minutes(at, one["at"]) <= 60
            for one in calls
        )
    ]
    seen = {one["number"] for one in calls if one["at"] < SEPTEMBER[0]}
    return {
        "calls": len(here),
        "calls_in": sum(one["in"] for one in here),
        "missed": sum(one["in"] and not one["talk"] for one in here),
        "talks": sum(one["talk"] >= 5 for one in here),
        "talk_minutes": sum(one["talk"] for one in here) / 60,
        "wait_seconds_mean": mean(one["wait"] for one in here if one["in"] and one["talk"]),
        "unique_numbers": len({one["number"] for one in here}),
        "new_numbers": len({one["number"] for one in here} - seen),
        "missed_episodes": len(missed),
        "recovered": len(saved),
    }


def of_ads(costs: list[Row], deals: list[dict[str, Any]]) -> dict[str, Any]:
    """Count spend against the leads of September, and the clients whose first purchase one of them was."""
    here = [row for row in costs if SEPTEMBER[0] <= (when(row["Дата"]) or START) < SEPTEMBER[1]]
    spend = sum(money(row["Расход (руб.)"]) or 0 for row in here)
    leads = [one for one in deals if SEPTEMBER[0] <= one["created"] < SEPTEMBER[1]]
    revenue = sum(one["amount"] or 0 for one in leads if one["state"] == "won")
    first: dict[str, dict[str, Any]] = {}
    for one in sorted((one for one in deals if one["state"] == "won"), key=lambda one: one["closed"]):
        first.setdefault("".join(sign for sign in one["client"] if sign.isdigit())[-4:], one)
    gained = sum(one in leads for one in first.values())
    return {
        "spend": spend,
        "clicks": sum(int(row["Клики"]) for row in here),
        "cpl": spend / len(leads),
        "acquired": gained,
        "cac": spend / gained,
        "romi_revenue": (revenue - spend) / spend,
    }


def of_invoices(rows: list[Row]) -> dict[str, Any]:
    """Count invoices whose rows are their payments."""
    invoiced = paid = paid_of = unpaid = Decimal(0)
    for number in {row["Номер счёта"] for row in rows}:
        lines = [row for row in rows if row["Номер счёта"] == number]
        amount, got = money(lines[0]["Сумма счёта"]) or 0, sum(money(row["Оплачено"]) or 0 for row in lines)
        if SEPTEMBER[0] <= (when(lines[0]["Дата счёта"]) or START) < SEPTEMBER[1]:
            invoiced, paid_of = invoiced + amount, paid_of + got
        last = max((day for row in lines if (day := when(row["Дата оплаты"]))), default=START)
        paid += got if SEPTEMBER[0] <= last < SEPTEMBER[1] else 0
        unpaid += max(amount - got, Decimal(0))
    return {"invoiced": invoiced, "paid": paid, "paid_of_invoiced": paid_of, "unpaid": unpaid}


def agree(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found == pytest.approx({name: float(value) for name, value in expected.items()}, abs=1e-5)


def test_calls_costs_and_payments_in_overlapping_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dice = random.Random("activity 1")
    firm = Firm(tmp_path, dice)
    firm.deals = invent(dice, 60, reopens=True)
    calls = some_calls(dice, firm)
    days = [START + DAY * number for number in range(40)]
    costs = [
        {
            "Дата": moment(day)[:10],
            "Кампания": name,
            "№ Кампании": "7",
            "Показы": "10",
            "Клики": str(dice.randint(0, 30)),
        }
        | {"Расход (руб.)": f"{dice.randint(0, 300_000) / 100:,.2f}".replace(",", " ").replace(".", ",")}
        for day in days
        for name in ("Поиск", "РСЯ", "Поиск")  # two advertisements of one campaign
    ]
    invoices = []
    for number in range(1, 25):
        issued, amount = START + DAY * dice.randint(0, 34), Decimal(dice.randint(-5, 90)) * 100
        for part in range(dice.randint(1, 3)):
            share = (amount / 4).quantize(Decimal("0.01")) if amount > 0 and dice.random() < 0.7 else Decimal(0)
            # Days apart: two rows that are the same in every cell are one row told twice.
            day = moment(issued + DAY * (part * 5 + dice.randint(0, 4)))[:10] if share else ""
            invoices.append(
                {"Номер счёта": f"СЧ-{number}", "Дата счёта": moment(issued)[:10], "Дата оплаты": day}
                | {"Сумма счёта": f"{amount:.2f}".replace(".", ","), "Оплачено": f"{share:.2f}".replace(".", ",")}
            )
    stale = [row | {"Расход (руб.)": "1,00", "Клики": "1"} for row in costs[30:60]]  # what an unfinished day first said
    note = "Отчёт\nПериод: x\nКлиент: x\nНДС: включён\n"
    first = [amo(firm, 1), written(tmp_path / "s1.csv", CALLS, calls[:100])]
    first.append(written(tmp_path / "d1.csv", COSTS, costs[:30] + stale, before=note, after="Итого;;;;;;;;99,00\n"))
    first.append(written(tmp_path / "i1.csv", INVOICES, invoices[:20], "cp1251"))
    second = [amo(firm, 2), written(tmp_path / "s2.csv", CALLS, calls[60:])]
    second.append(written(tmp_path / "d2.csv", COSTS, costs[30:], "utf-8-sig", before=note))
    second.append(written(tmp_path / "i2.csv", INVOICES, invoices, "cp1251"))
    home = tmp_path / "home"
    for some in (first, second):
        load(home, capsys, *some)
    deals = counted_deals([firm.rows[tmp_path / f"amocrm_{week}.csv"] for week in (1, 2)])
    expected = of_calls(calls) | of_ads(costs, deals) | of_invoices(invoices)
    agree(ask(home, capsys, "ask", *expected, *IN_SEPTEMBER)[0], expected)
    by = {row["manager"]: row["talk_minutes"] for row in ask(home, capsys, "ask", "talk_minutes", "--by", "manager")}
    anna = [row for row in calls if row["Кто ответил"].casefold().startswith("анна")]
    assert by["Анна Ким"] == pytest.approx(sum(int(row["Длительность разговора, сек"]) for row in anna) / 60)


SETTINGS = """[[funnel]]
name = "Продажи"
stage = [{name = "Новая"}, {name = "Переговоры"}, {name = "Продажа", type = "won"}, {name = "Отказ", type = "lost"}]
"""


def test_a_log_of_stages_in_two_overlapping_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    firm = Firm(tmp_path, random.Random("stages 1"))
    firm.deals = invent(firm.dice, 60, reopens=True)
    events = [
        {"Номер сделки": str(deal.number), "Этап": IN_SHEET[stage], "Дата перехода": moment(at)}
        for deal in firm.deals
        for at, stage in deal.stages
        if at <= CUTS[2] and 2 not in deal.absent
    ]
    firm.dice.shuffle(events)
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    heads = "Номер сделки;Этап;Дата перехода"
    load(home, capsys, sheet(firm, 2), written(tmp_path / "e1.csv", heads, events[:90]))
    load(home, capsys, written(tmp_path / "e2.csv", heads, events[50:], "cp1251"))
    left: list[tuple[str, str, float]] = []
    for number in {event["Номер сделки"] for event in events}:
        mine = [event for event in events if event["Номер сделки"] == number]
        way = sorted((when(event["Дата перехода"]) or START, event["Этап"]) for event in mine)
        for (entered, stage), (gone, to) in pairwise(way):
            if SEPTEMBER[0] <= gone < SEPTEMBER[1]:
                left.append((stage, to, (gone - entered).total_seconds() / 86_400))
    ended = [one for one in left if one[0] in ("Новая", "Переговоры")]
    on = [one for one in ended if one[1] in ("Переговоры", "Продажа")]
    expected = {"stage_conversion": len(on) / len(ended), "stage_days_median": median(one[2] for one in ended)}
    expected |= {"back_moves": 0, "reopenings": len(left) - len(ended)}
    agree(ask(home, capsys, "ask", *expected, *IN_SEPTEMBER)[0], expected)
    by = {row["stage"]: row for row in ask(home, capsys, "ask", "stage_conversion", "--by", "stage", *IN_SEPTEMBER)}
    for stage in ("Новая", "Переговоры"):
        share = sum(one[0] == stage for one in on) / sum(one[0] == stage for one in ended)
        assert by[stage]["stage_conversion"] == pytest.approx(share, abs=1e-5)
