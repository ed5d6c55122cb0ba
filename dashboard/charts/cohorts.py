"""Leads by month and what became of them: a month that is not old enough looks so and is not judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from dashboard.charts.theme import MAIN, TRACK, Chart, layout, month_ticks, plain, stripes
from dashboard.i18n import N_, Locale

LEAST_COUNT = 20
Row = dict[str, Any]


def cohorts(months: pl.DataFrame, locale: Locale) -> Chart:
    """Draw the share of each month's leads that was won so far; months not old enough are hatched and may still grow."""
    rows = months.sort("month").to_dicts()
    starts: list[date] = [row["month"] for row in rows]
    ripe = [(row["matured_share"] or 0) >= 1 for row in rows]
    told = [
        f"{plain(locale.month(row['month']))}: <b>{locale.share(row['won_share'])}</b><br>"
        + locale.text(
            N_("{won} of {leads} leads, {open} still open"),
            **{n: locale.number(row[n]) for n in ("won", "leads", "open")},
        )
        for row in rows
    ]
    at, texts = month_ticks(starts, locale)
    bar = {
        "type": "bar",
        "x": [start.isoformat() for start in starts],
        "y": [row["won_share"] for row in rows],
        "text": [locale.share(row["won_share"], 0) for row in rows],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": told,
        "hoverinfo": "text",
        "marker": {
            "color": [MAIN if old else TRACK for old in ripe],
            "cornerradius": 4,
            "pattern": {**stripes(), "shape": ["" if old else "/" for old in ripe]},
        },
        "unselected": {"marker": {"opacity": 0.45}},
    }
    top = max((row["won_share"] or 0 for row in rows), default=0) or 1.0
    title = cohort_finding([row for row, old in zip(rows, ripe, strict=True) if old], locale)
    figure = layout(
        320,
        margin={"l": 4, "r": 8, "t": 24, "b": 4},
        bargap=0.28,
        xaxis={
            "type": "date",
            "tickvals": at,
            "ticktext": texts,
            "fixedrange": True,
            "showgrid": False,
            "automargin": True,
        },
        yaxis={"visible": False, "range": [0, top * 1.12], "fixedrange": True},
    )
    return Chart(title=title, figure={"data": [bar], "layout": figure}, alt=f"{title}. {'; '.join(told)}")


def cohort_finding(old: Sequence[Row], locale: Locale) -> str:
    """Compare the last month that is old enough with the ones before it."""
    enough = [row for row in old if row["leads"] >= LEAST_COUNT]
    if not enough:
        return locale.text(N_("No month of leads is old enough to be judged yet"))
    last = enough[-1]
    told = {"month": locale.month(last["month"]), "share": locale.share(last["won_share"])}
    before = enough[:-1]
    if not before:
        return locale.text(N_("Leads of {month}: {share} bought"), **told)
    usual = sum(row["won"] for row in before) / sum(row["leads"] for row in before)
    return locale.text(
        N_("Leads of {month}: {share} bought, {usual} of the months before"), usual=locale.share(usual), **told
    )
