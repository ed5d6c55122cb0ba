"""The whole collection, and what is known not to come out yet."""

from __future__ import annotations

from badinput import archives, encodings, history, shapes, structured, values, workbooks
from badinput.case import Bad

ALL: list[Bad] = [
    *encodings.CASES,
    *shapes.CASES,
    *values.CASES,
    *history.CASES,
    *workbooks.CASES,
    *structured.CASES,
    *archives.CASES,
]

# Name → why it does not come out as expected. As short as possible; each is a defect to mend.
KNOWN: dict[str, str] = {}
