"""Invented firms as their systems export them, week after week: raw files, and the rows they hold as text.

Deals move, change hands, amounts and products, vanish from a list and come back, are opened again, close around midnight and
the end of a month. Nothing here knows how the files are read.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

import xlsxwriter

NBSP = "\u00a0"
CUTS = tuple(map(datetime.fromisoformat, ("2026-09-14 20:00", "2026-09-25 20:00", "2026-10-08 20:00")))
EDGES = tuple(map(datetime.fromisoformat, ("2026-08-31 23:59:59", "2026-09-01", "2026-09-30 23:59:59")))
SELLERS = {
    "Пётр Семёнов": ("Пётр  Семёнов", "Петр Семенов", "пётр семёнов"),
    "Анна Ким": ("Анна Ким", f"Анна{NBSP}Ким "),
}
CHANNELS = ("Яндекс.Директ", "Сайт", "")
PRODUCTS = ("Станок", "Ремонт", "Пила")
REASONS = ("Дорого", "Нет ответа", "")


@dataclass
class Deal:
    """One deal of the invented firm with everything that will ever happen to it."""

    number: int
    created: datetime
    stages: list[tuple[datetime, str]]
    changes: list[tuple[datetime, dict[str, Any]]]
    absent: tuple[int, ...] = ()
    firm: int = 0

    def at(self, cut: datetime) -> dict[str, Any] | None:
        """Tell how it stands at a moment; None before its creation."""
        if self.created > cut:
            return None
        state: dict[str, Any] = {"number": self.number, "created": self.created, "firm": self.firm}
        for when, change in self.changes:
            state |= change if when <= cut else {}
        past = [one for one in self.stages if one[0] <= cut]
        state["stage"] = past[-1][1]
        state["closed"] = past[-1][0] if past[-1][1] in ("won", "lost") else None
        state["updated"] = max(when for when, _ in (*past, *self.changes) if when <= cut)
        return state


@dataclass
class Firm:
    """Files week by week: the path of each, and its rows as a list of headings and a list of texts."""

    folder: Path
    dice: random.Random
    deals: list[Deal] = field(default_factory=list)
    rows: dict[Path, list[dict[str, str]]] = field(default_factory=dict)

    def keep(self, path: Path, rows: list[dict[str, str]]) -> Path:
        self.rows[path] = rows
        return path


def invent(dice: random.Random, count: int, *, reopens: bool) -> list[Deal]:
    """Invent deals that are created and closed around the ends of September."""
    deals = []
    for number in range(1, count + 1):
        created = dice.choice(EDGES) if number % 7 == 0 else EDGES[0] + timedelta(minutes=dice.randint(-9000, 45_000))
        stages = [(created, "new")]
        later = created
        path = dice.choice(
            [["talks"], ["talks", "won"], ["talks", "won"], ["talks", "lost"], ["won"], ["lost"], [],
             ["talks", "won", "talks", "won"], ["talks", "lost", "talks"]]
        )  # fmt: skip
        for stage in path if reopens else path[:2]:
            later += timedelta(minutes=dice.randint(1, 14_000), seconds=dice.randint(0, 59))
            is_edge = number % 9 == 0 and stage == "won" and later < EDGES[2]
            later = EDGES[2] + timedelta(seconds=dice.randint(0, 1)) if is_edge else later
            stages.append((later, stage))
        first = {
            "seller": dice.choice(list(SELLERS)),
            "channel": dice.choice(CHANNELS),
            "product": dice.choice(PRODUCTS),
            "amount": dice.choice(
                [Decimal(dice.randint(-50, 5000) * 100) / 8, Decimal(dice.randint(1, 900)) * 1000, None]
            ),
            "currency": dice.choice(["Российский рубль", "Российский рубль", "Доллар США"]),
            "reason": dice.choice(REASONS),
        }
        second = {
            "seller": dice.choice(list(SELLERS)),
            "amount": Decimal(dice.randint(1, 99)) * 777,
            "product": dice.choice(PRODUCTS),
        }
        changes = [(created, first)]
        if number % 3 == 0:
            changes.append((created + timedelta(minutes=dice.randint(5, 30_000)), second))
        absent = (1,) if number % 11 == 0 else (1, 2) if number % 13 == 0 else ()
        deals.append(Deal(number, created, stages, changes, absent, dice.randint(1, 12)))
    return deals


def listed(firm: Firm, week: int) -> list[dict[str, Any]]:
    """Return the deals that an export of that week lists, each as it stands then."""
    states = [deal.at(CUTS[week]) for deal in firm.deals if week not in deal.absent]
    return [state for state in states if state is not None]


def moment(value: datetime | None, nothing: str = "") -> str:
    return value.strftime("%d.%m.%Y %H:%M:%S") if value else nothing


IN_BITRIX = {"new": "Новая", "talks": "В работе", "won": "Сделка успешна", "lost": "Анализ причины провала"}
IN_AMO = {
    "new": "Первичный контакт",
    "talks": "Переговоры",
    "won": "Успешно реализовано",
    "lost": "Закрыто и не реализовано",
}
IN_SHEET = {"new": "Новая", "talks": "Переговоры", "won": "Продажа", "lost": "Отказ"}


def bitrix(firm: Firm, week: int) -> Path:
    """Write a week as Bitrix24 does: a row per product line, CSV in two encodings or an HTML table called .xls."""
    rows = []
    for s in listed(firm, week):
        for part in range(1 + s["number"] % 3):
            price = "" if s["amount"] is None else f"{s['amount'] * (part + 1):.2f}"
            row = {"ID": str(s["number"]), "Название сделки": f'Сделка; "{s["number"]}"', "Товар": PRODUCTS[part]}
            row |= {"Цена": price, "Количество": "1", "Сумма": price, "Валюта": s["currency"]}
            row |= {"Стадия сделки": IN_BITRIX[s["stage"]], "Воронка": "Общая" if s["number"] % 4 else "Опт"}
            row |= {"Ответственный": firm.dice.choice(SELLERS[s["seller"]]), "Источник": s["channel"]}
            row |= {"Комментарий": "строка\nвторая", "Дата создания": moment(s["created"])}
            row |= {"Дата изменения": moment(s["updated"]), "Предполагаемая дата закрытия": moment(s["closed"])[:10]}
            rows.append(row)
    path = firm.folder / f"DEAL_{week}.{'xls' if week == 1 else 'csv'}"
    if week == 1:
        cells = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row.values())}</tr>" for row in rows)
        head = "".join(f"<th>{name}</th>" for name in rows[0])
        meta = '<meta http-equiv="Content-type" content="text/html;charset=utf-8" />'
        table = f'{meta}<table border="1"><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>'
        path.write_text(table, encoding="utf-8")
    else:
        write(path, rows, "utf-8-sig" if week == 0 else "cp1251", end=";\n")
    return firm.keep(path, rows)


def write(path: Path, rows: list[dict[str, str]], encoding: str, *, end: str = "\r\n") -> None:
    """Write cells in quotes with semicolons between them."""
    lines = (
        ";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (rows[0], *(r.values() for r in rows))
    )
    path.write_bytes("".join(line + end for line in lines).encode(encoding))


def phone(firm: Firm, number: int) -> str:
    """Spell the phone of a client in one of the usual ways."""
    spelt = (f"+7900000{number:04}", f"8 900 000-{number // 100:02}-{number % 100:02}", f"'+7 (900) 000{number:04}")
    return firm.dice.choice(spelt)


def amo(firm: Firm, week: int) -> Path:
    """Write a week as amoCRM does."""
    rows = []
    for s in listed(firm, week):
        row = {"ID": str(s["number"]), "Название сделки": "Сделка"}
        row |= {"Бюджет": "" if s["amount"] is None else f"{s['amount']:.2f}".replace(".", ",")}
        row |= {"Ответственный": firm.dice.choice(SELLERS[s["seller"]]), "Дата создания сделки": moment(s["created"])}
        row |= {"Дата редактирования": moment(s["updated"]), "Дата закрытия": moment(s["closed"], "не закрыта")}
        row |= {"Этап сделки": IN_AMO[s["stage"]], "Воронка": "Продажи", "Полное имя контакта": f"Клиент {s['firm']}"}
        row |= {"Рабочий телефон": phone(firm, s["firm"]), "Источник": s["channel"], "Товар": s["product"]}
        rows.append(row | {"Причина отказа": s["reason"] if s["stage"] == "lost" else ""})
    path = firm.folder / f"amocrm_{week}.csv"
    write(path, rows, "utf-8-sig" if week else "utf-8")
    return firm.keep(path, rows)


def sheet(firm: Firm, week: int) -> Path:
    """Write a week as a workbook kept by hand: a merged title, amounts and days now as text and now not, a totals row."""
    path = firm.folder / f"Сделки {week}.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page, dated = book.add_worksheet("Сделки"), book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"})
    page.merge_range(0, 0, 0, 9, "Отчёт отдела продаж")
    rows = []
    for at, s in enumerate(listed(firm, week), start=3):
        spelt = "" if s["amount"] is None else f"{s['amount']:,.2f} руб.".replace(",", NBSP).replace(".", ",", 1)
        row = {"Номер сделки": str(s["number"]), "Клиент": f"ООО «Ромб {s['firm']}»"}
        row |= {"Менеджер": firm.dice.choice(SELLERS[s["seller"]]), "Товар": s["product"], "Канал": s["channel"]}
        row |= {"Этап": IN_SHEET[s["stage"]], "Сумма": spelt, "Дата создания": moment(s["created"])}
        row |= {"Дата закрытия": moment(s["closed"]), "Дата изменения": moment(s["updated"])}
        rows.append(row | {"Причина отказа": s["reason"] if s["stage"] == "lost" else ""})
        cells = {"Сумма": s["amount"], "Дата создания": s["created"], "Дата закрытия": s["closed"]}
        for place, (heading, text) in enumerate(rows[-1].items()):
            value = cells.get(heading) if firm.dice.random() < 0.5 else None
            if isinstance(value, datetime):
                page.write_datetime(at, place, value, dated)
            elif value is not None:
                page.write_number(at, place, float(value))
            else:
                page.write_string(at, place, text)
    page.write_row(2, 0, list(rows[0]))
    page.write_row(len(rows) + 3, 0, ["Итого", "", "", "", "", "", 123456.78])
    book.close()
    return firm.keep(path, rows)
