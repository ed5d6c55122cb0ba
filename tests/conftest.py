"""What every test may ask for: the invented company loaded once, the real exports, a browser; and who says what was skipped.

The surprise: a test is skipped only here, for a thing the machine lacks, and the closing lines say what and how to get
it. Nothing else in tests/ may skip (tests/test_house.py refuses it). With CI=true a missing browser is an error.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from examples import THOROUGH
from filelock import FileLock
from hypothesis import settings

# A busy machine is no defect: what is slow is measured in benchmarks/. The everyday suite draws the same examples each time, so
# that a change is refused for what it did; `make soak` looks for new ones.
settings.register_profile("voronka", deadline=None, derandomize=not os.environ.get(THOROUGH))
settings.load_profile("voronka")

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = Path(os.environ.get("VORONKA_REAL_DATA", ROOT.parent / "shared" / "data"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

SLOWEST_FIRST = (
    "test_witness",
    "test_bad_input",
    "test_browser",
    "test_kill",
    "test_damage",
    "test_full_disk",
    "test_load_faults",
    "test_data_page",
    "test_core",
    "test_source_stories",
    "test_reports",
    "test_cell_rows",
    "test_house",
    "test_facts",
)
"""Files of tests that take long are begun first, so that no worker is left alone with one at the end."""

NO_BROWSER = "no Chromium on PATH; install chromium fonts-dejavu-core fonts-liberation (apt-get) and run again"
NO_REAL_DATA = "no real exports beside the project (VORONKA_REAL_DATA names their folder)"


def find_browser() -> str | None:
    """Return the path of the system's Chromium, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow files first, each whole; the order is the same in every worker."""
    items.sort(key=lambda item: next((at for at, name in enumerate(SLOWEST_FIRST) if name in item.path.name), 99))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Stop a browser test before its fixtures when there is no browser: an error in CI, a plain skip elsewhere."""
    if item.get_closest_marker("browser") and find_browser() is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(NO_BROWSER, pytrace=False)
        pytest.skip(NO_BROWSER)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line each what was left out and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    for reason in (NO_BROWSER, NO_REAL_DATA):
        count = sum(reason in str(report.longrepr) for report in skipped)
        if count:
            terminalreporter.write_line(f"NOT RUN: {count} tests, {reason}.", yellow=True)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Take back the language that a command's --lang leaves in the environment, so that no test speaks for another."""
    before = os.environ.get("VORONKA_LANG")
    yield
    if before is None:
        os.environ.pop("VORONKA_LANG", None)
    else:
        os.environ["VORONKA_LANG"] = before


@pytest.fixture(scope="session", autouse=True)
def packages_looked_through_once() -> None:
    """Streamlit looks through every installed package for each page that a test opens, which takes longer than the page."""
    if "streamlit.testing.v1" in sys.modules:
        scanner = importlib.import_module("streamlit.components.v2.manifest_scanner")
        scanner.scan_component_manifests = cache(scanner.scan_component_manifests)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Start the system's Chromium, quiet towards the outside (pytest-playwright would look for a download)."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": find_browser(), "args": ["--disable-gpu", *root, *quiet]}


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public real exports with their reference figures; read only, never part of the project."""
    if not REAL_DATA.is_dir():
        pytest.skip(NO_REAL_DATA)
    return REAL_DATA


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[str, Callable[[Path], None]], Path]:
    """Return ``once(name, make)``: the folder that ``make`` filled, made by one worker while the others wait."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent

    def get(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                folder.mkdir(exist_ok=True)
                make(folder)
                done.touch()
        return folder

    return get


@pytest.fixture(scope="session")
def demo_home(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The home that `voronka demo` makes, written and loaded once for the whole run; tests only read it."""

    def make(folder: Path) -> None:
        from dashboard.exports.loads import prepare_demo
        from pipelines.settings import find_home

        report = prepare_demo(find_home(folder), None)
        assert report is not None
        assert report.outcome != "reject", report.message

    return once("demo", make)


@pytest.fixture(scope="session")
def demo(once: Callable[[str, Callable[[Path], None]], Path], demo_home: Path, worker_id: str) -> str:
    """The address of the invented company's pages, served once for the whole run: a server counts ahead for its readers."""
    from browsing import served_once

    return served_once(once, demo_home, is_alone=worker_id == "master")
