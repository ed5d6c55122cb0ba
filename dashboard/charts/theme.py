"""The only colours of the product, and what every chart shares: a look, a locale, a safe text.

Each colour of CATEGORIES stands out from the light and from the dark background by 3 : 1 at least (a test computes it),
so one figure serves both themes; text and grid lines are left to the template of whoever shows the figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from dashboard.i18n import NBSP, Locale

LIGHT_BACKGROUND = "#FFFFFF"
DARK_BACKGROUND = "#14171C"
CATEGORIES = (
    "#2F6FDE",  # blue: what the page is about
    "#D9622B",  # orange: what it is compared with
    "#008F72",
    "#AF428D",
    "#995200",
    "#7D53BB",
    "#1596CA",
    "#C43A4C",
    "#658E27",
    "#848B98",
)
"""Ten colours for things without an order; the first two for "this" and "compared with".

No two look alike to those who see no red, no green or no blue (a test computes it).
"""

SEQUENCE = (
    "#E8F0FE",
    "#CFE0FC",
    "#B3CDF9",
    "#94B7F4",
    "#73A0EE",
    "#5288E5",
    "#3570D6",
    "#2459B5",
    "#184490",
    "#0F306A",
)
"""Ten steps from little to much, each darker than the one before."""

MAIN, OTHER, QUIET = CATEGORIES[0], CATEGORIES[1], CATEGORIES[9]
TRACK = "rgba(123, 132, 148, 0.16)"

Look = Literal["light", "dark"]
INK = {"light": "#10151F", "dark": "#E8EBF0"}
FAINT_INK = {"light": "#566072", "dark": "#A3ADBC"}
GRID = {"light": "#E6E9EF", "dark": "#2B323D"}

FONT_SIZE = 14
CONTROL = dict.fromkeys([*range(32), *range(0x7F, 0xA0)], " ")
Figure = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """A picture ready to show: what it says in words, the Plotly figure as a plain dict, words for who cannot see it.

    ``title``, ``alt`` and ``notes`` (lines to write below it) hold values from data as they are: whoever shows them escapes.
    """

    title: str
    figure: Figure
    alt: str
    notes: tuple[str, ...] = ()


def plain(value: object) -> str:
    """Write a value from data so that Plotly, which reads a kind of HTML, shows it letter for letter."""
    return str(value).translate(CONTROL).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").strip()


def shorten(value: object, length: int) -> str:
    """Cut a text to a length, with an ellipsis that says so."""
    text = str(value)
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def layout(height: int, **more: object) -> Figure:
    """Return the layout every chart begins with: no title (the page writes it), no legend, tight margins."""
    return {
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"align": "left"},
        "font": {"size": FONT_SIZE},
        "separators": f",{NBSP}",
        **more,
    }


def dress(figure: Figure, look: Look) -> Figure:
    """Return the figure with text and lines in the ink of a look; what has a colour of its own keeps it."""
    layout = {**figure["layout"]}
    layout["font"] = {**layout.get("font", {}), "color": INK[look]}
    layout["annotations"] = [
        {**note, "font": {"color": INK[look], **note.get("font", {})}} for note in layout.get("annotations", [])
    ]
    for name in ("xaxis", "yaxis"):
        if name in layout:
            faint = {"color": FAINT_INK[look], "size": 13}
            layout[name] = {
                "gridcolor": GRID[look],
                "showline": False,
                **layout[name],
                "tickfont": {**faint, **layout[name].get("tickfont", {})},
            }
    return {**figure, "layout": layout}


@cache
def config(locale: Locale) -> Figure:
    """Return Plotly's own settings: no tool bar, nothing that could send data away, and its words in the locale."""
    settings: Figure = {
        "displayModeBar": False,
        "displaylogo": False,
        "showSendToCloud": False,
        "responsive": True,
        "locale": locale.code,
    }
    if locale.code == "ru":
        settings["locales"] = {"ru": {"dictionary": RUSSIAN_WORDS, "format": russian_format()}}
    return settings


def russian_format() -> Figure:
    """Return Russian numbers and dates as d3 wants them, names taken from CLDR through the Locale."""
    russian = Locale("ru")
    months = [date(2024, month, 1) for month in range(1, 13)]
    return {
        "decimal": ",",
        "thousands": NBSP,
        "grouping": [3],
        "currency": ["", f"{NBSP}₽"],
        "months": [russian.month(month).split()[0] for month in months],
        "shortMonths": [russian.month(month, short=True) for month in months],
        "days": ["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"],
        "shortDays": ["вс", "пн", "вт", "ср", "чт", "пт", "сб"],
        "date": "%d.%m.%Y",
        "dateTime": "%d.%m.%Y %H:%M",
        "time": "%H:%M",
        "periods": ["", ""],
    }


RUSSIAN_WORDS = {
    "Autoscale": "Автомасштаб",
    "Double-click to zoom back out": "Двойной щелчок вернёт масштаб",
    "Download plot as a PNG": "Сохранить как PNG",
    "Reset axes": "Вернуть оси",
    "Zoom in": "Ближе",
    "Zoom out": "Дальше",
}


def stripes(colour: str = MAIN) -> Figure:
    """Return the hatching of what is not finished or too young to be judged."""
    return {"shape": "/", "fillmode": "overlay", "fgcolor": colour, "size": 6, "solidity": 0.35}


def row_label(row: int, text: str, side: str, *, up: float = 0.42, is_ours: bool = False) -> Figure:
    """Write a text above the bar of a row, at its left or right end; ``is_ours`` says that it holds no name from data."""
    return {
        "x": 0 if side == "left" else 1,
        "xref": "paper",
        "y": row - up,
        "yref": "y",
        "text": text if is_ours else plain(text),
        "showarrow": False,
        "xanchor": side,
        "yanchor": "middle",
        "font": {"size": 14},
        "captureevents": False,
    }


MOST_TICKS = 7
"""What fits under a chart on a phone without turning the words."""


def month_ticks(months: Sequence[date], locale: Locale) -> tuple[list[str], list[str]]:
    """Return where to write month names under a time axis and what: short months, the year under the first of each."""
    step = max(1, -(-len(months) // MOST_TICKS))
    shown = list(months)[::-1][::step][::-1]
    seen: set[int] = set()
    texts = []
    for month in shown:
        year = "" if month.year in seen else f"<br>{month.year}"
        seen.add(month.year)
        texts.append(locale.month(month, short=True) + year)
    return [month.isoformat() for month in shown], texts
