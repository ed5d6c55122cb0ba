"""The report as one HTML file: works without a network, draws its own pictures, and can ask nobody for anything.

Every value is escaped by the template; only our own drawings, styles and scripts are put in as they are. The policy in its
head lets run exactly the two scripts that are in the file, by their hashes, and forbids every request.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import plotly
import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.charts.theme import FAINT_INK, GRID, INK, config
from dashboard.exports.analyses import LEFT, cell
from dashboard.i18n import N_, Locale
from dashboard.our_charts import only_ours
from dashboard.reports.hiding import masked
from dashboard.reports.model import Report, Table
from dashboard.reports.svg import WIDTH, draw

TEMPLATES = Path(__file__).with_name("templates")
NARROW, WIDE = 420, 900
"""The width of a picture on paper that shares a line with another, and of one that has the line for itself."""

CARD = {"light": "#F6F7F9", "dark": "#1C2027"}
WORDS = (N_("Contents"), N_("About this file"))
"""Words of the template."""


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Return the templates; whatever stands in braces is escaped."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


@lru_cache(maxsize=1)
def library() -> str:
    """Return what of the installed drawing library draws our charts; an end of a script within it is written so that it ends none."""
    path = Path(plotly.__file__).with_name("package_data") / "plotly.min.js"
    return only_ours(path.read_text(encoding="utf-8")).replace("</script", "<\\/script").replace("\r", "")


def html(report: Report) -> bytes:
    """Write the report for a browser."""
    figures = {
        "figures": [chart.figure for section in report.sections for chart in section.charts],
        "config": config(report.locale),
        "looks": {
            look: {"ink": INK[look], "faint": FAINT_INK[look], "grid": GRID[look], "card": CARD[look]}
            for look in ("light", "dark")
        },
    }
    script = (TEMPLATES / "draw.js").read_text(encoding="utf-8")
    scripts = " ".join(f"'sha256-{digest(one)}'" for one in (library(), script))
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return rendered(
        report,
        "screen.css",
        rows_shown=3,
        policy=policy,
        plotly=library(),
        script=script,
        figures=inert(figures),
    ).encode()


def rendered(
    report: Report, style: str, *, rows_shown: int = 1, drawings: dict[str, str] | None = None, **more: object
) -> str:
    """Fill the template: drawings of every picture, tables with as many rows as fit ``rows_shown`` times.

    ``drawings`` takes the pictures by their names instead: on paper each is read as an image, so that the style sheet is not
    held against every stroke of it.
    """
    count = 0
    pictures: dict[str, list[list[dict[str, Any]]]] = {}
    for section in report.sections:
        shown: list[dict[str, Any]] = []
        for chart in section.charts:
            drawing = draw(chart, WIDTH if more else NARROW if len(section.charts) > 1 else WIDE)
            name = ""
            if drawings is not None:
                name = f"drawing:{count}"
                drawings[name] = drawing.replace("<svg ", f'<svg color="{INK["light"]}" ', 1)
            shown.append({"title": chart.title, "svg": drawing, "number": count, "name": name, "alt": chart.alt})
            count += 1
        heights = [float(chart.figure.get("layout", {}).get("height") or 320) for chart in section.charts]
        pictures[section.name] = [shown] if more or len(shown) == 1 else sides(shown, heights)
    css = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", style))
    locale = report.locale

    def beyond(table: Table) -> str:
        left = table.frame.height - table.most * rows_shown
        return locale.text(N_("{n} more rows are in the workbook."), n=locale.number(left)) if left > 0 else ""

    values = {
        "policy": "",
        "report": report,
        "style": css,
        "say": locale.text,
        "subtitle": locale.text(
            N_("Data up to {moment} · snapshot {snapshot} · made for {name}"),
            moment=locale.moment(report.as_of.astimezone(ZoneInfo(report.zone))),
            snapshot=report.snapshot,
            name=report.made_by,
        ),
        "day": report.as_of.isoformat(),
        "pictures": pictures,
        "heads": lambda table: [{"label": locale.text(one.label), "left": one.kind in LEFT} for one in table.columns],
        "rows": lambda table: written(report, table, table.most * rows_shown),
        "more": beyond,
        "widths": lambda table: widths(table, locale),
        **more,
    }
    return templates().get_template("report.html").render(values)


def sides(shown: list[dict[str, Any]], heights: list[float]) -> list[list[dict[str, Any]]]:
    """Put pictures in two columns of a page, each into the one that is shorter so far."""
    columns: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    filled = [0.0, 0.0]
    for one, height in zip(shown, heights, strict=True):
        side = 0 if filled[0] <= filled[1] else 1
        columns[side].append(one)
        filled[side] += height
    return [column for column in columns if column]


def widths(table: Table, locale: Locale) -> list[str]:
    """Divide the width of a page among columns by what they hold: whoever typesets need not measure every cell."""
    asked = []
    for column in table.columns:
        texts = table.frame[column.name].head(table.most).cast(pl.String, strict=False).str.len_chars()
        longest = float(str(texts.max() or 6)) if column.kind in LEFT else 10.0
        word = max(map(len, locale.text(column.label).split()), default=0) * 1.15
        asked.append(min(max(longest, word, 7.0 if column.kind in LEFT else 10.0), 60.0))
    return [f"{100 * one / sum(asked):.1f}" for one in asked]


def written(report: Report, table: Table, most: int) -> list[list[dict[str, object]]]:
    """Write the first rows of a table."""
    return [
        [
            {"text": masked(cell(row[one.name], one, report.facts, report.locale)) if one.kind == "text"
             else cell(row[one.name], one, report.facts, report.locale), "left": one.kind in LEFT}
            for one in table.columns
        ]
        for row in table.frame.head(most).to_dicts()
    ]  # fmt: skip


def inert(value: object) -> str:
    """Write JSON in which no sign can open or close a tag."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028")


def digest(script: str) -> str:
    """Return the hash of a script as a policy names it."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
