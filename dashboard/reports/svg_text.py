"""Words and colours of a figure as SVG: the few marks our charts write (bold, a line break, a colour), and nothing else.

What comes from data was escaped by the chart; here it is read back letter for letter and escaped again for XML.
"""

from __future__ import annotations

import re
from html import unescape
from xml.sax.saxutils import escape, quoteattr

from dashboard.i18n import NBSP

MARKS = re.compile(r"(<br>|</?b>|<span style=\"color: ?#[0-9A-Fa-f]{6}\">|</span>)")
RGBA = re.compile(r"rgba\(\s*(\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\s*\)")
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML cannot hold."""


def paint(colour: object, opacity: float = 1.0, what: str = "fill") -> str:
    """Write a colour of a figure as attributes; what stands for nothing is none."""
    text = str(colour or "currentColor")
    found = RGBA.fullmatch(text)
    if found:
        text, opacity = (
            "#{:02X}{:02X}{:02X}".format(*(int(one) for one in found.groups()[:3])),
            opacity * float(found[4]),
        )
    told = f" {what}={quoteattr(text)}"
    return told if opacity >= 1 else f'{told} {what}-opacity="{opacity:g}"'


def lines(text: str) -> list[list[tuple[str, bool, str]]]:
    """Split a text of a figure into lines of pieces: (letters, bold, colour)."""
    rows: list[list[tuple[str, bool, str]]] = [[]]
    bold, colour = False, ""
    for part in MARKS.split(text):
        if part == "<br>":
            rows.append([])
        elif part in ("<b>", "</b>"):
            bold = part == "<b>"
        elif part.startswith("<span"):
            colour = part[part.index("#") : part.index("#") + 7]
        elif part == "</span>":
            colour = ""
        elif part:
            rows[-1].append((unescape(part), bold, colour))
    return rows


def write(
    x: float, y: float, text: object, *, anchor: str = "start", size: float = 14, colour: str = "", **more: float
) -> str:
    """Write a text with its first line at ``y``; ``middle`` 1 puts its middle there, ``turn`` turns it by degrees."""
    rows = lines(FORBIDDEN.sub(" ", str(text)))
    height = size * 1.25
    top = y + size * 0.35 - (len(rows) - 1) * height / 2 if more.get("middle") else y
    turned = f' transform="rotate({more["turn"]:g} {x:.1f} {y:.1f})"' if more.get("turn") else ""
    # A viewer may cut a sliver off the first letter of a text that is not set from its left: it cuts a blank instead.
    before, after = ("" if anchor == "start" else NBSP), (NBSP if anchor == "middle" else "")
    spans = []
    for number, row in enumerate(rows):
        last = len(row) - 1
        pieces = "".join(
            f"<tspan{' font-weight=' + quoteattr('bold') if bold else ''}{paint(ink) if ink else ''}>"
            f"{'' if at else before}{escape(letters)}{after if at == last else ''}</tspan>"
            for at, (letters, bold, ink) in enumerate(row)
        )
        spans.append(f'<tspan x="{x:.1f}" y="{top + number * height:.1f}">{pieces}</tspan>')
    ink = paint(colour or "currentColor")
    return f'<text text-anchor="{anchor}" font-size="{size:g}"{ink}{turned}>{"".join(spans)}</text>'
