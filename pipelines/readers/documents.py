"""JSON text to values, whatever it is as a whole: one document, values one after another, or a line for each record.

A dump that lost a bracket or a line still gives the records that are whole; what stands between them becomes None, which is
no record and is told so. The objects are counted by our own hand, so that one that gets lost in parsing is missed.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from pipelines.errors import InputError

BETWEEN = " \t\r\n,\x1e"
HEADINGS = ("columns", "headers", "header", "fields")
FEW = 3
"""A single object with as many plain values is a record; one with fewer is an answer about something."""
ROWS = ("data", "rows", "values", "items")


def document_of(text: bytes, name: str) -> Any:
    """Parse a JSON text; raises InputError when nothing of it is JSON or an object of it got lost.

    Numbers come out as text, as they are written.
    """
    whole = text.decode("utf-8", "replace")
    decoder = json.JSONDecoder(parse_float=_number, parse_int=str, parse_constant=str)
    try:
        document = decoder.decode(whole)
    except ValueError:
        return _pieces(whole, decoder, name)
    told = objects_told(text)
    if objects_in(document) < told:  # a key that stands twice hides what stands under the first one
        every = json.JSONDecoder(parse_float=_number, parse_int=str, parse_constant=str, object_pairs_hook=_every_pair)
        document = every.decode(whole)
        if objects_in(document) < told:
            raise InputError("{name} could not be read whole: {n} rows were expected.", name=name, n=told)
    return document


def _pieces(whole: str, decoder: json.JSONDecoder, name: str) -> list[Any]:
    """Parse values that stand one after another, with or without commas; else line by line, a bad one being None."""
    values: list[Any] = []
    at = 0
    try:
        while at < len(whole):
            if whole[at] in BETWEEN:
                at += 1
                continue
            value, at = decoder.raw_decode(whole, at)
            values += value if isinstance(value, list) else [value]
    except ValueError:
        values = _by_line(whole, decoder)
    if not values or not isinstance(values[0], dict):
        raise InputError("{name} is not valid JSON: it may be cut short. Export it again.", name=name)
    return values


def _by_line(whole: str, decoder: json.JSONDecoder) -> list[Any]:
    values: list[Any] = []
    for line in whole.split("\n"):
        line = line.strip(BETWEEN)
        if line.strip("[]"):
            try:
                values.append(decoder.decode(line))
            except ValueError:
                values.append(None)
            if not isinstance(values[0], dict):
                return []
    return values


def objects_told(text: bytes) -> int:
    """Count by our own hand the objects of a JSON text: the opening braces that stand in no string."""
    bare = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    return sum(part.count(b"{") for part in bare.split(b'"')[::2])


def objects_in(document: Any) -> int:
    """Count the objects of a parsed document."""
    count, left = 0, [document]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            count += 1
            left.extend(one for one in value.values() if isinstance(one, dict | list))
        elif isinstance(value, list):
            left.extend(one for one in value if isinstance(one, dict | list))
    return count


def reshaped(value: Any, level: int = 0) -> Any:
    """Turn tables that are no list of records into one: rows below a heading, columns side by side, records by their key."""
    if isinstance(value, list) and len(value) > 1 and all(isinstance(one, list) for one in value):
        return _below(value[0], value[1:])
    if not isinstance(value, dict) or level > 3:
        return value
    for heading in HEADINGS:
        for rows in ROWS:
            if isinstance(value.get(heading), list) and isinstance(value.get(rows), list) and value[rows]:
                return _below(value[heading], value[rows])
    if len(value) > 1 and all(isinstance(one, list) for one in value.values()):
        return _side_by_side(dict(value.items())) or value
    if len(value) > 1 and all(isinstance(one, dict) for one in value.values()):
        return _by_key(value)
    if not level and "error" not in value and sum(not isinstance(one, dict | list) for one in value.values()) >= FEW:
        return [value]
    return {key: reshaped(one, level + 1) for key, one in value.items()}


def _below(heading: list[Any], rows: list[Any]) -> list[Any]:
    """Name the cells of each row; a row of another width is no record."""
    if not all(isinstance(one, str) for one in heading):
        return []
    names = [one if heading.index(one) == at else f"{one} ({at + 1})" for at, one in enumerate(heading)]
    fits = [isinstance(row, list) and len(row) == len(names) for row in rows]
    return [dict(zip(names, row, strict=True)) if fit else None for row, fit in zip(rows, fits, strict=True)]


def _side_by_side(columns: dict[str, list[Any]]) -> list[Any]:
    """Cut columns of one length into records."""
    lengths = {len(one) for one in columns.values()}
    if len(lengths) > 1 or any(isinstance(cell, dict | list) for one in columns.values() for cell in one):
        return []
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _by_key(records: dict[str, dict[str, Any]]) -> list[Any]:
    """List the records of a dictionary; where it holds columns by the numbers of their rows, cut them into records."""
    first, *others = records.values()
    if list(first) == [str(at) for at in range(len(first))] and all(list(one) == list(first) for one in others):
        return _side_by_side({key: list(one.values()) for key, one in records.items()})
    if not all(len(first.keys() & one.keys()) * 2 >= len(first) for one in others):
        return []
    return [{**one, "^key": key} for key, one in records.items()]


def _every_pair(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Keep the values of a key that stands twice in an object, the later ones under numbered names."""
    kept: dict[str, Any] = {}
    for key, value in pairs:
        name, turn = key, 1
        while name in kept:
            turn += 1
            name = f"{key} ({turn})"
        kept[name] = value
    return kept


def _number(text: str) -> str:
    """Write a number without an exponent where that is short."""
    if "e" not in text and "E" not in text:
        return text
    number = Decimal(text)
    return format(number, "f") if -30 < number.adjusted() < 30 else text
