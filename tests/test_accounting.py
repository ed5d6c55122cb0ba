"""The rows from file to page add up, and the files that are handed out hold every row and no formula."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import date
from decimal import Decimal

import fastexcel
import polars as pl
import pytest
from homes import HEADING, put

from dashboard import access
from dashboard.analyses.accounting import flows, identities
from dashboard.charts.accounting import rows_to_pages
from dashboard.exports import accounting
from dashboard.exports.workbook import workbook
from dashboard.i18n import Locale
from pipelines.load import load
from pipelines.settings import Home

RU = Locale("ru")
BAD = (
    HEADING
    + "1;Ромб;Иванова;Продажа;1 200,50;01.02.2026;05.02.2026;\n2;=1+1;Петров;Отказ;дорого;03.02.2026;04.02.2026;Дорого\n"
    "3;Куб;Петров;Отказ;=СУММ(A1);03.02.2026;04.02.2026;Дорого\n4;обрыв\n"
)


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("accounting") / "home")
    home.path.mkdir()
    load([put(home, "a.csv", BAD)], home, kind="deals")
    load([put(home, "b.csv", BAD.replace("1 200,50", "1 300"))], home, kind="deals")
    return access.open_facts(home)


def test_every_row_of_a_kind_is_followed_to_the_page(facts):
    (flow,) = flows(facts)
    assert (flow.kind, flow.files, flow.rows_in, flow.accepted, flow.quarantined, flow.duplicates) == (
        "deals",
        2,
        8,
        2,
        6,
        0,
    )
    assert (flow.merged, flow.counted) == (1, 1)
    assert flow.accepted - flow.merged == flow.counted


def test_every_identity_stands_in_exactly_one_section(facts):
    parts = [identities(facts, section) for section in ("files", "facts", "amounts")]
    assert sum(part.height for part in parts) == facts.identities.height
    assert all(part.height for part in parts)


def test_the_picture_says_the_counts_and_shows_the_least_of_them(facts):
    chart = rows_to_pages(flows(facts), RU)
    assert chart.title == "Отложено строк: 6 из 8 — они не вошли ни в одно число".replace(" 8", " 8")
    accepted, duplicates, aside = [trace["x"][0] for trace in chart.figure["data"]]
    assert accepted + duplicates + aside == pytest.approx(1)
    assert aside == pytest.approx(0.75)
    assert duplicates == 0
    assert "Сделки: 8" in chart.alt


def test_the_list_of_rows_put_aside_is_whole_and_safe_in_a_spreadsheet(facts):
    rows = accounting.put_aside(facts, RU)
    content = accounting.put_aside_csv(rows, RU)
    assert content.startswith("\ufeffФайл,Лист,Строка,Заголовок,Значение,Почему отложено,Строка целиком\n".encode())
    read = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(read) == facts.quarantine.height == 6
    assert [row["Значение"] for row in read[:3]] == ["дорого", "'=СУММ(A1)", "2 ≠ 8"]
    assert json.loads(read[0]["Строка целиком"])["Клиент"] == "=1+1"
    assert {row["Почему отложено"] for row in read[:2]} == {"не сумма денег"}
    for row in read:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


def test_the_workbook_has_the_rows_as_they_were_exported(facts):
    content = accounting.put_aside_workbook(accounting.put_aside(facts, RU), RU)
    book = fastexcel.read_excel(content)
    assert book.sheet_names == ["Отложено", "a.csv", "b.csv"]
    own = book.load_sheet("a.csv").to_polars()
    assert own.columns[:4] == ["Строка", "Почему отложено", "№", "Клиент"]
    assert own["Клиент"].to_list()[:2] == ["=1+1", "Куб"]
    assert own.height == 3


def test_a_workbook_holds_no_formula_no_link_and_no_lost_text():
    strange = [
        "=1+1",
        "+7 912",
        "@x",
        "https://evil.example",
        "mailto:a@b.c",
        "internal:Sheet1!A1",
        "{=A1}",
        "x" * 40_000,
    ]
    frame = pl.DataFrame(
        {"=text": strange, "n": [Decimal("1.5")] * 8, "d": [date(1850, 1, 1)] + [date(2026, 1, 2)] * 7, "f": [True] * 8}
    )
    content = workbook([("a/b[1]", frame), ("A_B", frame), ("", frame)])
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            text = parts.read(name).decode("utf-8", "replace")
            if "worksheets" in name:
                assert not re.search(r"<f>|<f |hyperlink", text), name
    read = fastexcel.read_excel(content).load_sheet(0).to_polars()
    assert read["=text"].to_list()[:7] == strange[:7]
    assert len(read["=text"][7]) == 32_767
    assert read["=text"][7].endswith(" […]")
    assert read["n"].to_list() == [1.5] * 8


def test_nothing_put_aside_is_an_empty_list_with_headings():
    from tiny_company import tiny_facts

    rows = accounting.put_aside(tiny_facts(), RU)
    assert rows.is_empty()
    assert accounting.put_aside_csv(rows, RU).decode("utf-8-sig").count("\n") == 1
    assert flows(tiny_facts()) == []
