"""Times what people wait for: a load, a measure, a funnel. `make bench`; not a test, nothing fails here.

Each line is the best of a few runs, in a fresh temporary home, so that a busy machine disturbs least.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from dashboard.access import open_facts
from dashboard.analyses.funnel import funnel
from dashboard.filters import Filter
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from pipelines.demo import write_company, write_settings
from pipelines.load import load
from pipelines.settings import find_home

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = Path(os.environ.get("VORONKA_REAL_DATA", ROOT.parent / "shared" / "data"))


def best(runs: int, work: Callable[[], object]) -> float:
    """Run the work a few times and return the shortest time, in seconds."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def say(name: str, seconds: float) -> None:
    print(f"{name:<52} {seconds:9.3f} s", flush=True)


def main() -> None:
    """Time the invented company, and the public event log when it lies beside the project."""
    with tempfile.TemporaryDirectory() as folder:
        home = find_home(Path(folder) / "demo")
        write_settings(home.path)
        start = perf_counter()
        files = write_company(Path(folder) / "exports")
        say("write the invented company", perf_counter() - start)
        say("load it (a first load)", best(1, lambda: load(files, home)))
        say("load it again (nothing new)", best(1, lambda: load(files, home)))
        say("open its facts", best(1, lambda: open_facts(home)))
        facts = open_facts(home)
        every = list(METRICS.values())
        say(f"measure all {len(every)} metrics", best(5, lambda: measure(facts, every, Filter())))
        say("measure them by manager", best(5, lambda: measure(facts, every, Filter(), by=("manager",))))
        say("funnel of a cohort", best(5, lambda: funnel(facts, Filter())))
        log = REAL_DATA / "bpic2012_loans" / "events.csv.gz"
        if log.exists():
            other = find_home(Path(folder) / "log")
            mapping = ROOT / "tests" / "real" / "bpic2012.toml"
            say("load 262,200 events (bpic2012)", best(1, lambda: load([log], other, mapping=mapping)))


if __name__ == "__main__":
    main()
