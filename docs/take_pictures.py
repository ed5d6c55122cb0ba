"""Take pictures of every page: light and dark, desk and phone, Russian and English.

    python docs/take_pictures.py OUT [--home data/demo] [--url http://127.0.0.1:8501]

Starts a server of its own on a free port unless an address is given. Needs Chromium (env CHROMIUM, else /usr/bin/chromium).
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from dashboard.contents import PAGES

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
Size = tuple[int, int]
DESK, PHONE = (1440, 1500), (390, 2600)
LOOKS: dict[str, tuple[Literal["light", "dark"], str, Size]] = {
    "light-ru": ("light", "ru-RU", DESK),
    "dark-ru": ("dark", "ru-RU", DESK),
    "light-en": ("light", "en-US", DESK),
    "phone-ru": ("light", "ru-RU", PHONE),
    "phone-dark-ru": ("dark", "ru-RU", PHONE),
}

STANDS = """() => {
  const run = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
  const drawn = [...document.querySelectorAll(".stPlotlyChart")].every(chart => chart.querySelector(".main-svg"));
  return run === "notRunning" && document.querySelector("h1") && drawn && !document.querySelector("[data-testid=stSkeleton]");
}"""
"""True once a page stands: its run is over, its charts are drawn, no grey box waits for a part of it."""


@contextmanager
def served(home: Path) -> Generator[str]:
    """Run a server of a home on a free port; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = f"from dashboard.asgi import serve; from pipelines.settings import find_home; serve(find_home({str(home)!r}), port={port})"
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/ready", timeout=2)
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def take(browser: Browser, url: str, out: Path, pages: dict[str, str], looks: list[str]) -> None:
    """Take one picture of every page in every look."""
    for look in looks:
        scheme, language, (width, height) = LOOKS[look]
        context = browser.new_context(
            color_scheme=scheme, locale=language, viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        page = context.new_page()
        for name, path in pages.items():
            page.goto(url + path)
            page.wait_for_function(STANDS, timeout=120_000)
            page.wait_for_timeout(700)
            page.wait_for_function(STANDS, timeout=120_000)
            page.screenshot(path=out / f"{name}-{look}.png")
        context.close()


def main() -> None:
    """Read the options and take the pictures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("out", type=Path)
    options.add_argument("--home", type=Path, default=Path("data/demo"))
    options.add_argument("--url")
    options.add_argument("--looks", default=",".join(LOOKS))
    options.add_argument(
        "--path", action="append", default=[], help="NAME=PATH of an address to take instead of all pages"
    )
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    pages = dict(one.split("=", 1) for one in given.path) or {page.file: f"/{page.file}" for page in PAGES}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS
        )
        if given.url:
            take(browser, given.url, given.out, pages, given.looks.split(","))
        else:
            with served(given.home) as url:
                take(browser, url, given.out, pages, given.looks.split(","))
        browser.close()


if __name__ == "__main__":
    main()
