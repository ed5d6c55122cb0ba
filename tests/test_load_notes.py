"""What a load says of the whole: what stands and is still not as its reader may think. One company, loaded twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from homes import put

from dashboard import cli
from dashboard.access import open_facts
from dashboard.exports.loads import text
from dashboard.i18n import Locale
from pipelines.load import load
from pipelines.rebuild import rebuild
from pipelines.report import LoadReport
from pipelines.settings import Home

# Bitrix24: the second week lacks «Источник», and deal 0 has left a list of open deals.
BITRIX = "ID;Стадия сделки;Сумма;Валюта;Дата создания;Предполагаемая дата закрытия;Источник\n"
OPEN = [f"{number};Новая;70;RUB;01.09.2026;;Сайт\n" for number in range(20)]
ABROAD = "30;Сделка успешна;70;Белорусский рубль;01.09.2026;02.09.2026;Сайт\n31;Сделка успешна;5;Песо;01.09.2026;02.09.2026;Сайт\n"
# amoCRM without dates of change: the older export comes second.
AMO = "ID;Название сделки;Компания;Основной контакт;Бюджет;Ответственный;Дата создания;Этап сделки;Воронка\n"
TALKS = [f"70{day};;Ромб;;100;Зоя;0{day}.09.2026 10:00;Переговоры;Продажи\n" for day in (1, 2, 3)]
# A register of payments by months, and a table of deals in which every month counts from 1.
INVOICES = "Номер счёта;Дата счёта;Сумма счёта;Дата оплаты;Оплачено\n"
MONTHS = "Номер сделки;Клиент;Менеджер;Этап;Сумма;Дата создания\n"
FIRST = {
    "DEAL_1.csv": BITRIX + "".join(OPEN) + ABROAD,
    "amo_new.csv": AMO + TALKS[0].replace("Переговоры", "Успешно реализовано") + "".join(TALKS[1:]),
    "pay_9.csv": INVOICES + "С-1;01.09.2026;1000;05.09.2026;400\n",
    "август.csv": MONTHS + "901;Ромб;Анна;Продажа;100;01.08.2026\n902;Куб;Анна;Продажа;200;02.08.2026\n",
}
NARROW = [row.replace(";Сайт", "") for row in [*OPEN[1:], *ABROAD.splitlines(keepends=True)]]
SECOND = {
    "DEAL_2.csv": BITRIX.replace(";Источник", "") + "".join(NARROW) + "99;Новая;70;RUB;03.09.2026;\n",
    "amo_old.csv": AMO + "".join(TALKS[:2]),
    "amo_part.csv": AMO + TALKS[0].replace("701", "709"),
    "pay_10.csv": INVOICES + "С-1;01.09.2026;1000;05.10.2026;600\n",
    "сентябрь.csv": MONTHS + "901;Тор;Анна;Продажа;300;03.09.2026\n902;Шар;Анна;Продажа;400;04.09.2026\n",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("firm") / "home")
    home.path.mkdir()
    return home


@pytest.fixture(scope="module")
def loads(home: Home) -> list[LoadReport]:
    """Load the first week; give the rates that its report asks for; load the second."""
    first = load([put(home, name, content) for name, content in FIRST.items()], home)
    rates = "date;currency;rate\n2026-09-02;BYN;30\n2026-09-02;ПЕСО;2\n"
    (home.path / "rates.csv").write_text(rates, encoding="utf-8")
    return [first, load([put(home, name, content) for name, content in SECOND.items()], home)]


def test_an_amount_without_a_rate_is_said_and_the_line_that_is_asked_for_mends_it(loads: list[LoadReport]) -> None:
    """A currency may have a name that nobody here knows; its rate is taken under that name."""
    report = text(loads[0], Locale("en"))
    assert "Amounts in BYN are left out of every sum (rows: 1, 70 in all)" in report
    assert "2026-09-02;BYN;…" in report and "2026-09-02;ПЕСО;…" in report
    assert "нет курса" in text(loads[0], Locale("ru"))
    assert "left out of every sum" not in text(loads[1], Locale("en"))


@pytest.mark.parametrize(
    "said",
    [
        "DEAL_2.csv has no column «Источник»: its deals (21) keep what the export of 1 Sep 2026 said there",
        "any more: 1. Of them 1 were open and still count as open",
        "amo_old.csv tells of nothing after 2 Sep 2026, and what was loaded before goes up to 3 Sep 2026",
        "In pay_10.csv invoices (1) have another payment than before: С-1 had 400 and has 600 now",
        "In сентябрь.csv numbers stand for other deals than before (deals: 2): 901 was Ромб, 01.08.2026 and is Тор, 03.09.2026",
    ],
)
def test_what_a_newer_file_did_to_what_was_known_is_said_once(said: str, loads: list[LoadReport]) -> None:
    assert said in text(loads[1], Locale("en"))
    assert said not in text(loads[0], Locale("en"))
    assert len(loads[1].notes) == 5  # and nothing of the part of the list that replaced no deal


def test_without_the_number_every_deal_of_every_month_is_counted(home: Home, loads: list[LoadReport]) -> None:
    """What the report tells to do: answer that no column is the number. Four deals, of which a load by number keeps two."""
    files = [put(home, name, FIRST.get(name) or SECOND[name]) for name in ("август.csv", "сентябрь.csv")]
    with pytest.raises(SystemExit):
        cli.main(["map", str(files[1]), "--again", "--yes", "--answer", "heading.deal_id=", "--home", str(home.path)])
    assert "numbers stand" not in text(load(files, home), Locale("en"))
    deals = open_facts(home).deals
    assert deals.filter(manager_name="Анна")["amount"].sort().to_list() == [100, 200, 300, 400]
    assert deals.filter(deal_id="30")["amount"].to_list() == [2100]


def test_files_read_before_the_zone_changed_are_named(home: Home, loads: list[LoadReport]) -> None:
    """Midnight of 1 October in Vladivostok is not that of Moscow. Costs and payments have days only and stay right."""
    home.settings_file.write_text('zone = "Asia/Vladivostok"', encoding="utf-8")
    report = text(rebuild(home), Locale("en"))
    assert "another time zone than Asia/Vladivostok" in report and "amo_old.csv" in report and "pay_" not in report


def test_a_sheet_kept_by_hand(tmp_path: Path) -> None:
    """«Анна» merged across deals 1 to 3 is the manager of each, 300 across 2 and 3 is one amount; a caption is no deal;
    a deal known by its number alone is one; a day that Excel shows as a number says what to do. Column A is empty.
    """
    home, path = Home(tmp_path / "home"), tmp_path / "Журнал.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("Лист1")
    page.merge_range(0, 1, 0, 5, "Журнал заявок")
    page.write_row(1, 1, ["№", "Менеджер", "Статус", "Сумма", "Дата создания"])
    for number in range(1, 6):
        page.write_row(number + 1, 1, [number, None, "Оплачено", None if number == 3 else 100, "01.09.2026"])
    page.merge_range(2, 2, 4, 2, "Анна")
    page.merge_range(5, 2, 6, 2, "Борис")
    page.merge_range(3, 4, 4, 4, 300)
    page.write_string(7, 1, "Отдел 2")
    page.write_row(8, 1, [6, "Вера", "Оплачено", 100, 46235])
    page.write_string(9, 1, "А-7")
    book.close()
    report = load([path], home, kind="deals")
    assert [(line, value) for line, _, value, _ in report.files[0].examples] == [(8, "Отдел 2"), (9, "46235")]
    assert "формат «Дата»" in text(report, Locale("ru"))
    managers = dict(zip("12345", ["Анна"] * 3 + ["Борис"] * 2, strict=True)) | {"А-7": None}
    amounts = dict(zip("12345", [100, 300, None, 100, 100], strict=True)) | {"А-7": None}
    deals = open_facts(home).deals.select("deal_id", "manager_name", "amount").rows()
    assert deals == [(number, managers[number], amounts[number]) for number in managers]
