"""What was unusual last week, one sentence a signal; each opens the rows of its week below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from dashboard.access import Facts
from dashboard.analyses.catalogue import analysis
from dashboard.analyses.signal_words import sentence
from dashboard.analyses.signals import SIGNALS, in_sentences
from dashboard.analyses.weekly_series import last_week
from dashboard.exports.answers import said
from dashboard.filters import DIMENSIONS, Filter
from dashboard.metrics.registry import METRICS
from dashboard.ui import answers, cell_rows
from dashboard.ui.address import change_address
from dashboard.ui.behind import Behind, Cell, OfMetric, Parts
from dashboard.ui.cell_rows import Grid
from dashboard.ui.context import Context
from dashboard.ui.safe_text import md

NAMES = ("metric_name", "by", "segment")
"""The columns that name a signal in the address."""


def unusual(here: Context) -> None:
    """Say what was unusual, the largest first, and how much was watched; a quiet week is one quiet line."""
    answer = answers.answered(here, SIGNALS.name)
    rows = in_sentences(answer.frame)
    grid = of_signals(here)
    with st.container(border=True, key="card_signals"):
        answers.heading(here, analysis(SIGNALS.name), answer)
        with st.container(gap="xsmall", key="signals"):
            for at, (row, name) in enumerate(zip(rows.to_dicts(), cell_rows.names_of(grid, rows), strict=True)):
                text = md(said(sentence(row, here.facts.currency), here.locale))
                st.button(text, key=f"signal_{at}", type="tertiary", icon=icon(row), on_click=opening(name), wrap=True)
        told = [md(said(one, here.locale)) for one in answer.sentences[rows.height :]]
        st.caption(" ".join([*told, *([here.say("Click a sentence: its rows open below.")] if rows.height else [])]))
        if answer.frame.height > rows.height:
            answers.files(here, SIGNALS, answer, SIGNALS.name)
    cell_rows.opened(here, grid, answer.frame)


def icon(row: Mapping[str, float]) -> str:
    """Point up or down, with no colour: more calls are good or bad as the case may be."""
    return ":material/trending_up:" if row["value"] > row["usual"] else ":material/trending_down:"


def opening(name: Sequence[str]) -> Callable[[], None]:
    """Make what a click on a sentence does: open the rows behind its number. A link would leave the address as it was."""
    return lambda: change_address(**{cell_rows.NUMBER: [SIGNALS.name, *name, "value"]})


def of_signals(here: Context) -> Grid:
    """Make the numbers of the last week open."""
    week = here.locale.period(last_week(here.facts))

    def title(name: Sequence[str]) -> str:
        _, by, segment = name
        return f"{week} · {here.name(segment, by)}" if by else week

    return Grid(SIGNALS.name, dict.fromkeys(NAMES, ""), {"value": behind}, title=title)


def behind(name: Sequence[str]) -> Behind:
    """Say what stands behind the last week of a number: the rows of its metric in that week, of the part it is of."""
    metric_name, by, segment = name
    metric = METRICS[metric_name]

    def parts(facts: Facts, filter: Filter, _: Cell) -> Parts:
        asked = replace(filter, period=last_week(facts), preset=None)
        return [OfMetric(metric, asked, {DIMENSIONS[by]: segment or None} if by else {})]

    return Behind(metric.label, metric.help, parts)
