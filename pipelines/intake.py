"""One file on its way in: read once, hashed, recognised, staged. Nothing is stored here."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path

import polars as pl

from pipelines.errors import N_, InputError, VoronkaError
from pipelines.keys import last_of_each
from pipelines.layout import rows_of
from pipelines.line_rows import PRODUCT_LINES, product_lines_in
from pipelines.new_words import NEW_WORDS, new_words
from pipelines.profile import SourceProfile, Table
from pipelines.readers import Sheet, open_export
from pipelines.readers.sheet import Rows, with_merged_headings
from pipelines.recognise import Match, recognise, refusal
from pipelines.report import ACCEPT, IGNORED, PARTIAL, REJECT, FileReport, Note
from pipelines.schema.staging import STAGED, TYPES
from pipelines.staged import LINE
from pipelines.staging import QUARANTINE, StagedRows, stage

TOTALS = N_("Totals rows left out: {count}.")
PARTLY = N_(
    "The profile is partial: headings of {system} that nobody could establish are not read; voronka map adds them."
)
FEW_EXAMPLES = 3
MOST_BYTES = 2 * 1024**3
REPEATED_KEY = N_("the same key stands again further down; the later row is kept")
UNRECOGNISED = N_("nothing recognises the file")
LEFT_OUT = N_('Sheet "{sheet}" was left out: nothing recognises it.')
HIDDEN = N_('Sheet "{sheet}" was left out: the workbook hides it.')


@dataclass(frozen=True)
class Taken:
    """What a recognised sheet brings: its table, its cells as exported, and its rows, good and quarantined."""

    profile: SourceProfile
    table: Table
    cells: pl.DataFrame
    good: pl.DataFrame
    quarantine: pl.DataFrame
    newest: dict[str, datetime | None]
    """The last moment in each column of moments."""
    zone: str = ""
    """In which time zone moments without an offset were read."""
    told: tuple[str, ...] = ()
    """The staged columns that the sheet has cells for."""

    @property
    def name(self) -> str:
        """The table's name in raw and staging."""
        return f"{self.profile.name}__{self.table.name}"


@dataclass(frozen=True)
class Parcel:
    """One sheet of one file: its report and, when it was recognised, what it brings."""

    path: Path
    digest: str
    report: FileReport
    taken: Taken | None = None


def files_of(paths: Sequence[Path]) -> list[Path]:
    """List the files to load: a folder gives those in it, hidden ones and other folders' left out.

    Raises InputError when nothing that is named is there, or for a folder that is empty. A path that is not there beside
    others that are is refused alone when it is read. Pipes, devices and links are never opened.
    """
    found: list[Path] = []
    for path in paths:
        if not os.path.lexists(path) and not any(map(os.path.lexists, paths)):
            raise InputError("There is no file or folder {path}. Check the name.", path=path)
        if path.is_dir():
            inside = sorted(
                one
                for one in path.iterdir()
                if not one.name.startswith((".", "~$")) and stat.S_ISREG(one.lstat().st_mode)
            )
            if not inside and len(paths) == 1:
                raise InputError("The folder {path} holds no files. Put the exports there and load again.", path=path)
            found += inside or [path]
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def folders_inside(paths: Sequence[Path]) -> list[Path]:
    """List the folders inside the named folders; they are not loaded, and the report says so."""
    named = [path for path in paths if path.is_dir()]
    return [one for path in named for one in sorted(path.iterdir()) if one.is_dir() and not one.name.startswith(".")]


def read_once(path: Path) -> bytes:
    """Read a file's bytes, which are both hashed and parsed; raises InputError for what is no regular, readable file."""
    if path.is_symlink():
        raise InputError("{path} is a link. Load the file that it leads to.", path=path)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    except OSError as fault:
        raise InputError("{path} cannot be opened: {fault}.", path=path, fault=fault.strerror) from None
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise InputError("{path} is not a regular file. Load the export itself.", path=path)
        if before.st_size > MOST_BYTES:
            raise InputError("{path} is larger than {limit} GB. Export it in parts.", path=path, limit=MOST_BYTES >> 30)
        try:
            content = file.read()
            after = os.fstat(file.fileno())
        except OSError as fault:
            raise InputError("{path} cannot be read: {fault}.", path=path, fault=fault.strerror) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise InputError("{path} is still being written. Load it again when it is whole.", path=path)
    return content


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


