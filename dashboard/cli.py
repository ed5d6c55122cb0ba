"""The command line: every answer of the pages without a browser, by the same code; every error is one sentence and exit 2.

Nothing heavy is imported before a command needs it, so that help and mistakes answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard import cli_backup, cli_files, cli_map, cli_outward, cli_reports, cli_words
from dashboard.console import FILTERS, FORMAT, HOME, LANG, N_, home_of, options, progress, sentence, spoken

if TYPE_CHECKING:
    from pipelines.settings import Home

DEMO_HOME = Path("data/demo")


@click.group(
    help=N_("Sales analytics on your own machine: exports go in, a funnel opens in the browser."),
    context_settings={"max_content_width": 120},
)
@click.version_option(package_name="voronka", message="voronka %(version)s")
@LANG
def cli() -> None:
    pass


for command in (
    cli_files.load,
    cli_files.check,
    cli_files.doctor,
    cli_files.audit,
    cli_map.map_file,
    cli_reports.snapshot,
):
    cli.add_command(command)
for command in (
    cli_backup.backup,
    cli_backup.restore,
    cli_backup.schedule,
    cli_outward.conversions,
    cli_outward.calendar,
):
    cli.add_command(command)


@cli.command(help=N_("Ask for metrics, whole or by manager, product, channel, region, month …"))
@click.argument("metrics", nargs=-1, required=True, metavar="METRIC...")
@click.option("--by", metavar="DIMENSIONS", multiple=True, help=N_("One row per value: manager,product or month …"))
@options(FILTERS, FORMAT, HOME, LANG)
def ask(metrics: tuple[str, ...], by: tuple[str, ...], form: str, home: str | None, **chosen: Any) -> int:
    from dashboard.exports import answers, asked
    from dashboard.metrics import unknown
    from dashboard.metrics.measure import check_cuts, measure
    from dashboard.metrics.registry import metric

    wanted = [metric(name) for name in dict.fromkeys(asked.words(metrics))]
    cuts = check_cuts(asked.words(by))
    facts, filter = asked.opened(home_of(home), chosen)
    frame = unknown.without_nothing(facts, wanted, filter, cuts, measure(facts, wanted, filter, cuts))
    click.echo(answers.ask(facts, filter, wanted, cuts, frame, form, spoken()), nl=False)
    return 0


@cli.command(help=N_("Show the funnel: who reaches each stage, how they leave it, how long they stay."))
@options(FILTERS)
@click.option(
    "--basis", default="cohort", show_default=True, metavar="cohort|period|snapshot", help=N_("Which deals count.")
)
@click.option(
    "--skips",
    default="reached-or-later",
    show_default=True,
    metavar="reached-or-later|every-stage|any-touch",
    help=N_("Whether a skipped stage was passed."),
)
@click.option(
    "--horizon", default="none", show_default=True, metavar="DAYS|none", help=N_("Days each deal of a cohort is given.")
)
@click.option("--between", "pair", metavar='"A,B"', help=N_("Instead: days from entering stage A to entering stage B."))
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


@cli.command(help=N_("Run an analysis by its name; without a name, list the analyses."))
@click.argument("name", required=False, metavar="NAME")
@options(FILTERS, FORMAT, HOME, LANG)
def analyse(name: str | None, form: str, home: str | None, **chosen: Any) -> int:
    from dashboard.analyses import catalogue
    from dashboard.exports import analyses, asked

    if name is None:
        click.echo(analyses.listed(catalogue.CATALOGUE, spoken()), nl=False)
        return 0
    wanted = catalogue.analysis(name)
    facts, filter = asked.opened(home_of(home), chosen)
    click.echo(analyses.analysed(facts, filter, wanted, wanted.run(facts, filter), form, spoken()), nl=False)
    return 0


@cli.command(help=N_("Explain every metric and analysis."))
@options(FORMAT, LANG)
def glossary(form: str) -> int:
    from dashboard.exports import glossary

    click.echo(glossary.glossary(form, spoken()), nl=False)
    return 0


@cli.command(help=N_("Write and load an invented company, and open its pages."))
@click.option(
    "--home", metavar="DIR", default=str(DEMO_HOME), show_default=True, help=N_("Folder for the invented company.")
)
@click.option("--no-serve", is_flag=True, help=N_("Only write and load."))
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
@click.option(
    "--weekly",
    nargs=2,
    metavar="DAY HH:MM",
    help=N_("Also send the weekly report and make the backup then: mon 08:00 (else [schedule] of settings.toml)."),
)
@LANG
def serve(home: str | None, host: str, port: int, weekly: tuple[str, str] | None) -> int:
    start(home_of(home), host, port, weekly)
    return 0


def start(home: Home, host: str, port: int, weekly: tuple[str, str] | None = None) -> None:
    """Start the server; it prints its address when it answers."""
    from dashboard.asgi import serve
    from pipelines import weekly as moments

    serve(home, host, port, spoken(), moments.weekly(*weekly) if weekly else None)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code: 0 done, 1 an identity does not hold, 2 an error in one sentence."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        cli_words.speak(cli, given)
        code = cli.main(args=given or ["--help"], prog_name="voronka", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except BaseException as fault:  # a panic of Polars is no Exception
        if isinstance(fault, SystemExit) or os.environ.get("VORONKA_DEBUG") == "1":
            raise
        click.echo(sentence(fault), err=True)
        code = 2
    finally:
        cli_words.hush(cli)
    sys.exit(code if isinstance(code, int) else 0)
