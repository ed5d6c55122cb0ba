"""Why deals were refused at one stage: a row per reason, the most frequent first."""

from __future__ import annotations

from typing import Any

import polars as pl

from dashboard.charts.theme import MAIN, QUIET, TRACK, Chart, Figure, layout, plain, row_label, shorten
from dashboard.i18n import N_, Locale

ROW = 46
MOST = 6
LEAST_COUNT = 20
Row = dict[str, Any]


def reasons(rows: pl.DataFrame, stage: str, locale: Locale, currency: str) -> Chart:
    """Draw the rows of the analysis ``refusals`` of one stage, sorted; point k is row k. At most six are drawn."""
    shown = rows.head(MOST).to_dicts()
    total = int(rows["count"].sum())
    at = list(range(len(shown)))
    top = max((row["count"] for row in shown), default=1)
    told = [_told(row, locale, currency) for row in shown]
    labels = []
    for number, row in enumerate(shown):
        labels.append(row_label(number, shorten(_name(row, locale), 30), "left"))
        numbers = f"<b>{locale.number(row['count'])}</b> · {locale.share(row['row_share'], 0)}"
        labels.append(row_label(number, numbers, "right", is_ours=True))
    colours = [QUIET if row["reason"] is None else MAIN for row in shown]
    figure = layout(
        ROW * max(len(shown), 1) + 16,
        barmode="overlay",
        clickmode="event+select",
        annotations=labels,
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        xaxis={"range": [0, top], "visible": False, "fixedrange": True},
        yaxis={"range": [len(shown) - 0.62, -0.76], "visible": False, "fixedrange": True},
    )
    traces = [
        _bar(at, [top] * len(shown), TRACK, told),
        _bar(at, [row["count"] for row in shown], colours, told),
    ]
    title = finding(shown, total, stage, locale)
    return Chart(title=title, figure={"data": traces, "layout": figure}, alt=f"{title}. {'; '.join(told)}")


def finding(rows: list[Row], total: int, stage: str, locale: Locale) -> str:
    """Name the most frequent reason; with too few refusals only how many there are."""
    given = [row for row in rows if row["reason"] is not None]
    if not given:
        return locale.text(N_("No reason is given for the {n} refusals at “{stage}”"), n=total, stage=stage)
    if total < LEAST_COUNT:
        return locale.text(N_("Refusals at “{stage}”: {n}, too few to rank the reasons"), n=total, stage=stage)
    told = {"reason": given[0]["reason"], "share": locale.share(given[0]["row_share"], 0), "stage": stage}
    return locale.text(
        N_("“{reason}” is the most frequent refusal at “{stage}”: {share} ({n} of {total})"),
        n=locale.number(given[0]["count"]),
        total=locale.number(total),
        **told,
    )


def _name(row: Row, locale: Locale) -> str:
    return row["reason"] or locale.text("not given")


def _told(row: Row, locale: Locale, currency: str) -> str:
    parts = [f"{plain(_name(row, locale))}: {locale.number(row['count'])}", locale.share(row["row_share"])]
    if row["amount"] is not None:
        parts.append(locale.money(row["amount"], currency, short=True))
    return " · ".join(parts)


def _bar(at: list[int], lengths: list[int], colour: object, told: list[str]) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "y": at,
        "x": lengths,
        "width": 0.34,
        "hovertext": told,
        "hoverinfo": "text",
        "marker": {"color": colour, "cornerradius": 4, "line": {"width": 0}},
        "unselected": {"marker": {"opacity": 0.45}},
    }
