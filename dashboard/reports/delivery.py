"""The weekly report to everybody who is to get it: each made anew with the recipient's own rights, filter, language and formats.

One recipient's trouble is that one's alone: it is written down with its reason, the others get theirs, and the next run tries
again whoever has nothing yet. Nobody gets a week twice; that is kept by ``pipelines.sending``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from polars.exceptions import PanicException

from dashboard import access, viewers
from dashboard.filters import Filter
from dashboard.i18n import N_, Locale
from dashboard.periods import Period
from dashboard.reports import kept
from dashboard.reports.needed import made_of_needed
from dashboard.weeks import WEEK, Known, week_name
from pipelines.errors import HomeError, InputError, VoronkaError
from pipelines.mail import Recipient
from pipelines.sending import Letter, Outcome, not_made, send, settled
from pipelines.settings import Home, Settings

DEFECT = N_("{week} was not sent to {to}: a defect of ours ({fault}).")
NOT_OVER = N_(
    "The data ends on {day} and {week} is not over by then. A week is sent once, so it is not sent half. Load newer exports."
)
NOBODY = N_("The person {person} is no longer named in settings.toml, so there is no report for them.")


def called(period: Period, known: Known) -> str:
    """Name what is sent: the week, else the days; everybody gets a name once.

    Raises InputError for days without an end, or that the data does not cover yet.
    """
    first, last = period.first_day, period.last_day
    if first is None or last is None:
        raise InputError("What is sent has a first and a last day. Give --week, or --from and --to.")
    is_week = first.weekday() == 0 and period.end == first + WEEK
    name = week_name(first) if is_week else f"{first.isoformat()}_{last.isoformat()}"
    if not known.covers(period):
        raise InputError(NOT_OVER, day=known.as_of_on, week=name)
    return name


def deliver(
    home: Home, settings: Settings, period: Period, week: str, *, again: bool = False
) -> Iterator[tuple[Recipient, Outcome]]:
    """Send the report of some days, as they are ``called``, to every recipient of settings who has not got it.

    Yields what became of each. ``again`` sends it whatever was sent before.
    """
    for to in settings.recipient:
        before = None if again else settled(home, week, to.name)
        yield to, before or _to_one(home, settings, to, period, week, again=again)


def _to_one(home: Home, settings: Settings, to: Recipient, period: Period, week: str, *, again: bool) -> Outcome:
    try:
        return send(home, _letter(home, settings, to, period, week), to, settings.mail, again=again)
    except VoronkaError as fault:
        return not_made(home, week, to, fault)
    except (Exception, PanicException) as fault:
        told = f"{type(fault).__name__}: {fault}".splitlines()[0]
        return not_made(home, week, to, VoronkaError(DEFECT, week=week, to=to.name, fault=told))


def chosen_by(settings: Settings) -> list[str]:
    """List the dimensions that any recipient's own filter chooses by, so that all reports are made of the same facts."""
    return sorted({key for to in settings.recipient for key in to.only})


def _letter(home: Home, settings: Settings, to: Recipient, period: Period, week: str) -> Letter:
    """Make the report as this recipient may see it, and the mail around it. Raises VoronkaError."""
    viewer = viewers.viewer_named(settings, to.person) if to.person else access.Viewer()
    if viewer is None:
        raise HomeError(NOBODY, person=to.person)
    locale = Locale(to.lang)
    only: dict[str, Any] = {f"{key}s": values for key, values in to.only.items()}
    filter = Filter(**only, period=period)

    def make(facts: access.Facts) -> kept.Kept:
        filter.check_known(facts.deals)  # a filter that fits nothing is no reason to send everything
        return kept.keep(home, facts, filter, locale, viewer=viewer, formats=to.formats, with_names=not to.codes)

    made = made_of_needed(home, viewer, chosen_by(settings), make, lambda _: period)
    files = {form: path for form, path in made.files.items() if form in to.formats}
    if not files:
        raise made.missing[0]
    names = tuple(f"{path.stem}-{week}{path.suffix}" for path in files.values())
    return Letter(week, made.manifest["told"]["title"], text(made, locale), tuple(files.values()), names)


def text(made: kept.Kept, locale: Locale) -> str:
    """Write the mail: the finding, the numbers of the first page, what could not be made, where it all comes from."""
    told = made.manifest["told"]
    numbers = [f"{what}: {value}" + (f" ({change})" if change else "") for what, value, change in told["numbers"]]
    missing = [locale.text(fault.template, **fault.values) for fault in made.missing]
    source = locale.text(
        N_("The report is attached. Data up to {day}, snapshot {snapshot}, report {name}."),
        day=locale.date(made.known_on),
        snapshot=made.manifest["snapshot"],
        name=made.name,
    )
    return "\n\n".join([told["finding"], "\n".join(numbers), *missing, source]) + "\n"
