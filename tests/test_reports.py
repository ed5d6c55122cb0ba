"""The weekly report: complete on every company, the same numbers as the pages in every format, the same bytes every time."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from tiny_company import tiny_facts

from dashboard import access
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.deals import REVENUE, WON
from dashboard.metrics.measure import measure
from dashboard.periods import Period
from dashboard.reports import kept
from dashboard.reports.book import workbook
from dashboard.reports.card import card
from dashboard.reports.contents import SECTIONS, report
from dashboard.reports.html import html
from dashboard.reports.making import tells
from dashboard.reports.pdf import pdf
from dashboard.reports.tables import archive
from dashboard.weeks import Known, week_name, week_of
from pipelines.audit import lines, verify
from pipelines.errors import HomeError, UnknownName
from pipelines.settings import Home, WorkingTime, find_home

RU = Locale("ru")
OCTOBER = Filter(period=Period(date(2026, 10, 1), date(2026, 11, 1)))
COMPANIES = {
    "whole": tiny_facts(),
    "empty": tiny_facts(deals=0),
    "one manager": tiny_facts(managers=("Иванов Иван",), deals=30),
    "no history": tiny_facts(history=False),
}


@pytest.fixture(scope="module")
def demo(demo_home):
    return access.open_facts(find_home(demo_home))


@pytest.fixture(scope="module")
def made(demo):
    return report(demo, OCTOBER, RU)


@pytest.mark.parametrize("name", COMPANIES)
@pytest.mark.parametrize("code", ["ru", "en"])
def test_every_section_is_there_and_says_something_whatever_the_data_lacks(name, code):
    one = report(COMPANIES[name], Filter(), Locale(code))
    assert len(one.sections) == len(SECTIONS) + 1
    assert all(section.finding and section.title for section in one.sections)
    assert workbook(one)
    assert b"<h2>" in html(one)


def test_the_demo_fills_every_section(made):
    told = {section.name: section for section in made.sections}
    silent = [name for name, one in told.items() if not one.tables and not one.charts]
    assert not silent
    assert all(
        told[name].charts for name in ("overview", "funnel", "cycle", "managers", "refusals", "channels", "calls")
    )


def test_what_the_data_lacks_is_said_in_words_and_never_shown_as_zeros():
    silent = report(
        replace(tiny_facts(), deals=tiny_facts().deals.with_columns(amount=pl.lit(None, pl.Decimal(18, 2)))),
        OCTOBER,
        RU,
    )
    told = {section.name: section for section in silent.sections}
    assert "forecast" not in {table.name for table in silent.tables}
    assert "0 ₽" not in told["forecast"].finding
    empty = report(COMPANIES["empty"], Filter(), RU)
    assert {section.finding for section in empty.sections[1:5]} == {empty.sections[1].finding}
    assert empty.sections[1].finding.startswith("В выгрузках нет ни одной сделки")
    assert not any(section.numbers or section.tables for section in empty.sections[:5])


def test_a_table_of_zeros_tells_nothing_and_one_of_names_does():
    whole = next(table for table in report(COMPANIES["whole"], Filter(), RU).tables if table.name == "funnel")
    assert tells(whole)
    numbers = [one.name for one in whole.columns if one.kind not in ("text", "word")]
    for nothing in (0, None):
        frame = whole.frame.with_columns(pl.lit(nothing).cast(whole.frame.schema[name]).alias(name) for name in numbers)
        assert not tells(replace(whole, answer=replace(whole.answer, frame=frame)))


def test_without_calls_the_section_says_so_in_one_sentence():
    told = {section.name: section for section in report(COMPANIES["whole"], Filter(), RU).sections}
    assert told["calls"].finding.startswith("Ни в одной выгрузке нет звонков")
    assert not told["calls"].tables


def test_the_numbers_of_every_format_are_those_of_the_pages(made, demo):
    wanted = measure(demo, [WON, REVENUE], OCTOBER).row(0, named=True)
    won, revenue = RU.number(wanted["won"]), RU.money(wanted["revenue"], "RUB")
    shown = html(made).decode()
    assert f"<b>{revenue}</b>" in shown
    assert f"<b>{won}</b>" in shown
    with zipfile.ZipFile(io.BytesIO(archive(made))) as packed:
        numbers = pl.read_parquet(packed.read("numbers.parquet"))
        managers = pl.read_parquet(packed.read("managers.parquet"))
    assert numbers.filter(pl.col("metric") == "revenue")["value"][0] == float(wanted["revenue"])
    assert managers["revenue"].sum() == pytest.approx(float(wanted["revenue"]))
    assert managers["won"].sum() == wanted["won"]
    book = pl.read_excel(io.BytesIO(workbook(made)), sheet_name="Показатели")
    assert book.filter(pl.col("Показатель" if "Показатель" in book.columns else book.columns[1]) == "Выручка")[
        book.columns[2]
    ][0] == float(wanted["revenue"])


def test_every_format_is_the_same_bytes_again(made, demo):
    again = report(demo, OCTOBER, RU)
    for write in (html, workbook, archive, card):
        assert write(made) == write(again), write.__name__


def test_the_pdf_is_the_same_bytes_again_and_its_pictures_are_vectors():
    one = report(COMPANIES["one manager"], Filter(), RU)
    few = replace(one, sections=one.sections[:2])
    first = pdf(few)
    assert first == pdf(few)
    assert first.startswith(b"%PDF")
    assert b"/Subtype /Image" not in first


def test_the_pdf_of_the_demo_has_six_to_twelve_pages(made):
    pages = re.findall(rb"/Type /Page\b", pdf(made, is_packed=False))
    assert 6 <= len(pages) <= 12


def test_the_forecast_has_its_fan(made):
    titles = [chart.title for section in made.sections if section.name == "forecast" for chart in section.charts]
    assert any("скорее всего" in title for title in titles), titles


def test_without_pango_the_others_are_made_and_it_is_said_what_to_install(tmp_path):
    code = """
