"""The report of a load as text and JSON, and the invented company made once and found again.

A home of the demo carries a mark with a fingerprint of the code that made it, so the second start is quick and a new
version makes it anew; a home without the mark is somebody's own and is never overwritten.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pipelines
from dashboard.exports.mapping import named
from dashboard.exports.tables import text_table
from dashboard.i18n import N_, Locale
from pipelines.errors import HomeError
from pipelines.report import FileReport, LoadReport, Progress
from pipelines.settings import Home

DEMO_MARK = ".voronka-demo"
HEADS = (
    N_("File"),
    N_("Profile"),
    N_("Rows read"),
    N_("Accepted"),
    N_("Put aside"),
    N_("Duplicates"),
    N_("Why put aside"),
)


def text(report: LoadReport, locale: Locale) -> str:
    """Write a row per file, the totals and the closing sentence."""
    rows = [file_row(file, locale) for file in report.files]
    counts = (report.rows_in, report.accepted, report.quarantined, report.duplicates)
    if len(rows) > 1:
        rows.append([locale.text("Total"), "", *(locale.number(count) for count in counts), ""])
    heads = [locale.text(head) for head in HEADS]
    table = text_table(heads, rows, left={0: True, 1: True, 6: True}) if rows else ""
    said = [(file.name, sentence(file, locale)) for file in report.files if file.message]
    said += [(file.name, example) for file in report.files for example in examples(file, locale)]
    general = [report.mended and locale.text(report.mended), *general_notes(report, locale)]
    closing = [part for part in (*general, sentence(report, locale)) if part]
    notes = [f"{name}: {note}" for name, note in said if note not in closing]
    return "\n".join([table, "", *notes, *closing]).strip() + "\n"


def examples(file: FileReport, locale: Locale) -> list[str]:
    """Write the first rows that were put aside, with their place and value."""
    return [
        locale.text(
            "line {line}, “{column}”: “{value}” ({reason})",
            line=line,
            column=named(column or "", locale) or "—",
            value=value or "—",
            reason=locale.text(reason),
        )
        for line, column, value, reason in file.examples
    ]


def sentence(report: FileReport | LoadReport, locale: Locale) -> str:
    """Write the message of a report in the reader's language."""
    if isinstance(report, FileReport) and report.notes:
        return " ".join(locale.text(template, **values) for template, values in report.notes)
    return locale.text(report.template, **report.values) if report.template else report.message


def general_notes(report: LoadReport, locale: Locale, *, but: str = "") -> list[str]:
    """Write what is said of a load as a whole, ``but`` one template that is said elsewhere."""
    return [
        locale.text(template, **{name: locale.told(value) for name, value in values.items()})
        for template, values in report.notes
        if template != but
    ]


def file_row(file: FileReport, locale: Locale) -> list[str]:
    """Write one file of the report."""
    counts = (file.rows_in, file.accepted, file.quarantined, file.duplicates)
    reasons = ", ".join(
        f"{locale.text(reason)}: {locale.number(count)}" for reason, count in sorted(file.reasons.items())
    )
    name = f"{file.name} [{file.sheet}]" if file.sheet else file.name
    return [name, file.profile or "—", *(locale.number(count) for count in counts), reasons]


def json_line(report: LoadReport) -> str:
    """Write the report as one line."""
    return json.dumps(report.to_json(), ensure_ascii=False, allow_nan=False) + "\n"


def fingerprint() -> str:
    """Return a hash of the code and mappings that write and load the invented company."""
    folder = Path(pipelines.__file__).parent
    found = hashlib.sha256()
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.toml")]):
        found.update(path.relative_to(folder).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def prepare_demo(home: Home, progress: Progress | None) -> LoadReport | None:
    """Write and load the invented company; None when this version of it is already there.

    Raises HomeError when the home holds a company that is not the invented one.
    """
    mark, version = home.path / DEMO_MARK, fingerprint()
    is_published = (home.warehouse / "CURRENT").exists()
    if mark.exists():
        if is_published and mark.read_text("utf-8") == version:
            return None
        for folder in (home.warehouse, home.inbox, home.mappings):
            shutil.rmtree(folder, ignore_errors=True)
    elif home.path.exists() and any(home.path.iterdir()):
        raise HomeError(
            "{path} is in use for something else. Take an empty folder: voronka demo --home DIR", path=home.path
        )
    from pipelines.demo import write_company, write_settings
    from pipelines.load import load

    home.path.mkdir(parents=True, exist_ok=True)
    mark.write_text("unfinished", "utf-8")
    write_settings(home.path)
    write_company(home.inbox)
    report = load([home.inbox], home, progress=progress)
    if report.outcome != "reject":
        mark.write_text(version, "utf-8")
    return report
