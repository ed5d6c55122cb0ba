"""The one filter bar of all pages: every control is set from the address and writes the address, nothing in between.

A reader changes a control, its callback makes a new Filter and writes it into the URL, and the page runs with it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.access import Facts
from dashboard.filters import DIMENSIONS, FIELDS, Filter
from dashboard.i18n import N_, Locale
from dashboard.periods import COMPARES, Period, presets
from dashboard.remember import remembered
from dashboard.statistics.arrays import Flags, Whole
from dashboard.ui.address import SHARED_KEYS, place_widget, read_address, write_address
from dashboard.ui.context import LABELS, Context
from dashboard.ui.safe_text import md

PRESET_LABELS = {
    "this_week": N_("This week"),
    "last_week": N_("Last week"),
    "this_month": N_("This month"),
    "last_month": N_("Last month"),
    "this_quarter": N_("This quarter"),
    "last_quarter": N_("Last quarter"),
    "this_year": N_("This year"),
    "last_90_days": N_("Last 90 days"),
    "last_365_days": N_("Last 365 days"),
    "all": N_("All time"),
    "dates": N_("Own dates"),
}
COMPARE_LABELS = {
    "previous": N_("vs the period before"),
    "year": N_("vs a year earlier"),
    "none": N_("No comparison"),
}
SHORTEST = {"team", "funnel", "client_type"}
"""Dimensions whose control is only shown when there is something to choose: more than one value."""


def values_of(deals: pl.DataFrame, key: str, locale: Locale) -> list[str]:
    """List the values of a dimension in dictionary order; the empty string, last, stands for "not given"."""
    column = deals.get_column(DIMENSIONS[key])
    names = column.drop_nulls().unique().to_list()
    ordered = sorted(names, key=lambda name: name.casefold().replace("ё", "е\uffff"))
    return [*ordered, ""] if column.null_count() else ordered


def codes(here: Context, key: str) -> Whole:
    """Number the value of a dimension that each deal has, by its place in ``values_of``; the last number is "not given"."""

    def number(facts: Facts) -> Whole:
        values = [value for value in options_of(here, key) if value]
        numbers = pl.DataFrame({"value": values, "at": range(len(values))}, schema={"value": pl.String, "at": pl.Int64})
        named = facts.deals.select(value=DIMENSIONS[key]).join(numbers, on="value", how="left", maintain_order="left")
        return named["at"].fill_null(len(values)).to_numpy()

    return remembered(here.facts, ("codes", key), lambda: number(here.facts))


def options_of(here: Context, key: str) -> list[str]:
    """List the values of a dimension, see ``values_of``."""
    return remembered(here.facts, ("values", key), lambda: values_of(here.facts.deals, key, here.locale))


def facet(here: Context, key: str) -> dict[str, int]:
    """Count the deals of each value of a dimension under the other filters: created, closed or open in the period."""
    others = replace(here.filter, **{FIELDS[key]: ()}, compare="none", preset=None)
    any_funnel = key == "funnel"

    def within() -> Flags:
        period = others.period
        dated = period.contains("created_on") | period.contains("closed_on") | (pl.col("outcome") == "open")
        rows = others.rows(any_funnel=any_funnel) & (pl.lit(True) if period.is_all_time else dated.fill_null(False))
        return here.facts.deals.lazy().select("outcome", is_kept=rows).collect()["is_kept"].to_numpy()

    def count() -> dict[str, int]:
        # What is not chosen leaves the others as they are, so most dimensions are counted in the same deals.
        kept = remembered(here.facts, ("facets", any_funnel, others), within)
        counts = np.bincount(codes(here, key)[kept]).tolist()
        values = [value for value in options_of(here, key) if value]
        return {value: n for value, n in zip([*values, ""], counts, strict=False) if n}

    return remembered(here.facts, ("facet", key, others), count)


def filter_row() -> DeltaGenerator:
    """Make the place of the filter bar: one row that wraps."""
    return st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="filters")


def filter_bar(here: Context) -> None:
    """Show period, comparison and the dimensions; each says what is chosen."""
    _period_control(here)
    _compare_control(here)
    for key in FIELDS:
        options = options_of(here, key)
        if len(options) > 1 or (any(options) and key not in SHORTEST):
            _dimension_control(here, key, options)
    if set(here.query) - {"lang", "period", "from", "to", "compare"} & set(SHARED_KEYS):
        st.button(here.say("Reset"), key="filter_reset", type="tertiary", on_click=_reset)


def describe(here: Context) -> str:
    """Write both periods with their dates, as Markdown."""
    now, before = here.locale.period(here.filter.period), here.before
    if before is None:
        return here.say("Period: **{period}**", period=now)
    return here.say(
        "Period: **{period}**, compared with {before}", period=now, before=here.locale.period(before.period)
    )


def _dimension_control(here: Context, key: str, options: list[str]) -> None:
    chosen = [value for value in getattr(here.filter, FIELDS[key]) if value in options]
    widget = place_widget(f"filter_{key}", chosen)
    label = here.say(LABELS[key])
    counts = facet(here, key)
    there = [value for value in options if value in counts or value in chosen]
    shown = (
        f"{label}: {md(here.name(chosen[0], key))}"
        if len(chosen) == 1
        else f"{label}: {len(chosen)}"
        if chosen
        else label
    )
    with st.popover(shown, key=f"open_{key}", type="primary" if chosen else "secondary"):
        st.multiselect(
            label,
            there,
            format_func=lambda value: (
                f"{here.name(value, key)} · {here.locale.number(counts.get(value, 0))}"
            ),  # options of a list box are plain text, and an escape would be seen
            key=widget,
            on_change=_change_dimension,
            args=(key, widget, here.filter),
            placeholder=here.locale.text("all"),
        )


def _period_control(here: Context) -> None:
    dated = here.filter.period
    current = here.filter.preset or ("all" if dated.is_all_time else "dates")
    label = here.say(PRESET_LABELS[current]) if current != "dates" else md(here.locale.period(dated))
    last = here.facts.as_of_on
    preset = place_widget("filter_preset", current)
    with st.popover(label, key="open_period", icon=":material/calendar_month:"):
        st.selectbox(
            here.say("Period"),
            list(PRESET_LABELS),
            format_func=lambda name: here.locale.text(PRESET_LABELS[name]),
            key=preset,
            on_change=_change_preset,
            args=(preset, here.filter, last),
        )
        if current == "dates":
            days = place_widget("filter_days", (dated.first_day or last, dated.last_day or last))
            st.date_input(
                here.say("First and last day"),
                key=days,
                on_change=_change_days,
                args=(days, here.filter),
                format="DD.MM.YYYY",
                min_value=date(1990, 1, 1),
                max_value=date(2199, 12, 31),
            )


def _compare_control(here: Context) -> None:
    chosen = here.filter.compare
    widget = place_widget("filter_compare", chosen)
    with st.popover(here.say(COMPARE_LABELS[chosen]), key="open_compare"):
        st.radio(
            here.say("Comparison"),
            COMPARES,
            format_func=lambda how: here.locale.text(COMPARE_LABELS[how]),
            key=widget,
            on_change=_change_compare,
            args=(widget, here.filter),
        )


def _write(chosen: Filter) -> None:
    others = {key: values for key, values in read_address().items() if key == "lang" or key not in SHARED_KEYS}
    write_address({**chosen.to_query(), **others})


def _change_dimension(key: str, widget: str, chosen: Filter) -> None:
    _write(replace(chosen, **{FIELDS[key]: tuple(st.session_state[widget])}))


def _change_preset(widget: str, chosen: Filter, as_of_on: date) -> None:
    name = st.session_state[widget]
    if name != "dates":
        _write(chosen.with_preset(name, as_of_on))
        return
    day = timedelta(days=1)
    end = chosen.period.end or as_of_on + day
    start = chosen.period.start or min(presets(as_of_on)["last_365_days"].start or as_of_on, end - day)
    _write(replace(chosen, preset=None, period=Period(start, end)))


def _change_days(widget: str, chosen: Filter) -> None:
    days = st.session_state[widget]
    if isinstance(days, tuple) and len(days) == 2:
        _write(replace(chosen, preset=None, period=Period(days[0], days[1] + timedelta(days=1))))


def _change_compare(widget: str, chosen: Filter) -> None:
    _write(replace(chosen, compare=st.session_state[widget]))


def _reset() -> None:
    kept = {key: values for key, values in read_address().items() if key in ("lang", "period", "from", "to", "compare")}
    write_address(kept)
