"""Both pages in a real Chromium on the invented company: what a reader does, sees, and what must never happen.

Every test also asserts that no other host was asked for anything and that the console shows no error.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import expect
from safe_text_cases import HOST, WHOLE, seen

ROOT = Path(__file__).parent.parent

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
expect.set_options(timeout=30_000)

SERVE_DEMO = """
import sys
from pathlib import Path
from dashboard.asgi import serve
from pipelines.settings import Home
serve(Home(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]))
"""
SERVE_MARKUP = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from safe_text_cases import WHOLE
from tiny_company import tiny_facts
from dashboard import access
name = WHOLE[0]
facts = tiny_facts(managers=WHOLE, deals=600, first_stage=WHOLE[4], funnel=WHOLE[1])
access.open_facts = lambda home, viewer=None: facts
from dashboard.asgi import serve
from pipelines.settings import Home
serve(Home(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]))
"""


@contextmanager
def server(code: str, home: Path):
    """Run a server in a process of its own until the test is over."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", code, str(home), str(port)], cwd=ROOT, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1200):
            try:
                with urllib.request.urlopen(f"{url}/ready", timeout=2) as answer:  # noqa: S310
                    assert answer.status == 200
                    break
            except OSError:
                assert process.poll() is None, "the server ended"
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def demo(demo_home):
    with server(SERVE_DEMO, demo_home) as url:
        yield url


@pytest.fixture
def visit(browser):
    """Open a window; when the test is over, no foreign host was asked and the console has no error."""
    asked: list[str] = []
    errors: list[str] = []
    contexts = []

    def open_window(language="ru-RU", width=1440, height=1300, scheme="light"):
        context = browser.new_context(
            locale=language,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            timezone_id="Europe/Moscow",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda opened: asked.append(opened.url))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    foreign = [
        url for url in asked if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1"
    ]
    assert not foreign
    assert not errors


def settled(page):
    """Wait until the page stands: drawn, and no run of the script under way."""
    app = page.get_by_test_id("stApp")
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    page.wait_for_timeout(400)
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    return page


def numbers(page):
    return page.get_by_test_id("stMetricValue").all_inner_texts()


def query(page):
    return parse_qs(urlsplit(page.url).query)


def choose(page, dimension, value):
    page.locator(f".st-key-open_{dimension} button").first.click()
    box = page.locator(f"[class*='st-key-filter_{dimension}_'] input").first
    box.click()
    box.fill(value)
    page.get_by_role("option", name=value, exact=True).click()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def first_option(page, dimension):
    page.locator(f".st-key-open_{dimension} button").first.click()
    page.locator(f"[class*='st-key-filter_{dimension}_'] input").first.click()
    names = [name for name in page.get_by_role("option").all_inner_texts() if name not in ("Выбрать все", "Select all")]
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    return names[0]


def test_a_filter_changes_numbers_and_address_and_survives_reload_page_turn_and_back(demo, visit):
    page = visit()
    page.goto(demo)
    settled(page)
    expect(page.get_by_role("heading", name="Сводка")).to_be_visible()
    assert query(page)["period"] == ["last_90_days"]
    before = numbers(page)
    assert len(before) == 6

    region = first_option(page, "region")
    choose(page, "region", region)
    page.wait_for_url(re.compile("region="))
    settled(page)
    after = numbers(page)
    assert after != before
    assert query(page)["region"] == [region]

    page.reload()
    settled(page)
    assert numbers(page) == after
    assert query(page)["region"] == [region]

    page.get_by_role("link", name="Воронка продаж").click()
    expect(page.get_by_role("heading", name="Воронка продаж")).to_be_visible()
    page.wait_for_url(re.compile("funnel.*region="))
    settled(page)
    assert query(page)["region"] == [region]
    expect(page.locator(".st-key-open_region button").first).to_contain_text(region)

    page.get_by_role("link", name="Сводка").click()
    expect(page.get_by_role("heading", name="Сводка")).to_be_visible()
    page.wait_for_url(re.compile("region="))
    settled(page)
    assert numbers(page) == after

    link = page.url
    other = visit()
    other.goto(link)
    settled(other)
    assert numbers(other) == after


def test_the_back_button_takes_a_filter_back(demo, visit):
    page = visit()
    page.goto(f"{demo}/?period=all")
    settled(page)
    before = numbers(page)
    region = first_option(page, "region")
    choose(page, "region", region)
    page.wait_for_url(re.compile("region="))
    settled(page)
    assert numbers(page) != before
    page.go_back()
    settled(page)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(before[0])
    assert "region" not in query(page)
    page.go_forward()
    settled(page)
    expect(page.locator(".st-key-open_region button").first).to_contain_text(region)


def test_the_funnel_answers_to_its_controls_and_shows_the_deals_of_a_clicked_stage(demo, visit):
    page = visit(height=1700)
    page.goto(f"{demo}/funnel?period=last_365_days")
    settled(page)
    bars = page.locator(".st-key-figure_funnel_0, .st-key-funnel_0").locator(".barlayer .point path")
    expect(bars.first).to_be_visible()
    box = bars.nth(1).bounding_box()
    page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile("stage="))
    settled(page)
    assert len(query(page)["stage"]) == 2
    expect(page.get_by_text("Чем закончился этап")).to_be_visible()
    expect(page.locator(".st-key-download_voronka-deals")).to_be_visible()

    page.locator(
        "[class*='st-key-choice_basis'] [data-baseweb=select], [class*='st-key-choice_basis'] input"
    ).first.click()
    page.get_by_role("option", name="Переходы за период").click()
    page.wait_for_url(re.compile("basis=period"))
    settled(page)
    expect(page.get_by_text("Переходы за период · Пропущенный этап считается пройденным")).to_be_visible()


def test_two_groups_stand_side_by_side(demo, visit):
    page = visit()
    page.goto(f"{demo}/funnel?by=region&period=all")
    settled(page)
    expect(page.get_by_text("Первая группа")).to_be_visible()
    expect(page.get_by_text("Сильнее всего расходятся").first).to_be_visible()


def test_a_bad_link_never_breaks_a_page(demo, visit):
    page = visit()
    page.goto(
        f"{demo}/funnel?period=never&manager={quote('![x](http://evil.example/p.png)')}&from=2026-99-01&basis=%00&lang=zz"
    )
    settled(page)
    expect(page.get_by_role("heading", name="Воронка продаж")).to_be_visible()
    assert page.get_by_test_id("stAlert").count() >= 3
    assert page.get_by_test_id("stException").count() == 0
    told = " ".join(seen(text) for text in page.get_by_test_id("stAlert").all_inner_texts())
    assert "![x](http://evil.example/p.png)" in told


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


@pytest.mark.parametrize("path", ["/", "/funnel", "/funnel?by=region"])
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
        listed = {seen(text) for text in page.get_by_role("option").all_inner_texts()}
        expected = {seen(name) for name in WHOLE}
        assert len(listed & expected) >= 5, listed
        strange = {text for text in listed if text not in expected} - {"Выбрать все", "Select all"}
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


def test_every_answer_carries_the_headers_and_pages_are_compressed(demo):
    request = urllib.request.Request(demo, headers={"accept-encoding": "gzip"})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert answer.headers["content-encoding"] == "gzip"
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    with urllib.request.urlopen(f"{demo}/health") as answer:  # noqa: S310
        assert answer.read() == b'{"status":"ok"}'
