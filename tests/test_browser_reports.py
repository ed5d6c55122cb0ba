"""The report as one file in a real Chromium: it draws itself, asks nobody for anything, and its policy stops what would."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tiny_company import tiny_facts

from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.reports.contents import report
from dashboard.reports.html import html

pytestmark = pytest.mark.browser


def prints_light_and_whole(page) -> None:
    """On paper, whatever the screen: light, the still drawings and not the live ones, nothing wider than a page of A4."""
    page.set_viewport_size({"width": 688, "height": 1000})  # what A4 leaves between its margins
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".drawn .plot:visible").count() == 0
    assert page.locator(".still svg:visible").count() == page.locator(".chart").count()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    rule = "[...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).find(rule => rule.constructor.name === 'CSSPageRule').cssText"
    assert "a4" in page.evaluate(rule).lower()
    assert page.locator(".finding").first.evaluate("one => getComputedStyle(one).breakAfter") == "avoid"
    page.emulate_media(media="screen", color_scheme="light")


def test_the_report_draws_itself_and_asks_nobody(browser, tmp_path: Path) -> None:
    path = tmp_path / "voronka.html"
    path.write_bytes(html(report(tiny_facts(), Filter(), Locale("ru"))))
    asked: list[str] = []
    errors: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    expect(page.locator(".drawn").first).to_be_visible()
    assert page.locator(".chart").count() == page.locator(".drawn .main-svg:first-child").count() > 3
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [path.as_uri()]
    assert not errors, errors
    prints_light_and_whole(page)
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'}))")
    page.evaluate("fetch('http://127.0.0.1:9/x').catch(() => 0)")
    page.wait_for_timeout(300)
    assert sum("Content Security Policy" in one for one in errors) >= 2, errors
    page.close()
