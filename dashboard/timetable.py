"""The weekly jobs run by the pages' own server: the report is made and sent, then the backup is made, by the very commands.

Each job is a process of its own, so the pages go on. ``scheduled.jsonl`` in the home has a line when a job begins and when it
ends, and a lock keeps a second server out: a week's job is done once whatever is restarted. What failed is begun again after
an hour, for a day. A server that was off at the hour does the job when it is on again; the weeks before the first start are
nobody's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from filelock import FileLock, Timeout

from dashboard.exports.schedules import SECRETS
from dashboard.weeks import week_name
from pipelines import journal
from pipelines.errors import SettingsError
from pipelines.settings import Home, Settings, read_settings
from pipelines.weekly import Weekly

LEDGER = "scheduled.jsonl"
BETWEEN = timedelta(hours=1)
MOST_ATTEMPTS = 24
LOOKS = 30.0
"""Seconds between two looks at the clock."""
LONGEST = 3600.0
"""Seconds that a job may take."""
COMMAND = "import os; getattr(os, 'nice', int)(10); from dashboard.cli import main; main()"
"""The command line, giving way to the pages where the system can."""

Run = Callable[[Sequence[str], Mapping[str, str]], tuple[int, str]]
Line = dict[str, str]


def in_a_process(words: Sequence[str], secrets: Mapping[str, str]) -> tuple[int, str]:
    """Run a command of ours; returns its exit code and the last thing it said."""
    try:
        done = subprocess.run(  # noqa: S603 - our own command, no shell
            [sys.executable, "-c", COMMAND, *words],
            env={**os.environ, **secrets},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return 2, f"{type(fault).__name__}: {fault}"[:300]
    said = (done.stderr if done.returncode else done.stdout).decode("utf-8", "replace").split("\n")
    return done.returncode, next((one.strip()[:300] for one in reversed(said) if one.strip()), "")


@dataclass(eq=False)
class Timetable:
    """The weekly jobs of a home; ``given`` goes before the moment in settings."""

    home: Home
    given: Weekly | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    run: Run = in_a_process
    stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Look at the clock from now on, in the background."""
        threading.Thread(target=self._watch, daemon=True, name="timetable").start()

    def _watch(self) -> None:
        while not self.stopped.wait(LOOKS):
            # A full disk or a home that is gone must not end the looking: the next look may find it mended.
            with suppress(OSError, SettingsError):
                self.look()

    def look(self) -> None:
        """Do what is due and not done. Raises SettingsError."""
        settings = read_settings(self.home)
        when = self.given or settings.schedule.moment
        if when is None:
            return
        with suppress(Timeout), FileLock(self.home.path / f"{LEDGER}.lock", timeout=0, mode=0o600):
            if not lines(self.home):
                self._note("", "", "on")
            due = when.last_due(self.now(), settings.time_zone)
            for job, words in jobs(self.home, settings, due).items():
                if self._is_due(job, due):
                    self._do(job, due.isoformat(), words)

    def _is_due(self, job: str, due: datetime) -> bool:
        told = lines(self.home)
        if told and datetime.fromisoformat(told[0]["at"]) > due:
            return False
        own = [one for one in told if one.get("job") == job and one.get("due") == due.isoformat()]
        begun = [datetime.fromisoformat(one["at"]) for one in own if one["state"] == "begun"]
        if any(one["state"] == "done" for one in own) or len(begun) >= MOST_ATTEMPTS:
            return False
        return not begun or self.now() - begun[-1] >= BETWEEN

    def _do(self, job: str, due: str, words: Sequence[str]) -> None:
        self._note(job, due, "begun")
        code, said = self.run(words, secrets(self.home))
        self._note(job, due, "done" if code == 0 else "failed", said)

    def _note(self, job: str, due: str, state: str, said: str = "") -> None:
        line = {"at": self.now().astimezone(UTC).isoformat(timespec="seconds"), "job": job, "due": due, "state": state}
        journal.append(self.home.path / LEDGER, {**line, "said": said})


def jobs(home: Home, settings: Settings, due: datetime) -> dict[str, list[str]]:
    """Name the jobs of a moment and their commands: the week before it is reported, then the backup."""
    there = ["--home", str(home.path)]
    found = {"report": ["snapshot", "--send", "--week", week_name(due.date() - timedelta(days=7)), *there]}
    plan = settings.schedule
    if plan.backup != "none":
        out = ["--out", str(home.path / plan.backup_folder)] if plan.backup_folder else []
        plain = ["--plain"] if plan.backup == "plain" else []
        found["backup"] = ["backup", *plain, *out, *there]
    return found


def lines(home: Home) -> list[Line]:
    """Return what was written down of the jobs, oldest first; a line cut off by a crash is left out."""
    told = [
        {name: value for name, value in one.items() if isinstance(value, str)}
        for one in journal.lines(home.path / LEDGER)
    ]
    return [one for one in told if "at" in one and "state" in one]


def secrets(home: Home) -> dict[str, str]:
    """Read the file of secrets beside the data, as cron and systemd would: one NAME=VALUE a line."""
    found = {}
    with suppress(OSError):
        for text in (home.path / SECRETS).read_text(encoding="utf-8-sig").splitlines():
            name, is_one, value = text.strip().partition("=")
            if is_one and name.startswith("VORONKA_"):
                found[name] = value.strip("'\"")
    return found


def next_due(home: Home, settings: Settings, now: datetime) -> datetime | None:
    """Return when the jobs come next by settings; None when nothing is scheduled there."""
    when = settings.schedule.moment
    return None if when is None else when.last_due(now, settings.time_zone) + timedelta(days=7)
