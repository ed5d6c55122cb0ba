"""The last months of a number as a small picture beside it: bars of what is counted, a line of what is a share or a length.

It is a plain picture with its values in words. Streamlit's own small chart of a number starts a second drawing library (Vega) for
each of them, which cost more than all of the rest of the number.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from dashboard.charts.theme import MAIN

WIDE, TALL, EDGE = 120.0, 36.0, 2.0
"""Units of the drawing, which is stretched to the width of its place; lines keep their thickness."""


def spark(values: Sequence[float], *, is_bars: bool) -> str:
    """Return the address of a picture of at least two values, oldest first; the newest stands out."""
    inside = _bars(values) if is_bars else _line(values)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE:g} {TALL:g}" preserveAspectRatio="none">{inside}</svg>'
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _bars(values: Sequence[float]) -> str:
    """Draw bars from zero, so that twice as much is twice as high."""
    top, bottom = max(0.0, *values), min(0.0, *values)
    scale = TALL / ((top - bottom) or 1.0)
    step = WIDE / len(values)
    drawn = []
    for at, value in enumerate(values):
        high, low = (top - max(value, 0.0)) * scale, (top - min(value, 0.0)) * scale
        newest = "" if at == len(values) - 1 else ' opacity=".5"'
        drawn.append(
            f'<rect x="{at * step + step * 0.14:.1f}" y="{high:.1f}" width="{step * 0.72:.1f}" '
            f'height="{max(low - high, 0.5 if value else 0.0):.1f}"{newest}/>'
        )
    return f'<g fill="{MAIN}">{"".join(drawn)}</g>'


def _line(values: Sequence[float]) -> str:
    """Draw a line between the least and the most of the values, with a dot at the newest."""
    least, span = min(values), max(values) - min(values)
    step = (WIDE - 2 * EDGE) / (len(values) - 1)

    def place(at: int, value: float) -> str:
        share = (value - least) / span if span else 0.5
        return f"{EDGE + at * step:.1f} {TALL - EDGE - share * (TALL - 2 * EDGE):.1f}"

    points = [place(at, value) for at, value in enumerate(values)]
    pen = (
        f'fill="none" stroke="{MAIN}" stroke-linecap="round" stroke-linejoin="round" vector-effect="non-scaling-stroke"'
    )
    return (
        f'<path d="M{" L".join(points)}" {pen} stroke-width="1.75"/><path d="M{points[-1]} h0" {pen} stroke-width="6"/>'
    )
