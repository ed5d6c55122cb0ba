"""The archive of reports: each in a folder of its own under the home, with what proves it; made again it is the same bytes.

``manifest.json`` holds the hashes of the inputs, the version of the code and of the definitions, the filter, the figures and
the hash of every file, and no clock: when a report was made and by whom stands in the audit log. ``deals.parquet`` says
what was known of every deal, so that a number that changes later can be explained. It stays at home.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

import dashboard
import pipelines
from dashboard.access import Facts, Viewer
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.deals import REVENUE, WON
from dashboard.metrics.measure import measure, rows_behind
from dashboard.metrics.registry import METRICS
from dashboard.reports.contents import inputs, inputs_hash, report
from dashboard.reports.model import MissingPart, Report
from pipelines.audit import record
from pipelines.errors import HomeError, UnknownName, suggest
from pipelines.keys import in_order
from pipelines.settings import Home

FOLDER, MANIFEST, DEALS = "reports", "manifest.json", "deals.parquet"
FORMATS = ("html", "xlsx", "pdf", "png", "parquet")
NAMES = {one: f"voronka.{one}" for one in FORMATS} | {"parquet": "voronka-tables.zip"}
LIBRARIES = ("plotly", "polars", "weasyprint", "xlsxwriter", "pillow")
"""Whatever writes the bytes: with another version a report is another one."""

KNOWN = (
    *("deal_id", "outcome", "closed_on", "amount", "manager_name", "team_name", "product_name", "channel_name"),
    *("region_name", "funnel_name"),
)
"""What is kept of every deal; of those that are not won, that they were there."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Kept:
    """A report in the archive; ``missing``: sentences about formats that could not be made."""

    folder: Path
    manifest: dict[str, Any]
    missing: tuple[MissingPart, ...] = ()

    @property
    def name(self) -> str:
        """How it is called: period and hash."""
        return self.folder.name

    @property
    def files(self) -> dict[str, Path]:
        """The files to send on, by format."""
        return {one: self.folder / NAMES[one] for one in FORMATS if NAMES[one] in self.manifest["files"]}

    @property
    def known_on(self) -> date | None:
        """The last day of the data it was made of, in the company's zone; archives of older versions have UTC's day."""
        day = str(self.manifest.get("as_of_on", self.manifest.get("as_of", "")))[:10]
        return date.fromisoformat(day) if day else None


