"""Managers without a league table: the funnel plot of win rates, raw and adjusted shares, each stage against the colleagues.

The limits are where chance alone carries a win rate (Spiegelhalter 2005). Only who the verdict names has a colour and a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboard.analyses.judging import WORDS
from dashboard.charts.share_dots import NAME_LENGTH, ShareDot, share_dots
from dashboard.charts.theme import CATEGORIES, OTHER, QUIET, Chart, Figure, layout, plain, shorten
from dashboard.i18n import N_, Locale
from dashboard.statistics.groups import funnel_limits
from dashboard.statistics.verdicts import LEAST_COUNT

HEIGHT = 420
STEPS = 60
WARNING, ALARM = 0.95, 0.998
NAMES_SHOWN = 3
Row = dict[str, Any]

ABOVE, BELOW = WORDS["above"], WORDS["below"]
COLOURS = {ABOVE: CATEGORIES[2], BELOW: OTHER}
"""The colour of a verdict; a verdict without one is grey."""


def judged_title(frame: pl.DataFrame, locale: Locale, *, differ: bool | None = None) -> str:
    """Say who stands out by the verdicts; nobody's place is told. ``differ``: what the test of all together found."""
    above, below = (frame.filter(pl.col("verdict") == word)["manager"].to_list() for word in (ABOVE, BELOW))
    if above and below:
        return locale.text(
            N_("Win rate above the others: {above}; below: {below}"),
            above=several(above, locale),
            below=several(below, locale),
        )
    if above:
        return locale.text(N_("Win rate above the others: {names}"), names=several(above, locale))
    if below:
        return locale.text(N_("Win rate below the others: {names}"), names=several(below, locale))
    if differ:
        return locale.text(
            N_(
                "Together the managers differ by more than chance, but of no single one can it be said that he stands out"
            )
        )
    return locale.text(N_("Nobody stands out: the win rates differ no more than by chance"))


def several(names: Sequence[str | None], locale: Locale) -> str:
    """List the first names and how many more there are."""
    told = [name or locale.text("not given") for name in names]
    if len(told) <= NAMES_SHOWN:
        return ", ".join(told)
    more = locale.text(N_("and {n} more"), n=len(told) - NAMES_SHOWN)
    return f"{', '.join(told[:NAMES_SHOWN])} {more}"


def team_share(frame: pl.DataFrame) -> float:
    """Return the win rate of all rows together; 0 when none has a closed deal."""
    pairs = [(rate, closed) for rate, closed in frame.select("win_rate", "closed").iter_rows() if closed]
    closed = sum(count for _, count in pairs)
    return sum(rate * count for rate, count in pairs) / closed if closed else 0.0


def usual_count(frame: pl.DataFrame) -> int:
    """Return the median number of closed deals of a row; 0 without rows."""
    counts = sorted(frame["closed"].to_list())
    return counts[len(counts) // 2] if counts else 0


def funnel_plot(frame: pl.DataFrame, title: str, locale: Locale) -> Chart:
    """Draw closed deals against the win rate with the limits of 95 % and 99.8 %: one dot per row that has closed deals."""
    rows = frame.to_dicts()
    base, most = team_share(frame), max((row["closed"] for row in rows), default=1)
    counts = [max(1.0, 5 + (most * 1.12 - 5) * (step / STEPS) ** 1.6) for step in range(STEPS + 1)]
    limits = {level: [funnel_limits(base, count, level) for count in counts] for level in (WARNING, ALARM)}
    traces: list[Figure] = []
    for level, fill in ((ALARM, "rgba(123, 132, 148, 0.12)"), (WARNING, "rgba(123, 132, 148, 0.16)")):
        low, high = ([one[side] if one else None for one in limits[level]] for side in (0, 1))
        edge = {"type": "scatter", "mode": "lines", "x": counts, "hoverinfo": "skip", "line": {"width": 0}}
        traces += [{**edge, "y": low}, {**edge, "y": high, "fill": "tonexty", "fillcolor": fill}]
    line = {"color": QUIET, "width": 1.5, "dash": "dot"}
    ends = [counts[0], counts[-1]]
    traces += [
        {"type": "scatter", "mode": "lines", "x": ends, "y": [base, base], "line": line, "hoverinfo": "skip"},
        _people(rows, locale),
    ]
    top = min(1.0, max([row["win_rate"] for row in rows] + [base * 2, 0.05]) * 1.15)
    step = next(size for size in (0.02, 0.05, 0.1, 0.2, 0.5) if top / size <= 6)
    ticks = [step * number for number in range(int(top / step) + 1)]
    figure = layout(
        HEIGHT,
        clickmode="event+select",
        margin={"l": 4, "r": 8, "t": 8, "b": 4},
        annotations=[*_names(rows, most), _team(base, counts[-1], locale)],
        xaxis={
            "range": [0, counts[-1]],
            "title": {"text": locale.text(N_("closed deals")), "standoff": 6},
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "automargin": True,
            "nticks": 6,
        },
        yaxis={
            "range": [0, top],
            "tickvals": ticks,
            "ticktext": [locale.share(tick, 0) for tick in ticks],
            "fixedrange": True,
            "zeroline": False,
            "automargin": True,
        },
    )
    told = "; ".join(f"{_name(row, locale)}: {locale.share(row['win_rate'])}, n = {row['closed']}" for row in rows)
    return Chart(title, {"data": traces, "layout": figure}, f"{title}. {told}")


def _people(rows: Sequence[Row], locale: Locale) -> Figure:
    colours = [COLOURS.get(row["verdict"], QUIET) for row in rows]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row["closed"] for row in rows],
        "y": [row["win_rate"] for row in rows],
        "marker": {
            "size": 12,
            "color": colours,
            "symbol": ["circle" if row["closed"] >= LEAST_COUNT else "circle-open" for row in rows],
            "line": {"width": 2, "color": colours},
        },
        "hovertext": [_told(row, locale) for row in rows],
        "hoverinfo": "text",
        "unselected": {"marker": {"opacity": 0.5}},
    }


