"""The report as a workbook: a cover that says what it is, the numbers, a sheet per table, charts a spreadsheet draws itself.

Numbers stay numbers, in the formats of the reader's own spreadsheet; no cell is a formula or a link.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from math import isfinite

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dashboard.analyses.revenue_change import CHECK, RATE
from dashboard.charts.theme import MAIN
from dashboard.exports.answer_files import labelled
from dashboard.exports.answers import said
from dashboard.exports.workbook import MOST_ROWS, sheet_name, write_cell
from dashboard.i18n import N_
from dashboard.reports.hiding import without_contacts
from dashboard.reports.model import Report, Table

WIDEST = 60
NAME = 16
"""Letters of a heading that a column is wide enough for; a longer one is wrapped."""
LARGE = 1000
"""From here on digits after the point say nothing."""
LINE, TALLEST = 15, 400
"""Heights of a line and of a row, in points; a sheet takes 409."""
DRAWN = {"funnel": ("stage", "reached"), "refusal_reasons": ("reason", "count"), "managers": ("manager", "revenue")}
"""Tables that get a chart of the spreadsheet: the column of its names and of its lengths."""

MOST_BARS = 20


def workbook(report: Report) -> bytes:
    """Write the report for a spreadsheet; the same report gives the same bytes."""
    content = io.BytesIO()
    say = report.locale.text
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        book.set_properties({"created": datetime(2026, 1, 1), "title": report.title})  # noqa: DTZ001 - no zones there
        formats = forms(book, report)
        used: set[str] = set()
        about, told = cover(report), numbers(report)
        page = book.add_worksheet(sheet_name(say(N_("About this file")), used))
        fill(page, about, [["text"] * about.width] * about.height, formats)
        page = book.add_worksheet(sheet_name(say(N_("Numbers")), used))
        fill(page, told, [number_kinds(one.metric.unit) for _, one in report.numbers], formats)
        for table in report.tables:
            name = sheet_name(table.label, used)
            page = book.add_worksheet(name)
            fill(page, shown(report, table), row_kinds(table), formats)
            if table.name in DRAWN:
                chart(book, page, name, table)
    return content.getvalue()


def forms(book: xlsxwriter.Workbook, report: Report) -> dict[str | None, Format]:
    """Make the formats of numbers; a spreadsheet writes separators in its reader's language."""
    sign = report.locale.currency_sign(report.currency).replace('"', "")
    written = {
        "heading": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"},
        "number heading": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter", "align": "right"},
        "text": {"text_wrap": True},
        "text after": {"text_wrap": True, "indent": 1},
        "heading after": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter", "indent": 1},
        "day": {"num_format": "dd.mm.yyyy"},
        "moment": {"num_format": "dd.mm.yyyy hh:mm"},
        "count": {"num_format": "#,##0"},
        "money": {"num_format": f'#,##0 "{sign}"'},
        "share": {"num_format": "0.0%"},
        "days": {"num_format": "#,##0.0"},
        "minutes": {"num_format": "#,##0.0"},
        "number": {"num_format": "#,##0.00"},
    }
    return {name: book.add_format({"valign": "top", **told}) for name, told in written.items()}


def shown(report: Report, table: Table) -> pl.DataFrame:
    """Return all rows of a table as people read them."""
    say = report.locale.text
    flags = [column.name for column in table.columns if column.kind == "flag"]
    said_so = [
        pl.col(name).replace_strict({True: say(N_("yes")), False: say(N_("no"))}, default=None) for name in flags
    ]
    frame = labelled(table.frame.with_columns(said_so), table.columns, report.locale)
    return without_contacts(frame)


def cover(report: Report) -> pl.DataFrame:
    """List what the file is about: filter, period, snapshot, the rows and definition of every table, the hash of it all."""
    say, number = report.locale.text, report.locale.number
    lines = [(say(N_("Report")), report.title), *report.about]
    for table in report.tables:
        counted = say(
            N_("{n} rows. {definition}"), n=number(table.frame.height), definition=say(table.answer.definition)
        )
        lines.append((table.label, counted))
        lines += [(table.label, said(one, report.locale)) for one in table.answer.sentences]
    lines.append((say(N_("Hash of the contents")), contents_hash(report)))
    return pl.DataFrame(lines, schema={say(N_("About")): pl.String, say(N_("Value")): pl.String}, orient="row")


def contents_hash(report: Report) -> str:
    """Return the hash of every number and every cell of the tables."""
    digest = hashlib.sha256(repr([(one.metric.name, one.value) for _, one in report.numbers]).encode())
    for table in report.tables:
        digest.update(table.name.encode() + repr(table.frame.rows()).encode())
    return digest.hexdigest()


