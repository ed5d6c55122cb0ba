"""Our own vector drawings as points: the few elements that ``svg.py`` writes, drawn by Pillow with the system's letters.

It is no reader of SVG at large: what we do not write is passed over. Everything is drawn finer than it is handed out, which
smooths the edges.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from lxml import etree  # ty: ignore[missing-module-member]  (a C module without stubs)
from PIL import Image, ImageColor, ImageDraw

from dashboard.charts.theme import INK, LIGHT_BACKGROUND
from dashboard.reports.card import found, sized
from dashboard.reports.model import MissingPart

OUT, FINER = 2, 2
"""Points of the file for one of the drawing, and how much finer it is drawn."""
MOST_POINTS = 40_000_000
"""A very long chart is made coarser rather than fill the memory."""
STEPS = re.compile(r"([MLHVvZ])|(-?\d+(?:\.\d+)?)")
TURN = re.compile(r"rotate\((-?[\d.]+)")
SHIFT = re.compile(r"translate\((-?[\d.]+)[ ,]+(-?[\d.]+)\)")
Place = tuple[float, float]
Ink = tuple[int, int, int, int]


def rasterised(svg: bytes) -> bytes:
    """Return a drawing of ours as PNG. Raises MissingPart when the system has no font with Cyrillic letters."""
    root = etree.fromstring(svg, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    wide, high = float(root.get("width")), float(root.get("height"))
    finer = FINER if wide * high * (OUT * FINER) ** 2 <= MOST_POINTS else 1
    canvas = Canvas(wide, high, OUT * finer)
    canvas.draw(root, (0.0, 0.0))
    picture = canvas.picture.resize((round(wide * OUT), round(high * OUT)), Image.Resampling.LANCZOS)
    content = io.BytesIO()
    picture.save(content, "PNG", optimize=True)
    return content.getvalue()


@cache
def has_letters() -> bool:
    """Tell whether the system has a font for it."""
    try:
        found()
    except MissingPart:
        return False
    return True


class Canvas:
    """A picture that elements are drawn on, so many points to one of the drawing."""

    def __init__(self, wide: float, high: float, scale: int) -> None:
        self.scale, self.fonts = scale, found()
        self.picture = Image.new("RGB", (round(wide * scale), round(high * scale)), LIGHT_BACKGROUND)
        self.pen = ImageDraw.Draw(self.picture, "RGBA")  # lays what is see-through over what is there

    def draw(self, element: etree._Element, shift: Place) -> None:
        """Draw what is inside an element, moved."""
        for one in element.iterchildren(tag=etree.Element):
            match etree.QName(one).localname:
                case "g":
                    moved = SHIFT.match(one.get("transform", ""))
                    by = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
                    self.draw(one, (shift[0] + by[0], shift[1] + by[1]))
                case "rect":
                    self.box(one, shift)
                case "circle":
                    self.circle(one, shift)
                case "path":
                    self.path(one, shift)
                case "text":
                    self.text(one, shift)

    def at(self, x: float, y: float, shift: Place) -> Place:
        """Return a place of the drawing in points."""
        return (x + shift[0]) * self.scale, (y + shift[1]) * self.scale

    def box(self, one: etree._Element, shift: Place) -> None:
        """Draw a rectangle with its round corners."""
        x, y, wide, high = (float(one.get(name, 0)) for name in ("x", "y", "width", "height"))
        ends = (*self.at(x, y, shift), *self.at(x + wide, y + high, shift))
        radius = min(float(one.get("rx", 0)), wide / 2, high / 2) * self.scale
        self.pen.rounded_rectangle(ends, radius, fill=ink(one, "fill"))

    def circle(self, one: etree._Element, shift: Place) -> None:
        """Draw a point, solid or hollow."""
        x, y, radius = (float(one.get(name, 0)) for name in ("cx", "cy", "r"))
        ends = (*self.at(x - radius, y - radius, shift), *self.at(x + radius, y + radius, shift))
        line = ink(one, "stroke")
        self.pen.ellipse(ends, fill=ink(one, "fill"), outline=line, width=self.width(one) if line else 0)

    def path(self, one: etree._Element, shift: Place) -> None:
        """Draw lines, and what they enclose where it is filled."""
        line, inside = ink(one, "stroke"), ink(one, "fill")
        dashes = [float(part) for part in one.get("stroke-dasharray", "").split()]
        for run in runs(one.get("d", "")):
            places = [self.at(x, y, shift) for x, y in run]
            if inside and len(places) > 2:
                self.pen.polygon(places, fill=inside)
            if line:
                for part in dashed(places, [size * self.scale for size in dashes]):
                    self.stroke(part, line, self.width(one))

    def stroke(self, places: list[Place], colour: Ink, width: int) -> None:
        """Draw a line; where it is see-through, its joints are not drawn twice."""
        if colour[3] == 255 or len(places) == 2:
            self.pen.line(places, fill=colour, width=width, joint="curve")
            return
        mask = Image.new("L", self.picture.size, 0)
        ImageDraw.Draw(mask).line(places, fill=colour[3], width=width, joint="curve")
        self.picture.paste(colour[:3], mask=mask)

    def width(self, one: etree._Element) -> int:
        """Return the width of an element's line in points."""
        return max(1, round(float(one.get("stroke-width", 1)) * self.scale))

    def text(self, one: etree._Element, shift: Place) -> None:
        """Write the lines of a text, each of pieces that may be bold or have a colour of their own."""
        size, colour = round(float(one.get("font-size", 14)) * self.scale), ink(one, "fill")
        turned = TURN.search(one.get("transform", ""))
        for line in one.iterchildren(tag=etree.Element):
            pieces = [
                (
                    piece.text or "",
                    sized(self.fonts[piece.get("font-weight") == "bold"], size),
                    ink(piece, "fill", colour),
                )
                for piece in line.iterchildren(tag=etree.Element)
            ]
            long = sum(font.getlength(letters) for letters, font, _ in pieces)
            x, y = self.at(float(line.get("x", 0)), float(line.get("y", 0)), shift)
            x -= {"middle": long / 2, "end": long}.get(one.get("text-anchor", ""), 0)
            if turned:
                self.turned(pieces, (x, y), long, size, float(turned[1]))
                continue
            for letters, font, own in pieces:
                self.pen.text((x, y), letters, font=font, fill=own, anchor="ls")
                x += font.getlength(letters)

    def turned(self, pieces: list, place: Place, long: float, size: int, degrees: float) -> None:
        """Write one line turned about its middle."""
        side = Image.new("RGBA", (int(long) + 8, size * 2))
        pen, x = ImageDraw.Draw(side), 4.0
        for letters, font, own in pieces:
            pen.text((x, size * 1.4), letters, font=font, fill=own, anchor="ls")
            x += font.getlength(letters)
        side = side.rotate(-degrees, expand=True)
        middle = (place[0] + long / 2, place[1] - size * 0.4)
        corner = (round(middle[0] - side.width / 2), round(middle[1] - side.height / 2))
        self.picture.paste(side, corner, side)


