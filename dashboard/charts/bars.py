"""Rows with their name and number above a bar, so that long names and a phone go together.

A bar is made of parts in order, each with a colour and words of its own; a mark on it is what it is to be compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.theme import QUIET, Figure, layout, plain, shorten

ROW = 46
LEGEND = 26
NAME_LENGTH = 30


@dataclass(frozen=True)
class Part:
    """A part of a bar: where it begins and how far it goes, its colour, and what is told when it is pointed at."""

    length: float
    colour: str
    told: str
    base: float | None = None
    """Where it begins; after the part before when not given."""
    opacity: float = 1.0


@dataclass(frozen=True)
class Row:
    """One row: the name on the left, its number on the right (both from data, as they are), the bar, and a mark."""

    name: str
    number: str
    parts: tuple[Part, ...]
    mark: float | None = None


def bars(rows: Sequence[Row], legend: Sequence[tuple[str, str]] = (), *, low: float = 0.0) -> Figure:
    """Draw rows under each other; trace k holds part k of every row, so point i of any trace is row i.

    ``legend``: (colour, words) written above the rows, in the order given. ``low``: where the scale begins, above 0 only for
    ranges, whose length says nothing of their height.
    """
    placed = [spread(row) for row in rows]
    most = max((len(parts) for parts in placed), default=0)
    traces = [trace([parts[at] if at < len(parts) else None for parts in placed]) for at in range(most)]
    marks = [(number, row.mark) for number, row in enumerate(rows) if row.mark is not None]
    if marks:
        traces.append(marked(marks))
    ends = [start + part.length for parts in placed for start, part in parts]
    starts = [start for parts in placed for start, _ in parts]
    top = max([*ends, *starts, *(mark * 1.005 for _, mark in marks)], default=1.0) or 1.0
    labels = [label for number, row in enumerate(rows) for label in named(number, row)]
    above = 0.75 + (LEGEND * len(lines(legend)) / ROW if legend else 0.0)
    if legend:
        labels.append(written_legend(legend))
    return {
        "data": traces,
        "layout": layout(
            round(ROW * (len(rows) + above - 0.35)),
            barmode="overlay",
            clickmode="event+select",
            annotations=labels,
            margin={"l": 0, "r": 0, "t": 4, "b": 4},
            xaxis={"range": [min(low, *starts, *ends) if starts else low, top], "visible": False, "fixedrange": True},
            yaxis={"range": [len(rows) - 0.62, -above], "visible": False, "fixedrange": True},
        ),
    }


def spread(row: Row) -> list[tuple[float, Part]]:
    """Say where each part of a row begins."""
    found, end = [], 0.0
    for part in row.parts:
        start = end if part.base is None else part.base
        found.append((start, part))
        end = start + part.length
    return found


def trace(parts: Sequence[tuple[float, Part] | None]) -> Figure:
    """Make the trace of one part of all rows."""
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(parts))),
        "x": [one[1].length if one else 0 for one in parts],
        "base": [one[0] if one else 0 for one in parts],
        "width": 0.36,
        "hovertext": [one[1].told if one else "" for one in parts],
        "hoverinfo": "text",
        "marker": {
            "color": [one[1].colour if one else "rgba(0,0,0,0)" for one in parts],
            "opacity": [one[1].opacity if one else 0 for one in parts],
            "line": {"width": 0},
        },
        "unselected": {"marker": {"opacity": 0.45}},
    }


def marked(marks: Sequence[tuple[int, float]]) -> Figure:
    """Draw a short upright stroke on the bars that are compared with something."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for number, at in marks:
        xs += [at, at, None]
        ys += [number - 0.26, number + 0.26, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        "line": {"width": 3, "color": MARK},
        "hoverinfo": "skip",
    }


MARK = QUIET


def named(number: int, row: Row) -> list[Figure]:
    """Write the name and the number above a bar."""
    about = {"xref": "paper", "y": number - 0.40, "yref": "y", "showarrow": False, "yanchor": "middle"}
    return [
        {"x": 0, "xanchor": "left", "text": plain(shorten(row.name, NAME_LENGTH)), "font": {"size": 14}, **about},
        {"x": 1, "xanchor": "right", "text": f"<b>{plain(row.number)}</b>", "font": {"size": 14}, **about},
    ]


def lines(legend: Sequence[tuple[str, str]]) -> list[str]:
    """Write the legend, two entries a line, which a phone can show."""
    entries = [f'<span style="color:{colour}">■</span> {plain(words)}' for colour, words in legend]
    return [" &nbsp; ".join(entries[at : at + 2]) for at in range(0, len(entries), 2)]


def written_legend(legend: Sequence[tuple[str, str]]) -> Figure:
    """Place the legend above the first row."""
    return {
        "x": 0,
        "y": 1,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "top",
        "align": "left",
        "showarrow": False,
        "text": "<br>".join(lines(legend)),
        "font": {"size": 13},
    }
