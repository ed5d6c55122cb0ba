"""What the fault tests share: a home prepared once and copied, and how long a load of it takes."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from faults.deeds import load_files
from faults.exports import contents, copied, export
from faults.processes import Running, run

from pipelines.settings import Home


@dataclass(frozen=True)
class Prepared:
    """A home with one load in it, an export that is still to come, and what must be there before and after it."""

    home: Path
    more: Path
    before: dict[str, int]
    after: dict[str, int]
    seconds: float
    """How long the second load takes undisturbed."""


@pytest.fixture(scope="session")
def prepared(once: Callable[[str, Callable[[Path], None]], Path]) -> Prepared:
    """A small home, made once for all workers; tests copy it."""
    return prepare(once, "faults-small", 200)


def prepare(once: Callable[[str, Callable[[Path], None]], Path], name: str, rows: int) -> Prepared:
    """Prepare a home of ``rows`` deals, and as many more to load."""

    def make(folder: Path) -> None:
        home = folder / "home"
        run(load_files, home, [export(folder / "a.csv", 0, rows)])
        export(folder / "b.csv", rows // 2, rows + rows // 2, "Петров")
        copied(home, folder / "after")
        running = Running(load_files, folder / "after", [folder / "b.csv"])
        began = time.perf_counter()
        assert running.ended()[-1][0] == "loaded"
        (folder / "seconds").write_text(str(time.perf_counter() - began))

    folder = once(name, make)
    homes = (Home(folder / "home"), Home(folder / "after"))
    before, after = (contents(home) for home in homes)
    assert before != after
    return Prepared(homes[0].path, folder / "b.csv", before, after, float((folder / "seconds").read_text()))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of a test's dice: another one every day, the same on failure with VORONKA_SEED; printed with a failure."""
    chosen = int(os.environ.get("VORONKA_SEED") or random.SystemRandom().randrange(10**6))
    request.node.add_report_section("call", "seed", f"VORONKA_SEED={chosen}")
    return chosen