def is_ignored(path: Path, profiles: Sequence[SourceProfile]) -> bool:
    """Tell whether a mapping says that a file of this name is no export."""
    return any(fnmatch(path.name, pattern) for profile in profiles for pattern in profile.ignore)


def parcels_of(
    path: Path,
    content: bytes,
    digest: str,
    profiles: Sequence[SourceProfile],
    *,
    kind: str | None,
    zone: str,
    sheets: Sequence[Sheet] | None = None,
) -> Iterator[Parcel]:
    """Recognise and stage the sheets of a file; a sheet that nothing recognises is refused unless another sheet is not.

    Then it is named as left out, and so is a hidden sheet beside shown ones. Files inside an archive are files of their
    own: one that cannot be read or recognised is refused and the others are not. ``sheets`` are those of a file that was
    opened already.
    """
    sheets = open_export(content, path.name) if sheets is None else sheets
    shown = [sheet for sheet in sheets if sheet.fault is None and not sheet.hidden]
    shown = shown or [sheet for sheet in sheets if sheet.fault is None]
    matches = [(sheet, matched(sheet, path.name, profiles, kind)) for sheet in shown]
    recognised = {sheet.name for sheet, match in matches if match is not None}
    for member in dict.fromkeys(sheet.member for sheet in sheets):
        own = [(sheet, match) for sheet, match in matches if sheet.member == member]
        if own and not any(match is not None for _, match in own):
            sheet = own[0][0]
            yield _refused(path, digest, sheet, refusal(sheet, path.name, profiles, kind))
    for sheet in sheets:
        if sheet.fault is not None:
            yield Parcel(path, digest, refused_report(path, sheet.fault, sheet.name))
    for sheet, match in matches:
        if match is not None:
            yield staged_parcel(path, digest, sheet, match, zone)
    left = [sheet for sheet in sheets if sheet.fault is None and sheet.name not in recognised and sheet.form == "xlsx"]
    for sheet in left if recognised else []:
        yield Parcel(path, digest, _left_out(path, sheet))


def matched(sheet: Sheet, file_name: str, profiles: Sequence[SourceProfile], kind: str | None) -> Match | None:
    """Recognise a sheet by a row of headings as it stands, or by a heading merged over two rows where that says more."""
    best = recognise(sheet, file_name, profiles, kind=kind)
    for merged in with_merged_headings(sheet):
        match = recognise(merged, file_name, profiles, kind=kind)
        if match is not None and (best is None or match.known > best.known):
            best = match
    return best


def _left_out(path: Path, sheet: Sheet) -> FileReport:
    values = {"sheet": sheet.name}
    template = HIDDEN if sheet.hidden else LEFT_OUT
    message = template.format(**values)
    return FileReport(
        name=path.name, sheet=sheet.name, outcome=IGNORED, message=message, template=template, values=values
    )


def _refused(path: Path, digest: str, sheet: Sheet, error: VoronkaError) -> Parcel:
    """Account for a sheet that nothing recognises: its rows are counted, and none is stored."""
    try:
        rows = sheet.read(0, (), ()).count
    except (VoronkaError, IndexError, pl.exceptions.PolarsError):
        rows = 0
    return Parcel(path, digest, refused_report(path, error, sheet.name, rows))


def refused_report(path: Path, error: VoronkaError, sheet: str = "", rows: int = 0) -> FileReport:
    """Report a file that was refused whole."""
    return FileReport(
        name=path.name,
        sheet=sheet,
        rows_in=rows,
        quarantined=rows,
        reasons={UNRECOGNISED: rows} if rows else {},
        outcome=REJECT,
        message=str(error),
        template=error.template,
        values=error.values,
    )


