"""A chart as a file of its own: the finding above it, below it the period, the filter and the snapshot; SVG, and PNG of the same.

A picture that is passed on has lost its page, so everything that is needed to read it rightly is written into it.
"""

from __future__ import annotations

from textwrap import wrap
from xml.sax.saxutils import escape

from dashboard.access import Facts
from dashboard.charts.theme import FAINT_INK, INK, LIGHT_BACKGROUND, Chart
from dashboard.exports.answers import heading
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.reports.png import rasterised
from dashboard.reports.svg import FONTS, drawing
from dashboard.reports.svg_text import FORBIDDEN, write

WIDTH, EDGE = 960, 24
TITLE, NOTE = 20, 13
TITLE_LETTERS, NOTE_LETTERS = 70, 120
"""What fits in a line of either size, about."""


def picture_svg(chart: Chart, facts: Facts, filter: Filter, locale: Locale) -> bytes:
    """Draw a chart with its finding, period, filter and snapshot, in the light look on white."""
    about = f"{locale.text('Voronka')} · {heading(facts, filter, locale)}"
    title, notes = lines(chart.title, TITLE_LETTERS), lines(about, NOTE_LETTERS)
    top = EDGE + len(title) * TITLE * 1.25 + 10
    height, inside = drawing(chart, WIDTH - 2 * EDGE)
    whole = top + height + 18 + len(notes) * NOTE * 1.4 + EDGE / 2
    marks = [
        write(EDGE, EDGE + TITLE * (0.8 + 1.25 * at), escape(one), size=TITLE, colour=INK["light"])
        for at, one in enumerate(title)
    ]
    marks.append(f'<g transform="translate({EDGE} {top:g})">{inside}</g>')
    marks += [
        write(
            EDGE,
            top + height + 18 + NOTE * (0.8 + 1.4 * at),
            escape(one),
            size=NOTE,
            colour=FAINT_INK["light"],
        )
        for at, one in enumerate(notes)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{whole:g}" viewBox="0 0 {WIDTH} {whole:g}" '
        f'role="img" color="{INK["light"]}" font-family="{FONTS}">'
        f"<title>{escape(FORBIDDEN.sub(' ', chart.alt))}</title>"
        f'<rect x="0" y="0" width="{WIDTH}" height="{whole:g}" fill="{LIGHT_BACKGROUND}"/>{"".join(marks)}</svg>'
    ).encode()


def picture_png(chart: Chart, facts: Facts, filter: Filter, locale: Locale) -> bytes:
    """Make points of the same drawing, twice as fine as a page's. Raises MissingPart without a font for it."""
    return rasterised(picture_svg(chart, facts, filter, locale))


def lines(text: str, letters: int) -> list[str]:
    """Break a text in lines of so many letters; a word longer than a line is broken too."""
    return wrap(FORBIDDEN.sub(" ", text), letters) or [""]
