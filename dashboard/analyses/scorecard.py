"""The report of a manager in one row: every number of his that the exports hold, beside that of the whole team."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.analyses.headings import columns
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from dashboard.metrics.unknown import why_unknown

CARD = (
    *("leads", "target_leads", "won", "lost", "win_rate", "win_rate_value", "revenue", "average_check"),
    *("cycle_days_median", "missing_reason_share", "open", "stuck_share", "talks", "talk_minutes", "lost_calls"),
    *("answered_share", "reach_rate", "response_minutes_median", "kept_share", "promises_forgotten"),
    *("next_step_coverage", "proposals", "invoiced", "paid", "paid_share", "card_completeness", "plan_revenue"),
    *("plan_attainment", "plan_pace"),
)
"""Names of the row, in order; a metric that is not there, or that no export tells, is left out and said to be."""

DEFINITION = N_(
    "One row per manager, by name, and one of the whole team; every column is the metric of that name over the period, as the "
    "glossary explains it. What the exports do not hold is left out. The names are in no order of merit: whether the managers "
    "differ by more than chance is told by the analysis managers."
)
WHOLE = N_("whole team")
MANAGER = N_("manager")


def scorecard(facts: Facts, filter: Filter) -> Answer:
    """Measure the card: scope, manager, then one column per metric by its name; columns unknown for everybody are left out."""
    card = [METRICS[name] for name in CARD if name in METRICS]
    people = measure(facts, card, filter, by=("manager",))
    whole = measure(facts, card, filter)
    rows = pl.concat(
        [
            whole.select(pl.lit(WHOLE).alias("scope"), pl.lit(None, pl.String()).alias("manager"), pl.all()),
            people.select(pl.lit(MANAGER).alias("scope"), pl.all()),
        ],
        how="vertical_relaxed",
    )
    told = [metric for metric in card if rows[metric.name].is_not_null().any()]
    shown = (*columns("scope", "manager"), *(Column(one.name, one.label, one.unit.value) for one in told))
    return Answer(
        frame=rows.select("scope", "manager", *(one.name for one in told)),
        columns=shown,
        definition=DEFINITION,
        n=facts.deals.filter(filter.rows()).height,
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=tuple(why_unknown(facts, [one for one in card if one not in told], filter, ("manager",))),
    )


SCORECARD = Analysis(
    name="scorecard",
    label=N_("Work of the managers"),
    help=N_(
        "One row per manager: leads, conversion, refusals, money, check, cycle, calls, promises, plan; what the exports hold."
    ),
    run=scorecard,
)
