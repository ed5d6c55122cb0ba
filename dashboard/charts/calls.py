"""Calls over the week, and how soon leads are answered."""

from __future__ import annotations

from math import log10
from typing import Any

import polars as pl

from dashboard.analyses.calls_by_hour import WEEKDAYS
from dashboard.charts.theme import MAIN, QUIET, Chart, layout
from dashboard.i18n import N_, Locale
from dashboard.statistics.intervals import LEVEL, newcombe
from dashboard.statistics.verdicts import LEAST_COUNT

HOUR_ROW = 30
FEW = 0.005
"""Hours at the ends of the day with fewer calls than this share of all are left out of the picture (and said)."""
PARTS = {"missed": ("missed", "calls_in"), "reached": ("reached", "calls_out"), "calls": ("calls", "calls")}
"""What is shown → the column counted, and the column it is a share of."""
SHORT_DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
TICKS = (1, 5, 15, 60, 240, 960)
"""Working minutes that the axis of answers names; its scale is of their logarithms."""
Row = dict[str, Any]


def busy_hours(cells: pl.DataFrame) -> list[int]:
    """List the hours of the picture: from the first to the last that holds a notable part of the calls."""
    by_hour = cells.group_by("hour").agg(pl.col("calls").sum()).sort("hour")
    notable = by_hour.filter(pl.col("calls") >= max(1.0, FEW * int(cells["calls"].sum())))["hour"].to_list()
    return list(range(notable[0], notable[-1] + 1)) if notable else []


def week(cells: pl.DataFrame, what: str, locale: Locale) -> Chart:
    """Draw weekday by hour; a click on a cell gives its place (``cell_at``).

    ``cells`` is the frame of ``calls_by_hour``; ``what`` is missed, reached or calls. A share of fewer than twenty calls has
    no colour.
    """
    hours, (part, whole) = busy_hours(cells), PARTS[what]
    found = {(row["weekday"], row["hour"]): row for row in cells.to_dicts()}
    grid = [(day, place, found[day + 1, hour]) for place, hour in enumerate(hours) for day in range(7)]
    values = [_value(row, part, whole) for _, _, row in grid]
    most = max((value for value in values if value is not None), default=0) or 1
    bars: Row = {  # not a heat map of Plotly, whose cells cannot be clicked
        "type": "bar",
        "orientation": "h",
        "base": [day - 0.48 for day, _, _ in grid],
        "x": [0.96] * len(grid),
        "y": [place for _, place, _ in grid],
        "width": 0.93,
        "hovertext": [_told(row, locale) for _, _, row in grid],
        "hoverinfo": "text",
        "marker": {"color": [_shade(value, most) for value in values], "line": {"width": 0}},
        "unselected": {"marker": {"opacity": 0.55}},
    }
    written = [
        (day, place, locale.share(value, 0) if part != whole else locale.number(value))
        for (day, place, _), value in zip(grid, values, strict=True)
        if value is not None
    ]
    numbers: Row = {  # a trace of its own, because text within a bar takes no ink of the look
        "type": "scatter",
        "mode": "text",
        "x": [day for day, _, _ in written],
        "y": [place for _, place, _ in written],
        "text": [text for _, _, text in written],
        "textfont": {"size": 12},
        "hoverinfo": "skip",
    }
    title = week_finding(cells, what, locale)
    axis = {"fixedrange": True, "showgrid": False, "ticks": "", "zeroline": False}
    figure = layout(
        HOUR_ROW * max(len(hours), 1) + 34,
        barmode="overlay",
        clickmode="event+select",
        xaxis={
            **axis,
            "side": "top",
            "range": [-0.5, 6.5],
            "tickvals": list(range(7)),
            "ticktext": [locale.text(day) for day in SHORT_DAYS],
        },
        yaxis={
            **axis,
            "range": [len(hours) - 0.5, -0.5],
            "tickvals": list(range(len(hours))),
            "ticktext": [f"{hour}:00" for hour in hours],
            "automargin": True,
        },
    )
    return Chart(title=title, figure={"data": [bars, numbers], "layout": figure}, alt=title)


