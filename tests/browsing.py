"""A real Chromium on a served company: the servers, the window, and what a reader looks at.

A test that opens a window asserts at its end that no other host was asked and that the console shows no error.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parent.parent

expect.set_options(timeout=30_000)

LEFT_RUNNING: list[subprocess.Popen] = []
"""Servers that outlive the worker that began them."""

READERS_STAY = """
import dashboard.ahead
dashboard.ahead.QUIET = 10.0
"""
"""Who clicks once a second is not counted ahead for: that takes a processor, and has tests of its own (test_ahead)."""
SERVE_DEMO = (
    READERS_STAY
    + """
import sys
from pathlib import Path
from dashboard.asgi import serve
from pipelines.settings import Home
serve(Home(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]))
"""
)
SERVE_AS_LONG_AS = """
import os, sys, threading, time
def end_with(run):
    while True:
        try:
            os.kill(run, 0)
        except OSError:
            os._exit(0)
        time.sleep(0.5)
threading.Thread(target=end_with, args=(int(sys.argv[3]),), daemon=True).start()
"""
SERVE_MARKUP = (
    READERS_STAY
    + """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from safe_text_cases import WHOLE
from tiny_company import tiny_facts
from dashboard import access
name = WHOLE[0]
facts = tiny_facts(managers=WHOLE, deals=600, first_stage=WHOLE[4], funnel=WHOLE[1])
access.open_facts = lambda home, viewer=None: facts
from polars.exceptions import PanicException
from dashboard.ui import glossary
def broken(here):
    raise PanicException("of " + WHOLE[0])
glossary.show = broken
from dashboard.asgi import serve
from pipelines.settings import Home
serve(Home(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]))
"""
)


@contextmanager
def server(code: str, home: Path, path: str = "/ready"):
    """Run a server in a process of its own until the test is over; an empty home is up at /health and never ready."""
    process, url = begun(code, home)
    try:
        answers(process, f"{url}{path}")
        yield url
    finally:
        process.terminate()
        process.wait(20)


def begun(code: str, home: Path, *more: str) -> tuple[subprocess.Popen, str]:
    """Begin a server on a free port; give its process and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = [sys.executable, "-c", code, str(home), str(port), *more]
    return subprocess.Popen(told, cwd=ROOT, stdout=subprocess.DEVNULL), f"http://127.0.0.1:{port}"


def answers(process: subprocess.Popen, url: str) -> None:
    """Wait until a server answers."""
    for _ in range(1200):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
                assert answer.status == 200
                return
        except OSError:
            assert process.poll() is None, "the server ended"
            time.sleep(0.1)


def served_once(once: Callable[[str, Callable[[Path], None]], Path], home: Path, is_alone: bool) -> str:
    """Serve a home once for all workers of a run and give the address; the server ends when the run does."""
    run = os.getpid() if is_alone else os.getppid()  # whoever began the workers

    def make(folder: Path) -> None:
        process, url = begun(SERVE_AS_LONG_AS + SERVE_DEMO, home, str(run))
        LEFT_RUNNING.append(process)
        answers(process, f"{url}/ready")
        (folder / "url").write_text(url)

    return (once("demo-server", make) / "url").read_text()


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
    assert not foreign, foreign
    assert not errors, errors


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
    page.get_by_role("option", name=re.compile(f"^{re.escape(value)} · ")).click()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def options(page):
    """The values a list box offers, without the number of deals beside each."""
    told = page.get_by_role("option").all_inner_texts()
    return [name.rsplit(" · ", 1)[0] for name in told if name not in ("Выбрать все", "Select all")]


def first_option(page, dimension):
    page.locator(f".st-key-open_{dimension} button").first.click()
    page.locator(f"[class*='st-key-filter_{dimension}_'] input").first.click()
    names = options(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    return names[0]
