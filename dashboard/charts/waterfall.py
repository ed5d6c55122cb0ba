"""From the open deals of one day to those of another: every part begins where the one before ended, and the last step closes."""

from __future__ import annotations

import polars as pl

from dashboard.analyses.waterfall import END, LOST, START, WON
from dashboard.charts.bars import Part, Row, bars
from dashboard.charts.theme import CATEGORIES, MAIN, OTHER, QUIET, Chart, plain
from dashboard.i18n import N_, Locale

SOLD, WENT, AWAY = CATEGORIES[2], OTHER, QUIET
"""Won, refused, and what only changed its place or turned out to be none."""


def steps(frame: pl.DataFrame) -> list[tuple[str, int, float, float]]:
    """Place the parts of ``analyses.waterfall``: part, deals, where it begins, where it ends. A whole begins at nothing."""
    found, level = [], 0.0
    for part, count, amount in frame.select("part", "count", "amount").iter_rows():
        size = float(amount or 0)
        begin = 0.0 if part in (START, END) else level
        level = begin + size
        found.append((part, count, begin, level))
    return found


def waterfall(frame: pl.DataFrame, locale: Locale, currency: str) -> Chart:
    """Draw the parts one below the other; point i is row i of the frame."""
    placed = steps(frame)
    rows = [row(one, locale, currency) for one in placed]
    title = finding(placed, locale, currency)
    alt = "; ".join(f"{row.name}: {row.number}" for row in rows)
    return Chart(title=title, figure=bars(rows), alt=f"{title}. {alt}")


def row(step: tuple[str, int, float, float], locale: Locale, currency: str) -> Row:
    """Make the row of one part."""
    part, count, begin, end = step
    is_whole = part in (START, END)
    size = locale.money(abs(end - begin), currency, short=True)
    number = size if is_whole or end == begin else f"{'+' if end > begin else '−'}{size}"
    name = locale.text(part)
    deals = locale.plural("{n} deal", "{n} deals", count)
    told = f"<b>{plain(name)}</b><br>{plain(number)}<br>{plain(deals)}"
    colour = MAIN if is_whole or end >= begin else {WON: SOLD, LOST: WENT}.get(part, AWAY)
    bar = Part(abs(end - begin), colour, told, base=min(begin, end), opacity=1.0 if is_whole or end < begin else 0.6)
    return Row(name, f"{number} · {locale.number(count)}", (bar,))


def finding(placed: list[tuple[str, int, float, float]], locale: Locale, currency: str) -> str:
    """Say how the sum changed, and which part took most away."""
    ends = {part: end for part, _, _, end in placed}
    start, end = ends.get(START, 0.0), ends.get(END, 0.0)
    gone = [(last - begin, part) for part, _, begin, last in placed if part not in (START, END) and last < begin]
    about = {"start": locale.money(start, currency, short=True), "end": locale.money(end, currency, short=True)}
    if not gone:
        return locale.text(N_("Open deals: {start} then, {end} now; nothing left"), **about)
    most, part = min(gone)
    about |= {"part": locale.text(part), "gone": locale.money(-most, currency, short=True)}
    return locale.text(N_("Open deals: {start} then, {end} now; most left as “{part}”: {gone}"), **about)
