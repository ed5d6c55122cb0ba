"""The one place of the dashboard that starts a load: at once for the command line, in the background for the page.

A load in the background belongs to the server and not to the reader who started it: a closed tab or another click does not
end it, and whoever looks at the page sees how far it is. One home has one load at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import polars as pl

from dashboard import access, uploads
from dashboard.exports.mapping import say
from dashboard.i18n import N_, Locale
from pipelines.building import digest_of_rules
from pipelines.decisions import write_mapping
from pipelines.errors import BusyError, VoronkaError
from pipelines.intake import files_of
from pipelines.load import load
from pipelines.propose import Proposal, to_toml
from pipelines.propose_toml import slug
from pipelines.rates import read_rates
from pipelines.rebuild import rebuild
from pipelines.report import REJECT, LoadReport, Progress
from pipelines.settings import Home, read_settings
from pipelines.trial import try_file

DEFECT = N_("A defect of ours: {fault}. Nothing was changed; run with VORONKA_DEBUG=1 to see where.")
TRIED = N_("This was a trial: nothing was stored.")
RECENT = timedelta(minutes=15)
JOBS: dict[Path, Job] = {}
STARTING = threading.Lock()
Work = Callable[[Progress], LoadReport]


@dataclass
class Job:
    """A load that is going on or has ended; it is its own ``Progress``."""

    names: tuple[str, ...]
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    total: int = 1
    count: int = 0
    text: str = ""
    report: LoadReport | None = None
    fault: VoronkaError | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_recent(self) -> bool:
        """Tell whether it is still news to somebody who comes back to the page."""
        return datetime.now(UTC) - self.started_at < RECENT

    @property
    def share(self) -> float:
        """How much is done, 0…1."""
        return min(1.0, self.count / max(self.total, 1))

    def start(self, total: int, text: str) -> None:
        """Begin with the number of steps to come."""
        self.total, self.count, self.text = total, 0, text

    def step(self, n: int, text: str) -> None:
        """Go on by some steps."""
        self.count, self.text = self.count + n, text

    def done(self) -> None:
        """Say that all steps are done."""
        self.count = self.total


def run(
    paths: Sequence[Path],
    home: Home,
    *,
    kind: str | None = None,
    mapping: Path | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load now and return when it is done. Raises VoronkaError."""
    return load(paths, home, kind=kind, mapping=mapping, progress=progress)


def try_all(
    paths: Sequence[Path],
    home: Home,
    *,
    kind: str | None = None,
    mapping: Path | None = None,
    known: pl.DataFrame | None = None,
) -> LoadReport:
    """Report what a load of files and folders would do; nothing is stored. Raises VoronkaError."""
    tried = [
        try_file(path, home, kind=kind, mapping=mapping, known=known, stored=lambda table: access.stored(home, table))
        for path in files_of(paths)
    ]
    files = tuple(report for one in tried for report in one.reports)
    return LoadReport(files=files, snapshot=None, message=TRIED, template=TRIED)


def start(paths: Sequence[Path], home: Home) -> Job:
    """Load in the background; uploads that were taken go. Raises BusyError when a load is going on in this home."""

    def work(progress: Progress) -> LoadReport:
        report = run(paths, home, progress=progress)
        taken = {one.name for one in report.files if one.outcome != REJECT}
        for path in paths:
            if path.name in taken:
                uploads.discard(home, path)
        return report

    return _begin(home, tuple(path.name for path in paths), work)


def start_again(home: Home) -> Job:
    """Count everything anew in the background, under the settings of now. Raises BusyError."""
    return _begin(home, (), lambda progress: rebuild(home, progress=progress))


def is_behind(home: Home, rules: str) -> bool:
    """Tell whether settings or rates have changed since numbers were counted under ``rules``; no when nobody noted it.

    Files of settings that cannot be read are said where they are shown, and by the next load.
    """
    try:
        files = [one for one in sorted(home.path.iterdir()) if one.is_file()]  # settings, and whatever holds the rates
        stamp = tuple((one, one.stat().st_mtime_ns, one.stat().st_size) for one in files)
        return bool(rules) and rules != _rules_of(home, stamp)
    except (VoronkaError, OSError):
        return False


@lru_cache(maxsize=8)
def _rules_of(home: Home, stamp: tuple[object, ...]) -> str:
    """Hash settings and rates; read again only when a file of the home has another ``stamp``."""
    settings = read_settings(home)
    return digest_of_rules(settings, read_rates(home, settings))


def job_of(home: Home) -> Job | None:
    """Return the load that is going on in a home, or the last one that ended since the server started."""
    return JOBS.get(home.path)


def is_busy(home: Home) -> bool:
    """Tell whether this server is loading into a home."""
    job = job_of(home)
    return job is not None and not job.ended.is_set()


def save_mapping(home: Home, proposal: Proposal, title: str, locale: Locale, *, again: bool = False) -> Path:
    """Keep a proposed mapping in the home, each line with its reason in the reader's language. Raises HomeError.

    ``title`` is what people call it; ``again`` is for a file that another profile knows.
    """
    content = to_toml(proposal, title, lambda reason: say(reason, locale), again=again)
    return write_mapping(home, slug(title), content)


def _begin(home: Home, names: tuple[str, ...], work: Work) -> Job:
    with STARTING:
        if is_busy(home):
            raise BusyError("Another load is running in {home}. Wait until it ends, then load again.", home=home.path)
        job = Job(names)
        JOBS[home.path] = job
    # Not a daemon: a server that is asked to stop lets a load come to its end.
    threading.Thread(target=_work, args=(job, work), name="load").start()
    return job


def _work(job: Job, work: Work) -> None:
    try:
        job.report = work(job)
    except VoronkaError as fault:
        job.fault = fault
    except (Exception, pl.exceptions.PanicException) as fault:
        job.fault = VoronkaError(DEFECT, fault=f"{type(fault).__name__}: {fault}".splitlines()[0])
    finally:
        job.ended.set()
