"""The map of refusals: stages by reasons, coloured only where a cell holds more or fewer than chance lets expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard.charts.share_dots import note
from dashboard.charts.theme import TRACK, Chart, layout, plain, shorten
from dashboard.i18n import N_, Locale

MOST_STAGES, MOST_REASONS = 14, 16
ROW, HEAD = 46, 56
REASON_LENGTH, STAGE_LENGTH = 40, 26
MORE, LESS = "rgba(217, 98, 43, 0.52)", "rgba(47, 111, 222, 0.34)"
"""More and fewer refusals than chance lets expect: see-through, so that a number can be read on it in both looks."""
NONE = "rgba(123, 132, 148, 0.07)"
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
        "customdata": [_told(row, locale, currency) for row in grid.cells],
        "hovertemplate": _template(locale),
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
    title = money_title(grid.cells, locale, currency) if in_money else map_title(grid.cells, locale)
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


def _told(row: Row, locale: Locale, currency: str) -> list[str]:
    missing = locale.text("not given")
    return [
        plain(row["stage"] or missing),
        plain(row["reason"] or missing),
        locale.number(row["count"]),
        locale.share(row["row_share"]),
        locale.money(row["amount"], currency, short=True),
        locale.number(row["expected"], 1),
    ]


def _template(locale: Locale) -> str:
    """Write what a pointer is told once for all cells: their values stand beside it, which halves what is sent."""
    lines = [
        "<b>%{customdata[0]}</b>",
        "<b>%{customdata[1]}</b>",
        locale.text(N_("refusals: {n}"), n="%{customdata[2]}"),
        locale.text(N_("of those at the stage: {share}"), share="%{customdata[3]}"),
        locale.text(N_("amount: {money}"), money="%{customdata[4]}"),
        locale.text(N_("chance would give: {n}"), n="%{customdata[5]}"),
    ]
    return "<br>".join(lines) + "<extra></extra>"


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


def money_title(cells: Sequence[Row], locale: Locale, currency: str) -> str:
    """Say which cell of a known stage and reason holds most money; that no amount is known."""
    known = [row for row in cells if row["amount"] and row["stage"] is not None and row["reason"] is not None]
    if not known:
        return locale.text(N_("No amount of a refused deal is known"))
    row = max(known, key=lambda one: one["amount"])
    return locale.text(
        N_("Most money is lost at “{stage}” to “{reason}”: {money}"),
        stage=row["stage"],
        reason=row["reason"],
        money=locale.money(row["amount"], currency, short=True),
    )


def missing_title(
    frame: pl.DataFrame, share: float, loud: Sequence[str], locale: Locale, *, is_few: bool = False
) -> str:
    """Say how many losses have no reason and with whom that is clearly more often; ``is_few``: nobody has enough to tell."""
    if frame["missing"].sum() == 0:
        return locale.text(N_("Every refusal has its reason"))
    if is_few:
        told = N_("{share} of the refusals have no reason; each manager has too few of them to compare")
        return locale.text(told, share=locale.share(share))
    if not loud:
        return locale.text(
            N_("{share} of the refusals have no reason; no manager stands out"), share=locale.share(share)
        )
    return locale.text(
        N_("{share} of the refusals have no reason; clearly more often with: {names}"),
        share=locale.share(share),
        names=", ".join(loud),
    )
