"""What a reader takes along, in a real Chromium: files that hold what is seen, calls behind a cell, views with a name."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import fastexcel
import pytest
from browsing import choose, first_option, numbers, query, settled, visit  # noqa: F401 - fixtures
from PIL import Image
from playwright.sync_api import expect
from safe_text_cases import WHOLE, seen

from pipelines.audit import lines
from pipelines.settings import Home

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def taken(page, button) -> bytes:
    with page.expect_download() as waiting:
        button.click()
    return Path(waiting.value.path()).read_bytes()


def test_the_files_hold_what_is_seen_and_a_cell_opens_its_calls(demo, demo_home, visit):
    before = len(lines(Home(demo_home)))
    page = visit(height=2600)
    page.goto(f"{demo}/calls?period=last_365_days&week=calls")
    settled(page)
    card = page.locator(".st-key-card_week")
    finding = card.locator("strong").first.inner_text()
    table = taken(page, card.get_by_role("button", name="Скачать CSV")).decode("utf-8-sig")
    book = fastexcel.read_excel(taken(page, card.get_by_role("button", name="Скачать XLSX")))
    card.locator(".st-key-picture_figure_week button").first.click()
    svg = taken(page, page.get_by_role("button", name="Скачать SVG")).decode()
    png = Image.open(io.BytesIO(taken(page, page.get_by_role("button", name="Скачать PNG"))))
    page.keyboard.press("Escape")
    told = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", svg))
    assert seen(finding)[:30] in seen(told)
    assert "Период:" in told and "снимок s" in told
    assert png.size[0] == 1920 and png.getextrema() != ((255, 255),) * 3
    assert len(book.sheet_names) >= 2
    log = lines(Home(demo_home))[before:]
    assert [one["what"].rsplit(".", 1)[1] for one in log] == ["csv", "xlsx", "svg", "png"]
    assert all(one["event"] == "export" and one["page"] == "calls" and one["filter"] for one in log)

    start = next(at for at, line in enumerate(table.splitlines()) if "Час" in line)
    rows = list(csv.DictReader(io.StringIO("\n".join(table.splitlines()[start:])), delimiter=sniffed(table)))
    cells = card.locator(".barlayer .point path")
    box = cells.nth(8).bounding_box()  # the second hour, Tuesday
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile("at=2-"))
    settled(page)
    hour = query(page)["at"][0].split("-")[1]
    (row,) = (one for one in rows if one["Час"] == hour and "торник" in next(iter(one.values())))
    told = f"{int(row['Звонки']):,}".replace(",", r"\s")
    expect(page.get_by_text(re.compile(rf"^{told} звон"))).to_be_visible()
    page.go_back()
    settled(page)
    assert "at" not in query(page)
    expect(page.locator(".st-key-no_hour")).to_have_count(0)


def sniffed(text: str) -> str:
    return ";" if text.count(";") > text.count(",") else ","


def test_a_view_is_saved_opened_by_another_reader_and_deleted(demo, visit):
    name = f"Наши {WHOLE[0]}"[:60]
    page = visit()
    page.goto(f"{demo}/?period=all")
    settled(page)
    region = first_option(page, "region")
    choose(page, "region", region)
    page.wait_for_url(re.compile("region="))
    settled(page)
    values = numbers(page)
    page.locator(".st-key-open_views button").first.click()
    page.get_by_label("Название закладки").fill(name)
    page.get_by_role("button", name="Сохранить эту страницу").click()
    expect(page.get_by_text("Сохранено:")).to_be_visible()

    other = visit()
    other.goto(f"{demo}/funnel")
    settled(other)
    other.locator(".st-key-open_views button").first.click()
    link = other.get_by_test_id("stPageLink-NavLink").filter(has_text="Наши")
    assert seen(name) in seen(link.inner_text())
    assert other.locator("[data-testid=stPopoverBody] img").count() == 0
    link.click()
    expect(other.get_by_role("heading", name="Сводка")).to_be_visible()
    other.wait_for_url(re.compile("region="))
    settled(other)
    assert numbers(other) == values
    assert query(other)["region"] == [region]
    other.go_back()
    expect(other.get_by_role("heading", name="Воронка продаж")).to_be_visible()
    settled(other)
    assert "region" not in query(other)

    other.locator(".st-key-open_views button").first.click()
    other.locator("[class*='st-key-view_delete_'] button").first.click()
    expect(other.get_by_test_id("stPageLink-NavLink").filter(has_text="Наши")).to_have_count(0)
