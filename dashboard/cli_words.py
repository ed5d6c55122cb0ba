"""The command line in the reader's language: the help of our commands and options, and click's own sentences.

click takes its words from gettext, which wants catalogues on disk; here its modules ask our catalogue instead. English is
left as it is, and costs no import.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

import click

from dashboard.console import N_, spoken
from dashboard.languages import LANGUAGES

MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")
CLICKS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("default: {default}"),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Did you mean {possibility}?"),
    N_("(Did you mean one of: {possibilities}?)"),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Got unexpected extra argument ({args})"),
    N_("Got unexpected extra arguments ({args})"),
    N_("Option {name!r} requires an argument."),
    N_("Option {name!r} does not take a value."),
    N_("{value!r} is not {choice}."),
    N_("{value!r} is not one of {choices}."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("Choose from:\n\t{choices}"),
)
"""What click says of its own accord and a user of ours can meet."""
ENGLISH: dict[int, str] = {}
"""The help as it stands in the code, by the command or option that carries it."""


def speak(root: click.Group, arguments: Sequence[str]) -> None:
    """Let the commands under ``root``, their options and click's messages speak the language that is asked for."""
    language = language_of(arguments)
    if language in LANGUAGES:
        os.environ["VORONKA_LANG"] = language
    if language is None or language.casefold().startswith(("en", "c.", "posix")) or language == "C":
        return
    for name in MODULES:
        module = sys.modules.get(f"click.{name}")
        for word in ("_", "ngettext"):
            if module is not None and hasattr(module, word):
                setattr(module, word, said if word == "_" else said_of)
    worded(root, True)


def hush(root: click.Group) -> None:
    """Put the help back into English, as the code and the documents made of it have it."""
    if ENGLISH:
        worded(root, False)


def language_of(arguments: Sequence[str]) -> str | None:
    """Find the language before click does: help and mistakes are printed while it still reads the arguments."""
    for at, word in enumerate(arguments):
        if word.startswith("--lang="):
            return word.partition("=")[2]
        if word == "--lang" and at + 1 < len(arguments):
            return arguments[at + 1]
    return next((os.environ[name] for name in ("VORONKA_LANG", "LC_ALL", "LANG") if os.environ.get(name)), None)


def said(text: str) -> str:
    """Translate one of click's texts."""
    return spoken().text(text)


def said_of(one: str, many: str, count: int) -> str:
    """Translate one of click's texts that depend on a number."""
    return spoken().text(one if count == 1 else many)


def worded(root: click.Group, translated: bool) -> None:
    """Put the help of every command and option into the reader's language, or back into English."""
    for one in speakers(root):
        if one.help:
            english = ENGLISH.setdefault(id(one), one.help)
            one.help = spoken().text(english) if translated else english


def speakers(root: click.Group) -> Iterator[click.Command | click.Option]:
    """List the commands and their options."""
    for command in (root, *root.commands.values()):
        yield command
        yield from (one for one in command.params if isinstance(one, click.Option))
