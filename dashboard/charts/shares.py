"""Shares of several groups with their intervals, in the order of the groups: whom calls reach, which deals are won."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboard.charts.axis_dots import AxisDot, axis_dots
from dashboard.charts.theme import MAIN, QUIET, Chart, plain
from dashboard.i18n import N_, Locale
from dashboard.statistics.intervals import newcombe
from dashboard.statistics.verdicts import LEAST_COUNT

Row = dict[str, Any]


def shares(
    frame: pl.DataFrame, names: Sequence[str], what: str, locale: Locale, border: tuple[int, str] | None = None
) -> Chart:
    """Draw a row per group; fewer than twenty cases have no colour. Point k is row k.

    ``frame`` has n, share, low and high (share null: unknown yet); ``names`` are the groups as a reader calls them, ``what`` (N_)
    begins the finding. ``border``: a line before the group of that number, and its words.
    """
    known = [(name, row) for name, row in zip(names, frame.to_dicts(), strict=True) if row["share"] is not None]
    title = finding(known, what, locale)
    top = max((row["high"] or row["share"] for _, row in known), default=1.0)
    step = 0.25 if top > 0.5 else 0.1 if top > 0.2 else 0.05
    ticks = [
        (step * number, locale.share(step * number, 0)) for number in range(int(top / step) + 2) if step * number <= 1
    ]
    return Chart(
        title=title,
        figure=axis_dots(
            [_dot(name, row, locale) for name, row in known],
            ticks,
            (-0.05 * max(ticks)[0], 1.05 * max(ticks)[0]),
            border=border,
        ),
        alt="; ".join(
            [title, *(f"{name}: {locale.share(row['share'], 0)}" for name, row in known), *(border or ())[1:]]
        ),
    )


def finding(rows: Sequence[tuple[str, Row]], what: str, locale: Locale) -> str:
    """Say the best and the worst group when they differ by more than chance, else that they do not."""
    enough = [(name, row) for name, row in rows if row["n"] >= LEAST_COUNT]
    if len(enough) < 2:
        return locale.text(N_("Fewer than two groups have twenty cases, so they cannot be compared"))
    best, worst = max(enough, key=lambda one: one[1]["share"]), min(enough, key=lambda one: one[1]["share"])
    counts = [(round(row["share"] * row["n"]), row["n"]) for _, row in (best, worst)]
    pairs = len(enough) * (len(enough) - 1) / 2
    apart = newcombe(*counts[0], *counts[1], 1 - 0.05 / pairs)
    if apart is None or apart.low <= 0:
        return locale.text(N_("The groups do not differ by more than chance"))
    return locale.text(
        N_("{what}: {best} {high}, {worst} {low}"),
        what=locale.text(what),
        best=best[0],
        high=locale.share(best[1]["share"], 0),
        worst=worst[0],
        low=locale.share(worst[1]["share"], 0),
    )


def _dot(name: str, row: Row, locale: Locale) -> AxisDot:
    is_enough = row["n"] >= LEAST_COUNT
    note = f"<b>{locale.share(row['share'], 0)}</b> · {locale.text('of {n}', n=locale.number(row['n']))}"
    chance = ""
    if row["low"] is not None:
        low, high = locale.share(row["low"], 0), locale.share(row["high"], 0)
        chance = "<br>" + locale.text("chance: from {low} to {high}", low=low, high=high)
    return AxisDot(
        name=name,
        at=row["share"],
        low=row["low"],
        high=row["high"],
        note=note,
        told=f"<b>{plain(name)}</b><br>{note}{chance}",
        colour=MAIN if is_enough else QUIET,
        is_settled=is_enough,
    )
