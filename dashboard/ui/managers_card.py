"""The scorecard: one row per manager, by name, one column per metric; what no export tells is left out and said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import streamlit as st

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.analyses.headings import columns
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.measure import measure
from dashboard.metrics.model import Metric
from dashboard.metrics.registry import METRICS
from dashboard.remember import remembered
from dashboard.ui import answers
from dashboard.ui.cell_rows import Grid, opened, table
from dashboard.ui.context import Context

CARD = (
    *("leads", "talks", "win_rate", "lost", "missing_reason_share", "invoiced", "paid", "revenue", "average_check"),
    *(
        "cycle_days_median",
        "response_minutes_median",
        "kept_share",
        "card_completeness",
        "open",
        "stuck_share",
    ),
    *("plan_attainment",),
)
"""Names of metrics in the order of the row."""

CALLS, MONEY, TASKS = N_("the call log of the telephony"), N_("invoices and payments"), N_("tasks of the CRM")
PLAN, CLIENTS, REASONS = N_("the plan of the managers"), N_("the list of clients"), N_("refusal reasons of the deals")
EXPORTS = {
    "talks": CALLS,
    "response_minutes_median": CALLS,
    "invoiced": MONEY,
    "paid": MONEY,
    "kept_share": TASKS,
    "plan_attainment": PLAN,
    "card_completeness": CLIENTS,
    "missing_reason_share": REASONS,
}
"""Which export would bring a number that nobody has."""

DEFINITION = N_(
    "One row per manager, by name; every column is the metric of that name over the period, as the glossary explains it. The "
    "order is no order of merit."
)


def scorecard(facts: Facts, filter: Filter) -> Answer:
    """Measure the row of each manager: manager, then the metrics that anybody has a value of."""
    card = [METRICS[name] for name in CARD]
    frame = measure(facts, card, filter, by=("manager",)).rename({"manager_name": "manager"}, strict=False)
    told = [one for one in card if frame[one.name].is_not_null().any()]
    return Answer(
        frame=frame.select("manager", *(one.name for one in told)),
        columns=(*columns("manager"), *(Column(one.name, one.label, one.unit.value) for one in told)),
        definition=DEFINITION,
        n=facts.deals.filter(filter.rows()).height,
        counted=N_("deals"),
        as_of=facts.as_of,
    )


SCORECARD = Analysis("scorecard", N_("Scorecard of the managers"), DEFINITION, scorecard)


def show(here: Context, at_name: Callable[[Sequence[str | None]], Callable[[int], None]]) -> None:
    """Show the scorecard with what is missing; ``at_name`` makes what a click on a name does, given the names of the rows."""
    answer = remembered(here.facts, ("scorecard", here.filter), lambda: scorecard(here.facts, here.filter))
    with st.container(border=True, key="card_scorecard"):
        answers.heading(here, SCORECARD, answer)
        names = answer.frame["manager"].to_list()
        metrics = {name: METRICS[name] for name in CARD}
        grid = Grid("scorecard", {"manager": "manager_name"}, metrics, at_name=at_name(names))
        table(here, grid, answer.frame, answer.columns)
        missing(here, answer.frame)
        answers.files(here, SCORECARD, answer, "scorecard")
    opened(here, grid, answer.frame)


def missing(here: Context, frame: pl.DataFrame) -> None:
    """Say which numbers nobody has and which export would bring them, one sentence per export."""
    absent = [METRICS[name] for name in CARD if name not in frame.columns]
    by_export: dict[str, list[Metric]] = {}
    for metric in absent:
        by_export.setdefault(EXPORTS.get(metric.name, ""), []).append(metric)
    for export, metrics in by_export.items():
        names = ", ".join(here.locale.text(metric.label) for metric in metrics)
        if export:
            said = here.say(
                "Not shown: {names}. This comes with {export}.", names=names, export=here.locale.text(export)
            )
        else:
            said = here.say("Not shown, because nobody has a value under this filter: {names}.", names=names)
        st.caption(":material/info: " + said)
