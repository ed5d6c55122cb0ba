"""The report as a workbook: a cover that says what it is, the numbers, a sheet per table, charts a spreadsheet draws itself.

Numbers stay numbers, in the formats of the reader's own spreadsheet; no cell is a formula or a link.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dashboard.charts.theme import MAIN
from dashboard.exports.answer_files import labelled
from dashboard.exports.answers import said
from dashboard.exports.workbook import MOST_ROWS, sheet_name, write_cell
from dashboard.i18n import N_
from dashboard.reports.hiding import masked
from dashboard.reports.model import Report, Table

WIDEST = 60
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
        pages = [(sheet_name(say(N_("About this file")), used), cover(report))]
        pages.append((sheet_name(say(N_("Numbers")), used), numbers(report)))
        for name, frame in pages:
            fill(book.add_worksheet(name), frame, ["text"] * frame.width, formats)
        for table in report.tables:
            name = sheet_name(table.label, used)
            page = book.add_worksheet(name)
            fill(page, shown(report, table), [column.kind for column in table.columns], formats)
            if table.name in DRAWN:
                chart(book, page, name, table)
    return content.getvalue()


def forms(book: xlsxwriter.Workbook, report: Report) -> dict[str | None, Format]:
    """Make the formats of numbers; a spreadsheet writes separators in its reader's language."""
    sign = report.locale.currency_sign(report.currency).replace('"', "")
    written = {
        "heading": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
        "text": {"text_wrap": True, "valign": "top"},
        "moment": {"num_format": "dd.mm.yyyy hh:mm"},
        "count": {"num_format": "#,##0"},
        "money": {"num_format": f'#,##0 "{sign}"'},
        "share": {"num_format": "0.0%"},
        "days": {"num_format": "#,##0.0"},
        "minutes": {"num_format": "#,##0.0"},
        "number": {"num_format": "#,##0.00"},
    }
    return {name: book.add_format(told) for name, told in written.items()}


def shown(report: Report, table: Table) -> pl.DataFrame:
    """Return all rows of a table as people read them."""
    frame = labelled(table.frame, table.columns, report.locale)
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(pl.col(name).map_elements(masked, return_dtype=pl.String) for name in texts)


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
    words = (N_("Section"), N_("Number"), N_("Value"), N_("Period before"), N_("As written"), N_("What it means"))
    types = (pl.String, pl.String, pl.Float64, pl.Float64, pl.String, pl.String)
    return pl.DataFrame(rows, schema=dict(zip(map(say, words), types, strict=True)), orient="row")


def fill(page: Worksheet, frame: pl.DataFrame, kinds: list[str | None], formats: dict[str | None, Format]) -> None:
    """Write a frame: headings frozen, every column as wide as it needs."""
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for at, name in enumerate(frame.columns):
        page.write_string(0, at, name, formats["heading"])
        longest = frame.head(200).select(pl.col(name).cast(pl.String, strict=False).str.len_chars().max()).item() or 0
        page.set_column(at, at, min(max(longest, min(len(name), 14)) + 2, WIDEST))
    for row, cells in enumerate(frame.head(MOST_ROWS).iter_rows(), 1):
        longest = max((len(one) for one in cells if isinstance(one, str)), default=0)
        if longest > WIDEST:  # not every spreadsheet makes room for wrapped text by itself
            page.set_row(row, min(LINE * -(-longest // (WIDEST - 8)), TALLEST))
        for at, value in enumerate(cells):
            write_cell(page, row, at, value, formats["moment"], formats.get(kinds[at]))


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
