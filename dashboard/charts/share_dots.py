"""Shares of several things below each other, without an axis: a dot with its interval, a tick for what it is compared with.

A name stands above its dot, so that it reads on a phone too. Colour is the caller's and means that a row stands out; all
others stay grey, because a difference within the interval is chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.theme import QUIET, Chart, Figure, layout, plain, shorten

ROW = 46
NAME_LENGTH = 30
REACH = "rgba(123, 132, 148, 0.38)"


@dataclass(frozen=True)
class ShareDot:
    """One row: its share and interval, what it is compared with (``mark``), a second share (hollow), and its words.

    ``note`` stands at the right, ``told`` is what a pointer is told; both are plain text. None is not drawn.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    mark: float | None = None
    second: float | None = None
    colour: str = QUIET
    note: str = ""
    told: str = ""


def share_dots(rows: Sequence[ShareDot], title: str) -> Chart:
    """Draw rows in the order given; the last trace holds a point for each, so that a click tells which."""
    at = list(range(len(rows)))
    known = [one for row in rows for one in (row.value, row.high, row.mark, row.second) if one is not None]
    top = min(1.0, max(known, default=1.0) * 1.04) or 1.0
    ends: list[float | None] = [end for row in rows for end in (row.low, row.high, None)]
    heights: list[float | None] = [height for place in at for height in (place, place, None)]
    quiet = {"type": "scatter", "hoverinfo": "skip", "showlegend": False}
    traces = [
        {**quiet, "mode": "lines", "x": ends, "y": heights, "line": {"color": REACH, "width": 7}},
        {
            **quiet,
            "mode": "markers",
            "x": [row.mark for row in rows],
            "y": at,
            "marker": {"symbol": "line-ns", "size": 11, "line": {"width": 2.5, "color": QUIET}},
        },
        {
            **quiet,
            "mode": "markers",
            "x": [row.second for row in rows],
            "y": at,
            "marker": {
                "symbol": "circle-open",
                "size": 13,
                "color": [row.colour for row in rows],
                "line": {"width": 2.5},
            },
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [row.value for row in rows],
            "y": at,
            "marker": {"size": 12, "color": [row.colour for row in rows], "line": {"width": 0}},
            "hovertext": [plain(row.told) if row.told else f"{plain(row.name)}: {plain(row.note)}" for row in rows],
            "hoverinfo": "text",
            "unselected": {"marker": {"opacity": 0.5}},
        },
    ]
    labels = [note(place, shorten(row.name, NAME_LENGTH), "left") for place, row in zip(at, rows, strict=True)]
    labels += [note(place, row.note, "right", is_bold=True) for place, row in zip(at, rows, strict=True)]
    return Chart(
        title=title,
        figure={"data": traces, "layout": rows_layout(labels, len(rows), [-0.02 * top, top * 1.02])},
        alt=f"{title}. " + "; ".join(f"{row.name}: {row.note}" for row in rows),
    )


def rows_layout(labels: list[Figure], count: int, reach: Sequence[float]) -> Figure:
    """Return the layout of rows below each other, each with its words above it."""
    return layout(
        ROW * max(count, 1) + 12,
        clickmode="event+select",
        annotations=labels,
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        xaxis={"range": list(reach), "visible": False, "fixedrange": True},
        yaxis={"range": [count - 0.6, -0.75], "visible": False, "fixedrange": True},
    )


def note(row: int, text: str, side: str, *, is_bold: bool = False) -> Figure:
    """Write plain text above a row at one side."""
    written = plain(text)
    return {
        "x": 0 if side == "left" else 1,
        "xref": "paper",
        "y": row - 0.42,
        "yref": "y",
        "text": f"<b>{written}</b>" if is_bold else written,
        "showarrow": False,
        "xanchor": side,
        "yanchor": "middle",
        "font": {"size": 14},
        "captureevents": False,
    }
