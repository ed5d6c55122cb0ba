"""Both pages in a real Chromium: languages, phone, dark, names with markup, headers."""

from __future__ import annotations

import re
import urllib.request
from urllib.parse import quote

import pytest
from browsing import SERVE_MARKUP, numbers, options, query, server, settled, visit  # noqa: F401 - fixtures
from playwright.sync_api import expect
from safe_text_cases import HOST, WHOLE, seen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_browser_chooses_the_language_and_the_switch_changes_it(demo, visit):
    page = visit(language="en-US")
    page.goto(f"{demo}/?period=all")
    settled(page)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.get_by_text("RU", exact=True).click()
    expect(page.get_by_role("heading", name="Сводка")).to_be_visible()
    assert query(page)["lang"] == ["ru"]
    settled(page)
    values = " ".join(numbers(page))
    assert re.search(r"\d,\d\s%", values)
    assert "₽" in values
    assert page.evaluate("document.documentElement.lang") == "ru"
    page.reload()
    expect(page.get_by_role("heading", name="Сводка")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/funnel?by=region", "/data?part=check"])
def test_a_phone_needs_no_sideways_scroll(demo, visit, path):
    page = visit(width=390, height=844)
    page.goto(demo + path)
    settled(page)
    wide = page.evaluate(
        "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".some(part => part.scrollWidth > part.clientWidth + 1)"
    )
    assert not wide
    cut = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMetricValue] *')].some(v => v.scrollWidth > v.clientWidth + 1)"
    )
    assert not cut


def test_dark_is_dark(demo, visit):
    page = visit(scheme="dark")
    page.goto(demo)
    settled(page)
    assert (
        page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
        == "rgb(20, 23, 28)"
    )
    ink = page.evaluate("getComputedStyle(document.querySelector('.annotation-text')).fill")
    assert ink == "rgb(232, 235, 240)"


def test_names_with_markup_are_shown_letter_for_letter_and_nothing_is_fetched(visit, tmp_path):
    with server(SERVE_MARKUP, tmp_path) as url:
        page = visit(height=2200)
        page.goto(f"{url}/funnel?period=all&manager={quote(WHOLE[0])}&manager={quote(WHOLE[4])}")
        settled(page)
        page.locator(".st-key-open_manager button").first.click()
        page.locator("[class*='st-key-filter_manager_'] input").first.click()
        page.wait_for_timeout(500)
        listed = {seen(text) for text in options(page)}
        expected = {seen(name) for name in WHOLE}
        assert len(listed & expected) >= 5, listed
        strange = {text for text in listed if text not in expected}
        assert not strange
        chips = seen(page.get_by_test_id("stMultiSelect").first.inner_text())
        assert seen(WHOLE[0]) in chips
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        assert page.evaluate(f"document.querySelectorAll('a[href*=\"{HOST}\"], img').length") == 0
        page.goto(f"{url}/funnel?period=all&by=manager&first={quote(WHOLE[0])}&second={quote(WHOLE[4])}")
        settled(page)
        told = seen(page.get_by_test_id("stMain").inner_text())
        assert seen(WHOLE[0]) in told
        assert seen(WHOLE[4]) in told
        alive = page.evaluate(f'[...document.querySelectorAll(\'a[href*="{HOST}"], img[src*="{HOST}"]\')].length')
        assert alive == 0
        drawn = page.evaluate("document.querySelectorAll('.js-plotly-plot svg a, .js-plotly-plot svg image').length")
        assert drawn == 0
        page.goto(f"{url}/glossary")  # this server's has a defect
        expect(page.get_by_text("ошибка в самой программе (RuntimeError)")).to_be_visible()
        settled(page)
        assert seen(WHOLE[0]) not in seen(page.get_by_test_id("stApp").inner_text())
        page.close()  # before its server goes, or the page would rightly complain


def test_every_answer_carries_the_headers_and_pages_are_compressed(demo):
    request = urllib.request.Request(demo, headers={"accept-encoding": "gzip"})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert answer.headers["content-encoding"] == "gzip"
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    with urllib.request.urlopen(f"{demo}/health") as answer:  # noqa: S310
        assert answer.read() == b'{"status":"ok"}'


def test_the_filter_bar_is_one_line_and_headings_go_down_by_one(demo, visit):
    page = visit(language="en-US")
    page.goto(f"{demo}/cycle")
    for heading, turn in (("Speed of a deal", None), ("Скорость сделки", "RU")):
        if turn:
            page.get_by_text(turn, exact=True).click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        settled(page)
        tops = page.locator(".st-key-filters button").evaluate_all(
            "all => all.map(one => Math.round(one.getBoundingClientRect().top))"
        )
        assert len(tops) >= 9
        assert max(tops) - min(tops) <= 2
        assert set(page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => one.tagName)")) == {"H1", "H2"}
        assert page.locator("h2").first.evaluate("one => getComputedStyle(one).fontSize") == "16px"