def cell_at(cells: pl.DataFrame, point: int) -> tuple[int, int]:
    """Return the weekday (1 is Monday) and the hour of a cell of ``week`` by its place among the bars."""
    return point % 7 + 1, busy_hours(cells)[point // 7]


def _shade(value: float | None, most: float) -> str:
    """Return our blue, thinner where there is little: one figure for the light and the dark background."""
    return f"rgba(47, 111, 222, {0.05 + 0.55 * value / most:.3f})" if value is not None else "rgba(123, 132, 148, 0.05)"


def _value(row: Row, part: str, whole: str) -> float | None:
    if part == whole:
        return row[part]
    return row[part] / row[whole] if row[whole] >= LEAST_COUNT else None


def _told(row: Row, locale: Locale) -> str:
    return "<br>".join(
        [
            f"<b>{locale.text(WEEKDAYS[row['weekday'] - 1])}, {row['hour']}:00</b>",
            locale.text(
                "incoming: {n}, missed: {missed}", n=locale.number(row["calls_in"]), missed=locale.number(row["missed"])
            ),
            locale.text(
                "outgoing: {n}, reached: {reached}",
                n=locale.number(row["calls_out"]),
                reached=locale.number(row["reached"]),
            ),
        ]
    )


def week_finding(cells: pl.DataFrame, what: str, locale: Locale) -> str:
    """Name the hour that stands out most from all others, when that is more than chance among so many hours."""
    part, whole = PARTS[what]
    hours = cells.group_by("hour").agg(pl.col(part).sum().alias("n"), pl.col(whole).sum().alias("of")).sort("hour")
    total, everything = int(hours["n"].sum()), int(hours["of"].sum())
    if not everything:
        return locale.text(N_("No calls of this kind"))
    if part == whole:
        most = hours.sort("n", "hour", descending=[True, False]).row(0, named=True)
        return locale.text(N_("Most calls come at {hour}: {n} of {of}"), **_at({**most, "of": total}, locale))
    rows = [
        row | {"rest": (total - row["n"]) / (everything - row["of"])}
        for row in hours.to_dicts()
        if row["of"] < everything
    ]
    rows = [row for row in rows if row["of"] >= LEAST_COUNT]
    worst = max(rows, key=lambda row: row["n"] - row["of"] * row["rest"], default=None)
    if worst is not None:
        level = 1 - (1 - LEVEL) / len(rows)  # the worst of many hours is no finding by itself
        apart = newcombe(worst["n"], worst["of"], total - worst["n"], everything - worst["of"], level)
        if apart is not None and apart.low > 0:
            text = {
                "missed": N_(
                    "Most is lost at {hour}: {share} of incoming calls missed ({n} of {of}), {rest} at other hours"
                ),
                "reached": N_(
                    "People are reached best at {hour}: {share} of outgoing calls ({n} of {of}), {rest} at other hours"
                ),
            }[what]
            numbers = {"share": locale.share(worst["n"] / worst["of"], 0), "rest": locale.share(worst["rest"], 0)}
            return locale.text(text, **_at(worst, locale), **numbers)
    return locale.text(
        N_("By hour the share differs no more than by chance: {share}"), share=locale.share(total / everything, 0)
    )


def _at(row: Row, locale: Locale) -> dict[str, str]:
    return {
        "hour": f"{row['hour']}:00–{row['hour'] + 1}:00",
        "n": locale.number(row["n"]),
        "of": locale.number(row["of"]),
    }


def answers(curve: pl.DataFrame, unanswered: float | None, locale: Locale) -> Chart:
    """Draw the share of leads answered by working minutes; what stays above the line is not answered yet, or never.

    ``curve`` is the frame of ``response_curve``, ``unanswered`` the share of leads without any answer so far.
    """
    rows = curve.to_dicts()
    told = [
        f"{minutes_text(row['within_minutes'], locale)}: <b>{locale.share(row['answered_by'], 0)}</b>" for row in rows
    ]
    last = log10(rows[-1]["within_minutes"]) if rows else 1.0
    title = answers_finding(rows, unanswered, locale)
    xaxis = {
        "range": [-0.12, last + 0.12],
        "tickangle": 0,
        "tickvals": [log10(tick) for tick in TICKS],
        "ticktext": [str(tick) if tick < 15 else minutes_text(tick, locale) for tick in TICKS],
        "fixedrange": True,
        "showgrid": False,
        "automargin": True,
    }
    yaxis = {
        "range": [0, 1.0],
        "tickvals": [0, 0.25, 0.5, 0.75, 1.0],
        "ticktext": [locale.share(tick, 0) for tick in (0, 0.25, 0.5, 0.75, 1.0)],
        "fixedrange": True,
        "automargin": True,
        "zeroline": False,
    }
    drawn = layout(
        360,
        margin={"l": 4, "r": 10, "t": 26, "b": 4},
        annotations=_answered_labels(rows, unanswered, last, locale),
        xaxis=xaxis,
        yaxis=yaxis,
    )
    return Chart(
        title=title,
        figure={"data": _answered_lines(rows, told), "layout": drawn},
        alt="; ".join([title, *(line.replace("<b>", "").replace("</b>", "") for line in told)]),
    )


def _answered_lines(rows: list[Row], told: list[str]) -> list[Row]:
    """Draw the interval as a band, then the share as a line over it."""
    band = [row for row in rows if row["low"] is not None]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [log10(row["within_minutes"]) for row in (*band, *reversed(band))],
            "y": [*(row["high"] for row in band), *(row["low"] for row in reversed(band))],
            "fill": "toself",
            "fillcolor": "rgba(47, 111, 222, 0.16)",
            "line": {"width": 0},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [log10(row["within_minutes"]) for row in rows],
            "y": [row["answered_by"] for row in rows],
            "hovertext": told,
            "hoverinfo": "text",
            "line": {"color": MAIN, "width": 2.5},
            "marker": {"size": 6, "color": MAIN},
        },
    ]


