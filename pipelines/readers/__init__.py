"""Bytes in, text cells out: every kind of file becomes sheets of rows, decided by content and never by extension.

A reader never interprets a value. It gives each row its place in the file, and it counts rows by its own hand, so that a
parser that skips a line is caught.
"""

from __future__ import annotations

from pipelines.readers.archives import unpack
from pipelines.readers.csv import open_csv
from pipelines.readers.excel import looks_like_workbook, open_workbook
from pipelines.readers.json import looks_like_json, open_json
from pipelines.readers.sheet import Sheet

__all__ = ["Sheet", "open_export"]


def open_export(content: bytes, name: str) -> list[Sheet]:
    """Return the sheets of an export; raises InputError with one sentence when it is no table at all."""
    content = unpack(content, name)
    if looks_like_workbook(content):
        return open_workbook(content, name)
    if looks_like_json(content):
        return open_json(content, name)
    return [open_csv(content, name)]
