"""The pages' own figures as vector drawings, for the PDF and for a reader whose mail runs no scripts.

It knows what our charts are made of: bars along either axis, lines, bands, points, words, notes, strokes.
A browser is not needed, and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from dashboard.charts.theme import MAIN, QUIET, Chart, Figure
from dashboard.reports import svg_text
from dashboard.reports.svg_bars import Bars, paint_bars, stacked
from dashboard.reports.svg_scale import Axis, each

WIDTH = 660
SIGN = 6.2
"""The width of a letter of a tick, about."""

DASHES = {"dot": "2 4", "dash": "7 4", "dashdot": "7 3 2 3"}


FONTS = "Liberation Sans, DejaVu Sans, Arial, sans-serif"


def draw(chart: Chart, width: int = WIDTH) -> str:
    """Draw a chart; its words for who cannot see it are its title."""
    height, inside = drawing(chart, width)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" role="img" '
        f'font-family="{FONTS}"><title>{escape(svg_text.FORBIDDEN.sub(" ", chart.alt))}</title>'
        f"{inside}</svg>"
    )


def drawing(chart: Chart, width: int) -> tuple[float, str]:
    """Draw a chart without a frame of its own; returns its height and its marks."""
    given = chart.figure.get("layout", {})
    traces = piled([trace for trace in chart.figure["data"] if trace.get("visible", True) is True])
    height = float(given.get("height") or 320)
    x, y = Axis(given.get("xaxis", {})), Axis(given.get("yaxis", {}))
    bars = stacked(traces, str(given.get("barmode", "group")), x, y)
    fit(traces, bars, x, y)
    frame(given, x, y, width, height)
    parts = [grid(x, y), *(stroke(one, x, y) for one in given.get("shapes", ()))]
    before: list[tuple[float, float]] = []
    for trace in traces:
        parts.append(PAINTERS[trace["type"]]({**trace, "_before": before, "_key": id(trace)}, x, y, bars))
        before = [one for one in placed(trace, x, y) if one] if trace["type"] == "scatter" else []
    parts += [note(one, x, y) for one in given.get("annotations", ())]
    return height, "".join(parts)


def piled(traces: Sequence[Figure]) -> list[Figure]:
    """Put lines of one pile (``stackgroup``) on each other, filled down to the one below, with their steps written out."""
    found, heights = [], {}
    for trace in traces:
        pile = trace.get("stackgroup")
        if pile is None:
            found.append(trace)
            continue
        below = heights.get(pile)
        heights[pile] = level = [
            a + (b or 0.0) for a, b in zip(below or [0.0] * len(trace["y"]), trace["y"], strict=True)
        ]
        x, y, line = list(trace["x"]), level, trace.get("line", {})
        if line.get("shape") == "hv":
            x, y = [one for one in x for _ in (0, 1)][1:], [one for one in y for _ in (0, 1)][:-1]
        fill = {"fill": "tonexty" if below else "tozeroy", "fillcolor": tinted(line.get("color", MAIN))}
        found.append({**trace, "x": x, "y": y, **fill, "line": {**line, "shape": "linear"}})
    return found


def tinted(colour: str) -> str:
    """Make a colour half see-through, as Plotly fills."""
    return "rgba({}, {}, {}, 0.5)".format(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))


def fit(traces: Sequence[Figure], bars: Bars, x: Axis, y: Axis) -> None:
    """Choose the spans of both axes."""
    values: dict[str, list[float]] = {"x": [], "y": []}
    for trace in traces:
        if id(trace) in bars:
            across, along = ("y", "x") if trace.get("orientation") == "h" else ("x", "y")
            for place, half, start, end in bars[id(trace)]:
                values[across] += [place - half, place + half]
                values[along] += [start, end]
        else:
            for axis, name in ((x, "x"), (y, "y")):
                values[name] += [one for one in map(axis.number, trace.get(name) or ()) if one is not None]
    x.fit(values["x"])
    y.fit(values["y"])


def frame(given: Mapping[str, Any], x: Axis, y: Axis, width: float, height: float) -> None:
    """Leave room around the drawing for what is written along the axes."""
    margin = {"l": 0, "r": 0, "t": 8, "b": 0, **given.get("margin", {})}
    left, right, top, bottom = margin["l"], width - margin["r"], margin["t"], height - margin["b"]
    if y.is_shown:
        left += max((len(text) for _, text in y.ticks()), default=2) * SIGN * 1.15 + 10
    if x.is_shown:
        room = 20 + 14 * max((text.count("<br>") for _, text in x.ticks()), default=0) + (18 if titled(x) else 0)
        top, bottom = (top + room, bottom) if x.given.get("side") == "top" else (top, bottom - room)
    x.begin, x.end, y.begin, y.end = left, right, bottom, top


def titled(axis: Axis) -> str:
    """Return the words of an axis, if it has any."""
    title = axis.given.get("title") or {}
    return str(title.get("text") or "") if isinstance(title, dict) else str(title)


def grid(x: Axis, y: Axis) -> str:
    """Write what stands along the axes, with faint lines across."""
    parts = []
    faint = 'stroke="currentColor" stroke-opacity="0.13"'
    if y.is_shown:
        for at, text in y.ticks():
            if y.given.get("showgrid", True):
                parts.append(f'<path d="M{x.begin:.1f} {y.at(at):.1f}H{x.end:.1f}" {faint}/>')
            parts.append(svg_text.write(x.begin - 7, y.at(at), text, anchor="end", size=12, middle=1))
    if x.is_shown:
        is_top = x.given.get("side") == "top"
        level = y.end - 8 if is_top else y.begin + 15
        size = fitting(x)
        for at, text in x.ticks():
            if x.given.get("showgrid", True):
                parts.append(f'<path d="M{x.at(at):.1f} {y.begin:.1f}V{y.end:.1f}" {faint}/>')
            lift = 14 * text.count("<br>") if is_top else 0
            parts.append(svg_text.write(x.at(at), level - lift, text, anchor="middle", size=size))
        if titled(x):
            parts.append(svg_text.write((x.begin + x.end) / 2, y.begin + 33, titled(x), anchor="middle", size=12))
    return "".join(parts)


def fitting(x: Axis) -> float:
    """Choose a size of letters with which neighbours along the axis do not run into each other, as far as they can be read."""
    ticks = x.ticks()
    rooms = [abs(x.at(b) - x.at(a)) for (a, _), (b, _) in pairwise(ticks)]
    longest = max((len(line) for _, text in ticks for line in text.split("<br>")), default=1)
    return max(7.0, min(12.0, min(rooms, default=1e6) / (0.58 * max(longest, 1))))


def paint_points(trace: Figure, x: Axis, y: Axis, bars: Bars) -> str:
    """Draw the lines, bands, points and words of a trace."""
    places = placed(trace, x, y)
    mode, parts = str(trace.get("mode", "lines")), []
    if trace.get("fill") in ("toself", "tozeroy", "tonexty"):
        parts.append(band(trace, [one for one in places if one], y))
    if "lines" in mode:
        parts.append(curve(trace, places))
    if "markers" in mode:
        parts += dots(trace, places)
    if "text" in mode:
        font, words = trace.get("textfont", {}), each(trace.get("text"), len(places), "")
        written = [(one, text) for one, text in zip(places, words, strict=True) if one and text]
        size = float(font.get("size", 13)) if not isinstance(font.get("size"), list) else 13
        parts += [svg_text.write(a, b, text, anchor="middle", size=size, middle=1) for (a, b), text in written]
    return "".join(parts)


def placed(trace: Figure, x: Axis, y: Axis) -> list[tuple[float, float] | None]:
    """Say where each point stands; None for what is unknown."""
    pairs = zip(map(x.number, trace["x"]), map(y.number, trace["y"]), strict=False)
    return [None if a is None or b is None else (x.at(a), y.at(b)) for a, b in pairs]


def band(trace: Figure, places: list[tuple[float, float]], y: Axis) -> str:
    """Fill between a line and the one before it, itself, or the axis."""
    kind = trace["fill"]
    before = list(trace.get("_before", ()))
    if kind == "tozeroy" and places:
        before = [(places[0][0], y.at(0.0)), (places[-1][0], y.at(0.0))]
    ring = [*places, *reversed(before)] if kind != "toself" else places
    low, high = sorted((y.begin, y.end))
    path = "L".join(f"{a:.1f} {max(low, min(high, b)):.1f}" for a, b in ring)
    return (
        f'<path d="M{path}Z" stroke="none"{svg_text.paint(trace.get("fillcolor", "rgba(47, 111, 222, 0.15)"))}/>'
        if ring
        else ""
    )


def curve(trace: Figure, places: Sequence[tuple[float, float] | None]) -> str:
    """Draw a line with its gaps."""
    line = trace.get("line", {})
    width = float(line.get("width", 2))
    if not width:
        return ""
    path, is_open = [], False
    for place in places:
        if place is None:
            is_open = False
            continue
        step = f"H{place[0]:.1f}V{place[1]:.1f}" if line.get("shape") == "hv" and is_open else ""
        path.append(step or f"{'L' if is_open else 'M'}{place[0]:.1f} {place[1]:.1f}")
        is_open = True
    dash = f' stroke-dasharray="{DASHES[line["dash"]]}"' if line.get("dash") in DASHES else ""
    ink = svg_text.paint(line.get("color", MAIN), float(trace.get("opacity", 1.0)), "stroke")
    return f'<path d="{"".join(path)}" fill="none" stroke-width="{width:g}"{ink}{dash}/>' if path else ""


def dots(trace: Figure, places: Sequence[tuple[float, float] | None]) -> list[str]:
    """Draw points: round, hollow, or an upright stroke."""
    marker, count = trace.get("marker", {}), len(places)
    sizes, colours = each(marker.get("size"), count, 8), each(marker.get("color"), count, MAIN)
    symbols, solid = each(marker.get("symbol"), count, "circle"), each(marker.get("opacity"), count, 1.0)
    edges = each(marker.get("line", {}).get("color"), count)
    parts = []
    for place, size, colour, symbol, opacity, edge in zip(places, sizes, colours, symbols, solid, edges, strict=True):
        if place is None:
            continue
        a, b, radius = *place, float(size or 8) / 2
        ink = edge or colour or QUIET
        if str(symbol).startswith("line"):
            parts.append(
                f'<path d="M{a:.1f} {b - radius:.1f}v{2 * radius:g}" stroke-width="2.5"{svg_text.paint(ink, 1, "stroke")}/>'
            )
        elif str(symbol).endswith("open"):
            edge_ink = svg_text.paint(ink, 1, "stroke")
            parts.append(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="{radius:g}" fill="none" stroke-width="2"{edge_ink}/>')
        else:
            parts.append(
                f'<circle cx="{a:.1f}" cy="{b:.1f}" r="{radius:g}"{svg_text.paint(colour, float(opacity or 1))}/>'
            )
    return parts


PAINTERS: dict[str, Callable[[Figure, Axis, Axis, Bars], str]] = {
    "bar": paint_bars,
    "scatter": paint_points,
}


def stroke(shape: Mapping[str, Any], x: Axis, y: Axis) -> str:
    """Draw a line that belongs to no trace."""
    ends = [x.place(shape["x0"], shape.get("xref")), y.place(shape["y0"], shape.get("yref"))]
    ends += [x.place(shape["x1"], shape.get("xref")), y.place(shape["y1"], shape.get("yref"))]
    line = shape.get("line", {})
    dash = f' stroke-dasharray="{DASHES[line["dash"]]}"' if line.get("dash") in DASHES else ""
    ink = svg_text.paint(line.get("color", QUIET), 1, "stroke")
    return (
        '<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}"'.format(*ends) + f' stroke-width="{line.get("width", 2)}"{ink}{dash}/>'
    )


def note(given: Mapping[str, Any], x: Axis, y: Axis) -> str:
    """Write a note."""
    font, anchor = given.get("font", {}), given.get("xanchor", "center")
    a = x.place(given.get("x", 0), given.get("xref")) + float(given.get("xshift", 0))
    b = y.place(given.get("y", 0), given.get("yref")) - float(given.get("yshift", 0))
    size = float(font.get("size", 14))
    rows = len(svg_text.lines(str(given["text"])))
    if given.get("yanchor") == "bottom":
        b -= size * 1.25 * rows / 2
    elif given.get("yanchor") == "top":
        b += size * 1.25 * rows / 2
    ends = {"left": "start", "right": "end"}.get(str(anchor), "middle")
    return svg_text.write(a, b, given["text"], anchor=ends, size=size, colour=str(font.get("color", "")), middle=1)
