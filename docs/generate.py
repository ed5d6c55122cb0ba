"""Writes the parts of the README files that stand in the code: the metric table and the command list.

Each part lies between ``<!-- name: begin -->`` and ``<!-- name: end -->``; all else in the file is left as it is.
``--check`` writes nothing and fails when a part is not what the code says.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import click  # noqa: E402

from dashboard import cli  # noqa: E402
from dashboard.i18n import Locale  # noqa: E402
from dashboard.metrics.registry import METRICS  # noqa: E402

README = {ROOT / "README.md": Locale("en"), ROOT / "README.ru.md": Locale("ru")}
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


PARTS: dict[str, Callable[[Locale], str]] = {"metrics": metrics, "commands": commands}


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
