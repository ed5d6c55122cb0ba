"""``voronka map``: any table with headings of somebody's own becomes a mapping, with only the open questions asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.cli_answers import ask_person, given_beforehand
from dashboard.console import HOME, LANG, N_, home_of, options, spoken

if TYPE_CHECKING:
    from dashboard.i18n import Locale
    from pipelines.propose_model import Proposal
    from pipelines.readers import Sheet
    from pipelines.settings import Home


@click.command("map", help=N_("Propose a mapping for a file of any other system, ask what is open, and save it."))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "kind", metavar="KIND", help=N_("What the file holds: deals, stages, calls, costs, clients …"))
@click.option("--sheet", metavar="NAME", help=N_("Which sheet of a workbook (default: the longest)."))
@click.option("--name", metavar="NAME", help=N_("Name of the mapping (default: that of the file)."))
@click.option(
    "--answer", "answers", metavar="KEY=VALUE", multiple=True, help=N_("Answer a question beforehand; repeats.")
)
@click.option("--again", is_flag=True, help=N_("Map anew a file that is recognised already."))
@click.option("--yes", is_flag=True, help=N_("Take every proposed answer."))
@click.option("--dry-run", "only_try", is_flag=True, help=N_("Save nothing."))
@options(HOME, LANG)
@click.option("--json", "as_json", is_flag=True, help=N_("Answer in JSON; asks nothing."))
def map_file(
    file: Path,
    kind: str | None,
    sheet: str | None,
    name: str | None,
    answers: tuple[str, ...],
    again: bool,
    yes: bool,
    only_try: bool,
    home: str | None,
    as_json: bool,
) -> int:
    from dashboard import loading
    from dashboard.exports import mapping
    from pipelines.propose import dry_run, profile_of, propose, questions
    from pipelines.settings import read_settings

    place, locale = home_of(home), spoken()
    table = chosen_sheet(file, sheet)
    known, again = known_already(table, file, place, again)
    title = name or known or file.stem
    proposal = given_beforehand(propose(table, kind=kind), answers, locale)
    asked = questions(proposal)
    if not as_json:
        click.echo(mapping.text(proposal, locale))
    proposal = all_answered(proposal, locale, take=yes or as_json, quiet=as_json)
    profile = profile_of(proposal, title, again=again)
    run = dry_run(table, profile, file_name=file.name, zone=read_settings(place).zone)
    target = place.mappings / f"{profile.name}.toml"
    if not only_try:
        loading.save_mapping(place, proposal, title, locale, again=again)
    if as_json:
        saved = None if only_try else str(target)
        click.echo(json.dumps(mapping.to_json(proposal, asked, run, saved), ensure_ascii=False))
        return 0
    click.echo(mapping.trial(run, locale))
    if not only_try:
        elsewhere = f' --home "{home}"' if home else ""
        command = f'voronka load "{file}"{elsewhere}'
        click.echo(locale.text(N_("Saved as {path}. Now load it: {command}"), path=target, command=command))
    return 0


def known_already(table: Sheet, file: Path, home: Home, again: bool) -> tuple[str, bool]:
    """Return the title of the company's own mapping that knows a sheet, to be replaced, and whether another profile knows it.

    Raises MappingError for a sheet that a shipped profile knows, unless it is to be mapped ``again``.
    """
    from pipelines.errors import MappingError
    from pipelines.intake import matched
    from pipelines.load import candidates
    from pipelines.profile import shipped_profiles

    match = matched(table, file.name, candidates(home, None), None)
    if match is None:
        return "", again
    profile = match.profile
    is_own = (home.mappings / f"{profile.name}.toml").exists()
    if not is_own and not again:
        raise MappingError(
            "{file} is recognised already, as {title}: load it as it is. To map it in another way add --again.",
            file=file.name,
            title=profile.title,
        )
    title = profile.title if is_own and profile.grade == "own" else ""
    return title, again or matched(table, file.name, shipped_profiles(), None) is not None


def all_answered(proposal: Proposal, locale: Locale, *, take: bool, quiet: bool) -> Proposal:
    """Answer what is open: as proposed, or by asking; without a terminal the questions are printed and nothing is saved."""
    from dashboard.exports import mapping
    from pipelines.propose import accepted, answered, questions

    if not take and not sys.stdin.isatty() and questions(proposal):
        click.echo("\n".join(mapping.question(one, locale) + "\n" for one in questions(proposal)))
        raise click.UsageError(
            locale.text(
                N_("Nothing is saved yet: answer with --answer KEY=VALUE, or take what is proposed with --yes.")
            )
        )
    if take:
        if questions(proposal) and not quiet:
            click.echo(mapping.taken(questions(proposal), locale))
        return accepted(proposal)
    while open_questions := questions(proposal):
        proposal = answered(proposal, {open_questions[0].key: ask_person(open_questions[0], locale)})
    return proposal


def chosen_sheet(file: Path, wanted: str | None) -> Sheet:
    """Open a file and choose the sheet to map; raises InputError, and UnknownName for a sheet that is not there."""
    from pipelines.errors import InputError, UnknownName, suggest
    from pipelines.intake import read_once
    from pipelines.readers import open_export

    if not file.exists():
        raise InputError("There is no file or folder {path}. Check the name.", path=file)
    sheets = open_export(read_once(file), file.name)
    if wanted is None:
        return max(sheets, key=lambda one: len(one.preview))
    found = next((one for one in sheets if one.name == wanted), None)
    if found is None:
        hint = suggest(wanted, [one.name for one in sheets])
        raise UnknownName('There is no sheet "{sheet}". {hint}', sheet=wanted, hint=hint)
    return found
