"""Headings of two rows that nobody merged, and a plan of two numbers side by side: from `voronka map` to the loaded plan."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from homes import put

from dashboard import cli
from dashboard.access import open_facts
from pipelines.load import load
from pipelines.propose import accepted, dry_run, profile_of, propose
from pipelines.readers import open_export
from pipelines.settings import Home

PEOPLE = (("Анна Ким", 1000, 10, 900, 9), ("Пётр Семёнов", 800, 8, 850, 7), ("Глеб Орлов", 700, 7, 0, 0))
REPEATED = "Менеджер;Месяц;План;План;Факт;Факт\n;;Выручка;Сделок;Выручка;Сделок\n"
SPREAD = "Менеджер;Месяц;План;;Факт;\n;;Выручка;Сделок;Выручка;Сделок\n"
BOTH = "Отчёт;;;;;\nМенеджер;Месяц;План;План;Факт;Факт\nМенеджер;Месяц;Выручка;Сделок;Выручка;Сделок\n"
ONE = "Менеджер;Месяц;План по выручке;План по сделкам;Факт выручка;Факт сделок\n"
ROWS = "".join(f"{name};01.09.2026;{';'.join(map(str, told))}\n" for name, *told in PEOPLE)


def planned(home: Home) -> set[tuple[str, str, date, int]]:
    rows = open_facts(home).plans.select("manager_name", "metric_name", "month_on", "planned").rows()
    return {(manager, metric, month, int(value)) for manager, metric, month, value in rows}


EXPECTED = {(name, "revenue", date(2026, 9, 1), revenue) for name, revenue, *_ in PEOPLE}
EXPECTED |= {(name, "won", date(2026, 9, 1), deals) for name, _, deals, *_ in PEOPLE}


@pytest.mark.parametrize(
    "heading", [REPEATED, SPREAD, BOTH, ONE], ids=["repeated", "spread", "in both rows", "one row"]
)
def test_a_plan_of_revenue_and_of_deals_is_one_mapping(heading: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    path = put(home, "План.csv", heading + ROWS)
    with pytest.raises(SystemExit) as left:
        cli.main(["map", str(path), "--as", "plans", "--yes", "--home", str(home.path)])
    assert not left.value.code
    report = load([path], home)
    assert (report.files[0].rows_in, report.files[0].accepted) == (3, 3)
    assert planned(home) == EXPECTED


def test_a_heading_merged_in_excel_is_proposed_as_one(tmp_path: Path) -> None:
    home, path = Home(tmp_path / "home"), tmp_path / "План.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("План")
    page.merge_range(0, 0, 1, 0, "Менеджер")
    page.merge_range(0, 1, 1, 1, "Месяц")
    page.merge_range(0, 2, 0, 3, "План")
    page.merge_range(0, 4, 0, 5, "Факт")
    page.write_row(1, 2, ["Выручка", "Сделок"] * 2)
    for at, (name, *told) in enumerate(PEOPLE, start=2):
        page.write_row(at, 0, [name, "01.09.2026", *told])
    book.close()
    with pytest.raises(SystemExit) as left:
        cli.main(["map", str(path), "--as", "plans", "--yes", "--home", str(home.path)])
    assert not left.value.code
    load([path], home)
    assert planned(home) == EXPECTED


def test_deals_under_a_heading_of_two_rows(tmp_path: Path) -> None:
    """The lower row alone would name two columns «Имя» and two «Телефон»."""
    text = "№;Клиент;Клиент;Менеджер;Менеджер;Сделка;Сделка;Сделка\n;Имя;Телефон;Имя;Телефон;Этап;Сумма;Дата создания\n"
    for number in range(1, 7):
        stage = "Продажа" if number % 2 else "Отказ"
        text += (
            f"{number};Клиент {number};+7900000000{number};Анна Ким;+79110000001;{stage};{number}00;0{number}.09.2026\n"
        )
    sheet = open_export(text.encode(), "d.csv")[0]
    proposal = accepted(propose(sheet, kind="deals"))
    assert proposal.heading("client_name") == "Клиент Имя" and proposal.heading("phone") == "Клиент Телефон"
    assert proposal.heading("manager_name") == "Менеджер Имя" and proposal.heading("amount") == "Сделка Сумма"
    run = dry_run(sheet, profile_of(proposal, "d"), file_name="d.csv")
    assert (run.recognised, run.rows_in, run.accepted) == (True, 6, 6)


@pytest.mark.parametrize(
    "text",
    [
        "Клиент;Менеджер;Этап\nРомб;Анна;Новая\nКуб;Борис;Продажа\nТор;Анна;Новая\n",
        "Отчёт;;за сентябрь\nКлиент;Менеджер;Сумма\nРомб;Анна;100\nКуб;Борис;200\n",
        "Дата;Дата;Сумма\n01.09.2026;02.09.2026;100\n03.09.2026;04.09.2026;200\n",
        "Телефон;Телефон;Имя\n;нет;Анна\n+79000000001;+79000000002;Борис\n",
    ],
)
def test_one_row_of_headings_stays_one(text: str) -> None:
    sheet = open_export(text.encode(), "d.csv")[0]
    assert set(propose(sheet, kind="deals").found.raw_headings) in (
        {"Клиент", "Менеджер", "Этап"}, {"Клиент", "Менеджер", "Сумма"}, {"Дата", "Сумма"}, {"Телефон", "Имя"},
    )  # fmt: skip


def test_a_plan_of_deals_alone_is_a_plan_of_deals(tmp_path: Path) -> None:
    """And a row that plans deals but no revenue is no row without a plan."""
    home = Home(tmp_path / "home")
    one = "Менеджер;Месяц;План по сделкам\nАнна Ким;01.09.2026;10\nПётр Семёнов;01.09.2026;8\n"
    both = "Менеджер;Месяц;План по выручке;План по сделкам\nАнна Ким;01.10.2026;;11\nПётр Семёнов;01.10.2026;900;\n;01.10.2026;;\n"
    for name, text in (("one.csv", one), ("both.csv", both)):
        path = put(home, name, text)
        with pytest.raises(SystemExit):
            cli.main(["map", str(path), "--as", "plans", "--yes", "--home", str(home.path)])
        report = load([path], home)
    assert (report.files[0].accepted, report.files[0].quarantined) == (2, 1)
    assert planned(home) == {
        ("Анна Ким", "won", date(2026, 9, 1), 10),
        ("Пётр Семёнов", "won", date(2026, 9, 1), 8),
        ("Анна Ким", "won", date(2026, 10, 1), 11),
        ("Пётр Семёнов", "revenue", date(2026, 10, 1), 900),
    }
