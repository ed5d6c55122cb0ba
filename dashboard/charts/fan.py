"""Where the month may end: what is won so far, and a fan from there to its last day; and what past fans were worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from dashboard.charts.bars import Part, Row, bars
from dashboard.charts.theme import CATEGORIES, MAIN, OTHER, QUIET, Chart, Figure, layout, plain
from dashboard.i18n import N_, Locale

HEIGHT, ROOM = 400, 150
SHADE = "rgba(47, 111, 222, 0.18)"
PLAN = CATEGORIES[2]
APART = 0.075
"""How far apart the labels at the edge stand at least, of the height."""

Days = Sequence[tuple[date, float]]


@dataclass(frozen=True)
class Fan:
    """What a fan is drawn from: ``done`` and ``before`` are sums up to each day, of this month and of the one before.

    ``before`` is dated by the days of this month. ``until`` is the last day of the month; ``planned`` null without a plan.
    """

    done: Days
    before: Days
    month: date
    month_before: date
    until: date
    p10: float
    p50: float
    p90: float
    planned: float | None
    plan_chance: float | None


def fan(given: Fan, locale: Locale, currency: str) -> Chart:
    """Draw the month: the sum so far, the fan to its end, the plan as a line, the month before behind it."""
    begin, level = given.done[-1] if given.done else (given.month - timedelta(days=1), 0.0)
    edge = given.until.isoformat()
    start = begin.isoformat()
    shade = {
        "type": "scatter",
        "mode": "lines",
        "x": [start, edge, edge, start],
        "y": [level, given.p90, given.p10, level],
        "fill": "toself",
        "fillcolor": SHADE,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    traces = [shade, line(given.before, QUIET, locale, currency, width=1.5)]
    traces.append(line([(begin, level), (given.until, given.p50)], MAIN, locale, currency, dash="dot"))
    traces.append(line(given.done, MAIN, locale, currency))
    if given.planned is not None:
        first = given.month.isoformat()
        traces.append({"type": "scatter", "mode": "lines", "x": [first, edge], "y": [given.planned] * 2,
                       "line": {"color": PLAN, "width": 2, "dash": "dash"}, "hoverinfo": "skip"})  # fmt: skip
    top = max(given.p90, given.planned or 0.0, level, *(value for _, value in given.before), 1.0) * 1.06
    title = finding(given, locale, currency)
    return Chart(
        title=title,
        figure={
            "data": [one for one in traces if one["x"]],
            "layout": layout(
                HEIGHT,
                margin={"l": 4, "r": ROOM, "t": 12, "b": 4},
                annotations=labels(given, top, locale, currency),
                xaxis={**axis(given, locale), "fixedrange": True, "showgrid": False, "automargin": True},
                yaxis={
                    **scale(top, locale, currency),
                    "fixedrange": True,
                    "zeroline": False,
                    "ticklabelposition": "inside top",
                },
            ),
        },
        alt=title,
    )


def line(days: Days, colour: str, locale: Locale, currency: str, *, width: float = 2.5, dash: str = "solid") -> Figure:
    """Draw a line through days."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [day.isoformat() for day, _ in days],
        "y": [value for _, value in days],
        "line": {"color": colour, "width": width, "dash": dash},
        "hovertext": [f"{locale.date(day)}: {locale.money(value, currency, short=True)}" for day, value in days],
        "hoverinfo": "text",
    }


def labels(given: Fan, top: float, locale: Locale, currency: str) -> list[Figure]:
    """Write the ends of the lines beside them, pushed apart where they would lie on each other."""

    def money(value: float) -> str:
        return locale.money(value, currency, short=True)

    ends = [
        (given.p90, f"{locale.text(N_('upper end'))} · {money(given.p90)}", MAIN),
        (given.p50, f"<b>{locale.text(N_('middle'))} · {money(given.p50)}</b>", MAIN),
        (given.p10, f"{locale.text(N_('lower end'))} · {money(given.p10)}", MAIN),
    ]
    if given.before:
        last = given.before[-1][1]
        ends.append((last, f"{plain(locale.month(given.month_before, short=True))} · {money(last)}", QUIET))
    if given.planned is not None:
        ends.append((given.planned, f"{locale.text('plan')} · {money(given.planned)}", PLAN))
    ends.sort(key=lambda end: end[0])
    heights = apart([value / top for value, _, _ in ends])
    return [
        {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 6, "y": height * top, "yref": "y", "text": text,
         "showarrow": False, "yanchor": "middle", "align": "left", "font": {"size": 13, "color": colour}}
        for (_, text, colour), height in zip(ends, heights, strict=True)
    ]  # fmt: skip


