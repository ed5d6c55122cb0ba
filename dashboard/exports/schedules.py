"""The weekly jobs as cron and systemd want them written: the report is sent, then the backup is made."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from dashboard.i18n import Locale
from pipelines.settings import Home
from pipelines.weekly import weekly

JOBS = ("snapshot --send", "backup")
SECRETS = "voronka.env"
"""File in the home with VORONKA_PASSPHRASE and VORONKA_SMTP_PASSWORD, which stand in no line that others can read."""


def lines(home: Home, day: str, at: str, locale: Locale) -> str:
    """Write the cron line and the systemd units for a day of the week and a time of the machine's clock.

    Raises InputError for a day or time that does not exist.
    """
    when = weekly(day, at)
    parts = (
        locale.text("Secrets, readable by you alone: {path} with the lines", path=home.path / SECRETS),
        "VORONKA_PASSPHRASE=…\nVORONKA_SMTP_PASSWORD=…",
        locale.text("For cron, one line (crontab -e):"),
        cron(home, when.word, when.hour, when.minute),
        locale.text("For systemd, two files, then systemctl --user enable --now voronka-weekly.timer:"),
        f"# ~/.config/systemd/user/voronka-weekly.service\n{service(home)}",
        f"# ~/.config/systemd/user/voronka-weekly.timer\n{timer(when.word, when.hour, when.minute)}",
    )
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def program() -> str:
    """Name the command as it was installed here, so that a job without our PATH finds it."""
    return str(Path(sys.executable).with_name("voronka"))


def cron(home: Home, day: str, hour: int, minute: int) -> str:
    """Write one line of a crontab. A percent sign is a line break to cron, so it is escaped."""
    secrets = shlex.quote(str(home.path / SECRETS))
    commands = "; ".join(f"{shlex.quote(program())} {job} --home {shlex.quote(str(home.path))}" for job in JOBS)
    whole = f"set -a; [ -f {secrets} ] && . {secrets}; {commands}".replace("%", r"\%")
    return f"{minute} {hour} * * {day} {whole}"


def service(home: Home) -> str:
    """Write the unit: the jobs one after the other, the second also when the first failed, and either failure is seen."""
    report, backup = (f"{shlex.quote(program())} {job} --home {shlex.quote(str(home.path))}" for job in JOBS)
    return "\n".join(
        (
            "[Unit]",
            "Description=Voronka: weekly report and backup",
            "",
            "[Service]",
            "Type=oneshot",
            f"EnvironmentFile=-{escaped(str(home.path / SECRETS))}",
            f"ExecStart=/bin/sh -c {quoted(f'{report}; failed=$?; {backup} && exit $failed')}",
        )
    )


def timer(day: str, hour: int, minute: int) -> str:
    """Write the timer; a machine that was off does the job when it is on again."""
    return "\n".join(
        (
            "[Unit]",
            "Description=Voronka: once a week",
            "",
            "[Timer]",
            f"OnCalendar={day.capitalize()} *-*-* {hour:02}:{minute:02}:00",
            "Persistent=true",
            "",
            "[Install]",
            "WantedBy=timers.target",
        )
    )


def escaped(text: str) -> str:
    """Double what systemd would replace."""
    return text.replace("%", "%%")


def quoted(text: str) -> str:
    """Quote a word of a systemd command."""
    return '"' + escaped(text).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$") + '"'
