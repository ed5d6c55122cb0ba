"""The blocks of what happens by itself: when the weekly jobs come, how old the backup is, who got which week and who did not."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import timetable
from dashboard.i18n import N_
from dashboard.ui import blocks
from dashboard.ui.context import Context
from pipelines.errors import VoronkaError
from pipelines.retention import OLD_DAYS, last_backup
from pipelines.sending import sent
from pipelines.settings import Settings, find_home, read_settings

STATES = {
    "sent": N_("sent"),
    "failed": N_("not sent"),
    "unknown": N_("not known whether it arrived"),
    "sending": N_("being sent, or cut off"),
}
JOBS = {"report": N_("The weekly report"), "backup": N_("The backup")}
COLUMNS = {
    "week": N_("Week"),
    "to": N_("To whom"),
    "state": N_("What became of it"),
    "at": N_("When"),
    "why": N_("Why"),
}
MOST = 100
OLD = N_("The last backup is {days} days old. Make one: voronka backup.")
NO_BACKUP = N_("No backup was made yet. voronka backup makes one; with [schedule] in settings.toml the server does.")
NOT_SCHEDULED = N_(
    'The report is not sent by itself. In settings.toml: [schedule] weekly = "mon 08:00"; or voronka schedule prints the lines '
    "for cron and systemd."
)


def alarm(here: Context) -> None:
    """Say in red what a head must know whatever is looked at: who has not got the last week, and a backup that is old."""
    if here.viewer.role != "head":
        return
    told = latest()
    week = max((one["week"] for one in told), default="")
    missing = [one["to"] for one in told if one["week"] == week and one["state"] != "sent"]
    if missing:
        st.error(
            here.say("{week} has not reached: {names}.", week=week, names=", ".join(missing)), icon=":material/error:"
        )
    last = last_backup(find_home())
    if last is not None and datetime.now(UTC) - last > timedelta(days=OLD_DAYS):
        st.error(here.say(OLD, days=(datetime.now(UTC) - last).days), icon=":material/backup:")


def happens(here: Context) -> None:
    """Show the schedule, the backup, and every sending with its reason; for heads, because recipients are named."""
    if here.viewer.role != "head":
        st.info(here.say("Who gets the report is shown to heads."))
        return
    schedule(here)
    backup(here)
    told = latest()
    if not told:
        st.info(here.say("Nothing was sent yet. Who gets the report is said in settings.toml: [[recipient]]."))
        return
    rows = [
        {**one, "state": here.locale.text(STATES.get(one["state"], one["state"])), "why": why(here, one["line"])}
        for one in told[:MOST]
    ]
    rows = [{**one, "at": moment(here, one["at"])} for one in rows]
    frame = pl.DataFrame([{name: one[name] for name in COLUMNS} for one in rows])
    blocks.table(here, frame, COLUMNS, key="reports_sent", left=tuple(COLUMNS))


def schedule(here: Context) -> None:
    """Say when the jobs come next and how they went last."""
    home = find_home()
    try:
        settings = read_settings(home)
    except VoronkaError as fault:
        st.error(here.say(fault.template, **fault.values), icon=":material/error:")
        return
    coming = timetable.next_due(home, settings, datetime.now(UTC))
    known = timetable.lines(home)
    if coming is not None:
        st.markdown(here.say("Comes next: {moment}.", moment=here.locale.moment(coming)))
    elif not known:
        st.caption(here.say(NOT_SCHEDULED))
    for job, label in JOBS.items():
        own = [one for one in known if one.get("job") == job and one["state"] in ("done", "failed")]
        if own and own[-1]["state"] == "failed":
            st.error(
                here.say(
                    "{job} failed on {moment}: {reason}",
                    job=here.locale.text(label),
                    moment=moment(here, own[-1]["at"], settings),
                    reason=own[-1].get("said", ""),
                ),
                icon=":material/error:",
            )
        elif own:
            st.caption(
                here.say(
                    "{job}: done, {moment}.",
                    job=here.locale.text(label),
                    moment=moment(here, own[-1]["at"], settings),
                )
            )


def backup(here: Context) -> None:
    """Say how old the last backup is; that it is too old is said by the alarm."""
    last = last_backup(find_home())
    if last is None:
        st.warning(here.say(NO_BACKUP), icon=":material/backup:")
        return
    age = (datetime.now(UTC) - last).days
    if age <= OLD_DAYS:
        st.caption(here.say("The last backup is {days} days old.", days=age))


def latest() -> list[dict]:
    """Return what became last of each week and recipient, the newest week first."""
    found: dict[tuple[str, str], dict] = {}
    for line in sent(find_home()):
        week, to = str(line.get("week", "")), str(line.get("to", ""))
        if not week or not to:
            continue
        before = found.get((week, to))
        # A week that arrived has arrived, whatever was tried again afterwards.
        if before is None or before["state"] != "sent":
            found[week, to] = {
                "week": week, "to": to, "state": str(line.get("state", "")), "at": str(line.get("at", "")), "line": line,
            }  # fmt: skip
    return sorted(found.values(), key=lambda one: (one["week"], one["at"]), reverse=True)


def why(here: Context, line: dict) -> str:
    """Say why in the reader's language; what cannot be read back is said as it was noted."""
    with suppress(KeyError, IndexError, TypeError, ValueError):
        if line.get("template"):
            return here.locale.text(str(line["template"]), **line.get("values", {}))
    return str(line.get("reason", ""))


def moment(here: Context, at: str, settings: Settings | None = None) -> str:
    """Write a noted moment in the company's zone."""
    with suppress(ValueError):
        zone = settings.time_zone if settings else ZoneInfo(here.facts.zone)
        return here.locale.moment(datetime.fromisoformat(at).astimezone(zone))
    return at
