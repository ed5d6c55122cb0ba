"""The tables of a report for other programs: one archive with a Parquet and a CSV file of each, the same bytes every time."""

from __future__ import annotations

import io
import zipfile

import polars as pl

from dashboard.exports.tables import csv_text
from dashboard.reports.hiding import without_contacts
from dashboard.reports.model import Report, Table

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The date every file of the archive carries, so that the clock is in none of them."""


def archive(report: Report) -> bytes:
    """Pack every table, its columns by their stable names and all its rows, and the numbers as ``numbers``."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, frame in [("numbers", numbers(report)), *((one.name, told(one)) for one in report.tables)]:
            table = io.BytesIO()
            frame.write_parquet(table, compression="zstd", statistics=False)
            put(packed, f"{name}.parquet", table.getvalue())
            put(packed, f"{name}.csv", csv_text(frame).encode("utf-8-sig"))
    return content.getvalue()


def told(table: Table) -> pl.DataFrame:
    """Return the columns people are shown, by their stable names; a phone or mail in a text is masked."""
    frame = table.frame.select([column.name for column in table.columns])
    return without_contacts(frame)


def numbers(report: Report) -> pl.DataFrame:
    """List the numbers: section, metric, unit, value, before."""
    rows = [
        (section.name, one.metric.name, one.metric.unit.value, one.value, one.before) for section, one in report.numbers
    ]
    schema = {"section": pl.String, "metric": pl.String, "unit": pl.String, "value": pl.Float64, "before": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def put(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file without the clock and the machine."""
    about = zipfile.ZipInfo(name, FIRST_DAY)
    about.compress_type = zipfile.ZIP_DEFLATED
    about.create_system, about.external_attr = 3, 0o600 << 16
    packed.writestr(about, content)
