"""Writes the parts of the README files that the code knows: real output, the metric table and the command list.

Each part lies between ``<!-- name: begin -->`` and ``<!-- name: end -->``; all else in the file is left as it is.
``--check`` writes nothing and fails when a part is not what the code says. The output is that of the invented company,
loaded for the purpose into a temporary home, which takes some seconds.
"""

from __future__ import annotations

import atexit
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import click  # noqa: E402
from click.testing import CliRunner  # noqa: E402

from dashboard import cli  # noqa: E402
from dashboard.exports import loads  # noqa: E402
from dashboard.i18n import Locale  # noqa: E402
from dashboard.metrics.registry import METRICS  # noqa: E402
from pipelines.report import LoadReport  # noqa: E402
from pipelines.settings import Home, find_home  # noqa: E402

README = {ROOT / "README.md": Locale("en"), ROOT / "README.ru.md": Locale("ru")}
HOST = "127.0.0.1"
OPENED = "Voronka answers at http://{host}:{port}/ (Ctrl+C stops it)"
ASKED = "voronka ask won win_rate average_check --by channel --from 2026-01-01 --to 2026-07-01"
HEADINGS = {
    "en": {
        "name": "Name",
        "metric": "Metric",
        "meaning": "What it counts",
        "command": "Command",
        "does": "What it does",
    },
    "ru": {"name": "Имя", "metric": "Показатель", "meaning": "Что считает", "command": "Команда", "does": "Что делает"},
}


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Lay out a Markdown table."""
    lines = [list(heads)]
    lines += [["---"] * len(lines[0]), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def metrics(locale: Locale) -> str:
    """Tell every metric: its stable name, its label and its meaning."""
    heads = HEADINGS[locale.code]
    rows = ([f"`{each.name}`", locale.text(each.label), locale.text(each.help)] for each in METRICS.values())
    return table((heads["name"], heads["metric"], heads["meaning"]), rows)


def commands(locale: Locale) -> str:
    """Tell every command: how it is called, options aside, and the first paragraph of its help."""
    heads = HEADINGS[locale.code]
    group = next(each for each in vars(cli).values() if isinstance(each, click.Group))
    context = click.Context(group, info_name="voronka")
    rows = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        pieces = (piece for piece in command.collect_usage_pieces(click.Context(command)) if piece != "[OPTIONS]")
        usage = " ".join(["voronka", name, *pieces])
        first = re.split(r"\n\s*\n", (command.help or "").strip())[0]
        rows.append([f"`{usage}`", " ".join(locale.text(first).split())])
    return table((heads["command"], heads["does"]), rows)


@cache
def company() -> tuple[Home, LoadReport]:
    """Write and load the invented company, as `voronka demo` does."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    home = find_home(folder / "demo")
    report = loads.prepare_demo(home, None)
    if report is None:
        raise RuntimeError(f"{home.path} was not empty")
    return home, report


def demo(locale: Locale) -> str:
    """Show what `make demo` prints."""
    return console(("make demo", f"{loads.text(company()[1], locale)}\n{locale.text(OPENED, host=HOST, port=8501)}"))


def ask(locale: Locale) -> str:
    """Show a load of one's own and a question with its real answer."""
    arguments = [*ASKED.split()[1:], "--home", str(company()[0].path)]
    answer = CliRunner().invoke(cli.cli, arguments, env={"VORONKA_LANG": locale.code}, standalone_mode=False)
    return console(("voronka load exports/", ""), (ASKED, answer.output), ("voronka serve", ""))


def console(*answered: tuple[str, str]) -> str:
    """Set commands, each with what it prints, as a session at the terminal."""
    told = (
        "\n".join([f"$ {command}", *(line.rstrip() for line in text.strip().splitlines())])
        for command, text in answered
    )
    return "```console\n" + "\n\n".join(told) + "\n```"


PARTS: dict[str, Callable[[Locale], str]] = {"demo": demo, "ask": ask, "metrics": metrics, "commands": commands}


def renew(text: str, locale: Locale) -> str:
    """Return the text with every generated part written again. Raises ValueError where a marker is missing."""
    for name, write in PARTS.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"one {begin} and one {end} are needed")
        before, rest = text.split(begin)
        text = f"{before}{begin}\n{write(locale)}\n{end}{rest.split(end)[1]}"
    return text


def main(arguments: list[str]) -> int:
    """Write the parts, or with ``--check`` name the files where they are stale; returns the exit code."""
    stale = 0
    for path, locale in README.items():
        old = path.read_text(encoding="utf-8")
        new = renew(old, locale)
        if new != old and "--check" in arguments:
            print(f"{path.name} is not what the code says. Run: make docs")
            stale = 1
        elif new != old:
            path.write_text(new, encoding="utf-8")
            print(f"{path.name} written")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
