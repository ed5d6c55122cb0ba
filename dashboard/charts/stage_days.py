"""How long each stage of a funnel holds deals, against its norm: a row per stage, its name above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.charts.theme import MAIN, OTHER, QUIET, TRACK, Chart, Figure, layout, plain, row_label, shorten
from dashboard.i18n import N_, Locale

LEAST_COUNT = 20
ROW = 54
Row = dict[str, Any]


def stage_days(rows: Sequence[Row], locale: Locale) -> Chart:
    """Draw how long each stage of one funnel holds deals: from a quarter to three quarters, the median, the norm."""
    known = [row for row in rows if row["n"]]
    ends = [row[name] for row in known for name in ("q75", "norm_days", "median") if row[name] is not None]
    top = max(ends, default=1.0) * 1.04 or 1.0
    at = list(range(len(known)))
    told = [_told(row, locale) for row in known]
    base = [row["q25"] or 0.0 for row in known]
    boxes = [(top if row["q75"] is None else row["q75"]) - low for row, low in zip(known, base, strict=True)]
    late = [is_late(row) for row in known]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": at,
        "base": base,
        "x": boxes,
        "width": 0.3,
        "hovertext": told,
        "hoverinfo": "text",
        "marker": {"color": [OTHER if one else MAIN for one in late], "opacity": 0.45, "cornerradius": 4},
    }
    labels = []
    for number, row in enumerate(known):
        labels.append(row_label(number, shorten(row["stage"], 26), "left"))
        norm = (
            ""
            if row["norm_days"] is None
            else " · " + locale.text(N_("norm {days}"), days=locale.number(row["norm_days"]))
        )
        labels.append(row_label(number, f"<b>{plain(locale.days(row['median']))}</b>{norm}", "right", is_ours=True))
    marks = [
        _marks(at, [row["median"] for row in known], [OTHER if one else MAIN for one in late], "circle", told),
        _marks(at, [row["norm_days"] for row in known], [QUIET] * len(known), "line-ns-open", told),
    ]
    track = {**bars, "base": [0] * len(known), "x": [top] * len(known), "marker": {"color": TRACK, "cornerradius": 4}}
    figure = layout(
        ROW * max(len(known), 1) + 16,
        barmode="overlay",
        clickmode="event+select",
        annotations=labels,
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        xaxis={"range": [0, top], "visible": False, "fixedrange": True},
        yaxis={"range": [len(known) - 0.62, -0.74], "visible": False, "fixedrange": True},
    )
    title = late_finding(known, locale)
    spoken = "; ".join(f"{row['stage']}: {locale.days(row['median'])}" for row in known)
    return Chart(title=title, figure={"data": [track, bars, *marks], "layout": figure}, alt=f"{title}. {spoken}")


def is_late(row: Row) -> bool:
    """Tell that a stage of at least twenty judged visits keeps fewer than half of them within its norm."""
    return (row["judged"] or 0) >= LEAST_COUNT and row["within_share"] is not None and row["within_share"] < 0.5


def late_finding(rows: Sequence[Row], locale: Locale) -> str:
    """Name the stage that keeps its norm least, else say that the norms are kept or not set."""
    judged = [row for row in rows if (row["judged"] or 0) >= LEAST_COUNT and row["within_share"] is not None]
    if not judged:
        known = [row for row in rows if row["median"] is not None]
        if not known:
            return locale.text(N_("How long stages hold deals is not known"))
        longest = max(known, key=lambda row: row["median"])
        return locale.text(
            N_("“{stage}” holds deals longest: {days} (median)"),
            stage=longest["stage"],
            days=locale.days(longest["median"]),
        )
    worst = min(judged, key=lambda row: row["within_share"])
    return locale.text(
        N_("“{stage}” keeps its norm least: {share} of visits within {days}"),
        stage=worst["stage"],
        share=locale.share(worst["within_share"], 0),
        days=locale.days(worst["norm_days"]),
    )


def _marks(at: list[int], days: list[float | None], colours: list[str], symbol: str, told: list[str]) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": days,
        "y": at,
        "marker": {
            "symbol": symbol,
            "size": 13 if symbol == "circle" else 22,
            "color": colours,
            "line": {"width": 0 if symbol == "circle" else 3},
        },
        "hovertext": told,
        "hoverinfo": "text",
    }


def _told(row: Row, locale: Locale) -> str:
    lines = [f"<b>{plain(row['stage'])}</b>"]
    for name, text in (("q25", N_("a quarter within {days}")), ("median", N_("half within {days}"))):
        lines.append(locale.text(text, days=locale.days(row[name])))
    lines.append(locale.text(N_("three quarters within {days}"), days=locale.days(row["q75"])))
    lines.append(locale.text(N_("nine of ten within {days}"), days=locale.days(row["p90"])))
    return "<br>".join(lines)