def _told(row: Row, locale: Locale) -> str:
    lines = [
        f"<b>{plain(_name(row, locale))}</b>",
        locale.text(
            N_("won {share} of {n} closed"), share=locale.share(row["win_rate"]), n=locale.number(row["closed"])
        ),
        locale.text(row["verdict"]),
    ]
    return "<br>".join(lines)


def _name(row: Row, locale: Locale) -> str:
    return row["manager"] or locale.text("not given")


def _names(rows: Sequence[Row], most: int) -> list[Figure]:
    """Write the names of the dots that stand out, on the side where there is room."""
    return [
        {
            "x": row["closed"],
            "y": row["win_rate"],
            "text": plain(shorten(row["manager"] or "—", NAME_LENGTH)),
            "showarrow": False,
            "xanchor": "right" if row["closed"] > most / 2 else "left",
            "xshift": -10 if row["closed"] > most / 2 else 10,
            "font": {"size": 13, "color": COLOURS[row["verdict"]]},
            "captureevents": False,
        }
        for row in rows
        if row["verdict"] in COLOURS
    ]


def _team(base: float, x: float, locale: Locale) -> Figure:
    text = locale.text(N_("all together {share}"), share=locale.share(base))
    place = {"x": x, "y": base, "xanchor": "right", "yanchor": "bottom"}
    return {**place, "text": text, "showarrow": False, "font": {"size": 12}, "captureevents": False}


def same_clients(frame: pl.DataFrame, title: str, locale: Locale) -> Chart:
    """Draw each win rate with its interval, the one with the same clients hollow beside it, that of all as a tick."""
    base = team_share(frame)
    rows = [
        ShareDot(
            name=_name(row, locale),
            value=row["win_rate"],
            low=row["low"],
            high=row["high"],
            mark=base,
            second=row["adjusted"],
            colour=COLOURS.get(row["verdict"], QUIET),
            note=" → ".join(locale.share(one) for one in (row["win_rate"], row["adjusted"]) if one is not None),
        )
        for row in frame.to_dicts()
    ]
    return share_dots(rows, title)


def stage_steps(frame: pl.DataFrame, locale: Locale) -> Chart:
    """Draw how many go on from each stage, the manager's dot against the colleagues' tick, with the interval of the gap."""
    rows = frame.filter(pl.col("step_own").is_not_null() & pl.col("step_team").is_not_null()).to_dicts()
    shown = [
        ShareDot(
            name=row["stage"],
            value=row["step_own"],
            low=None if row["low"] is None else max(0.0, row["step_team"] + row["low"]),
            high=None if row["high"] is None else min(1.0, row["step_team"] + row["high"]),
            mark=row["step_team"],
            colour=COLOURS.get(row["verdict"], QUIET),
            note=f"{locale.share(row['step_own'], 0)} / {locale.share(row['step_team'], 0)}",
        )
        for row in rows
    ]
    loud = [row for row in rows if row["verdict"] in COLOURS]
    title = locale.text(N_("No stage differs from the colleagues' by more than chance"))
    if loud:
        worst = max(loud, key=lambda row: abs(row["difference"]))
        title = locale.text(
            N_("“{stage}” differs: {own} go on to the next stage, {team} with the colleagues"),
            stage=worst["stage"],
            own=locale.share(worst["step_own"], 0),
            team=locale.share(worst["step_team"], 0),
        )
    return share_dots(shown, title)