import sys
sys.path.insert(0, "tests")
import cffi
whole = cffi.FFI.dlopen
def dlopen(self, name, *rest):
    if name and "pango" in str(name):
        raise OSError("cannot load library '%s'" % name)
    return whole(self, name, *rest)
cffi.FFI.dlopen = dlopen
from pathlib import Path
from tiny_company import tiny_facts
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.reports import kept
from pipelines.settings import Home
done = kept.keep(Home(Path(sys.argv[1])), tiny_facts(deals=30), Filter(), Locale("en"), formats=("pdf", "xlsx"))
print(sorted(done.files), *done.missing)
"""
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("['xlsx'] The PDF could not be made: cannot load library")
    assert "apt-get install libpango-1.0-0" in done.stdout


def test_the_html_is_small_asks_nobody_and_has_one_library(made):
    content = html(made)
    text = content.decode()
    assert len(content) < 2_500_000
    assert "default-src 'none'; script-src 'sha256-" in unescape(text[: text.index("<title>")])
    head = text[: text.index("<script")]
    assert not re.findall(r"(?:src|href)=\"(?!#)", head)
    assert len(re.findall(r"<script", head + text[text.rindex("<script") :])) == 1
    assert '"displayModeBar":false' in text
    assert '"showSendToCloud":false' in text


def test_names_can_be_codes_and_then_no_name_is_anywhere(demo):
    one = report(demo, OCTOBER, RU, with_names=False)
    names = demo.deals["manager_name"].drop_nulls().unique().to_list()
    text = html(one).decode()
    start = text.index("<main>")
    shown = text[start:]
    assert "Менеджер 1" in shown
    assert not [name for name in names if name in shown]


def test_a_kept_report_is_proven_and_made_again_is_the_same(tmp_path):
    home, facts = Home(tmp_path), COMPANIES["whole"]
    first = kept.keep(home, facts, Filter(), RU, formats=("html", "xlsx", "parquet"))
    told = json.loads((first.folder / "manifest.json").read_text())
    assert told["figures"]["won"] == str(measure(facts, [WON], Filter()).item())
    assert {name: kept.sha((first.folder / name).read_bytes()) for name in told["files"]} == told["files"]
    again = kept.keep(home, facts, Filter(), RU, formats=("html",))
    assert again.manifest == first.manifest
    assert [one["event"] for one in lines(home)] == ["report", "report"]
    assert verify(home) == (2, None)
    assert [one.name for one in kept.reports(home)] == [first.name]
    assert kept.named(home, first.name[-10:]).name == first.name


def test_a_report_knows_the_last_day_of_its_data_by_the_companys_clock(tmp_path):
    midnight = datetime(2026, 11, 18, 21, tzinfo=UTC)  # the 19th has begun in Moscow
    facts = replace(tiny_facts(), as_of=midnight, zone="Europe/Moscow")
    made = kept.identity(facts, Filter(), RU, access.Viewer(), with_names=True)
    assert kept.Kept(tmp_path, made).known_on == date(2026, 11, 19)


def test_a_report_in_the_archive_is_never_written_over(tmp_path):
    home, facts = Home(tmp_path), COMPANIES["one manager"]
    first = kept.keep(home, facts, Filter(), RU, formats=("parquet",))
    manifest = first.folder / "manifest.json"
    told = json.loads(manifest.read_text())
    told["files"]["voronka-tables.zip"] = "0" * 64
    manifest.write_text(json.dumps(told))
    with pytest.raises(HomeError):
        kept.keep(home, facts, Filter(), RU, formats=("parquet",))


def test_a_reader_sees_the_reports_made_for_the_same_eyes(tmp_path):
    home = Home(tmp_path)
    one = access.Viewer("anna", "manager", "Иванов Иван")
    kept.keep(home, COMPANIES["one manager"], Filter(), RU, viewer=one, formats=("parquet",))
    kept.keep(home, COMPANIES["whole"], Filter(), RU, formats=("parquet",))
    assert len(kept.reports(home, one)) == 1
    assert len(kept.reports(home)) == 2


def test_a_format_whose_part_is_missing_leaves_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr("dashboard.reports.card.FONTS", ())
    done = kept.keep(Home(tmp_path), COMPANIES["whole"], Filter(), RU, formats=("png", "xlsx"))
    assert list(done.files) == ["xlsx"]
    assert "fonts-dejavu-core" in str(done.missing[0])


def test_weeks_have_names():
    assert week_of("2026-W46") == Period(date(2026, 11, 9), date(2026, 11, 16))
    assert Known(date(2026, 11, 15)).last_week() == week_of("2026-W46")
    assert Known(date(2026, 11, 14)).last_week() == week_of("2026-W45")
    assert week_name(date(2027, 1, 1)) == "2026-W53"
    for word in ("2026-W54", "W46", "вчера"):
        with pytest.raises(UnknownName):
            week_of(word)


@pytest.mark.parametrize(
    ("as_of", "loaded", "week"),
    [
        (
            date(2026, 11, 13),
            date(2026, 11, 16),
            "2026-W46",
        ),  # Friday's data, loaded on Monday: nobody works in between
        (date(2026, 11, 13), date(2026, 11, 15), "2026-W45"),  # loaded on Sunday: more of the week may come
        (date(2026, 11, 12), date(2026, 11, 16), "2026-W45"),  # Friday is missing
        (date(2026, 11, 13), None, "2026-W45"),
    ],
)
def test_a_week_is_over_when_its_working_days_are_told_and_something_was_loaded_since(as_of, loaded, week):
    assert Known(as_of, loaded).last_week() == week_of(week)
    off = WorkingTime(days_off=(date(2026, 11, 12), date(2026, 11, 13)))
    assert Known(date(2026, 11, 11), date(2026, 11, 16), off).covers(week_of("2026-W46"))