def _answered_labels(rows: list[Row], unanswered: float | None, last: float, locale: Locale) -> list[Row]:
    """Write the shares people ask for beside their points, and above the line who has no answer at all."""
    labels: list[Row] = [
        {
            "x": log10(row["within_minutes"]),
            "y": row["answered_by"],
            "text": f"<b>{locale.share(row['answered_by'], 0)}</b>",
            "showarrow": False,
            "yshift": 15,
            "xshift": -12,
        }
        for row in rows
        if row["within_minutes"] in (5, 15, 60, 480)
    ]
    if unanswered:
        labels.append(
            {
                "x": last,
                "y": 1.0,
                "text": locale.text("no answer so far: {share}", share=locale.share(unanswered, 0)),
                "showarrow": False,
                "xanchor": "right",
                "yshift": 11,
                "font": {"color": QUIET, "size": 13},
            }
        )
    return labels


def answers_finding(rows: list[Row], unanswered: float | None, locale: Locale) -> str:
    """Say how many are answered within a quarter of an hour and an hour, and how many not at all."""
    by = {row["within_minutes"]: row["answered_by"] for row in rows}
    if 15 not in by or 60 not in by:
        return locale.text(N_("Too little was watched to tell how soon leads are answered"))
    told = {"quarter": locale.share(by[15], 0), "hour": locale.share(by[60], 0)}
    if not unanswered:
        return locale.text(N_("Within 15 minutes {quarter} of leads are answered, within an hour {hour}"), **told)
    return locale.text(
        N_("Within 15 minutes {quarter} of leads are answered, within an hour {hour}; {none} have no answer at all"),
        **told,
        none=locale.share(unanswered, 0),
    )


def minutes_text(minutes: float, locale: Locale) -> str:
    """Write working minutes as minutes, whole hours as hours."""
    if minutes >= 60 and minutes % 60 == 0:
        return locale.text("{hours} h", hours=locale.number(minutes / 60))
    return locale.text("{minutes} min", minutes=locale.number(minutes))
