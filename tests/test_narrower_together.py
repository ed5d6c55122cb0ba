"""What belongs together is kept together: no phone of one client with the name of another, no closing of a deal that was reopened."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from homes import put

from dashboard.access import Facts, open_facts
from dashboard.exports.loads import text
from dashboard.i18n import Locale
from pipelines.building import told_in
from pipelines.load import load
from pipelines.profile import shipped_profiles
from pipelines.settings import Home
from pipelines.staged import FILE, stage_told

MAPPING = """
name = "firm"
[outcomes]
won = ["Победа"]
lost = ["Отказ"]
[[table]]
kind = "deals"
rows = "{rows}"
dates = ["%d.%m.%Y"]
recognise.headings = ["№", "Создана"]
[table.columns]
deal_id = "№"
created_at = "Создана"
closed_at = "Закрыта"
stage_name = "Этап"
manager_name = "Менеджер"
team_name = "Отдел"
product_name = "Товар"
client_name = "Клиент"
phone = "Телефон"
amount = "Сумма"
currency = "Валюта"
[[table]]
kind = "calls"
dates = ["%d.%m.%Y %H:%M:%S"]
recognise.headings = ["Когда", "Откуда"]
[table.columns]
call_id = "ID звонка"
started_at = "Когда"
from_phone = "Откуда"
to_phone = "Куда"
manager_name = "Кто"
talk_seconds = "Разговор"
"""


def loaded(folder: Path, *exports: str, rows: str = "keep") -> Facts:
    """Load exports one after another, each a sheet whose lines are parted by a bar."""
    home = Home(folder / "home")
    home.mappings.mkdir(parents=True)
    (home.mappings / "firm.toml").write_text(MAPPING.format(rows=rows), encoding="utf-8")
    (home.path / "rates.csv").write_text("date;currency;rate\n2026-01-01;USD;10\n", encoding="utf-8")
    for number, export in enumerate(exports):
        report = load([put(home, f"w{number}.csv", export.replace("|", "\n") + "\n")], home)
        assert report.outcome == "accept", text(report, Locale("en"))
    return open_facts(home)


def told(facts: Facts, *columns: str) -> list[tuple[object, ...]]:
    return facts.deals.sort("deal_id").select(columns).rows()


def test_amounts_stay_beside_products_of_an_export_that_hides_the_amounts(tmp_path):
    facts = loaded(
        tmp_path,
        "№;Создана;Этап;Товар;Сумма|1;01.03.2026;Новая;Пила;100|1;01.03.2026;Новая;Станок;250",
        "№;Создана;Этап;Товар|1;01.03.2026;Торг;Пила|1;01.03.2026;Торг;Станок",
        "№;Создана;Этап;Товар;Сумма|2;02.03.2026;Новая;Пила;70",
        rows="lines",
    )
    assert told(facts, "amount") == [(350,), (70,)]


def test_a_deal_that_was_reopened_between_keeps_no_closing_of_before(tmp_path):
    head = "№;Создана;Этап;Сумма"
    facts = loaded(
        tmp_path,
        f"{head};Закрыта|1;01.03.2026;Победа;100;05.03.2026|2;01.03.2026;Победа;10;06.03.2026",
        f"{head}|1;01.03.2026;Торг;100|2;01.03.2026;Победа;10|3;10.05.2026;Новая;1",
        f"{head}|1;01.03.2026;Победа;100|2;01.03.2026;Победа;10|4;20.07.2026;Новая;1",
    )
    closed = dict(facts.deals.select("deal_id", pl.col("closed_on").dt.to_string("%Y-%m-%d")).rows())
    assert closed["1"] is None or closed["1"] > "2026-05"
    assert closed["2"] == "2026-03-06"


def test_another_client_has_not_the_phone_of_the_one_before(tmp_path):
    facts = loaded(
        tmp_path,
        "№;Создана;Клиент;Телефон|1;01.03.2026;Юна;+79160000008|2;01.03.2026;Юна;+79160000008",
        "№;Создана;Клиент|1;01.03.2026;Юна|2;01.03.2026;Пётр",
    )
    first, second = told(facts, "client_name", "client_id")
    assert (first[0], second[0]) == ("Юна", "Пётр")
    assert first[1] != second[1]


def test_another_manager_has_not_the_team_of_the_one_before(tmp_path):
    facts = loaded(
        tmp_path,
        "№;Создана;Менеджер;Отдел|1;01.03.2026;Глеб;Юг|2;01.03.2026;Глеб;Юг|3;01.03.2026;Зоя;Север",
        "№;Создана;Менеджер|1;01.03.2026;Глеб|2;01.03.2026;Зоя",
    )
    assert told(facts, "manager_name", "team_name") == [("Глеб", "Юг"), ("Зоя", None), ("Зоя", "Север")]


def test_an_amount_is_not_taken_for_one_of_another_currency(tmp_path):
    facts = loaded(
        tmp_path,
        "№;Создана;Валюта;Сумма|1;01.03.2026;RUB;100|2;01.03.2026;RUB;200",
        "№;Создана;Валюта|1;01.03.2026;RUB|2;01.03.2026;USD",
    )
    assert told(facts, "amount") == [(100,), (None,)]


def test_a_file_loaded_by_a_version_that_noted_no_columns_says_something_of_all():
    profile = next(one for one in shipped_profiles() if any(table.stage_dates_pattern for table in one.table))
    table = next(one for one in profile.table if one.stage_dates_pattern)
    noted = f"deal_id\n{stage_told('Опт', 'Торг')}"
    files = pl.DataFrame({"staging_table": ["t", "t"], FILE: [1, 2], "told_columns": [None, noted]})
    told = told_in(files, "t", table)
    assert told[2] == set(noted.split("\n"))
    assert told[1] > told[2] | set(table.columns)
    before = told_in(files.drop("told_columns"), "t", table)
    assert before[1] == before[2] > set(table.columns)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_call_with_a_number_and_the_same_without_are_one(tmp_path, order):
    logs = (
        "ID звонка;Когда;Откуда;Куда|A1;01.03.2026 10:00:05;+79160000001;+74950000000|"
        "A2;01.03.2026 11:00:07;+79160000002;+74950000000|;01.03.2026 12:00:09;+79160000003;+74950000000",
        "Когда;Откуда;Куда;Кто|01.03.2026 10:00:05;+79160000001;+74950000000;Зоя|"
        "01.03.2026 11:00:07;+79160000002;+74950000000;Зоя|01.03.2026 12:00:09;+79160000003;+74950000000;Глеб",
    )
    facts = loaded(tmp_path, *(logs[place] for place in order))
    assert facts.calls.height == 3


def test_calls_of_which_only_one_number_is_told_are_not_taken_for_one(tmp_path):
    facts = loaded(
        tmp_path,
        "Когда;Откуда;Куда;Кто|01.03.2026 10:00:00;+74950000000;+79160000001;Зоя",
        "Когда;Откуда;Разговор|01.03.2026 10:00:00;+74950000000;30",
    )
    assert facts.calls.height == 2
