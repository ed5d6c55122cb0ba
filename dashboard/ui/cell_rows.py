"""Tables whose numbers open: a click on a number shows the rows behind that cell, below the table, as many as it counts.

What is opened stands in the address under one key: the table, the values that name the row, the column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Column
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.model import Metric
from dashboard.periods import Period, step_unit
from dashboard.ui import answers, blocks, number_rows
from dashboard.ui.address import change_address
from dashboard.ui.behind import Behind
from dashboard.ui.context import Context
from dashboard.ui.deal_list import OUTCOMES
from dashboard.ui.safe_text import md

MONTH = "month"
"""In the place of a column of the facts: the row is of a month, which is the period of its numbers."""
UNKNOWN_NUMBER = N_("The link asks for a number that this table does not hold: {value}.")
NUMBER = "number"
"""The key of the address that names the opened cell of a table."""


Opens = Metric | Behind
"""What tells the rows of a number."""


@dataclass(frozen=True, eq=False)
class Grid:
    """A table by name whose numbers open.

    ``by``: column of the table that names a row → column of the facts. ``metrics``: column of numbers → its metric or what else
    stands behind it; or what tells that by the row. ``filter``: what the metrics are counted under, that of the page where none
    is given. ``at_name``: what a click on any other column does, given the place of the row. ``instead``: column of numbers →
    what names its row in the facts, where it is not ``by`` ("" is left out). ``only``: column of numbers → the outcome that
    picks its rows among the metric's. ``whole``: names of the row that stands for all of them; ``mute``: of those that no rows
    stand behind, such as a median. ``title``: how a row is called, given its names, where that is not the names themselves.
    """

    key: str
    by: Mapping[str, str]
    metrics: Mapping[str, Opens | Callable[[Sequence[str]], Opens]]
    filter: Filter | None = None
    at_name: Callable[[int], None] | None = None
    instead: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    only: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    mute: tuple[tuple[str, ...], ...] = ()
    title: Callable[[Sequence[str]], str] | None = None

    def opens(self, column: str, row: Sequence[str]) -> Opens:
        """Return what tells the rows of a cell."""
        told = self.metrics[column]
        return told if isinstance(told, Metric | Behind) else told(row)


def show(here: Context, name: str, grid: Grid, rows: pl.DataFrame, **more: Any) -> None:
    """Show an analysis in a card whose numbers open, and below it the rows of the opened cell; ``more`` as in ``answers.show``."""
    answers.show(here, name, rows=rows, draw=lambda frame, columns: table(here, grid, frame, columns), **more)
    opened(here, grid, rows)


def table(here: Context, grid: Grid, frame: pl.DataFrame, columns: Sequence[Column]) -> None:
    """Show a table whose numbers open."""
    answers.table(here, frame, columns, grid.key, on_select=picking(grid, frame), selection_mode="single-cell")
    if any(column.name in grid.metrics for column in columns):
        st.caption(here.say("Click a number: its rows open below."))


def picking(grid: Grid, frame: pl.DataFrame) -> Callable[[], None]:
    """Make what a click on a cell does: open its rows, or what the table does at a name."""
    names = names_of(grid, frame)

    def select() -> None:
        cells = st.session_state[f"table_{grid.key}"].selection.cells
        if not cells:
            return
        row, column = cells[0]
        if column in grid.metrics and names[row] not in grid.mute:
            change_address(**{NUMBER: [grid.key, *names[row], column]})
        elif grid.at_name is not None:
            grid.at_name(row)

    return select


def clicked(key: str, grid: Grid, column: str, rows: Sequence[tuple[str, ...]]) -> Callable[[], None]:
    """Make what a click on a point of a chart does: open that column's number of its row; point k is row k of ``rows``."""

    def select() -> None:
        points = st.session_state[key].selection.point_indices
        if points and points[0] < len(rows) and rows[points[0]] not in grid.mute:
            change_address(**{NUMBER: [grid.key, *rows[points[0]], column]})

    return select


def opened(here: Context, grid: Grid, frame: pl.DataFrame) -> None:
    """Show the rows of the cell that the address names, if it is one of this table."""
    asked = list(here.query.get(NUMBER, ()))
    if asked[:1] != [grid.key]:
        return
    column, row = asked[-1], tuple(asked[1:-1])
    if column not in grid.metrics or row not in names_of(grid, frame) or row in grid.mute:
        blocks.notice(here, Notice(UNKNOWN_NUMBER, {"value": " · ".join(asked[1:])}))
        return
    told = grid.opens(column, row)
    page = under(here, grid, row, told)
    with st.container(border=True, key=f"card_cell_{grid.key}"):
        whose = md(called(here, grid, row, column))
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"## {whose}{': ' if whose else ''}{here.say(told.label)}", width="content")
            blocks.close(here, NUMBER, f"close_{grid.key}")
        if isinstance(told, Behind):
            number_rows.show_behind(page, told, cell_of(grid, column, row))
        else:
            number_rows.show(page, told, cell_of(grid, column, row))


def capital(text: str) -> str:
    """Begin our own words with a capital, as a heading does; names from data are left as they are."""
    return text[:1].upper() + text[1:]


def called(here: Context, grid: Grid, row: Sequence[str], column: str) -> str:
    """Call a row as a reader does: its names one beside the other."""
    if grid.title is not None:
        return grid.title(row)
    whose = [
        here.locale.month(date.fromisoformat(name)) if of_facts == MONTH else here.name(name)
        for name, of_facts in zip(row, grid.by.values(), strict=True)
        if name or tuple(row) != grid.whole
    ]
    if column in grid.only:
        whose.append(here.locale.text(OUTCOMES[grid.only[column]]))
    return " · ".join(whose)


def names_of(grid: Grid, frame: pl.DataFrame) -> list[tuple[str, ...]]:
    """Name the rows of a table as the address does: an empty name is nobody, a month is its first day."""
    return [tuple("" if name is None else str(name) for name in row) for row in frame.select(list(grid.by)).rows()]


def under(here: Context, grid: Grid, row: Sequence[str], told: Opens) -> Context:
    """Narrow a page to what a number is counted under: a metric by the table's own filter, all by the month of the row."""
    chosen = here.filter if grid.filter is None or isinstance(told, Behind) else grid.filter
    for name, of_facts in zip(row, grid.by.values(), strict=True):
        if of_facts == MONTH:
            start = date.fromisoformat(name)
            chosen = replace(chosen, period=Period(start, step_unit("month", start, 1)), preset=None)
    return replace(here, filter=chosen)


def cell_of(grid: Grid, column: str, row: Sequence[str]) -> dict[str, str | None]:
    """Name the columns of the facts and their values in a cell; an empty name is nobody's, and no name is everybody."""
    if tuple(row) == grid.whole:
        return {}
    by = grid.instead.get(column, grid.by)
    cell = {
        of_facts: name or None for of_facts, name in zip(by.values(), row, strict=True) if of_facts not in (MONTH, "")
    }
    return {**cell, "outcome": grid.only[column]} if column in grid.only else {**cell}