def apart(heights: Sequence[float]) -> list[float]:
    """Push ascending heights apart to ``APART``, the whole of it kept within the picture."""
    found: list[float] = []
    for height in heights:
        found.append(max(height, found[-1] + APART) if found else height)
    over = max(found[-1] - 0.98, 0.0) if found else 0.0
    for at in range(len(found) - 1, -1, -1):
        limit = found[at + 1] - APART if at + 1 < len(found) else found[at] - over
        found[at] = min(found[at], limit)
    return found


def axis(given: Fan, locale: Locale) -> Figure:
    """Write some days of the month under the picture."""
    days = [given.month + timedelta(days=number) for number in (0, 14)] + [given.until]
    return {
        "type": "date",
        "range": [(given.month - timedelta(days=1)).isoformat(), given.until.isoformat()],
        "tickvals": [day.isoformat() for day in days],
        "ticktext": [f"{day.day} {locale.month(day, short=True)}" for day in days],
    }


def scale(top: float, locale: Locale, currency: str) -> Figure:
    """Write a few round amounts beside the picture."""
    rough = top / 4
    power = 10.0 ** (len(str(int(rough))) - 1)
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    ticks = [step * number for number in range(int(top / step) + 1)]
    return {
        "tickvals": ticks,
        "ticktext": [locale.money(tick, currency, short=True) for tick in ticks],
        "range": [0, top],
    }


def finding(given: Fan, locale: Locale, currency: str) -> str:
    """Say where the month may end, and what that means for the plan."""
    about = {
        "day": locale.date(given.until),
        "low": locale.money(given.p10, currency, short=True),
        "middle": locale.money(given.p50, currency, short=True),
        "high": locale.money(given.p90, currency, short=True),
    }
    if given.planned is None or given.plan_chance is None:
        return locale.text(N_("By {day} most likely {middle}, between {low} and {high}"), **about)
    about |= {"chance": locale.share(given.plan_chance, 0), "plan": locale.money(given.planned, currency, short=True)}
    return locale.text(
        N_("By {day} most likely {middle} ({low} to {high}); the plan of {plan} is met with {chance}"), **about
    )


def record(frame: pl.DataFrame, locale: Locale, currency: str) -> Chart:
    """Draw the ranges of past months with what came as a mark: blue where the range held, orange where it did not."""
    rows = []
    for one in frame.sort("month", descending=True).to_dicts():
        came = locale.money(one["came"], currency, short=True)
        span = f"{locale.money(one['p10'], currency, short=True)} – {locale.money(one['p90'], currency, short=True)}"
        told = f"<b>{plain(locale.month(one['month']))}</b><br>{plain(span)}<br>{plain(came)}"
        colour = MAIN if one["is_inside"] else OTHER
        bar = Part(one["p90"] - one["p10"], colour, told, base=one["p10"], opacity=0.55)
        rows.append(Row(locale.month(one["month"]), came, (bar,), mark=one["came"]))
    held = frame.filter("is_inside").height
    title = locale.text(
        N_("The range held {held} months of {all}; it should hold four of five"),
        held=locale.number(held),
        all=locale.number(frame.height),
    )
    legend = [(MAIN, locale.text(N_("range that held"))), (OTHER, locale.text(N_("range that missed"))),
              (QUIET, locale.text(N_("what came")))]  # fmt: skip
    bounds = [min(one["p10"], one["came"]) for one in frame.to_dicts()]
    low = 0.85 * max(min(bounds, default=0.0), 0.0)
    alt = "; ".join(f"{row.name}: {row.number}" for row in rows)
    return Chart(title=title, figure=bars(rows, legend, low=low), alt=f"{title}. {alt}")
