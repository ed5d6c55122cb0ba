"""What the commands share: options, the home, the language, the bar, and errors as one sentence.

Nothing heavy is imported before a command needs it, so that help and mistakes answer at once.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dashboard.languages import LANGUAGES

if TYPE_CHECKING:
    from dashboard.i18n import Locale
    from pipelines.settings import Home

Command = TypeVar("Command", bound=Callable[..., Any])
FILTER_KEYS = ("manager", "team", "product", "channel", "region", "funnel", "client_type")


def N_(text: str) -> str:
    """Mark a text for translation; dashboard.i18n has the same, but costs too much to import for ``--help``."""
    return text


def options(*wanted: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Put several options on a command, in the order they are named."""

    def put(command: Command) -> Command:
        for option in reversed(wanted):
            command = option(command)
        return command

    return put


def chosen_language(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """Remember the language for whatever is printed from now on, errors included."""
    if value is not None:
        os.environ["VORONKA_LANG"] = value


HOME = click.option("--home", metavar="DIR", help=N_("Folder of the company (default: VORONKA_HOME, else data)."))
LANG = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    callback=chosen_language,
    is_eager=True,
    help=N_("Language of the answer (default: VORONKA_LANG, LC_ALL, LANG)."),
)
FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
FILTER_HELP = (
    N_('Only this manager; repeats; "" is not given.'),
    N_('Only this team; repeats; "" is not given.'),
    N_('Only this product; repeats; "" is not given.'),
    N_('Only this channel; repeats; "" is not given.'),
    N_('Only this region; repeats; "" is not given.'),
    N_('Only this funnel; repeats; "" is not given.'),
    N_('Only deals of a "new" or a "repeat" client; repeats; "" is not given.'),
)
FILTERS = options(
    *(
        click.option(f"--{key.replace('_', '-')}", f"{key}s", metavar="NAME", multiple=True, help=told)
        for key, told in zip(FILTER_KEYS, FILTER_HELP, strict=True)
    ),
    click.option("--from", "start", metavar="DATE", help=N_("First day, like 2026-01-31.")),
    click.option("--to", "end", metavar="DATE", help=N_("First day left out: --to 2026-02-01 ends with 31 January.")),
)


def progress() -> Any:
    """Return a progress bar if somebody is watching, else None."""
    if not sys.stderr.isatty():
        return None
    from dashboard.exports.progress import Bar

    return Bar()


@contextmanager
def noticed(*signals: int) -> Generator[list[int]]:
    """Let signals interrupt, and note them: DuckDB and Polars make an error of their own of an interrupt that lands within them."""
    told: list[int] = []

    def stop(number: int, frame: object) -> None:
        told.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield told
        return
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def home_of(option: str | None) -> Home:
    """Choose the home."""
    from pipelines.settings import find_home

    return find_home(option)


def spoken() -> Locale:
    """Choose the language: --lang, else the environment's."""
    from dashboard.i18n import pick_locale

    names = ("VORONKA_LANG", "LC_ALL", "LANG")
    return pick_locale(next((os.environ[name] for name in names if os.environ.get(name)), None))


def reject_line(fault: Exception) -> str:
    """Write the JSON object of a load that stored nothing."""
    import json

    counts = dict.fromkeys(("rows_in", "accepted", "quarantined", "duplicates"), 0)
    answer = {"outcome": "reject", **counts, "message": sentence(fault), "files": [], "snapshot": None}
    return json.dumps(answer, ensure_ascii=False)


def sentence(fault: BaseException) -> str:
    """Write an error as one sentence in the reader's language, without line breaks."""
    from pipelines.errors import VoronkaError

    if isinstance(fault, click.ClickException):
        text = spoken().text(fault.format_message())
    elif isinstance(fault, VoronkaError):
        text = spoken().text(fault.template, **fault.values)
    else:
        text = spoken().text(
            "A defect of ours: {fault}. Nothing was changed; run with VORONKA_DEBUG=1 to see where.",
            fault=f"{type(fault).__name__}: {fault}".splitlines()[0],
        )
    return " ".join(text.split())
