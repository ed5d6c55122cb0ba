"""What a narrower export leaves of products, days of entry and clients: what is known, as long as it is of the same deal."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from homes import put
from test_narrower_exports import MAPPING, file_of, narrowed, new_home

from dashboard.access import open_facts
from pipelines.load import load
from pipelines.settings import Home


def test_products_of_a_deal_stay_while_they_add_up_to_it(tmp_path: Path) -> None:
    """Bitrix24 with «Товар» has a row per product; next week's list without it keeps those of deals whose sum is the same."""
    home = Home(tmp_path / "home")
    head, tail = "ID;Стадия сделки;Дата создания;Дата изменения;Сумма", ";Новая;01.09.2026;{}.09.2026 10:00;{}"
    wide = [(1, 10, "Пила"), (1, 5, "Станок"), (2, 10, "Пила"), (2, 5, "Станок")]
    first = "".join(f"{number}{tail.format('02', amount)};{name}\n" for number, amount, name in wide)
    load([put(home, "DEAL_1.csv", f"{head};Товар\n{first}")], home)
    load([put(home, "DEAL_2.csv", f"{head}\n1{tail.format('09', 15)}\n2{tail.format('09', 90)}\n")], home)
    products = open_facts(home).deal_products.select("deal_id", "product_name", "amount").rows()
    assert products == [("1", "Пила", 10), ("1", "Станок", 5), ("2", "Пила", 90)]


def test_days_of_entry_stay_stage_by_stage(tmp_path: Path) -> None:
    """Of a sheet with a column of dates for each stage, the second week lacks the first and moves the second."""
    home = new_home(tmp_path)
    stages = 'stage_dates = { "Заявка" = "Дата заявки", "Замер" = "Дата замера" }\n[table.columns]'
    mapping = MAPPING.format(name="firm", number="№").replace("[table.columns]", stages)
    (home.mappings / "firm.toml").write_text(mapping, encoding="utf-8")
    first = {"№": "1", "Изменена": "03.09.2026 10:00", "Этап": "Замер", "Дата заявки": "01.09.2026 10:00"}
    second = first | {"Изменена": "09.09.2026 10:00"}
    first["Дата замера"], second["Дата замера"] = "02.09.2026 10:00", "08.09.2026 10:00"
    weeks = [[first], narrowed([second], "Дата заявки")]
    for at, way in enumerate(([0, 1], [1, 0])):
        home = home if at == 0 else new_home(tmp_path / "late")
        (home.mappings / "firm.toml").write_text(mapping, encoding="utf-8")
        for week in way:
            load([file_of(home, f"{week}.csv", weeks[week])], home)
        visits = open_facts(home).visits.select("stage_name", pl.col("entered_on").cast(pl.String)).rows()
        assert visits == [("Заявка", "2026-09-01"), ("Замер", "2026-09-08")]


CLIENTS = "Код;Клиент;Менеджер;Регион;Телефон\n7;Ромб;Анна;Тверь;+79000000001\n8;Куб;Борис;Тула;+79000000002\n"


def test_a_narrower_list_of_clients_empties_nothing(tmp_path: Path) -> None:
    """Without «Менеджер» and «Регион»: those of the list before stay, and nobody is without an owner."""
    home = new_home(tmp_path)
    mapping = """
name = "base"
[[table]]
kind = "clients"
recognise.headings = ["Код", "Клиент"]
[table.columns]
client_id = "Код"
client_name = "Клиент"
manager_name = "Менеджер"
region_name = "Регион"
phone = "Телефон"
"""
    (home.mappings / "base.toml").write_text(mapping, encoding="utf-8")
    load([put(home, "base1.csv", CLIENTS)], home)
    load([put(home, "base2.csv", "Код;Клиент;Телефон\n7;Ромб;+79000000001\n8;Куб и Ко;\n")], home)
    columns = ("client_id", "client_name", "manager_name", "region_name")
    rows = open_facts(home).clients.select(columns).rows()
    assert rows == [("7", "Ромб", "Анна", "Тверь"), ("8", "Куб и Ко", "Борис", "Тула")]


LOG = ("Когда", "Откуда", "Куда", "Кто", "Разговор")
WIDE_LOG = [(f"0{day}.09.2026 10:00:00", f"7900000000{day}", "101", "Анна", f"{day}0") for day in (1, 2, 3)]
TWICE = ("01.09.2026 10:00:00", "79000000001", "101", "Борис", "10")


@pytest.mark.parametrize("way", [(0, 1), (1, 0)], ids=["wide first", "narrow first"])
def test_a_log_of_calls_with_other_columns_tells_of_no_call_twice(way: tuple[int, ...], tmp_path: Path) -> None:
    """Without «Кто» the same calls are other rows; two calls of one second stay two, and who called is known from the other."""
    home = new_home(tmp_path)
    mapping = """
name = "log"
[[table]]
kind = "calls"
dates = ["%d.%m.%Y %H:%M:%S"]
recognise.headings = ["Когда", "Откуда"]
[table.columns]
started_at = "Когда"
from_phone = "Откуда"
to_phone = "Куда"
manager_name = "Кто"
talk_seconds = "Разговор"
"""
    (home.mappings / "log.toml").write_text(mapping, encoding="utf-8")
    wide = [*WIDE_LOG, TWICE]
    narrow = [(*row[:3], row[4]) for row in (*wide, ("04.09.2026 10:00:00", "79000000004", "101", "", "40"))]
    files = [(LOG, wide), ((*LOG[:3], LOG[4]), [*dict.fromkeys(narrow)])]
    for at in way:
        head, rows = files[at]
        load([put(home, f"log{at}.csv", "".join(";".join(row) + "\n" for row in (head, *rows)))], home)
    facts = open_facts(home)
    calls = facts.calls.sort("started_at", "manager_name", nulls_last=True).select(
        "started_on", "manager_name", "talk_seconds"
    )
    told = [(day.day, manager, seconds) for day, manager, seconds in calls.rows()]
    assert told == [(1, "Анна", 10), (1, "Борис", 10), (2, "Анна", 20), (3, "Анна", 30), (4, None, 40)]
    assert facts.identities["holds"].all()
