"""A sheet: the rows of one table inside a file, before anybody knows what they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import polars as pl

from pipelines.errors import N_, InputError

PREVIEW_ROWS = 40
LONGEST_PREVIEW = 2000
RAGGED = N_("the row has another number of cells than the heading")
BEYOND = N_("there are cells beyond the heading")
NO_RECORD = N_("this is no record")
LINE = "_line"
TWO_ROWS = ("xlsx", "html", "csv")
"""Forms in which a heading may stand in two rows."""


def preview_of(rows: Iterable[Sequence[str | None]]) -> tuple[tuple[str, ...], ...]:
    """Return the first rows to look at, with very long cells cut."""
    return tuple(tuple((cell or "")[:LONGEST_PREVIEW] for cell in row) for row in islice(rows, PREVIEW_ROWS))


@dataclass(frozen=True)
class Broken:
    """A row that does not fit its table, with its place and why."""

    line: int
    text: str
    reason: str
    value: str | None = None


@dataclass(frozen=True)
class Rows:
    """The data rows of a sheet below its heading: text cells under unique headings, and ``_line``, the place in the file."""

    cells: pl.DataFrame
    broken: tuple[Broken, ...] = ()
    footers: int = 0

    @property
    def count(self) -> int:
        """Rows read: whole ones and broken ones; headings, blank lines and totals rows are none."""
        return self.cells.height + len(self.broken)


@dataclass(frozen=True)
class Sheet:
    """A table whose heading is not yet found: the first rows to look at, and how to get the rest."""

    name: str
    form: str
    preview: tuple[tuple[str, ...], ...]
    read: Callable[..., Rows] = field(repr=False)
    """``read(heading_row, headings, footers, tail=0)``: heading_row is an index into ``preview`` or None for a file without
    one. Without ``headings`` the cells of that row name the columns. A row may lack its last ``tail`` cells."""
    hidden: bool = False
    """True for a sheet that the workbook does not show."""
    fault: InputError | None = None
    """Why a file inside an archive cannot be read; then there is nothing else here."""
    member: str = ""
    """The file inside an archive that it comes from."""


def is_total(first: str, footers: Sequence[str]) -> bool:
    """Tell a row of totals by its first cell: one of the footer words, alone or before more words ("Итоговая" is none)."""
    first = first.lstrip()
    return any(first.startswith(word) and not first[len(word) : len(word) + 1].isalpha() for word in footers)


def faulty(name: str, fault: InputError) -> Sheet:
    """Stand for a file inside an archive that cannot be read, while the others can."""

    def read(heading_row: int | None, headings: Sequence[str], footers: Sequence[str], tail: int = 0) -> Rows:
        raise fault

    return Sheet(name=name, form="", preview=(), read=read, fault=fault, member=name)


def with_merged_headings(sheet: Sheet) -> Iterator[Sheet]:
    """Yield the sheet as it looks when a heading of two rows is one.

    First with the lower row completed from the upper one where it is blank ("ID" merged downwards), then with the upper
    row, which a merged cell spreads to the right, put before the lower one: "Клиент" over "Имя" is "Клиент Имя".
    """
    if sheet.form not in TWO_ROWS or len(sheet.preview) < 2:
        return
    for joined in (completed, grouped):
        pairs = zip(sheet.preview, sheet.preview[1:], strict=False)
        yield replace(sheet, preview=((), *(joined(upper, lower) for upper, lower in pairs)))


def completed(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Complete the lower row of a heading from the upper one where it is blank."""
    return tuple(name.strip() or (upper[at] if at < len(upper) else "") for at, name in enumerate(lower))


def grouped(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Put the upper row of a heading, spread to the right, before the lower one; what stands in both is said once."""
    group, named = "", []
    for at, name in enumerate(lower):
        own = upper[at].strip() if at < len(upper) else ""
        group = own or group
        both = f"{group} {name.strip()}".strip() if name.strip() != group else group
        named.append(both if name.strip() else own)
    return tuple(named)
