"""What a load says of the whole: amounts without a rate, an old export over a newer one, columns that were there before."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from homes import put

from dashboard import cli
from dashboard.access import open_facts
from dashboard.exports.loads import text
from dashboard.i18n import Locale
from pipelines.load import load
from pipelines.settings import Home

BITRIX = "ID;Стадия сделки;Сумма;Валюта;Дата создания;Предполагаемая дата закрытия;Источник\n"
NEWER = "ID;Название сделки;Компания;Основной контакт;Бюджет;Ответственный;Дата создания;Этап сделки;Воронка\n"
ROW = "{number};;Ромб;;100;{manager};0{day}.09.2026 10:00;{stage};Продажи\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.path.mkdir()
    return home


def said(home: Home, name: str, content: str, language: Literal["ru", "en"] = "en") -> str:
    return text(load([put(home, name, content)], home), Locale(language))


def test_an_amount_without_a_rate_is_said_at_the_load_and_the_line_it_names_mends_it(home: Home) -> None:
    """A currency may have a name that nobody here knows: the line the report asks for is still a rate."""
    rows = "1;Сделка успешна;70;Белорусский рубль;01.09.2026;02.09.2026;Сайт\n2;Сделка успешна;5;Песо;01.09.2026;02.09.2026;Сайт\n"
    report = said(home, "a.csv", BITRIX + rows)
    assert "Amounts in BYN are left out of every sum (rows: 1, 70 in all)" in report and "2026-09-02;BYN;…" in report
    assert "нет курса" in said(home, "b.csv", BITRIX + rows.replace("70", "60"), "ru")
    lines = [f"2026-09-02;{code};{rate}" for code, rate in (("BYN", 30), ("ПЕСО", 2))]
    (home.path / "rates.csv").write_text("\n".join(["date;currency;rate", *lines]), encoding="utf-8")
    assert "left out" not in said(home, "a.csv", BITRIX + rows.replace("70", "50"))
    assert open_facts(home).deals["amount"].to_list() == [1500, 10]


def test_an_old_export_over_a_newer_one_is_said_unless_its_rows_say_when_they_changed(home: Home) -> None:
    rows = [ROW.format(number=n, day=n, stage="Переговоры", manager="Зоя") for n in (1, 2, 3)]
    said(home, "new.csv", NEWER + "".join(rows).replace("Переговоры", "Успешно реализовано", 1))
    assert "old.csv tells of nothing after 2 Sep 2026" in said(home, "old.csv", NEWER + "".join(rows[:2]))
    # Another part of the list, older and with deals of its own, replaces nothing.
    assert "tells of nothing" not in said(
        home, "part.csv", NEWER + ROW.format(number=7, day=1, stage="Новая", manager="")
    )


def test_a_column_that_was_filled_before_and_is_empty_now_is_named(home: Home) -> None:
    row = "1;Новая;70;RUB;01.09.2026;02.09.2026;Сайт\n"
    said(home, "a.csv", BITRIX + row)
    narrow = BITRIX.replace(";Источник", "") + row.replace(";Сайт", "").replace("70", "80")
    report = said(home, "b.csv", narrow)
    assert "b.csv" in report and "«Источник»" in report and "Сумма" not in report.split("\n", 3)[3]
    assert "«Источник»" not in said(home, "c.csv", narrow.replace("80", "90"))  # said once


def test_numbers_that_begin_anew_in_every_file_are_said_and_without_them_every_deal_is_counted(home: Home) -> None:
    """Two deals of August and two of September, both numbered from 1: four deals, of which a load by number keeps two."""
    head = "№;Клиент;Менеджер;Статус;Сумма;Дата создания\n"
    august = head + "1;Ромб;Анна;Оплачено;100;01.08.2026\n2;Куб;Анна;Оплачено;200;02.08.2026\n"
    september = head + "1;Тор;Анна;Оплачено;300;03.09.2026\n2;Шар;Анна;Оплачено;400;04.09.2026\n"
    files = [put(home, "август.csv", august), put(home, "сентябрь.csv", september)]
    report = text(load(files, home, kind="deals"), Locale("en"))
    assert "(deals: 2): 1 was Ромб, 01.08.2026 and is Тор, 03.09.2026 now" in report
    assert 'voronka map "сентябрь.csv" --again' in report
    assert open_facts(home).deals.height == 2
    with pytest.raises(SystemExit):
        cli.main(["map", str(files[1]), "--again", "--yes", "--answer", "heading.deal_id=", "--home", str(home.path)])
    assert "numbers stand" not in text(load(files, home), Locale("en"))
    assert open_facts(home).deals["amount"].sort().to_list() == [100, 200, 300, 400]


def test_a_caption_of_a_group_is_no_deal_and_excels_count_of_days_says_what_to_do(home: Home) -> None:
    """«Отдел 2» across a sheet kept by hand stands where the numbers stand; deals known by a number alone stay deals."""
    rows = "№;Клиент;Статус;Сумма;Дата создания\n1;Ромб;Новая;100;01.08.2026\nОтдел 2;;;;\n2;Куб;Новая;200;46235\nА-3;;;;\n"
    report = load([put(home, "a.csv", rows)], home, kind="deals")
    assert [(line, value) for line, _, value, _ in report.files[0].examples] == [(3, "Отдел 2"), (4, "46235")]
    assert "формат «Дата»" in text(report, Locale("ru"))
    assert open_facts(home).deals["deal_id"].to_list() == ["1", "А-3"]
