"""Homes and files for tests of a load: a sheet of deals as people keep it, and what came of it."""

from __future__ import annotations

from pathlib import Path

from dashboard.access import Facts
from pipelines.report import LoadReport
from pipelines.settings import Home

HEADING = "№;Клиент;Менеджер;Статус;Сумма;Дата создания;Дата закрытия;Причина отказа\n"
DEALS = (
    HEADING
    + "1;Ромб;Иванова;Продажа;1 200,50;01.02.2026;05.02.2026;\n2;Куб;Петров;Отказ;10;03.02.2026;04.02.2026;Дорого\n"
)


def put(home: Home, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = home.path.parent / name
    path.write_bytes(text.encode(encoding))
    return path


def counts(report: LoadReport) -> tuple[str, int, int, int, int]:
    return (report.outcome, report.rows_in, report.accepted, report.quarantined, report.duplicates)


def deal_rows(facts: Facts) -> list[tuple]:
    return facts.deals.select("deal_id", "outcome", "amount").rows()
