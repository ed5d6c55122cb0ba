"""The command of the weekly report: ``voronka snapshot``, and the bridge between two of them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.console import FILTERS, HOME, LANG, N_, home_of, options, progress, spoken

if TYPE_CHECKING:
    from dashboard.access import Facts
    from dashboard.filters import Filter
    from dashboard.periods import Period
    from dashboard.reports.kept import Kept
    from dashboard.weeks import Known
    from pipelines.settings import Home

FREED_SOON = ("_RJEM_MALLOC_CONF", "dirty_decay_ms:500,muzzy_decay_ms:0")
"""Polars keeps memory that it no longer needs for ten seconds; a process that makes one report need not. Read when Polars starts."""


@click.command(
    help=N_("Make the report of a week or any days: HTML, XLSX, PDF, a card and tables, kept in the archive.")
)
@click.option("--week", metavar="2026-W46", help=N_("The week of the report (default: the last whole one)."))
@options(FILTERS)
@click.option("--formats", default="html,xlsx,pdf,png,parquet", show_default=True, help=N_("Which files to make."))
@click.option("--codes", is_flag=True, help=N_("Codes in the place of the managers' names."))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help=N_("Also put the files into this folder."))
@click.option(
    "--send", is_flag=True, help=N_("Also send everybody named in settings.toml ([[recipient]]) their own report.")
)
@click.option("--again", is_flag=True, help=N_("With --send: also to those who have this week already."))
@click.option(
    "--compare", "pair", nargs=2, metavar="A B", help=N_("Explain why report B tells other sales than report A.")
)
@options(HOME, LANG)
def snapshot(
    week: str | None,
    formats: str,
    codes: bool,
    out: Path | None,
    send: bool,
    again: bool,
    pair: tuple[str, str] | None,
    home: str | None,
    **chosen: Any,
) -> int:
    os.environ.setdefault(*FREED_SOON)
    from dashboard.exports import asked
    from dashboard.reports.needed import made_of_needed
    from dashboard.weeks import known
    from pipelines.settings import read_settings

    here, locale = home_of(home), spoken()
    if pair:
        click.echo(compared(here, *pair), nl=False)
        return 0
    wanted, settings, forms = asked.filter_of(chosen), read_settings(here), asked.words([formats])

    def make(facts: Facts) -> tuple[Kept, Filter, str]:
        from dashboard.reports import delivery, kept

        wanted.check_known(facts.deals)
        told_of = known(facts, settings.working_time)
        filter = over(wanted, week, told_of)
        if send and filter.chosen():
            raise click.UsageError(
                N_("With --send everybody's own filter of settings.toml counts. Leave out the filters.")
            )
        called = delivery.called(filter.period, told_of) if send else ""
        bar = progress()
        try:
            made = kept.keep(here, facts, filter, locale, formats=forms, with_names=not codes)
        finally:
            if bar is not None:
                bar.done()
        return made, filter, called

    def period(told: Facts) -> Period:
        return over(wanted, week, known(told, settings.working_time)).period

    chosen_by = wanted.chosen()
    if send:
        from dashboard.reports.delivery import chosen_by as by_recipients

        chosen_by += by_recipients(settings)
    made, filter, called = made_of_needed(here, None, chosen_by, make, period, forms)
    told(made, out)
    return sent(here, filter.period, called, again=again) if send else 0


def sent(home: Home, period: Period, called: str, *, again: bool) -> int:
    """Send the report to all recipients and say what became of each; exit code 2 when somebody has not got it."""
    from dashboard.reports.delivery import deliver
    from pipelines.settings import read_settings

    settings, locale, code = read_settings(home), spoken(), 0
    if not settings.recipient:
        click.echo(locale.text(N_("Nobody is named in settings.toml ([[recipient]]), so nothing was sent.")), err=True)
    for to, outcome in deliver(home, settings, period, called, again=again):
        is_there = outcome.state in ("sent", "already")
        who = "" if "to" in outcome.values else f"{to.name}: "
        click.echo(who + locale.text(outcome.template, **outcome.values), err=not is_there)
        code = code if is_there else 2
    return code


def over(filter: Filter, week: str | None, told_of: Known) -> Filter:
    """Choose the days: a week by its name, the days asked for, else the last whole week of the data. Raises UsageError."""
    from dataclasses import replace

    from dashboard.weeks import week_of

    if week is not None:
        if not filter.period.is_all_time:
            raise click.UsageError(N_("Give --week or --from and --to, not both."))
        return replace(filter, period=week_of(week))
    return filter if not filter.period.is_all_time else replace(filter, period=told_of.last_week())


def told(made: Kept, out: Path | None) -> None:
    """Print where the files are, and what could not be made and why."""
    locale = spoken()
    click.echo(locale.text(N_("The report {name} is in the archive: {folder}"), name=made.name, folder=made.folder))
    for form, path in made.files.items():
        shown = path
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            shown = out / f"{made.name}-{path.name}"
            shutil.copyfile(path, shown)
        click.echo(f"  {form}: {shown}")
    for fault in made.missing:
        click.echo(locale.text(fault.template, **fault.values), err=True)


def compared(home: Home, first: str, second: str) -> str:
    """Write the bridge between two reports of the archive."""
    from dashboard import access
    from dashboard.exports.analyses import stated_definition, table
    from dashboard.exports.answers import said
    from dashboard.reports.kept import named
    from dashboard.reports.restated import compare

    one, two = named(home, first), named(home, second)
    answer, locale = compare(one, two), spoken()
    lines = [f"{one.name} → {two.name}", stated_definition(answer, locale), ""]
    if answer.frame.height:
        lines.append(table(access.open_facts(home), answer, locale))
    lines += [said(notice, locale) for notice in answer.sentences]
    return "\n".join(lines) + "\n"