def numbers(report: Report) -> pl.DataFrame:
    """List the numbers of every section as numbers, beside how they are written."""
    say = report.locale.text
    rows = [
        (section.title, say(one.metric.label), one.value, one.before, one.written, say(one.metric.help))
        for section, one in report.numbers
    ]
    words = (N_("Section"), N_("Metric"), N_("Value"), N_("Period before"), N_("As written"), N_("What it means"))
    types = (pl.String, pl.String, pl.Float64, pl.Float64, pl.String, pl.String)
    return pl.DataFrame(rows, schema=dict(zip(map(say, words), types, strict=True)), orient="row")


def number_kinds(unit: str) -> list[str]:
    """Say how the cells of a number are written: its two values by its unit, the rest as text."""
    return ["text", "text", unit, unit, "text", "text"]


def row_kinds(table: Table) -> list[list[str]]:
    """Say of each row how its cells are written: the factors of a product are a share, money and a number below each other."""
    kinds: list[str] = [column.kind for column in table.columns]
    if table.name != "revenue_change":
        return [kinds] * table.frame.height
    own = {RATE: "share", CHECK: "money"}
    factors = table.frame.get_column("factor").to_list()
    return [[own.get(one, "count") if kind == "number" else kind for kind in kinds] for one in factors]


def fill(
    page: Worksheet, frame: pl.DataFrame, kinds: Sequence[Sequence[str]], formats: Mapping[str | None, Format]
) -> None:
    """Write a frame: headings frozen, every column as wide as it needs; ``kinds`` says of each row how its cells are written."""
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    lines, numeric = 1, {at for at, dtype in enumerate(frame.dtypes) if dtype.is_numeric()}
    for at, name in enumerate(frame.columns):
        is_number = at in numeric
        after = " after" if at - 1 in numeric and not is_number else ""  # a text would touch the number before it
        page.write_string(0, at, name, formats["number heading" if is_number else f"heading{after}"])
        width = min(max(widest(frame[name], [row[at] for row in kinds[:200]]), min(len(name), NAME)) + 2, WIDEST)
        lines = max(lines, wrapped(name, width - 1))
        page.set_column(at, at, width)
    page.set_row(0, LINE * lines + 3)
    for row, cells in enumerate(frame.head(MOST_ROWS).iter_rows(), 1):
        longest = max((len(one) for one in cells if isinstance(one, str)), default=0)
        if longest > WIDEST:  # not every spreadsheet makes room for wrapped text by itself
            page.set_row(row, min(LINE * -(-longest // (WIDEST - 8)), TALLEST))
        for at, value in enumerate(cells):
            kind = written_as(value, kinds[row - 1][at])
            if isinstance(value, str):
                kind = "text after" if at - 1 in numeric else "text"
            write_cell(page, row, at, value, formats["moment"], formats.get(kind))


def written_as(value: object, kind: str) -> str:
    """Name the format of a cell: a number without a unit has its two digits only where it is no whole one."""
    if kind != "number" or not isinstance(value, int | float | Decimal):
        return kind
    return "count" if value == round(value) or abs(value) >= LARGE else kind


def widest(values: pl.Series, kinds: Sequence[str]) -> int:
    """Count the letters of the longest cell as it is written, of the first rows."""
    if not values.dtype.is_numeric():
        return max((len(str(one)) for one in values.head(len(kinds)).drop_nulls()), default=0)
    signs = {"money": 3, "share": 4, "days": 2, "minutes": 2, "number": 3}
    sizes = [
        len(f"{abs(value) * (100 if kind == 'share' else 1):,.0f}")
        + (value < 0)
        + signs.get(written_as(value, kind), 0)
        for value, kind in zip(values, kinds, strict=False)
        if value is not None and isfinite(value)
    ]
    return max(sizes, default=0)


def wrapped(name: str, width: int) -> int:
    """Count the lines of a heading that is wrapped at its spaces."""
    lines, left = 1, width
    for word in name.split():
        if len(word) > left and left < width:
            lines, left = lines + 1, width
        left -= len(word) + 1
    return lines


def chart(book: xlsxwriter.Workbook, page: Worksheet, name: str, table: Table) -> None:
    """Put a bar chart beside a table, drawn by the spreadsheet from its cells."""
    columns = [column.name for column in table.columns]
    if not {*DRAWN[table.name]} <= set(columns) or not table.frame.height:
        return
    names, lengths = (columns.index(one) for one in DRAWN[table.name])
    last = min(table.frame.height, MOST_BARS)
    drawn = book.add_chart({"type": "bar"})
    if drawn is None:
        return
    drawn.add_series(
        {
            "categories": [name, 1, names, last, names],
            "values": [name, 1, lengths, last, lengths],
            "fill": {"color": MAIN},
            "gap": 40,
        }
    )
    drawn.set_title({"name": table.label, "overlay": False})
    drawn.set_legend({"none": True})
    drawn.set_y_axis({"reverse": True})
    drawn.set_size({"width": 620, "height": 120 + 24 * last})
    page.insert_chart(1, len(columns) + 1, drawn)
