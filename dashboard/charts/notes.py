"""Notes of settings.toml on a picture by month: a numbered line at the day of each change, and what was changed below it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from dashboard.charts.theme import OTHER, Chart, Figure, plain, shorten
from dashboard.filters import FIELDS, Filter
from dashboard.i18n import N_, Locale
from dashboard.periods import shift_months, unit_start
from pipelines.thresholds import Note

LONGEST = 90


def noted(chart: Chart, months: Sequence[date], notes: Sequence[Note], filter: Filter, locale: Locale) -> Chart:
    """Draw the notes of the shown months that concern somebody the filter keeps; without any the chart stays as it is.

    ``months`` are the first days of the months on the time axis. Each line has a number, and the chart's ``notes`` tell it.
    """
    first, end = min(months, default=date.max), shift_months(max(months, default=date.min), 1)
    shown = [one for one in notes if first <= one.day < end and concerns(one, filter)]
    if not shown:
        return chart
    told = tuple(
        locale.text(
            N_("Line {number}, {day}: {text}"),
            number=number,
            day=locale.date(one.day),
            text=shorten(one.text, LONGEST) + concerned(one),
        )
        for number, one in enumerate(shown, 1)
    )
    layout = chart.figure["layout"]
    lines = [
        {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "layer": "above"}
        | {"line": {"color": OTHER, "width": 1.5, "dash": "dash"}}
        for at in (place(one.day) for one in shown)
    ]
    words = [mark(number, one, line) for number, (one, line) in enumerate(zip(shown, told, strict=True), 1)]
    drawn = {
        **layout,
        "shapes": [*layout.get("shapes", []), *lines],
        "annotations": [*layout.get("annotations", []), *words],
    }
    return replace(
        chart, figure={**chart.figure, "layout": drawn}, alt="; ".join([chart.alt, *told]), notes=(*chart.notes, *told)
    )


def concerns(note: Note, filter: Filter) -> bool:
    """Tell whether a note concerns somebody whom the filter keeps."""
    chosen = {key: getattr(filter, FIELDS[key]) for key in note.only}
    return all(not kept or set(kept) & set(note.only[key]) for key, kept in chosen.items())


def concerned(note: Note) -> str:
    """Write whom a note concerns, where not everybody."""
    names = ", ".join(name for values in note.only.values() for name in values)
    return f" ({shorten(names, LONGEST)})" if names else ""


def place(day: date) -> str:
    """Return where a day stands on an axis on which each month is as wide as itself around the mark of its first day."""
    month = unit_start("month", day)
    halves = 2 * day.day - 1 - monthrange(day.year, day.month)[1]
    return f"{month + timedelta(days=halves // 2)}T{12 * (halves % 2):02}:00"


def mark(number: int, note: Note, told: str) -> Figure:
    """Write the number of a note beside its line; the pointer is told the rest."""
    return {
        "x": place(note.day),
        "y": 1,
        "yref": "paper",
        "text": f"<b>{number}</b>",
        "hovertext": plain(told),
        "showarrow": False,
        "xanchor": "left",
        "xshift": 4,
        "yanchor": "top",
        "font": {"size": 13, "color": OTHER},
    }