def staged_parcel(path: Path, digest: str, sheet: Sheet, match: Match, zone: str) -> Parcel:
    """Read and stage a recognised sheet and account for its rows; a trial of a mapping counts by this very function."""
    rows = rows_of(sheet, match)
    staged = stage(rows.cells, match.table, match.profile, zone=zone)
    good, repeats = last_of_each_key(staged.good, match.table)
    quarantine = quarantined(rows, staged, repeats)
    counts = quarantine.group_by("reason").len().sort("len", "reason", descending=[True, False])
    notes = notes_of(rows, match, good, product_lines_in(staged.good, match.table) if repeats.height else 0)
    report = FileReport(
        name=path.name,
        sheet=sheet.name,
        profile=match.profile.name,
        kind=match.table.kind,
        rows_in=rows.count,
        accepted=good.height,
        quarantined=quarantine.height,
        duplicates=len(staged.repeated),
        reasons=dict(counts.iter_rows()),
        outcome=outcome_of(rows.count, good.height, quarantine.height),
        examples=tuple(quarantine.select(LINE, "column", "value", "reason").head(FEW_EXAMPLES).rows()),
        message=" ".join(template.format(**values) for template, values in notes),
        notes=notes,
    )
    moments = [name for name, dtype in good.schema.items() if dtype == TYPES["moment"]]
    newest = good.select(pl.col(moments).max()).row(0, named=True) if moments else {}
    taken = Taken(match.profile, match.table, rows.cells, good, quarantine, newest, zone, staged.told)
    return Parcel(path, digest, report, taken)


def notes_of(rows: Rows, match: Match, good: pl.DataFrame, lines: int) -> tuple[Note, ...]:
    """Say what a reader of the report should know: totals left out, ``lines`` that are lost, new words, a partial profile."""
    notes: list[Note] = [(TOTALS, {"count": rows.footers})] if rows.footers else []
    notes += [(PRODUCT_LINES, {"count": lines})] if lines else []
    new = new_words(good, match.table, match.profile)
    notes += [(NEW_WORDS, new)] if new else []
    notes += [(PARTLY, {"system": match.profile.title})] if match.profile.partial else []
    return tuple(notes)


def outcome_of(rows_in: int, accepted: int, quarantined: int) -> str:
    """Say how a file fared: rows without any that could be taken are a refusal, a table without rows is none."""
    if quarantined == 0:
        return ACCEPT
    return PARTIAL if accepted or rows_in > quarantined else REJECT


def last_of_each_key(good: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep, of rows of one file with the same key, the last; the others go to quarantine with the key."""
    key = STAGED[table.kind].key
    if not key or good.height == 0 or table.rows == "lines":
        return good, pl.DataFrame(schema=QUARANTINE)
    is_last = last_of_each(good, key)
    if is_last is None:
        return good, pl.DataFrame(schema=QUARANTINE)
    earlier = good.filter(~is_last).select(
        LINE,
        pl.lit(", ".join(key)).alias("column"),
        pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in key], separator=", ").alias("value"),
        pl.lit(REPEATED_KEY).alias("reason"),
    )
    return good.filter(is_last), earlier


def quarantined(rows: Rows, staged: StagedRows, repeats: pl.DataFrame) -> pl.DataFrame:
    """Collect the rows of a sheet that were not taken: place, column, value, reason and the whole row as text."""
    refused = pl.concat([staged.refused, repeats.cast(QUARANTINE)])
    headings = [name for name in rows.cells.columns if name != LINE]
    texts = rows.cells.filter(pl.col(LINE).is_in(refused[LINE].implode())) if refused.height else rows.cells.clear()
    texts = texts.select(LINE, row=pl.struct(headings).struct.json_encode() if headings else pl.lit("{}"))
    broken = pl.DataFrame(
        [
            {LINE: one.line, "column": None, "value": one.value, "reason": one.reason, "row": one.text}
            for one in rows.broken
        ],
        schema=pl.Schema({**QUARANTINE, "row": pl.String()}),
    )
    return pl.concat([refused.join(texts, on=LINE, how="left"), broken]).sort(LINE)