def ink(one: etree._Element, what: str, default: Ink | None = None) -> Ink | None:
    """Read a colour of an element; None for none."""
    told = one.get(what, "")
    if told in ("", "none"):
        return default
    colour = ImageColor.getrgb(INK["light"] if told == "currentColor" else told)
    return (*colour[:3], round(255 * float(one.get(f"{what}-opacity", 1))))


def runs(d: str) -> Iterator[list[Place]]:
    """Split the steps of a path into runs of places."""
    run: list[Place] = []
    step, held = "M", []
    for letter, number in STEPS.findall(d):
        if letter == "Z":
            run.append(run[0])
        elif letter:
            if letter == "M" and run:
                yield run
                run = []
            step = letter
        else:
            held.append(float(number))
            if step in "HVv":
                last = run[-1]
                value = held.pop()
                run.append((value, last[1]) if step == "H" else (last[0], value + (last[1] if step == "v" else 0)))
            elif len(held) == 2:
                run.append((held[0], held[1]))
                held = []
    if run:
        yield run


def dashed(places: list[Place], sizes: list[float]) -> Iterator[list[Place]]:
    """Cut a line into its dashes; without sizes it stays whole."""
    if not sizes:
        yield places
        return
    at, left = 0, sizes[0]
    for (x, y), (to_x, to_y) in pairwise(places):
        length = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5
        done = 0.0
        while done < length:
            step = min(left, length - done)
            if at % 2 == 0:
                yield [(x + (to_x - x) * part / length, y + (to_y - y) * part / length) for part in (done, done + step)]
            done, left = done + step, left - step
            if left <= 0:
                at += 1
                left = sizes[at % len(sizes)]
