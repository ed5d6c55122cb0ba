"""The command line: every answer of the pages without a browser, by the same code; every error is one sentence and exit 2.

Nothing heavy is imported before a command needs it, so that help and mistakes answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from dashboard.i18n import Locale
    from pipelines.report import LoadReport
    from pipelines.settings import Home

Command = TypeVar("Command", bound=Callable[..., Any])
FILTER_KEYS = ("manager", "team", "product", "channel", "region", "funnel")
DEMO_HOME = Path("data/demo")


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


HOME = click.option("--home", metavar="DIR", help="Folder of the company (default: VORONKA_HOME, else data).")
LANG = click.option(
    "--lang",
    type=click.Choice(["ru", "en"]),
    expose_value=False,
    callback=chosen_language,
    is_eager=True,
    help="Language of the answer (default: VORONKA_LANG, LC_ALL, LANG).",
)
FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
FILTERS = options(
    *(
        click.option(
            f"--{key}", f"{key}s", metavar="NAME", multiple=True, help=f'Only this {key}; repeats; "" is not given.'
        )
        for key in FILTER_KEYS
    ),
    click.option("--from", "start", metavar="DATE", help="First day, like 2026-01-31."),
    click.option("--to", "end", metavar="DATE", help="First day left out: --to 2026-02-01 ends with 31 January."),
)


@click.group(
    help="Sales analytics on your own machine: exports go in, a funnel opens in the browser.",
    context_settings={"max_content_width": 120},
)
@click.version_option(package_name="voronka", message="voronka %(version)s")
@LANG
def cli() -> None:
    pass


@cli.command(help=N_("Load exports (files or folders) and publish a new snapshot."))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--as", "kind", metavar="KIND", help="What the files hold: deals, stages, calls, costs, clients, managers …"
)
@click.option("--map", "mapping", metavar="FILE", type=click.Path(path_type=Path), help="Mapping of your own (TOML).")
@options(HOME, LANG)
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
def load(paths: tuple[Path, ...], kind: str | None, mapping: Path | None, home: str | None, as_json: bool) -> int:
    try:
        report = run_load(paths, home_of(home), kind, mapping)
    except Exception as fault:
        if as_json:
            click.echo(reject_line(fault))
        raise
    from dashboard.exports import loads

    click.echo(loads.text(report, spoken()), nl=False)
    if as_json:
        click.echo(loads.json_line(report), nl=False)
    return 2 if report.outcome == "reject" else 0


@cli.command(help=N_("Ask for metrics, whole or by manager, product, channel, region, month …"))
@click.argument("metrics", nargs=-1, required=True, metavar="METRIC...")
@click.option("--by", metavar="DIMENSIONS", multiple=True, help="One row per value: manager,product or month …")
@options(FILTERS, FORMAT, HOME, LANG)
def ask(metrics: tuple[str, ...], by: tuple[str, ...], form: str, home: str | None, **chosen: Any) -> int:
    from dashboard.exports import answers, asked
    from dashboard.metrics.measure import check_cuts, measure
    from dashboard.metrics.registry import metric

    wanted = [metric(name) for name in dict.fromkeys(asked.words(metrics))]
    cuts = check_cuts(asked.words(by))
    facts, filter = asked.opened(home_of(home), chosen)
    frame = measure(facts, wanted, filter, cuts)
    click.echo(answers.ask(facts, filter, wanted, cuts, frame, form, spoken()), nl=False)
    return 0


@cli.command(help=N_("Show the funnel: who reaches each stage, how they leave it, how long they stay."))
@options(FILTERS)
@click.option(
    "--basis", default="cohort", show_default=True, metavar="cohort|period|snapshot", help="Which deals count."
)
@click.option(
    "--skips",
    default="reached-or-later",
    show_default=True,
    metavar="reached-or-later|every-stage|any-touch",
    help="Whether a skipped stage was passed.",
)
@click.option(
    "--horizon", default="none", show_default=True, metavar="DAYS|none", help="Days each deal of a cohort is given."
)
@click.option("--between", "pair", metavar='"A,B"', help="Instead: days from entering stage A to entering stage B.")
@options(FORMAT, HOME, LANG)
def funnel(basis: Any, skips: Any, horizon: str, pair: str | None, form: str, home: str | None, **chosen: Any) -> int:
    from dashboard.analyses import funnel as funnels
    from dashboard.exports import answers, asked

    days = asked.horizon(horizon)
    funnels.check_word("basis", basis, funnels.BASES)
    funnels.check_word("skip rule", skips, funnels.SKIPS)
    facts, filter = asked.opened(home_of(home), chosen)
    if pair is not None:
        stages = asked.stage_pair(pair, facts.stages.get_column("stage_name").unique().to_list())
        found = funnels.between(facts, filter, *stages)
        click.echo(answers.between(facts, filter, stages, found, form, spoken()), nl=False)
        return 0
    answer = funnels.funnel(facts, filter, basis=basis, skips=skips, horizon=days)
    click.echo(answers.funnel(facts, filter, answer, form, spoken()), nl=False)
    return 0


@cli.command(help=N_("Check that what went in equals what came out, and name what found no partner."))
@options(HOME, LANG)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def check(home: str | None, as_json: bool) -> int:
    from dashboard import access
    from dashboard.exports import answers

    facts = access.open_facts(home_of(home))
    click.echo(answers.check(facts, as_json, spoken()), nl=False)
    return 1 if answers.identities_fail(facts) else 0


@cli.command(help=N_("Explain every metric."))
@options(FORMAT, LANG)
def glossary(form: str) -> int:
    from dashboard.exports import answers

    click.echo(answers.glossary(form, spoken()), nl=False)
    return 0


@cli.command(help=N_("Write and load an invented company, and open its pages."))
@click.option(
    "--home", metavar="DIR", default=str(DEMO_HOME), show_default=True, help="Folder for the invented company."
)
@click.option("--no-serve", is_flag=True, help="Only write and load.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535))
@LANG
def demo(home: str, no_serve: bool, host: str, port: int) -> int:
    from dashboard.exports import loads

    place = home_of(home)
    report = loads.prepare_demo(place, progress())
    if report is not None:
        click.echo(loads.text(report, spoken()))
        if report.outcome == "reject":
            return 2
    if not no_serve:
        start(place, host, port)
    return 0


@cli.command(help=N_("Serve the pages until stopped."))
@options(HOME)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535))
@LANG
def serve(home: str | None, host: str, port: int) -> int:
    start(home_of(home), host, port)
    return 0


def start(home: Home, host: str, port: int) -> None:
    """Start the server; it prints its address when it answers."""
    from dashboard.asgi import serve

    serve(home, host, port, spoken())


def run_load(paths: Sequence[Path], home: Home, kind: str | None, mapping: Path | None) -> LoadReport:
    """Load, with a bar on a terminal."""
    from pipelines.load import load

    return load(paths, home, kind=kind, mapping=mapping, progress=progress())


def progress() -> Any:
    """Return a progress bar if somebody is watching, else None."""
    if not sys.stderr.isatty():
        return None
    from dashboard.exports.progress import Bar

    return Bar()


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
        text = fault.format_message()
    elif isinstance(fault, VoronkaError):
        text = spoken().text(fault.template, **fault.values)
    else:
        text = spoken().text(
            "A defect of ours: {fault}. Nothing was changed; run with VORONKA_DEBUG=1 to see where.",
            fault=f"{type(fault).__name__}: {fault}".splitlines()[0],
        )
    return " ".join(text.split())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code: 0 done, 1 an identity does not hold, 2 an error in one sentence."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = cli.main(args=given or ["--help"], prog_name="voronka", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except Exception as fault:
        if os.environ.get("VORONKA_DEBUG") == "1":
            raise
        click.echo(sentence(fault), err=True)
        code = 2
    sys.exit(code if isinstance(code, int) else 0)
