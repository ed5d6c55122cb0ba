"""``voronka map``: any table with headings of somebody's own becomes a mapping, with only the open questions asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.console import HOME, LANG, N_, home_of, options, spoken

if TYPE_CHECKING:
    from dashboard.i18n import Locale
    from pipelines.propose_model import Question
    from pipelines.readers import Sheet


@click.command("map", help=N_("Propose a mapping for a file of any other system, ask what is open, and save it."))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "kind", metavar="KIND", help="What the file holds: deals, stages, calls, costs, clients …")
@click.option("--sheet", metavar="NAME", help="Which sheet of a workbook (default: the longest).")
@click.option("--name", metavar="NAME", help="Name of the mapping (default: that of the file).")
@click.option("--answer", "answers", metavar="KEY=VALUE", multiple=True, help="Answer a question beforehand; repeats.")
@click.option("--yes", is_flag=True, help="Take every proposed answer.")
@click.option("--dry-run", "only_try", is_flag=True, help="Save nothing.")
@options(HOME, LANG)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON; asks nothing.")
def map_file(
    file: Path,
    kind: str | None,
    sheet: str | None,
    name: str | None,
    answers: tuple[str, ...],
    yes: bool,
    only_try: bool,
    home: str | None,
    as_json: bool,
) -> int:
    from dashboard import loading
    from dashboard.exports import mapping
    from pipelines.propose import answered, dry_run, profile_of, propose, questions
    from pipelines.propose_toml import slug
    from pipelines.settings import read_settings

    place, locale = home_of(home), spoken()
    table = chosen_sheet(file, sheet)
    proposal = answered(propose(table, kind=kind), dict(read_answer(one) for one in answers))
    asked = questions(proposal)
    if not as_json:
        click.echo(mapping.text(proposal, locale))
    while open_questions := questions(proposal):
        if yes or as_json:
            proposal = answered(proposal, {one.key: one.proposed for one in open_questions})
        elif sys.stdin.isatty():
            proposal = answered(proposal, {open_questions[0].key: ask_person(open_questions[0], locale)})
        else:
            for one in open_questions:
                click.echo(mapping.question(one, locale))
            raise click.UsageError("Answer with --answer KEY=VALUE, or take what is proposed with --yes.")
    profile = profile_of(proposal, slug(name or file.stem))
    run = dry_run(table, profile, file_name=file.name, zone=read_settings(place).zone)
    target = place.mappings / f"{profile.name}.toml"
    if not only_try:
        loading.save_mapping(place, proposal, profile.name, locale)
    if as_json:
        saved = None if only_try else str(target)
        click.echo(json.dumps(mapping.to_json(proposal, asked, run, saved), ensure_ascii=False))
        return 0
    click.echo(mapping.trial(run, locale))
    if not only_try:
        click.echo(locale.text(N_("Saved as {path}. Now load it: voronka load {file}"), path=target, file=file))
    return 0


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


def read_answer(text: str) -> tuple[str, Any]:
    """Read ``KEY=VALUE``; a value that is JSON is taken as such (words and their meanings)."""
    key, sign, value = text.partition("=")
    if not sign:
        raise click.UsageError(f'"{text}" is not KEY=VALUE.')
    return key, json.loads(value) if value.startswith("{") else value


def ask_person(asked: Question, locale: Locale) -> Any:
    """Ask one question on the terminal, each word of it when it is about words; Enter takes what is proposed."""
    from dashboard.exports import mapping

    click.echo(mapping.question(asked, locale))
    choices = click.Choice([option.value for option in asked.options]) if asked.options else None
    if asked.items:
        return {one.word: click.prompt(f"  {one.word}", default=one.proposed, type=choices) for one in asked.items}
    return click.prompt("", default=asked.proposed, type=choices, prompt_suffix="> ")
