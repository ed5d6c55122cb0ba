"""The parsers that run apart, by what a file is: everything but delimited text and small JSON.

``parse`` is what the child process calls. It gives grids, or text for the parent to read as CSV, or what is wrong with a
file inside an archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipelines.errors import InputError
from pipelines.readers.archives import gunzip, members_of, nested
from pipelines.readers.excel import grids_of_workbook
from pipelines.readers.grid import Grid
from pipelines.readers.html import grids_of_html
from pipelines.readers.json import grids_of_json
from pipelines.readers.marks import form_of
from pipelines.readers.parquet import grids_of_parquet
from pipelines.readers.text import as_utf8


class Part(NamedTuple):
    """A piece of what a file holds: the name of the archive's member, and a grid, text, or a fault."""

    member: str
    found: Grid | bytes | InputError


def parse(content: bytes, name: str) -> Iterator[Part]:
    """Parse a file of any form; raises InputError when nothing of it can be read."""
    form = form_of(content)
    if form == "gzip":
        inside = gunzip(content, name)
        if form_of(inside) in ("gzip", "zip"):
            raise nested(name)
        yield from parse(inside, name)
    elif form == "zip":
        yield from _members(content, name)
    else:
        for found in _plain(content, name, form):
            yield Part("", found)


def _plain(content: bytes, name: str, form: str) -> Iterator[Grid | bytes | InputError]:
    if form == "xlsx":
        yield from grids_of_workbook(content, name)
    elif form == "html":
        yield from grids_of_html(content, name)
    elif form == "parquet":
        yield from grids_of_parquet(content, name)
    elif form == "json":
        yield from grids_of_json(as_utf8(content, name), name)
    else:
        yield content


def _members(content: bytes, name: str) -> Iterator[Part]:
    """Parse every file of a zip; raises InputError when none of them can be read."""
    faults: list[Part] = []
    good = False
    for member, inside in members_of(content, name):
        try:
            if isinstance(inside, InputError):
                raise inside
            form = form_of(inside)
            if form in ("gzip", "zip"):
                raise nested(member)
            for found in _plain(inside, member, form):
                good = True
                yield Part(member, found)
        except InputError as fault:
            faults.append(Part(member, fault))
    if not good:
        first = faults[0].found
        assert isinstance(first, InputError)
        raise first
    yield from faults
