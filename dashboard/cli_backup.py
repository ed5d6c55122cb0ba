"""The commands of safe keeping: one file that brings a company back, the way back, and the lines that do it every week."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from dashboard.console import HOME, LANG, N_, home_of, options, spoken

PASSPHRASE = "VORONKA_PASSPHRASE"  # noqa: S105 - the name of the variable
PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    "secret",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=N_("File whose first line is the passphrase (default: VORONKA_PASSPHRASE, else asked)."),
)


@click.command(help=N_("Write a backup: one encrypted file with the data, settings, mappings and the log."))
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help=N_("Folder for backups (default: backups of the home)."),
)
@options(PASSPHRASE_FILE)
@click.option("--plain", is_flag=True, help=N_("Do not encrypt: whoever has the file reads everything."))
@options(HOME, LANG)
def backup(out: Path | None, secret: Path | None, plain: bool, home: str | None) -> int:
    from pipelines.backup import back_up

    here, locale = home_of(home), spoken()
    if plain and secret is not None:
        raise click.UsageError(N_("--plain writes without a passphrase. Leave out one of the two."))
    made = back_up(here, out, None if plain else passphrase(secret, is_new=True))
    click.echo(
        locale.text(
            "Backup of {snapshot}: {path}, {size} MB.",
            snapshot=made.snapshot,
            path=made.path,
            size=locale.number(made.size / 1e6, 1),
        )
    )
    if plain:
        click.echo(locale.text("It is not encrypted: whoever has the file reads everything."))
    if out is None:
        click.echo(locale.text("It lies on the same disk as the data. Keep a copy elsewhere: --out DIR."))
    for path in made.retired:
        click.echo(locale.text("An older backup was deleted: {name}.", name=path.name))
    return 0


@click.command(help=N_("Bring a backup back into a new folder; nothing that is there is overwritten."))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@options(PASSPHRASE_FILE)
@click.option("--plain", is_flag=True, help=N_("The backup is not encrypted, and that is expected."))
@options(HOME, LANG)
def restore(file: Path, secret: Path | None, plain: bool, home: str | None) -> int:
    from pipelines import backup as backups
    from pipelines.errors import InputError

    is_secret, locale = backups.needs_passphrase(file), spoken()
    if not is_secret and not plain:
        # Else somebody could put a file of his own in the place of an encrypted one, and it would be taken.
        raise InputError("{path} is not encrypted, so anybody can have made it. If that is right: --plain.", path=file)
    done = backups.restore(file, home_of(home), passphrase(secret, is_new=False) if is_secret else None)
    click.echo(
        locale.text(
            "Restored into {home}: {snapshot}, as backed up on {day}.",
            home=done.home.path,
            snapshot=done.snapshot,
            day=locale.date(done.made_at.date()),
        )
    )
    return 0


def passphrase(file: Path | None, *, is_new: bool) -> str:
    """Take the passphrase from a file, the environment, or whoever sits there. Raises InputError when there is none."""
    from pipelines.errors import InputError

    if file is not None:
        try:
            return file.read_text(encoding="utf-8-sig").split("\n", 1)[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as fault:
            told = getattr(fault, "strerror", None) or fault
            raise InputError("{path} cannot be read: {fault}.", path=file, fault=told) from None
    given = os.environ.get(PASSPHRASE)
    if given:
        return given
    if not sys.stdin.isatty():
        raise InputError("No passphrase was given. Set VORONKA_PASSPHRASE or name a --passphrase-file.")
    return click.prompt(spoken().text("Passphrase"), hide_input=True, confirmation_prompt=is_new)


@click.command(
    help=N_("Print the lines that make the weekly report and the backup by themselves, for cron and systemd.")
)
@click.option(
    "--weekly", nargs=2, metavar="DAY HH:MM", default=("mon", "08:00"), show_default=True, help=N_("When: mon 08:00.")
)
@options(HOME, LANG)
def schedule(weekly: tuple[str, str], home: str | None) -> int:
    from dashboard.exports import schedules

    click.echo(schedules.lines(home_of(home), *weekly, spoken()), nl=False)
    return 0
