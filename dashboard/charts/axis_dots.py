"""Numbers of any kind over an axis with ticks, a row each: a point, how far chance may carry it, the number in words beside it.

A row's name stands above its line, so that it reads on a phone. Hollow and dotted means not settled yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.charts.theme import OTHER, QUIET, Figure, layout, row_label, shorten

ROW = 50
NAME_LENGTH = 30
NAME, LINE = 0.22, 0.14
"""How far from the middle of a row its name and its line stand."""
MARK = 0.16
"""Half the height of the stroke that marks what is compared with, on the line of each row."""
BORDER, WORDS = -0.64, -0.47
"""How far from the middle of a row the line before it stands, and the words of that line."""
OF_BORDER: dict[str, Any] = {"x": 0.5, "xanchor": "center", "font": {"size": 12, "color": OTHER}}


@dataclass(frozen=True)
class AxisDot:
    """One row: its name, the place of the point and of the ends of its interval on the axis (None: no interval), words.

    ``note`` is written at the right as it is: our own words and numbers only. ``told`` is shown under the pointer and holds
    text that is escaped already.
    """

    name: str
    at: float
    low: float | None
    high: float | None
    note: str
    told: str
    colour: str = QUIET
    is_settled: bool = True


def axis_dots(
    rows: Sequence[AxisDot],
    ticks: Sequence[tuple[float, str]],
    span: tuple[float, float],
    mark: float | None = None,
    border: tuple[int, str] | None = None,
) -> Figure:
    """Draw the rows from above down over an axis from ``span[0]`` to ``span[1]``; ``mark`` is a line to compare with.

    ``border`` is a line before the row of that number, with our own words of what begins there. Point k of the only trace is row k.
    """
    places = [number + LINE for number in range(len(rows))]
    points: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "x": [row.at for row in rows],
        "y": places,
        "hovertext": [row.told for row in rows],
        "hoverinfo": "text",
        "cliponaxis": False,
        "marker": {
            "size": 13,
            "color": [row.colour for row in rows],
            "symbol": ["circle" if row.is_settled else "circle-open" for row in rows],
            "line": {"width": 2.5, "color": [row.colour for row in rows]},
        },
        "unselected": {"marker": {"opacity": 0.5}},
    }
    lines = [
        _line(row.low, row.high, place, row.colour, "solid" if row.is_settled else "dot")
        for row, place in zip(rows, places, strict=True)
        if row.low is not None and row.high is not None
    ]
    if mark is not None:
        lines += [
            {"type": "line", "x0": mark, "x1": mark, "y0": place - MARK, "y1": place + MARK, "layer": "below"}
            | {"line": {"color": QUIET, "width": 2}}
            for place in places
        ]
    notes = []
    if border is not None:
        lines.append(_border(border[0]))
        notes.append({**row_label(0, border[1], "left"), **OF_BORDER, "y": border[0] + WORDS})
    for number, row in enumerate(rows):
        notes.append(row_label(number, shorten(row.name, NAME_LENGTH), "left", up=NAME))
        notes.append(row_label(number, row.note, "right", up=NAME, is_ours=True))
    look = layout(
        ROW * len(rows) + 34,
        clickmode="event+select",
        margin={"l": 8, "r": 8, "t": 4, "b": 4},
        annotations=notes,
        shapes=lines,
        xaxis={
            "range": list(span),
            "tickvals": [place for place, _ in ticks],
            "ticktext": [text for _, text in ticks],
            "fixedrange": True,
            "zeroline": False,
            "automargin": True,
        },
        yaxis={"range": [len(rows) - 0.4, -0.6], "visible": False, "fixedrange": True},
    )
    return {"data": [points], "layout": look}


def _border(row: int) -> dict[str, Any]:
    line = {"color": OTHER, "width": 1.5, "dash": "dash"}
    ends = {"xref": "paper", "x0": 0, "x1": 1, "y0": row + BORDER, "y1": row + BORDER}
    return {"type": "line", **ends, "layer": "below", "line": line}


def _line(low: float, high: float, place: float, colour: str, dash: str) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": low,
        "x1": high,
        "y0": place,
        "y1": place,
        "layer": "below",
        "line": {"color": colour, "width": 4, "dash": dash},
    }
