"""How long deals take: what becomes of leads by age, and how the days of the won spread."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import polars as pl

from dashboard.charts.theme import MAIN, OTHER, QUIET, Chart, Figure, layout, plain
from dashboard.i18n import N_, Locale

AGES = (365, 270, 180, 150, 120, 90, 60, 30)
LEAST_COUNT = 20
ENDS = (("won_by", MAIN, N_("won")), ("lost_by", OTHER, N_("lost")), ("junk_by", QUIET, N_("junk")))
Row = dict[str, Any]


def by_age(curves: pl.DataFrame, count: int, usual: pl.DataFrame, locale: Locale) -> Chart:
    """Draw the shares of leads won, lost and junk by age, stacked; what is left above them is still open.

    ``curves`` has a row per day (``times.curves``), ``usual`` the rows of the analysis ``cycle_by_age`` for the finding.
    """
    known = curves.drop_nulls("open_by")
    days = known["day"].to_list()
    traces: list[Figure] = []
    labels = []
    height = 0.0
    for name, colour, text in ENDS:
        values = known[name].to_list()
        told = [f"{plain(locale.text(text))}: <b>{locale.share(v)}</b>" for v in values]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": days,
                "y": values,
                "stackgroup": "all",
                "line": {"color": colour, "width": 1, "shape": "hv"},
                "hovertext": told,
                "hoverinfo": "x+text",
            }
        )
        if values and values[-1] >= 0.04:
            labels.append(_inside(height + values[-1] / 2, f"{locale.text(text)} {locale.share(values[-1], 0)}"))
        height += values[-1] if values else 0.0
    if days and 1 - height >= 0.04:
        labels.append(_inside((1 + height) / 2, f"{locale.text(N_('open'))} {locale.share(1 - height, 0)}"))
    last = max(days, default=30)
    ticks = [
        day for day in (0, *sorted(AGES)) if day <= last and (day == 0 or last < 200 or day % 60 == 0 or day == 365)
    ]
    title = age_finding(usual, count, locale)
    figure = layout(
        470,
        margin={"l": 4, "r": 8, "t": 12, "b": 4},
        annotations=labels,
        hovermode="x unified",
        xaxis={
            "tickvals": ticks,
            "ticktext": [str(day) for day in ticks],
            "range": [0, last],
            "fixedrange": True,
            "showgrid": False,
            "automargin": True,
        },
        yaxis={
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "ticktext": [locale.share(x, 0) for x in (0, 0.25, 0.5, 0.75, 1)],
            "range": [0, 1],
            "fixedrange": True,
            "automargin": True,
            "zeroline": False,
        },
    )
    spoken = "; ".join(
        f"{row['day']}: {locale.share(row['won_by'])} / {locale.share(row['lost_by'])} / {locale.share(row['open_by'])}"
        for row in usual.drop_nulls("open_by").to_dicts()
    )
    return Chart(title=title, figure={"data": traces, "layout": figure}, alt=f"{title}. {spoken}")


def age_finding(usual: pl.DataFrame, count: int, locale: Locale) -> str:
    """Say at the oldest usual age that was watched what share was won, with its interval, and what is still open."""
    rows = {row["day"]: row for row in usual.drop_nulls("open_by").to_dicts()}
    if not rows:
        return locale.text(N_("The leads of the period are younger than 30 days: too early to tell"))
    day = max(rows)
    row = rows[day]
    told = {"days": day, "won": locale.share(row["won_by"], 0), "open": locale.share(row["open_by"], 0)}
    if count < LEAST_COUNT:
        return locale.text(N_("Only {n} leads: too few to tell a share"), n=locale.number(count))
    if row["low"] is None:
        return locale.text(N_("In {days} days {won} of the leads buy, {open} are still open"), **told)
    return locale.text(
        N_("In {days} days {won} of the leads buy ({low} to {high}), {open} are still open"),
        low=locale.share(row["low"], 0),
        high=locale.share(row["high"], 0),
        **told,
    )


def _inside(height: float, text: str) -> Figure:
    return {
        "x": 1,
        "xref": "paper",
        "y": height,
        "yref": "y",
        "text": f"<b>{plain(text)}</b>",
        "showarrow": False,
        "xanchor": "right",
        "yanchor": "middle",
        "xshift": -8,
        "font": {"size": 14},
        "captureevents": False,
    }


def spread(days: Sequence[float], row: Row, locale: Locale) -> Chart:
    """Draw how many won deals took how long, in bins of equal width; ``row`` holds their quantiles (``cycle``)."""
    most = max([row["p90"] or 1.0, 1.0]) * 1.6
    width = next(step for step in (1, 2, 3, 5, 7, 10, 14, 30, 60, 90, 180, 365) if most / step <= 24 or step == 365)
    bins = max(1, ceil(most / width))
    counts = [0] * bins
    for day in days:
        counts[min(int(day // width), bins - 1)] += 1
    starts = [width * at for at in range(bins)]
    ends = [f"{start}–{start + width}" for start in starts[:-1]] + [f"> {starts[-1]}"]
    told = [
        locale.text(N_("{days} days: {n}"), days=end, n=locale.number(count))
        for end, count in zip(ends, counts, strict=True)
    ]
    trace = {
        "type": "bar",
        "x": [start + width / 2 for start in starts],
        "y": counts,
        "width": width * 0.86,
        "hovertext": told,
        "hoverinfo": "text",
        "marker": {"color": MAIN, "cornerradius": 3},
    }
    lines, labels = [], []
    for name, text, height in (("median", N_("half"), 1.0), ("p90", N_("9 of 10"), 0.9)):
        if row[name] is not None:
            edge = {"x0": row[name], "x1": row[name], "yref": "paper", "y0": 0, "y1": height}
            lines.append({"type": "line", **edge, "line": {"color": OTHER, "width": 2, "dash": "dot"}})
            words = f"{locale.text(text)}: {locale.days(row[name])}"
            labels.append({"x": row[name], "y": height, "yref": "paper", "text": plain(words), "showarrow": False})
            labels[-1] |= {"xanchor": "left", "yanchor": "top", "xshift": 6, "font": {"size": 14}}
    title = (
        locale.text(N_("Only {n} deals won: too few to tell how long they take"), n=locale.number(row["n"]))
        if row["n"] < LEAST_COUNT
        else locale.text(
            N_("Half of the wins come within {median}, nine of ten within {p90}"),
            median=locale.days(row["median"]),
            p90=locale.days(row["p90"]),
        )
    )
    figure = layout(
        320,
        margin={"l": 4, "r": 8, "t": 12, "b": 4},
        bargap=0.1,
        annotations=labels,
        shapes=lines,
        xaxis={"range": [0, width * bins], "fixedrange": True, "showgrid": False, "automargin": True, "nticks": 8},
        yaxis={"fixedrange": True, "automargin": True, "zeroline": False, "nticks": 5, "rangemode": "tozero"},
    )
    return Chart(title=title, figure={"data": [trace], "layout": figure}, alt=f"{title}. {'; '.join(told)}")
