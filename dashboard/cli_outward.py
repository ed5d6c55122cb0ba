"""The commands that write files for other systems: conversions and expenses, and a calendar."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.console import FILTER_HELP, FILTER_KEYS, FILTERS, HOME, LANG, N_, home_of, options, spoken

if TYPE_CHECKING:
    from pipelines.settings import Home


CHOICE = options(
    *(
        click.option(f"--{key.replace('_', '-')}", f"{key}s", metavar="NAME", multiple=True, help=told)
        for key, told in zip(FILTER_KEYS, FILTER_HELP, strict=True)
    ),
    click.option("--from", "start", metavar="DATE", help=N_("First day, like 2026-01-31.")),
    click.option("--until", "end", metavar="DATE", help=N_("First day left out.")),
)
"""The filter of a command whose --to names a system."""


@click.command(help=N_("Write won deals and ad spend as files for Google Analytics 4 or Yandex.Metrica."))
@click.option("--to", "system", type=click.Choice(["ga4", "metrica"]), required=True, help=N_("For which system."))
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help=N_("Folder for the files (default: here)."),
)
@options(CHOICE, HOME, LANG)
def conversions(system: str, out: Path, home: str | None, **chosen: Any) -> int:
    from dashboard.exports import asked
    from dashboard.exports import conversions as passing
    from dashboard.filters import Notice
    from pipelines.visitor_ids import visitor_ids

    here, locale = home_of(home), spoken()
    facts, filter = asked.opened(here, chosen)
    ids = visitor_ids(here, facts.files, facts.deals["deal_id"].to_list())
    passed = {"ga4": passing.ga4, "metrica": passing.metrica}[system](facts, filter, ids, datetime.now(UTC))
    for name, text in passed.files.items():
        write(here, out / name, text, rows=passed.rows[name], filter=filter.to_query(), snapshot=facts.snapshot)
        click.echo(locale.text("{path}: {count} rows.", path=out / name, count=passed.rows[name]))
    for notice in passed.notices:
        values = {key: locale.text(one) if isinstance(one, str) else one for key, one in notice.values.items()}
        click.echo(Notice(notice.template, values).said(locale))
    return 0


@click.command(help=N_("Write the promises ahead and the purchases expected as a calendar (.ics)."))
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=Path("voronka.ics"),
    show_default=True,
    help=N_("File to write."),
)
@options(FILTERS, HOME, LANG)
def calendar(out: Path, home: str | None, **chosen: Any) -> int:
    from dashboard.exports import asked
    from dashboard.exports.calendar import calendar as written

    here, locale = home_of(home), spoken()
    facts, filter = asked.opened(here, chosen)
    text, promises, purchases = written(facts, filter, locale)
    write(here, out, text, rows=promises + purchases, filter=filter.to_query(), snapshot=facts.snapshot)
    click.echo(
        locale.text(
            "{path}: promises ahead {promises}, purchases expected {purchases}.",
            path=out,
            promises=promises,
            purchases=purchases,
        )
    )
    return 0


def write(home: Home, path: Path, text: str, **about: object) -> None:
    """Write a file that goes out, and a line of the log. Raises InputError when it cannot be written."""
    from pipelines.audit import record
    from pipelines.errors import InputError

    content = text.encode("utf-8")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as fault:
        raise InputError("{path} cannot be written: {fault}.", path=path, fault=fault.strerror) from None
    record(home, "export", file=str(path), sha256=hashlib.sha256(content).hexdigest(), **about)
