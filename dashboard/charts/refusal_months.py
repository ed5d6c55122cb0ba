"""A refusal reason month by month, with its interval; months that may still change look so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from dashboard.charts.theme import MAIN, QUIET, Chart, Figure, layout, month_ticks, plain
from dashboard.i18n import N_, Locale
from dashboard.periods import shift_months, unit_start
from dashboard.statistics.intervals import newcombe, wilson

HEIGHT = 300
BAND = "rgba(47, 111, 222, 0.16)"


def months_of(rows: pl.DataFrame, reason: str | None) -> pl.DataFrame:
    """Take one reason out of a trend: a row for each month the trend knows, with zero where the reason was not given."""
    whole = rows.select("month", "of").unique().sort("month")
    own = rows.filter(pl.col("reason").eq_missing(pl.lit(reason, dtype=pl.String))).select("month", "count")
    return whole.join(own, on="month", how="left").with_columns(pl.col("count").fill_null(0))


def reason_trend(months: pl.DataFrame, reason: str, as_of_on: date, immature: frozenset[date], locale: Locale) -> Chart:
    """Draw the share of one reason by month with its interval; the running and the immature months are hollow and dotted."""
    starts: list[date] = months["month"].to_list()
    pairs = list(months.select("count", "of").iter_rows())
    shares = [count / of for count, of in pairs]
    bounds = [wilson(count, of) for count, of in pairs]
    running = unit_start("month", as_of_on)
    is_over = shift_months(running, 1) == as_of_on + timedelta(days=1)
    open_ended = [start in immature or (start == running and not is_over) for start in starts]
    days = [start.isoformat() for start in starts]
    low, high = ([one[side] if one else None for one in bounds] for side in (0, 1))
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": days}
    firm = [None if loose else share for share, loose in zip(shares, open_ended, strict=True)]
    colours = [QUIET if loose else MAIN for loose in open_ended]
    first_loose = next((at for at, loose in enumerate(open_ended) if loose), len(days))
    told = [
        f"{plain(locale.month(start))}: <b>{locale.share(share)}</b><br>{locale.number(count)} / {locale.number(of)}"
        + (f"<br>{locale.text('may still change')}" if loose else "")
        for start, share, (count, of), loose in zip(starts, shares, pairs, open_ended, strict=True)
    ]
    traces: list[Figure] = [
        {**line, "y": low, "line": {"width": 0}},
        {**line, "y": high, "line": {"width": 0}, "fill": "tonexty", "fillcolor": BAND},
        {**line, "y": firm, "line": {"color": MAIN, "width": 2.5}},
        {
            **line,
            "x": days[max(first_loose - 1, 0) :],
            "y": shares[max(first_loose - 1, 0) :] if first_loose < len(days) else [None],
            "line": {"color": QUIET, "width": 2, "dash": "dot"},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": days,
            "y": shares,
            "hovertext": told,
            "hoverinfo": "text",
            "marker": {
                "size": 9,
                "color": colours,
                "symbol": ["circle-open" if loose else "circle" for loose in open_ended],
                "line": {"width": 2, "color": colours},
            },
        },
    ]
    at, texts = month_ticks(starts, locale)
    top = max([*(one for one in high if one is not None), 0.02]) * 1.05
    step = next(size for size in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if top / size <= 6)
    ticks = [step * number for number in range(int(top / step) + 1)]
    figure = layout(
        HEIGHT,
        margin={"l": 4, "r": 8, "t": 8, "b": 4},
        xaxis={
            "type": "date",
            "tickvals": at,
            "ticktext": texts,
            "fixedrange": True,
            "showgrid": False,
            "automargin": True,
        },
        yaxis={
            "range": [0, top],
            "tickvals": ticks,
            "ticktext": [locale.share(tick, 0) for tick in ticks],
            "fixedrange": True,
            "automargin": True,
            "zeroline": False,
        },
    )
    title = _trend_title(starts, pairs, open_ended, reason, locale)
    spoken = "; ".join(
        f"{locale.month(start)}: {locale.share(share)}" for start, share in zip(starts, shares, strict=True)
    )
    return Chart(title, {"data": traces, "layout": figure}, f"{title}. {spoken}")


def _trend_title(
    starts: Sequence[date], pairs: Sequence[tuple[int, int]], open_ended: Sequence[bool], reason: str, locale: Locale
) -> str:
    """Compare the last firm month with the firm ones before it together: only a difference beyond chance is called one."""
    firm = [(start, pair) for start, pair, loose in zip(starts, pairs, open_ended, strict=True) if not loose]
    if not firm:
        return reason
    month, (count, of) = firm[-1]
    words = {"reason": reason, "month": locale.month(month), "share": locale.share(count / of)}
    before = [sum(pair[side] for _, pair in firm[:-1]) for side in (0, 1)]
    gap = newcombe(count, of, before[0], before[1]) if before[1] else None
    if gap is None or gap.holds(0):
        return locale.text(N_("“{reason}”, {month}: {share}; no more than the usual swing"), **words)
    usual = locale.share(before[0] / before[1])
    if gap.low > 0:
        return locale.text(N_("“{reason}” grew: {share} in {month}, before that {usual}"), usual=usual, **words)
    return locale.text(N_("“{reason}” fell: {share} in {month}, before that {usual}"), usual=usual, **words)
