"""Bytes in, text cells out: every kind of file becomes sheets of rows, decided by content and never by extension.

A reader never interprets a value. It gives each row its place in the file, and it counts rows by its own hand, so that a
parser that skips a line is caught.

What is parsed where: delimited text of any size in this process, also out of a gzip that unpacks to less than fifty times
its size, because our own scan of its bytes comes first and nothing in it can grow by more than a small factor; JSON up to 1 MB
too. Workbooks, HTML, Parquet, archives and larger JSON are parsed
in a child process with limits of memory and time (apart.py), because a small one may hold a large bomb and no ``except``
catches an abort.
"""

from __future__ import annotations

from pipelines.readers.apart import read_apart
from pipelines.readers.archives import unpacked_text
from pipelines.readers.grid import sheet_of
from pipelines.readers.json import grids_of_json
from pipelines.readers.marks import GZIP, form_of
from pipelines.readers.sheet import Sheet
from pipelines.readers.text import as_utf8

__all__ = ["Sheet", "open_export"]
SMALL_JSON = 1 << 20


def open_export(content: bytes, name: str) -> list[Sheet]:
    """Return the sheets of an export; raises InputError with one sentence when it is no table at all."""
    from pipelines.readers.csv import open_csv  # not above: the child imports this package and needs no numpy

    form = form_of(content)
    if content[:2] == GZIP:
        # A text that unpacks to a usual size needs no child; whatever else is inside, or too large, goes the careful way.
        text = unpacked_text(content)
        if text is not None and form_of(text) == "csv":
            return [open_csv(text, name)]
    if form == "csv":
        return [open_csv(content, name)]
    if form == "json" and len(content) <= SMALL_JSON:
        return [sheet_of(grid) for grid in grids_of_json(as_utf8(content, name), name)]
    return read_apart(content, name)
