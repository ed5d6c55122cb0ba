"""Whom to contact: how many lines each manager has for the day, by reason."""

from __future__ import annotations

from datetime import date

import polars as pl

from dashboard.analyses.contact_list import LAPSED, PROMISED, PURCHASE, QUOTA
from dashboard.charts.bars import Part, Row, bars
from dashboard.charts.theme import CATEGORIES, MAIN, OTHER, QUIET, Chart, plain
from dashboard.i18n import N_, Locale

COLOURS = {PROMISED: OTHER, QUOTA: MAIN, PURCHASE: CATEGORIES[2], LAPSED: QUIET}
"""The reasons in the order they are called by."""


def by_manager(frame: pl.DataFrame) -> pl.DataFrame:
    """Count the lines of ``analyses.contact_list`` by manager (nobody's last) and reason: manager, all, one per reason."""
    reason = pl.col("reason_to_call")
    counts = [(reason == name).sum().cast(pl.Int64).alias(name) for name in COLOURS]
    return frame.group_by("manager").agg(pl.len().cast(pl.Int64).alias("all"), *counts).sort("manager", nulls_last=True)


def contacts(frame: pl.DataFrame, day: date, locale: Locale) -> Chart:
    """Draw the counts of ``by_manager``, one bar a manager; point i of any trace is row i."""
    rows = []
    for one in frame.to_dicts():
        name = one["manager"] or locale.text(N_("nobody's clients"))
        parts = [
            Part(
                one[reason],
                colour,
                f"<b>{plain(name)}</b><br>{plain(locale.text(reason))}: {locale.number(one[reason])}",
            )
            for reason, colour in COLOURS.items()
        ]
        number = locale.number(one["all"])
        if one[PROMISED]:
            number = locale.text(
                N_("{promised} promised, {all} in all"), promised=locale.number(one[PROMISED]), all=number
            )
        rows.append(Row(name, number, tuple(parts)))
    used = [(colour, locale.text(reason)) for reason, colour in COLOURS.items() if frame[reason].sum()]
    promised, everything = frame.select(pl.col(PROMISED).sum(), pl.col("all").sum()).row(0)
    title = locale.text(
        N_("For {day}: {promised} promises to keep and {rest} more contacts worth making"),
        day=locale.date(day),
        promised=locale.number(promised),
        rest=locale.number(everything - promised),
    )
    alt = "; ".join(f"{row.name}: {row.number}" for row in rows)
    return Chart(title=title, figure=bars(rows, used), alt=f"{title}. {alt}")
