"""Managers without a league table: the funnel plot of win rates, and what makes one's revenue differ from the others'.

The limits are where chance alone carries a win rate (Spiegelhalter 2005). Only who the verdict names has a colour and a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboard.analyses.against_team import CHECK, LEADS, WINS
from dashboard.analyses.judging import WORDS
from dashboard.charts.dots import NAME_LENGTH, ROW, Dot, dots, note, rows_layout
from dashboard.charts.theme import CATEGORIES, MAIN, OTHER, QUIET, Chart, Figure, layout, plain, shorten
from dashboard.i18n import N_, Locale
from dashboard.statistics.groups import funnel_limits
from dashboard.statistics.verdicts import LEAST_COUNT

HEIGHT = 420
STEPS = 60
WARNING, ALARM = 0.95, 0.998
NAMES_SHOWN = 3
NEGLIGIBLE = 0.005
Row = dict[str, Any]

ABOVE, BELOW = WORDS["above"], WORDS["below"]
COLOURS = {ABOVE: CATEGORIES[2], BELOW: OTHER}
"""The colour of a verdict; a verdict without one is grey."""

ANY_STAGE = N_("Get to “{stage}”")
FACTORS = {LEADS: N_("Number of leads"), WINS: N_("Won of those at the last stage"), CHECK: N_("Average check")}


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
        annotations=[*_names(rows, most), _team(base, counts[0], locale)],
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
    place = {"x": x, "y": base, "xanchor": "left", "yanchor": "top"}
    return {**place, "text": text, "showarrow": False, "font": {"size": 12}, "captureevents": False}


def same_clients(frame: pl.DataFrame, title: str, locale: Locale) -> Chart:
    """Draw each win rate with its interval, the one with the same clients hollow beside it, that of all as a tick."""
    base = team_share(frame)
    rows = [
        Dot(
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
    return dots(rows, title)


def stage_steps(frame: pl.DataFrame, locale: Locale) -> Chart:
    """Draw how many go on from each stage, the manager's dot against the colleagues' tick, with the interval of the gap."""
    rows = frame.filter(pl.col("step_own").is_not_null() & pl.col("step_team").is_not_null()).to_dicts()
    shown = [
        Dot(
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
    return dots(shown, title)


def effects(frame: pl.DataFrame, locale: Locale, currency: str) -> Chart:
    """Draw what adds to and takes from a manager's result against the mean colleague; the parts sum to the difference.

    Grey, and no finding, when the manager had fewer than twenty leads. In money, or in deals won where no amount is known.
    """
    has_money = CHECK in frame["factor"].to_list()
    leads = frame.filter(pl.col("factor") == LEADS)["own"].sum()
    rows = [row for row in frame.to_dicts() if abs(row["effect"] or 0) > NEGLIGIBLE]
    at, sizes = list(range(len(rows))), [row["effect"] for row in rows]
    widest = max((abs(size) for size in sizes), default=1.0)
    is_enough = leads >= LEAST_COUNT

    def written(x: float) -> str:
        return locale.money(x, currency, short=True) if has_money else locale.number(x, 1)

    def signed(x: float) -> str:
        return f"+{written(x)}" if x > 0 else written(x)

    names = [factor_name(row, locale) for row in rows]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": sizes,
        "y": at,
        "width": 0.3,
        "hovertext": [f"{plain(name)}: {signed(size)}" for name, size in zip(names, sizes, strict=True)],
        "hoverinfo": "text",
        "marker": {
            "color": [QUIET if not is_enough else MAIN if size > 0 else OTHER for size in sizes],
            "cornerradius": 4,
            "line": {"width": 0},
        },
    }
    labels = [note(place, shorten(name, NAME_LENGTH + 6), "left") for place, name in zip(at, names, strict=True)]
    labels += [note(place, signed(size), "right", is_bold=True) for place, size in zip(at, sizes, strict=True)]
    title = (
        _difference(rows, names, signed, int(leads), locale) if rows else locale.text(N_("No difference to explain"))
    )
    figure = rows_layout(labels, len(rows), [-widest * 1.03, widest * 1.03])
    figure["xaxis"] |= {"visible": True, "showticklabels": False, "showgrid": False, "zeroline": True}
    figure["height"] = ROW * max(len(rows), 1) + 12
    told = "; ".join(f"{name}: {signed(size)}" for name, size in zip(names, sizes, strict=True))
    return Chart(title, {"data": [bars], "layout": figure}, f"{title}. {told}")


def factor_name(row: Row, locale: Locale) -> str:
    """Name a factor of the chain; a stage by its own name."""
    if row["stage"] is not None:
        return locale.text(ANY_STAGE, stage=row["stage"])
    return locale.text(FACTORS[row["factor"]])


def _difference(rows: Sequence[Row], names: Sequence[str], signed: Any, leads: int, locale: Locale) -> str:
    if leads < LEAST_COUNT:
        return locale.text(N_("Only {n} leads: too few to explain the difference"), n=leads)
    whole = sum(row["effect"] for row in rows)
    side = [(abs(row["effect"]), name, row["effect"]) for row, name in zip(rows, names, strict=True)]
    _, name, part = max(one for one in side if (one[2] > 0) == (whole > 0)) if whole else max(side)
    return locale.text(
        N_("{whole} against the mean colleague; most of it: {factor}, {part}"),
        whole=signed(whole),
        factor=name[:1].lower() + name[1:],
        part=signed(part),
    )
