"""Look at a sheet before asking what it means: which row is the heading, which rows are totals, what each column holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import polars as pl

from pipelines import parse
from pipelines.headings import fold_heading, unique_headings
from pipelines.profile import KINDS
from pipelines.propose_headings import known_headings
from pipelines.propose_model import Found, Shape
from pipelines.propose_ties import with_ties
from pipelines.propose_values import ISO_DATE, NUMBERED_DATE, is_phone, shape_of
from pipelines.propose_words import TOTALS, phrases
from pipelines.readers.sheet import LINE, TWO_ROWS, Sheet, grouped
from pipelines.schema.staging import STAGED

MOST_HEADINGS = 300
SAMPLE_ROWS = 20_000


@cache
def heading_words() -> frozenset[str]:
    """Return all headings that are known for anything, folded."""
    known: set[str] = set()
    for kind in KINDS:
        known |= {folded for headings in known_headings(kind).values() for folded in headings}
        known |= {phrase for ours in STAGED[kind].columns for phrase in phrases(kind, ours)}
    return frozenset(known)


def is_datum(cell: str) -> bool:
    """Tell a cell that only a data row has: a date, a number, a phone, a mail address."""
    bare = cell.strip()
    if NUMBERED_DATE.match(bare) or ISO_DATE.match(bare) or is_phone(bare) or ("@" in bare and "." in bare):
        return True
    digits = sum(sign.isdigit() for sign in bare)
    letters = sum(sign.isalpha() for sign in bare)
    return digits > 0 and letters <= 3 and digits >= letters


def find_heading_row(preview: Sequence[Sequence[str]]) -> int | None:
    """Find the row of the heading: texts, all different, as wide as the table, above the first row of data.

    None when the first wide row is data already: a file without a heading.
    """
    filled = [[cell for cell in row if cell and cell.strip()] for row in preview]
    widths = sorted(len(cells) for cells in filled if cells)
    if not widths:
        return None
    usual = widths[len(widths) // 2]
    best: tuple[float, int] | None = None
    for place, cells in enumerate(filled):
        if len(cells) < max(1, usual * 0.5):
            continue
        known = sum(fold_heading(cell).strip(" :?!*.") in heading_words() for cell in cells)
        data = sum(is_datum(cell) for cell in cells)
        if data and (known <= data or data / len(cells) > 0.5):
            break
        different = len({fold_heading(cell) for cell in cells}) / len(cells)
        long = sum(len(cell) > 80 for cell in cells) / len(cells)
        width = min(1.0, len(cells) / usual)
        score = 2 * known / len(cells) - data / len(cells) + 0.5 * different + 1.5 * width - long - 0.05 * place
        if best is None or score > best[0]:
            best = (score, place)
    return None if best is None else best[1]


def two_rows(sheet: Sheet, row: int) -> tuple[int, tuple[str, ...]] | None:
    """Return the lower row and the names of a heading of two rows, of which ``row`` is one; None for a heading of one.

    One row alone must not tell its columns apart ("План | План", or "Выручка | Штук" twice), both together must; a name of the
    upper row must stand over several of the lower one, with data below: so the first row of data is no second heading.
    """
    if sheet.form not in TWO_ROWS:
        return None
    for at in (row, row - 1):
        if at < 0 or at + 2 >= len(sheet.preview):
            continue
        upper, lower = (tuple(cell.strip() for cell in sheet.preview[place]) for place in (at, at + 1))
        names = grouped(upper, lower)
        if (
            any(map(is_datum, (*upper, *lower)))
            or not (is_ambiguous(upper) or is_ambiguous(lower))
            or is_ambiguous(names)
        ):
            continue
        parts = [(place, name.removesuffix(lower[place])) for place, name in enumerate(names) if lower[place] != name]
        over = Counter(group for place, group in parts if lower[place])
        below = [cells[place] for cells in sheet.preview[at + 2 : at + 8] for place, _ in parts if place < len(cells)]
        filled = [cell for cell in below if cell.strip()]
        is_group = len({*filter(None, upper)}) > 1 and max(over.values(), default=0) > 1
        if is_group and 2 * sum(map(is_datum, filled)) >= len(filled) > 0:
            return at + 1, names
    return None


def is_ambiguous(names: Sequence[str]) -> bool:
    """Tell whether a row of headings names two columns alike."""
    told = [fold_heading(name) for name in names if name]
    return len(set(told)) < len(told)


def look(sheet: Sheet) -> Found:
    """Read a sheet and describe it. Raises the reader's own VoronkaError when it cannot be read."""
    row = 0 if sheet.form == "json" else find_heading_row(sheet.preview)
    if row is None:
        width = max((len(cells) for cells in sheet.preview), default=0)
        raw: tuple[str, ...] = ()
        headings = tuple(unique_headings([""] * width))
    else:
        raw = tuple(sheet.preview[row]) if sheet.preview else ()
        row, raw = two_rows(sheet, row) or (row, raw)
        headings = tuple(unique_headings(raw))
    cells = sheet.read(row, headings, ()).cells if headings else pl.DataFrame({LINE: []})
    names = [name for name in cells.columns if name != LINE]
    footer, strange, is_total = totals_in(cells, names)
    data = cells.filter(~is_total)
    shapes = tuple(shape_of(name, place, data[name]) for place, name in enumerate(names[:MOST_HEADINGS]))
    sample = data.head(SAMPLE_ROWS).select(names[:MOST_HEADINGS])
    shapes = with_ties(with_order(shapes, sample), sample)
    return Found(
        form=sheet.form,
        sheet=sheet.name,
        heading_row=row,
        headings=tuple(names),
        raw_headings=raw,
        shapes=shapes,
        rows=data.height,
        footer=footer,
        strange_totals=strange,
        preview=tuple(tuple(cells) for cells in sheet.preview[:20]),
        sample=sample,
    )


