"""How a funnel is counted and which two groups are compared: chosen in the open, held in the address.

Basis, skip rule and horizon change every number of a funnel, so they are never hidden and are printed with the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st

from dashboard.analyses.funnel import BASES as KNOWN_BASES
from dashboard.analyses.funnel import SKIPS as KNOWN_SKIPS
from dashboard.analyses.funnel import Basis, FunnelAnswer, Skips, funnel
from dashboard.filters import FIELDS, Filter
from dashboard.i18n import N_
from dashboard.remember import remembered
from dashboard.ui import blocks
from dashboard.ui.address import change_address, place_widget
from dashboard.ui.context import LABELS, Context
from dashboard.ui.filter_bar import options_of
from dashboard.ui.safe_text import md

BASES = {
    "cohort": N_("Deals created in the period"),
    "period": N_("Moves made in the period"),
    "snapshot": N_("Deals in the stages now"),
}
SKIPS = {
    "reached-or-later": N_("A skipped stage counts as reached"),
    "every-stage": N_("Only who passed every stage"),
    "any-touch": N_("Only stages that were visited"),
}
HORIZONS = {
    "none": N_("No limit of time"),
    "30": N_("30 days from creation"),
    "60": N_("60 days from creation"),
    "90": N_("90 days from creation"),
    "180": N_("180 days from creation"),
    "365": N_("365 days from creation"),
}


@dataclass(frozen=True)
class Way:
    """How a funnel is counted."""

    basis: Basis
    skips: Skips
    horizon: int | None


USUAL = Way("cohort", "reached-or-later", None)
"""Deals created in the period, a skipped stage counts as reached."""


@dataclass(frozen=True)
class Groups:
    """Two groups of deals to compare: the names to show and the filter of each."""

    names: tuple[str, str]
    filters: tuple[Filter, Filter]


def choose(here: Context) -> tuple[Way, Groups | None]:
    """Let the reader choose basis, skip rule and horizon, and two groups to compare (None: nothing is compared)."""
    with st.container(horizontal=True, gap="small", key="way"):
        with st.container(width=235):
            basis = blocks.choice(here, "basis", N_("What is counted"), BASES, listed=True)
        with st.container(width=325):
            skips = blocks.choice(here, "skips", N_("Skipped stages"), SKIPS, listed=True)
        horizon = "none"
        if basis == "cohort":
            with st.container(width=190):
                horizon = blocks.choice(here, "horizon", N_("Time to get there"), HORIZONS, listed=True)
        groups = _choose_groups(here)
    return Way(
        _named(basis, KNOWN_BASES), _named(skips, KNOWN_SKIPS), None if horizon == "none" else int(horizon)
    ), groups


def _choose_groups(here: Context) -> Groups | None:
    dimensions = {key: label for key, label in LABELS.items() if key != "funnel" and _choices(here, key)}
    options = {"none": N_("Do not compare"), **dimensions, "before": N_("Period before")}
    if here.before is None:
        options.pop("before")
    with st.container(width=210):
        by = blocks.choice(here, "by", N_("Compare two groups"), options, listed=True)
    if by == "none":
        return None
    if by == "before" and here.before is not None:
        periods = (here.filter.period, here.before.period)
        return Groups((here.locale.period(periods[0]), here.locale.period(periods[1])), (here.filter, here.before))
    values = _choices(here, by)
    first = _pick(here, by, "first", values, values[0])
    second = _pick(here, by, "second", values, next(value for value in values if value != first))
    field = FIELDS[by]
    return Groups(
        (here.name(first, by), here.name(second, by)),
        (replace(here.filter, **{field: (first,)}), replace(here.filter, **{field: (second,)})),
    )


def answer(here: Context, way: Way, chosen: Filter) -> FunnelAnswer:
    """Count the funnel of a filter in the chosen way."""
    return remembered(
        here.facts,
        ("funnel", way, chosen),
        lambda: funnel(here.facts, chosen, basis=way.basis, skips=way.skips, horizon=way.horizon),
    )


def choose_funnel(here: Context, key: str, label: str, names: Sequence[str]) -> str:
    """Let the reader choose one of several funnels; the first is the default and leaves no key in the address."""
    asked = next(iter(here.query.get(key, ())), names[0])
    chosen = asked if asked in names else names[0]
    widget = place_widget(f"choice_{key}", chosen)

    def change() -> None:
        picked = st.session_state[widget]
        change_address(**{key: None if picked == names[0] else picked})

    st.segmented_control(label, list(names), format_func=md, key=widget, required=True, on_change=change)
    return chosen


def _choices(here: Context, key: str) -> list[str]:
    values = options_of(here, key)
    chosen = getattr(here.filter, FIELDS[key])
    kept = [value for value in values if value in chosen] if len(chosen) > 1 else values
    return kept if len(kept) > 1 else []


def _pick(here: Context, by: str, key: str, values: list[str], default: str) -> str:
    asked = next(iter(here.query.get(key, ())), default)
    chosen = asked if asked in values else default
    widget = place_widget(f"pick_{key}", chosen)
    with st.container(width=220):
        st.selectbox(
            here.say("First group") if key == "first" else here.say("Second group"),
            values,
            format_func=lambda value: here.name(value, by),
            key=widget,
            on_change=lambda: change_address(**{key: st.session_state[widget]}),
        )
    return chosen


Word = TypeVar("Word", bound=str)


def _named(word: str, known: Sequence[Word]) -> Word:
    return next(name for name in known if name == word)
