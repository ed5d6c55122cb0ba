"""API dumps: every list of records in a JSON file is a sheet, named by its path; nested keys are joined with dots."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import polars as pl

from pipelines.errors import InputError
from pipelines.headings import unique_headings
from pipelines.readers.sheet import LINE, NO_RECORD, Broken, Rows, Sheet

MOST_LEVELS = 8


def looks_like_json(content: bytes) -> bool:
    """Tell JSON by its first sign, past a byte-order mark and spaces."""
    return content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def open_json(content: bytes, name: str) -> list[Sheet]:
    """Open a JSON document, or one object per line; raises InputError when neither parses or no records are inside."""
    text = content.removeprefix(b"\xef\xbb\xbf")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = _lines(text, name)
    sheets = [_sheet(path, records) for path, records in record_lists(document)]
    if not sheets:
        raise InputError("{name} is JSON without a list of records. Export the list itself.", name=name)
    return sheets


def _lines(text: bytes, name: str) -> list[Any]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise InputError("{name} is not valid JSON: it may be cut short. Export it again.", name=name) from None


def record_lists(document: Any, path: str = "", level: int = 0) -> Iterator[tuple[str, list[Any]]]:
    """Walk a document and yield every list that holds objects, outermost first, with its path."""
    if isinstance(document, list):
        if any(isinstance(item, dict) for item in document):
            yield path, document
    elif isinstance(document, dict) and level < MOST_LEVELS:
        for key, value in document.items():
            yield from record_lists(value, f"{path}.{key}" if path else str(key), level + 1)


def flat(record: dict[str, Any], prefix: str = "", level: int = 0) -> Iterator[tuple[str, str | None]]:
    """Yield the cells of a record: ``value_after.0.lead_status.id``; what lies deeper than 8 levels stays JSON text."""
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, list):
            value = {str(at): item for at, item in enumerate(value)}
        if isinstance(value, dict) and level < MOST_LEVELS:
            yield from flat(value, f"{name}.", level + 1)
        elif value is None or isinstance(value, str):
            yield name, value
        elif isinstance(value, bool):
            yield name, "true" if value else "false"
        else:
            yield name, str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)


def _sheet(path: str, records: list[Any]) -> Sheet:
    rows = [dict(flat(record)) if isinstance(record, dict) else None for record in records]
    keys = list(dict.fromkeys(key for row in rows if row is not None for key in row))
    return Sheet(name=path, form="json", preview=(tuple(keys),), read=partial(_read, rows, keys))


def _read(
    rows: list[dict[str, str | None] | None],
    keys: list[str],
    heading_row: int | None,
    headings: Sequence[str],
    footers: Sequence[str],
) -> Rows:
    """Return the records as rows; ``_line`` is the record's number in the list."""
    named = dict(zip(keys, unique_headings(keys), strict=True))
    whole = [(line, row) for line, row in enumerate(rows, start=1) if row is not None]
    columns: dict[str, list[Any]] = {named[key]: [row.get(key) for _, row in whole] for key in keys}
    schema = {heading: pl.String() for heading in columns}
    cells = pl.DataFrame(columns, schema=schema).with_columns(
        pl.Series(LINE, [line for line, _ in whole], dtype=pl.Int64)
    )
    broken = tuple(
        Broken(line=line, text="", reason=NO_RECORD) for line, row in enumerate(rows, start=1) if row is None
    )
    return Rows(cells=cells, broken=broken)
