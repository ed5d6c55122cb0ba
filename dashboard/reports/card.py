"""The card for a messenger: the finding and five numbers as a picture, drawn with the system's own letters."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from dashboard.charts.theme import FAINT_INK, INK, LIGHT_BACKGROUND, MAIN
from dashboard.reports.model import MissingPart, Report
from pipelines.errors import N_

WIDTH, HEIGHT, EDGE = 1200, 675, 64
FONTS = (
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    ("arial.ttf", "arialbd.ttf"),
    ("Arial.ttf", "Arial Bold.ttf"),
)
NO_LETTERS = N_("The picture could not be made: no font with Cyrillic letters was found. Install fonts-dejavu-core.")
Font = ImageFont.FreeTypeFont


def card(report: Report) -> bytes:
    """Draw the card. Raises MissingPart when the system has no font with Cyrillic letters."""
    plain, bold = found()
    picture = Image.new("RGB", (WIDTH, HEIGHT), LIGHT_BACKGROUND)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, WIDTH, 12), fill=MAIN)
    pen.text((EDGE, 52), report.title, font=sized(plain, 28), fill=FAINT_INK["light"])
    top = 106
    for line in wrapped(report.finding, sized(bold, 42), WIDTH - 2 * EDGE)[:4]:
        pen.text((EDGE, top), line, font=sized(bold, 42), fill=INK["light"])
        top += 56
    wide = (WIDTH - 2 * EDGE) // 3
    for place, one in enumerate(report.headline):
        left, level = EDGE + wide * (place % 3), 372 + 138 * (place // 3)
        pen.text((left, level), report.locale.text(one.metric.label), font=sized(plain, 22), fill=FAINT_INK["light"])
        pen.text((left, level + 28), one.written, font=sized(bold, 38), fill=INK["light"])
        pen.text((left, level + 78), one.change, font=sized(plain, 20), fill=FAINT_INK["light"])
    content = io.BytesIO()
    picture.save(content, "PNG", optimize=True)
    return content.getvalue()


def found() -> tuple[str, str]:
    """Return the names of a plain and a bold font that the system has."""
    for plain, bold in FONTS:
        try:
            ImageFont.truetype(plain, 12), ImageFont.truetype(bold, 12)
        except OSError:
            continue
        return plain, bold
    raise MissingPart(NO_LETTERS)


def sized(name: str, size: int) -> Font:
    """Return a font at a size."""
    return ImageFont.truetype(name, size)


def wrapped(text: str, font: Font, width: int) -> list[str]:
    """Break a text in lines that fit."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
