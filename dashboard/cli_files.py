"""The commands about files: loading them, checking what became of them, mending a home."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.console import HOME, LANG, N_, home_of, noticed, options, progress, reject_line, sentence, spoken

if TYPE_CHECKING:
    from dashboard.access import Facts
    from pipelines.report import LoadReport
    from pipelines.settings import Home


@click.command(help=N_("Load exports (files or folders) and publish a new snapshot."))
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--as", "kind", metavar="KIND", help=N_("What the files hold: deals, stages, calls, costs, clients, managers …")
)
@click.option(
    "--map", "mapping", metavar="FILE", type=click.Path(path_type=Path), help=N_("Mapping of your own (TOML).")
)
@options(HOME, LANG)
@click.option(
    "--watch", is_flag=True, help=N_("Go on: load whatever is dropped into the folder (default: inbox of the home).")
)
@click.option("--dry-run", "only_try", is_flag=True, help=N_("Say what a load would do, and store nothing."))
@click.option("--json", "as_json", is_flag=True, help=N_("End with one line of JSON."))
def load(
    paths: tuple[Path, ...],
    kind: str | None,
    mapping: Path | None,
    home: str | None,
    watch: bool,
    only_try: bool,
    as_json: bool,
) -> int:
    if watch:
        return watch_folder(paths, home_of(home), kind, mapping, as_json)
    if not paths:
        raise click.UsageError(N_("Name a file or a folder to load."))
    begin = try_load if only_try else run_load
    stopped: list[int] = []
    try:
        with noticed(signal.SIGINT) as stopped:
            report = begin(paths, home_of(home), kind, mapping)
    except (
        BaseException
    ) as fault:  # an interrupt that lands within Polars comes out as its own panic, which is no Exception
        if stopped or isinstance(fault, KeyboardInterrupt):
            click.echo(
                spoken().text("Stopped. The load is in or it is not, never half: load again to be sure."), err=True
            )
            raise KeyboardInterrupt from None
        if as_json and isinstance(fault, Exception):
            click.echo(reject_line(fault))
        raise
    from dashboard.exports import loads

    click.echo(loads.text(report, spoken()), nl=False)
    if as_json:
        click.echo(loads.json_line(report), nl=False)
    return 2 if report.outcome == "reject" else 0


@click.command(help=N_("Check that what went in equals what came out, and name what found no partner."))
@options(HOME, LANG)
@click.option("--json", "as_json", is_flag=True, help=N_("Answer in JSON."))
@click.option(
    "--quarantine",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help=N_("Write the rows that were put aside into a file: .csv or .xlsx."),
)
def check(home: str | None, as_json: bool, quarantine: Path | None) -> int:
    from dashboard import access
    from dashboard.exports import reconciliation

    facts = access.open_facts(home_of(home))
    if quarantine is not None:
        write_put_aside(facts, quarantine)
    click.echo(reconciliation.check(facts, as_json, spoken()), nl=False)
    return 1 if reconciliation.identities_fail(facts) else 0


@click.command(help=N_("Look for what is wrong with a home, and mend what can be mended."))
@options(HOME, LANG)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def doctor(home: str | None, as_json: bool) -> int:
    from pipelines.doctor import examine

    words = {"right": "✓", "mended": "+", "wrong": "✗"}
    findings = list(examine(home_of(home)))
    said = [(finding.state, spoken().text(finding.template, **finding.values)) for finding in findings]
    if as_json:
        found = [{"state": state, "message": message} for state, message in said]
        click.echo(json.dumps({"findings": found}, ensure_ascii=False))
    for state, message in () if as_json else said:
        click.echo(f"{words[state]} {message}")
    return 1 if any(finding.state == "wrong" for finding in findings) else 0


@click.command(help=N_("Show who took what out of Voronka and when, and whether the log is whole."))
@click.argument("what", type=click.Choice(["list", "verify"]), default="verify")
@options(HOME, LANG)
def audit(what: str, home: str | None) -> int:
    from pipelines.audit import lines, verify

    here, locale = home_of(home), spoken()
    if what == "list":
        for one in lines(here):
            rest = {key: value for key, value in one.items() if key not in ("at", "event", "before")}
            click.echo(f"{one.get('at')} {one.get('event')} {json.dumps(rest, ensure_ascii=False)}")
        return 0
    count, broken = verify(here)
    if broken is None:
        click.echo(locale.text("The log is whole: {count} lines, each bound to the one before.", count=count))
        return 0
    click.echo(
        locale.text(
            "The log is broken at {place}: a line was changed, removed or put in. The {count} lines before hold.",
            place=broken,
            count=count,
        )
    )
    return 1


def run_load(paths: Sequence[Path], home: Home, kind: str | None, mapping: Path | None) -> LoadReport:
    """Load, with a bar on a terminal, which is taken away however the load ends."""
    from dashboard import loading

    bar = progress()
    try:
        return loading.run(paths, home, kind=kind, mapping=mapping, progress=bar)
    finally:
        if bar is not None:
            bar.done()


def try_load(paths: Sequence[Path], home: Home, kind: str | None, mapping: Path | None) -> LoadReport:
    """Count what a load would do, against what is loaded already."""
    from dashboard import access, loading
    from pipelines.snapshots import current_snapshot

    known = None if current_snapshot(home) is None else access.open_facts(home).files
    return loading.try_all(paths, home, kind=kind, mapping=mapping, known=known)


def write_put_aside(facts: Facts, path: Path) -> None:
    """Write the rows that are in no number; the ending says how. Raises UsageError and InputError."""
    from dashboard.exports import accounting
    from pipelines.errors import InputError

    writers = {".csv": accounting.put_aside_csv, ".xlsx": accounting.put_aside_workbook}
    if path.suffix.lower() not in writers:
        raise click.UsageError("Rows are written as .csv or .xlsx.")
    content = writers[path.suffix.lower()](accounting.put_aside(facts, spoken()), spoken())
    try:
        path.write_bytes(content)
    except OSError as fault:
        raise InputError("{path} cannot be written: {fault}.", path=path, fault=fault.strerror) from None


def watch_folder(paths: Sequence[Path], home: Home, kind: str | None, mapping: Path | None, as_json: bool) -> int:
    """Load what is dropped into a folder until Ctrl+C or SIGTERM, which is the usual end and no failure."""
    from dashboard.exports import loads
    from pipelines.watch import watch

    folder = watched_folder(paths, home)

    def load_ready(ready: list[Path]) -> None:
        report = run_load(ready, home, kind, mapping)
        click.echo(loads.json_line(report) if as_json else loads.text(report, spoken()), nl=False)
        sys.stdout.flush()

    stopped: list[int] = []

    def tell(fault: BaseException) -> None:
        if not stopped:
            click.echo(sentence(fault), err=True)

    try:
        with noticed(signal.SIGINT, signal.SIGTERM) as stopped:
            click.echo(spoken().text("Watching {folder}; Ctrl+C stops it.", folder=folder), err=as_json)
            sys.stdout.flush()
            watch(folder, load_ready, tell, keep_on=lambda: not stopped)
    except BaseException as fault:
        if not stopped and not isinstance(fault, KeyboardInterrupt):
            raise
    click.echo(spoken().text("No longer watching {folder}. What was loaded is in.", folder=folder), err=as_json)
    return 0


def watched_folder(paths: Sequence[Path], home: Home) -> Path:
    """Choose the one folder to watch; the home's own inbox is made. Raises InputError for anything else."""
    from pipelines.errors import InputError

    if not paths:
        home.inbox.mkdir(parents=True, exist_ok=True)
        return home.inbox
    if len(paths) > 1 or not paths[0].is_dir():
        raise InputError("--watch takes one folder, and {path} is not that. Name a folder.", path=paths[-1])
    return paths[0]
