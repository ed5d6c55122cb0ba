"""The whole collection, and what is known not to come out yet."""

from __future__ import annotations

from badinput import (
    archives,
    books,
    dumps,
    encodings,
    history,
    mixed,
    oldforms,
    packages,
    shapes,
    spellings,
    structured,
    values,
    workbooks,
)
from badinput.case import Bad

ALL: list[Bad] = [
    *encodings.CASES,
    *shapes.CASES,
    *values.CASES,
    *history.CASES,
    *workbooks.CASES,
    *structured.CASES,
    *archives.CASES,
    *mixed.CASES,
    *spellings.CASES,
    *books.CASES,
    *oldforms.CASES,
    *dumps.CASES,
    *packages.CASES,
]

# Name → why it does not come out as expected. As short as possible; each is a defect to mend.
KNOWN: dict[str, str] = {}
