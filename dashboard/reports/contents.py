"""Puts a report together: its sections in order, the cover, the finding of the first page, the meanings of what was shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.metadata import version

import polars as pl

from dashboard.access import Facts, Viewer
from dashboard.analyses.answer import Answer, Column
from dashboard.analyses.catalogue import ANALYSES
from dashboard.exports.answers import DIMENSION_LABELS, cut
from dashboard.filters import FIELDS, Filter
from dashboard.i18n import N_, Locale
from dashboard.metrics.model import Metric
from dashboard.reports import hiding, sections, sections_more
from dashboard.reports.making import Making
from dashboard.reports.model import Report, Section, Table
from dashboard.reports.numbers import numbers

SECTIONS: tuple[Callable[[Making], Section], ...] = (
    sections.overview,
    sections.funnel,
    sections.cycle,
    sections.managers,
    sections.refused,
    sections_more.channels,
    sections_more.called,
    sections_more.clients,
    sections_more.forecast,
    sections_more.attention,
    sections_more.data,
)
OF_DEALS = SECTIONS[:5]
"""Those that deals alone can fill."""
Progress = Callable[[str, float], None]


def report(
    facts: Facts,
    filter: Filter,
    locale: Locale,
    *,
    viewer: Viewer | None = None,
    with_names: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Make a report of one snapshot; the same facts, filter and language give the same report, whenever it is made.

    ``with_names`` False puts numbered codes in the place of managers. Phones and mails are never shown.
    """
    named = {} if with_names else hiding.codes(facts, locale)
    shown = hiding.without_names(facts, named) if named else facts
    asked = hiding.rewritten_filter(filter, str, named)
    told = hiding.rewritten_filter(asked, hiding.masked, {})
    making = Making(shown, asked, locale, hiding.notes(facts.notes, named))
    made = []
    for number, section in enumerate(SECTIONS):
        one = section(making)
        if facts.deals.is_empty() and section in OF_DEALS:
            one = sections_more.without_deals(making, one)
        made.append(one)
        if progress is not None:
            progress(one.title, (number + 1) / len(SECTIONS))
    return Report(
        title=locale.text(N_("Sales report: {period}"), period=locale.period(filter.period)),
        finding=made[0].finding,
        locale=locale,
        filter=told,
        snapshot=facts.snapshot,
        as_of=facts.as_of,
        zone=facts.zone,
        currency=facts.currency,
        made_by=called(viewer or Viewer(), locale),
        sections=(*made, meanings(making, made)),
        about=tuple(cover(facts, told, locale, viewer or Viewer(), with_names=with_names)),
        headline=numbers(shown, headline(facts), asked, locale),
        facts=shown,
    )


def called(viewer: Viewer, locale: Locale) -> str:
    """Call whom a report is made for; where nobody logs in it is the owner, in words."""
    return locale.text(N_("the owner")) if viewer == Viewer() else viewer.name


def headline(facts: Facts) -> tuple[Metric, ...]:
    """Choose the five numbers of the first page: of sales, or of advertising where that is all there is."""
    return sections_more.REPORTED[:5] if facts.deals.is_empty() and facts.costs.height else sections.HEADLINE


def cover(facts: Facts, filter: Filter, locale: Locale, viewer: Viewer, *, with_names: bool) -> list[tuple[str, str]]:
    """List what must be known to read the report rightly, and to prove it later."""
    lines = [(N_("Period"), locale.period(filter.period) + f" ({locale.text('both days included')})")]
    if filter.period.start is None and filter.period.end is None:
        lines = [(N_("Period"), locale.period(filter.period))]
    for key, name in FIELDS.items():
        if getattr(filter, name):
            values = ", ".join(cut(value or None, locale, key) for value in getattr(filter, name))
            lines.append((DIMENSION_LABELS[key], values))
    if not filter.chosen():
        lines.append((N_("Filter"), locale.text(N_("none: everything is in"))))
    lines += [
        (N_("Data up to"), locale.date(facts.as_of_on)),
        (N_("Snapshot"), facts.snapshot),
        (N_("Made for"), called(viewer, locale)),
        (N_("Managers"), locale.text(N_("by name")) if with_names else locale.text(N_("by code"))),
        (N_("Deals in the snapshot"), locale.number(facts.deals.height)),
        (N_("Files in the snapshot"), locale.number(facts.files_count)),
        (N_("Hash of the inputs"), inputs_hash(facts)[:16]),
        (N_("Version of Voronka"), version("voronka")),
    ]
    return [(locale.text(what), text) for what, text in lines]


def inputs(facts: Facts) -> list[str]:
    """Return the hashes of the files that the snapshot was made of, each once, in order."""
    return sorted(set(facts.files["sha256"].drop_nulls().to_list())) if "sha256" in facts.files.columns else []


def inputs_hash(facts: Facts) -> str:
    """Return one hash of all inputs: files, and what the settings hold the numbers against."""
    told = "\n".join([*inputs(facts), facts.as_of.isoformat(), facts.zone, facts.currency, repr(facts.thresholds)])
    return hashlib.sha256(told.encode()).hexdigest()


def meanings(making: Making, made: list[Section]) -> Section:
    """Say what every number and table of the report means."""
    found: dict[str, str] = {}
    locale = making.locale
    for section in made:
        for number in section.numbers:
            metric = number.metric
            variant = f" {locale.text(metric.variant)}" if metric.variant else ""
            found.setdefault(locale.text(metric.label), locale.text(metric.help) + variant)
        for table in section.tables:
            help = ANALYSES[table.name].help if table.name in ANALYSES else table.answer.definition
            found.setdefault(table.label, locale.text(help))
    answer = Answer(
        frame=pl.DataFrame({"name": list(found), "meaning": list(found.values())}, schema={"name": pl.String, "meaning": pl.String}),
        columns=(Column("name", N_("Name")), Column("meaning", N_("What it means"))),
        definition=N_("The numbers and tables of this report and what each means."),
        n=len(found),
        as_of=making.facts.as_of,
    )  # fmt: skip
    table = Table("glossary", locale.text(N_("What was shown")), answer, answer.columns, 100)
    return making.section("glossary", N_("Glossary of what was shown"), tables=[table],
                          finding=locale.text(N_("Numbers and tables of this report: {n}"), n=locale.number(len(found))))  # fmt: skip
