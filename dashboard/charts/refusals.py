"""Refusals drawn: the map of stages and reasons, coloured only where a cell stands out, and a reason month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard.charts.dots import note
from dashboard.charts.theme import MAIN, QUIET, TRACK, Chart, Figure, layout, month_ticks, plain, shorten
from dashboard.i18n import N_, Locale
from dashboard.periods import shift_months, unit_start
from dashboard.statistics.intervals import newcombe, wilson

MOST_STAGES, MOST_REASONS = 14, 16
ROW, HEAD = 46, 56
REASON_LENGTH, STAGE_LENGTH = 40, 26
MORE, LESS = "rgba(217, 98, 43, 0.52)", "rgba(47, 111, 222, 0.34)"
"""More and fewer refusals than chance lets expect: see-through, so that a number can be read on it in both looks."""
NONE = "rgba(123, 132, 148, 0.07)"
HEIGHT = 300
BAND = "rgba(47, 111, 222, 0.16)"
Row = dict[str, Any]


@dataclass(frozen=True)
class Grid:
    """The map laid out: stages from left to right, reasons from the commonest down, and the cells that are not empty.

    ``cells`` are in the order in which they are drawn; None stands for what is not known or not given. ``left_out`` counts
    the stages and reasons that found no room.
    """

    stages: tuple[str | None, ...]
    reasons: tuple[str | None, ...]
    cells: tuple[Row, ...]
    left_out: int


def lay_out(cells: pl.DataFrame, order: Sequence[str]) -> Grid:
    """Lay the cells out: stages in the given order, then those it does not hold; what is unknown comes last."""
    known = {name: place for place, name in enumerate(order)}
    sums = cells.group_by("stage").agg(pl.col("count").sum()).rows()
    biggest = {name for name, _ in sorted(sums, key=lambda one: -one[1])[:MOST_STAGES]}
    stages = sorted(
        (name for name, _ in sums), key=lambda name: (name is None, known.get(name, len(known)), name or "")
    )
    common = cells.group_by("reason").agg(pl.col("count").sum()).rows()
    reasons = [name for name, _ in sorted(common, key=lambda one: (one[0] is None, -one[1], one[0] or ""))]
    kept = [name for name in stages if name in biggest]
    shown = [*[name for name in reasons if name is not None][:MOST_REASONS], *([None] if None in reasons else [])]
    at_stage, at_reason = ({name: place for place, name in enumerate(names)} for names in (kept, shown))
    inside = [row for row in cells.to_dicts() if row["stage"] in at_stage and row["reason"] in at_reason]
    placed = sorted(inside, key=lambda row: (at_reason[row["reason"]], at_stage[row["stage"]]))
    return Grid(tuple(kept), tuple(shown), tuple(placed), len(stages) - len(kept) + len(reasons) - len(shown))


def stage_map(grid: Grid, locale: Locale, currency: str, *, in_money: bool = False) -> Chart:
    """Draw the map with the number of refusals in each cell, or their money; a click on a cell gives its place."""
    at_stage = {name: place for place, name in enumerate(grid.stages)}
    at_reason = {name: place for place, name in enumerate(grid.reasons)}
    x, y = ([at[row[name]] for row in grid.cells] for at, name in ((at_stage, "stage"), (at_reason, "reason")))
    bars = {
        "type": "bar",
        "orientation": "h",
        "base": [place - 0.47 for place in x],
        "x": [0.94] * len(x),
        "y": y,
        "width": 0.5,
        "hovertext": [_told(row, locale, currency) for row in grid.cells],
        "hoverinfo": "text",
        "marker": {"color": [_colour(row) for row in grid.cells], "cornerradius": 4, "line": {"width": 0}},
        "unselected": {"marker": {"opacity": 0.55}},
    }
    texts = {
        "type": "scatter",
        "mode": "text",
        "x": x,
        "y": y,
        "text": _written(grid.cells, locale, in_money=in_money),
        "textfont": {"size": 13},
        "hoverinfo": "skip",
    }
    count = len(grid.reasons)
    missing = locale.text("not given")
    figure = layout(
        ROW * max(count, 1) + HEAD + 8,
        barmode="overlay",
        clickmode="event+select",
        annotations=[
            note(place, shorten(name or missing, REASON_LENGTH), "left") for place, name in enumerate(grid.reasons)
        ],
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        xaxis={
            "range": [-0.5, len(grid.stages) - 0.5],
            "side": "top",
            "tickvals": list(range(len(grid.stages))),
            "ticktext": [two_lines(shorten(name or missing, STAGE_LENGTH)) for name in grid.stages],
            "autotickangles": [0, 90],
            "automargin": True,
            "ticklabeloverflow": "allow",
            "tickfont": {"size": 11},
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={"range": [count - 0.66, -0.72], "visible": False, "fixedrange": True},
    )
    title = map_title(grid.cells, locale)
    told = "; ".join(
        f"{row['stage'] or missing}, {row['reason'] or missing}: {row['count']}"
        for row in sorted(grid.cells, key=lambda row: -row["count"])[:20]
    )
    return Chart(title, {"data": [bars, texts], "layout": figure}, f"{title}. {told}")


def two_lines(name: str) -> str:
    """Break a name in two lines at the space nearest to its middle."""
    spaces = [place for place, sign in enumerate(name) if sign == " "]
    if len(name) < 10 or not spaces:
        return plain(name)
    middle = min(spaces, key=lambda place: abs(place - len(name) / 2))
    return f"{plain(name[:middle])}<br>{plain(name[middle + 1 :])}"


def _colour(row: Row) -> str:
    if not row["is_notable"]:
        return TRACK if row["stage"] is not None and row["reason"] is not None else NONE
    return MORE if row["residual"] > 0 else LESS


def scale(cells: Sequence[Row]) -> int:
    """Choose what money in the cells is written in: ones, thousands or millions."""
    most = max((abs(row["amount"]) for row in cells if row["amount"] is not None), default=0)
    return 1_000_000 if most >= 3_000_000 else 1_000 if most >= 3_000 else 1


def _written(cells: Sequence[Row], locale: Locale, *, in_money: bool) -> list[str]:
    if not in_money:
        return [locale.number(row["count"]) for row in cells]
    size = scale(cells)
    return [
        locale.number(None if row["amount"] is None else row["amount"] / size, 1 if size == 1_000_000 else 0)
        for row in cells
    ]


def _told(row: Row, locale: Locale, currency: str) -> str:
    missing = locale.text("not given")
    lines = [
        f"<b>{plain(row['stage'] or missing)}</b>",
        f"<b>{plain(row['reason'] or missing)}</b>",
        locale.text(N_("refusals: {n}"), n=locale.number(row["count"])),
        locale.text(N_("of those at the stage: {share}"), share=locale.share(row["row_share"])),
        locale.text(N_("amount: {money}"), money=locale.money(row["amount"], currency, short=True)),
    ]
    if row["expected"] is not None:
        lines.append(locale.text(N_("chance would give: {n}"), n=locale.number(row["expected"], 1)))
    return "<br>".join(lines)


def map_title(cells: Sequence[Row], locale: Locale) -> str:
    """Say which cell holds most more refusals than chance lets expect; that none does, or that it cannot be told."""
    if all(row["stage"] is None for row in cells):
        return locale.text(N_("At which stage deals are refused is not recorded"))
    loud = [row for row in cells if row["is_notable"] and row["residual"] > 0]
    if not loud:
        return locale.text(N_("No reason is given at any stage more often than chance explains"))
    row = max(loud, key=lambda one: one["residual"])
    return locale.text(
        N_("“{reason}” at “{stage}”: {n} refusals, {expected} would be usual"),
        reason=row["reason"],
        stage=row["stage"],
        n=locale.number(row["count"]),
        expected=locale.number(row["expected"]),
    )


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


def missing_title(frame: pl.DataFrame, share: float, loud: Sequence[str], locale: Locale) -> str:
    """Say how many losses have no reason and with whom that is clearly more often."""
    if frame["missing"].sum() == 0:
        return locale.text(N_("Every refusal has its reason"))
    if not loud:
        return locale.text(
            N_("{share} of the refusals have no reason; no manager stands out"), share=locale.share(share)
        )
    return locale.text(
        N_("{share} of the refusals have no reason; clearly more often with: {names}"),
        share=locale.share(share),
        names=", ".join(loud),
    )
