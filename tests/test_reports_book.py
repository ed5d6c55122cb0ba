"""The workbook of a report: a share is seen as a percent and money with its sign, headings stay, every column is wide enough."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import polars as pl
import pytest
from lxml import etree
from tiny_company import tiny_facts

from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.reports.book import widest, workbook, wrapped, written_as
from dashboard.reports.contents import report

WHERE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
FACTS = tiny_facts()


@cache
def book() -> zipfile.ZipFile:
    made = report(FACTS, Filter().with_preset("last_365_days", FACTS.as_of_on), Locale("ru"))
    return zipfile.ZipFile(io.BytesIO(workbook(made)))


def part(name: str) -> etree._Element:
    return etree.fromstring(book().read(f"xl/{name}"))


def codes() -> list[str]:
    """Give the number format of each style of a cell; built-in formats by their numbers."""
    styles = part("styles.xml")
    own = {one.get("numFmtId"): one.get("formatCode") for one in styles.iterfind("m:numFmts/m:numFmt", WHERE)}
    return [own.get(one.get("numFmtId"), one.get("numFmtId")) for one in styles.iterfind("m:cellXfs/m:xf", WHERE)]


def test_on_the_sheet_of_numbers_each_is_written_by_its_unit() -> None:
    strings = ["".join(one.itertext()) for one in part("sharedStrings.xml")]
    shown = codes()
    found = {}
    for row in part("worksheets/sheet2.xml").iterfind("m:sheetData/m:row", WHERE):
        cells = {one.get("r")[0]: one for one in row}
        if "C" in cells and cells["C"].get("t") != "s":
            found[strings[int(cells["B"][0].text)]] = shown[int(cells["C"].get("s"))]
    assert found["Конверсия в продажу"] == "0.0%"
    assert found["Выручка"] == '#,##0 "₽"'
    assert found["Лиды"] == "#,##0"
    assert found["Цикл сделки, медиана"] == "#,##0.0"
    assert strings.count("Показатель") == 1


def test_every_sheet_has_its_heading_frozen_and_columns_of_a_width() -> None:
    names = [name for name in book().namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(names) > 8
    for name in names:
        sheet = part(name.removeprefix("xl/"))
        assert sheet.find("m:sheetViews/m:sheetView/m:pane", WHERE).get("state") == "frozen", name
        assert sheet.find("m:cols", WHERE) is not None
        assert sheet.find("m:sheetData/m:row", WHERE).get("ht"), name


@pytest.mark.parametrize(
    ("value", "kind", "told"), [(12.0, "number", "count"), (0.25, "number", "number"), (1234.56, "number", "count"), (0.5, "share", "share")]
)  # fmt: skip
def test_a_number_without_a_unit_shows_digits_only_where_they_say_something(value: float, kind: str, told: str) -> None:
    assert written_as(value, kind) == told


def test_a_column_is_as_wide_as_its_cells_are_written_and_a_heading_has_its_lines() -> None:
    assert widest(pl.Series([0.12345678901234567, None]), ["share", "share"]) == len("12.3%") + 1
    assert widest(pl.Series([-1234567.891]), ["money"]) == len("-1,234,567 ₽") + 1
    assert widest(pl.Series(["Ёлка", None]), ["text", "text"]) == 4
    assert (wrapped("Лиды", 10), wrapped("Активные в начале", 10), wrapped("Расход на рекламу", 20)) == (1, 2, 1)
