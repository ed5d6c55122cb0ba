"""A number month by month. The month the data ends in looks unfinished, and never carries the finding in the title."""

from __future__ import annotations

from datetime import date, timedelta
from math import floor, log10

import polars as pl

from dashboard.charts.theme import MAIN, QUIET, Chart, layout, month_ticks, plain
from dashboard.i18n import N_, Locale
from dashboard.metrics.model import Metric, Unit
from dashboard.periods import Period, shift_months, unit_start

MONTHS_SHOWN = 13
"""A year and the same month of the year before, so that a season can be seen."""


HEIGHT = 400


def trend_period(period: Period, as_of_on: date) -> Period:
    """Choose the whole months a trend shows for a chosen period: to its last month, at least thirteen of them."""
    last = min(period.last_day or as_of_on, as_of_on)
    end = shift_months(unit_start("month", last), 1)
    start = shift_months(end, -MONTHS_SHOWN)
    if period.start is not None:
        start = min(start, unit_start("month", period.start))
    return Period(start, end)


def trend(
    months: pl.DataFrame,
    metric: Metric,
    chosen: Period,
    as_of_on: date,
    locale: Locale,
    currency: str,
    height: int = HEIGHT,
) -> Chart:
    """Draw one metric by month: bars for what adds up, a line for what does not.

    ``months`` has one row per month: ``month`` (its first day) and a column named as the metric. Months outside the
    chosen period are paler; the one that holds ``as_of_on`` is hatched or dashed unless that is its last day.
    """
    rows = months.drop_nulls("month").sort("month")
    starts: list[date] = rows["month"].to_list()
    values = [None if value is None else float(value) for value in rows[metric.name]]
    running = unit_start("month", as_of_on)
    is_running = shift_months(running, 1) != as_of_on + timedelta(days=1)
    open_ended = [is_running and start == running for start in starts]
    inside = [_overlaps(start, chosen) for start in starts]
    told = [
        f"{plain(locale.month(start))}: <b>{locale.value(value, metric.unit, currency)}</b>"
        + (f"<br>{locale.text('month not over')}" if unfinished else "")
        for start, value, unfinished in zip(starts, values, open_ended, strict=True)
    ]
    dates = [start.isoformat() for start in starts]
    if metric.unit in (Unit.COUNT, Unit.MONEY):
        traces = [_bars(dates, values, told, open_ended, inside)]
    else:
        traces = _line(dates, values, told, open_ended, inside)
    at, texts = month_ticks(starts, locale)
    figure = layout(
        height,
        margin={"l": 4, "r": 8, "t": 12, "b": 4},
        bargap=0.28,
        xaxis={
            "type": "date",
            "tickvals": at,
            "ticktext": texts,
            "fixedrange": True,
            "showgrid": False,
            "automargin": True,
        },
        yaxis={**_axis(values, metric, locale, currency), "fixedrange": True, "automargin": True, "zeroline": False},
    )
    title = _finding(starts, values, open_ended, metric, locale, currency)
    return Chart(
        title=title,
        figure={"data": traces, "layout": figure},
        alt=_alt(title, starts, values, metric, locale, currency),
    )


def _overlaps(start: date, chosen: Period) -> bool:
    end = shift_months(start, 1)
    return (chosen.end is None or start < chosen.end) and (chosen.start is None or chosen.start < end)


def _bars(
    dates: list[str], values: list[float | None], told: list[str], open_ended: list[bool], inside: list[bool]
) -> dict[str, object]:
    return {
        "type": "bar",
        "x": dates,
        "y": values,
        "hovertext": told,
        "hoverinfo": "text",
        "marker": {
            "color": MAIN,
            "opacity": [0.95 if chosen else 0.4 for chosen in inside],
            "cornerradius": 4,
            "pattern": {
                "shape": ["/" if unfinished else "" for unfinished in open_ended],
                "fillmode": "replace",
                "size": 6,
                "solidity": 0.35,
            },
        },
        "unselected": {"marker": {"opacity": 0.45}},
    }


def _line(
    dates: list[str], values: list[float | None], told: list[str], open_ended: list[bool], inside: list[bool]
) -> list[dict[str, object]]:
    whole = [None if unfinished else value for value, unfinished in zip(values, open_ended, strict=True)]
    marker = {
        "size": 9,
        "color": [QUIET if unfinished else MAIN for unfinished in open_ended],
        "opacity": [1.0 if chosen else 0.45 for chosen in inside],
        "symbol": ["circle-open" if unfinished else "circle" for unfinished in open_ended],
        "line": {"width": 2},
    }
    solid = {
        "type": "scatter",
        "mode": "lines",
        "x": dates,
        "y": whole,
        "line": {"color": MAIN, "width": 2.5},
        "hoverinfo": "skip",
    }
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": dates,
        "y": values,
        "marker": marker,
        "hovertext": told,
        "hoverinfo": "text",
    }
    if not any(open_ended) or len(dates) < 2:
        return [solid, points]
    dashed = {
        "type": "scatter",
        "mode": "lines",
        "x": dates[-2:],
        "y": values[-2:],
        "line": {"color": QUIET, "width": 2, "dash": "dot"},
        "hoverinfo": "skip",
    }
    return [solid, dashed, points]


def _axis(values: list[float | None], metric: Metric, locale: Locale, currency: str) -> dict[str, object]:
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    step = _round_step(largest / 4) if largest > 0 else 1.0
    if metric.unit == Unit.COUNT:
        step = max(step, 1.0)
    ticks = [step * number for number in range(int(largest / step) + 2)]
    texts = [
        locale.share(tick, 0 if step >= 0.01 else 1)
        if metric.unit == Unit.SHARE
        else locale.value(tick, metric.unit, currency, short=True)
        for tick in ticks
    ]
    return {"tickvals": ticks, "ticktext": texts, "range": [0, max(largest * 1.08, step)]}


def _round_step(x: float) -> float:
    power = 10.0 ** floor(log10(x))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= x * 0.999)


def _finding(
    starts: list[date],
    values: list[float | None],
    open_ended: list[bool],
    metric: Metric,
    locale: Locale,
    currency: str,
) -> str:
    known = [
        (s, v) for s, v, unfinished in zip(starts, values, open_ended, strict=True) if v is not None and not unfinished
    ]
    label = locale.text(metric.label)
    if not known:
        return label
    last, value = known[-1]
    written = locale.value(value, metric.unit, currency, short=True)
    before = dict(known).get(shift_months(last, -1))
    if before is None or (before == 0 and metric.unit != Unit.SHARE):
        return locale.text(N_("{metric}, {month}: {value}"), metric=label, month=locale.month(last), value=written)
    change = locale.points(value - before) if metric.unit == Unit.SHARE else locale.change(value / before - 1)
    return locale.text(
        N_("{metric}, {month}: {value} ({change} to the month before)"),
        metric=label,
        month=locale.month(last),
        value=written,
        change=change,
    )


def _alt(
    title: str, starts: list[date], values: list[float | None], metric: Metric, locale: Locale, currency: str
) -> str:
    told = (f"{locale.month(s)}: {locale.value(v, metric.unit, currency)}" for s, v in zip(starts, values, strict=True))
    return f"{title}. {'; '.join(told)}"
