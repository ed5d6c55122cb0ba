"""How long a reader waits: the first view of a fresh browser, and a change of the filter, on every page, in a real Chromium.

    python benchmarks/pages.py --home data/demo [--changes 8] [--pages overview,funnel] [--read 8]

For each page: seconds until its numbers stand in a new browser once the server is warm; then filter changes (another period),
each timed from the click in the browser until the caption of the period says the new one, and until nothing is drawn any more
(300 ms without a change, no running script), above the fold and on the whole page; and how many kilobytes a change sends. A reader
looks at the page some seconds (``--read``) before changing anything, and the server counts ahead meanwhile; 0 is somebody who
changes the period at once. Printed as a Markdown table with the median and the 95th percentile. Needs Chromium (env CHROMIUM,
else /usr/bin/chromium). Seconds depend on the machine: compare two runs on the same one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.contents import PAGES

PORT = 18_611
BEGUN = "[data-testid=stAppViewContainer] h1"
PERIODS = ("last_365_days", "this_year", "last_90_days", "last_quarter")
CODE = (
    "import sys; from pathlib import Path; from dashboard.asgi import serve; from pipelines.settings import find_home; "
)
STILL = """() => new Promise(done => {
  let stood = performance.now();
  const latest = new Map();
  const changed = new MutationObserver(records => {
    stood = performance.now();
    for (const {target, addedNodes} of records)
      for (const node of addedNodes.length ? addedNodes : [target]) latest.set(node, stood);
  });
  changed.observe(document.querySelector('[data-testid=stAppViewContainer]'),
    {subtree: true, childList: true, characterData: true, attributes: true});
  const isSeen = node => {
    const box = (node.nodeType === 1 ? node : node.parentElement)?.getBoundingClientRect();
    return box && box.width > 0 && box.height > 0 && box.top < innerHeight && box.bottom > 0;
  };
  const began = stood;
  const look = () => {
    if (document.querySelector('[data-testid=stStatusWidget]')) stood = performance.now();
    if (performance.now() - stood < 300) return setTimeout(look, 20);
    changed.disconnect();
    done([[...latest].reduce((last, [node, at]) => (at > last && isSeen(node) ? at : last), began), stood]);
  };
  look();
})"""
"""Resolves with the moments after which nothing changed for 300 ms: within the window, and on the whole page.

Looking at every frame would itself slow the page down; so would asking where a changed element stands before all is still.
"""
WATCH = """() => {
  const caption = () => document.querySelectorAll('[data-testid=stCaptionContainer]')[1]?.innerText;
  const before = caption();
  window.clicked = window.said = null;
  document.addEventListener('pointerdown', () => { window.clicked ??= performance.now(); }, {capture: true, once: true});
  new MutationObserver((_, watcher) => {
    if (window.clicked === null || caption() === before) return;
    window.said = performance.now();
    watcher.disconnect();
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
"""The page itself notes the moment of the click and the moment the caption says another period: the test's own ways cost time."""


@contextmanager
def served(home: Path) -> Generator[str]:
    """Run a server of a home; give its address."""
    code = f"{CODE}serve(find_home(Path({str(home)!r})), port={PORT})"
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{PORT}"
    try:
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"{url}/ready", timeout=2)  # noqa: S310
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def first_view(browser: Browser, address: str) -> tuple[float, float]:
    """Return the milliseconds until a fresh browser shows what the window holds, and the whole page, nothing moving any more."""
    context = browser.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    started = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(BEGUN, timeout=60_000)
    begun = (time.perf_counter() - started) * 1000
    origin = page.evaluate("performance.now()")
    seen, stood = page.evaluate(STILL)
    context.close()
    return begun + max(0.0, seen - origin), begun + max(0.0, stood - origin)


def changes(page: Page, count: int, read: float) -> list[tuple[float, float, float, float]]:
    """Change the period again and again; for each the milliseconds until it is said, until the window's part and the whole page
    stand, and the kilobytes sent.
    """
    found = []
    sent = [0]
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: add(sent, frame)))
    page.reload()
    page.wait_for_selector(BEGUN)
    page.evaluate(STILL)
    page.wait_for_timeout(read * 1000)
    for number in range(count):
        page.locator(".st-key-open_period button").first.click()
        page.locator("[class*=st-key-filter_preset] input").first.click()
        option = page.get_by_role("option").nth(number % 5)
        sent[0] = 0
        page.evaluate(WATCH)
        option.click()
        page.wait_for_function("window.said !== null", timeout=30_000)
        seen, stood = page.evaluate(STILL)
        clicked, said = page.evaluate("[window.clicked, window.said]")
        found.append((said - clicked, max(said, seen) - clicked, max(said, stood) - clicked, sent[0] / 1024))
        page.keyboard.press("Escape")
    return found


def pace() -> float:
    """Return the seconds of a plain loop: what the other figures are to be read against."""
    started, total = time.perf_counter(), 0
    for number in range(20_000_000):
        total += number
    return time.perf_counter() - started


def add(sent: list[int], frame: str | bytes) -> None:
    """Count the bytes of a frame."""
    sent[0] += len(frame)


def main() -> None:
    """Read the options, measure, print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--home", type=Path, default=Path("data/demo"))
    options.add_argument("--changes", type=int, default=8)
    options.add_argument("--read", type=float, default=8.0)
    options.add_argument("--pages", default=",".join(page.file for page in PAGES))
    given = options.parse_args()
    free = {"data", "glossary", "reports"}
    print(f"This machine adds 20 million numbers in Python in {pace():.1f} s.\n")
    print("| page | first view, ms | of all | change said p50 | drawn p50 | drawn p95 | all drawn p50 | KB sent p50 |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with served(given.home) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        first_view(browser, url)  # the server is warm then
        for name in given.pages.split(","):
            first, all_of_it = first_view(browser, f"{url}/{name}")
            if name in free:
                print(f"| {name} | {first:.0f} | {all_of_it:.0f} | | | | | |", flush=True)
                continue
            context = browser.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900})
            page = context.new_page()
            page.goto(f"{url}/{name}")
            rows = changes(page, given.changes, given.read)
            context.close()
            columns = [sorted(column) for column in zip(*rows, strict=True)]
            said, drawn, whole, size = map(statistics.median, columns)
            late = columns[1][round(0.95 * (len(rows) - 1))]
            print(
                f"| {name} | {first:.0f} | {all_of_it:.0f} | {said:.0f} | {drawn:.0f} | {late:.0f} | {whole:.0f} | {size:.0f} |",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main()
