"""Bars of a drawing: where each stands, after the ones before it where they stand on each other, and what is written at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from dashboard.charts.theme import MAIN, Figure
from dashboard.reports import svg_text
from dashboard.reports.svg_scale import Axis, each

Bars = Mapping[int, list[tuple[float, float, float, float]]]
"""Of each trace of bars: (place across, half of its width, where it begins, where it ends) per bar."""


def stacked(
    traces: Sequence[Figure], mode: str, x: Axis, y: Axis
) -> dict[int, list[tuple[float, float, float, float]]]:
    """Place every bar: after the ones before it where they stand on each other."""
    heights: dict[tuple[float, bool], float] = {}
    found = {}
    for trace in traces:
        if trace["type"] != "bar":
            continue
        across, along = (y, x) if trace.get("orientation") == "h" else (x, y)
        names, sizes = (trace["y"], trace["x"]) if across is y else (trace["x"], trace["y"])
        places = [across.number(one) for one in names]
        known = sorted({one for one in places if one is not None})
        step = min((b - a for a, b in pairwise(known)), default=1.0)
        widths, bases = each(trace.get("width"), len(places), step * 0.72), each(trace.get("base"), len(places))
        rows = []
        for place, size, width, base in zip(places, sizes, widths, bases, strict=True):
            length, start = along.number(size) or 0.0, along.number(base)
            if start is None:
                key = (place or 0.0, length >= 0)
                start = heights.get(key, 0.0) if mode in ("stack", "relative") else 0.0
                heights[key] = start + length
            rows.append((place or 0.0, float(width) / 2, start, start + length))
        found[id(trace)] = rows
    return found


def paint_bars(trace: Figure, x: Axis, y: Axis, bars: Bars) -> str:
    """Draw the bars of a trace; what is hatched on the page is pale here."""
    rows = bars[trace["_key"]]
    marker = trace.get("marker", {})
    colours, solid = each(marker.get("color"), len(rows), MAIN), each(marker.get("opacity"), len(rows), 1.0)
    hatched = each(marker.get("pattern", {}).get("shape"), len(rows), "")
    parts = []
    for (place, half, start, end), colour, opacity, hatch in zip(rows, colours, solid, hatched, strict=True):
        if hatch and str(colour).startswith("rgba"):  # the page's stripes stand on a see-through ground
            colour, opacity = MAIN, 1.0
        elif colour in ("rgba(0,0,0,0)", "rgba(0, 0, 0, 0)"):
            opacity = 0.0
        across, along = (y, x) if trace.get("orientation") == "h" else (x, y)
        one, two = sorted((along.at(start), along.at(end)))
        low, high = sorted((across.at(place - half), across.at(place + half)))
        if two - one < 0.05 or not opacity:
            continue
        left, top, wide, tall = (one, low, two - one, high - low) if across is y else (low, one, high - low, two - one)
        ink = svg_text.paint(colour, float(opacity) * (0.4 if hatch else 1.0))
        parts.append(f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="2"{ink}/>')
    return "".join([*parts, *words_at(trace, x, y, rows)])


def words_at(trace: Figure, x: Axis, y: Axis, rows: Sequence[tuple[float, float, float, float]]) -> list[str]:
    """Write what stands beyond the end of each upright bar."""
    if trace.get("textposition") != "outside" or trace.get("orientation") == "h":
        return []
    words = each(trace.get("text"), len(rows), "")
    return [
        svg_text.write(x.at(place), y.at(end) - 5, word, anchor="middle", size=12)
        for (place, _, _, end), word in zip(rows, words, strict=True)
        if word
    ]