def keep(
    home: Home,
    facts: Facts,
    filter: Filter,
    locale: Locale,
    *,
    viewer: Viewer | None = None,
    formats: Sequence[str] = FORMATS,
    with_names: bool = True,
    progress: Progress | None = None,
) -> Kept:
    """Make a report and put it into the archive; one that is there already is checked to be the same and kept.

    Raises HomeError when the archive holds other bytes under the same inputs, UnknownName for a format there is not.
    """
    for one in formats:
        if one not in FORMATS:
            raise UnknownName('There is no format "{name}". {hint}', name=one, hint=suggest(one, FORMATS))
    who = viewer or Viewer()
    told = identity(facts, filter, locale, who, with_names=with_names)
    folder = home.path / FOLDER / folder_name(filter, told)
    whole = report(facts, filter, locale, viewer=who, with_names=with_names, progress=progress)
    content, missing = made(whole, formats, progress=progress)
    content[DEALS] = parquet(known_deals(facts, filter))
    before = read_manifest(folder) if (folder / MANIFEST).exists() else {"files": {}}
    files = {**before["files"], **{name: sha(bytes_) for name, bytes_ in content.items()}}
    for name, digest in before["files"].items():
        if name in content and digest != sha(content[name]):
            raise HomeError("{path} is in the archive with other contents. It was left as it is.", path=folder / name)
    said = {"figures": figures(facts, filter), "told": first_page(whole)}
    manifest = {**told, **said, "files": dict(sorted(files.items()))}
    hashes = {name: sha(one) for name, one in content.items() if name != DEALS}
    record(home, "report", who=who.name, role=who.role, what=folder.name, snapshot=facts.snapshot,
           filter=filter.to_query(), files=hashes)  # fmt: skip
    store(
        folder,
        {**content, MANIFEST: (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()},
    )
    return Kept(folder, manifest, tuple(missing))


def made(
    whole: Report, formats: Sequence[str], *, progress: Progress | None
) -> tuple[dict[str, bytes], list[MissingPart]]:
    """Make the files of a report; a format whose part of the system is missing is left out and told."""
    content: dict[str, bytes] = {}
    missing = []
    for one in formats:
        if progress is not None:
            progress(one.upper(), 1.0)
        try:
            content[NAMES[one]] = writer(one)(whole)
        except MissingPart as fault:
            missing.append(fault)
    return content, missing


def writer(form: str) -> Callable[[Any], bytes]:
    """Return what writes a format; the heavy ones are imported when they are asked for."""
    if form == "html":
        from dashboard.reports.html import html as write
    elif form == "xlsx":
        from dashboard.reports.book import workbook as write
    elif form == "pdf":
        from dashboard.reports.pdf import pdf as write
    elif form == "png":
        from dashboard.reports.card import card as write
    else:
        from dashboard.reports.tables import archive as write
    return write


def identity(facts: Facts, filter: Filter, locale: Locale, viewer: Viewer, *, with_names: bool) -> dict[str, Any]:
    """Name everything a report follows from."""
    period = filter.period
    return {
        "snapshot": facts.snapshot,
        "as_of": facts.as_of.isoformat(),
        "as_of_on": facts.as_of_on.isoformat(),
        "inputs": inputs(facts),
        "inputs_hash": inputs_hash(facts),
        "version": version("voronka"),
        "code": code_hash(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "definitions": definitions_hash(),
        "filter": {key: value for key, value in filter.to_query().items() if key != "period"},
        "from": None if period.start is None else period.start.isoformat(),
        "to": None if period.end is None else period.end.isoformat(),
        "language": locale.code,
        "with_names": with_names,
        "viewer": {"name": viewer.name, "role": viewer.role, "manager": viewer.manager, "team": viewer.team},
    }


@cache
def code_hash() -> str:
    """Return one hash of our own files: a report made by changed code is another one, even under the same version."""
    whole = hashlib.sha256()
    for package in (dashboard, pipelines):
        root = Path(package.__path__[0])
        for path in sorted(one for one in root.rglob("*") if one.is_file() and "__pycache__" not in one.parts):
            whole.update(f"{path.relative_to(root.parent).as_posix()}\0{len(path.read_bytes())}\0".encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def definitions_hash() -> str:
    """Return one hash of what every metric says it counts."""
    told = "\n".join(f"{one.name}|{one.help}|{one.variant}|{one.unit}" for one in METRICS.values())
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def folder_name(filter: Filter, told: dict[str, Any]) -> str:
    """Call a report by its days and the hash of what it follows from."""
    first, last = filter.period.first_day, filter.period.last_day
    days = "_".join(one.isoformat() for one in (first, last) if one is not None) or "all"
    return f"{days}-{hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:10]}"


def figures(facts: Facts, filter: Filter) -> dict[str, str | None]:
    """Return what was reported of sales: exact, as text."""
    row = measure(facts, [WON, REVENUE], filter).row(0, named=True)
    return {name: None if value is None else str(value) for name, value in row.items()}


def first_page(whole: Report) -> dict[str, Any]:
    """Return what the first page says, as it is written there: title, finding, numbers with their changes."""
    numbers = [[whole.locale.text(one.metric.label), one.written, one.change] for one in whole.headline]
    return {"title": whole.title, "finding": whole.finding, "numbers": numbers}


def known_deals(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Return what was known of every deal, and whether it was counted in the sales of the report."""
    counted = rows_behind(facts, WON, filter).select("deal_id", counted=pl.lit(True))
    is_won = pl.col("outcome") == "won"
    told = [pl.when(is_won).then(pl.col(name)).alias(name) for name in KNOWN if name not in ("deal_id", "outcome")]
    rows = facts.deals.select("deal_id", pl.col("outcome").cast(pl.String), *told)
    rows = rows.join(counted, on="deal_id", how="left", maintain_order="left")
    return in_order(rows.with_columns(pl.col("counted").fill_null(False)), ["deal_id"])


def parquet(frame: pl.DataFrame) -> bytes:
    """Write a frame as Parquet."""
    content = io.BytesIO()
    frame.write_parquet(content, compression="zstd", statistics=False)
    return content.getvalue()


def sha(content: bytes) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(content).hexdigest()


def store(folder: Path, content: dict[str, bytes]) -> None:
    """Write files that only their owner may read, the manifest last: a folder without one is no report."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, one in content.items():
        path, part = folder / name, folder / f"{name}.part"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(one)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read what a report says of itself. Raises HomeError for one that cannot be read."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if not isinstance(told, dict) or not isinstance(told.get("files"), dict):
            raise ValueError("no manifest")
        return told
    except (OSError, ValueError):
        raise HomeError("The report {path} cannot be read. Make it again: voronka snapshot.", path=folder) from None


def reports(home: Home, viewer: Viewer | None = None) -> list[Kept]:
    """List the archive, the newest period first; who is no head sees what was made for the same eyes."""
    who, found = viewer or Viewer(), []
    for folder in sorted((home.path / FOLDER).glob("*-??????????"), reverse=True):
        if (folder / MANIFEST).exists():
            kept = Kept(folder, read_manifest(folder))
            if who.role == "head" or kept.manifest.get("viewer", {}).get("name") == who.name:
                found.append(kept)
    return found


def named(home: Home, name: str) -> Kept:
    """Return a report of the archive by its name or the beginning of its hash. Raises UnknownName."""
    known = {one.name: one for one in reports(home)}
    fitting = [one for full, one in known.items() if full == name or full.rpartition("-")[2].startswith(name)]
    if len(fitting) != 1:
        raise UnknownName('There is no report "{name}" in the archive. {hint}', name=name, hint=suggest(name, known))
    return fitting[0]
