"""Numbers with their change, their last months and their passport.

A change is coloured only when it is more than chance and no trifle; a period the data does not cover whole is not
compared with, and it is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
import streamlit as st

from dashboard.analyses.comparison import compare
from dashboard.analyses.news import is_news
from dashboard.charts.spark import spark
from dashboard.charts.trend import trend_period
from dashboard.exports.answers import said
from dashboard.metrics.measure import measure
from dashboard.metrics.model import Better, Metric, Unit
from dashboard.metrics.unknown import why_unknown
from dashboard.remember import remembered
from dashboard.ui import blocks
from dashboard.ui.context import Context
from dashboard.ui.safe_text import md

NEGLIGIBLE = 0.005
"""A change smaller than half a percent (or half a point) is no news either."""

LONG = 10_000_000
"""From this amount on a card writes millions, so that the number fits on a phone."""


def cards(
    here: Context, metrics: Sequence[Metric], *, key: str = "cards", short: Mapping[Metric, str] | None = None
) -> None:
    """Show numbers with their change against the compare period; says so when the filter leaves nothing.

    ``short`` gives labels (N_) that fit a card to metrics whose own label would be cut off.
    """
    known = compared(here, metrics)
    if not any(known[metric.name]["value"] for metric in metrics):
        blocks.empty(here)
    is_covered = covered(here)
    pictures = sparks(here, metrics)
    grid = st.grid(columns=len(metrics), min_column_width=132, border=True, key=key)
    for metric in metrics:
        with grid.cell():
            is_compared = is_covered and (metric.dated_by is not None or metric.is_stock or bool(metric.parts))
            label = (short or {}).get(metric, metric.label)
            card(here, metric, known[metric.name], is_covered=is_compared, picture=pictures[metric.name], label=label)
    if not is_covered and here.before is not None:
        st.caption(
            here.say(
                "The data begins on {day}, within the period to compare with, so changes are not shown.",
                day=here.locale.date(first_day(here)),
            )
        )
    unknown(here, [metric for metric in metrics if known[metric.name]["value"] is None])


def compared(here: Context, metrics: Sequence[Metric]) -> dict[str, dict[str, float | None]]:
    """Measure the numbers and what they are compared with: metric → row of ``compare``."""
    names = tuple(metric.name for metric in metrics)

    def rows() -> dict[str, dict[str, float | None]]:
        return {row["metric"]: row for row in compare(here.facts, metrics, here.filter).frame.to_dicts()}

    return remembered(here.facts, ("cards", names, here.filter), rows)


def card(
    here: Context,
    metric: Metric,
    row: Mapping[str, float | None],
    *,
    is_covered: bool,
    picture: str = "",
    label: str = "",
) -> None:
    """Show one number of a comparison. A share changes by points, everything else in percent of what it was."""
    change = here.locale.points(row["change"]) if metric.unit == Unit.SHARE else here.locale.change(row["growth"])
    size = row["change"] if metric.unit == Unit.SHARE else row["growth"]
    is_state = metric.fact != "" and metric.dated_by is None and not metric.is_stock
    size = size if is_covered and not is_state else None  # a state on the last day of the data has no "before"
    is_good = (size or 0) > 0 if metric.better == Better.HIGHER else (size or 0) < 0
    is_plain = size is None or abs(size) < NEGLIGIBLE or metric.better == Better.NEITHER or not told_apart(here, metric)
    st.metric(
        here.say(label or metric.label),
        md(here.written(row["value"], metric.unit, short=(row["value"] or 0) >= LONG)),
        delta=None if size is None else change,
        delta_color="gray" if is_plain else "green" if is_good else "red",
        delta_arrow="off",
        delta_description=here.locale.text("vs {value}", value=here.written(row["before"], metric.unit, short=True))
        if size is not None
        else None,
    )
    if picture:
        st.markdown(picture)


def told_apart(here: Context, metric: Metric) -> bool:
    """Tell whether the change of a number against the compare period is more than chance."""
    before = here.before
    if before is None:
        return False
    key = ("news", metric.name, here.filter)
    return bool(remembered(here.facts, key, lambda: is_news(here.facts, metric, here.filter, before)))


def sparks(here: Context, metrics: Sequence[Metric]) -> dict[str, str]:
    """Draw each number's last whole months, with their values in words; nothing for a state that has no past."""
    span = trend_period(here.filter.period, here.facts.as_of_on)
    over = here.over(span)
    names = tuple(metric.name for metric in metrics)

    def drawn() -> dict[str, str]:
        months = measure(here.facts, metrics, over, by=("month",))
        whole = months.drop_nulls("month").filter(pl.col("month") < here.facts.as_of_on.replace(day=1))
        return {metric.name: _spark(here, metric, whole["month"], whole[metric.name]) for metric in metrics}

    return remembered(here.facts, ("sparks", names, over, here.locale.code), drawn)


def _spark(here: Context, metric: Metric, months: pl.Series, values: pl.Series) -> str:
    if values.null_count() or len(values) < 2:
        return ""
    each = zip(months, values, strict=True)
    told = md("; ".join(f"{here.locale.month(month)}: {here.written(value, metric.unit)}" for month, value in each))
    picture = spark([float(value) for value in values], is_bars=metric.unit in (Unit.COUNT, Unit.MONEY))
    return f'![{told}]({picture} "{told}")'


def first_day(here: Context) -> date:
    """Return the first day the deals tell of, as_of where they tell none."""

    def found() -> date:
        days = [here.facts.deals.get_column(name).drop_nulls().min() for name in ("created_on", "closed_on")]
        return min([day for day in days if isinstance(day, date)], default=here.facts.as_of_on)

    return remembered(here.facts, ("first_day",), found)


def covered(here: Context) -> bool:
    """Tell whether the data covers the whole period to compare with."""
    before = here.before
    return before is not None and (before.period.start is None or first_day(here) <= before.period.start)


def unknown(here: Context, metrics: Sequence[Metric]) -> None:
    """Say why a number is not known, and which export would bring it."""
    told = why_unknown(here.facts, metrics, here.filter, ())
    for one in dict.fromkeys(said(notice, here.locale) for notice in told):
        st.caption(":material/info: " + md(one))
    explained = {notice.values.get("metric") for notice in told}
    others = [here.locale.text(metric.label) for metric in metrics if metric.label not in explained]
    if others and not here.facts.deals.is_empty():
        st.caption(
            here.say("Nothing in the data under this filter to count it from: {names}.", names=", ".join(others))
        )


def meanings(here: Context, metrics: Sequence[Metric]) -> None:
    """Tell what each number means, which variant it is and what it stands on, folded away at the foot of the page."""
    with st.expander(here.say("How these numbers are counted")):
        st.markdown("\n".join(f"- **{here.say(metric.label)}.** {_meaning(here, metric)}" for metric in metrics))
        st.caption(
            here.say(
                "Snapshot {snapshot}, data up to {day}.",
                snapshot=here.facts.snapshot,
                day=here.locale.date(here.facts.as_of_on),
            )
        )


def _meaning(here: Context, metric: Metric) -> str:
    return here.say(metric.help) + (f" *{here.say(metric.variant)}*" if metric.variant else "")