def with_order(shapes: tuple[Shape, ...], sample: pl.DataFrame) -> tuple[Shape, ...]:
    """Say of each column of dates whether it is the earliest, comparing them row by row."""
    days = {
        shape.heading: parse.as_day(parse.tidy(sample[shape.heading]), shape.formats, "UTC")
        for shape in shapes
        if shape.date > 0.8
    }
    if len(days) < 2:
        return shapes
    earliest = {
        one: all(not_after(first, second) for two, second in days.items() if two != one) for one, first in days.items()
    }
    return tuple(replace(one, earliest=earliest[one.heading]) if one.heading in earliest else one for one in shapes)


def not_after(first: pl.Series, second: pl.Series) -> bool:
    """Tell whether, of the rows that have both dates, nearly all have the first not after the second."""
    both = first.is_not_null() & second.is_not_null()
    return not both.any() or int((first <= second).filter(both).sum()) >= 0.9 * int(both.sum())


def totals_in(cells: pl.DataFrame, names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...], pl.Series]:
    """Find totals rows: a totals word alone in a cell of a row that is emptier than most.

    Returns the words in the first column, the words elsewhere, and which rows they are.
    """
    none = pl.repeat(False, cells.height, eager=True)
    if not names or not cells.height:
        return (), (), none
    full = cells.select(
        pl.sum_horizontal((pl.col(name).fill_null("").str.len_chars() > 0).cast(pl.Int64) for name in names)
    ).to_series()
    usual = full.median()
    sparse = full < (usual if isinstance(usual, int | float) else 0)
    pattern = r"(?i)^\s*(" + "|".join(sorted(TOTALS, key=len, reverse=True)) + r")\s*[:.]?\s*$"
    is_total = none
    found: list[tuple[str, ...]] = []
    for group in (names[:1], names[1:MOST_HEADINGS]):
        words: list[str] = []
        for name in group:
            hits = cells[name].str.contains(pattern).fill_null(False) & sparse
            if hits.any() and int(hits.sum()) <= max(1, cells.height // 5):
                words += (
                    parse.tidy(cells[name].filter(hits)).str.strip_chars(" .:").unique(maintain_order=True).to_list()
                )
                is_total = is_total | hits
        found.append(tuple(dict.fromkeys(words)))
    return found[0], found[1], is_total
