"""API dumps: every list of records in a JSON file is a sheet, named by its path; nested keys are joined with dots.

``result.items`` is a list under two keys; a step into the records of a list is written ``[]``: ``data[].history``, and the
rows of such a nested list carry the scalar cells of their parent record under ``^.`` (``^.id``). A list that is the document
itself is the sheet ""; one object a line (NDJSON) is such a list too, and so is a table in another shape (documents.py).
Numbers stay as they are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.errors import InputError
from pipelines.readers.documents import document_of, reshaped
from pipelines.readers.grid import Grid
from pipelines.readers.sheet import LINE

MOST_LEVELS = 8
MOST_ITEMS = 10
MOST_COLUMNS = 20_000
Cells = dict[str, str | None]


@dataclass
class Records:
    """A list of records, or the lists of one path in all their parents, with the cells that come from above."""

    rows: list[Cells] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    no_records: list[int] = field(default_factory=list)
    count: int = 0


def grids_of_json(text: bytes, name: str) -> list[Grid]:
    """Read a JSON document, or one object a line; raises InputError when neither parses or no records are inside."""
    found: dict[str, Records] = {}
    try:
        document = one_record(document_of(text, name))
        _walk(found, document, "", {}, 0)
        if not found:
            _walk(found, reshaped(document), "", {}, 0)
    except RecursionError:
        raise InputError("{name} is JSON nested too deep to be an export. Export the list itself.", name=name) from None
    found = {path: records for path, records in found.items() if any(records.rows)}
    if not found:
        raise InputError("{name} is JSON without a list of records. Export the list itself.", name=name)
    return [_grid(path, records, name) for path, records in found.items()]


def one_record(document: Any) -> Any:
    """Take a document that is one record by itself, as an API answers for one deal, for a list of it."""
    is_record = isinstance(document, dict) and "id" in document and isinstance(document.get("properties"), dict)
    return [document] if is_record else document


def _walk(found: dict[str, Records], value: Any, path: str, above: Cells, level: int) -> None:
    """Collect every list of records below ``value``, outermost first."""
    if isinstance(value, list):
        if any(isinstance(item, dict) for item in value):
            records = found.setdefault(path, Records())
            nested: list[tuple[dict[str, Any], Cells]] = []
            for item in value:
                records.count += 1
                if not isinstance(item, dict):
                    records.no_records.append(records.count)
                    continue
                records.rows.append(dict(flat(item)) | above)
                records.lines.append(records.count)
                if _holds_lists(item):
                    nested.append((item, above))
            for item, upper in nested:
                own = {f"^.{key}": cell for key, cell in flat(item, lists=False)}
                own |= {f"^.{key}": cell for key, cell in upper.items()}
                for key, inner in item.items():
                    _walk(found, inner, f"{path}[].{key}", own, level + 1)
    elif isinstance(value, dict) and level < MOST_LEVELS:
        for key, inner in value.items():
            _walk(found, inner, f"{path}.{key}" if path else str(key), above, level + 1)


def _holds_lists(value: Any, level: int = 0) -> bool:
    """Tell whether a list of records stands somewhere below a record."""
    if isinstance(value, dict):
        return level < MOST_LEVELS and any(_holds_lists(inner, level + 1) for inner in value.values())
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def flat(
    record: dict[str, Any], prefix: str = "", level: int = 0, *, lists: bool = True
) -> Iterator[tuple[str, str | None]]:
    """Yield the cells of a record: ``value_after.0.lead_status.id``; what lies deeper than 8 levels stays JSON text.

    Of a list the first ten items become cells; a longer one is a sheet of its own, and what it is read for. Without
    ``lists`` only the cells that are in no list are yielded.
    """
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, list):
            if not lists:
                continue
            value = {str(at): item for at, item in enumerate(value[:MOST_ITEMS])}
        if isinstance(value, dict) and level < MOST_LEVELS:
            yield from flat(value, f"{name}.", level + 1, lists=lists)
        elif value is None or isinstance(value, str):
            yield name, value
        elif isinstance(value, bool):
            yield name, "true" if value else "false"
        else:
            yield name, json.dumps(value, ensure_ascii=False)


def _grid(path: str, records: Records, name: str) -> Grid:
    """Return the records as rows below their keys; the row's number is the record's among all of its path."""
    keys = list(dict.fromkeys(key for row in records.rows for key in row))
    if len(keys) > MOST_COLUMNS:
        raise InputError("{name} has more than {limit} columns. Export fewer fields.", name=name, limit=MOST_COLUMNS)
    columns = {str(at): [_sound(key), *(row.get(key) for row in records.rows)] for at, key in enumerate(keys)}
    schema = dict.fromkeys(columns, pl.String())
    try:
        cells = pl.DataFrame(columns, schema=schema)
    except UnicodeEncodeError:
        cells = pl.DataFrame({at: list(map(_sound, column)) for at, column in columns.items()}, schema=schema)
    cells = cells.with_columns(pl.Series(LINE, [0, *records.lines], dtype=pl.Int64))
    if cells.height - 1 + len(records.no_records) != records.count:
        raise InputError("{name} could not be read whole: {n} rows were expected.", name=name, n=records.count)
    return Grid(path, "json", cells, records=True, no_records=tuple(records.no_records))


def _sound(text: str | None) -> str | None:
    """Replace halves of surrogate pairs, which JSON may hold and text may not."""
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8")
